"""The hub dies under an open window, and comes back."""

import time

from playwright.sync_api import expect

from tests.support.agent_rig import wait_for

BACK_MS = 30_000
"""Agents come back when they notice, a second or some later."""


def test_5_a_dead_hub_is_said_within_6_s_and_after_it_all_that_happened_is_there_once(estate, room, picture):
    page = room("operator")
    estate.raise_incidents(2)
    expect(page.locator(".wk-row")).to_have_count(2)
    page.evaluate("window.stays = true")
    stale = page.locator("[data-banner=stale]")
    estate.stop_hub()
    began = time.monotonic()
    stale.wait_for(state="visible")
    took = time.monotonic() - began
    assert took < 6, f"the banner came after {took:.1f} s"
    expect(page.locator(".wk-row")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("data-tone", "stale")
    picture(page, "05-stale")
    estate.trigger("cabinet-1")
    estate.trigger("alarm-desk")
    page.wait_for_timeout(500)
    estate.start_hub()
    expect(page.locator(".wk-row-title", has_text="1号弱电箱")).to_have_count(1, timeout=BACK_MS)
    expect(page.locator(".wk-row-title", has_text="alarm-desk")).to_have_count(1, timeout=BACK_MS)
    expect(stale).to_have_count(0)
    wait_for(lambda: len(estate.incidents()) == 4, "the incidents")
    expect(page.locator(".wk-row")).to_have_count(4)
    seen = page.eval_on_selector_all(".wk-row", "rows => rows.map(row => Number(row.dataset.no))")
    assert sorted(seen) == sorted(one["no"] for one in estate.incidents())
    assert page.evaluate("window.stays") is True
    picture(page, "05-back")


def test_a_signed_out_window_says_so_and_shows_nothing_of_the_estate(estate, room):
    estate.raise_incidents(1)
    page = room("operator")
    expect(page.locator(".wk-row").first).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.locator(".wk-sign-in")).to_be_visible()
    assert page.locator(".wk-row").count() == 0
    assert "湖畔花园" not in page.content()


def test_a_page_that_cannot_be_loaded_leaves_the_console_standing_and_is_there_once_the_hub_is(estate, room, rooms):
    page = room("operator")
    page.route("**/assets/plans-*", lambda route: route.abort())
    page.get_by_role("link", name="预案", exact=True).click()
    failed = page.locator(".wk-room-failed")
    expect(failed).to_be_visible()
    expect(page.locator(".wk-urgent")).to_be_visible()
    page.get_by_role("link", name="事件队列").click()
    expect(page.locator(".wk-queue")).to_be_visible()
    page.get_by_role("link", name="预案", exact=True).click()
    page.unroute("**/assets/plans-*")
    failed.get_by_role("button", name="重新载入").click()
    expect(page.locator(".wk-plans")).to_be_visible()
    rooms.said.clear()  # the browser says that the page's code did not come
