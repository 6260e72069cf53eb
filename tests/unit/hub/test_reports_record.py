"""The daily record: time, route, findings and how they were handled; as it was, in both languages, safe to open."""

import csv
import io
import re
import shutil
import subprocess
from datetime import date
from typing import get_args

import msgspec
import pytest

from contract.readings import DeviceLink
from hub.duties.types import Flag, Medium, WindowState
from hub.duties.words import STATES
from hub.reports import pdf
from hub.reports.pdf import TooLong, lines_of, render
from hub.reports.record import Record, Round, RouteRounds
from hub.reports.table import record_csv
from hub.reports.words import FLAGS, LABELS, MEDIA, say
from tests.support.duty_rig import Rounds, seen, us
from tests.support.report_rig import HOSTILE, MARKUP, busy_day, named_estate, record_now
from tests.support.site_rig import sqlite_url

DAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    made = busy_day(sqlite_url(tmp_path_factory.mktemp("day")))
    yield made
    made.hub.close()


@pytest.fixture(scope="module")
def record(rounds) -> Record:
    return record_now(rounds, DAY, "zh")


def visits(record: Record, opens: str) -> dict[str, tuple]:
    walk = next(walk for walk in record.routes[0].rounds if walk.opens == opens)
    return {one.place: (one.time, one.person, one.medium, one.result, one.flags, one.incident) for one in walk.visits}


def test_each_round_has_each_checkpoint_with_time_person_and_medium(record):
    assert [route.name for route in record.routes] == ["北区路线"]
    assert [walk.opens for walk in record.routes[0].rounds] == ["10:00", "12:00", "14:00", "16:00", "18:00", "20:00"]
    assert visits(record, "10:00") == {
        "东门岗亭": ("10:30:00", "李伟", "NFC", "已完成", "", ""),
        "消防水泵房": ("10:31:00", "李伟", "NFC", "已完成", "", ""),
        "三号楼天台": ("10:32:00", "李伟", "NFC", "已完成", "", ""),
    }


def test_somebody_whom_the_staff_does_not_know_is_told_by_the_name_that_was_told(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1",))
    rounds.at(3)
    rounds.phone(seen("phone-1", "a", "gate", 2.5, fields={"person_told": "wang"}), up_to=3)
    rounds.at(9)
    rounds.phone(seen("phone-1", "b", "pump", 2.6, fields={"person_told": HOSTILE}))
    for lang, told in (("zh", "“wang”（不在人员名单）"), ("en", "“wang” (not of the staff)")):
        found = record_now(rounds, DAY, lang)
        people = {one.place: one.person for walk in found.routes[0].rounds for one in walk.visits if one.person}
        assert told in people.values()
        assert any(HOSTILE in one.person for one in found.late)
    rounds.hub.close()


def test_what_was_missed_withdrawn_and_odd_is_told_in_its_place(record):
    assert visits(record, "12:00")["三号楼天台"] == ("", "", "", "未完成", "迟到", "#5")
    assert visits(record, "14:00")["三号楼天台"] == ("14:54:00", "不详", "射频卡", "已撤回", "", "#8")
    assert visits(record, "16:00")["消防水泵房"][4] == "非当班人员"
    assert {one[3] for one in visits(record, "18:00").values()} == {"未到期"}


def test_each_note_of_a_window_is_told_in_words(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("reader-1",))
    rounds.at(2.5, rounds.beat(reader_1=2.5))
    rounds.hub.clock.advance_us(us(6.1) - us(2.5))
    rounds.hub.crash_and_reopen()
    rounds.at(6.4)
    rounds.at(6.5, lambda: rounds.agent.says("reader-1", DeviceLink(up=True, reason="opened")), rounds.beat(reader_1=6.5))
    zh, en = (visits(record_now(rounds, DAY, lang), "10:00") for lang in ("zh", "en"))
    assert zh["消防水泵房"][3:5] == ("待证实", "事后发现, 读卡设备曾离线")
    assert en["Fire pump room"][3:5] == ("unproven", "found late, its reader was out of reach")
    rounds.hub.close()


def test_the_checkpoints_of_a_round_stand_in_the_routes_order(record):
    assert list(visits(record, "10:00")) == ["东门岗亭", "消防水泵房", "三号楼天台"]


def test_gaps_say_who_was_on_duty_and_how_the_incident_was_handled(record):
    missed, withdrawn = record.gaps
    assert (missed.span, missed.place, missed.on_duty, missed.incident, missed.state) == (
        "12:00–14:00", "三号楼天台", "李伟", "#5", "已关闭",
    )  # fmt: skip
    assert missed.handling == f"14:30 李伟: 人员行为, {HOSTILE} 已补巡"
    assert (withdrawn.result, withdrawn.state) == ("已撤回", "已撤回")
    assert withdrawn.handling == "17:00 打卡在时段内，缺口撤回"


def test_what_was_seen_on_the_way_and_late_evidence_are_there(record):
    assert [(one.time, one.place, one.incident, one.state) for one in record.findings] == [
        ("12:24", "三号楼天台", "#2", "待处理"), ("12:27", "消防水泵房", "#3", "待处理")
    ]  # fmt: skip
    assert record.findings[1].finding == "灯 灯不亮 (一号手机)"
    late = {one.made: (one.received, one.effect) for one in record.late}
    assert late["14:54:00"] == ("17:00:00", "打卡在时段内，缺口撤回 #8")
    assert late["10:30:00"] == ("11:00:00", "打卡在时段内，按时计")


def test_shifts_tell_who_was_on_duty(record):
    assert [(one.name, one.hours, one.people) for one in record.shifts] == [
        ("夜班", "12-31 19:00–07:00", "不详"),
        ("白班", "07:00–19:00", "李伟"),
        ("夜班", "19:00–01-02 07:00", "张强 (北区路线)"),
    ]


def test_the_summary_is_the_tallies_of_the_day_and_the_longest_times(rounds, record):
    tallied = [row[2:] for row in rounds.hub.rows("tally", "duty", "kind", "due", "kept", "withdrawn", "missed", "unproven")
               if row[:2] == ("patrol", "route")]  # fmt: skip
    numbers = dict(record.counts)
    assert [tuple(int(numbers[name]) for name in ("应完成", "已完成", "已撤回", "未完成", "待证实"))] == tallied
    assert (numbers["完成率"], numbers["未到期"]) == ("91.6 %", "6")
    worst = record.worst[0]
    assert (worst.place, worst.longest, worst.ended, worst.ongoing, worst.last) == (
        "三号楼天台", "4:22", "4:22", "3:22", "01-01 16:38",
    )  # fmt: skip


def test_a_day_without_a_round_says_so_and_is_not_good(rounds):
    empty = record_now(rounds, date(2025, 12, 1), "zh")
    assert empty.routes == []
    assert dict(empty.counts)["完成率"] == "–"


def test_one_route_alone(rounds):
    assert record_now(rounds, DAY, "zh", routes=("south",)).routes == []
    assert len(record_now(rounds, DAY, "zh", routes=("north",)).routes) == 1


def test_a_crash_changes_nothing_in_the_record(tmp_path):
    rounds = busy_day(sqlite_url(tmp_path))
    before = record_now(rounds, DAY)
    rounds.hub.crash_and_reopen()
    assert record_now(rounds, DAY) == before
    rounds.hub.close()


def test_names_are_in_the_language_that_was_asked_for(rounds):
    texts = {lang: msgspec.json.encode(record_now(rounds, DAY, lang)).decode() for lang in ("zh", "en", "both")}
    assert "东门岗亭 East gatehouse" in texts["both"]
    assert "East gatehouse" not in texts["zh"]
    assert "东门岗亭" not in texts["en"]


def test_there_is_a_word_for_every_flag_medium_and_state():
    assert set(FLAGS) == set(get_args(Flag))
    assert set(MEDIA) == set(get_args(Medium))
    assert set(STATES) == set(get_args(WindowState))
    assert say(("一", "one"), "both") == "一 one"


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_computes_nothing_that_anybody_wrote(rounds):
    evil = {name: (f"={name}()", f"@{name}") for name in ("site", "gate", "pump", "roof", "north", "li")}
    for lang in ("zh", "en"):
        record = record_now(rounds, DAY, lang, book=named_estate(**evil))
        rows = cells(record_csv(record, lang))
        assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]
        assert any("'=gate()" in row or "'@gate" in row for row in rows)
        assert len({len(row) for row in rows}) == 1


def test_the_table_has_every_checkpoint_gap_and_finding(record):
    rows = cells(record_csv(record, "zh"))
    sections = [row[0] for row in rows]
    assert rows[0][:3] == ["类别", "路线", "任务"]
    assert [sections.count(name) for name in ("巡逻轮次", "缺口与处理", "巡查发现与处理", "班次与值班人员")] == [18, 2, 2, 3]
    late = next(row for row in rows if "14:54:00" in row and row[0] == "迟到凭证与撤回")
    assert "17:00:00" in late


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_the_pdf_is_a4_with_its_fonts_and_the_same_each_time(rounds, lang):
    made = render(record_now(rounds, DAY, lang), lang)
    assert made.startswith(b"%PDF-")
    assert b"NotoSansCJK" in made
    assert re.search(rb"/MediaBox ?\[0 0 595\.27\d* 841\.8\d*\]", made)
    assert made == render(record_now(rounds, DAY, lang), lang)
    assert b"/CreationDate" not in made
    assert b"xmp:CreateDate" not in made
    assert b"/ModDate" not in made


@pytest.fixture(scope="module")
def shown(rounds, tmp_path_factory):
    """The text of the pages, without spaces."""
    if shutil.which("pdftotext") is None:
        pytest.skip("the tools that read PDFs are not here")
    file = tmp_path_factory.mktemp("pdf") / "record.pdf"
    evil = {"gate": (MARKUP, "#panic()"), "li": ("李伟 #import", "Li")}
    file.write_bytes(render(record_now(rounds, DAY, "zh", book=named_estate(**evil)), "zh"))
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True).stdout.decode()
    return "".join(text.replace("\u200b", "").split())


def test_the_pdf_has_pages_signatures_and_the_moment_it_was_asked_for(shown):
    for words in (
        "巡逻日志",
        "花园小区",
        "2026-01-01星期四",
        "交班人",
        "接班人",
        "项目负责人审核",
        "第1页，共2页",
        "截至2026-01-0120:00",
    ):
        assert words in shown, words


def test_nothing_that_anybody_wrote_is_markup(shown):
    assert "#emph[no" in shown
    assert "李伟#import" in shown
    assert "HYPERLINK" in shown


def test_a_pdf_has_a_limit(record, monkeypatch):
    monkeypatch.setattr(pdf, "LINES_MAX", lines_of(record))
    render(record, "zh")
    one = record.routes[0].rounds[0].visits[0]
    more = [RouteRounds("r", [Round("d", "1", "2", [one], 0, 1)])]
    with pytest.raises(TooLong, match="lines"):
        render(msgspec.structs.replace(record, routes=[*record.routes, *more]), "zh")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="the tools that read PDFs are not here")
def test_a_long_word_stays_on_the_page(rounds, tmp_path):
    names = {"roof": ("长" * 100, "W" * 100), "li": ("名" * 100, "N" * 100)}
    file = tmp_path / "long.pdf"
    file.write_bytes(render(record_now(rounds, DAY, "both", book=named_estate(**names)), "both"))
    boxes = subprocess.run(["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True).stdout.decode()
    right = [float(found) for found in re.findall(r'xMax="([0-9.]+)"', boxes)]
    assert len(right) > 300
    assert max(right) < 595 - 15 / 25.4 * 72 + 1


def test_every_label_has_both_languages():
    for name, (chinese, english) in LABELS.items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), name
        assert english.isascii(), name


def test_an_unproven_gap_stays_one_until_it_is_known(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path))
    rounds.at(4.5)
    record = record_now(rounds, DAY, "en")
    assert {one.result for walk in record.routes[0].rounds for one in walk.visits if walk.opens == "10:00"} == {"unproven"}
    assert dict(record.counts)["Done"] == "0.0 %"
    assert us(4.5) == rounds.hub.clock.now_us()
    rounds.hub.close()
