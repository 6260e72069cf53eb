"""One wire with several units on it: one port, opened once, and one question at a time.

Drivers with the same port in their address share one `Bus`, which `bus_at` finds. The port is open while somebody has joined.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Condition, Lock
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

from contract.clock import US_PER_MS, US_PER_S, Clock, SystemClock
from drivers.modbus.frames import RTU_BYTES_MAX, rtu, tcp
from drivers.modbus.listening import Ear, RtuEar, TcpEar
from drivers.port import DeviceLost, Finding
from drivers.transports import Address, Transport, open_transport, parse_address

SILENT_CHARACTERS = 3.5
SILENCE_S_MIN = 0.00175
STALE_READS_MAX = 8
HUSH_US = 60 * US_PER_MS
"""For so long a bus is kept free for an action that is expected: twice what a card takes at 9600 baud."""
HUSH_EVERY_US = 120 * US_PER_MS
"""No sooner is it kept free again: whoever expects all the time, as a noisy reader does, keeps no poll from the line."""
_BITS_PER_CHARACTER = 11
_FRAMINGS = ("rtu", "tcp")


class Heard(NamedTuple):
    """What came back for one question: the answer's PDU or None, and what was heard besides."""

    pdu: bytes | None
    findings: list[Finding]


class Counts:
    """What a bus has lived through, for the agent's metrics and for those who look for a fault."""

    def __init__(self) -> None:
        self.questions = 0
        self.unanswered = 0
        self.stale_bytes = 0
        self.openings = 0
        self.hushes = 0


class _Framing(Protocol):
    """How a question is wrapped, and how its answer is heard. A table of two rows, `_frame_rtu` and `_frame_tcp`."""

    def __call__(self, unit: int, pdu: bytes, transaction: int) -> tuple[bytes, Ear]: ...


class Bus:
    """A shared port. Build one by `bus_at`, so that everybody at an address has the same one."""

    def __init__(self, where: Address, clock: Clock, opener: Callable[[Address], Transport] = open_transport) -> None:
        self.where = where
        self.counts = Counts()
        self._clock = clock
        self._opener = opener
        self._framing: _Framing = _frame_rtu if _framing_of(where) == "rtu" else _frame_tcp
        self._silence_s = _silence_s(where)
        self._turn = Condition(Lock())
        self._asking = False
        self._urgent = 0
        """How many urgent questions wait."""
        self._hush_until_us = self._next_hush_us = 0
        self._quiet_since_us = 0
        """When somebody was last heard, or last spoke, on the wire."""
        self._port: Transport | None = None
        self._joined = 0
        self._received = 0
        self._transaction = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Keep the port open for as long as the block runs. Raises DeviceLost when it cannot be opened."""
        with self._alone(urgent=True):
            self._open()
            self._joined += 1
        try:
            yield
        finally:
            with self._alone(urgent=True):
                self._joined -= 1
                if not self._joined:
                    self._close()

    def hush(self) -> None:
        """An action may come soon: for HUSH_US no question is put but urgent ones. Returns at once."""
        with self._turn:
            now_us = self._clock.mono_us()
            if now_us >= self._next_hush_us:
                self._hush_until_us, self._next_hush_us = now_us + HUSH_US, now_us + HUSH_EVERY_US
                self.counts.hushes += 1

    @contextmanager
    def _alone(self, *, urgent: bool) -> Iterator[None]:
        """Wait for the wire, the urgent before all others, and have it."""
        with self._turn:
            self._urgent += urgent
            try:
                while self._asking or (not urgent and (self._urgent or self._hushed_s() > 0)):
                    self._turn.wait(None if urgent or self._urgent or self._asking else self._hushed_s())
            finally:
                self._urgent -= urgent
            self._asking = True
        try:
            yield
        finally:
            self._let_go()

    def _let_go(self) -> None:
        with self._turn:
            self._asking = False
            self._turn.notify_all()

    def _hushed_s(self) -> float:
        """For how long the wire is still kept free."""
        return (self._hush_until_us - self._clock.mono_us()) / US_PER_S

    def ask(self, unit: int, pdu: bytes, timeout_s: float, *, urgent: bool = False) -> Heard:
        """Put one question and wait for its answer, `timeout_s` at most. Others wait meanwhile, an `urgent` question for one
        other at most. Raises DeviceLost when the port is gone, or when nobody has joined; the next question opens it again."""
        with self._alone(urgent=urgent):
            if not self._joined:
                raise DeviceLost("closed")
            port = self._open()
            try:
                self._drop_stale(port)
                self._wait_for_silence()
                return self._hear(port, self._say(port, unit, pdu), timeout_s)
            except DeviceLost:
                self._close()
                raise

    def begin(self, unit: int, pdu: bytes, timeout_s: float) -> Callable[[], Heard] | None:
        """Put an urgent question at once, in the caller's thread, and have the wire until what is returned has been called: once,
        from any thread; it listens for the answer as `ask` does. None, and nothing was put, where the wire is not free, has not
        been silent for as long as it must, or fails. Never raises."""
        with self._turn:
            port = self._port
            if self._asking or self._urgent or not self._joined or port is None or self._noisy_s() > 0:
                return None
            self._asking = True
        try:
            self._drop_stale(port)
            if self._noisy_s() <= 0:
                return partial(self._finish, port, self._say(port, unit, pdu), timeout_s)
        except DeviceLost:
            self._close()  # whoever asks next opens it again, and is told if it cannot be
        except BaseException:
            self._let_go()
            raise
        self._let_go()
        return None

    def _finish(self, port: Transport, ear: Ear, timeout_s: float) -> Heard:
        try:
            return self._hear(port, ear, timeout_s)
        except DeviceLost:
            self._close()
            raise
        finally:
            self._let_go()

    def _say(self, port: Transport, unit: int, pdu: bytes) -> Ear:
        self.counts.questions += 1
        self._transaction = self._transaction % 0xFFFF + 1
        frame, ear = self._framing(unit, pdu, self._transaction)
        port.write(frame)
        return ear

    def _hear(self, port: Transport, ear: Ear, timeout_s: float) -> Heard:
        first = self._received
        until_us = self._clock.mono_us() + round(timeout_s * US_PER_S)
        while (left_us := until_us - self._clock.mono_us()) > 0:
            data = port.read(RTU_BYTES_MAX, left_us / US_PER_S)
            self._received += len(data)
            if not data or ear.feed(data):
                break
        self._quiet_since_us = self._clock.mono_us()
        findings = ear.findings(first)
        if ear.answer is None:
            self.counts.unanswered += 1
        if ear.babble:
            self._close()  # TCP: the next question opens a new connection, and begins at a frame
        return Heard(ear.answer, findings)

    def _wait_for_silence(self) -> None:
        """The pause that ends the frame before. On a line that has been quiet for as long there is nothing to wait for."""
        noisy_s = self._noisy_s()
        if noisy_s > 0:
            time.sleep(noisy_s)

    def _noisy_s(self) -> float:
        """How much of the pause is still to come."""
        return self._silence_s - (self._clock.mono_us() - self._quiet_since_us) / US_PER_S

    def _drop_stale(self, port: Transport) -> None:
        """A late answer to an earlier question must not pass for this one's. TCP numbers its answers, so nothing is dropped."""
        if self._framing is _frame_tcp:
            return
        for _ in range(STALE_READS_MAX):
            stale = port.read(RTU_BYTES_MAX, 0)
            if not stale:
                return
            self._quiet_since_us = self._clock.mono_us()
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


_buses: WeakValueDictionary[str, Bus] = WeakValueDictionary()
_buses_lock = Lock()


def bus_at(address: str, clock: Clock | None = None) -> Bus:
    """The bus of whoever is at `address`: the same for all drivers in this process, gone with the last of them.

    `serial://…` speaks RTU; `tcp://host:port` speaks Modbus TCP, and RTU with `?framing=rtu` behind it, for gateways that pass
    bytes through. Raises ValueError with a message for an installer.
    """
    where = parse_address(address, extra=("framing",))
    framing = _framing_of(where)
    if framing not in _FRAMINGS:
        raise ValueError(f"{address!r}: framing is rtu or tcp: write for example tcp://192.168.1.50:502?framing=rtu")
    if where.scheme == "serial" and framing != "rtu":
        raise ValueError(f"{address!r}: a serial line speaks RTU: leave framing out")
    key = f"{where.scheme}:{where.path}:{where.host}:{where.port}"
    with _buses_lock:
        bus = _buses.get(key)
        if bus is None:
            bus = _buses[key] = Bus(where, clock or SystemClock())
        elif bus.where != where:
            raise ValueError(f"{address!r}: another device has this port with other settings: write the same address for both")
        return bus


def _framing_of(where: Address) -> str:
    return where.extra.get("framing") or ("tcp" if where.scheme == "tcp" else "rtu")


def _silence_s(where: Address) -> float:
    """The pause that ends a frame on a serial line; no line, no pause."""
    if where.scheme != "serial":
        return 0.0
    return max(SILENCE_S_MIN, SILENT_CHARACTERS * _BITS_PER_CHARACTER / where.baud)


def _frame_rtu(unit: int, pdu: bytes, transaction: int) -> tuple[bytes, Ear]:  # noqa: ARG001 - one row of a table
    return rtu(unit, pdu), RtuEar(unit, pdu[0])


def _frame_tcp(unit: int, pdu: bytes, transaction: int) -> tuple[bytes, Ear]:
    return tcp(unit, pdu, transaction), TcpEar(unit, pdu[0], transaction)
