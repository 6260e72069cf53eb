"""An HTTP POST to an address that somebody outside has named: resolved once, judged, and sent to the address that was judged."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import httpx

from contract.clock import Clock
from hub.notify.delivery import Failure
from hub.notify.webhook.address import NotAllowed, Resolve, pin
from hub.notify.webhook.deadline import Deadline, DeadlineTransport

TIMEOUT_S = 10.0
"""For a whole exchange, from connecting to the last byte of the reply."""
REPLY_BYTES_MAX = 64 * 1024
TRANSIENT_STATUS = frozenset((408, 425, 429))
"""The 4xx that mean "later"."""


class Answered(NamedTuple):
    """The receiver's status."""

    status: int


def verdict(status: int) -> Failure | None:
    """What a reply's status means: 2xx is delivered; other 4xx and any redirect are for good; the rest may go better later."""
    if 200 <= status < 300:
        return None
    sort = status >= 500 or status in TRANSIENT_STATUS
    what = "redirects are not followed" if 300 <= status < 400 else "the receiver refused"
    return Failure("transient" if sort else "permanent", f"{what}: HTTP {status}")


class Poster:
    """Sends one request after another; proxies of the environment are not used, redirects are not followed. One thread."""

    def __init__(self, clock: Clock, allow_private: Sequence[str], resolver: Resolve) -> None:
        self._allowed = [ip_network(text) for text in allow_private]
        self._resolve = resolver
        self._deadline = Deadline(clock)
        transport = DeadlineTransport(self._deadline)
        self._client = httpx.Client(transport=transport, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def post(self, address: str, headers: dict[str, str], body: bytes) -> Answered | Failure:
        """The status, or why there is none."""
        url = urlsplit(address)
        host, port = str(url.hostname), url.port or (443 if url.scheme == "https" else 80)
        try:
            pinned = pin(host, port, self._resolve, self._allowed)
        except (OSError, ValueError) as error:
            return Failure("transient", f"{host} cannot be resolved: {error}")
        if isinstance(pinned, NotAllowed):
            return Failure("permanent", pinned.reason)
        netloc = f"[{pinned.address}]:{port}" if ":" in pinned.address else f"{pinned.address}:{port}"
        target = urlunsplit((url.scheme, netloc, url.path or "/", url.query, ""))
        try:
            return Answered(self._send(target, host, {"Host": url.netloc, **headers}, body))
        except httpx.TimeoutException:
            return Failure("transient", f"no answer within {TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            return Failure("transient", f"{type(error).__name__}: {error}"[:200])
        except (httpx.InvalidURL, ValueError) as error:  # the address cannot be written into a request
            return Failure("permanent", f"{host!r} is in no address that can be sent to: {type(error).__name__}")

    def close(self) -> None:
        """Close kept connections."""
        self._client.close()

    def _send(self, target: str, host: str, headers: dict[str, str], body: bytes) -> int:
        """The status. The reply's body is read up to a limit and within the time, so that a dripping one holds nobody up. Once
        the status is here, it counts."""
        self._deadline.start(TIMEOUT_S)
        request = self._client.build_request("POST", target, headers=headers, content=body, extensions={"sni_hostname": host})
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
