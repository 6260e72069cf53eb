"""The list of incidents in a real browser, fed by a real estate."""

import time

from playwright.sync_api import expect

SEEN = """title => new Promise(done => {
  const titles = () => [...document.querySelectorAll('.wk-row-title')];
  const look = () => titles().some(one => one.textContent.includes(title)) && done(Date.now());
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
})"""


def test_1_an_event_is_a_row_within_a_second_of_the_devices_bytes_and_nothing_is_loaded_anew(estate, room, picture):
    page = room("operator")
    page.evaluate("window.stays = true")
    page.evaluate(f"void (window.seen = ({SEEN})('1号弱电箱'))")
    began_ms = time.time() * 1000
    estate.trigger("cabinet-1")
    seen_ms = page.evaluate("window.seen")
    assert seen_ms - began_ms < 1_000, f"the row was visible after {seen_ms - began_ms:.0f} ms"
    assert page.evaluate("window.stays") is True
    expect(page.locator(".wk-row").first.locator("[data-shape='2']")).to_be_visible()
    picture(page, "01-event-in")
    estate.calm("cabinet-1")
