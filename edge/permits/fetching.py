"""Fetches a snapshot of the table of permits, chunk by chunk, over the authenticated channel: all of it or nothing."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Event
from typing import NamedTuple

import msgspec
import structlog

from contract.envelope import bulk_mac, bulk_mac_fits
from contract.permits import CHUNK_BYTES_MAX, ENTRIES_MAX, Chunk, chunk_path, decode_chunk
from edge.loop import Loop
from edge.permits.table import Head, Table
from edge.pictures import Destination

NEWEST = ("-", 0)
TRIES_MAX = 10
"""Tries in a row; then the agent waits until the hub asks again, as it does where a heartbeat shows another table."""
PAUSE_S = (0.25, 30.0)
PARTS_MAX = ENTRIES_MAX
_GRACE_BYTES = 1024
_OK = 200


class Answer(NamedTuple):
    """What the hub answered: the status, its `X-Watchkeeper-Mac`, and the body."""

    status: int
    mac: str
    body: bytes


Get = Callable[[str, dict[str, str]], Answer]
"""Get a URL with headers. Raises OSError where there is no answer."""


class Unfetched(Exception):
    """No snapshot came. The message is a name."""


class Counters(msgspec.Struct):
    """Since the start. `failed`: tries that brought nothing; `forged`: answers without the key's seal; `given_up`: after so many
    tries in a row."""

    asked: int = 0
    fetched: int = 0
    failed: int = 0
    forged: int = 0
    given_up: int = 0


def snapshot(to: Destination, get: Get) -> Table:
    """The newest table, whole. Raises Unfetched and OSError."""
    first = _chunk(to, get, *NEWEST, 0)
    head = Head(first.epoch, first.no, first.hash, first.at_us)
    table = Table(head=head)
    try:
        for chunk in _parts(to, get, first):
            table.add(chunk.entries)
    except ValueError:
        raise Unfetched("too_many_entries") from None
    if table.hash != head.hash:
        raise Unfetched("wrong_hash")
    return table


def _parts(to: Destination, get: Get, first: Chunk) -> Iterator[Chunk]:
    if not 0 < first.parts <= PARTS_MAX or first.part != 0:
        raise Unfetched("bad_parts")
    yield first
    for part in range(1, first.parts):
        chunk = _chunk(to, get, first.epoch, first.no, part)
        if (chunk.epoch, chunk.no, chunk.hash, chunk.part, chunk.parts) != (
            first.epoch, first.no, first.hash, part, first.parts,
        ):  # fmt: skip
            raise Unfetched("other_table")
        yield chunk


def _chunk(to: Destination, get: Get, epoch: str, no: int, part: int) -> Chunk:
    path = chunk_path(to.agent, epoch, no, part)
    headers = {"X-Watchkeeper-Site": to.site, "X-Watchkeeper-Mac": bulk_mac(to.key, path, b"")}
    answer = get(to.hub_url + path, headers)
    if answer.status != _OK:
        raise Unfetched(f"status_{answer.status}")
    if len(answer.body) > CHUNK_BYTES_MAX + _GRACE_BYTES:
        raise Unfetched("too_long")
    if not bulk_mac_fits(to.key, path, answer.body, answer.mac):
        raise Unfetched("forged")
    try:
        return decode_chunk(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unfetched("undecodable") from None


class Fetcher(Loop):
    """A thread that fetches when asked, and gives what it fetched to `take(table)`; `tidy` is called after each turn, for what
    may take a while. Asking while it fetches has it fetch again."""

    def __init__(
        self, to: Destination | None, get: Get, random: Random, take: Callable[[Table], bool], tidy: Callable[[], None]
    ) -> None:
        """`take` says whether that was enough: changes may have led past the snapshot meanwhile. `to`: None where no hub is
        known, and then nothing is ever fetched."""
        super().__init__("permits")
        self._to = to
        self._get = get
        self._random = random
        self._take = take
        self._tidy = tidy
        self._wanted = Event()
        self._woken = Event()
        self._log = structlog.get_logger("edge.permits")
        self.counters = Counters()

    def ask(self) -> None:
        """Have the newest table fetched. Returns at once."""
        self.counters.asked += 1
        self._wanted.set()
        self._woken.set()

    def wake(self) -> None:
        """Have `tidy` called. Returns at once."""
        self._woken.set()

    def stop(self) -> None:
        """As of Loop."""
        super().stop()
        self._woken.set()

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._woken.wait()
            self._woken.clear()
            self._fetch_patiently()
            if not self._stop.is_set():
                self._tidy()

    def _fetch_patiently(self) -> None:
        tries, pause_s = 0, PAUSE_S[0]
        while self._to is not None and self._wanted.is_set() and not self._stop.is_set():
            self._wanted.clear()
            if self._fetch(self._to):
                continue
            tries += 1
            if tries >= TRIES_MAX:
                self.counters.given_up += 1
                self._log.error("permits_given_up", tries=tries)
                return
            self._wanted.set()
            self._stop.wait(pause_s * (0.5 + 0.5 * self._random.random()))
            pause_s = min(PAUSE_S[1], 2 * pause_s)

    def _fetch(self, to: Destination) -> bool:
        try:
            table = snapshot(to, self._get)
        except (OSError, Unfetched) as error:
            self.counters.failed += 1
            self.counters.forged += str(error) == "forged"
            self._log.warning("permits_unfetched", error=str(error)[:200])
            return False
        self.counters.fetched += 1
        return self._take(table)


def http_get(url: str, headers: dict[str, str], ca_file: Path | None = None) -> Answer:
    """Get by HTTP, following no redirect, within 15 s. `ca_file`: whom to trust, for https, where it is no authority of the
    system's. Raises OSError where there is no answer, or one that is too long."""
    import httpx

    verify = True if ca_file is None else ssl.create_default_context(cafile=ca_file)
    body = bytearray()
    try:
        with httpx.stream(
            "GET", url, headers=headers, timeout=15.0, follow_redirects=False, trust_env=False, verify=verify
        ) as answer:
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > CHUNK_BYTES_MAX + _GRACE_BYTES:
                    raise OSError("an answer that is too long")
            return Answer(answer.status_code, answer.headers.get("X-Watchkeeper-Mac", ""), bytes(body))
    except httpx.HTTPError as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
