"""One way to residents, by Apprise, which is imported when the first message is sent. Its log lines name whom it writes to: they
go through a filter that leaves no number and no link whole."""

import logging
import re
from typing import Any, Protocol
from urllib.parse import quote

from hub.desk.calls import masked_in
from hub.notify.delivery import Failure
from hub.notify.residents.message import Text
from hub.notify.residents.settings import ResidentSettings

PLACE = "{phone}"
_LINK = re.compile(r"#[\w-]{16,}")


class Way(Protocol):
    """A way to a resident."""

    @property
    def name(self) -> str:
        """As the settings call it."""
        ...

    def takes(self, what: str) -> bool:
        """Whether such a text goes this way."""
        ...

    def send(self, phone: str, text: Text) -> Failure | None:
        """None: it was taken. Never raises for what the network or the receiver does; the error holds no number."""
        ...


class MaskNumbers(logging.Filter):
    """Leaves no phone number and no link whole in what a library logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets it through, masked."""
        record.msg, record.args = _LINK.sub("#…", masked_in(record.getMessage())), ()
        return True


class AppriseWay:
    """See the module. Raises ValueError where the URL has no place for the number."""

    def __init__(self, settings: ResidentSettings, url: str) -> None:
        if PLACE not in url:
            raise ValueError(f"url_file: {settings.url_file} has no {PLACE}: write it where the resident's number goes")
        self.name, self._url, self._what = settings.name, url, frozenset(settings.what)
        logger = logging.getLogger("apprise")
        if not any(isinstance(one, MaskNumbers) for one in logger.filters):
            logger.addFilter(MaskNumbers())

    def takes(self, what: str) -> bool:
        """See Way."""
        return not self._what or what in self._what

    def send(self, phone: str, text: Text) -> Failure | None:
        """See Way."""
        import apprise

        receiver: Any = apprise.Apprise()
        if not receiver.add(self._url.replace(PLACE, quote(phone, safe=""))):
            return Failure("permanent", "url_not_understood")
        if receiver.notify(title=text.title, body=text.body, notify_type=apprise.NotifyType.INFO):
            return None
        return Failure("transient", "not_taken")
