"""What agents tell of footage that is gone or kept, and of their disks, in one turn. Before the index drops what is gone."""

from collections.abc import Sequence

from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageDisk, FootageKept, FootageStream, NoSpan
from contract.reading import Reading
from contract.spans import holds_no, merged, without
from hub.detectors.types import Event
from hub.footage.coverage import Gone
from hub.footage.forecast import Disk, forecast, warns
from hub.footage.holds import kept_by
from hub.footage.incidents import DISK_FULL, DISK_SHORT, DROPPED, LOST, NOT_DELETED
from hub.footage.retention import DAY_US, LEGAL_DAYS, Piece
from hub.ingest.retention.around import Parts
from hub.ingest.retention.rows import Condemned, DiskTold, GoneRow

KEEPING_KINDS: frozenset[type[Reading]] = frozenset((FootageDeleted, FootageKept, FootageDisk))
KEPT_AGAIN_US = {"floor": 3_600 * US_PER_S, "clock": 600 * US_PER_S, "failed": 3_600 * US_PER_S}
"""After how long what an agent kept is looked at anew, by its reason."""
KEPT_ELSE_US = DAY_US
DROPPED_AS: dict[str, Gone] = {"order": "due", "drop_oldest": "drop_oldest"}
"""What the index notes; everything else is missing."""
ROOM_PART = 24
"""A full disk is asked to let the oldest part of a day's footage go at a time."""
LOW_PART = 50
"""A disk is about full where less than this part of it is free."""


def take_answer(parts: Parts, event: Event) -> None:
    """A reading of one of the three kinds. Raises DatabaseGone."""
    told, answers = event.reading, Answers(parts)
    if isinstance(told, FootageDeleted):
        answers.deleted(event, told)
    elif isinstance(told, FootageKept):
        answers.kept(event, told)
    elif isinstance(told, FootageDisk):
        answers.disk(event, told)


class Answers:
    """What one turn takes of agents."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._keeping, self._now_us = parts, parts.site.keeping, parts.now_us

    def deleted(self, event: Event, told: FootageDeleted) -> None:
        """Segments are not on disk any more. Raises DatabaseGone."""
        rows = self._of(event.device, told.stream)
        ordered = [span for row in rows if row.state != "kept" for span in row.spans]
        pieces = self._news(event.device, told)
        gone: dict[str, list[Piece]] = {}
        for piece in pieces:
            reason = self._reason(event.device, told, piece, ordered)
            gone.setdefault(reason, []).append(piece)
            self._note_gone(event.device, told.stream, reason, piece)
        for reason, some in gone.items():
            spans = merged(NoSpan(one.no, one.no) for one in some)
            drop = (event.device, told.stream, DROPPED_AS.get(reason, "missing"), spans)
            self._parts.outcome.add(self._parts.outcome.footage_drops, drop)
            if reason != "order":
                self._tell_wrong(event, told, reason, some)
        self._answered(rows, told.spans)

    def kept(self, event: Event, told: FootageKept) -> None:
        """Segments that were to go are there still."""
        rows = self._of(event.device, told.stream)
        mine = [row for row in rows if told.order in (row.condemned, row.rescue)]
        self._answered(mine, told.spans)
        self._parts.counters[f"footage_kept_{told.reason}"] += 1
        if told.reason == "rescued" or not mine:
            self._keeping.forget_looked()
            return
        row = mine[0]
        stays = without(row.spans, without(row.spans, told.spans))
        if stays and row.why != "room":
            due_us = self._now_us + KEPT_AGAIN_US.get(told.reason, KEPT_ELSE_US)
            name = self._parts.new_id()
            kept = replace(row, condemned=name, spans=stays, state="kept", why=told.reason, rescue="", due_us=due_us)
            self._keeping.condemned.put(name, kept)
        if told.reason not in ("adopted", "room"):
            facts = {"reason": told.reason, "from_us": row.from_us, "to_us": row.to_us}
            episode = f"{told.reason}/{self._now_us // DAY_US}"
            self._parts.raise_(NOT_DELETED, f"{event.device}/{told.reason}", episode, facts, event.device)

    def disk(self, event: Event, told: FootageDisk) -> None:
        """What the disk will come to, and what is open about it."""
        parts = self._parts
        if parts.rules is None:
            return
        state = parts.state
        was = state.disks.get(event.device, DiskTold())
        cameras = [name for name in parts.book.cameras if parts.agent_of(name) == event.device]
        owed = max((state.days.get(name, LEGAL_DAYS) for name in cameras), default=LEGAL_DAYS)
        seen = Disk(told.total_bytes, told.free_bytes, told.footage_bytes, told.day_bytes, told.oldest_us, told.refusing)
        found = forecast(seen, owed, event.at_us)
        short = found is not None and warns(found, parts.rules.forecast_days)
        facts: dict[str, object] = {} if found is None else {
            "days_left": None if found.days_left is None else round(found.days_left, 1),
            "fits_days": round(found.fits_days, 1),
            "owed_days": owed,
        }  # fmt: skip
        now = replace(
            was,
            short=self._open(DISK_SHORT, event.device, was.short, short, facts),
            full=self._open(DISK_FULL, event.device, was.full, told.refusing, {"when_full": parts.rules.when_full}),
        )
        if now != was:
            parts.put(replace(parts.state, disks={**parts.state.disks, event.device: now}))
        low = told.refusing or told.free_bytes * LOW_PART < told.total_bytes
        if low and parts.rules.when_full == "drop_oldest":
            self._keeping.room[event.device] = max(told.day_bytes // ROOM_PART, 1)  # after all that the turn holds

    # Within

    def _open(self, detector: object, agent: str, episode: str, wrong: bool, facts: dict[str, object]) -> str:
        """The episode of the incident as it is now: one that begins, goes on or ends."""
        if wrong and not episode:
            episode = self._parts.new_id()
            self._parts.raise_(detector, agent, episode, facts, agent)  # type: ignore[arg-type]
        elif episode and not wrong:
            self._parts.clear(detector, agent, episode, agent)  # type: ignore[arg-type]
            return ""
        return episode

    def _of(self, device: str, stream: str) -> list[Condemned]:
        return [row for row in self._keeping.all_condemned() if (row.device, row.stream) == (device, stream)]

    def _news(self, device: str, told: FootageDeleted) -> list[Piece]:
        """The pieces that the index still has, each once a turn: an agent may tell twice."""
        seen = self._parts.outcome.footage_seen
        found = []
        for piece in self._parts.archive.footage_numbered(device, told.stream, told.spans):
            key = (device, told.stream, piece.no)
            if key not in seen:
                self._parts.outcome.put(seen, key, True)
                found.append(piece)
        return found

    def _reason(self, device: str, told: FootageDeleted, piece: Piece, ordered: Sequence[NoSpan]) -> str:
        """Under what the piece is noted as gone. What nobody ordered, or somebody holds, is an incident."""
        held = kept_by(self._keeping.all_holds(), device, piece.start_us, piece.end_us, self._now_us)
        if held is not None:
            return "held"
        if holds_no(ordered, piece.no):
            return "drop_oldest" if told.reason == "drop_oldest" else "order"
        return "missing" if told.reason == "missing" else "early"

    def _note_gone(self, device: str, stream: FootageStream, reason: str, piece: Piece) -> None:
        day = self._parts.day_of(piece.start_us)
        row = GoneRow(device, stream, day, reason, 1, piece.end_us - piece.start_us, piece.size_bytes, self._now_us, self._now_us)
        self._parts.outcome.add(self._parts.outcome.footage_gone, row)
        self._parts.counters[f"footage_gone_{reason}"] += 1

    def _tell_wrong(self, event: Event, told: FootageDeleted, reason: str, pieces: Sequence[Piece]) -> None:
        from_us, to_us = min(one.start_us for one in pieces), max(one.end_us for one in pieces)
        facts = {"reason": reason, "stream": told.stream, "from_us": from_us, "to_us": to_us, "segments": len(pieces)}
        detector = DROPPED if reason == "drop_oldest" else LOST
        self._parts.raise_(detector, f"{event.device}/{reason}", f"{event.name}/{reason}", facts, event.device)

    def _answered(self, rows: Sequence[Condemned], spans: Sequence[NoSpan]) -> None:
        for row in rows:
            left = without(row.spans, spans)
            if left != row.spans:
                self._keeping.condemned.put(row.condemned, replace(row, spans=left) if left else None)
                if not left:
                    self._keeping.sweep_us = 0  # there may be more
