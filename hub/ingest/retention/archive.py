"""What a turn looks up of the index of footage."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from contract.footage import FootageStream, NoSpan
from hub.footage.coverage import within
from hub.footage.packing import Piece
from hub.footage.retention import Interval
from hub.ingest.retention.around import Track
from hub.store import footage_reads, footage_rows, retention_reads

T = TypeVar("T")


class FootageLookups:
    """For an archive that has a site and asks questions on a connection of its own. Raises DatabaseGone."""

    _site_id: str

    def _ask(self, question: Callable[[Connection], T]) -> T:
        raise NotImplementedError

    def footage_tracks(self) -> list[Track]:
        """Everything that there is footage of."""
        spans = self._ask(lambda connection: footage_reads.tracks_of(connection, self._site_id))
        return [Track(one.device, one.stream, one.begins_us) for one in spans if one.begins_us is not None]

    def footage_next(self, device: str, stream: FootageStream, from_us: int) -> int | None:
        """When footage begins again at or after that time, or an hour that has some; None: there is none."""
        track = footage_rows.Track(self._site_id, device, stream)
        return self._ask(lambda connection: retention_reads.next_begin(connection, track, from_us))

    def footage_pieces(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> list[Piece]:
        """The pieces that show any of that time."""
        track = footage_rows.Track(self._site_id, device, stream)
        return self._ask(lambda connection: footage_rows.pieces_within(connection, track, from_us, to_us))

    def footage_there(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> list[Interval]:
        """What of that time is covered."""
        track = footage_rows.Track(self._site_id, device, stream)
        runs = self._ask(lambda connection: footage_rows.runs_within(connection, track, from_us, to_us))
        return [(run.from_us, run.until_us) for run in within(runs, from_us, to_us) if run.what == "there"]

    def footage_numbered(self, device: str, stream: FootageStream, spans: Sequence[NoSpan]) -> list[Piece]:
        """The pieces with these numbers."""
        track = footage_rows.Track(self._site_id, device, stream)
        return self._ask(lambda connection: retention_reads.numbered(connection, track, spans))
