"""What the hub has found and committed, read from its database; and what the agents accepted, read from their logs."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, and_, func, or_, select

from contract.clock import Clock
from contract.envelope import decode_record
from contract.footage import SegmentRecorded
from contract.orders import KeepHead
from edge.spool import Spool, SpoolLimits
from hub.footage.packing import Hour
from hub.ingest.site import HUB_STREAM
from hub.store import schema
from hub.store.engine import open_engine
from watchkeeper.demo.estate import SITE
from watchkeeper.demo.rounds import GAP, Span

PAGE_BYTES, PAGE_RECORDS = 1_000_000, 5_000
NO_INCIDENT = "withdrawn"
_EVER_US = 2**62


class Incident(NamedTuple):
    """An incident as the screen shows it."""

    no: int
    detector: str
    device: str
    place: str
    priority: int
    state: str
    active: bool
    opened_us: int
    proven: bool


class Accepted(NamedTuple):
    """One log: its stream, and the number of each row that it accepted. `footage`: of those that tell of a segment, which one:
    its camera, its stream and its number. They are in the index of footage and among no events."""

    stream: str
    seqs: list[int]
    footage: Mapping[int, tuple[str, str, int]] = {}


class Committed(NamedTuple):
    """How the rows of the logs fare at the hub."""

    sent: int
    committed: int
    lost: int
    doubled: int


class Books:
    """Reads the hub's database. Any thread may call it; `close` at the end."""

    def __init__(self, database: str) -> None:
        self._engine: Engine = open_engine(database, read_only=True)
        self._began_us = 0
        self._rounds: tuple[int, int] = (0, _EVER_US)

    def begin(self, now_us: int, span: Span | None = None) -> None:
        """Life begins. What was found before is of the start: where that is slow, an agent is missed that nobody has started.
        `span`: the rounds of life. A gap belongs to it by the end of its window, whenever it is raised: guards walk on after
        life has ended, and nobody holds them to it."""
        self._began_us = now_us
        if span is not None:
            first_us, last_us = span.ends()
            self._rounds = (first_us, _EVER_US if last_us is None else last_us)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def incidents(self) -> list[Incident]:
        """Those that are neither closed nor withdrawn: active ones first, then by priority, the newest first."""
        c = schema.case.c
        wanted = select(c.case_no, c.detector, c.device, c.place, c.priority, c.state, c.active, c.opened_us, c.proven).where(
            c.site == SITE, c.state.in_(("open", "acknowledged"))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(c.active.desc(), c.priority, c.case_no.desc()).limit(100)).all()
        return [Incident(*row) for row in rows]

    def found(self, until_us: int | None = None) -> Counter[str]:
        """Incidents by detector, raised since `begin` and up to then; those that were taken back do not count, gaps or not. A
        chattering one counts for each time that its source came back."""
        c = schema.case.c
        gap = and_(c.detector == GAP, c.opened_us.between(*self._rounds))
        began = or_(and_(c.detector != GAP, c.raised_us >= self._began_us), gap)
        wanted = select(c.detector, func.count()).where(c.site == SITE, c.state != NO_INCIDENT, began)
        if until_us is not None:
            wanted = wanted.where(c.raised_us <= until_us)
        e = schema.case_entry.c
        again = select(c.detector, func.count()).where(
            e.site == SITE, c.site == SITE, c.case_no == e.case_no, e.act == "came_back", e.at_us >= self._began_us
        )
        if until_us is not None:
            again = again.where(e.at_us <= until_us)
        counted: Counter[str] = Counter()
        with self._engine.connect() as connection:
            for query in (wanted, again):
                for name, count in connection.execute(query.group_by(c.detector)):
                    counted[str(name)] += int(count)
        return counted

    def windows(self) -> dict[str, Counter[str]]:
        """By route, how many windows of life's rounds have come to which state; those that have not ended may be kept already."""
        w = schema.window.c
        wanted = select(w.route, w.state, func.count()).where(w.site == SITE, w.ends_us.between(*self._rounds), w.state != "open")
        counted: dict[str, Counter[str]] = {}
        with self._engine.connect() as connection:
            for route, state, count in connection.execute(wanted.group_by(w.route, w.state)):
                counted.setdefault(str(route), Counter())[str(state)] += int(count)
        return counted

    def newest_head(self) -> KeepHead | None:
        """The newest head of the hub's audit log, as an order without a name."""
        h = schema.audit_head.c
        wanted = select(h.epoch, h.no, h.at_us, h.hash, h.key, h.signature).where(h.site == SITE)
        with self._engine.connect() as connection:
            row = connection.execute(wanted.order_by(h.epoch.desc(), h.no.desc()).limit(1)).first()
        return None if row is None else KeepHead("", *row)

    def marks(self) -> dict[str, int]:
        """How far each agent's stream is committed."""
        c = schema.stream.c
        with self._engine.connect() as connection:
            return {str(stream): int(mark) for stream, mark in connection.execute(select(c.stream, c.mark))}

    def events(self) -> int:
        """How many rows of the agents' logs are committed: a sum of marks, as counting rows takes longer every day."""
        return sum(mark for stream, mark in self.marks().items() if stream != HUB_STREAM)

    def heard_of(self) -> set[str]:
        """The devices that have told anything."""
        with self._engine.connect() as connection:
            return {str(row[0]) for row in connection.execute(select(schema.event.c.device).distinct())}

    def connected_cameras(self) -> int:
        """How many cameras have been reached."""
        c = schema.event.c
        wanted = select(func.count(c.device.distinct())).where(c.kind == "camera_link", c.body.like("%true%"))
        with self._engine.connect() as connection:
            return int(connection.execute(wanted).scalar_one())

    def undelivered(self) -> int:
        """Notices that were given up."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(schema.dead_letter)).scalar_one())

    def behind(self) -> int:
        """How many positions of the change log the slowest channel lacks; about incidents alone."""
        c, r = schema.change.c, schema.reader.c
        with self._engine.connect() as connection:
            last = connection.execute(select(func.max(c.pos)).where(c.topic == "case")).scalar() or 0
            slowest = connection.execute(select(func.min(r.pos))).scalar() or 0
        return max(0, last - slowest)

    def compare(self, logs: list[Accepted]) -> Committed:
        """Hold the logs against the hub's rows. A row that no log has accepted counts as doubled, too."""
        sent = committed = lost = 0
        doubled = self._twice()
        indexed = self._indexed()
        for log in logs:
            told = {seq for seq, segment in log.footage.items() if segment in indexed}
            rows, wanted = self._rows(log.stream) | told, set(log.seqs)
            sent += len(wanted)
            committed += len(wanted & rows)
            lost += len(wanted - rows)
            doubled += len(rows - wanted)
        return Committed(sent, committed, lost, doubled)

    def _twice(self) -> int:
        """Readings that were committed again under another number or stream: the same device, time and words."""
        e = schema.event.c
        again = (
            select((func.count() - 1).label("more"))
            .where(e.site == SITE, e.stream != HUB_STREAM)
            .group_by(e.device, e.kind, e.agent_at_us, e.body)
            .having(func.count() > 1)
            .subquery()
        )
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.sum(again.c.more))).scalar() or 0)

    def _indexed(self) -> set[tuple[str, str, int]]:
        """Every segment in the index of footage."""
        h, t = schema.footage_hour.c, schema.footage_tail.c
        with self._engine.connect() as connection:
            hours = connection.execute(select(h.device, h.stream, h.pieces).where(h.site == SITE)).all()
            tail = connection.execute(select(t.device, t.stream, t.no).where(t.site == SITE)).all()
        packed = {(device, stream, piece.no) for device, stream, pieces in hours for piece in Hour(pieces).pieces()}
        return packed | {(device, stream, no) for device, stream, no in tail}

    def _rows(self, stream: str) -> set[int]:
        """The numbers of the stream that the hub holds, as events or put aside."""
        e, q = schema.event.c, schema.quarantine.c
        with self._engine.connect() as connection:
            rows = {int(row[0]) for row in connection.execute(select(e.seq).where(e.site == SITE, e.stream == stream))}
            rows |= {int(row[0]) for row in connection.execute(select(q.seq).where(q.site == SITE, q.stream == stream))}
        return rows


def accepted(spool: Path, agent: str, clock: Clock) -> Accepted:
    """Every row of the log of an agent that has ended. Raises SpoolFailed."""
    log = Spool.open(spool, agent, SpoolLimits(), clock)
    try:
        seqs: list[int] = []
        footage: dict[int, tuple[str, str, int]] = {}
        at = log.floor
        while at <= log.head:
            page = log.page(at, PAGE_BYTES, PAGE_RECORDS)
            for body in page.records:
                record = decode_record(body)
                seqs.append(record.seq)
                if isinstance(record.reading, SegmentRecorded):
                    footage[record.seq] = (record.device, record.reading.stream, record.reading.no)
            at = page.last_seq + 1
        return Accepted(log.stream, seqs, footage)
    finally:
        log.close()
