"""Keeps one recording child going: starts it, enters in the index and tells what it says, and starts it again when it is gone."""

import os
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from threading import Event
from typing import NamedTuple

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.footage import Codec, FootageStream, RecorderReason, RecorderState, SegmentRecorded
from edge.footage.beneath import open_beneath
from edge.footage.fragments import Whole, whole_of
from edge.footage.index import FootageFailed, FootageFull, FootageIndex
from edge.footage.mending import Mender, Tell
from edge.footage.segments import Growing, Segment, own_path
from edge.loop import Loop
from edge.recorder.messages import Alive, Began, Camera, Ended, Order, Report, State
from edge.recorder.process import Child, ChildDied, Wake
from edge.recorder.settings import Recorded, RecorderConfig
from edge.spool import SpoolFailed, SpoolFull
from edge.supervisor import BACKOFF, BackOff

STREAMS_A_CHILD = 8
NEWEST_DAYS = 2
"""What a child may have left behind lies in these."""
SILENT_US = 30 * US_PER_S
"""A child that says nothing for so long is ended."""
_TURN_S = 5.0
_LAST_WORDS_S = 5.0


class Counters(msgspec.Struct):
    """Since the start. `deaths`: children that ended by themselves; `untold`: readings that a full log did not take, and that are
    told again."""

    children: int = 0
    deaths: int = 0
    segments: int = 0
    pictures: int = 0
    dropped: int = 0
    lost_packets: int = 0
    untold: int = 0


class Shared(NamedTuple):
    """What all keepers of an agent share. `entered`: is called with what went into the index."""

    config: RecorderConfig
    footage: FootageIndex
    tell: Tell
    clock: Clock
    random: Random
    backoff: BackOff = BACKOFF


class _Growth:
    """Looks at the file that is being written."""

    def __init__(self, index: FootageIndex, device: str, stream: FootageStream, no: int, codec: Codec) -> None:
        self._index, self._path = index, own_path(device, stream, no)
        self._no, self._codec = no, codec
        self._whole = Whole()

    def look(self) -> Growing | None:
        """See FootageIndex.growing."""
        try:
            handle = open_beneath(self._index.folder, self._path)
        except FileNotFoundError:
            return None
        try:
            self._whole = whole = whole_of(handle, self._whole)
        finally:
            os.close(handle)
        start_us = self._no if whole.began_us is None else whole.began_us
        return Growing(self._no, start_us, start_us + whole.length_us, whole.size_bytes, self._codec, whole.init_bytes)


class Keeper(Loop):
    """The child for a few streams."""

    def __init__(self, streams: Sequence[Recorded], shared: Shared, mender: Mender) -> None:
        super().__init__(f"recorder-{streams[0].device}")
        self._streams = streams
        self._shared = shared
        self._mender = mender
        self.mended = Event()
        """What was there before this agent's start has been looked at, and `first_nos` are known: what is recorded from now on
        has these numbers or higher ones."""
        self.first_nos: dict[tuple[str, FootageStream], int] = {}
        self._said: dict[tuple[str, FootageStream], tuple[bool, RecorderReason]] = {}
        self._unsaid: dict[tuple[str, FootageStream], RecorderState] = {}
        self._heard_us = 0
        self._child: Child | None = None
        self._wake = Wake()
        self._log = structlog.get_logger("edge.recorder")
        self.counters = Counters()

    def stop(self) -> None:
        """Ask the loop to end, and wake it."""
        super().stop()
        self._wake.set()

    @property
    def child_pid(self) -> int | None:
        """The process id of the child while it runs."""
        child = self._child
        return child.pid if child else None

    def _loop(self) -> None:
        failures = 0
        shared = self._shared
        while not self._stop.is_set():
            began_us = shared.clock.mono_us()
            reason: RecorderReason = "stopped"
            why = "ended"
            try:
                self._run()
            except SpoolFailed:
                return  # the journal has told the agent, which ends
            except ChildDied as error:
                self.counters.deaths += 1
                why = str(error)
            except (FootageFailed, OSError) as error:
                reason = "disk_full" if isinstance(error, FootageFull) else "disk_failed"
                why = str(error)
            except Exception:  # whatever it is, the other cameras and the gates must not notice
                self._log.exception("recorder_fault")
                why = "fault"
            with suppress(SpoolFailed):
                self._all_stopped(reason)
            if self._stop.is_set():
                return
            good = shared.clock.mono_us() - began_us >= shared.backoff.good_s * US_PER_S
            failures = 1 if good else failures + 1
            pause_s = shared.backoff.pause_s(failures, shared.random)
            self._log.warning("recorder_ended", reason=why[:200], failures=failures, pause_s=round(pause_s, 3))
            self._stop.wait(pause_s)

    def _run(self) -> None:
        index, config = self._shared.footage, self._shared.config
        for one in self._streams:
            self._mender.mend(one.device, one.stream, newest=NEWEST_DAYS, stop=self._stop)
            self.first_nos.setdefault((one.device, one.stream), index.last_no(one.device, one.stream) + 1)
        self.mended.set()
        cameras = [Camera(one.device, one.stream, one.address, index.last_no(one.device, one.stream)) for one in self._streams]
        child = Child(Order(str(config.folder), cameras, config.segment_us, config.reserve_bytes))
        self.counters.children += 1
        self._child = child
        self._heard_us = self._shared.clock.mono_us()
        try:
            while not self._stop.is_set():
                self._take(child.receive(_TURN_S, self._wake))
                self._retell()
                if self._shared.clock.mono_us() - self._heard_us > SILENT_US:
                    child.kill()
                    raise ChildDied("child_stuck")
            self._last_words(child)
        finally:
            self._child = None
            for one in self._streams:
                index.grows(one.device, one.stream, None)
            child.stop()

    def _last_words(self, child: Child) -> None:
        """Take what the child closes when it is asked to end."""
        child.hush()
        until_us = self._shared.clock.mono_us() + int(_LAST_WORDS_S * US_PER_S)
        with suppress(ChildDied):
            while self._shared.clock.mono_us() < until_us:
                self._take(child.receive(_TURN_S))

    def _take(self, reports: Sequence[Report]) -> None:
        if reports:
            self._heard_us = self._shared.clock.mono_us()
        ended = [_segment(one) for one in reports if isinstance(one, Ended)]
        if ended:
            self._shared.footage.add_many(ended)
            self.counters.segments += len(ended)
        for one in reports:
            match one:
                case Began():
                    look = _Growth(self._shared.footage, one.device, one.stream, one.no, one.codec).look
                    self._shared.footage.grows(one.device, one.stream, look)
                case State():
                    self._state(one)
                case Alive():
                    counters = self.counters
                    counters.pictures, counters.dropped = one.pictures, one.dropped
                    counters.lost_packets = one.lost_packets
                case Ended():
                    pass
        if ended:
            self._told(ended)

    def _state(self, state: State) -> None:
        if not state.recording:
            self._shared.footage.grows(state.device, state.stream, None)
        detail = state.detail[:200]
        self._log.info(
            "recording", device=state.device, stream=state.stream, on=state.recording, reason=state.reason, detail=detail
        )
        self._say(state.device, RecorderState(state.recording, state.reason, state.stream))

    def _say(self, device: str, state: RecorderState) -> None:
        key = (device, state.stream)
        said = (state.recording, state.reason)
        if self._said.get(key) == said:
            return
        self._said[key] = said
        self._unsaid[key] = state
        self._retell()

    def _all_stopped(self, reason: RecorderReason) -> None:
        for one in self._streams:
            if self._said.get((one.device, one.stream), (False, ""))[0]:
                self._say(one.device, RecorderState(False, reason, one.stream))

    def _retell(self) -> None:
        """Say the states that a full log did not take: the last of each stream, not those in between."""
        for key, state in list(self._unsaid.items()):
            try:
                self._shared.tell(key[0], [state])
            except SpoolFull:
                self.counters.untold += 1
                return
            del self._unsaid[key]

    def _told(self, segments: Sequence[Segment]) -> None:
        """What a full log does not take is told again from the index: edge.recorder.recorder."""
        told = []
        for one in segments:
            try:
                self._shared.tell(one.device, [reading_of(one)])
            except SpoolFull:
                self.counters.untold += 1
                break
            told.append(one)
        self._shared.footage.told(told)


def reading_of(one: Segment) -> SegmentRecorded:
    """What the log says of a segment."""
    return SegmentRecorded(one.no, one.start_us, one.end_us, one.size_bytes, one.stream, one.codec, one.init_bytes)


def _segment(one: Ended) -> Segment:
    path = own_path(one.device, one.stream, one.no)
    return Segment(one.device, one.stream, one.no, one.start_us, one.end_us, one.size_bytes, one.codec, one.init_bytes, path)
