"""How many gaps there are: one for each window that was missed."""

from hub.duties.plan import Plan
from hub.duties.schedule import Interval
from hub.duties.types import Duty, Route
from tests.support.duty_rig import HOUR_S, NUMBERS, Rounds
from tests.support.site_rig import sqlite_url


def test_each_missed_window_is_a_gap_of_its_own_however_many_one_late_visit_has_ended(tmp_path):
    patrol = Duty(
        "patrol", "PAT-2", "巡逻", "patrol", "scan", (Interval("00:00", "00:00", 200),), by=("guard",), void=("two_places",)
    )
    often = Plan("Asia/Shanghai", (patrol,), (Route("north", "patrol", ("gate",), ("wand-1",), "free"),), (), numbers=NUMBERS)
    rounds = Rounds.on(sqlite_url(tmp_path), plan=often)
    minute = 1 / 60
    rounds.at(17 * minute, rounds.beat(wand_1=17 * minute))
    rounds.at(18 * minute, rounds.scan("gate"), rounds.beat(wand_1=18 * minute))
    for end_s in (1_400, 1_600):  # proven at once, as by a reader that speaks all the time
        hours = (end_s + 0.1) / HOUR_S
        rounds.at(hours, rounds.beat(wand_1=hours))
    missed = [row for row in rounds.hub.rows("duty_window", "state", "window_id") if row[0] == "missed"]
    assert len(missed) == 6
    assert len(rounds.gaps()) == len(missed)
