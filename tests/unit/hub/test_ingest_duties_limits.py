"""What a turn may do at once, and that what is left for the next ones is made once."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.duties.types import Shift
from hub.ingest.duties import dutybook, planning, roster, rows
from hub.ingest.load import DatabaseArchive
from hub.ingest.ports import RosterAct
from tests.support.duty_rig import HOUR_S, PLACES, Rounds, plan, seen, us
from tests.support.site_rig import sqlite_url

SECOND = 1 / 3_600
MINUTE_S = 60


@pytest.fixture
def small(monkeypatch):
    """A turn makes some dozens of windows, and judges twenty that are late."""
    monkeypatch.setattr(planning, "PIECE_WINDOWS_MAX", 30)
    monkeypatch.setattr(planning, "WINDOWS_PER_TURN_MAX", 60)
    monkeypatch.setattr(planning, "WAITING_MAX", 40)
    monkeypatch.setattr(rows, "LATE_PER_TURN", 20)
    monkeypatch.setattr(dutybook, "LATE_PER_TURN", 20)


def until_done(rounds):
    """Turns at one moment until nothing more is due: how many windows each has made, and judged."""
    done = []
    was = (0, 0)
    for _ in range(2_000):
        rounds.hub.take()
        counted = rounds.hub.core.counters
        now = (counted["windows"], sum(counted[f"windows_{state}"] for state in ("missed", "unproven")))
        done.append((now[0] - was[0], now[1] - was[1]))
        was = now
        if min(rounds.hub.core._site.due_us()) > rounds.hub.clock.now_us():
            return done
    raise AssertionError("there is no end to it")


def patrols(rounds):
    wanted = ("duty", "place", "opens_us", "ends_us", "state")
    return sorted(row[1:] for row in rounds.hub.rows("duty_window", *wanted) if row[0] == "patrol")


def away(rounds, hours):
    """No hub runs for so long."""
    rounds.hub.clock.advance_us(us(hours) - rounds.hub.clock.now_us())
    rounds.hub.crash_and_reopen()


def test_a_month_without_a_hub_is_made_up_for_in_pieces_and_every_window_is_made_and_raised_once(tmp_path, small):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S, sources=("hub",))
    away(rounds, 24 * 31)
    done = until_done(rounds)
    assert max(made for made, _ in done) <= 60 + 30
    assert max(judged for _, judged in done) <= 20 + 2 * len(PLACES)
    opens = [row[1] for row in patrols(rounds) if row[0] == "pump"]
    assert opens == [us(hour) for hour in range(1, 24 * 31 + 36)]
    over = sum(row[2] <= rounds.hub.clock.now_us() for row in patrols(rounds))
    assert len([subject for subject, _, _ in rounds.gaps() if subject.startswith("patrol/")]) == over


def test_a_plan_that_is_made_up_for_in_many_turns_begins_anew_once(tmp_path, small):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S // 6, sources=("hub",))
    until_done(rounds)
    away(rounds, 100)
    assert len(until_done(rounds)) > 10
    assert len(rounds.hub.rows("duty_plan")) == 2


def test_windows_for_a_time_without_a_hub_are_made_from_the_plan_that_was_in_force(rounds):
    rounds.at(3)
    rounds.hub.clock.advance_us(us(100) - rounds.hub.clock.now_us())
    rounds.hub.plan = plan(every_s=4 * HOUR_S)
    rounds.hub.crash_and_reopen()
    rounds.at(100.01)
    bodies = dict(rounds.hub.rows("duty_plan", "plan_no", "body"))
    old = {number for number, body in bodies.items() if body == bodies[1]}
    opens = [
        row[1] for row in rounds.hub.rows("duty_window", "place", "opens_us", "plan_no") if row[0] == "gate" and row[2] in old
    ]
    box = [row for row in rounds.hub.rows("duty_window", "duty", "plan_no") if row[0] == "box" and row[1] in old]
    assert len(opens) - len(box) == 50, "every two hours up to the restart"
    new = [
        row[0] for row in rounds.hub.rows("duty_window", "opens_us", "plan_no", "place") if row[1] not in old and row[2] == "roof"
    ]
    assert new[0] == us(104)
    assert all((opens - us(0)) % (4 * HOUR_S * 1_000_000) == 0 for opens in new)


def test_a_hub_that_was_away_for_a_month_first_makes_what_ends_today_and_raises_it_within_the_second(tmp_path, small):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S, sources=("hub",))
    away(rounds, 24 * 31 + 1 / 6 - SECOND)
    for _ in range(8):
        rounds.hub.take()
    plans = rounds.hub.rows("duty_plan", "plan_no", "planned_until_us")
    assert plans[0][1] < us(24 * 30 - 1), "the month is far from made"
    rounds.hub.clock.advance_us(US_PER_S)
    rounds.hub.take()
    assert {rounds.state(place, 24 * 31 - 1) for place in PLACES} == {"missed"}


def test_a_policy_that_changes_everything_takes_effect_in_pieces_and_leaves_what_one_long_turn_would(
    tmp_path, small, monkeypatch
):
    found = {}
    for name in ("pieces", "at once"):
        folder = tmp_path / name
        folder.mkdir()
        if name == "at once":
            monkeypatch.undo()
        rounds = Rounds.on(sqlite_url(folder), every_s=HOUR_S)
        until_done(rounds)
        rounds.hub.plan = plan(every_s=HOUR_S // 2)
        rounds.hub.crash_and_reopen()
        done = until_done(rounds)
        assert (len(done) > 3) == (name == "pieces")
        found[name] = rounds.hub.rows("duty_window")
    assert found["pieces"] == found["at once"]
    assert {row[8] for row in found["pieces"] if row[6] > us(0.1)} == {2}


@pytest.mark.parametrize("step", ["begin", "states", "commit", "committed"])
def test_a_hub_that_dies_between_two_pieces_goes_on_from_there(tmp_path, small, step):
    found = {}
    for dies in (False, True):
        folder = tmp_path / str(dies)
        folder.mkdir()
        rounds = Rounds.on(sqlite_url(folder), every_s=HOUR_S, sources=("hub",))
        rounds.hub.plan = plan(every_s=HOUR_S // 2, sources=("hub",))
        away(rounds, 24 * 5)
        deaths = 0
        for _ in range(12 if dies else 0):
            rounds.hub.take()

            def die(name):
                if name == step:
                    raise KeyboardInterrupt

            rounds.hub.hook = die
            try:
                rounds.hub.take()
            except KeyboardInterrupt:
                deaths += 1
            rounds.hub.crash_and_reopen()
        assert (deaths > 5) == dies
        until_done(rounds)
        found[dies] = patrols(rounds), sorted(rounds.gaps())
    assert found[True] == found[False]


def test_a_window_of_a_plan_that_is_over_is_not_judged_while_its_successor_is_still_to_be_made(tmp_path, small, monkeypatch):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S, sources=("hub",))
    until_done(rounds)
    monkeypatch.setattr(planning, "PIECES_PER_TURN_MAX", 1)
    rounds.hub.plan = plan(every_s=4 * HOUR_S, sources=("hub",))
    rounds.hub.crash_and_reopen()
    rounds.hub.take()
    away(rounds, 30)
    until_done(rounds)
    gaps = {row[1] for row in patrols(rounds) if row[0] == "roof" and row[3] == "missed"}
    assert gaps == {us(hour) for hour in range(4, 26, 4)}


def test_evidence_that_comes_before_its_windows_are_made_keeps_them(tmp_path, small):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S)
    away(rounds, 24 * 4)
    rounds.hub.take(rounds.scan("pump", 60.5)())
    assert us(60) not in [row[1] for row in patrols(rounds)], "not made yet"
    until_done(rounds)
    assert rounds.state("pump", 60) == "kept"


def test_planning_that_fails_is_tried_again_less_and_less_often_and_goes_on_once_it_can(rounds, monkeypatch):
    tried = []

    def broken(*_):
        tried.append(rounds.hub.clock.now_us())
        raise RuntimeError("a bug")

    real = planning.windows
    monkeypatch.setattr(planning, "windows", broken)
    rounds.at(2)
    apart_s = [(after - before) / US_PER_S for before, after in pairwise(tried)]
    assert [round(one) for one in apart_s[:6]] == [1, 2, 5, 10, 30, 60]
    assert min(apart_s[6:]) >= 60
    assert rounds.hub.core.ailing.planning_failures == len(tried) == rounds.hub.core.counters["duties_failed"]
    monkeypatch.setattr(planning, "windows", real)
    rounds.at(2 + 61 * SECOND)
    assert rounds.hub.core.ailing.planning_failures == 0
    assert max(row[1] for row in patrols(rounds)) >= us(36)


def test_planning_that_failed_under_a_clock_that_was_ahead_is_tried_at_once_when_it_is_set_right(rounds, monkeypatch):
    real = planning.windows
    monkeypatch.setattr(planning, "windows", lambda *_: 1 // 0)
    rounds.hub.clock.step_wall_us(us(48) - us(0))
    rounds.hub.take()
    monkeypatch.setattr(planning, "windows", real)
    rounds.hub.clock.step_wall_us(us(0) - us(48) + 2 * HOUR_S * US_PER_S)
    rounds.hub.take()
    assert rounds.hub.core.ailing.planning_failures == 0


def on_duty(rounds, person, hours, length=8.0, route=""):
    return rounds.hub.ask(RosterAct(Shift(person, route, us(hours), us(hours + length)), "boss"))


def test_a_day_takes_so_many_shifts_and_the_next_is_refused_in_both_languages_until_one_is_taken_off(rounds, monkeypatch):
    monkeypatch.setattr(roster, "SHIFTS_A_DAY_MAX", 3)
    monkeypatch.setattr(roster, "SHIFTS_OF_ONE_A_DAY_MAX", 2)
    assert [on_duty(rounds, "li", hours) for hours in (9, 9.5)] == [True, True]
    refused = on_duty(rounds, "li", 10)
    assert refused.reason == "too_many_shifts_of_one"
    assert "2 个" in refused.message.split(" / ")[0]
    assert "take some off" in refused.message
    assert on_duty(rounds, "li", 9, length=2) is True, "a shift that is there is changed"
    assert on_duty(rounds, "wang", 10) is True
    assert on_duty(rounds, "zhang", 10).reason == "too_many_shifts"
    assert on_duty(rounds, "zhang", 4 - 24, length=24 * 9).reason == "too_many_shifts", (
        "also where a long one only touches that day"
    )
    assert on_duty(rounds, "zhang", 24 * 3) is True
    assert rounds.hub.ask(RosterAct(Shift("li", "", us(9), us(11)), "boss", remove=True)) is True
    assert on_duty(rounds, "zhang", 10) is True
    assert len(rounds.hub.rows("roster")) == 4


@pytest.mark.parametrize(("hours", "reason"), [(-32 * 24, "shift_over"), (367 * 24, "shift_far_off")])
def test_a_shift_of_long_ago_or_of_a_far_future_is_refused(rounds, hours, reason):
    assert on_duty(rounds, "li", hours).reason == reason
    assert rounds.hub.rows("roster") == []


def test_a_shift_of_weeks_ago_is_counted_after_a_restart_and_leaves_memory_after_a_month(rounds):
    on_duty(rounds, "li", 1)
    rounds.hub.plan = None
    rounds.hub.crash_and_reopen()
    rounds.hub.clock.advance_us(20 * 86_400 * US_PER_S)
    rounds.hub.crash_and_reopen()
    rounds.hub.take()
    assert len(rounds.hub.core._site.roster) == 1
    rounds.hub.clock.advance_us(20 * 86_400 * US_PER_S)
    rounds.hub.take(rounds.beat(wand_1=2)())
    assert (len(rounds.hub.core._site.roster), len(rounds.hub.rows("roster"))) == (0, 1)


@pytest.fixture
def rounds(tmp_path):
    return Rounds.on(sqlite_url(tmp_path))


def test_a_wand_that_tells_of_days_at_once_proves_its_gaps_in_pieces(tmp_path, small):
    rounds = Rounds.on(sqlite_url(tmp_path), every_s=HOUR_S)
    rounds.at(30.5)
    rounds.hub.take(rounds.beat(wand_1=30.5)())
    proven = [sum(proven for _, _, proven in rounds.gaps())]
    while proven[-1] < 29 * len(PLACES):
        rounds.hub.take()
        proven.append(sum(proven for _, _, proven in rounds.gaps()))
        assert proven[-1] > proven[-2]
    assert 0 < proven[0] <= 20 + len(PLACES)
    assert max(after - before for before, after in pairwise(proven)) <= 20


@pytest.mark.parametrize("medium", ["hand", "nfc"])
def test_twice_as_many_scans_at_one_place_cost_twice_as_much_whether_they_count_or_not(tmp_path, monkeypatch, medium):
    looked = []
    real = dutybook.Dutybook._counts

    def counting(self, scan, window):
        looked.append(scan)
        return real(self, scan, window)

    monkeypatch.setattr(dutybook.Dutybook, "_counts", counting)
    costs = []
    for turns in (40, 80):
        folder = tmp_path / str(turns)
        folder.mkdir()
        base = plan(every_s=HOUR_S // 2, sources=("phone-1",))
        duties = tuple(replace(duty, void=("weak_medium",)) for duty in base.duties)
        rounds = Rounds.on(sqlite_url(folder), plan=replace(base, duties=duties))
        rounds.at(24)
        looked.clear()
        for turn in range(turns):
            made = [3 + 20 * (turn + part / 5) / turns for part in range(5)]
            rounds.phone(*(seen("phone-1", f"{turn}/{hours}", "roof", hours, medium=medium) for hours in made))
        costs.append(len(looked))
        rounds.hub.close()
    assert costs[1] < 2.5 * costs[0]
    assert costs[0] < 10 * 5 * 40


def test_many_scans_that_come_at_once_are_looked_up_at_once_and_known_ones_are_still_known(rounds, monkeypatch):
    rounds.at(6)
    asked = []
    real = DatabaseArchive.scan

    def scan(self, key):
        asked.append(key)
        return real(self, key)

    monkeypatch.setattr(DatabaseArchive, "scan", scan)
    old = [seen("phone-1", f"k{number}", "gate", 2 + number / 100) for number in range(3)]
    rounds.phone(*old)
    rounds.at(120, rounds.beat(wand_1=120))
    rounds.hub.crash_and_reopen()
    asked.clear()
    items = [*old, *(seen("phone-1", f"n{number}", "gate", 118 + number / 1000) for number in range(450))]
    taken = [one.taken for one in rounds.phone(*items)]
    assert taken == ["duplicate"] * 3 + ["new"] * 450
    assert {key.key for key in asked} <= {"k0", "k1", "k2"}
