"""Four hundred days of twenty cameras, from a seed: the hub's own sweep, holds and answers on an index in memory, the agent's own
judgement on a disk in memory, and everything that goes wrong between the two.

What is checked is checked by true time, which nobody in here can see: no file goes early, none that is held when its order is
made, none is there a day after its day outside a halt or an absence, and at the end the index and the disk have the same numbers.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageKept, NoSpan
from contract.orders import DeleteFootage, RescueFootage
from contract.reading import Reading
from edge.footage.deletion import judge
from edge.footage.segments import Segment
from hub.detectors.types import Clear, Device, Event
from hub.footage.asks import HoldLift, HoldPut, SweepConfirm
from hub.footage.holds import Hold
from hub.footage.packing import Piece
from hub.footage.retention import FootageRules, Interval
from hub.ingest.outcome import Outcome
from hub.ingest.retention.answers import Answers
from hub.ingest.retention.around import Parts, Track
from hub.ingest.retention.book import Retentionbook
from hub.ingest.retention.sweeping import Sweep
from hub.ingest.site import Site
from hub.ingest.sweeping import Doubt, SweepGuard

HOUR_US = 3_600 * US_PER_S
DAY_US = 24 * HOUR_US
BEGIN_US = 1_790_000_000 * US_PER_S // DAY_US * DAY_US
KEY_EVERY = 5
RULES = FootageRules(30, 90, 92, 300 * US_PER_S, 900 * US_PER_S, 7, 3, "refuse_new")
CATCH_UP_US = DAY_US
"""So long after a halt or an absence ended is what was due meanwhile still going."""


class Book:
    """Cameras of one agent."""

    places = ("gate",)
    agents = ("gatehouse",)

    def __init__(self, cameras: int) -> None:
        self.cameras = tuple(f"cam-{no}" for no in range(cameras))
        self._rows = {
            name: Device(name, "camera", "gate", "gatehouse", name, {"key_camera": 1.0} if no % KEY_EVERY == 0 else {})
            for no, name in enumerate(self.cameras)
        }

    def detector_device(self, device: str) -> Device | None:
        """See SiteBook."""
        return self._rows.get(device)

    def cameras_at(self, _place: str) -> tuple[str, ...]:
        """See SiteBook."""
        return self.cameras[:2]


class Shelf:
    """Pieces by their numbers, which are when they begin."""

    def __init__(self) -> None:
        self.by_no: dict[int, Piece] = {}
        self._nos: list[int] = []

    def put(self, piece: Piece) -> None:
        """One more, newer than all others."""
        self.by_no[piece.no] = piece
        self._nos.append(piece.no)

    def take(self, no: int) -> Piece:
        """One less."""
        del self._nos[bisect_left(self._nos, no)]
        return self.by_no.pop(no)

    def within(self, spans: Sequence[NoSpan]) -> list[int]:
        """The numbers there are of these."""
        return [
            no for span in spans for no in self._nos[bisect_left(self._nos, span.first) : bisect_left(self._nos, span.last + 1)]
        ]

    def touching(self, from_us: int, to_us: int) -> list[Piece]:
        """Those that show something of that time. None is longer than an hour."""
        first, last = bisect_left(self._nos, from_us - HOUR_US), bisect_left(self._nos, to_us)
        return [one for no in self._nos[first:last] if (one := self.by_no[no]).end_us > from_us]

    def next_us(self, from_us: int) -> int | None:
        """When one begins that ends after that time."""
        first = bisect_left(self._nos, from_us - HOUR_US)
        return next((no for no in islice(self._nos, first, None) if self.by_no[no].end_us > from_us), None)

    def oldest(self) -> int | None:
        """The first number."""
        return self._nos[0] if self._nos else None


class Index:
    """The hub's index, as it is committed: see OldFootage."""

    def __init__(self) -> None:
        self.rows: dict[str, Shelf] = {}

    def footage_tracks(self) -> list[Track]:
        """Everything."""
        return [Track(name, "main", oldest) for name, rows in self.rows.items() if (oldest := rows.oldest()) is not None]

    def footage_next(self, device: str, _stream: str, from_us: int) -> int | None:
        """The next piece."""
        return self.rows[device].next_us(from_us)

    def footage_pieces(self, device: str, _stream: str, from_us: int, to_us: int) -> list[Piece]:
        """Those that touch it."""
        return self.rows[device].touching(from_us, to_us)

    def footage_there(self, device: str, stream: str, from_us: int, to_us: int) -> list[Interval]:
        """What is covered."""
        pieces = self.footage_pieces(device, stream, from_us, to_us)
        return [(max(one.start_us, from_us), min(one.end_us, to_us)) for one in pieces if one.start_us < one.end_us]

    def footage_numbered(self, device: str, _stream: str, spans: Sequence[NoSpan]) -> list[Piece]:
        """By number."""
        return [self.rows[device].by_no[no] for no in self.rows[device].within(spans)]


class Cases:
    """In place of the casebook: which incidents last."""

    def __init__(self) -> None:
        self.lasting: set[tuple[str, str, str]] = set()
        self.raised: Counter[str] = Counter()

    def apply(self, detector: Any, subject: str, _device: Device, finding: Any, _now_us: int) -> None:
        """Raise or clear."""
        key = (detector.name, subject, finding.episode)
        if isinstance(finding, Clear):
            self.lasting.discard(key)
        else:
            self.lasting.add(key)
            self.raised[detector.name] += 1

    def change(self, *_: Any) -> None:
        """Nobody reads the change log here."""


class Sent(NamedTuple):
    """An order on its way. `made_us`: true time of its transaction."""

    arrives_us: int
    order: DeleteFootage | RescueFootage


class Estate:
    """One life, from a seed."""

    def __init__(self, seed: int, *, days: int = 400, cameras: int = 20) -> None:
        self.random = Random(seed)
        self.violations: list[str] = []
        self.counts: Counter[str] = Counter()
        self._until_us = BEGIN_US + days * DAY_US
        self._book, self._index, self._cases, self._site = Book(cameras), Index(), Cases(), Site()
        self._disk = {name: Shelf() for name in self._book.cameras}
        self._index.rows = {name: Shelf() for name in self._book.cameras}
        self._now_us, self._skew_us, self._ids = BEGIN_US, 0, 0
        self._guard = SweepGuard(None, BEGIN_US, 0)
        self._away_until_us = self._skewed_until_us = self._dark_until_us = 0
        self._free_us = BEGIN_US
        """Since when nothing has kept what is due from going."""
        self._under_way: list[Sent] = []
        self._rescued: set[str] = set()
        self._made_us: dict[str, int] = {}

    # The hub

    @property
    def hub_us(self) -> int:
        """The hub's clock."""
        return self._now_us + self._skew_us

    def _parts(self) -> tuple[Parts, Outcome]:
        outcome = Outcome("garden", self._site.journal)
        parts = Parts(
            self._site,
            outcome,
            self._cases,  # type: ignore[arg-type]
            self._book,  # type: ignore[arg-type]
            self._index,
            RULES,
            self._new_id,
            self.counts,
            self.hub_us,
            lambda _: "",
        )
        return parts, outcome

    def _new_id(self) -> str:
        self._ids += 1
        return f"id{self._ids}"

    def _turn(self, events: Sequence[tuple[str, Reading]] = (), ask: Any = None) -> Any:
        """One turn: committed whole, or as if it had never been."""
        parts, outcome = self._parts()
        answers, answer = Answers(parts), None
        for device, reading in events:
            event = Event(device, self.hub_us, self.hub_us, reading, "s", self._ids)
            if isinstance(reading, FootageDeleted):
                answers.deleted(event, reading)
            elif isinstance(reading, FootageKept):
                answers.kept(event, reading)
        if ask is not None:
            answer = Retentionbook(parts).answer(ask)
        doubt: Doubt | None = self._guard.doubt(self.hub_us, self._now_us - BEGIN_US)
        Sweep(parts).run(doubt)
        if self.random.random() < 0.02:  # killed before the commit: nothing has happened, and nothing was sent
            self._site.rollback()
            self._site.keeping.sweep_us = 0
            self._site.keeping.forget_looked()
            self.counts["turns_killed"] += 1
            return self._turn(events, ask)
        self._commit(outcome)
        return answer

    def _commit(self, outcome: Outcome) -> None:
        for device, _stream, _reason, spans in outcome.footage_drops:
            rows = self._index.rows[device]
            for no in rows.within(spans):
                rows.take(no)
        self._site.settle()
        for _agent, order in outcome.orders:
            if not isinstance(order, DeleteFootage | RescueFootage):
                continue
            self._made_us.setdefault(order.id, self._now_us)
            for _ in range(self.random.choice((1, 1, 1, 1, 0, 2))):  # some are lost, some come twice, and not in their order
                self._under_way.append(Sent(self._now_us + self.random.randint(0, HOUR_US // 2), order))

    # The agent

    def _agent(self) -> None:
        if self._now_us < self._away_until_us:
            return
        arrived = [one for one in self._under_way if one.arrives_us <= self._now_us]
        self._under_way = [one for one in self._under_way if one.arrives_us > self._now_us]
        said: list[tuple[str, Reading]] = []
        for one in sorted(arrived):
            said += self._carry_out(one.order)
        if said:
            self._turn(said)

    def _carry_out(self, order: DeleteFootage | RescueFootage) -> list[tuple[str, Reading]]:
        files = self._disk[order.device]
        there = files.within(order.spans)
        if isinstance(order, RescueFootage):
            self._rescued.add(order.delete)
            kept = dict.fromkeys(there, "rescued")
            name = order.delete
        else:
            rescued = order.id in self._rescued
            kept = {no: why for no in there if (why := "rescued" if rescued else self._why(order, files.by_no[no])) is not None}
            name = order.id
        for no in there:
            if no not in kept:
                self._delete(order, files.take(no))
        readings: list[tuple[str, Reading]] = []
        for why in dict.fromkeys(kept.values()):
            spans = [NoSpan(no, no) for no in there if kept.get(no) == why]
            readings.append((order.device, FootageKept(name, spans, why, "main")))  # type: ignore[arg-type]
        stay = [NoSpan(no, no) for no in kept]
        left = [span for span in order.spans if not stay] or [NoSpan(no, no) for no in there if no not in kept]
        gone = [NoSpan(no, no) for no in self._index.rows[order.device].within(order.spans) if no not in files.by_no]
        spans = left if not stay else [*left, *gone]
        if spans:
            readings.append((order.device, FootageDeleted(name, spans, "main")))
        return readings

    def _why(self, order: DeleteFootage, piece: Piece) -> str | None:
        segment = Segment(order.device, "main", piece.no, piece.start_us, piece.end_us, piece.size_bytes, "h264", 0, "")
        return judge(segment, order, self._now_us, 0)

    def _delete(self, order: DeleteFootage | RescueFootage, piece: Piece) -> None:
        self.counts["deleted"] += 1
        days = 90 if self._book.detector_device(order.device).options else 30  # type: ignore[union-attr]
        if self._now_us - piece.end_us < days * DAY_US:
            self._wrong(f"{order.device}/{piece.no} went {self._now_us - piece.end_us} us old, of {days} days")
        for hold in self._site.keeping.all_holds():
            keeps = hold.counts(self.hub_us) and hold.keeps(order.device, piece.start_us, piece.end_us)
            if keeps and hold.made_us <= self._made_us[order.id]:
                self._wrong(f"{order.device}/{piece.no} went under the hold {hold.hold}")

    # What happens

    def live(self) -> list[str]:
        """Run to the end; what was wrong."""
        while self._now_us < self._until_us:
            self._hour()
        self._away_until_us = self._skew_us = 0
        self._settle_down()
        return self.violations

    def _hour(self) -> None:
        self._now_us += HOUR_US
        self._record()
        self._happen()
        for _ in range(3 if self._now_us // HOUR_US % 2 else 0):
            self._turn()
            self._agent()
            self._now_us += 6 * US_PER_S
        self._now_us = self._now_us // HOUR_US * HOUR_US + 1
        if self._site.keeping.state.halted or self._away_until_us > self._now_us or self._skew_us:
            self._free_us = self._now_us
        if self._now_us // HOUR_US % 24 == 0:
            self._look_for_what_is_past_due()

    def _record(self) -> None:
        begins_us = self._now_us // HOUR_US * HOUR_US - HOUR_US * 3 // 2  # half past: some lie across midnight
        for name in self._book.cameras:
            if self.random.random() < 0.01:
                continue  # a hole
            piece = Piece(begins_us, begins_us, begins_us + HOUR_US, 1_000_000)
            chance = self.random.random()
            if chance < 0.002:
                piece = piece._replace(end_us=piece.start_us)  # it has no end
            if chance < 0.998:
                self._disk[name].put(piece)
            if not 0.002 <= chance < 0.004:  # else the disk has a file that the index never heard of
                self._index.rows[name].put(piece)

    def _happen(self) -> None:
        chance = self.random.random
        if chance() < 0.02:
            self._hold()
        if chance() < 0.01 and self._site.keeping.all_holds():
            self._lift()
        if chance() < 0.0008:
            self._away_until_us = self._now_us + self.random.randint(1, 96) * HOUR_US
            self.counts["absences"] += 1
        if chance() < 0.0005 and not self._skew_us:
            self._skew_us = self.random.choice((400, 40, 3, -2)) * DAY_US
            self._skewed_until_us = self._now_us + self.random.randint(2, 30) * HOUR_US
            self.counts["jumps"] += 1
        if self._skew_us and self._now_us > self._skewed_until_us:
            self._skew_us = 0
        elif self._site.keeping.state.halted and not self._skew_us and chance() < 0.3:
            self._turn(ask=SweepConfirm("looked at", "wang"))
            self.counts["confirmed"] += 1

    def _hold(self) -> None:
        age_us = self.random.choice((29, 30, 30, 31, 5, 89, 90)) * DAY_US + self.random.randint(-12, 12) * HOUR_US
        from_us = self._now_us - age_us
        cameras = tuple(self.random.sample(self._book.cameras, self.random.randint(1, 4)))
        until_us = self.hub_us + self.random.randint(1, 60) * DAY_US
        self._turn(ask=HoldPut(cameras, from_us, from_us + self.random.randint(1, 10) * HOUR_US, until_us, "theft", "li"))
        self.counts["holds"] += 1

    def _lift(self) -> None:
        hold = self.random.choice(self._site.keeping.all_holds())
        self._turn(ask=HoldLift(hold.hold, "over", "li"))
        self.counts["lifted"] += 1

    # What must be so

    def _look_for_what_is_past_due(self) -> None:
        if self._now_us - self._free_us < CATCH_UP_US:
            return
        holds = self._site.keeping.all_holds()
        for name in self._book.cameras:
            days = 90 if self._book.detector_device(name).options else 30  # type: ignore[union-attr]
            rows = self._index.rows[name]
            for piece in list(self._disk[name].by_no.values()):
                if self._now_us - piece.end_us <= days * DAY_US + DAY_US:
                    break
                if piece.start_us == piece.end_us or piece.no not in rows.by_no:
                    continue  # no end, or nobody has told of it
                ends_us = [_ends_us(one) for one in holds if one.keeps(name, piece.start_us, piece.end_us)]
                if self._now_us - max(ends_us, default=0) > CATCH_UP_US:
                    self._wrong(f"{name}/{piece.no} is there {(self._now_us - piece.end_us) / DAY_US:.1f} days after its end")

    def _settle_down(self) -> None:
        for _ in range(24 * 5):
            self._now_us += HOUR_US
            if self._site.keeping.state.halted:
                self._turn(ask=SweepConfirm("looked at", "wang"))
            self._turn()
            self._agent()
        for name in self._book.cameras:
            for no in sorted(set(self._index.rows[name].by_no) ^ set(self._disk[name].by_no)):
                if not self._is_orphan(name, no):
                    self._wrong(f"{name}/{no} is in the {'index' if no in self._index.rows[name].by_no else 'disk'} alone")

    def _is_orphan(self, name: str, no: int) -> bool:
        """It was on one side alone when it was recorded, and its day has not come or it is held."""
        piece = self._index.rows[name].by_no.get(no) or self._disk[name].by_no[no]
        return no not in self._index.rows[name].by_no or self._now_us - piece.end_us < 96 * DAY_US

    def _wrong(self, what: str) -> None:
        if len(self.violations) < 20:
            self.violations.append(f"day {(self._now_us - BEGIN_US) // DAY_US}: {what}")


def _ends_us(hold: Hold) -> int:
    """Since when the hold keeps nothing; it may lie ahead."""
    until_us = (1 << 62) if hold.until_us is None else hold.until_us
    return until_us if hold.released_us is None else min(until_us, hold.released_us)
