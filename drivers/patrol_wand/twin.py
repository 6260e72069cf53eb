"""The other end of a cradle's wire: wands with a memory and a clock that drifts, and the cradle that they stand in."""

import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from contract.clock import US_PER_S, Clock
from drivers.patrol_wand.frames import (
    ANY_WAND,
    BODY_BYTES_MAX,
    BODY_BYTES_MIN,
    CLEAR,
    IDENTIFY,
    READ_CLOCK,
    READ_RECORDS,
    REFUSED,
    SET_CLOCK,
    STATE,
    Frame,
    State,
    cut,
    frame_bytes,
    state_payload,
)
from drivers.patrol_wand.layout import CLOCK, Layout, Scan, record_bytes, time_bytes, time_of
from drivers.port import DeviceLost
from drivers.transports import Line
from drivers.transports.pace import write_paced
from drivers.zones import zone_of

READ_S = 0.05
UNPLUGGED_S = 0.1
NONSENSE = 1
"""The code of a refusal: what is asked for is not there, or makes no sense."""


class WandTwin:
    """One wand. `off_s`: how far its clock is ahead now; `drift_ppm`: how it goes on. Records have numbers from `first` on, which
    never restart. A full memory takes no scan more. May be used by several threads."""

    def __init__(
        self,
        wand: int,
        clock: Clock,
        *,
        layout: Layout | None = None,
        zone: str = "Asia/Shanghai",
        capacity: int = 8000,
        off_s: float = 0.0,
        drift_ppm: float = 0.0,
        first: int = 1,
    ) -> None:
        self.wand = wand
        self.layout = layout or Layout()
        self.capacity = capacity
        self.cleared_to: list[int] = []
        """The number up to which it was cleared, each time."""
        self.clock_set = 0
        """How often its clock was set."""
        self._clock = clock
        self._zone = zone_of(zone)
        self._drift = drift_ppm / 1_000_000
        self._off_us = round(off_s * US_PER_S)
        self._since_us = clock.mono_us()
        self._records: dict[int, bytes] = {}
        self._next = first
        self._lock = Lock()

    # What a guard does

    def scan(self, tag: str, guard: str = "") -> int:
        """Hold the wand to a tag. Returns the record's number, or 0 where the memory is full: the wand beeps and stores
        nothing."""
        with self._lock:
            if len(self._records) >= self.capacity:
                return 0
            scan = Scan(self._next, self._shown_us(), tag, guard or None)
            return self._store(record_bytes(scan, self.layout, self._zone))

    def store(self, record: bytes) -> int:
        """A record as it is, such as one that a worn memory has bent. Returns the number it is stored under."""
        with self._lock:
            return self._store(record)

    def fill(self, tag: str, guard: str = "") -> int:
        """Scan until the memory is full. Returns how many scans that were."""
        count = 0
        while self.scan(tag, guard):
            count += 1
        return count

    def lose(self, number: int) -> None:
        """A record is gone from the middle of the memory."""
        with self._lock:
            del self._records[number]

    @property
    def stored(self) -> list[int]:
        """The numbers of the records in the memory."""
        with self._lock:
            return list(self._records)

    def off_s(self) -> float:
        """How far its clock is ahead."""
        with self._lock:
            return (self._shown_us() - self._clock.now_us()) / US_PER_S

    # What the cradle does

    def answer(self, question: Frame) -> bytes:
        """The frame that the wand sends; empty where it is not the one that is asked."""
        if question.answer or question.wand not in ((self.wand, ANY_WAND) if question.command == IDENTIFY else (self.wand,)):
            return b""
        with self._lock:
            payload = self._does(question)
        if payload is None:
            return frame_bytes(self.wand, REFUSED, bytes((question.command, NONSENSE)), answer=True)
        return frame_bytes(self.wand, question.command, payload, answer=True)

    def _does(self, question: Frame) -> bytes | None:
        asked: dict[int, Callable[[bytes], bytes | None]] = {
            IDENTIFY: lambda _: bytes((1, self.layout.size)) + self.capacity.to_bytes(2),
            READ_CLOCK: lambda _: time_bytes(self._shown_us(), CLOCK, self._zone),
            STATE: lambda _: state_payload(self._state()),
            READ_RECORDS: self._read,
            SET_CLOCK: self._set,
            CLEAR: self._clear,
        }
        does = asked.get(question.command)
        return None if does is None else does(question.payload)

    def _state(self) -> State:
        first = min(self._records, default=self._next)
        return State(first, self._next - 1, len(self._records) / self.capacity)

    def _read(self, payload: bytes) -> bytes | None:
        if len(payload) != 5:
            return None
        first, count = int.from_bytes(payload[:4]), payload[4]
        count = min(count, (BODY_BYTES_MAX - BODY_BYTES_MIN - 4) // self.layout.size)
        numbers = [number for number in sorted(self._records) if number >= first][:count]
        return payload[:4] + b"".join(self._records[number] for number in numbers)

    def _clear(self, payload: bytes) -> bytes | None:
        up_to = int.from_bytes(payload)
        if len(payload) != 4 or up_to >= self._next:
            return None
        self._records = {number: record for number, record in self._records.items() if number > up_to}
        self.cleared_to.append(up_to)
        return payload

    def _set(self, payload: bytes) -> bytes | None:
        at_us = time_of(payload, CLOCK, self._zone) if len(payload) == CLOCK.size else None
        if at_us is None:
            return None
        self._off_us, self._since_us = at_us - self._clock.now_us(), self._clock.mono_us()
        self.clock_set += 1
        return payload

    def _store(self, record: bytes) -> int:
        number = self._next
        self._records[number] = record
        self._next += 1
        return number

    def _shown_us(self) -> int:
        drifted = round((self._clock.mono_us() - self._since_us) * self._drift)
        return self._clock.now_us() + self._off_us + drifted


class CradleTwin:
    """A cradle on `line`, which answers for the wand that stands in it, from `start` to `stop`. `baud` paces the answers, None
    does not.

    `bend`, when set, changes each answer on its way. `pull_after`: the wand is pulled out when so many bytes more were sent, in
    the middle of an answer as a rule."""

    def __init__(self, line: Line, *, baud: int | None = 9600, sleep: Callable[[float], None] = time.sleep) -> None:
        self.line = line
        self.bend: Callable[[bytes], bytes] | None = None
        self.pull_after: int | None = None
        self.questions: list[Frame] = []
        self._baud = baud
        self._sleep = sleep
        self._wand: WandTwin | None = None
        self._stop = Event()
        self._thread = Thread(target=self._serve, name="cradle", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; returns when the thread has ended. The line stays."""
        self._stop.set()
        self._thread.join()

    def put_in(self, wand: WandTwin) -> None:
        """A wand stands in the cradle, in the place of another."""
        self._wand = wand

    def take_out(self) -> None:
        """The cradle is empty."""
        self._wand = None

    def noise(self, data: bytes) -> None:
        """Bytes out of nowhere, as from a bad contact."""
        self.line.write(data)

    def _serve(self) -> None:
        pending = b""
        while not self._stop.is_set():
            try:
                data = self.line.read(512, READ_S)
            except DeviceLost:
                pending = b""
                self._stop.wait(UNPLUGGED_S)
                continue
            pending = self._answer_all(pending + data) if data else b""

    def _answer_all(self, pending: bytes) -> bytes:
        while pending:
            used, frame, _ = cut(pending, 0, end=False)
            if not used:
                break
            pending = pending[used:]
            wand = self._wand
            if frame is not None and wand is not None:
                self.questions.append(frame)
                self._send(wand.answer(frame))
        return pending

    def _send(self, answer: bytes) -> None:
        if self.bend is not None:
            answer = self.bend(answer)
        if self.pull_after is not None and len(answer) >= self.pull_after:
            answer = answer[: self.pull_after]
            self.pull_after = None
            self.take_out()
        elif self.pull_after is not None:
            self.pull_after -= len(answer)
        if self._baud is None:
            self.line.write(answer)
        else:
            write_paced(self.line.write, answer, self._baud, self._sleep)
