"""What explains an opening, and which one of several is told."""

from itertools import permutations

import pytest

from contract.clock import US_PER_S
from hub.detectors.unexplained import Window
from hub.passages.explain import OPENINGS, explained, window_of
from hub.passages.types import GATES, GateOpening, Passage
from hub.policy.load import Policy

WINDOW = Window(15 * US_PER_S, 2 * US_PER_S)
OPENING = GateOpening("e:9", "barrier-1", 100 * US_PER_S)


def passage(name, kind="decision", at_s=98.0, until_s: float | None = -1.0, **more):
    at_us = round(at_s * US_PER_S)
    until_us = at_us if until_s == -1.0 else None if until_s is None else round(until_s * US_PER_S)
    more = ({"medium": "plate"} if kind == "decision" else {}) | more
    return Passage(name, kind, at_us, until_us, "barrier-1", "d", **more)


@pytest.mark.parametrize(("at_s", "how"), [(84.9, ""), (85, "plate"), (100, "plate"), (102, "plate"), (102.1, "")])
def test_the_window_is_the_detectors(at_s, how):
    assert explained(OPENING, [passage("a", at_s=at_s)], WINDOW).explained == how


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (passage("f", "fire", 50, None), "fire"),
        (passage("f", "fire", 50, 90), "fire"),
        (passage("f", "fire", 50, 84), ""),
        (passage("f", "fire", 103, None), ""),
        (passage("c", "command", actor="li"), "command"),
        (passage("a", granted=False), ""),
    ],
)
def test_a_fire_explains_while_it_lasts_and_a_refusal_nothing(one, how):
    assert explained(OPENING, [one], WINDOW).explained == how


def test_of_several_the_same_one_is_told_in_whatever_order_they_came():
    several = [
        passage("z", "fire", 50, None),
        passage("b", "command", 99.9, actor="li"),
        passage("d", at_s=97, permit="p-d"),
        passage("c", at_s=99, permit="p-c"),
        passage("a", at_s=101, permit="p-a"),
    ]
    told = {explained(OPENING, order, WINDOW) for order in permutations(several)}
    assert [(one.explained, one.passage, one.who) for one in told] == [("plate", "a", "p-a")]


def test_what_no_longer_explains_leaves_nothing_behind():
    was = explained(OPENING, [passage("f", "fire", 50, None)], WINDOW)
    assert explained(was, [passage("f", "fire", 50, 60)], WINDOW) == OPENING


def test_every_kind_of_gate_has_its_detector_and_its_window():
    policy = Policy.load()
    assert set(OPENINGS) == set(GATES)
    assert window_of("barrier", policy.numbers("VEH-5")) == Window(15 * US_PER_S, 2 * US_PER_S)
    assert window_of("door", policy.numbers("GATE-7")) == Window(10 * US_PER_S, 1 * US_PER_S)
