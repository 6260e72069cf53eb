"""Who is where: in memory, on disk, and after a power cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import ManualClock
from edge import whereabouts, whereabouts_file
from edge.gate_clock import EARLIEST_US, GateClock, Moment
from edge.whereabouts import Forgot, Place, Tick, Went, Whereabouts
from edge.whereabouts_file import FILE, WhereaboutsFile


def went(holder="h", zone="estate", at_us=1, permit="p", card="c", used=False, late=False):
    return Went(holder, permit, card, zone, at_us, used, late)


moves = st.builds(
    Went, st.sampled_from("abc"), st.sampled_from("pq"), st.sampled_from("cd"), st.sampled_from(("", "estate", "garage")),
    st.integers(1, 50), st.booleans(), st.booleans(),
)  # fmt: skip


def told(known):
    return (
        {h: known.place(h) for h in "abc"}, {p: set(known.inside(p)) for p in "pq"}, {c: known.uses(c) for c in "cd"},
        known.forgot_us,
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(moves, st.booleans()), max_size=40))
def test_inside_is_whoever_s_place_is_inside_and_a_file_comes_to_the_same(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("whereabouts")
    known, file = Whereabouts(), WhereaboutsFile(folder)
    for move, back in steps:
        moved = known.goes(move)
        took = known.take_back(moved) if back else None
        file.append([move, *([took] if took else [])], sync=False)
        for permit in "pq":
            places = {h: known.place(h) for h in "abc"}
            assert set(known.inside(permit)) == {h for h, one in places.items() if one and one.zone and one.permit == permit}
    assert told(WhereaboutsFile(folder).load(expected=bool(steps))) == told(known)
    assert file.rewrite(known)
    assert told(WhereaboutsFile(folder).load(expected=True)) == told(known)


def test_a_move_that_is_told_late_counts_only_where_nothing_later_is_known():
    known = Whereabouts()
    known.goes(went(zone="garage", at_us=10))
    known.goes(went(at_us=9, late=True))
    assert known.place("h") == Place("garage", 10, "p")
    known.goes(went(at_us=11, late=True))
    assert known.place("h") == Place("estate", 11, "p")


def test_a_use_that_is_told_twice_counts_once_and_one_that_opened_nothing_not_at_all():
    known = Whereabouts()
    known.goes(went(at_us=1, used=True))
    known.goes(went(at_us=1, used=True, late=True))
    assert known.uses("c") == 1
    moved = known.goes(went(at_us=2, used=True))
    assert known.uses("c") == 2
    assert known.take_back(moved) is not None
    assert (known.uses("c"), known.place("h")) == (1, Place("estate", 1, "p"))


def test_a_move_is_not_taken_back_once_the_holder_has_gone_on():
    known = Whereabouts()
    moved = known.goes(went(at_us=1))
    known.goes(went(zone="", at_us=2))
    assert known.take_back(moved) is None
    assert known.place("h") == Place("", 2, "p")


def test_over_the_limit_whoever_has_not_moved_for_the_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(whereabouts, "HOLDERS_MAX", 2)
    known = Whereabouts()
    for number, holder in enumerate("abac"):
        known.goes(went(holder, at_us=number))
    assert [known.place(h) is None for h in "abc"] == [False, True, False]
    assert set(known.inside("p")) == {"a", "c"}
    assert known.counters.forgotten == 1


def test_a_file_that_is_cut_at_any_byte_loses_the_last_line_alone(tmp_path):
    file = WhereaboutsFile(tmp_path)
    lines = [went(holder=f"h{n}", at_us=n) for n in range(3)]
    file.append(lines)
    file.close()
    data = (tmp_path / FILE).read_bytes()
    for cut in range(len(data)):
        (tmp_path / FILE).write_bytes(data[:cut])
        known = WhereaboutsFile(tmp_path).load(expected=True)
        whole = data[:cut].count(b"\n")
        assert [known.place(f"h{n}") is not None for n in range(3)] == [n < whole for n in range(3)]
        assert known.forgot_us is None
        assert (tmp_path / FILE).read_bytes().endswith(b"\n") or not cut


def test_a_damaged_line_and_a_file_that_should_be_there_are_a_lost_memory(tmp_path):
    assert WhereaboutsFile(tmp_path).load(expected=False).forgot_us is None
    assert WhereaboutsFile(tmp_path).load(expected=True).forgot_us is not None
    file = WhereaboutsFile(tmp_path)
    file.append([went("a", at_us=5), went("b", at_us=6), Tick(7)])
    file.close()
    data = bytearray((tmp_path / FILE).read_bytes())
    data[20] ^= 1
    (tmp_path / FILE).write_bytes(data)
    file = WhereaboutsFile(tmp_path)
    known = file.load(expected=True)
    assert (known.place("a"), known.place("b"), known.forgot_us) == (None, Place("estate", 6, "p"), 7)
    assert file.counters.bad_lines == 1
    again = WhereaboutsFile(tmp_path).load(expected=True)
    assert (again.forgot_us, again.last_us, again.place("b")) == (7, 7, Place("estate", 6, "p"))


def test_a_long_file_is_written_anew_and_a_disk_that_takes_nothing_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(whereabouts_file, "LINES_MIN", 5)
    known, file = Whereabouts(), WhereaboutsFile(tmp_path)
    for number in range(6):
        known.goes(went(at_us=number))
        assert file.append([went(at_us=number)])
    assert file.is_due(known)
    assert file.rewrite(known)
    assert not file.is_due(known)
    file.close()
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    assert not file.append([went()])
    assert (file.counters.unwritten, file.is_due(known)) == (1, True)
    (tmp_path / FILE).rmdir()
    assert file.rewrite(known)
    assert WhereaboutsFile(tmp_path).load(expected=True).place("h") == Place("estate", 5, "p")


def test_a_memory_of_a_lost_memory_survives(tmp_path):
    known = Whereabouts()
    known.apply(Forgot(9))
    WhereaboutsFile(tmp_path).rewrite(known)
    assert WhereaboutsFile(tmp_path).load(expected=True).forgot_us == 9


@pytest.mark.parametrize("last_us", [0, EARLIEST_US + 5])
def test_a_clock_behind_the_last_time_that_was_written_down_is_not_trusted(last_us):
    floor_us = max(last_us, EARLIEST_US)
    clock = ManualClock(now_us=1_000_000)
    time = GateClock(clock, last_us)
    assert time.now() == Moment(floor_us, known=False)
    clock.advance_us(7)
    assert time.now() == Moment(floor_us + 7, known=False)
    clock.step_wall_us(floor_us)
    assert time.now() == Moment(floor_us + 1_000_007)


def test_the_hub_s_clock_counts_once_a_receipt_has_told_it_whoever_sets_the_agent_s():
    clock = ManualClock(now_us=5)
    time = GateClock(clock, 0)
    time.heard(clock.mono_us(), 10**16)
    clock.step_wall_us(-5)
    clock.advance_us(3)
    assert time.now() == Moment(10**16 + 3)
