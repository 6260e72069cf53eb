"""Heat maps: the sums of the compliance report, spread over weekdays and hours or over places and days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from contract.clock import US_PER_S
from hub.duties.localtime import day_us, offsets
from hub.reports import asking
from hub.reports.asking import Days
from hub.reports.figures import Counts
from hub.reports.heatmap import HeatWanted, by_place, heat_csv, heatmap
from hub.store import schema
from hub.store.heat_reads import HeatAsked
from tests.support.duty_rig import PLACES
from tests.support.report_rig import busy_day, named_estate, reads
from tests.support.site_rig import SITE

DAY = date(2026, 1, 1)
"""A Thursday."""
DAYS = Days(DAY, DAY)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def rounds(any_url):
    made = busy_day(any_url)
    yield made
    made.hub.close()


def heat(rounds, by, *, days=DAYS, **more):
    return heatmap(reads(rounds), named_estate(), HeatWanted(days, by, **more), rounds.hub.clock.now_us())


def put_windows(rounds, zone, *local_opens, hours=1):
    """Windows of a duty of their own that were kept, by when they opened on the wall."""
    rows = []
    for at, text in enumerate(local_opens):
        opens_us = round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * US_PER_S
        ends_us = opens_us + hours * 3_600 * US_PER_S
        rows.append(
            {"site": SITE, "window_id": f"x/{at}", "duty": "x", "route": "x", "place": "gate", "opens_us": opens_us,
             "due_us": ends_us, "ends_us": ends_us, "plan_no": 1, "state": "kept", "settled_us": ends_us, "gap_us": None,
             "evidence": None, "person": "", "note": ""}
        )  # fmt: skip
    with rounds.hub.engine.begin() as connection:
        connection.execute(insert(schema.window), rows)


def test_cells_by_hour_add_up_to_the_compliance_by_hour_on_either_database(rounds):
    found = heat(rounds, "hour", duties=("patrol",))
    now_us = rounds.hub.clock.now_us()
    told = asking.compliance(reads(rounds), named_estate(), DAYS, "hour", ("patrol",), now_us)
    assert {("4", row.key): row.counts for row in told} == found.cells
    assert found.cells["4", "12"] == Counts(3, 2, 1, 0, 0)
    assert [line.key for line in found.lines] == list("1234567")
    assert found.lines[3].counts == Counts(12, 10, 1, 0, 1)
    assert found.lines[0].counts.rate is None, "no data is no figure"


def test_cells_by_place_add_up_to_the_compliance_by_place_and_the_worst_comes_first(rounds):
    found = heat(rounds, "place", duties=("patrol",), days=Days(date(2025, 12, 31), DAY))
    assert found.columns == ["2025-12-31", "2026-01-01"]
    assert found.cells == {
        ("gate", "2026-01-01"): Counts(4, 4), ("pump", "2026-01-01"): Counts(4, 4), ("roof", "2026-01-01"): Counts(4, 2, 1, 0, 1)
    }  # fmt: skip
    assert found.lines[0].key == "roof"
    assert {line.key for line in found.lines} == set(PLACES)


def test_a_route_is_counted_alone(rounds):
    assert heat(rounds, "hour", routes=("office",)).lines[3].counts == Counts(1, 0, 1)
    assert [line.key for line in heat(rounds, "place", routes=("office",)).lines] == ["gate"]


def test_a_window_that_passes_midnight_stands_under_the_weekday_on_which_it_opened(rounds):
    put_windows(rounds, ZoneInfo("Asia/Shanghai"), "2026-01-04T23:30")
    found = heat(rounds, "hour", days=Days(date(2026, 1, 5), date(2026, 1, 5)), duties=("x",))
    assert found.cells == {("7", "23"): Counts(1, 1)}
    assert heat(rounds, "hour", days=Days(date(2026, 1, 4), date(2026, 1, 4)), duties=("x",)).cells == {}


def test_hours_are_those_of_the_wall_before_and_after_the_clocks_change(rounds):
    put_windows(
        rounds, BERLIN, "2026-03-28T22:10", "2026-03-29T01:10", "2026-03-29T03:10", "2026-10-25T00:10", "2026-10-25T04:10"
    )
    from_us, until_us = day_us(BERLIN, date(2026, 3, 1)), day_us(BERLIN, date(2026, 11, 1))
    pieces = offsets(BERLIN, from_us, until_us)
    found = reads(rounds).heat(HeatAsked("hour", from_us, until_us, pieces, duties=("x",)))
    assert {(weekday, hour) for weekday, hour, _ in found} == {(5, 22), (6, 1), (6, 3), (6, 0), (6, 4)}
    days = reads(rounds).heat(HeatAsked("place", from_us, until_us, pieces, duties=("x",)))
    ends = {str(date(1970, 1, 1) + timedelta(days=day)): counts.due for _, day, counts in days}
    assert ends == {"2026-03-28": 1, "2026-03-29": 2, "2026-10-25": 2}


@pytest.mark.parametrize(
    "name", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_offsets_are_the_zones_at_every_hour_of_two_years(name):
    zone, begin = ZoneInfo(name), datetime(2025, 1, 1, tzinfo=UTC)
    pieces = offsets(zone, round(begin.timestamp()) * US_PER_S, round((begin + timedelta(days=730)).timestamp()) * US_PER_S)
    for hour in range(730 * 24):
        at = begin + timedelta(hours=hour)
        ahead_s = next(one.ahead_s for one in pieces if round(at.timestamp()) * US_PER_S < one.until_us)
        assert timedelta(seconds=ahead_s) == at.astimezone(zone).utcoffset(), at


def test_of_too_many_places_the_worst_are_shown_and_the_rest_is_counted():
    rows = [(f"p{at:03}", 20_454, Counts(10, at, 10 - at)) for at in range(10)]
    found = by_place(rows, ["never"], DAYS, 3)
    assert [line.key for line in found.lines] == ["never", "p000", "p001"]
    assert found.left_out == 8
    assert {line for line, _ in found.cells} == {"p000", "p001"}


def test_in_the_csv_a_cell_with_nothing_due_has_no_percent(rounds):
    text = heat_csv(heat(rounds, "hour", duties=("patrol",)), named_estate(), "hour", "en").decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "Weekday,Hour,Due,Kept,Missed,Unproven,Withdrawn,Done %"
    assert len(lines) == 1 + 7 * 24
    assert "Thursday,12,3,2,1,0,0,66.6" in lines
    assert "Monday,12,0,0,0,0,0," in lines
