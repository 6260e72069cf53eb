"""Bugs that were really made, here or elsewhere, planted on purpose: a check counts only if it turns red for each of them.

Each replaces one part, or one function of one module. `faults` says how much more often things go wrong than on a bad day, and
`days` is how long it takes to be found, generously.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, event

from edge.spool import Page, Spool
from edge.spool_rows import Values, transaction
from hub.detectors.table import DETECTORS
from hub.detectors.types import Detector, Device, Event, Step
from hub.duties.judging import Moment, Verdict
from hub.duties.types import Seen, Window
from hub.ingest import gate, lease, writer
from hub.ingest.core import Core
from hub.ingest.duties import dutybook
from hub.ingest.gate import Admitted, BatchMessage, Refused, StreamMark
from hub.ingest.lease import Lease
from hub.ingest.outcome import Outcome
from hub.ingest.ports import ChangeRow
from hub.ingest.site import Site
from hub.notify.delivery import Failure
from hub.store import bulk, schema
from hub.store.engine import open_engine
from hub.store.schema import site as site_table
from watchkeeper.simulation.notices import SteppedReader
from watchkeeper.simulation.parts import Parts, Swap


class ReceiptBeforeCommit(Core):
    """Answers the agents, and then commits."""

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        for answer in outcome.answers.values():
            mark = site.streams.get(answer.head.stream)
            self._receipt(answer, 0 if mark is None else mark.mark, now_us)
        super()._commit(site, outcome, now_us)


class MarkApart(Core):
    """Writes the streams' marks in a transaction of their own."""

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        rows = [(outcome.site, *(getattr(now, name) for name in StreamMark.__struct_fields__)) for _, _, now in _changed(site)]
        with self._engine.begin() as connection:
            bulk.upsert(connection, schema.stream, rows)
        super()._commit(site, outcome, now_us)


class StatesApart(Core):
    """Writes the detectors' states in a transaction of their own."""

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        with self._engine.begin() as connection:
            writer._write_states(connection, outcome.site, site)
        super()._commit(site, outcome, now_us)


class GapsApart(Core):
    """Writes what became of windows in a transaction of its own."""

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        with self._engine.begin() as connection:
            writer._write_duties(connection, outcome.site, site, outcome)
        super()._commit(site, outcome, now_us)


class MarkedBeforeSending(SteppedReader):
    """Writes down that a change is delivered, and then delivers it."""

    def _deliver(self, rows: Sequence[ChangeRow]) -> Failure | None:
        if rows and self._written < rows[-1].pos:
            self._moved(rows[-1].pos)
            self._begin_move()
            self._unsent = list(rows)
            return None
        unsent, self._unsent = getattr(self, "_unsent", []), []
        return super()._deliver(unsent)

    def step(self) -> float | None:
        """See SteppedReader."""
        again_s = super().step()
        return 0.5 if getattr(self, "_unsent", []) else again_s


class FreesWhatItSends(Spool):
    """Takes what was sent for received."""

    def page(self, from_seq: int, max_bytes: int, max_records: int) -> Page:
        """See Spool."""
        page = super().page(from_seq, max_bytes, max_records)
        with self._lock:
            self._file.release(page.last_seq, max_bytes)
        return page


class RestartsNumbers(Spool):
    """Begins to count anew in the same stream once something was dropped."""

    def _accept(self, values: list[Values]) -> None:
        super()._accept(values)
        if self.dropped:
            with transaction(self._db):
                self._file.cut(self._file.head)
            self._file.adopt_cut(0)
            self._acked = 0
            self._file.counters.dropped_measurements = 0
            self._file.counters.dropped_events = self._file.counters.dropped_alarms = 0


def _changed(site: Site) -> list[tuple[str, StreamMark | None, StreamMark]]:
    return sorted((key, was, now) for key, was, now in site.streams.changed() if now is not None)


def _synchronous_normal(url: str) -> Engine:
    engine = open_engine(url)

    def relax(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL").close()

    event.listen(engine, "connect", relax)
    return engine


_admit = gate.admit


def _dedupe_by_time(message: BatchMessage, known: StreamMark | None, now_us: int) -> Admitted | Refused:
    """Two readings of one device at one time are taken for one."""
    admitted = _admit(message, known, now_us)
    if isinstance(admitted, Refused):
        return admitted
    seen: set[tuple[str, int]] = set()
    fresh = []
    for record in admitted.records:
        key = (getattr(record, "device", ""), getattr(record, "at_us", 0))
        if key not in seen:
            fresh.append(record)
        seen.add(key)
    return admitted._replace(records=fresh)


def _hold_without_epoch(connection: Connection, held: Lease, now_us: int, *, change_pos: int, case_no: int) -> None:
    values = {"lease_until_us": now_us + lease.LEASE_US, "change_pos": change_pos, "case_no": case_no}
    connection.execute(site_table.update().where(site_table.c.site == held.site).values(**values))


def _from_notice(detector: Detector) -> Detector:
    """Counts a limit from when the hub noticed, and not from when it happened."""

    def step(state: Any, seen: Event, device: Device, numbers: dict[str, float]) -> Step | None:
        return detector.step(state, replace(seen, at_us=seen.hub_at_us), device, numbers)

    return detector._replace(step=step)


def _always_new(detector: Detector) -> Detector:
    """Takes each report of a condition for a new cause."""

    def step(_state: Any, seen: Event, device: Device, numbers: dict[str, float]) -> Step | None:
        return detector.step(None, seen, device, numbers)

    return detector._replace(step=step)


_seen_of, _verdict = dutybook.seen_of, dutybook.verdict


def _by_arrival(seen: Event, offset_us: int, place: str | None) -> Seen | None:
    """Evidence counts for when it came."""
    found = _seen_of(seen, offset_us, place)
    return None if found is None else found._replace(at_us=seen.hub_at_us)


def _by_wall_clock(window: Window, filled: bool, _reported_us: int, moment: Moment, **more: bool) -> Verdict:
    """What nobody has told by the end did not happen."""
    return _verdict(window, filled, moment.now_us, moment, **more)


class Plant(NamedTuple):
    """`says` what the bug is; `promise` is the one that it breaks."""

    name: str
    promise: str
    says: str
    parts: Parts
    days: float = 0.25
    faults: float = 4.0


_ADMIT = (Swap(gate, "admit", _dedupe_by_time),)
_HOLD = (Swap(lease, "hold", _hold_without_epoch),)
_LIMITS = tuple(_from_notice(one) for one in DETECTORS)
_CAUSES = tuple(_always_new(one) for one in DETECTORS)

# fmt: off
_ALL = (
    Plant("receipt_before_commit", "P1", "the hub answers an agent before it has committed",
          Parts(core=ReceiptBeforeCommit)),
    Plant("mark_outside_transaction", "P1", "a stream's mark is committed before its events",
          Parts(core=MarkApart)),
    Plant("synchronous_normal", "P1", "a commit is not synced to disk",
          Parts(engine=_synchronous_normal)),
    Plant("dedupe_by_time", "P1", "two readings of one time are taken for one",
          Parts(swaps=_ADMIT)),
    Plant("spool_frees_before_receipt", "P1", "an agent's log lets go of what was only sent",
          Parts(spool=FreesWhatItSends)),
    Plant("seq_restarts_after_drop", "P1", "an agent's log counts anew after a drop",
          Parts(spool=RestartsNumbers), days=0.5),
    Plant("notification_marked_before_sending", "P2", "a change counts as delivered before it is",
          Parts(reader=MarkedBeforeSending)),
    Plant("deadline_from_wall_clock_at_notice", "P2", "a limit is counted from when the hub noticed",
          Parts(detectors=_LIMITS)),
    Plant("detector_state_outside_transaction", "P2", "a detector's state is committed before its findings",
          Parts(core=StatesApart), days=0.5, faults=1.0),
    Plant("every_report_a_cause", "P2", "each report of a condition is taken for a new cause",
          Parts(detectors=_CAUSES)),
    Plant("gap_outside_transaction", "P4", "what became of a window is committed before its gap",
          Parts(core=GapsApart), days=0.5),
    Plant("evidence_by_arrival", "P4", "a scan counts for when it came, and not for when it was made",
          Parts(swaps=(Swap(dutybook, "seen_of", _by_arrival),))),
    Plant("verdict_by_wall_clock", "P4", "what nobody has told by a window's end counts as not done",
          Parts(swaps=(Swap(dutybook, "verdict", _by_wall_clock),))),
    Plant("ignores_epoch", "P2", "a hub writes on without its lease",
          Parts(swaps=_HOLD)),
)
# fmt: on
PLANTS: dict[str, Plant] = {plant.name: plant for plant in _ALL}
