"""A whole agent with a cradle: a wand is cleared only once the hub's receipt covers what it stored; its watermark is its own."""

from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.names import card_name, guard_name
from contract.readings import BadBytes, DoorContact, Measurement, TagScanned, WandRead
from drivers.patrol_wand.driver import KIND, PatrolWandDriver
from drivers.patrol_wand.twin import CradleTwin, WandTwin
from drivers.transports.null import NullLine
from edge.config import DeviceSettings, spoken_for
from edge.spool import Entry, Spool, SpoolLimits
from tests.support.agent_rig import CARD_KEY, Rig, device, running, wait_for
from tests.support.wand_rig import GATE, GUARD, OPTIONS, POND, WAND


class Cradle(Rig):
    """A rig with the real driver, by the rig's own clock."""

    def kind(self, name: str) -> Any:
        if name == "patrol_wand":
            return KIND._replace(make=partial(PatrolWandDriver, clock=self.clock))
        return super().kind(name)


@contextmanager
def agent(tmp_path, line):
    rig = Cradle(tmp_path, (DeviceSettings("cradle", "patrol_wand", line.address, OPTIONS),))
    rig.devices.clear()
    try:
        rig.up()
        yield rig
    finally:
        rig.agent.stop()


@pytest.fixture
def twin():
    line = NullLine()
    one = CradleTwin(line, baud=None)
    one.start()
    yield one
    one.stop()
    line.close()


def marks(rig):
    rig.agent.beat()
    return rig.records("heartbeat")[-1].reading.sources


def turns(twin, count=3):
    before = len(twin.questions)
    wait_for(lambda: len(twin.questions) >= before + 3 * count, "turns")


def test_a_wand_is_cleared_when_the_receipt_covers_its_last_record_and_not_before(tmp_path, twin):
    with agent(tmp_path, twin.line) as rig:
        wand = WandTwin(WAND, rig.clock)
        wand.scan(GATE, GUARD)
        wand.scan(POND, GUARD)
        twin.put_in(wand)
        (read,) = rig.wait("wand_read", "wand-1")
        scans = rig.records("tag_scanned", "wand-1")
        assert [one.reading.tag for one in scans] == [GATE, POND]
        assert read.seq > scans[-1].seq
        for up_to in (scans[0].seq, scans[1].seq):
            rig.spool.acknowledge(up_to)
            turns(twin)
            assert wand.stored == [1, 2]
        rig.spool.acknowledge(read.seq)
        wait_for(lambda: wand.cleared_to == [2], "clearing")


def test_an_agent_that_is_killed_before_the_receipt_reads_the_same_scans_again(tmp_path, twin):
    rig = Cradle(tmp_path, (DeviceSettings("cradle", "patrol_wand", twin.line.address, OPTIONS),))
    rig.devices.clear()
    rig.up()
    wand = WandTwin(WAND, rig.clock)
    for _ in range(12):
        wand.scan(GATE, GUARD)
    twin.put_in(wand)
    rig.wait("wand_read", "wand-1")
    rig.spool.abandon()
    rig.agent.stop()
    with agent(tmp_path, twin.line) as again:
        again.wait("wand_read", "wand-1", 2)
        told = [(one.reading, one.device_at_us) for one in again.records("tag_scanned")]
        assert len(told) == 24
        assert told[:12] == told[12:]
        assert wand.stored == list(range(1, 13))
        again.spool.acknowledge(again.spool.head)
        wait_for(lambda: wand.cleared_to == [12], "clearing")


def test_a_guard_s_tag_never_reaches_the_disk_and_has_one_name_at_every_agent(tmp_path, twin):
    with agent(tmp_path, twin.line) as rig:
        wand = WandTwin(WAND, rig.clock)
        wand.scan(GATE, "BEEF42")
        wand.store(bytes((0, 0, 0, 2, 0xFF, 0, 0, 0, 0, 0)) + bytes.fromhex("BEEF42") + bytes(9))
        twin.put_in(wand)
        rig.wait("wand_read", "wand-1")
        assert rig.records("tag_scanned")[0].reading.guard == guard_name(CARD_KEY, "beef42")
        assert rig.wait("bad_bytes")[0].reading == BadBytes(reason="bad_time")
        assert guard_name(CARD_KEY, "7:1") != card_name(CARD_KEY, None, 1, 7)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            for trace in (b"BEEF42", b"beef42", bytes.fromhex("BEEF42")):
                assert trace not in path.read_bytes(), path


def test_only_a_whole_read_out_moves_a_wand_s_watermark_and_the_cradle_s_goes_on(tmp_path, twin):
    with agent(tmp_path, twin.line) as rig:
        wait_for(lambda: "cradle" in marks(rig), "the cradle")
        assert "wand-1" not in marks(rig)
        wand = WandTwin(WAND, rig.clock)
        wand.scan(GATE)
        wand.scan(POND)
        rig.clock.advance_us(7200 * US_PER_S)
        twin.bend = lambda frame: b"" if frame[6] == 0x85 else frame  # the cradle knows the wand, and cannot read it
        twin.put_in(wand)
        turns(twin)
        assert "wand-1" not in marks(rig)
        twin.bend = None
        rig.wait("wand_read", "wand-1")
        read_us = rig.clock.now_us()
        wait_for(lambda: marks(rig).get("wand-1") == read_us, "the mark")
        assert "wand-2" not in marks(rig)
        twin.take_out()
        rig.clock.advance_us(3600 * US_PER_S)
        wait_for(lambda: marks(rig)["cradle"] == rig.clock.now_us(), "the cradle's own")
        assert marks(rig)["wand-1"] == read_us
        twin.put_in(wand)
        wait_for(lambda: marks(rig)["wand-1"] == rig.clock.now_us(), "the wand is back")
        rig.clock.advance_us(60 * US_PER_S)
        wait_for(lambda: marks(rig)["wand-1"] == rig.clock.now_us(), "it stays in")


def test_the_scans_of_a_wand_come_after_every_watermark_that_was_told_before_them(tmp_path, twin):
    """A hub that has heard of a mark has no scan from before it still to come."""
    with agent(tmp_path, twin.line) as rig:
        wand = WandTwin(WAND, rig.clock)
        twin.put_in(wand)
        for _ in range(5):
            rig.clock.advance_us(10 * US_PER_S)
            wait_for(lambda: marks(rig).get("wand-1") == rig.clock.now_us(), "the mark")
            rig.clock.advance_us(2 * US_PER_S)
            twin.take_out()
            wand.scan(GATE)
            twin.put_in(wand)
        wait_for(lambda: len(rig.records("tag_scanned")) == 5, "five scans")
        records = rig.records()
    told_us = 0
    for one in records:
        if one.reading.kind == "heartbeat":
            told_us = one.reading.sources.get("wand-1", told_us)
        elif one.reading.kind == "tag_scanned":
            assert one.reading.made_at_us > told_us


def test_an_unknown_wand_is_told_by_its_number(tmp_path, twin):
    with agent(tmp_path, twin.line) as rig:
        twin.put_in(WandTwin(0x0BADCAFE, rig.clock))
        (told,) = rig.wait("bad_bytes", "cradle")
        assert told.reading == BadBytes(reason="unknown_wand", bytes_hex="0badcafe")


def test_a_cradle_speaks_for_its_wands():
    assert spoken_for(DeviceSettings("cradle", "patrol_wand", "null:x", OPTIONS)) == ("wand-1", "wand-2")
    assert spoken_for(DeviceSettings("wand-1", "patrol_wand", "null:x", OPTIONS)) == ("wand-2",)


def test_a_stored_scan_proves_nothing_of_the_device_that_brings_it(tmp_path):
    with running(tmp_path, device("phone")) as rig:
        rig.agent.beat()
        before = rig.records("heartbeat")[-1].reading.sources["phone"]
        rig.clock.advance_us(60 * US_PER_S)
        rig.devices["phone"].do(lambda sink: sink.reading(SCAN))
        assert marks(rig)["phone"] == before
        rig.devices["phone"].do(lambda sink: sink.reading(DoorContact(open=True)))
        assert marks(rig)["phone"] > before


# The spool's word


SCAN = TagScanned(tag="04A1B2C3D4", scan="A1B2C3D4-1")


def test_a_receipt_covers_readings_that_are_in_the_log_and_no_others(open_spool):
    spool = open_spool()
    numbers = [spool.append("wand-1", SCAN, 1), spool.append("wand-1", WandRead(1, 1), 1)]
    assert spool.receipt_of(numbers) == "waiting"
    spool.acknowledge(numbers[0])
    assert spool.receipt_of(numbers[:1]) == "committed"
    assert spool.receipt_of(numbers) == "waiting"
    spool.acknowledge(numbers[1])
    assert spool.receipt_of(numbers) == "committed"
    assert spool.receipt_of([*numbers, 0]) == "unknown"
    spool.acknowledge(numbers[0], lower=True)
    assert spool.receipt_of(numbers) == "waiting"


def test_the_receipt_of_a_number_under_which_a_drop_was_told_is_none_of_the_reading(tmp_path, clock):
    """The hub's mark passes the number of a reading that a full log dropped. Who cleared a wand for it would lose the scan."""
    spool = Spool.open(tmp_path / "spool.db", "gate-1", SpoolLimits(bytes_max=40_000, reserve_bytes=1), clock)
    scans = [spool.append("wand-1", SCAN, 1) for _ in range(20)]
    while not spool.dropped:
        spool.append_many([Entry("m", Measurement(quantity="power", value=1.0), 1)] * 50)
        spool.append_many([Entry("m", SCAN, 1)] * 50)
    while spool.counters.dropped_events < 50:
        spool.append_many([Entry("m", SCAN, 1)] * 50)
    spool.acknowledge(spool.head)
    assert spool.acked >= max(scans)
    assert spool.receipt_of(scans) == "unknown"
    spool.abandon()
