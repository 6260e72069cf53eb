"""Incidents by HTTP POST, one request a change, signed.

The receiver checks `X-Watchkeeper-Signature: t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 under the shared secret over
`SECONDS.BODY`, refuses what is old, and keeps `Idempotency-Key` to recognise what it has had before.
"""

import hmac
import socket
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from ipaddress import ip_network
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec

from contract.clock import US_PER_S, Clock
from hub.notify.backoff import LAST_S
from hub.notify.delivery import Delivered, Failure, Notice
from hub.notify.webhook.address import NotAllowed, Resolve, pin
from hub.notify.webhook.deadline import Deadline, DeadlineTransport
from hub.notify.webhook.settings import WebhookSettings
from hub.views import Titles, change_view

TIMEOUT_S = 10.0
"""For a whole exchange, from connecting to the last byte of the reply."""
REPLY_BYTES_MAX = 64 * 1024
TRANSIENT_STATUS = frozenset((408, 425, 429))
"""The 4xx that mean "later"."""


def signature(secret: str, at_s: int, body: bytes) -> str:
    """The value of `X-Watchkeeper-Signature`."""
    mac = hmac.new(secret.encode(), str(at_s).encode() + b"." + body, sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


def verdict(status: int) -> Failure | None:
    """What a reply's status means: 2xx is delivered; other 4xx and any redirect are for good; the rest may go better later."""
    if 200 <= status < 300:
        return None
    sort = status >= 500 or status in TRANSIENT_STATUS
    what = "redirects are not followed" if 300 <= status < 400 else "the receiver refused"
    return Failure("transient" if sort else "permanent", f"{what}: HTTP {status}")


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
        self._allowed = [ip_network(text) for text in allow_private]
        self._resolve = resolver
        self._url = urlsplit(settings.url)
        self._port = self._url.port or (443 if self._url.scheme == "https" else 80)
        self._host = str(self._url.hostname)
        self._deadline = Deadline(clock)
        transport = DeadlineTransport(self._deadline)
        self._client = httpx.Client(transport=transport, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """One request after another; ends at the first that fails."""
        for index, notice in enumerate(notices):
            failure = self._post(notice)
            if failure is not None:
                return Delivered(index, failure)
        return Delivered(len(notices))

    def close(self) -> None:
        """Close kept connections."""
        self._client.close()

    def _post(self, notice: Notice) -> Failure | None:
        try:
            pinned = pin(self._host, self._port, self._resolve, self._allowed)
        except (OSError, ValueError) as error:
            return Failure("transient", f"{self._host} cannot be resolved: {error}")
        if isinstance(pinned, NotAllowed):
            return Failure("permanent", pinned.reason)
        view = change_view(self._site, notice.row, self._titles)
        body = msgspec.json.encode(view)
        at_s = self._clock.now_us() // US_PER_S
        headers = {
            "Host": self._url.netloc,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "watchkeeper",
            "Idempotency-Key": str(view["key"]),
            "X-Watchkeeper-Signature": signature(self._secret, at_s, body),
        }
        try:
            return verdict(self._send(pinned.address, headers, body))
        except httpx.TimeoutException:
            return Failure("transient", f"no answer within {TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            return Failure("transient", f"{type(error).__name__}: {error}"[:200])

    def _send(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """The status. The reply's body is read up to a limit and within the time, so that a dripping one holds nobody up. Once
        the status is here, it counts."""
        self._deadline.start(TIMEOUT_S)
        netloc = f"[{address}]:{self._port}" if ":" in address else f"{address}:{self._port}"
        url = urlunsplit((self._url.scheme, netloc, self._url.path or "/", self._url.query, ""))
        request = self._client.build_request("POST", url, headers=headers, content=body, extensions={"sni_hostname": self._host})
        reply = self._client.send(request, stream=True)
        try:
            got = 0
            with suppress(httpx.TimeoutException):
                for piece in reply.iter_raw():
                    got += len(piece)
                    if got > REPLY_BYTES_MAX:
                        break
            return reply.status_code
        finally:
            reply.close()
