"""Times and watermarks: what a heartbeat promises holds, however threads and clocks behave."""

import time
from random import Random
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import ManualClock, SystemClock
from contract.readings import DoorContact
from edge.sources import Journal, Said, Source, Sources
from edge.spool import SpoolFailed
from edge.supervisor import BackOff

DOOR = DoorContact(open=True)


class ListLog:
    def __init__(self) -> None:
        self.rows: list = []

    def append(self, *entry):
        time.sleep(0)  # lets another thread in between stamping and appending
        self.rows.append(entry)
        return len(self.rows)

    def append_many(self, entries):
        self.rows.extend(tuple(entry) for entry in entries)
        return len(self.rows)


def source_on(log, clock):
    return Source(["a", "b"], Journal(log, lambda _: None), clock)


@given(st.lists(st.tuples(st.sampled_from(["say", "own", "alive", "mark"]), st.integers(-(10**7), 10**7)), max_size=60))
@settings(deadline=None)
def test_times_never_fall_and_a_reading_comes_after_every_watermark_told_before(steps):
    log, clock = ListLog(), ManualClock()
    source = source_on(log, clock)
    told = [0]
    for step, by_us in steps:
        clock.step_wall_us(by_us)
        if step == "alive":
            source.alive()
        elif step == "mark":
            told.append(source.watermark() or 0)
        else:
            source.append([Said("a", DOOR)], from_device=step == "say")
            assert log.rows[-1][2] > max(told)
    times = [row[2] for row in log.rows]
    assert times == sorted(times)


def test_what_the_agent_adds_about_a_device_does_not_prove_the_device_alive():
    log, clock = ListLog(), ManualClock()
    source = source_on(log, clock)
    source.append([Said("a", DOOR)], from_device=False)
    assert source.watermark() is None
    source.append([Said("b", DOOR, 77)])
    assert Sources([source]).watermarks() == {"a": log.rows[-1][2], "b": log.rows[-1][2]}
    assert log.rows[-1][3] == 77


def test_a_device_that_remembers_has_a_watermark_of_its_own_which_never_goes_back_nor_ahead():
    log, clock = ListLog(), ManualClock()
    source = Source(["cradle", "wand"], Journal(log, lambda _: None), clock, remembering=["wand"])
    began_us = clock.now_us()
    source.alive()
    source.append([Said("wand", DOOR)])
    assert set(Sources([source]).watermarks()) == {"cradle"}
    clock.advance_us(10_000_000)
    source.told("wand", began_us + 4_000_000)
    source.alive()
    assert Sources([source]).watermarks() == {"cradle": clock.now_us(), "wand": began_us + 4_000_000}
    source.told("wand", began_us + 3_000_000)
    assert source.watermarks()["wand"] == began_us + 4_000_000
    source.told("wand", clock.now_us() + 5_000_000)
    assert source.watermarks()["wand"] == clock.now_us()
    source.told("cradle", clock.now_us() - 1)
    assert source.watermarks()["cradle"] == clock.now_us()


@pytest.mark.parametrize("step_s", [-600, 600])
def test_a_clock_that_is_set_makes_no_watermark_prove_more_than_was_heard(step_s):
    clock = ManualClock()
    source = Source(["cradle", "wand"], Journal(ListLog(), lambda _: None), clock, remembering=["wand"])
    source.alive()
    source.told("wand", clock.now_us() - 2_000_000)
    began_us = clock.now_us()
    assert source.watermarks() == {"cradle": began_us, "wand": began_us - 2_000_000}
    clock.advance_us(5_000_000)
    clock.step_wall_us(step_s * 1_000_000)
    ahead_us = min(0, step_s * 1_000_000)
    assert source.watermarks() == {"cradle": began_us + ahead_us, "wand": began_us + ahead_us - 2_000_000}
    clock.advance_us(700_000_000)
    clock.step_wall_us(-step_s * 1_000_000)
    assert source.watermarks()["wand"] <= began_us - 2_000_000, "nor does it once the clock is back where it was"
    source.told("wand", clock.now_us())
    assert source.watermarks()["wand"] == clock.now_us()


def test_a_watermark_never_overtakes_a_reading_on_its_way():
    log, clock = ListLog(), SystemClock()
    source = source_on(log, clock)
    marks: list[tuple[int, int]] = []

    def speak() -> None:
        for _ in range(500):
            source.append([Said("a", DOOR)])
            source.alive()

    threads = [Thread(target=speak) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        mark = source.watermark() or 0
        marks.append((mark, len(log.rows)))
    for thread in threads:
        thread.join()
    assert marks
    for mark, rows in marks[:: max(1, len(marks) // 200)]:
        assert all(row[2] > mark for row in log.rows[rows:])


def test_a_failed_log_is_told_at_once():
    class Broken(ListLog):
        def append(self, *_entry):
            raise SpoolFailed("no")

    failures: list = []
    source = Source(["a"], Journal(Broken(), failures.append), ManualClock())
    with pytest.raises(SpoolFailed) as raised:
        source.append([Said("a", DOOR)])
    assert failures == [raised.value]


def test_the_pause_doubles_to_its_limit_and_is_jittered():
    back_off = BackOff(first_s=0.5, max_s=30.0, jitter=0.5)
    pauses = [back_off.pause_s(failures, Random(failures)) for failures in range(1, 40)]
    for failures, pause in enumerate(pauses, 1):
        whole = min(30.0, 0.5 * 2 ** (failures - 1))
        assert whole / 2 <= pause <= whole
    assert len({round(pause, 6) for pause in pauses[10:]}) > 20
