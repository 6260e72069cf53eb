"""Messages to people by Apprise, which is imported when the first one is sent: it is large, and few need it at a start."""

from collections.abc import Sequence
from typing import Any

from hub.notify.apprise.message import message
from hub.notify.backoff import LAST_S
from hub.notify.delivery import Delivered, Failure, Notice
from hub.views import Titles


class AppriseChannel:
    """One receiver. Apprise says only whether it worked; its own time limits apply (4 s to connect, 4 s to read)."""

    longest_wait_s = LAST_S

    def __init__(self, name: str, url: str, titles: Titles) -> None:
        self._url = url
        self._titles = titles
        self._name = name
        self._receiver: Any = None

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """One message after another; ends at the first that fails."""
        for index, notice in enumerate(notices):
            failure = self._send(notice)
            if failure is not None:
                return Delivered(index, failure)
        return Delivered(len(notices))

    def close(self) -> None:
        """Nothing is kept open."""
        self._receiver = None

    def _send(self, notice: Notice) -> Failure | None:
        import apprise

        if self._receiver is None:
            receiver = apprise.Apprise()
            if not receiver.add(self._url):
                return Failure("permanent", f"Apprise does not understand the url of {self._name}: see its list of services")
            self._receiver = receiver
        told = message(notice, self._titles)
        kind = apprise.NotifyType.WARNING if told.urgent else apprise.NotifyType.INFO
        if self._receiver.notify(title=told.title, body=told.text, notify_type=kind):
            return None
        return Failure("transient", "the service did not take the message; its own log line says why")
