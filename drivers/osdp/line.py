"""One wire with several readers on it: one port, opened once, and one question at a time.

Drivers with the same port in their address share one `Line`, which `line_at` finds. It is open while somebody has joined."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.osdp.frames import FRAME_BYTES_MAX, MARK, Frame, Splitter
from drivers.osdp.session import Reply
from drivers.port import DeviceLost, Finding
from drivers.transports import Address, Transport, open_transport, parse_address

SCHEMES: Final = ("serial", "tcp", "null")
READ_BYTES: Final = 2048
GAP_S: Final = 0.06
"""A reader's reply has no pause as long as this, USB adapters included: what has not come by then will not."""
ANSWER_S_MAX: Final = 0.8
"""A line that babbles on is not listened to for longer."""
HEARD_BYTES_MAX: Final = 4 * FRAME_BYTES_MAX
STALE_READS_MAX: Final = 8
_BITS_PER_CHARACTER: Final = 10
_WAKE: Final = bytes((MARK,))
"""Before each question, so that the receivers are awake when it begins."""

Judge = Callable[[Frame], Reply | str]
"""The answer that a frame is, or the name of why it is none."""

_QUIETLY: Final = frozenset(("echo",))
"""What is passed over without a finding: an adapter that hears itself."""


class Heard(NamedTuple):
    """What came back for one question: the answer or None, and what was heard besides."""

    reply: Reply | None
    findings: list[Finding]


class Counts:
    """What a line has lived through, for those who look for a fault."""

    def __init__(self) -> None:
        self.questions = 0
        self.unanswered = 0
        self.stale_bytes = 0
        self.openings = 0


class Line:
    """A shared port. Build one by `line_at`, so that everybody at an address has the same one."""

    def __init__(self, where: Address, clock: Clock, opener: Callable[[Address], Transport] = open_transport) -> None:
        self.where = where
        self.counts = Counts()
        self._clock = clock
        self._opener = opener
        self._lock = Lock()
        self._port: Transport | None = None
        self._joined = 0
        self._received = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Keep the port open for as long as the block runs. Raises DeviceLost when it cannot be opened."""
        with self._lock:
            self._open()
            self._joined += 1
        try:
            yield
        finally:
            with self._lock:
                self._joined -= 1
                if not self._joined:
                    self._close()

    def ask(self, question: bytes, judge: Judge, timeout_s: float) -> Heard:
        """Put one question; its answer has `timeout_s` to begin in. Others wait meanwhile. Raises DeviceLost when the port is
        gone, or when nobody has joined; the next question opens it again."""
        with self._lock:
            if not self._joined:
                raise DeviceLost("closed")
            port = self._open()
            self.counts.questions += 1
            try:
                self._drop_stale(port)
                port.write(_WAKE + question)
                heard = self._listen(port, judge, timeout_s + self._sending_s(question))
            except DeviceLost:
                self._close()
                raise
            self.counts.unanswered += heard.reply is None
            return heard

    def _listen(self, port: Transport, judge: Judge, wait_s: float) -> Heard:
        ear = _Ear(judge, self._received)
        began_us = self._clock.mono_us()
        first_us = until_us = began_us + round(wait_s * US_PER_S)
        last_us = began_us + round(ANSWER_S_MAX * US_PER_S)
        while ear.reply is None and ear.heard_bytes < HEARD_BYTES_MAX:
            left_us = min(until_us, last_us) - self._clock.mono_us()
            data = port.read(READ_BYTES, left_us / US_PER_S) if left_us > 0 else b""
            if data:
                self._received += len(data)
                ear.feed(data)
                until_us = self._clock.mono_us() + round(GAP_S * US_PER_S)
                continue
            ear.feed(b"", end=True)  # a false beginning may hide the answer
            if until_us >= first_us or left_us <= 0:
                break
            until_us = first_us
        return Heard(ear.reply, ear.findings)

    def _sending_s(self, question: bytes) -> float:
        return len(question) * _BITS_PER_CHARACTER / self.where.baud if self.where.scheme == "serial" else 0.0

    def _drop_stale(self, port: Transport) -> None:
        """A late answer to an earlier question must not pass for this one's."""
        for _ in range(STALE_READS_MAX):
            stale = port.read(READ_BYTES, 0)
            if not stale:
                return
            self._received += len(stale)
            self.counts.stale_bytes += len(stale)

    def _open(self) -> Transport:
        if self._port is None:
            self._port = self._opener(self.where)
            self.counts.openings += 1
        return self._port

    def _close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()


class _Ear:
    """Looks for one answer in what comes."""

    def __init__(self, judge: Judge, offset: int) -> None:
        self.reply: Reply | None = None
        self.findings: list[Finding] = []
        self.heard_bytes = 0
        self._judge = judge
        self._offset = offset
        self._splitter = Splitter()
        self._pending = b""

    def feed(self, data: bytes, *, end: bool = False) -> None:
        self.heard_bytes += len(data)
        self._pending += data
        used, items = self._splitter.split(self._pending, end=end)
        self._pending = self._pending[used:]
        for item in items:
            self._one(item)
        self._offset += used

    def _one(self, item: Frame | Finding) -> None:
        if isinstance(item, Finding):
            self.findings.append(item._replace(offset=self._offset + item.offset))
            return
        if self.reply is not None:
            self.findings.append(Finding("unasked", self._offset + item.offset, item.raw))
            return
        judged = self._judge(item)
        if isinstance(judged, Reply):
            self.reply = judged
        elif judged not in _QUIETLY:
            self.findings.append(Finding(judged, self._offset + item.offset, item.raw))


_lines: WeakValueDictionary[str, Line] = WeakValueDictionary()
_lines_lock = Lock()


def line_at(address: str, clock: Clock | None = None) -> Line:
    """The line at `address`: the same for all drivers in this process, gone with the last of them. Raises ValueError with a
    message for an installer."""
    where = parse_address(address, schemes=SCHEMES)
    key = f"{where.scheme}:{where.path}:{where.host}:{where.port}"
    with _lines_lock:
        line = _lines.get(key)
        if line is None:
            line = _lines[key] = Line(where, clock or SystemClock())
        elif line.where != where:
            raise ValueError(f"{address!r}: another reader has this port with other settings: write the same address for both")
        return line
