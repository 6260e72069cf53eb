"""Incidents by HTTP POST, one request a change, signed.

The receiver checks `X-Watchkeeper-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 under the shared secret over
`SECONDS.BODY`, refuses what is old, and keeps `Idempotency-Key` to recognise what it has had before.
"""

import hmac
import socket
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from contract.clock import US_PER_S, Clock
from hub.notify.backoff import LAST_S
from hub.notify.delivery import Delivered, Failure, Notice
from hub.notify.posting import Answered, Poster, verdict
from hub.notify.webhook.address import Resolve
from hub.notify.webhook.settings import WebhookSettings
from hub.views import Titles, change_view


def signature(secret: str, at_s: int, body: bytes) -> str:
    """The value of `X-Watchkeeper-Signature`."""
    mac = hmac.new(secret.encode(), str(at_s).encode() + b"." + body, sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


def resolve(host: str, port: int) -> list[str]:
    """The system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class WebhookChannel:
    """Posts to one URL. The name is resolved and judged for every request; proxies of the environment are not used."""

    longest_wait_s = LAST_S

    def __init__(
        self,
        settings: WebhookSettings,
        site: str,
        titles: Titles,
        clock: Clock,
        *,
        secret: str,
        allow_private: Sequence[str],
        resolver: Resolve = resolve,
    ) -> None:
        self._site, self._titles, self._clock = site, titles, clock
        self._secret = secret
        self._url = settings.url
        self._poster = Poster(clock, allow_private, resolver)

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """One request after another; ends at the first that fails."""
        for index, notice in enumerate(notices):
            failure = self._post(notice)
            if failure is not None:
                return Delivered(index, failure)
        return Delivered(len(notices))

    def close(self) -> None:
        """Close kept connections."""
        self._poster.close()

    def _post(self, notice: Notice) -> Failure | None:
        view = change_view(self._site, notice.row, self._titles)
        body = msgspec.json.encode(view)
        at_s = self._clock.now_us() // US_PER_S
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "watchkeeper",
            "Idempotency-Key": str(view["key"]),
            "X-Watchkeeper-Signature": signature(self._secret, at_s, body),
        }
        done = self._poster.post(self._url, headers, body)
        return verdict(done.status) if isinstance(done, Answered) else done
