"""What people are told of a case: words in both languages, values with their unit, times as times."""

import pytest

from hub.cases.telling import DONE, Told, done, told
from hub.cases.workflow import WORKFLOWS
from tests.support.site_rig import estate


def only(**known):
    found = told(known, estate())
    assert len(found) == 1, found
    return found[0]


def test_each_act_that_a_person_does_has_words_for_what_was_done():
    assert {act.done for workflow in WORKFLOWS.values() for act in workflow.acts.values()} <= set(DONE)
    assert {clock.done for workflow in WORKFLOWS.values() for clock in workflow.clocks.values()} <= set(DONE)


def test_an_act_that_nobody_has_a_word_for_is_told_by_its_name():
    assert done("danced") == ("danced", "danced")


def test_a_duration_is_told_with_its_unit():
    assert only(limit_s=30.0) == Told("limit_s", "时限", "limit", "30 秒", "30 s")


def test_microseconds_are_a_time_and_no_number():
    found = only(last_sign_us=1_700_000_000_000_000)
    assert (found.at_us, found.text_zh, found.text_en) == (1_700_000_000_000_000, "", "")


def test_a_choice_is_told_by_its_words():
    assert (only(cause="false_alarm").text_zh, only(cause="false_alarm").text_en) == ("误报", "false alarm")
    assert only(by="radio").text_zh == "对讲机"


def test_a_hole_in_footage_is_told_by_its_cause_and_its_cameras():
    known = {"hole_cause": "camera_lost", "missing_cameras": ["camera-1"], "missing_count": 1, "length_s": 110.0}
    assert next((one.text_zh, one.text_en) for one in told(known, estate())) == ("摄像机离线", "camera lost")
    assert [one.title_zh for one in told(known, estate())] == ["缺失原因", "缺失录像的摄像机", "缺失录像的路数", "缺失时长"]


def test_devices_are_told_by_their_names():
    assert only(behind=["door-1", "gone"]).text_zh == "名，gone"


def test_a_pair_of_languages_is_one_thing():
    assert told({"duty": "patrol", "duty_zh": "巡逻", "duty_en": "Patrol"}, estate()) == [
        Told("duty", "任务", "duty", "巡逻", "Patrol")
    ]


@pytest.mark.parametrize("known", [{"facts": {"a": 1}}, {"note": ""}, {"behind": []}, {"max": None}, {"episode": "e1"}])
def test_what_is_empty_or_for_the_program_alone_is_not_told(known):
    assert told(known, estate()) == []


def test_what_has_no_word_is_told_all_the_same():
    assert only(squeaks=3) == Told("squeaks", "squeaks", "squeaks", "3", "3")


def test_what_is_done_in_a_plan_is_told_in_the_plans_own_words():
    body = {"step": "send", "step_zh": "派保安", "step_en": "Send a guard", "state": "done", "note": ""}
    assert [(one.title_zh, one.text_zh, one.text_en) for one in told(body, estate())] == [
        ("步骤", "派保安", "Send a guard"),
        ("状态", "已完成", "done"),
    ]
    begun = {"plan": "fire", "plan_zh": "火灾", "plan_en": "Fire", "plan_version": 2, "note": ""}
    assert [(one.title_zh, one.text_zh) for one in told(begun, estate())] == [("预案", "火灾")]


def test_whoever_was_told_has_a_name_or_a_number_and_is_no_part_of_a_panel():
    found = told({"whom": "police", "name": "12345", "means": "phone"}, estate())
    assert [(one.title_zh, one.text_zh) for one in found] == [("通知谁", "公安 110"), ("接听人或编号", "12345"), ("方式", "电话")]


@pytest.mark.parametrize("act", ["started", "step", "told", "overdue", "ended", "resumed", "review", "notice"])
def test_each_act_on_a_plan_has_words(act):
    assert done(f"plan_{act}")[0] != f"plan_{act}"
