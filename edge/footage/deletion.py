"""Segments are deleted here and nowhere else: by an order of the hub's, each checked again against its own index and clock.

The steps: the journal, the files, their folders synced, the index, the log, the journal again. Killed between any two, the next
start goes on where it stopped. What another recorder wrote is never deleted, nor what has no end or is still growing.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from threading import Event, Lock
from typing import Literal, NamedTuple

import msgspec
import structlog

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageKept, FootageStream, NoSpan, SegmentRecorded
from contract.orders import DeleteFootage, ListFootage, RescueFootage
from contract.reading import Reading
from contract.spans import without
from edge.footage.beneath import NotBeneath, unlink_all_beneath
from edge.footage.deletion_journal import DeletionJournal, Pending
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.segments import Segment
from edge.footage.sweep_clock import SweepClock
from edge.loop import Loop
from edge.spool import SpoolFailed, SpoolFull

LEGAL_DAYS = 30
"""Nothing goes before because its days are over, whatever an order says."""
CHUNK = 500
SPANS_A_READING = 200
QUEUE_MAX = 256
CLOCKS_AGREE_US = 60 * US_PER_S
"""How much later than the hub the agent may believe that a segment's day has come."""
RETRY_S = 5.0
_DAY_US = 86_400 * US_PER_S

Step = Literal["journal", "unlinked", "dropped", "told", "done"]
Why = Literal["floor", "clock", "rescued", "failed", "adopted", "room"]
Tell = Callable[[str, Sequence[Reading]], None]
FootageOrder = DeleteFootage | RescueFootage | ListFootage


class Counters(msgspec.Struct):
    """Since the start. `unqueued`: orders for which there was no room; they are told again."""

    deleted: int = 0
    kept: int = 0
    missing: int = 0
    listed: int = 0
    repaired: int = 0
    failed: int = 0
    unqueued: int = 0


class Ports(NamedTuple):
    """What deletion is given. `lacking`: how many bytes the disk is short of; 0: it is not full. `hook` is called after each
    step: what it raises stops there, as a kill would."""

    footage: FootageIndex
    clock: SweepClock
    tell: Tell
    lacking: Callable[[], int]
    hook: Callable[[Step], None] = lambda _: None


def judge(segment: Segment, order: DeleteFootage, now_us: int | None, offset_us: int) -> Why | None:
    """Why a segment stays; None: it may go. Pure. `now_us`: the time on the hub's line, None where it is not trusted."""
    if segment.adopted:
        return "adopted"
    if segment.end_us <= segment.start_us:
        return "floor"
    end_us = segment.end_us - offset_us
    if end_us > order.floor_us:
        return "floor"
    if order.why == "room":
        return None
    if now_us is None or end_us > now_us + CLOCKS_AGREE_US - max(LEGAL_DAYS, order.days) * _DAY_US:
        return "clock"
    return None


class Deletion:
    """For one thread. What fails by the disk raises OSError or FootageFailed, by the log SpoolFull or SpoolFailed; what was begun
    is finished by `repair`."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._index = ports.footage
        self._journal = DeletionJournal(ports.footage.folder)
        self.counters = Counters()

    def open(self) -> None:
        """Finish what an earlier run began."""
        self._journal.open()
        self.repair()

    def repair(self) -> None:
        """Finish what was begun, if anything was."""
        pending = self._journal.pending
        if pending is not None:
            self.counters.repaired += 1
            self._finish(pending)

    def carry_out(self, order: FootageOrder) -> None:
        """One order, whole, with its answer."""
        self.repair()
        if isinstance(order, DeleteFootage):
            self._delete(order)
        elif isinstance(order, RescueFootage):
            self._rescue(order)
        else:
            self._list(order)

    def _delete(self, order: DeleteFootage) -> None:
        there = self._there(order.device, order.stream, order.spans)
        stays = self._judged(order, there)
        going = [one for one in there if one.no not in stays]
        reason: Literal["order", "drop_oldest"] = "drop_oldest" if order.why == "room" else "order"
        answered: list[NoSpan] = []
        for chunk in _runs(going, stays, CHUNK):
            nos = [one.no for one in chunk]
            pending = Pending(order.id, order.device, order.stream, nos, reason, _told_as(nos, order.spans))
            self._journal.begin(pending)
            self._ports.hook("journal")
            for no in self._finish(pending):
                stays[no] = "failed"
        for why, some in _by_reason(there, stays).items():
            answered += some
            self._say(order.device, [FootageKept(order.id, part, why, order.stream) for part in _parts(some)])
            self.counters.kept += len(some)
        left = without(order.spans, answered)
        told = [FootageDeleted(order.id, part, order.stream, reason) for part in _parts(left)]
        self._say(order.device, told)

    def _judged(self, order: DeleteFootage, there: Sequence[Segment]) -> dict[int, Why]:
        if self._journal.is_rescued(order.id):
            return {one.no: "rescued" for one in there}
        now_us, offset_us = self._ports.clock.now_us(), self._ports.clock.offset_us()
        stays = {one.no: why for one in there if (why := judge(one, order, now_us, offset_us)) is not None}
        if order.why == "room":
            lacking = self._ports.lacking()
            for one in sorted(there, key=lambda one: one.start_us):
                if one.no in stays:
                    continue
                if lacking <= 0:
                    stays[one.no] = "room"
                lacking -= one.size_bytes
        return stays

    def _finish(self, pending: Pending) -> list[int]:
        """Delete what the journal names, and tell; the numbers of those that the disk would not let go."""
        device, stream = pending.device, pending.stream
        rows = [row for no in pending.nos if (row := self._index.get(device, stream, no)) is not None and not row.adopted]
        failed = set(self._unlink(rows))
        gone = [no for no in pending.nos if no not in failed]
        self._ports.hook("unlinked")
        self._index.drop(device, stream, gone)
        self._ports.hook("dropped")
        spans = [NoSpan(no, no) for no in gone] if failed or not pending.spans else pending.spans
        self._say(device, [FootageDeleted(pending.order, part, stream, pending.reason) for part in _parts(spans)])
        self._ports.hook("told")
        self._journal.done()
        self._ports.hook("done")
        self.counters.deleted += len(gone)
        self.counters.failed += len(failed)
        return sorted(failed)

    def _unlink(self, rows: Sequence[Segment]) -> list[int]:
        """The numbers of those that stay. A file that is gone is gone."""
        folders: dict[str, list[Segment]] = {}
        for row in rows:
            folders.setdefault(row.path.rpartition("/")[0], []).append(row)
        failed: list[int] = []
        for folder, some in folders.items():
            names = {row.path.rpartition("/")[2]: row.no for row in some}
            try:
                failed += [names[name] for name in unlink_all_beneath(self._index.folder, folder, names)]
            except FileNotFoundError:
                continue  # the folder itself is gone
            except (NotBeneath, OSError) as error:
                structlog.get_logger("edge.footage").error("footage_not_deleted", folder=folder, error=str(error)[:200])
                failed += names.values()
        return failed

    def _rescue(self, order: RescueFootage) -> None:
        self._journal.rescue(order.delete)
        there = self._there(order.device, order.stream, order.spans)
        kept = _by_reason(there, dict.fromkeys((one.no for one in there), "rescued")).get("rescued", [])
        self._say(order.device, [FootageKept(order.delete, part, "rescued", order.stream) for part in _parts(kept)])
        left = without(order.spans, kept)
        self._say(order.device, [FootageDeleted(order.delete, part, order.stream) for part in _parts(left)])
        self.counters.kept += len(there)

    def _list(self, order: ListFootage) -> None:
        there = self._index.between(order.device, order.stream, order.first, order.last)
        gone = [one for one in there if not self._has_file(one)]
        if gone:
            spans = [NoSpan(one.no, one.no) for one in gone]
            told = [FootageDeleted("", part, order.stream, "missing") for part in _parts(spans)]
            self._say(order.device, told)
            self._index.drop(order.device, order.stream, [one.no for one in gone])
            self.counters.missing += len(gone)
        lost = {one.no for one in gone}
        readings = [recorded(one) for one in there if one.no not in lost]
        for at in range(0, len(readings), CHUNK):
            self._say(order.device, readings[at : at + CHUNK])
        self.counters.listed += len(readings)

    def _has_file(self, segment: Segment) -> bool:
        try:
            return self._index.path_of(segment).exists()
        except FileNotFoundError:
            return False

    def _there(self, device: str, stream: FootageStream, spans: Iterable[NoSpan]) -> list[Segment]:
        return [one for span in spans for one in self._index.between(device, stream, span.first, span.last)]

    def _say(self, device: str, readings: Sequence[Reading]) -> None:
        if readings:
            self._ports.tell(device, readings)


class DeletionWorker(Loop):
    """The thread that deletes. `take` may be called by any thread and returns at once."""

    def __init__(self, deletion: Deletion) -> None:
        super().__init__("footage-deletion")
        self.deletion = deletion
        self._orders: deque[FootageOrder] = deque()
        self._lock = Lock()
        self._wake = Event()
        self._log = structlog.get_logger("edge.footage")

    def take(self, order: FootageOrder) -> None:
        """Have it carried out. One that waits already is not queued again; where the queue is full it is left out, and the hub
        tells it again."""
        with self._lock:
            if order in self._orders:
                return
            if len(self._orders) >= QUEUE_MAX:
                self.deletion.counters.unqueued += 1
                return
            self._orders.append(order)
        self._wake.set()

    def stop(self) -> None:
        """Ask the loop to end after the order under way; does not wait."""
        super().stop()
        self._wake.set()

    def _loop(self) -> None:
        opened = False
        while not self._stop.is_set():
            try:
                if not opened:
                    self.deletion.open()
                    opened = True
                self._carry_out_all()
            except SpoolFailed:
                return  # the journal of readings has told the agent, which ends
            except (FootageFailed, SpoolFull, OSError) as error:
                self._log.error("footage_deletion", error=str(error)[:200])
                self._stop.wait(RETRY_S)
                continue
            except Exception:  # a bug of ours, or an order of one: the others are still carried out
                self._log.exception("footage_deletion_fault")
                self._stop.wait(RETRY_S)
                continue
            self._wake.wait()
            self._wake.clear()

    def _carry_out_all(self) -> None:
        self.deletion.repair()
        while not self._stop.is_set():
            with self._lock:
                if not self._orders:
                    return
                order = self._orders[0]
            try:
                self.deletion.carry_out(order)
            finally:
                with self._lock:
                    self._orders.popleft()


def recorded(one: Segment) -> SegmentRecorded:
    """What the log says of a segment."""
    return SegmentRecorded(one.no, one.start_us, one.end_us, one.size_bytes, one.stream, one.codec, one.init_bytes)


def _runs(going: Sequence[Segment], stays: dict[int, Why], most: int) -> Iterable[list[Segment]]:
    """Segments that go, in runs of numbers between which nothing stays."""
    run: list[Segment] = []
    kept = sorted(stays)
    for one in going:
        if run and (len(run) == most or any(run[-1].no < no < one.no for no in kept)):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _told_as(nos: Sequence[int], spans: Sequence[NoSpan]) -> list[NoSpan]:
    """How it is told that these are gone: in spans that the order's own spans hold. What lies between those, the order does not
    name, and it may be held."""
    inside = [[no for no in nos if span.first <= no <= span.last] for span in spans]
    return [NoSpan(some[0], some[-1]) for some in inside if some]


def _by_reason(there: Sequence[Segment], stays: dict[int, Why]) -> dict[Why, list[NoSpan]]:
    """What stays as spans of numbers, by its reason; a span ends where something goes, or stays for another reason."""
    found: dict[Why, list[NoSpan]] = {}
    before: Why | None = None
    for one in there:
        why = stays.get(one.no)
        if why is not None and why == before:
            found[why][-1] = NoSpan(found[why][-1].first, one.no)
        elif why is not None:
            found.setdefault(why, []).append(NoSpan(one.no, one.no))
        before = why
    return found


def _parts(spans: Sequence[NoSpan]) -> list[list[NoSpan]]:
    return [list(spans[at : at + SPANS_A_READING]) for at in range(0, len(spans), SPANS_A_READING)]
