"""`watchkeeper duties roster` and `duties occasion`, against a real hub."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from tests.support.duty_site import HOUR_S, TAGS, at, duty_site, item, report
from tests.support.outward_rig import Site
from watchkeeper import roster_command
from watchkeeper.cli import main


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with duty_site(tmp_path) as made:
        yield made


def duties(site, *args, code=0, lang="zh"):
    shown = CliRunner(env={"WATCHKEEPER_TOKEN_FILE": str(site.token_file())}).invoke(
        main, ["duties", "--lang", lang, "--url", site.outward.url, *args]
    )
    assert shown.exit_code == code, shown.output
    return shown.output


FIRST = datetime.now(ZoneInfo("Asia/Shanghai")).date()
D0, D1, D2, D3 = (FIRST + timedelta(days=days) for days in (0, 1, 2, 3))
SHIFT = ("--from", f"{D1}T20:00:00+08:00")


def test_a_shift_is_put_on_the_roster_replaced_and_taken_off(site):
    until = ("--until", f"{D2}T08:00:00+08:00")
    done = duties(site, "roster", "set", "zhang", "--route", "north", *SHIFT, *until)
    assert done == f"已排班  张三  zhang  north  {D1} 20:00  {D2} 08:00\n"
    duties(site, "roster", "set", "zhang", "--route", "north", *SHIFT, "--until", f"{D1}T17:00:00Z")
    duties(site, "roster", "set", "wang", *SHIFT, *until)
    english = duties(site, "roster", "list", lang="en").splitlines()
    assert english[0].split() == ["person", "id", "route", "from", "until"]
    assert {tuple(line.split("  ")[0].split()) for line in english[1:]} == {("Zhang",), ("Wang",)}
    assert any(line.endswith(f"north        {D1} 20:00  {D2} 01:00") for line in english), english
    assert any("every route" in line for line in english)
    assert len(duties(site, "roster", "list", "--person", "wang").splitlines()) == 2
    assert len(duties(site, "roster", "list", "--from", str(D3)).splitlines()) == 1
    assert len(duties(site, "roster", "list", "--to", str(D0)).splitlines()) == 1
    assert duties(site, "roster", "remove", "zhang", "--route", "north", *SHIFT, lang="en").startswith(
        "off the roster:  Zhang  zhang"
    )
    duties(site, "roster", "remove", "wang", *SHIFT)
    assert len(duties(site, "roster", "list").splitlines()) == 1
    assert [row.act for row in site.changes() if row.topic == "roster"] == ["set"] * 3 + ["removed"] * 2
    assert "李伟" in site.changes()[-1].body


def test_what_is_wrong_with_a_shift_is_told_with_two(site):
    until = ("--until", f"{D2}T08:00:00+08:00")
    assert "是否为 zhang" in duties(site, "roster", "set", "zhagn", *SHIFT, *until, code=2)
    assert "没有这个班次" in duties(site, "roster", "remove", "zhang", *SHIFT, code=2)
    assert "起止时间有误" in duties(site, "roster", "set", "zhang", *SHIFT, "--until", f"{D1}T08:00:00+08:00", code=2)
    assert "write the time too" in duties(site, "roster", "set", "zhang", *SHIFT, "--until", str(D2), code=2)


def test_an_occasion_is_announced_ended_and_called_off(site):
    warned = ("occasion", "start", "bad_weather", "--id", "typhoon-3", "--from", at(HOUR_S), "--note", "台风")
    done = duties(site, *warned).splitlines()
    assert done[0].startswith("已登记  恶劣天气  typhoon-3  ")
    assert done[1] == "涉及 2 个时段"
    window, _ = site.http.get("/duties/windows", params={"only": "now"}).json()["windows"]
    assert window["state"] == "open"
    report(site, item("a", tag=TAGS["gate"], person="zhang"))
    shown = duties(site, "occasion", "list", lang="en").splitlines()
    assert shown[1].split()[:3] == ["bad", "weather", "typhoon-3"]
    assert shown[1].split()[-2:] == ["-", "台风"]
    duties(site, "occasion", "end", "typhoon-3", "--until", at(2 * HOUR_S))
    (row,) = site.http.get("/occasions").json()["occasions"]
    assert row["until"] is not None
    assert row["note"] == "台风", "all else stays as it was"
    assert duties(site, "occasion", "cancel", "typhoon-3", lang="en").startswith("called off:  bad weather  typhoon-3")
    assert len(duties(site, "occasion", "list").splitlines()) == 1


def test_an_occasion_that_is_not_there_is_told_with_two(site):
    assert "occasion list" in duties(site, "occasion", "end", "typhoon-9", code=2)
    assert "没有这条通知" in duties(site, "occasion", "cancel", "typhoon-9", code=2)
    assert "snow" in duties(site, "occasion", "start", "snow", code=2)


def test_a_roster_of_several_pages_is_whole_and_one_that_is_cut_says_so(site, monkeypatch):
    monkeypatch.setattr(roster_command, "PAGE_ROWS", 1)
    for hour in range(10, 13):
        begin, until = f"{D1}T{hour}:00:00Z", f"{D1}T{hour + 1}:00:00Z"
        duties(site, "roster", "set", "zhang", "--from", begin, "--until", until)
    assert len(duties(site, "roster", "list").splitlines()) == 4
    monkeypatch.setattr(roster_command, "ROWS_MAX", 2)
    assert "only the first 2" in duties(site, "roster", "list")
