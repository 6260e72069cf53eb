"""The wall of live pictures in a real browser, from cameras that stream."""

import pytest
from playwright.sync_api import expect

from tests.support.browser_estate import Wanted


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(cameras=3)


def test_the_wall_shows_what_each_camera_shows_now_with_the_pictures_own_time(room, picture):
    page = room("operator", path="wall")
    expect(page.locator(".wk-tile[data-fresh=live] img")).to_have_count(3, timeout=20_000)
    assert page.locator(".wk-tile img").first.evaluate("one => one.naturalWidth") > 0
    before = page.locator(".wk-tile img").first.get_attribute("src")
    expect(page.locator(".wk-tile img").first).not_to_have_attribute("src", before)
    expect(page.locator(".wk-tile-time").first).to_contain_text("前")
    picture(page, "wall")


def test_keys_enlarge_a_camera_move_to_the_next_and_come_back(room):
    page = room("operator", path="wall")
    expect(page.locator(".wk-tile")).to_have_count(3)
    page.keyboard.press("2")
    large = page.locator(".wk-tile[data-large=true]")
    second = large.get_attribute("data-camera")
    page.keyboard.press("ArrowRight")
    expect(large).not_to_have_attribute("data-camera", second)
    page.keyboard.press("Escape")
    expect(page.locator(".wk-tile")).to_have_count(3)


def test_nobody_who_may_not_see_people_is_led_there(room):
    page = room("administrator", path="wall")
    expect(page.locator("nav a[href$='/wall']")).to_have_count(0)
    expect(page.locator(".wk-tile")).to_have_count(0)


def test_only_cameras_that_are_looked_at_are_asked(estate, room):
    def asked() -> float:
        with estate.client("manager") as http:
            lines = http.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("watchkeeper_live_pictures_asked_total"))

    page = room("operator", path="wall")
    expect(page.locator(".wk-tile[data-fresh=live] img")).to_have_count(3, timeout=20_000)
    page.goto("/console/queue")
    page.wait_for_selector(".wk-queue")
    page.wait_for_timeout(500)
    before = asked()
    page.wait_for_timeout(4_500)
    assert asked() == before
