"""What is covered and what is not, run by run."""

import random
from itertools import pairwise

from contract.clock import US_PER_S
from hub.footage.coverage import Hole, Run, holes, joined, runs_of, within, without
from hub.footage.packing import Piece

S = US_PER_S


def _run(from_s, until_s, what="there"):
    return Run(int(from_s * S), int(until_s * S), what)


def test_segments_that_follow_one_another_are_one_run_and_a_second_missing_is_no_hole():
    pieces = [Piece(no, no * 10 * S, (no * 10 + 9) * S, 1) for no in range(5)]
    assert runs_of(reversed(pieces)) == [_run(0, 49)]


def test_a_little_over_a_second_is_a_hole_with_its_exact_ends():
    runs = runs_of([Piece(1, 0, 10 * S, 1), Piece(2, 11 * S + 1, 20 * S, 1)])
    assert holes(runs, 0, 20 * S) == [Hole(10 * S, 11 * S + 1)]


def test_the_ends_of_a_time_that_is_asked_for_are_holes_too():
    assert holes([_run(10, 20)], 0, 30 * S) == [Hole(0, 10 * S), Hole(20 * S, 30 * S)]
    assert holes([], 0, 30 * S) == [Hole(0, 30 * S)]
    assert holes([_run(-5, 50)], 0, 30 * S) == []


def test_what_was_deleted_on_its_day_is_no_hole_and_what_went_missing_is():
    runs = joined([_run(0, 10, "due"), _run(10, 20), _run(20, 30, "missing"), _run(30, 40), _run(40, 50, "drop_oldest")])
    assert holes(runs, 0, 50 * S) == [Hole(20 * S, 30 * S, "missing"), Hole(40 * S, 50 * S, "drop_oldest")]


def test_what_is_there_counts_before_what_is_gone():
    assert joined([_run(0, 30, "missing"), _run(10, 20)]) == [_run(0, 10, "missing"), _run(10, 20), _run(20, 30, "missing")]


def test_a_cut_takes_the_middle_the_ends_or_all():
    runs = [_run(0, 10), _run(20, 30)]
    assert without(runs, [_run(4, 6), _run(25, 40)]) == [_run(0, 4), _run(6, 10), _run(20, 25)]
    assert without(runs, [_run(-5, 99)]) == []
    assert within(runs, 5 * S, 22 * S) == [_run(5, 10), _run(20, 22)]


def test_runs_never_overlap_whatever_goes_in():
    dice = random.Random(3)
    for _ in range(300):
        runs = [
            Run(from_us, from_us + dice.randrange(2, 10, 2) * S, dice.choice(["there", "due", "missing", "drop_oldest"]))
            for from_us in (dice.randrange(0, 60, 2) * S for _ in range(dice.randrange(12)))
        ]
        now = joined(runs)
        assert all(one.until_us <= other.from_us for one, other in pairwise(now))
        assert joined(now) == now
        for at_us in range(0, 70 * S, S):
            shown = {run.what for run in runs if run.from_us <= at_us < run.until_us}
            said = next((run.what for run in now if run.from_us <= at_us < run.until_us), None)
            assert (said == "there") if "there" in shown else (said in shown if shown else said is None)
