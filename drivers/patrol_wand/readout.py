"""One wand, whenever it is in the cradle. What is done when is what keeps scans from being lost:

1. All records are read, and each scan is in the agent's log, synced.
2. A `wand_read` says so, and the wand's watermark moves to the moment at which its state was asked: a wand in a pocket may hold
   older scans than that, one that was read out does not.
3. Once the hub has committed the scans and the `wand_read`, the memory is cleared up to the last of them. Records made meanwhile
   stay.
4. Once nothing is left in it the clock is set, if it is off. Not before: the records that a wand still holds are corrected by
   how far its clock is off, and would be wrong if they were read again after it was set.

Whoever is killed or taken out between two of these, the wand still has what was not confirmed. When it is back, it goes on from
there; an agent that has started anew reads all of it again, under the same names.
"""

from collections.abc import Callable
from threading import Event
from typing import Final, NamedTuple

import msgspec

from contract.clock import US_PER_MS, US_PER_S, Clock
from contract.readings import WandRead
from drivers.patrol_wand.cradle import Cradle, NoAnswer
from drivers.patrol_wand.decode import NUMBER_BYTES, PatrolWandOptions, Told, reading_of, records_of
from drivers.patrol_wand.frames import (
    BODY_BYTES_MAX,
    BODY_BYTES_MIN,
    CLEAR,
    READ_CLOCK,
    READ_RECORDS,
    SET_CLOCK,
    STATE,
    State,
    read_payload,
    state_of,
)
from drivers.patrol_wand.layout import CLOCK, time_bytes, time_of
from drivers.port import Sink
from drivers.zones import zone_of

AGAIN_US: Final = 600 * US_PER_S
"""How long after a read-out it may be done again because the log dropped something: the log is full, and more would not help."""
HALF_S_US: Final = 500 * US_PER_MS
"""A clock that shows whole seconds is half of one ahead of what it shows, on average."""


class Batch(NamedTuple):
    """One read-out that brought something: the last record's number, and the numbers that its readings have in the log."""

    read_to: int
    numbers: list[int]


class ReadOut:
    """One wand during one run of the driver. `report` takes the name of a finding."""

    def __init__(
        self,
        cradle: Cradle,
        sink: Sink,
        options: PatrolWandOptions,
        clock: Clock,
        report: Callable[[str], None],
        *,
        wand: int,
        device: str,
    ) -> None:
        self._wand = wand
        self._cradle = cradle
        self._sink = sink
        self._options = options
        self._clock = clock
        self._report = report
        self._device = device
        self._zone = zone_of(options.zone)
        self._page = min(255, (BODY_BYTES_MAX - BODY_BYTES_MIN - NUMBER_BYTES) // options.layout.size)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._read_to: int | None = None
        self._done = False
        self._off_us: int | None = None
        self._measured = False
        self._scans = self._bad = 0
        self._numbers: list[int] = []
        self._batches: list[Batch] = []
        self._done_mono_us = 0
        self._clock_is_right = False

    def back(self) -> None:
        """The wand was away: it is read out anew from where it was read to, and that is told, though nothing may be new."""
        self._done = self._measured = False

    def step(self, stop: Event) -> None:
        """Do what is due: read what is new, forget what the hub has, set the clock. Raises NoAnswer, DeviceLost, and what the
        sink raises. After NoAnswer the next step goes on where this one ended."""
        asked = self._clock.mono_us()
        state = self._state()
        if self._read_to is None or state.last < self._read_to:
            self._begin_anew()
        self._read_to = read_to = max(self._read_to or 0, state.first - 1)
        if not self._done or state.last > read_to:
            self._done = False
            if not self._read(state, read_to, stop):
                return
            self._tell(state, self._wall_us(asked))
        self._sink.told(self._device, self._wall_us(asked))
        if self._batches:
            self._forget(state)
        elif state.last < state.first and not self._clock_is_right:
            self._set_clock()

    def _read(self, state: State, read_to: int, stop: Event) -> bool:
        """Read on up to the state's last record. False when told to stop."""
        if not self._measured:
            self._off_us, self._measured = self._measure(), True
        while read_to < state.last:
            if stop.is_set():
                return False
            for told in self._records(read_to + 1):
                # The place counts, whatever the record says: a number that a worn memory has bent must not have others skipped,
                # and cleared unread. Where records are missing some are told twice instead.
                if told.number != read_to + 1:
                    self._report("out_of_order")
                self._take(told)
                self._read_to = read_to = read_to + 1
                if read_to >= state.last:
                    break
            self._sink.alive()
        return True

    def _records(self, first: int) -> list[Told]:
        """One page, from `first` on. Raises NoAnswer for what is no such page: nothing of it counts, and it is asked for
        again."""
        payload = self._cradle.ask(self._wand, READ_RECORDS, read_payload(first, self._page)).payload
        records = records_of(payload, self._options)
        if records is None:
            raise self._wrong("bad_length")
        if not records or payload[:NUMBER_BYTES] != first.to_bytes(NUMBER_BYTES):
            raise self._wrong("mismatch")
        return records

    def _take(self, told: Told) -> None:
        if isinstance(told.scan, str):
            self._bad += 1
            self._report(told.scan)
            return
        reading = msgspec.structs.replace(
            reading_of(self._wand, told.scan, self._options),
            made_at_us=told.scan.at_us - (self._off_us or 0),
            clock_off_s=_seconds(self._off_us),
        )
        self._numbers.append(self._sink.reading(reading, told.scan.at_us, self._device))
        self._scans += 1

    def _tell(self, state: State, asked_us: int, *, clock_set: bool = False) -> None:
        read = WandRead(
            scans=self._scans,
            up_to_us=asked_us,
            up_to_device_us=None if self._off_us is None else asked_us + self._off_us,
            clock_off_s=_seconds(self._off_us),
            memory_used=state.used,
            bad=self._bad,
            clock_set=clock_set,
        )
        number = self._sink.reading(read, device=self._device)
        if self._scans or self._bad:
            assert self._read_to is not None
            self._batches.append(Batch(self._read_to, [*self._numbers, number]))
        self._done, self._measured, self._scans, self._bad, self._numbers = True, False, 0, 0, []
        self._done_mono_us = self._clock.mono_us()

    def _forget(self, state: State) -> None:
        """Clear the memory up to the last record of the read-outs that the hub has whole."""
        committed = 0
        for batch in self._batches:
            receipt = self._sink.receipt_of(batch.numbers)
            if receipt != "committed":
                break
            committed += 1
        if not committed:
            if receipt == "unknown" and self._clock.mono_us() - self._done_mono_us >= AGAIN_US:
                self._begin_anew()
            return
        read_to = self._batches[committed - 1].read_to
        if state.first <= read_to:
            self._cradle.ask(self._wand, CLEAR, read_to.to_bytes(NUMBER_BYTES))
        del self._batches[:committed]
        self._clock_is_right = False

    # The clock

    def _measure(self) -> int | None:
        """The wand's clock minus the agent's, in microseconds, to within half a second or so; None where it shows no time. Raises
        NoAnswer."""
        before_us = self._clock.now_us()
        payload = self._cradle.ask(self._wand, READ_CLOCK).payload
        shown_us = time_of(payload, CLOCK, self._zone) if len(payload) == CLOCK.size else None
        if shown_us is None:
            self._report("bad_clock")
            return None
        return shown_us + HALF_S_US - (before_us + self._clock.now_us()) // 2

    def _set_clock(self) -> None:
        self._off_us = self._measure()
        if self._off_us is None or abs(self._off_us) > self._options.clock_off_max_s * US_PER_S:
            asked = self._clock.mono_us()
            self._cradle.ask(self._wand, SET_CLOCK, time_bytes(self._clock.now_us() + HALF_S_US, CLOCK, self._zone))
            self._tell(State(0, 0, 0.0), self._wall_us(asked), clock_set=True)
        self._clock_is_right = True

    def _wall_us(self, mono_us: int) -> int:
        """That moment by the wall clock as it is now, though it may have been set since."""
        return self._clock.now_us() - (self._clock.mono_us() - mono_us)

    def _state(self) -> State:
        state = state_of(self._cradle.ask(self._wand, STATE).payload)
        if state is None:
            raise self._wrong("bad_length")
        return state

    def _wrong(self, reason: str) -> NoAnswer:
        self._report(reason)
        return NoAnswer(reason)


def _seconds(off_us: int | None) -> float | None:
    return None if off_us is None else off_us / US_PER_S
