"""What sounds, until when, and what the screen says where nothing can."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.agent_rig import wait_for

STEADY_MS = 4_500
"""Longer than two of the tone's rounds."""


def tone(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.tone ?? ''"))


def sounds(page: Page, wanted: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-tone", wanted)


@pytest.fixture(autouse=True)
def nothing_sounds(estate):
    """What an earlier test raised calls nobody."""
    estate.acknowledge_all()


def test_3_a_critical_alarm_sounds_until_it_is_acknowledged(estate, room):
    page = room("operator")
    sounds(page, "")
    estate.trigger("alarm-desk")
    sounds(page, "p1")
    page.wait_for_timeout(STEADY_MS)
    assert tone(page) == "p1"
    page.locator(".wk-row").first.click()
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    page.keyboard.press("a")
    sounds(page, "")
    estate.calm("alarm-desk")


def test_3_silence_is_no_acknowledgement_and_a_new_critical_alarm_breaks_it(estate, room, picture):
    page = room("operator")
    estate.raise_incidents(1, 1)
    sounds(page, "p1")
    page.keyboard.press("m")
    sounds(page, "")
    expect(page.locator(".wk-row").first).to_have_attribute("data-alarm", "unacknowledged")
    expect(page.locator(".wk-sound")).to_contain_text("静音剩余")
    picture(page, "03-silenced")
    estate.raise_incidents(1, 1)
    sounds(page, "p1")
    estate.acknowledge_all()
    sounds(page, "")


def test_fire_has_its_own_tone_and_the_first_place_and_the_screen_says_who_the_authority_is(estate, room, picture):
    page = room("operator")
    estate.raise_incidents(1, 1)
    sounds(page, "p1")
    estate.trigger("fire-hall")
    sounds(page, "fire")
    expect(page.locator(".wk-urgent button").first).to_contain_text("火警")
    expect(page.locator(".wk-fire-note")).to_have_attribute("data-fire", "true")
    picture(page, "03-fire")
    estate.acknowledge_all()
    estate.calm("fire-hall")


def test_an_ordinary_alarm_chimes_once_and_is_then_quiet(estate, room):
    page = room("operator")
    page.evaluate(
        "window.tones = []; new MutationObserver(() => window.tones.push(document.documentElement.dataset.tone))"
        ".observe(document.documentElement, {attributes: true, attributeFilter: ['data-tone']})"
    )
    estate.raise_incidents(1, 3)
    wait_for(lambda: "p3" in page.evaluate("window.tones"), "the chime")
    sounds(page, "")
    assert set(page.evaluate("window.tones")) == {"p3", ""}
    estate.acknowledge_all()


def test_a_browser_that_keeps_the_window_quiet_is_said_so_until_somebody_lets_it_sound(estate, room, strict_browser, picture):
    estate.raise_incidents(1, 1)
    page = room("operator", browser=strict_browser)
    banner = page.locator("[data-banner=blocked]")
    expect(banner).to_have_text("声音被浏览器阻止，点此启用")
    assert tone(page) == ""
    picture(page, "03-blocked")
    banner.click()
    expect(banner).to_have_count(0)
    sounds(page, "p1")
    estate.acknowledge_all()
    sounds(page, "")


def test_one_window_of_two_sounds_and_the_other_takes_over_when_it_is_closed(estate, room):
    first = room("operator")
    second = room("operator", beside=first)
    estate.raise_incidents(1, 1)
    wait_for(lambda: "p1" in (tone(first), tone(second)), "the tone")
    first.wait_for_timeout(500)
    assert sorted((tone(first), tone(second))) == ["", "p1"]
    sounding, quiet = (first, second) if tone(first) else (second, first)
    sounding.close()
    sounds(quiet, "p1")
    estate.acknowledge_all()
