"""Why a window is what it is, in words of both languages."""

from datetime import datetime
from itertools import product
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hub.duties.explain import BESIDE_US, WORDS, Known, explain
from hub.duties.judging import WhyNot, counts
from hub.duties.types import Duty, Flag, Person, Route, Scan, Window

ZONE = ZoneInfo("Asia/Shanghai")
LATE_MAX_US = 72 * 3_600_000_000
DUTY = Duty("patrol", "PAT-2", "巡逻", "patrol", "scan", (), by=("guard",), void=("two_places",))
ROUTE = Route("north", "patrol", ("pump",), ("wand-1",))
STAFF = {"zhang": Person("zhang", "张三", "Zhang"), "wang": Person("wang", "王五", "Wang", "cleaner")}


def us(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-28 {text}").replace(tzinfo=ZONE).timestamp() * 1_000_000)


WINDOW = Window("patrol/north/pump/x/0", "patrol", "north", "pump", us("14:00"), us("16:00"), us("16:10"), 1)


class Named:
    def place_name(self, place, lang):
        return {"zh": "水泵房", "en": "pump room"}[lang]

    def device_name(self, device, lang):
        return {"wand-1": {"zh": "巡更棒", "en": "wand"}}.get(device, {}).get(lang, device)

    def person_name(self, person, lang):
        return {"zh": STAFF[person].name_zh, "en": STAFF[person].name_en}[lang]


def scan(at="14:32", key="a", **more):
    return Scan(more.pop("source", "wand-1"), key, "pump", us(at), us(more.pop("came", "16:20")), **more)


def told(*scans, reported: str | None = "16:20", now="17:00", rules=True, **more):
    window = replace(WINDOW, **more)
    marks = {"wand-1": None if reported is None else us(reported)}
    rows = (replace(DUTY), ROUTE) if rules else None
    return explain(Known(window, rows, STAFF, scans, marks, us(now), ZONE, LATE_MAX_US), Named())


def test_a_missed_window_names_the_place_the_time_and_how_far_its_source_has_reported():
    found = told(state="missed")
    assert (
        found.zh == "未完成：巡逻，水泵房，2026-11-28 14:00–16:10（含宽限 10 分钟）；"
        "其间没有有效证据；巡更棒 wand-1 已上报至 16:20。"
    )
    assert found.en == (
        "Missed: patrol, pump room, 2026-11-28 14:00–16:10 (with 10 min of tolerance); "
        "there is no evidence that counts in it; "
        "wand wand-1 has reported up to 16:20."
    )


def test_seconds_are_told_where_they_decide_and_the_tolerance_always():
    odd = told(state="missed", due_us=us("16:00"), ends_us=us("16:00") + 10_000_000)
    assert "14:00:00–16:00:10（含宽限 10 秒）；" in odd.zh
    assert "14:00:00–16:00:10 (with 10 s of tolerance); " in odd.en
    assert "宽限" not in told(state="missed", ends_us=us("16:00")).zh
    late = scan("16:10:20", "a")
    assert "16:10:20 晚于截止时间" in told(late, state="missed").zh
    assert "16:11 晚于截止时间" in told(scan("16:11:20"), state="missed").zh
    assert "（含宽限 2 小时）" in told(state="missed", ends_us=us("18:00")).zh


def test_a_missed_window_says_which_scans_did_not_count_and_why_and_who_was_on_duty():
    scans = scan(flags=("two_places",)), scan("15:00", "b", person="wang"), scan("16:20", "c")
    found = told(*scans, state="missed", person="zhang", note="visited_late")
    assert "有 3 条记录不计：14:32 同时出现在两处、15:00 此岗位不承担这项职责、16:20 晚于截止时间；" in found.zh
    assert "3 did not count: 14:32 (at two places at once), 15:00 (the person's post does not do this duty)" in found.en
    assert found.zh.endswith("截止之后才有人到场；当班：张三。")
    assert found.en.endswith("somebody came after the end; on duty: Zhang.")
    assert [(one.keeps, one.why) for one in found.scans] == [
        (False, "two_places"),
        (False, "other_post"),
        (False, "too_late_made"),
    ]


def test_what_was_scanned_long_before_or_after_is_listed_and_not_told():
    found = told(scan("12:10"), scan("18:00", "b"), state="missed")
    assert "不计" not in found.zh
    assert [one.why for one in found.scans] == ["too_early", "too_late_made"]
    assert "13:31 早于开始时间" in told(scan("13:31"), state="missed").zh
    assert us("14:00") - us("13:31") < BESIDE_US < us("14:00") - us("12:10")


def test_an_unproven_window_says_up_to_when_its_source_has_reported_and_that_it_never_did():
    found = told(state="unproven", reported="13:50")
    assert found.zh.startswith("待证实：巡逻，水泵房")
    assert "巡更棒 wand-1 只上报至 13:50" in found.zh
    assert "wand wand-1 has reported up to 13:50 only" in found.en
    assert "wand wand-1 has never reported" in told(state="unproven", reported=None).en


def test_a_kept_window_says_who_when_and_by_what():
    found = told(scan(person="zhang"), scan("14:40", "b"), state="kept", evidence="wand-1|a", person="zhang")
    assert (
        found.zh == "已完成：巡逻，水泵房，2026-11-28 14:00–16:10（含宽限 10 分钟）；"
        "张三 14:32 到场（巡更棒 wand-1，16:20 收到）。"
    )
    assert found.en == (
        "Kept: patrol, pump room, 2026-11-28 14:00–16:10 (with 10 min of tolerance); "
        "Zhang was there at 14:32 (wand wand-1, received at 16:20)."
    )
    assert [(one.keeps, one.why) for one in found.scans] == [(True, "keeps_it"), (False, "not_needed")]
    assert "填报" in told(scan(duty="patrol"), state="kept", evidence="wand-1|a").zh


def test_whoever_the_staff_does_not_know_is_told_as_said_and_a_reports_field_of_that_name_is_no_person():
    stranger = scan(fields={"person_told": "bob"})
    assert "somebody who is said to be 'bob' (not of the staff) was there" in told(stranger, state="kept", evidence="wand-1|a").en
    form = scan(fields={"person_told": "bob"}, duty="patrol")
    assert "bob" not in told(form, state="kept", evidence="wand-1|a").en


def test_a_withdrawn_gap_says_when_it_was_raised_and_by_what_it_was_withdrawn():
    found = told(scan(came="18:05"), state="withdrawn", evidence="wand-1|a", gap_us=us("16:10"))
    assert found.zh.startswith("已撤回：巡逻")
    assert "曾于 16:10 判为缺失" in found.zh
    assert "somebody was there at 14:32 (wand wand-1, received at 18:05)" in found.en


def test_an_open_window_has_begun_or_not():
    assert told(now="13:00").zh == "未到期，尚未开始：巡逻，水泵房，2026-11-28 14:00–16:10（含宽限 10 分钟）。"
    assert (
        told(now="15:00").en == "Open: patrol, pump room, 2026-11-28 14:00–16:10 (with 10 min of tolerance); "
        "there is no evidence that counts yet."
    )


def test_evidence_that_is_not_there_any_more_is_named_and_a_plan_that_is_gone_does_not_stop_it():
    assert "证据 wand-1|gone" in told(state="kept", evidence="wand-1|gone").zh
    found = told(scan(), state="missed", rules=False)
    assert found.zh.startswith("未完成：patrol，")
    assert found.scans[0].why == "rules_gone"


def test_another_day_is_said_with_its_date():
    night = told(state="missed", opens_us=us("23:00"), due_us=us("23:00") + 7_200_000_000, ends_us=us("23:00") + 7_800_000_000)
    assert "2026-11-28 23:00–11-29 01:10" in night.zh


@pytest.mark.parametrize("note", ["source_silent", "source_away", "visited_late", "detected_late"])
def test_every_note_is_told(note):
    assert len(told(state="missed", note=note).zh) > len(told(state="missed").zh)
    assert len(told(state="missed", note=note).en) > len(told(state="missed").en)


def test_an_unproven_window_of_a_reader_that_was_out_of_reach_says_so_though_it_has_reported_since():
    found = told(state="unproven", note="detected_late source_away", reported="16:20")
    assert "其间读卡设备离线，无法判定，不追究" in found.zh
    assert found.en.endswith(
        "wand wand-1 has reported up to 16:20; the hub was down at the end, and found it after its start; "
        "its reader was out of reach meanwhile: nobody can tell, and nobody is blamed."
    )


def test_every_reason_has_words_in_both_languages():
    rules, flags = (set(get_args(one)) for one in get_args(WhyNot))
    assert flags == set(get_args(Flag))
    assert rules | flags <= set(WORDS)
    for zh, en in WORDS.values():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
        assert en.isascii()


def test_evidence_that_came_over_72_hours_after_the_end_is_told_to_be_too_late():
    late = replace(scan(), received_us=WINDOW.ends_us + LATE_MAX_US + 1)
    assert [one.why for one in told(late, state="missed").scans] == ["too_late"]
    assert [one.why for one in told(replace(late, received_us=late.received_us - 1), state="missed").scans] == ["another_window"]
    after = replace(late, at_us=WINDOW.ends_us + 1)
    assert [one.why for one in told(after, state="missed").scans] == ["too_late_made"]


def test_a_scan_is_told_not_to_count_exactly_where_the_verdict_does_not_count_it():
    for source, duty, person, evidence, flag in product(
        ("wand-1", "phone-9"), ("", "patrol", "box"), ("", "zhang", "wang"), ("scan", "report"), ("", *get_args(Flag))
    ):
        one = scan(source=source, duty=duty, person=person, flags=(flag,) if flag else ())
        rules = replace(DUTY, evidence=evidence), ROUTE
        why = explain(Known(WINDOW, rules, STAFF, (one,), {}, us("15:00"), ZONE, LATE_MAX_US), Named()).scans[0].why
        assert (why == "another_window") == counts(one, *rules, STAFF.get(person)), (source, duty, person, evidence, flag)
