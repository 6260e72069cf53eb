"""One incident, what has ended, and the acts that need words, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contract.clock import rfc3339
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import STAFF

ENDED, PAGE = 70, 50
HOUR_US = int(timedelta(hours=1).total_seconds() * 1_000_000)


@pytest.fixture(scope="module")
def ended(estate):
    """Incidents that ended before any window was open; one more lasts. The number of that one."""
    estate.raise_incidents(ENDED)
    with estate.client("manager") as http:
        for one in estate.incidents():
            fields = {"cause": "test", "note": "演练"}
            http.post(f"/incidents/{one['no']}/acts/close", json={"fields": fields}).raise_for_status()
    estate.raise_incidents(1, 2)
    return wait_for(lambda: [one["no"] for one in estate.incidents()], "the incident")[0]


def test_what_ended_before_the_window_opened_is_read_page_by_page(ended, room, picture):
    page = room("manager")
    expect(page.locator(".wk-row")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/incidents?" in request.url else None)
    page.get_by_text("已结束", exact=True).click()
    expect(page.locator(".wk-row").first).to_have_attribute("data-no", str(ENDED))
    page.locator(".wk-list").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    expect(page.locator(f".wk-row[data-no='{ENDED - PAGE + 1}']")).to_be_visible()
    assert page.locator(f".wk-row[data-no='{ENDED - PAGE}']").count() == 0
    page.get_by_role("button", name="更多").click()
    expect(page.locator(".wk-more")).to_contain_text("没有更早的事件")
    page.locator(".wk-list").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    expect(page.locator(".wk-row[data-no='1']")).to_be_visible()
    picture(page, "ended")
    assert len(asked) == 2
    assert all("state=closed&state=withdrawn" in url for url in asked)


def test_the_priority_of_what_ended_is_asked_of_the_hub(ended, room):
    page = room("manager")
    expect(page.locator(".wk-row")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="特急")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".wk-row")).to_have_count(0)
    with page.expect_request(lambda request: "/incidents?" in request.url and "priority=1" in request.url):
        page.get_by_text("已结束", exact=True).click()
    expect(page.locator(".wk-more")).to_contain_text("没有更早的事件")
    assert page.locator(".wk-row").count() == 0


def test_those_on_duty_are_offered_for_an_errand_and_any_other_name_may_be_written(estate, ended, room, picture):
    now_us = estate.clock.now_us()
    with estate.client("manager") as http:
        shift = {"person": "li-na", "route": "", "from": rfc3339(now_us - HOUR_US), "until": rfc3339(now_us + HOUR_US)}
        http.post("/roster", json=shift).raise_for_status()
    page = room("operator")
    page.locator(f".wk-row[data-no='{ended}']").click()
    expect(page.locator("[data-act=dispatch]")).to_be_visible()
    page.keyboard.press("d")
    page.get_by_role("dialog").get_by_role("combobox").first.click()
    offered = page.locator(".ant-select-item-option")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text({person: zh for person, zh, *_ in STAFF}["li-na"])
    picture(page, "dispatch")
    page.keyboard.type("门口的小王")
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".wk-timeline")).to_contain_text("派出人员：门口的小王")
    expect(page.locator(f"#incident-{ended}")).to_be_focused()


def test_acts_and_facts_are_told_in_words_and_moments_as_times(estate, ended, room):
    page = room("operator", "en")
    page.locator(f".wk-row[data-no='{ended}']").click()
    expect(page.locator(".wk-timeline")).to_contain_text("new")
    expect(page.locator(".wk-facts")).to_contain_text("Plant yard")
    said = page.locator(".wk-detail").inner_text()
    assert "raised" not in said
    assert page.locator(".wk-facts dd").nth(1).inner_text() == "Yard's panel"
    assert not [word for word in said.split() if word.isdigit() and len(word) > 12], "no microseconds"


def test_an_acts_dialog_begins_in_its_first_field_and_stays_about_its_incident_when_another_is_selected(estate, ended, room):
    page = room("operator")
    other = room("operator", beside=page)
    estate.raise_incidents(1)
    newest = wait_for(lambda: [one["no"] for one in estate.incidents() if one["no"] != ended], "another incident")[0]
    page.locator(f".wk-row[data-no='{ended}']").click()
    expect(page.locator("[data-act=shelve]")).to_be_visible()
    page.keyboard.press("h")
    expect(page.get_by_role("dialog").get_by_label("原因")).to_be_focused()
    other.locator(f".wk-row[data-no='{newest}']").click()
    expect(page.locator(".wk-detail header")).to_contain_text(f"#{newest}")
    expect(page.get_by_role("dialog")).to_contain_text(f"#{ended} ")
    page.keyboard.type("等配件")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    states = {one["no"]: one["state"] for one in estate.incidents()}
    assert (states[ended], states[newest]) == ("shelved", "open")
