"""What of the footage is due, what is held, and when the sweep asks instead of deleting."""

from typing import NamedTuple

import pytest

from contract.clock import US_PER_S
from contract.footage import NoSpan
from contract.spans import merged, without
from hub.footage.forecast import Disk, forecast, warns
from hub.footage.holds import Around, Hold, followed, lifted, of_incident
from hub.footage.retention import (
    DAY_US,
    HOUR_US,
    FootageRules,
    choose,
    days_of,
    judge,
    lengthened,
    noted,
    shortened,
    swept_lately,
    too_much,
)

NOW_US = 1_800_000_000 * US_PER_S
FLOOR_US = NOW_US - 30 * DAY_US
RULES = FootageRules(30, 90, 92, 300 * US_PER_S, 900 * US_PER_S, 7, 3, "refuse_new")


class P(NamedTuple):
    no: int
    start_us: int
    end_us: int
    size_bytes: int = 10


def hour(number: int, *, before_us: int = FLOOR_US) -> P:
    """The piece that ends `number` hours before the floor."""
    end_us = before_us - number * HOUR_US
    return P(end_us - HOUR_US, end_us - HOUR_US, end_us)


def hold(from_us: int, to_us: int | None, **more: object) -> Hold:
    fields: dict[str, object] = {"sort": "person", "reason": "r", "actor": "li", "made_us": NOW_US, "cameras": ("cam-1",)}
    fields["until_us"] = NOW_US + DAY_US
    return Hold(**{"hold": "h", "from_us": from_us, "to_us": to_us, **fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("piece", "verdict"),
    [
        (P(1, FLOOR_US - HOUR_US, FLOOR_US), "due"),
        (P(1, FLOOR_US - HOUR_US, FLOOR_US + 1), "owed"),
        (P(1, 5, 5), "no_end"),
        (P(1, FLOOR_US, NOW_US + 1), "no_end"),
    ],
)
def test_a_piece_is_due_once_all_of_it_is_old_enough_and_never_without_an_end(piece, verdict):
    assert judge(piece, "cam-1", FLOOR_US, (), NOW_US) == verdict


def test_what_is_held_in_part_stays_whole_and_another_camera_s_hold_is_no_matter():
    piece = hour(3)
    last_second = hold(piece.end_us - US_PER_S, piece.end_us + DAY_US)
    assert judge(piece, "cam-1", FLOOR_US, [last_second], NOW_US) == "held"
    assert judge(piece, "cam-2", FLOOR_US, [last_second], NOW_US) == "due"
    beside = hold(piece.end_us, piece.end_us + DAY_US)
    assert judge(piece, "cam-1", FLOOR_US, [beside], NOW_US) == "due"
    over = hold(piece.start_us, piece.end_us, until_us=NOW_US)
    assert judge(piece, "cam-1", FLOOR_US, [over], NOW_US) == "due"


def test_a_span_goes_round_what_stays_and_round_what_is_held_between_two_pieces():
    pieces = [hour(number) for number in (9, 8, 7, 4, 3)]
    middle = hold(pieces[1].start_us, pieces[1].start_us + 1)
    chosen = choose(pieces, "cam-1", FLOOR_US, [middle], NOW_US)
    assert chosen is not None
    assert chosen.spans == (NoSpan(pieces[0].no, pieces[0].no), NoSpan(pieces[2].no, pieces[4].no))
    assert (chosen.pieces, chosen.shows_us, chosen.size_bytes) == (4, 4 * HOUR_US, 40)
    gap = hold(pieces[2].end_us + 1, pieces[3].start_us - 1)  # an agent may have footage there that it has not told
    chosen = choose(pieces, "cam-1", FLOOR_US, [gap], NOW_US)
    assert chosen is not None
    assert chosen.spans == (NoSpan(pieces[0].no, pieces[2].no), NoSpan(pieces[3].no, pieces[4].no))


def test_an_order_has_so_many_spans_at_most_and_none_where_nothing_is_due():
    pieces = [hour(number) for number in range(20, 0, -2)]
    gaps = [hold(one.end_us, one.end_us + 1) for one in pieces]
    chosen = choose(pieces, "cam-1", FLOOR_US, gaps, NOW_US, spans_max=3)
    assert chosen is not None
    assert len(chosen.spans) == 3
    assert choose([hour(-2)], "cam-1", FLOOR_US, (), NOW_US) is None


def test_a_camera_s_days_are_its_own_or_a_key_camera_s_and_never_under_the_law():
    assert days_of(RULES, {}) == 30
    assert days_of(RULES, {"key_camera": 1}) == 90
    assert days_of(RULES, {"key_camera": 1, "footage_days": 45}) == 45
    assert days_of(RULES._replace(days=3), {}) == 30


def test_more_than_so_many_usual_days_of_all_streams_are_asked_about():
    swept = noted((), NOW_US, 2 * DAY_US)
    assert not too_much(swept, DAY_US, 1, 3, NOW_US)
    assert too_much(swept, DAY_US + 1, 1, 3, NOW_US)
    assert not too_much(swept, 3 * DAY_US, 2, 3, NOW_US)
    assert swept_lately(swept, NOW_US + 25 * HOUR_US) == 0
    assert swept_lately(noted(swept, NOW_US + 25 * HOUR_US, 7), NOW_US + 25 * HOUR_US) == 7
    assert swept_lately(swept, NOW_US - 40 * DAY_US) == 2 * DAY_US, "a clock that was set back frees nothing"


def test_fewer_days_wait_and_more_days_hold_at_once():
    in_force = {"a": 30, "b": 90, "gone": 60}
    wanted = {"a": 45, "b": 30, "new": 30}
    assert shortened(in_force, wanted) == {"b": 30}
    assert lengthened(in_force, wanted) == {"a": 45, "b": 90, "gone": 60, "new": 30}


def test_an_incident_holds_while_it_goes_on_and_then_until_two_people_release_it():
    around = Around(300, 900)
    made = of_incident("h", 7, 10_000, 10_050, ["cam-1"], around)
    assert made.keeps("cam-1", 9_000, 9_701)
    assert not made.keeps("cam-1", 9_000, 9_700)
    assert made.keeps("cam-1", 10**15, 10**15 + 1)
    returned = followed(made, 20_000, None, around)
    assert (returned.to_us, returned.closed_us) == (20_900, None)
    assert lifted(returned, "li", "r", 30_000).reason == "incident_is_open"
    closed = followed(returned, 20_000, 40_000, around)
    asked = lifted(closed, "li", "r", 50_000)
    assert isinstance(asked, Hold)
    assert (asked.released_us, asked.asked_by) == (None, "li")
    again = lifted(asked, "li", "r", 50_001)
    assert isinstance(again, Hold)
    assert again.released_us is None, "one person is one person, however often"
    released = lifted(asked, "wang", "r", 50_002)
    assert isinstance(released, Hold)
    assert (released.released_us, released.released_by) == (50_002, "li, wang")
    assert followed(closed, None, None, around).to_us is None, "it is open again"


def test_one_lifts_one_s_own_hold_and_another_s_only_with_a_second_person_within_a_day():
    mine = hold(0, 10)
    released = lifted(mine, "li", "done", NOW_US)
    assert isinstance(released, Hold)
    assert released.released_by == "li"
    asked = lifted(mine, "wang", "why not", NOW_US)
    assert isinstance(asked, Hold)
    assert asked.released_us is None
    late = lifted(asked, "zhao", "ok", NOW_US + DAY_US - 1)
    assert isinstance(late, Hold)
    assert late.released_us is not None
    mine_long = hold(0, 10, until_us=NOW_US + 9 * DAY_US)
    asked = lifted(mine_long, "wang", "why not", NOW_US)
    assert isinstance(asked, Hold)
    too_late = lifted(asked, "zhao", "ok", NOW_US + DAY_US + 1)
    assert isinstance(too_late, Hold)
    assert (too_late.released_us, too_late.asked_by) == (None, "zhao")
    assert lifted(released, "li", "again", NOW_US).reason == "hold_is_over"


def test_spans_are_merged_and_cut():
    assert merged([NoSpan(5, 9), NoSpan(1, 4), NoSpan(20, 10)]) == (NoSpan(1, 9),)
    assert without([NoSpan(1, 9)], [NoSpan(3, 4), NoSpan(9, 12)]) == (NoSpan(1, 2), NoSpan(5, 8))
    assert without([NoSpan(1, 9)], [NoSpan(0, 9)]) == ()


GIB = 2**30


@pytest.mark.parametrize(
    ("free", "footage", "oldest_days", "left", "told"),
    [
        (100, 0, None, 10, False),  # ten days' room, thirty are owed: full in ten days
        (60, 40, 4, 6, True),
        (60, 240, 24, None, False),  # a steady state at thirty days fits
        (50, 240, 24, 5, True),
        (0, 300, 30, None, False),
    ],
)
def test_a_disk_that_will_not_hold_what_is_owed_is_told_of_days_ahead(free, footage, oldest_days, left, told):
    oldest_us = None if oldest_days is None else NOW_US - oldest_days * DAY_US
    found = forecast(Disk(400 * GIB, free * GIB, footage * GIB, 10 * GIB, oldest_us, False), 30, NOW_US)
    assert found is not None
    assert found.days_left == left
    assert warns(found, 7) is told


def test_a_disk_that_has_recorded_next_to_nothing_foretells_nothing():
    assert forecast(Disk(400 * GIB, 1, 0, 1000, None, False), 30, NOW_US) is None
