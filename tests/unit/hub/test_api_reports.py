"""Reports over real HTTP, on a real worker and database."""

from collections.abc import Iterator

import pytest

from hub.api import reports as routes
from hub.reports import pdf
from hub.store import reports as queries
from hub.typeset import NoReports
from tests.support.outward_rig import Site, running_site
from tests.support.report_rig import busy_day
from tests.support.site_rig import sqlite_url
from tests.unit.hub.test_api_http import problem

DAY = {"from": "2026-01-01", "to": "2026-01-01"}
RECORD = "/reports/patrol/2026-01-01"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A hub that comes back long after the rig's day: what was open then is settled now."""
    folder = tmp_path_factory.mktemp("site")
    busy_day(sqlite_url(folder)).hub.close()
    with running_site(folder) as made:
        yield made


def got(site, path, **query):
    reply = site.http.get(path, params=query)
    assert reply.status_code == 200, reply.text
    return reply


def test_compliance_has_counts_that_add_up_and_an_exact_rate(site):
    report = got(site, "/reports/compliance", by="duty", duty="patrol", **DAY).json()
    (row,) = report["rows"]
    assert (row["key"], row["kept"], row["withdrawn"]) == ("patrol", 10, 1)
    assert row["due"] == row["kept"] + row["withdrawn"] + row["missed"] + row["unproven"]
    above, below = map(int, row["rate"].split("/"))
    assert above * row["due"] == 11 * below
    assert (report["first"], report["last"], report["by"]) == ("2026-01-01", "2026-01-01", "duty")


@pytest.mark.parametrize(
    ("by", "key"), [("place", "gate"), ("route", "north"), ("hour", "10"), ("person", "li"), ("duty", "patrol")]
)
def test_compliance_by_everything(site, by, key):
    rows = {row["key"]: row for row in got(site, "/reports/compliance", by=by, **DAY).json()["rows"]}
    assert rows[key]["kept"] > 0
    assert rows[key]["name_zh"]


def test_nothing_due_is_no_rate(site):
    rows = got(site, "/reports/compliance", **{"from": "2026-05-01", "to": "2026-05-31"}).json()["rows"]
    assert {(row["due"], row["rate"], row["percent"]) for row in rows} == {(0, None, None)}


def test_unvisited_names_the_worst_places(site):
    rows = got(site, "/reports/unvisited", duty="patrol", **DAY).json()["rows"]
    by_place = {row["place"]: row for row in rows}
    assert by_place["roof"]["ended_s"] == 262 * 60
    assert by_place["gate"]["last_visit_at"] == "2026-01-01T08:36:00.000000Z"
    assert by_place["gate"]["ongoing_s"] == 444 * 60
    assert [row["longest_s"] for row in rows] == sorted((row["longest_s"] for row in rows), reverse=True)
    assert len(got(site, "/reports/unvisited", limit=1, **DAY).json()["rows"]) == 1


def test_the_heat_map_has_a_cell_for_what_was_due_and_none_for_what_was_not(site):
    found = got(site, "/reports/heatmap", by="hour", route="north", **DAY).json()
    cells = {(one["line"], one["column"]): one for one in found["cells"]}
    assert cells["4", "12"]["percent"] == "66.6"
    assert ("1", "12") not in cells
    assert [(line["name_zh"], line["name_en"]) for line in found["lines"]][:1] == [("星期一", "Monday")]
    sums = got(site, "/reports/compliance", by="route", **DAY).json()["rows"]
    assert sum(one["due"] for one in found["cells"]) == next(row["due"] for row in sums if row["key"] == "north")
    places = got(site, "/reports/heatmap", by="place", limit=1, **DAY).json()
    assert (len(places["lines"]), places["left_out"], places["columns"]) == (1, 2, ["2026-01-01"])
    table = got(site, "/reports/heatmap.csv", by="place", lang="zh", **DAY)
    assert table.content.startswith(b"\xef\xbb\xbf" + "巡更点,日期,应完成".encode())
    assert table.headers["content-disposition"] == 'attachment; filename="heatmap-place-2026-01-01-2026-01-01.csv"'


def test_the_record_comes_as_pdf_and_csv(site):
    made = got(site, f"{RECORD}.pdf", lang="zh")
    assert made.content.startswith(b"%PDF-")
    assert made.headers["content-type"] == "application/pdf"
    assert made.headers["content-disposition"] == 'attachment; filename="patrol-2026-01-01.pdf"'
    table = got(site, f"{RECORD}.csv", lang="en")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.content.startswith(b"\xef\xbb\xbfSection,")
    assert ",10:30:00," in table.text
    assert ",10:30:00," not in got(site, f"{RECORD}.csv", route="office").text


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/reports/compliance", {"from": "2026-01-02", "to": "2026-01-01"}, "wrong_days"),
        ("/reports/compliance", {"from": "1970-01-01", "to": "9999-12-31"}, "wrong_days"),
        ("/reports/unvisited", {"from": "0001-01-01", "to": "0001-01-01"}, "wrong_days"),
        ("/reports/unvisited", {"from": "9999-12-31", "to": "9999-12-31"}, "wrong_days"),
        ("/reports/compliance", {"from": "soon", "to": "2026-01-01"}, "wrong_request"),
        ("/reports/compliance", DAY | {"by": "average"}, "wrong_request"),
        ("/reports/compliance", DAY | {"duty": "a\0"}, "wrong_request"),
        ("/reports/heatmap", {"from": "2026-01-01", "to": "2026-04-03"}, "wrong_days"),
        ("/reports/heatmap.csv", {"from": "2026-01-02", "to": "2026-01-01"}, "wrong_days"),
        ("/reports/patrol/9999-12-31.pdf", {}, "day_not_begun"),
        ("/reports/patrol/0001-01-01.csv", {}, "day_not_begun"),
        ("/reports/patrol/today.pdf", {}, "wrong_request"),
        (f"{RECORD}.pdf", {"lang": "fr"}, "wrong_request"),
    ],
)
def test_what_cannot_be_is_a_problem(site, path, query, code):
    problem(site.http.get(path, params=query), 422, code)


@pytest.mark.parametrize(
    ("path", "query", "code", "near"),
    [
        ("/reports/compliance", DAY | {"duty": "nope"}, "unknown_duty", "nope"),
        ("/reports/unvisited", DAY | {"duty": ["patrol", "nope"]}, "unknown_duty", "nope"),
        ("/reports/heatmap", DAY | {"route": "nope"}, "unknown_route", "nope"),
        ("/reports/heatmap.csv", DAY | {"duty": "nope"}, "unknown_duty", "nope"),
        (f"{RECORD}.pdf", {"route": "nope"}, "unknown_route", "nope"),
        (f"{RECORD}.csv", {"route": ["north", "nope"]}, "unknown_route", "nope"),
    ],
)
def test_a_typo_gives_no_clean_looking_report(site, path, query, code, near):
    assert near in problem(site.http.get(path, params=query), 404, code)["message_zh"]


def test_a_record_that_is_too_long_is_refused_with_what_to_do(site, monkeypatch):
    monkeypatch.setattr(pdf, "LINES_MAX", 3)
    assert "route" in problem(site.http.get(f"{RECORD}.pdf"), 422, "record_too_long")["message_en"]
    monkeypatch.setattr(queries, "RECORD_WINDOWS_MAX", 3)
    problem(site.http.get(f"{RECORD}.csv"), 422, "record_too_long")


def test_without_the_extra_it_is_501_and_one_pdf_is_made_at_a_time(site, monkeypatch):
    def fail(*_):
        raise NoReports("PDFs need the extra reports")

    monkeypatch.setattr(routes, "render", fail)
    problem(site.http.get(f"{RECORD}.pdf"), 501, "reports_missing")
    monkeypatch.setattr(routes, "PDF_PATIENCE_S", 0.01)
    with routes._rendering:
        problem(site.http.get(f"{RECORD}.pdf"), 429, "sheet_under_way")
