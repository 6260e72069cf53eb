"""What reports ask of the tables, on each database."""

from datetime import date

import pytest
from sqlalchemy import insert

from hub.reports import asking
from hub.reports.asking import Days
from hub.reports.figures import Counts
from hub.store import reports as queries
from hub.store import schema
from hub.store.reports import DayAsked, TooMany
from tests.support.duty_rig import PLACES, Rounds, seen, us
from tests.support.report_rig import busy_day, named_estate, reads, record_now
from tests.support.site_rig import SITE, sqlite_url

DAY = date(2026, 1, 1)
DAYS = Days(DAY, DAY)


@pytest.fixture
def rounds(any_url):
    made = busy_day(any_url)
    yield made
    made.hub.close()


def compliance(rounds, by, *duties, days=DAYS):
    now_us = rounds.hub.clock.now_us()
    return {row.key: row.counts for row in asking.compliance(reads(rounds), named_estate(), days, by, duties, now_us)}


def unvisited(rounds, *duties, days=DAYS):
    now_us = rounds.hub.clock.now_us()
    rows = asking.unvisited(reads(rounds), named_estate(), days, duties, now_us)
    return {row.place: (row.ended_s, row.ongoing_s) for row in rows}


def minutes(count):
    return count * 60


def test_figures_by_everything_on_either_database(rounds):
    assert compliance(rounds, "place", "patrol") == {
        "gate": Counts(4, 4, 0, 0, 0), "pump": Counts(4, 4, 0, 0, 0), "roof": Counts(4, 2, 1, 0, 1)
    }  # fmt: skip
    assert compliance(rounds, "route") == {"north": Counts(12, 10, 1, 0, 1), "office": Counts(1, 0, 1, 0, 0)}
    assert compliance(rounds, "duty") == {"patrol": Counts(12, 10, 1, 0, 1), "box": Counts(1, 0, 1, 0, 0)}
    assert compliance(rounds, "hour", "patrol")["12"] == Counts(3, 2, 1, 0, 0)
    assert compliance(rounds, "person", "patrol") == {"li": Counts(9, 8, 1, 0, 0), "zhang": Counts(1, 1, 0, 0, 0)}


def test_days_are_both_included_and_others_are_not_counted(rounds):
    rounds.at(29, rounds.beat(wand_1=29))
    both = compliance(rounds, "duty", "patrol", days=Days(DAY, date(2026, 1, 2)))["patrol"]
    second = compliance(rounds, "duty", "patrol", days=Days(date(2026, 1, 2), date(2026, 1, 2)))["patrol"]
    assert second.due > 0
    assert both == compliance(rounds, "duty", "patrol")["patrol"].plus(second)
    assert compliance(rounds, "duty", days=Days(date(2025, 1, 1), date(2025, 1, 2))) == {}


def test_what_is_planned_and_was_not_due_has_no_rate(rounds):
    tomorrow = Days(date(2026, 1, 2), date(2026, 1, 2))
    assert compliance(rounds, "place", "patrol", days=tomorrow) == dict.fromkeys(PLACES, Counts())
    assert compliance(rounds, "place", "patrol", days=tomorrow)["gate"].rate is None


def test_unvisited_goes_on_until_now_and_for_days_that_are_past_until_their_end(rounds):
    assert unvisited(rounds) == {
        "gate": (minutes(138), minutes(204)), "pump": (minutes(138), minutes(203)), "roof": (minutes(262), minutes(202))
    }  # fmt: skip
    rounds.at(40)
    assert unvisited(rounds)["gate"] == (minutes(138), minutes(444)), "from 16:36 to midnight"
    assert unvisited(rounds, days=Days(DAY, date(2026, 1, 2)))["gate"][1] == minutes((40 - 8.6) * 60)
    assert unvisited(rounds, "box") == {}, "a box is reported, not visited"


def test_a_visit_that_does_not_count_ends_nothing(rounds):
    rounds.phone(seen("phone-1", "x", "gate", 11, person="wang"), seen("phone-1", "y", "pump", 11, person="li"))
    found = unvisited(rounds)
    assert found["gate"][1] == minutes(204), "a cleaner walked by"
    assert found["pump"][1] == minutes(60)


def test_the_last_visit_is_found_behind_many_scans_that_do_not_count(rounds, monkeypatch):
    monkeypatch.setattr(queries, "LOOK_BACK", (2, 3, 30))
    rounds.phone(*(seen("phone-1", f"w{n}", "gate", 10 + n / 100, person="wang") for n in range(20)))
    assert unvisited(rounds)["gate"][1] == minutes(204)
    monkeypatch.setattr(queries, "LOOK_BACK", (2, 3))
    assert unvisited(rounds)["gate"][1] == minutes(20 * 60), "not found: as long as it has been due"


def test_a_place_without_any_visit_is_the_worst(any_url):
    rounds = Rounds.on(any_url, sources=("phone-1",))
    rounds.at(3)
    rounds.phone(seen("phone-1", "a", "gate", 2.5))
    rounds.at(10)
    now_us = rounds.hub.clock.now_us()
    rows = asking.unvisited(reads(rounds), named_estate(), DAYS, (), now_us)
    assert [(row.place, row.at_least, row.longest_s) for row in rows] == [
        ("pump", True, 18 * 3_600), ("roof", True, 18 * 3_600), ("gate", False, 7.5 * 3_600)
    ]  # fmt: skip
    rounds.hub.close()


def test_the_record_is_the_same_on_either_database(rounds, tmp_path):
    other = busy_day(sqlite_url(tmp_path / "other"))
    assert record_now(rounds, DAY) == record_now(other, DAY)
    other.hub.close()


def test_another_sites_rows_are_not_read(rounds):
    before = compliance(rounds, "place"), unvisited(rounds), record_now(rounds, DAY)
    with rounds.hub.engine.begin() as connection:
        for table in (schema.tally, schema.scan, schema.window, schema.case, schema.roster):
            rows = [dict(row._mapping) | {"site": "other"} for row in connection.execute(table.select())]
            connection.execute(insert(table), rows)
    assert (compliance(rounds, "place"), unvisited(rounds), record_now(rounds, DAY)) == before


def test_a_day_of_too_many_windows_is_refused_and_not_cut_off(rounds, monkeypatch):
    monkeypatch.setattr(queries, "RECORD_WINDOWS_MAX", 18)
    with pytest.raises(TooMany):
        reads(rounds).day(DayAsked(us(-8), us(16), 1))
    assert len(reads(rounds).day(DayAsked(us(-8), us(16), 1, ("north",))).windows) == 18


def test_without_a_plan_there_is_nothing_to_report(any_url):
    rounds = Rounds.on(any_url)
    with rounds.hub.engine.begin() as connection:
        for table in (schema.tally, schema.duty_plan, schema.window):
            connection.execute(table.delete())
    assert compliance(rounds, "place") == {}
    assert unvisited(rounds) == {}
    assert record_now(rounds, DAY).routes == []
    assert named_estate().site == SITE
    rounds.hub.close()
