"""A full disk, where the policy lets the oldest footage go: the hub says which, as the agent knows no holds."""

from collections.abc import Sequence

from contract.footage import NoSpan
from contract.orders import DeleteFootage
from contract.spans import SPANS_MAX, holds_no, merged
from hub.footage.holds import kept_by
from hub.footage.retention import HOUR_US, Piece
from hub.ingest.retention.around import REPEAT_US, Parts, Track
from hub.ingest.retention.rows import Condemned

LOOK_HOURS = 24


class RoomMaking:
    """One order to an agent whose disk is full."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._keeping, self._now_us = parts, parts.site.keeping, parts.now_us

    def order(self, agent: str, size_bytes: int) -> None:
        """Condemn the oldest of its cameras' footage that nobody holds, `size_bytes` of it about; one order at a time. Nothing
        while the sweep is halted. Raises DatabaseGone."""
        parts = self._parts
        if parts.state.halted or any(row.agent == agent and row.why == "room" for row in self._keeping.all_condemned()):
            return
        cameras = [name for name in parts.book.cameras if parts.agent_of(name) == agent]
        tracks = sorted((one for one in parts.archive.footage_tracks() if one.device in cameras), key=_age)
        for track in tracks:
            pieces = self._oldest(track, size_bytes)
            if pieces:
                self._condemn(agent, track, pieces)
                return

    def _oldest(self, track: Track, size_bytes: int) -> list[Piece]:
        holds, now_us = self._keeping.all_holds(), self._now_us
        key = (track.device, track.stream)
        out = [span for row in self._keeping.all_condemned() if (row.device, row.stream) == key for span in row.spans]
        from_us, found, room = track.oldest_us, list[Piece](), 0
        for _ in range(LOOK_HOURS):
            next_us = self._parts.archive.footage_next(track.device, track.stream, from_us)
            if next_us is None or next_us > now_us - HOUR_US:
                break
            from_us = max(from_us, next_us)
            for piece in self._parts.archive.footage_pieces(track.device, track.stream, from_us, from_us + HOUR_US):
                free = kept_by(holds, track.device, piece.start_us, piece.end_us, now_us) is None
                if free and piece.start_us < piece.end_us < now_us - HOUR_US and not holds_no(out, piece.no):
                    found.append(piece)
                    room += piece.size_bytes
                if room >= size_bytes or len(found) == SPANS_MAX:
                    return found
            from_us += HOUR_US
        return found

    def _condemn(self, agent: str, track: Track, pieces: Sequence[Piece]) -> None:
        parts, now_us = self._parts, self._now_us
        spans = merged(NoSpan(one.no, one.no) for one in pieces)
        to_us = max(one.end_us for one in pieces)
        row = Condemned(
            condemned=parts.new_id(),
            agent=agent,
            device=track.device,
            stream=track.stream,
            spans=spans,
            from_us=min(one.start_us for one in pieces),
            to_us=to_us,
            floor_us=to_us,
            days=0,
            state="condemned",
            why="room",
            rescue="",
            condemned_us=now_us,
            due_us=now_us + REPEAT_US[0],
            times=1,
            shows_us=sum(one.end_us - one.start_us for one in pieces),
            size_bytes=sum(one.size_bytes for one in pieces),
            pieces=len(pieces),
        )
        self._keeping.condemned.put(row.condemned, row)
        parts.tell("dropping", row.condemned, row)
        parts.counters["footage_dropping"] += len(pieces)
        order = DeleteFootage(row.condemned, row.device, row.stream, list(spans), to_us, 0, "room")
        parts.outcome.add(parts.outcome.orders, (agent, order))


def _age(track: Track) -> int:
    return track.oldest_us
