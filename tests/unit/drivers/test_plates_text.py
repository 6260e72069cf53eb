"""Which text the views of a plate give, and when it is doubtful: on made-up views, without a network."""

from itertools import product

import numpy as np
import pytest

from drivers.plates.candidates import likelihoods
from drivers.plates.combine import CONFIDENT, NOTHING, combine
from drivers.plates.recognise import COLUMN, SYMBOLS, View, greedy


def chances(*steps):
    """A row for each step: what a step does not name is next to nothing, and the rest of it is the blank."""
    table = np.full((len(steps), len(SYMBOLS) + 1), 1e-6)
    for row, step in zip(table, steps, strict=True):
        for symbol, chance in step.items():
            row[COLUMN[symbol] if symbol else 0] = chance
        row[0] = max(row[0], 1 - row[1:].sum())
    return table


def view(opinion, text, chance=0.97, **instead):
    """A view of `text`; `instead` is what is seen in some places, such as at3={"D": 0.6, "0": 0.4}."""
    steps = []
    for n, symbol in enumerate(text):
        steps += [instead.get(f"at{n}", {symbol: chance}), {}]
    table = chances(*steps)
    return View(opinion, table, table)


def both(text, **instead):
    return [view("plate", text), view("any", text, **instead)]


def test_a_texts_chance_is_the_sum_over_all_ways_to_read_it():
    rng = np.random.default_rng(3)
    table = rng.dirichlet(np.ones(4), size=5)
    wide = np.zeros((5, len(SYMBOLS) + 1))
    wide[:, :4] = table  # the blank, 0, 1, 2
    ways: dict[str, float] = {}
    for path in product(range(4), repeat=5):
        kept = [n for i, n in enumerate(path) if n and (i == 0 or n != path[i - 1])]
        one = "".join(SYMBOLS[n - 1] for n in kept)
        ways[one] = ways.get(one, 0.0) + float(np.prod([table[i, n] for i, n in enumerate(path)]))
    said = [text for text in ways if text]
    assert np.exp(likelihoods(said, wide)) == pytest.approx([ways[text] for text in said])


def test_a_text_longer_than_the_steps_is_impossible_and_no_error():
    assert likelihoods(["0000"], chances({"0": 0.9}, {"0": 0.9}))[0] < -100


def test_repeats_need_a_blank_between():
    assert greedy(chances({"8": 0.9}, {"8": 0.9}, {}, {"8": 0.9})) == "88"


def test_two_opinions_that_agree_are_sure():
    found = combine(both("京A8K2M6"), "blue")
    assert (found.text, found.doubt) == ("京A8K2M6", "")
    assert found.confidence >= CONFIDENT


def test_opinions_that_differ_in_one_character_are_doubtful():
    found = combine(both("京A8K2M6", at3={"H": 0.97}), "blue")
    assert (found.text, found.doubt) == ("京A8K2M6", "opinions_differ")
    assert found.confidence < CONFIDENT


def test_a_province_that_only_one_has_seen_is_doubtful():
    found = combine(both("京A8K2M6", at0={}), "blue")
    assert (found.text, found.doubt) == ("京A8K2M6", "opinions_differ")


def test_one_opinion_alone_is_doubtful():
    assert combine([view("plate", "京A8K2M6")], "blue").doubt == "opinions_differ"


@pytest.mark.parametrize(
    ("text", "colour", "doubt"),
    [
        ("京A8K2M6", "green", "colour_differs"),
        ("京AD06821", "blue", "colour_differs"),
        ("京AD06821", "green", ""),
        ("京A0271警", "white", ""),
        ("京A0271警", "blue", ""),
        ("京A0932学", "blue", "colour_differs"),
        ("粤ZB361港", "black", ""),
        ("京A8K2M6", "", ""),
    ],
)
def test_the_colour_has_to_be_one_of_the_kinds(text, colour, doubt):
    assert combine(both(text), colour).doubt == doubt


def test_zero_and_o_are_one_in_a_serial():
    assert combine(both("京A80216", at3={"O": 0.97}), "blue").text == "京A80216"


def test_a_digit_behind_the_province_is_taken_for_the_letter_it_looks_like():
    views = [view("plate", "京B8K2M6", at1={"B": 0.5, "8": 0.49}), view("any", "京B8K2M6", at1={"8": 0.7, "B": 0.25})]
    assert combine(views, "blue").text == "京B8K2M6"


def test_a_view_that_lost_a_character_is_outvoted_by_the_form():
    views = [view("plate", "京A8K2M6"), view("any", "京A8K2M6", at4={"2": 0.3})]
    assert combine(views, "blue").text == "京A8K2M6"


def test_a_foreign_plate_is_read_and_always_doubtful():
    found = combine(both("AB12CDE"), "white")
    assert (found.text, found.doubt) == ("AB12CDE", "foreign")
    assert combine(both("AB12CDE"), "white", ("CN",)).text != "AB12CDE"


def test_views_of_nothing_give_nothing():
    blank = chances({}, {}, {})
    assert combine([View("plate", blank, blank), View("any", blank, blank)], "") == NOTHING


def test_noise_never_raises_and_is_never_sure():
    rng = np.random.default_rng(11)
    for _ in range(20):
        views = []
        for opinion in ("plate", "any"):
            table = np.maximum(rng.dirichlet(np.full(len(SYMBOLS) + 1, 0.05), size=30), 1e-6)
            views.append(View(opinion, table, table))
        found = combine(views, "blue")
        assert found.doubt
        assert found.confidence < CONFIDENT
