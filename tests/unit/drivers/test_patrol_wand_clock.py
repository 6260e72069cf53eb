"""The clock of a wand: what its scans are corrected by, and when it is set."""

import pytest

from contract.clock import US_PER_S, ManualClock
from drivers.patrol_wand.frames import CLEAR, SET_CLOCK
from tests.support.wand_rig import GATE, cradle, wait_for


def commands(rig):
    return [frame.command for frame in rig.twin.questions]


def test_a_clock_that_is_off_is_set_only_when_nothing_is_left_to_read_and_that_is_told():
    clock = ManualClock()
    with cradle(clock=clock) as rig:
        wand = rig.wand(off_s=120.0)
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.turns()
        assert wand.clock_set == 0
        rig.sink.commit()
        wait_for(lambda: wand.clock_set, "the clock")
        wait_for(lambda: len(rig.sink.reads) == 2, "word of it")
        rig.sink.commit()
        rig.turns(4)
        assert wand.clock_set == 1
        assert abs(wand.off_s()) <= 0.5
    read, told = rig.sink.reads
    assert not read.clock_set
    assert (told.clock_set, told.scans, told.clock_off_s) == (True, 0, 120.5)
    assert commands(rig).index(CLEAR) < commands(rig).index(SET_CLOCK)


def test_a_clock_that_is_nearly_right_is_left_alone():
    with cradle(clock=ManualClock()) as rig:
        wand = rig.wand(off_s=3.0)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.sink.commit()
        rig.turns(5)
        assert wand.clock_set == 0


def test_scans_of_a_drifting_clock_are_corrected_by_what_it_is_off_at_read_out():
    clock = ManualClock()
    with cradle(clock=clock) as rig:
        wand = rig.wand(drift_ppm=500.0)
        clock.advance_us(100_000 * US_PER_S)
        made_us = clock.now_us()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
    assert abs((rig.sink.scans[0].made_at_us or 0) - made_us) <= US_PER_S
    assert rig.sink.reads[0].clock_off_s == pytest.approx(50, abs=1)
