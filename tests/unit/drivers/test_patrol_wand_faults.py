"""What goes wrong around a cradle: the log, the line, other makers."""

import pytest

from contract.clock import US_PER_S, ManualClock
from drivers.patrol_wand import readout
from drivers.patrol_wand.decode import PatrolWandOptions
from drivers.patrol_wand.driver import KIND, PatrolWandDriver
from drivers.patrol_wand.layout import Layout, NumberField, TagField, TimeField
from drivers.port import CommandFailed
from drivers.transports.null import NullLine
from tests.support.wand_rig import GATE, OPTIONS, cradle, wait_for


def test_what_the_log_dropped_is_read_again_after_a_while_and_not_before(monkeypatch):
    monkeypatch.setattr(readout, "AGAIN_US", 60 * US_PER_S)
    clock = ManualClock()
    with cradle(clock=clock) as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.sink.lost = {1}
        rig.sink.commit()
        rig.turns()
        assert wand.stored == [1]
        assert len(rig.sink.scans) == 1
        clock.advance_us(61 * US_PER_S)
        wait_for(lambda: len(rig.sink.scans) == 2, "the second time")
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [1], "clearing")
    assert rig.sink.scans[0].scan == rig.sink.scans[1].scan


def test_a_log_that_takes_nothing_ends_the_run_and_the_wand_keeps_all():
    with cradle() as rig:
        rig.sink.refuses = RuntimeError("full")
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.fault, "the end")
        assert str(rig.fault) == "full"
        rig.fault = None
        assert wand.stored == [1]


def test_noise_in_an_empty_cradle_is_no_wand_and_a_line_that_echoes_does_no_harm():
    line = NullLine()

    def echo(data):
        line.write(data)
        return data

    with cradle(line) as rig:
        rig.twin.noise(b"\x02\x07\xff\x00")
        rig.turns()
        assert not rig.sink.said
        line.bend_out = echo
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
    assert [one.tag for one in rig.sink.scans] == [GATE]


def test_a_cradle_whose_line_is_gone_is_lost():
    line = NullLine()
    with cradle(line) as rig:
        rig.turns(1)
        line.unplug()
        wait_for(lambda: rig.lost, "the loss")
    assert rig.lost == "unplugged"


def test_another_maker_s_record_is_read_by_a_table():
    layout = Layout(
        size=16,
        time=TimeField(at=8, form="binary", order="smhDM-Y"),
        tag=TagField(at=0, size=5, form="hex_reversed"),
        guard=None,
        number=NumberField(at=5, size=3, form="le"),
    )
    options = PatrolWandOptions(wands=OPTIONS.wands, layout=layout, medium="ibutton", poll_ms=100, timeout_ms=100)
    with cradle(options=options) as rig:
        wand = rig.wand(first=70_000)
        for _ in range(20):
            wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
    assert [(one.scan, one.tag, one.medium) for one in rig.sink.scans] == [
        (f"A1B2C3D4-{number}", GATE, "ibutton") for number in range(70_000, 70_020)
    ]
    assert all(one.made_at_us and abs(one.made_at_us - rig.clock.now_us()) < 30 * US_PER_S for one in rig.sink.scans)


def test_a_cradle_needs_a_wand_and_takes_no_commands():
    with pytest.raises(ValueError, match="no wand is known by its number: write under options"):
        KIND.make("null:x", PatrolWandOptions())
    with pytest.raises(ValueError, match="scheme"):
        KIND.make("rtsp://camera/1", OPTIONS)
    with pytest.raises(CommandFailed, match="open"):
        PatrolWandDriver("null:x", OPTIONS).act("open", {})
