"""`watchkeeper reports`, against a real hub."""

import csv
import io
import json
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner

from tests.support.outward_rig import Site, running_site
from tests.support.report_rig import busy_day
from tests.support.site_rig import sqlite_url
from watchkeeper import hub_client, reports_command
from watchkeeper.cli import main


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    busy_day(sqlite_url(folder)).hub.close()
    with running_site(folder) as made:
        yield made


def reports(site, *args, exit_code=0):
    known = ("--url", site.outward.url, "--token-file", str(site.token_file("auditor")))
    shown = CliRunner().invoke(main, ["reports", *known, *map(str, args)])
    assert shown.exit_code == exit_code, shown.output
    return shown.output


def test_compliance_is_a_table_and_a_file(site, tmp_path):
    asked: tuple[str, ...] = ("compliance", "--from", "2026-01-01", "--by", "person", "--duty", "patrol")
    assert reports(site, *asked).split()[:4] == ["编号", "名称", "应完成", "已完成"]
    asked = (*asked, "--lang", "en")
    lines = reports(site, *asked).splitlines()
    assert lines[0].split() == ["id", "name", "due", "kept", "withdrawn", "missed", "unproven", "rate", "percent"]
    assert ["zhang", "zhang"] in [line.split()[:2] for line in lines]
    file = tmp_path / "people.csv"
    assert "wrote" in reports(site, *asked, "-o", file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfid,name,due")
    reports(site, *asked, "-o", file.with_suffix(".json"))
    assert json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["by"] == "person"


def test_in_a_spreadsheet_no_rate_is_a_date_and_nothing_is_an_empty_cell(site, tmp_path, monkeypatch):
    file = tmp_path / "duties.csv"
    asked = ("compliance", "--from", "2026-01-01", "--by", "duty", "--lang", "en", "-o", file)
    counts = dict.fromkeys(("due", "kept", "withdrawn", "missed", "unproven"), 0)
    nothing_due = {"key": "patrol", "name_zh": "巡逻", "name_en": "patrol", "rate": None, "percent": None} | counts
    for empty in (False, True):
        if empty:
            reply = httpx.Response(200, json={"rows": [nothing_due]})
            monkeypatch.setattr(hub_client.HubClient, "get", lambda *_, reply=reply, **__: reply)
        reports(site, *asked)
        header, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
        assert header[-1] == "percent"
        assert "rate" not in header
        (patrol,) = (row for row in rows if row[0] == "patrol")
        assert (patrol[-1] == "") == empty
        assert empty or float(patrol[-1]) > 0
        assert not [cell for row in rows for cell in row if "/" in cell or "'" in cell or cell == "-"]


def test_unvisited_is_told_in_hours(site):
    lines = reports(site, "unvisited", "--from", "2026-01-01", "--duty", "patrol", "--lang", "en").splitlines()
    assert next(line for line in lines if line.startswith("roof")).split()[3] == "4:22"
    gate = next(line for line in lines if line.startswith("gate"))
    assert gate.endswith("  2026-01-01 16:36"), "as a clock in the estate shows it"


def test_a_place_that_was_never_visited_is_unvisited_for_so_long_at_least(monkeypatch):
    never = {"place": "roof", "name_zh": "天台", "name_en": "Roof", "longest_s": 14_400, "ended_s": None, "ongoing_s": 14_400}
    been = {"place": "gate", "name_zh": "东门", "name_en": "Gate", "longest_s": 7_200, "ended_s": 3_600, "ongoing_s": 7_200}
    rows = [
        never | {"last_visit_at": None, "at_least": True},
        been | {"last_visit_at": "2026-01-01T00:00:00Z", "at_least": False},
    ]
    reply = httpx.Response(200, json={"timezone": "Asia/Shanghai", "rows": rows})
    transport = httpx.MockTransport(lambda _: reply)
    monkeypatch.setattr(reports_command, "HubClient", lambda url, *_: hub_client.HubClient(url, transport=transport))
    args = ["reports", "--url", "http://127.0.0.1:9", "unvisited", "--from", "2026-01-01", "--lang", "en"]
    shown = CliRunner().invoke(main, args)
    assert shown.exit_code == 0, shown.output
    roof, gate = shown.output.splitlines()[1:]
    assert roof.split()[2:] == ["≥", "4:00", "-", "≥", "4:00", "-"]
    assert "≥" not in gate


def test_a_day_may_be_told_with_a_time_of_it_and_what_is_none_is_told_with_an_example(site):
    bare = reports(site, "compliance", "--from", "2026-01-01", "--to", "2026-01-02")
    assert reports(site, "compliance", "--from", "2026-01-01T08:00:00+08:00", "--to", "2026-01-02T00:00:00Z") == bare
    assert "RFC 3339" in reports(site, "compliance", "--from", "soon", exit_code=2)
    assert reports(site, "unvisited", "--from", "2001-01-01", "--lang", "en").endswith("nothing was due on these days\n")
    assert reports(site, "compliance", "--from", "2001-01-01").endswith("这些日子没有应完成的时段\n")
    assert "such as 2026-01-31" in reports(site, "record", "yesterday", "-o", "x.pdf", exit_code=2)
    assert "DAY" in reports(site, "record", "-o", "x.pdf", exit_code=2)


@pytest.mark.parametrize(("name", "begins"), [("day.pdf", b"%PDF-"), ("day.csv", b"\xef\xbb\xbf")])
def test_the_record_is_written_as_its_file_is_named(site, tmp_path, name, begins):
    assert "已写入" in reports(site, "record", "2026-01-01", "--lang", "zh", "-o", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_what_is_wrong_is_told_with_two_and_nothing_is_written(site, tmp_path):
    for args in (
        ("record", "2026-01-01", "-o", tmp_path / "day.doc"),
        ("record", "2999-01-01", "-o", tmp_path / "day.pdf"),
        ("record", "yesterday", "-o", tmp_path / "day.pdf"),
        ("record", "2026-01-01", "--route", "nope", "-o", tmp_path / "day.pdf"),
        ("compliance", "--from", "2026-01-01", "--duty", "nope", "-o", tmp_path / "x.csv"),
        ("compliance", "--from", "2026-01-02", "--to", "2026-01-01", "-o", tmp_path / "x.csv"),
    ):
        reports(site, *args, exit_code=2)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_with_one(site, tmp_path):
    told = reports(site, "record", "2026-01-01", "-o", tmp_path / "missing" / "day.csv", exit_code=1)
    assert "cannot be written" in told


def test_the_figures_of_alarms_are_a_table_with_what_each_counts(site, tmp_path):
    asked = ("alarms", "--from", "2026-01-01", "--to", "2026-01-02")
    assert reports(site, *asked).split()[:4] == ["指标", "数值", "单位", "含义"]
    lines = reports(site, *asked, "--lang", "en").splitlines()
    alarms = next(line.split() for line in lines if line.startswith("Alarms "))
    assert int(alarms[1]) > 0
    assert any("first acknowledgement" in line for line in lines)
    top = reports(site, *asked, "--show", "top", "--lang", "en").splitlines()
    assert top[0].split() == ["alarm", "device", "alarms", "share,", "%"]
    assert len(top) > 1
    file = tmp_path / "alarms.json"
    reports(site, *asked, "-o", file)
    assert json.loads(file.read_text(encoding="utf-8"))["operator_posts"] == 1


def test_where_nothing_is_known_the_table_of_alarms_has_no_figure(site, tmp_path):
    file = tmp_path / "before.csv"
    reports(site, "alarms", "--from", "2020-01-01", "--lang", "en", "-o", file)
    _, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    values = {row[0]: row[1] for row in rows}
    assert values.pop("Stale").isdigit()
    assert values.pop("Shelved") == "0"
    assert set(values.values()) == {""}
    assert reports(site, "alarms", "--from", "2020-01-01", "--show", "chattering", "--lang", "en").split()[0] == "incident"
