"""The log against a model: whatever is done to it, its numbers have no hole and nothing vanishes unsaid."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contract.clock import ManualClock
from contract.envelope import decode_record, last_seq
from contract.readings import AlarmInput, BadBytes, Dropped, ObjectSeen
from edge.spool import Entry, Spool, SpoolLimits

LIMITS = SpoolLimits(bytes_max=24 * 1024, reserve_bytes=4096)
KINDS = {
    "measurement": lambda n, pad: BadBytes(f"r{n}", bytes_hex="0" * pad),
    "event": lambda n, pad: ObjectSeen(f"r{n}", 0.5, zone="0" * pad),
    "alarm": lambda n, pad: AlarmInput(True, f"r{n}" + "0" * pad),
}
SORTS = st.sampled_from(sorted(KINDS))


class SpoolMachine(RuleBasedStateMachine):
    """`accepted` maps each number to its reading."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="spool-model-"))
        self.clock = ManualClock()
        self.accepted = {}
        self.acked = 0
        self.open()

    def open(self):
        self.spool = Spool.open(self.folder / "spool.db", "gate-1", LIMITS, self.clock)

    def readings(self, sorts, pad):
        return [KINDS[sort](self.spool.head + 1 + i, pad) for i, sort in enumerate(sorts)]

    @rule(sort=SORTS, pad=st.sampled_from([0, 50, 190]))
    def append(self, sort, pad):
        (reading,) = self.readings([sort], pad)
        self.accepted[self.spool.append("d", reading, self.spool.head)] = reading

    @rule(sorts=st.lists(SORTS, min_size=1, max_size=8), times=st.integers(1, 20), pad=st.sampled_from([0, 190]))
    def append_many(self, sorts, times, pad):
        readings = self.readings(sorts * times, pad)
        before = self.spool.head
        last = self.spool.append_many([Entry("d", reading, before) for reading in readings])
        assert last == before + len(readings)
        self.accepted.update(enumerate(readings, before + 1))

    @rule(part=st.floats(0, 1))
    def acknowledge(self, part):
        up_to = self.spool.acked + int((self.spool.head - self.spool.acked) * part)
        self.spool.acknowledge(up_to)
        self.acked = max(self.acked, up_to)

    @rule(part=st.floats(0, 1))
    def the_hub_forgets(self, part):
        self.spool.acknowledge(int(self.spool.acked * part), lower=True)
        self.acked = self.spool.acked

    @rule(clean=st.booleans(), answered=st.booleans())
    def reopen(self, clean, answered):
        if answered:
            self.spool.confirm()
        before = (self.spool.floor, self.spool.head, self.spool.rows, self.spool.size_bytes, self.spool.stream)
        epoch = self.spool.epoch
        if clean:
            self.spool.close()
        else:
            self.spool.abandon()
        self.open()
        assert (self.spool.floor, self.spool.head, self.spool.rows, self.spool.size_bytes, self.spool.stream) == before
        assert self.spool.epoch == epoch + 1
        assert self.spool.damaged is None
        assert self.spool.acked <= max(self.acked, self.spool.floor - 1)

    @precondition(lambda self: self.spool.head > 0)
    @rule(part=st.floats(0, 1))
    def begin_new_stream(self, part):
        cut = self.spool.floor - 1 + int((self.spool.head - self.spool.floor + 1) * part)
        self.spool.begin_new_stream(cut)
        self.acked = cut
        assert self.spool.start == cut + 1

    @rule(part=st.floats(0, 1), size=st.integers(400, 3_000))
    def a_page_begins_where_it_is_asked_to(self, part, size):
        first = self.spool.floor + int((self.spool.head - self.spool.floor + 1) * part)
        page = self.spool.page(first, size, 5)
        assert page.first_seq == first
        self.check(page, first)

    def check(self, page, first):
        for body in page.records:
            record = decode_record(body)
            assert record.seq == first
            reading = record.reading
            if isinstance(reading, Dropped):
                told = reading.measurements + reading.events + reading.alarms
                assert told == reading.last_seq - record.seq + 1
            else:
                assert reading == self.accepted[record.seq]
            first = last_seq(record) + 1
        assert page.last_seq == first - 1

    @invariant()
    def nothing_vanishes_unsaid(self):
        spool = self.spool
        assert spool.floor <= max(spool.acked, spool.start - 1) + 1
        assert spool.size_bytes <= LIMITS.bytes_max
        first = spool.floor
        rows = size = 0
        while first <= spool.head:
            page = spool.page(first, 60_000, 500)
            assert page.records
            self.check(page, first)
            rows += len(page.records)
            size += sum(len(body) + 24 for body in page.records)
            first = page.last_seq + 1
        assert (rows, size) == (spool.rows, spool.size_bytes)

    def teardown(self):
        if hasattr(self, "spool"):
            self.spool.abandon()
            shutil.rmtree(self.folder)


TestSpoolModel = SpoolMachine.TestCase
TestSpoolModel.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
