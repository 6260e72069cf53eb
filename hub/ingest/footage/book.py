"""Footage of one turn: segments go into the index, and what recorders say is kept beside it, for holes' causes."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from contract.envelope import Record
from contract.footage import RecorderState, SegmentRecorded
from contract.readings import AgentStarted, CameraLink, Reading
from hub.detectors.types import Event
from hub.footage.causes import word_of
from hub.footage.packing import SPAN_MAX_US, Piece
from hub.ingest.gate import Poison
from hub.ingest.outcome import Outcome

FOOTAGE_KINDS: frozenset[type[Reading]] = frozenset((SegmentRecorded, RecorderState, CameraLink, AgentStarted))
SIZE_MAX_BYTES = 1 << 40
NO_MAX = 1 << 61
_encode = msgspec.json.Encoder().encode


class Footagebook:
    """What a turn is told of footage."""

    def __init__(self, outcome: Outcome, count: Counter[str], now_us: int) -> None:
        self._outcome, self._count, self._now_us = outcome, count, now_us

    def placed(self, records: Iterable[Record | Poison], offset_us: int) -> Iterator[Record | Poison]:
        """The records, each segment on the hub's time line. What is none, as it ends before it begins, is longer than any
        recorder makes, or has numbers out of range, is poison."""
        for record in records:
            if isinstance(record, Poison) or not isinstance(record.reading, SegmentRecorded):
                yield record
                continue
            segment = self._segment(record.reading, offset_us)
            if segment is None:
                yield Poison(record.seq, record.seq, _encode(record), "bad_segment")
            else:
                yield replace(record, reading=segment)

    def _segment(self, told: SegmentRecorded, offset_us: int) -> SegmentRecorded | None:
        """Nothing has been recorded yet that will be: one that ends later than now ends now."""
        start_us, end_us = told.start_us - offset_us, told.end_us - offset_us
        if end_us > self._now_us:
            self._count["future_times"] += 1
            start_us, end_us = start_us - (end_us - self._now_us), self._now_us
        if not 0 < end_us - start_us <= SPAN_MAX_US or start_us < 0 or not 0 <= told.no < NO_MAX:
            return None
        if not 0 <= told.init_bytes <= told.size_bytes <= SIZE_MAX_BYTES:
            return None
        return replace(told, start_us=start_us, end_us=end_us)

    def take(self, event: Event) -> None:
        """What detectors have been shown."""
        told = event.reading
        if isinstance(told, SegmentRecorded):
            piece = Piece(told.no, told.start_us, told.end_us, told.size_bytes, told.codec, told.init_bytes)
            self._outcome.add(self._outcome.footage, (event.device, told.stream, piece))
            self._count["segments"] += 1
            return
        stream = told.stream if isinstance(told, RecorderState) else ""
        word = word_of(told)
        if word:
            row = (self._outcome.site, event.device, stream, event.at_us)
            self._outcome.put(self._outcome.footage_words, row, word)
