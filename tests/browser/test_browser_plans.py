"""An emergency plan in two windows, from the report by phone until residents are told; and two managers at one plan."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.agent_rig import wait_for

CLOCK = re.compile(r"\d\d:\d\d:\d\d")


@pytest.fixture
def refused(rooms):
    """The hub refuses something on purpose here, and a browser says so on its console."""
    yield
    rooms.said[:] = [one for one in rooms.said if "status of 409" not in one]


def report_fire(page: Page) -> int:
    """By the form, as somebody does who is told of it by phone."""
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind")).to_be_focused()
    for name, typed in (("kind", "火灾"), ("place", "东门")):
        dialog.locator(f"#{name}").click()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    dialog.locator("#text").fill("三号楼冒烟")
    dialog.locator(".ant-btn-primary").click()
    expect(dialog).to_have_count(0)
    selected = page.locator(".wk-row[aria-selected=true]")
    expect(selected).to_be_visible()
    return int(selected.get_attribute("data-no") or 0)


def step(page: Page, name: str):
    return page.locator(f"[data-step='{name}']")


def test_a_step_that_is_ticked_in_one_window_shows_in_another_with_name_and_time(estate, room, picture):
    page = room("operator")
    no = report_fire(page)
    expect(page.locator("[data-run=running]")).to_be_visible()
    expect(step(page, "call-fire").locator("[data-due=running]")).to_be_visible()
    other = room("shift_leader", "en")
    other.locator(f".wk-row[data-no='{no}']").click()
    expect(step(other, "evacuate")).to_have_attribute("data-state", "open")
    step(page, "evacuate").locator("[data-tick=done]").click()
    for window in (page, other):
        expect(step(window, "evacuate")).to_have_attribute("data-state", "done")
        who = step(window, "evacuate").locator(".wk-step-who")
        expect(who).to_contain_text(estate.person("operator")[0])
        expect(who).to_contain_text(CLOCK)
    step(other, "fight").get_by_role("button", name="Skip").click()
    other.keyboard.type("too big")
    other.keyboard.press("Enter")
    expect(step(page, "fight")).to_contain_text("too big")
    page.locator("#wk-tell-name").fill("接警员 12 号")
    page.keyboard.press("Enter")
    expect(other.locator(".wk-told")).to_contain_text("接警员 12 号")
    picture(page, "plan-run")
    picture(other, "plan-run-en")


def test_an_incident_is_closed_with_its_plan_unfinished_only_for_a_reason_and_reviewed_afterwards(estate, room, refused, picture):
    page = room("manager")
    report_fire(page)
    page.locator("[data-act=close]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#reason")).to_have_count(0)
    dialog.locator("#cause").click()
    page.keyboard.press("Enter")
    dialog.locator("#note").fill("已扑灭")
    dialog.locator(".ant-btn-primary").click()
    expect(dialog.get_by_role("alert")).to_contain_text("预案尚未完成")
    picture(page, "plan-open")
    dialog.locator("#reason").fill("消防已接管")
    dialog.locator(".ant-btn-primary").click()
    expect(dialog).to_have_count(0)
    run = page.locator("[data-run=review]")
    expect(run).to_contain_text("消防已接管")
    for name in ("summary", "impact", "lessons", "changes"):
        page.locator(f"#wk-review-{name}").fill(f"{name} 一")
    review = run.get_by_role("region", name="事后复盘")
    review.get_by_role("button", name="保存草稿").click()
    expect(review.get_by_role("status")).to_contain_text("草稿已保存")
    review.get_by_role("button", name="批准").click()
    expect(review).to_contain_text(re.compile(f"已批准 {estate.person('manager')[0]}"))
    notice = run.get_by_role("region", name="告知业主")
    notice.locator("textarea").fill("各位业主：东门火情已处置。")
    notice.get_by_role("button", name="保存草稿").click()
    notice.get_by_role("button", name="发布").click()
    expect(page.locator("[data-run=over]")).to_contain_text("已发布")
    picture(page, "plan-over")


def test_a_plan_that_somebody_else_has_changed_shows_both_versions(estate, room, refused, picture):
    page, other = room("manager", path="plans/fight"), room("manager", "en", path="plans/fight")
    page.get_by_role("button", name="编辑", exact=True).click()
    other.get_by_role("button", name="Edit", exact=True).click()
    for window, reason in ((page, "先报警"), (other, "called first")):
        first = window.locator(".wk-plan-steps > li").nth(3)
        first.focus()
        window.keyboard.press("Alt+ArrowUp")
        window.locator("#wk-plan-reason").fill(reason)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".wk-plans-main [role=status]")).to_contain_text("第 1 版")
    other.get_by_role("button", name="Save", exact=True).click()
    conflict = other.locator(".wk-conflict")
    expect(conflict).to_contain_text("先报警")
    expect(conflict.locator("ol")).to_have_count(2)
    picture(other, "plan-conflict-en")
    conflict.get_by_role("button", name="Drop mine, take theirs").click()
    expect(conflict).to_have_count(0)
    with estate.client("manager") as http:
        plan = wait_for(lambda: http.get("/plans/fight").json()["plan"], "the plan")
    assert plan["version"] == 1
    assert [one["step"] for one in plan["body"]["steps"]].index("call-police") == 2
