"""A turn judges what its scans, watermarks and the clock may change. Here it is held to judging everything anew, on histories
drawn at random: late scans and too late ones, rosters, restarts, other plans."""

from random import Random
from typing import Any

import pytest

from hub.duties.plan import Plan
from hub.duties.schedule import Interval, TimesA
from hub.duties.types import Duty, Person, Route, Shift
from hub.ingest.duties.dutybook import Dutybook
from hub.ingest.ports import Report, RosterAct
from tests.support.duty_rig import HOUR_S, NUMBERS, PLACES, Rounds, seen, us
from tests.support.site_rig import sqlite_url

STEPS = 12
PASSES_H = (0.001, 0.02, 0.1, 0.5, 1, 2, 5, 13, 40, 75)
AGES_H = (0, 0.0005, 0.01, 0.3, 1, 3, 20, 50, 71, 80, 97, 130, 160)
_EVER = 2**62


def judge_anew(book):
    """All windows of all lanes, in every turn."""
    book._make_windows()
    book._reflag()
    windows = book._site.windows
    list(windows.pop_due(book._times.now_us))
    for source in windows.waited_for():
        list(windows.pop_reported(source, book._reported_us(source)))
    for place in sorted(windows.places()):
        for lane in windows.lanes_at(place):
            book._judge_since(lane, -_EVER, windows.lane(lane), all_due=True)
            if lane in book._scanning.touched:
                book._note_unvisited(lane, book._scanning.touched[lane])


def drawn_plan(rng):
    odd = ("two_places", "wrong_person", "too_fast", "out_of_order")
    every_s, tolerance_s = rng.choice((2, 4)) * HOUR_S, rng.choice((600, HOUR_S, 3 * HOUR_S))
    duties = (
        Duty("patrol", "PAT-2", "巡逻", "patrol", "scan", (Interval("00:00", "00:00", every_s),), tolerance_s=tolerance_s,
             by=("guard",), void=tuple(rng.sample(odd, rng.randint(0, 4)))),
        Duty("long", "PAT-2", "巡查", "inspection", "scan", (TimesA(rng.choice(("day", "week")), 1),), tolerance_s=600),
    )  # fmt: skip
    routes = (
        Route("north", "patrol", PLACES, ("wand-1", "wand-2", "phone-1"), rng.choice(("free", "set", "random"))),
        Route("slow", "long", ("gate", "pump"), ("wand-1", "phone-1")),
    )
    staff = (Person("zhang", "张", "Zhang"), Person("li", "李", "Li"), Person("wang", "王", "Wang", "cleaner"))
    return Plan("Asia/Shanghai", duties, routes, staff, numbers=NUMBERS)


def told(rounds, rng, hour, number):
    """Some scans of any age, a heartbeat, what a phone says of itself, and a shift that comes or goes."""
    inputs: list[Any] = []
    asks: list[Any] = []
    for at in range(rng.choice((0, 1, 1, 2, 5))):
        made, place = max(0.5, hour - rng.choice(AGES_H) * rng.random()), rng.choice(PLACES)
        device, who = rng.choice(("wand-1", "wand-1", "wand-2", "phone-1")), rng.choice(("zhang", "li", "", "wang"))
        if device == "phone-1" or rng.random() < 0.5:
            asks.append(Report(device, (seen(device, f"{number}-{at}", place, made, person=who),)))
        else:
            inputs.append(rounds.scan(place, made, device=device))
    if rng.random() < 0.4:
        inputs.append(rounds.beat(**{name: max(0.1, hour - rng.choice((0, 1, 5))) for name in ("wand_1", "wand_2")}))
    if rng.random() < 0.3:
        asks.append(Report("phone-1", (), us(max(0, hour - rng.choice((0, 1, 10))))))
    if rng.random() < 0.2:
        begins = max(0, round(hour - rng.choice((0, 5, 24, 50)) * rng.random()))
        shift = Shift(rng.choice(("zhang", "li")), rng.choice(("", "north")), us(begins), us(begins + 8))
        asks.append(RosterAct(shift, "t", rng.random() < 0.3))
    return inputs, asks


def played(seed, url):
    """What became of the windows after each step; the cases and the tallies at the end."""
    rng = Random(seed)
    rounds = Rounds.on(url, plan=drawn_plan(rng))
    hour, states = 1.0, []
    for number in range(STEPS):
        hour += rng.choice(PASSES_H)
        inputs, asks = told(rounds, rng, hour, number)
        rounds.at(hour)
        if rng.random() < 0.15:
            rounds.hub.plan = drawn_plan(rng) if rng.random() < 0.5 else rounds.hub.plan
            rounds.hub.crash_and_reopen()
            rounds.hub.take()
        rounds.at(hour, *inputs)
        for one in asks:
            rounds.hub.ask(one)
        states.append(rounds.hub.rows("duty_window", "window_id", "state", "evidence"))
    assert not rounds.hub.core.counters["lanes_failed"] + rounds.hub.core.counters["duties_failed"]
    cases, tallies = rounds.hub.rows("case_", "subject", "episode", "state", "proven"), rounds.hub.rows("tally")
    rounds.hub.close()
    return states, sorted(cases), tallies


@pytest.mark.parametrize("seed", range(2))
def test_judging_what_may_have_changed_finds_what_judging_everything_anew_finds(tmp_path, monkeypatch, seed):
    (tmp_path / "anew").mkdir()
    found = played(seed, sqlite_url(tmp_path))
    monkeypatch.setattr(Dutybook, "judge", judge_anew)
    anew = played(seed, sqlite_url(tmp_path / "anew"))
    for step, (here, there) in enumerate(zip(found[0], anew[0], strict=True)):
        assert set(here) ^ set(there) == set(), f"after step {step}"
    assert found[1:] == anew[1:]
