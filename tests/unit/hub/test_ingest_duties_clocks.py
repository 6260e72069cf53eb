"""Windows that a clock was set under, and what has left memory: a gap stays one, evidence stands, and nothing is raised twice."""

import json

import msgspec
import pytest

from hub.duties.schedule import TimesA
from hub.duties.types import Duty, Route, Seen
from hub.ingest.ports import Item, Report
from tests.support.duty_rig import HOUR_S, PLACES, Rounds, plan, us
from tests.support.site_rig import sqlite_url

END = 4 + 1 / 6
"""When the window that opens at 2 ends, with its tolerance."""
SECOND = 1 / HOUR_S


@pytest.fixture
def rounds(tmp_path):
    made = Rounds.on(sqlite_url(tmp_path))
    yield made
    made.hub.close()


def walked(rounds, hours, *places, **more):
    """Scans at these places, and the wand has told everything."""
    rounds.at(hours, *(rounds.scan(place, **more) for place in places or PLACES), rounds.beat(wand_1=hours))


def cases(rounds, *columns, detector="duty_gap"):
    """Rows of the cases of one detector."""
    return [row[1:] for row in rounds.hub.rows("case_", "detector", *columns) if row[0] == detector]


def step_clock(rounds, hours):
    """Somebody sets the hub's clock; the agent has measured it anew."""
    rounds.hub.clock.step_wall_us(round(hours * HOUR_S * 1_000_000))
    rounds.hub.take()


def test_a_gap_stays_one_when_the_clock_is_set_back_before_the_end_and_evidence_then_withdraws_it(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END + 0.01, rounds.beat(wand_1=END + 0.01))
    step_clock(rounds, -1)
    rounds.at(3.3, rounds.scan("roof", 1.9))
    assert rounds.gaps() == [("patrol/north/roof", "open", True)]
    rounds.at(3.4, rounds.scan("roof", 3.35))
    assert rounds.state("roof", 2) == "withdrawn"
    assert rounds.gaps() == [("patrol/north/roof", "withdrawn", True)]


def test_what_was_proven_stays_proven_when_the_clock_is_set_back_and_the_wand_has_to_tell_anew(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END + 1, rounds.beat(wand_1=END + 1))
    step_clock(rounds, -0.5)
    rounds.at(END + 0.6, rounds.scan("gate", END + 0.6))
    rounds.at(END + 0.7, rounds.scan("roof", END + 0.7))
    assert rounds.state("roof", 2) == "missed"
    acts = [row[1] for row in rounds.hub.rows("change", "topic", "act", "key") if row[0] == "duty" and "roof" in row[2]]
    assert acts.count("missed") == 1


def test_a_hub_that_started_with_its_clock_ahead_raises_gaps_in_time_once_it_is_set_right(rounds):
    rounds.hub.clock.advance_us(us(12) - rounds.hub.clock.now_us())
    rounds.hub.crash_and_reopen()
    rounds.hub.take()
    step_clock(rounds, -6)  # before their grace is over
    end = 8 + 1 / 6
    rounds.at(end + SECOND)
    raised = [row for row in cases(rounds, "subject", "opened_us", "raised_us") if row[1] == us(end)]
    assert len(raised) == 3
    assert all(0 <= row[2] - row[1] <= 1_000_000 for row in raised)


def test_a_gap_that_was_found_late_stays_listed_as_late_when_the_wand_proves_it(rounds):
    rounds.hub.clock.advance_us(us(END + 1) - rounds.hub.clock.now_us())
    rounds.hub.crash_and_reopen()
    rounds.at(END + 1 + SECOND)
    rounds.at(END + 1.1, rounds.beat(wand_1=END + 1.1))
    assert {row[1:] for row in cases(rounds, "opened_us", "late", "proven") if row[0] == us(END)} == {(True, True)}
    walked(rounds, END + 1.2, "roof")
    notes = rounds.hub.rows("duty_window", "place", "opens_us", "note")
    assert next(row[2] for row in notes if row[:2] == ("roof", us(2))) == "detected_late visited_late"


def monthly(*schedule):
    """A place that is looked at once in a long while, beside its patrol."""
    base = plan()
    check = Duty("check", "PAT-9", "查", "check", "report", schedule)
    return msgspec.structs.replace(
        base, duties=(*base.duties, check), routes=(*base.routes, Route("checks", "check", ("roof",), ("hub",)))
    )


def test_a_long_window_stays_kept_when_its_evidence_has_left_memory(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), plan=monthly(TimesA("week")))
    rounds.at(1)
    rounds.at(90)  # Monday, the fifth
    assert rounds.hub.ask(Report("hub", (Item("r", us(90), Seen("hub", "r", us(90), "hand", place="roof", duty="check")),)))
    for hours in (100, 130, 160, 190, 205, 215):
        walked(rounds, hours, "roof")
    rounds.hub.crash_and_reopen()
    walked(rounds, 220, "roof")
    rounds.at(270)
    states = {row[1]: row[2] for row in rounds.hub.rows("duty_window", "duty", "opens_us", "state") if row[0] == "check"}
    assert states[us(88)] == "kept"
    assert not [subject for subject, _, _ in rounds.gaps() if subject.startswith("check")]
    rounds.hub.close()


def test_evidence_may_come_for_72_hours_after_the_windows_end_however_early_in_it_it_was_made(rounds):
    rounds.at(END + 71.9, rounds.scan("roof", 2.05), rounds.beat(wand_1=END + 71.9))
    assert END + 71.9 - 2.05 > 72
    assert rounds.state("roof", 2) == "withdrawn"
    assert json.loads(rounds.hub.rows("scan", "flags")[0]) == []


@pytest.mark.parametrize("arrives", [180, 200])
def test_a_long_window_that_is_still_open_is_kept_by_a_scan_of_days_ago_that_comes_too_late_for_a_short_one(tmp_path, arrives):
    base = plan()
    check = Duty("check", "PAT-9", "查", "check", "scan", (TimesA("week"),))
    both = msgspec.structs.replace(
        base, duties=(*base.duties, check), routes=(*base.routes, Route("checks", "check", ("roof",), ("wand-1",)))
    )
    rounds = Rounds.on(sqlite_url(tmp_path), plan=both)
    rounds.at(1)
    rounds.at(100)
    rounds.at(arrives, rounds.scan("roof", 90.5), rounds.beat(wand_1=arrives))  # in memory is what is up to 96 h old
    assert json.loads(rounds.hub.rows("scan", "flags")[0]) == []
    states = {row[:2]: row[2] for row in rounds.hub.rows("duty_window", "duty", "opens_us", "state", "place") if row[3] == "roof"}
    assert (states["check", us(88)], states["patrol", us(90)]) == ("kept", "missed")
    rounds.hub.crash_and_reopen()
    walked(rounds, arrives + 20, "roof")
    rounds.at(270)
    states = {row[:2]: row[2] for row in rounds.hub.rows("duty_window", "duty", "opens_us", "state", "place") if row[3] == "roof"}
    assert states["check", us(88)] == "kept"
    rounds.hub.close()


def test_windows_that_share_a_scans_time_stay_kept_while_one_after_the_other_leaves_memory(rounds):
    rounds.at(4.15, rounds.scan("roof", 4.05), rounds.scan("roof", 4.1), rounds.beat(wand_1=4.15))
    rounds.at(END + 1.9, rounds.beat(wand_1=END + 1.9))
    assert [rounds.state("roof", hours) for hours in (2, 4)] == ["kept", "kept"]
    for hours in range(98, 104):
        walked(rounds, hours + 0.12, "roof")
        rounds.hub.crash_and_reopen()
    assert [rounds.state("roof", hours) for hours in (2, 4)] == ["kept", "kept"]


def test_a_scan_that_left_memory_under_a_clock_that_was_ahead_is_still_known_when_it_is_told_again(rounds):
    walked(rounds, 3)
    rounds.at(4, rounds.scan("roof", 3.9))
    rounds.at(50, rounds.scan("gate", 3.5, name="w:1"), rounds.scan("gate", 5))
    rounds.at(80)
    step_clock(rounds, 24)
    rounds.at(105)
    step_clock(rounds, -24)
    before = rounds.hub.rows("scan", "key", "received_us")
    rounds.at(81.1, rounds.scan("gate", 3.5, name="w:1"))
    assert rounds.hub.rows("scan", "key", "received_us") == before
