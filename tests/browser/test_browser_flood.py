"""Many alarms at once: the screen says so, and hides none."""

import pytest
from playwright.sync_api import expect

from tests.support.browser_estate import Wanted

WINDOW_S = 8


@pytest.fixture(scope="module")
def wanted():
    return Wanted(numbers={"CMD-2": {"flood_begins": 10, "flood_ends": 5, "flood_window_s": WINDOW_S}})


def test_4_eleven_alarms_within_the_window_are_a_flood_and_fewer_than_five_are_none(estate, room, picture):
    page = room("operator")
    banner = page.locator("[data-banner=flood]")
    estate.raise_incidents(10)
    expect(page.locator(".wk-row")).to_have_count(10)
    expect(banner).to_have_count(0)
    estate.raise_incidents(1)
    expect(banner).to_contain_text("11")
    expect(page.locator(".wk-row")).to_have_count(11)
    banner.get_by_role("button").click()
    expect(banner.get_by_role("listitem")).to_contain_text("首发 #1")
    picture(page, "04-flood")
    expect(banner).to_have_count(0, timeout=(WINDOW_S + 10) * 1000)
    expect(page.locator(".wk-row")).to_have_count(11)


def test_in_a_flood_only_what_is_critical_or_urgent_sounds(estate, room):
    estate.acknowledge_all()
    page = room("operator")
    estate.raise_incidents(12)
    expect(page.locator("[data-banner=flood]")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-tone", "")
    estate.raise_incidents(1, 1)
    expect(page.locator("html")).to_have_attribute("data-tone", "p1")
