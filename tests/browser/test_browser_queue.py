"""The list of incidents in a real browser, fed by a real estate: the checks are numbered as in the brief of the screens."""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.agent_rig import wait_for

TRIES, CALM_MS = 3, 300.0
"""A machine on which everything is tested at once may be held up: one of some tries has to be in time."""
SEEN = """title => new Promise(done => {
  const titles = () => [...document.querySelectorAll('.wk-row-title')];
  const look = () => titles().some(one => one.textContent.includes(title)) && done(Date.now());
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
  setTimeout(() => done(Infinity), 10000);
})"""
"""When, by the machine's clock, a row with the title is there."""
CALM = """no => new Promise(done => {
  const pressed = Date.now();
  const look = () => {
    const row = document.querySelector(`.wk-row[data-no="${no}"]`);
    const steady = row?.dataset.alarm === 'acknowledged' && row.querySelector('.wk-symbol-steady') !== null;
    if (steady && !document.documentElement.dataset.tone) done(Date.now());
  };
  new MutationObserver(look).observe(document.documentElement, {subtree: true, childList: true, attributes: true});
  look();
  setTimeout(() => done(Infinity), 10000);
})"""
"""When the row is steady and the window is quiet."""
PLACES = """no => { window.tops = []; const look = () => {
  const row = document.querySelector(`.wk-row[data-no="${no}"]`);
  window.tops.push(row === null ? null : row.getBoundingClientRect().top);
  if (window.tops !== null) requestAnimationFrame(look);
}; requestAnimationFrame(look); }"""
"""Notes where a row is on the screen in each frame."""


@pytest.fixture(autouse=True)
def nothing_sounds(estate):
    """What an earlier test raised calls nobody."""
    estate.acknowledge_all()


def numbers(page: Page) -> list[int]:
    """The rows that are drawn, from the top."""
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('.wk-row')].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
        ".map(row => Number(row.dataset.no))"
    )
    return found


def row(page: Page, no: int):
    return page.locator(f".wk-row[data-no='{no}']")


def raise_one(estate, priority: int) -> int:
    name = estate.raise_incidents(1, priority)[0]
    found = wait_for(lambda: [one["no"] for one in estate.incidents() if one["subject"].endswith(name)], "the incident")
    return int(found[0])


def test_1_an_event_is_a_row_within_a_second_of_the_devices_bytes_and_nothing_is_loaded_anew(estate, room, picture):
    page = room("operator")
    page.evaluate("window.stays = true")
    page.evaluate(f"void (window.seen = ({SEEN})('1号弱电箱'))")
    began_ms = time.time() * 1000
    estate.trigger("cabinet-1")
    took_ms = page.evaluate("window.seen") - began_ms
    assert took_ms < 1_000, f"the row was visible after {took_ms:.0f} ms"
    assert page.evaluate("window.stays") is True
    expect(page.locator(".wk-row").first.locator("[data-shape='2']")).to_be_visible()
    picture(page, "01-event-in")
    estate.calm("cabinet-1")


def test_2_one_key_acknowledges_with_one_request_and_two_windows_are_calm_within_300_ms(estate, room, picture):
    page = room("operator")
    other = room("operator", beside=page)
    name, _ = estate.person("operator")
    took: list[float] = []
    while len(took) < TRIES and min(took, default=CALM_MS) >= CALM_MS:
        no = raise_one(estate, 1)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url) if request.method == "POST" else None)
        took.append(calm_after_the_key(page, other, no))
        for one in (page, other):
            expect(one.locator(".wk-acknowledged")).to_contain_text(name)
            assert one.locator(".wk-acknowledged").inner_text().count(":") == 2, "a time stands beside the name"
        assert [url for url in asked if "/acts/" in url] == [f"{estate.url}/incidents/{no}/acts/acknowledge"]
    picture(page, "02-acknowledged")
    assert min(took) < CALM_MS, f"calm after {took} ms"


def calm_after_the_key(page: Page, other: Page, no: int) -> float:
    """Acknowledge by the key; milliseconds from it until both windows are calm."""
    row(page, no).click()
    for one in (page, other):
        expect(row(one, no)).to_have_attribute("data-alarm", "unacknowledged")
        expect(row(one, no).locator(".wk-symbol-calling")).to_be_visible()
    expect(page.locator(".wk-detail header")).to_contain_text(f"#{no} ")
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    wait_for(lambda: "p1" in [one.evaluate("document.documentElement.dataset.tone") for one in (page, other)], "the tone")
    for one in (page, other):
        one.evaluate(f"void (window.calm = ({CALM})({no}))")
    page.evaluate(
        "window.pressed = 0; addEventListener('keydown', () => { window.pressed = Date.now(); }, {once: true, capture: true})"
    )
    page.bring_to_front()
    page.keyboard.press("a")
    pressed = wait_for(lambda: page.evaluate("window.pressed"))
    return float(max(one.evaluate("window.calm") for one in (page, other)) - pressed)


def test_a_second_press_before_the_answer_asks_for_nothing_more_and_nothing_is_said_before_it(estate, room):
    no = raise_one(estate, 2)
    page = room("operator")
    held: list[Route] = []
    page.route("**/acts/acknowledge", lambda route: held.append(route))  # noqa: PLW0108 - it writes on its handler
    row(page, no).click()
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("a")
    wait_for(lambda: page.evaluate("1") and held, "the request")
    expect(row(page, no)).to_have_attribute("data-alarm", "unacknowledged")
    assert page.locator(".wk-acknowledged").count() == 0
    held[0].continue_()
    expect(row(page, no)).to_have_attribute("data-alarm", "acknowledged")
    assert len(held) == 1


def test_what_somebody_else_does_is_seen_with_his_name_and_no_reload(estate, room):
    no = raise_one(estate, 3)
    page = room("operator")
    row(page, no).click()
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    with estate.client("shift_leader") as http:
        http.post(f"/incidents/{no}/acts/acknowledge", json={"fields": {"note": "我去看看"}}).raise_for_status()
    expect(page.locator(".wk-acknowledged")).to_contain_text(estate.person("shift_leader")[0])
    expect(page.locator(".wk-timeline")).to_contain_text("我去看看")


def test_6_the_selected_row_keeps_its_place_while_a_hundred_come_in(estate, room, picture):
    estate.raise_incidents(20)
    page = room("operator")
    wait_for(lambda: len(numbers(page)) >= 10, "rows")
    no = numbers(page)[4]
    row(page, no).click()
    page.mouse.move(5, 5)
    before = row(page, no).evaluate("one => one.getBoundingClientRect().top")
    page.evaluate(f"({PLACES})({no})")
    estate.raise_incidents(100)
    expect(page.locator(".wk-fresh")).to_contain_text("100")
    tops = page.evaluate("window.tops")
    assert [top for top in tops if top is None or abs(top - before) > 1] == [], f"it was at {before}"
    picture(page, "06-keeps-its-place")
    page.locator(".wk-fresh").click()
    wait_for(lambda: numbers(page)[0] > no, "the newest rows")


def test_a_row_does_not_move_under_the_mouse(estate, room):
    estate.raise_incidents(20)
    page = room("operator")
    wait_for(lambda: len(numbers(page)) >= 10, "rows")
    no = numbers(page)[3]
    row(page, no).hover()
    before = row(page, no).evaluate("one => one.getBoundingClientRect().top")
    page.evaluate(f"({PLACES})({no})")
    estate.raise_incidents(5)
    expect(page.locator(".wk-fresh")).to_contain_text("5")
    assert {round(top) for top in page.evaluate("window.tops")} == {round(before)}


def test_the_selection_is_the_same_in_all_windows_and_the_keys_move_it(estate, room):
    estate.raise_incidents(3)
    page = room("operator")
    other = room("operator", beside=page)
    wait_for(lambda: len(numbers(page)) >= 3 and len(numbers(other)) >= 3, "rows")
    first, second, *_ = numbers(page)
    page.bring_to_front()
    page.keyboard.press("j")
    expect(row(other, first)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    expect(row(other, second)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("k")
    expect(row(other, first)).to_have_attribute("aria-selected", "true")


def test_only_what_is_chosen_one_by_one_is_acknowledged_together(estate, room):
    estate.raise_incidents(4)
    page = room("operator")
    wait_for(lambda: len(numbers(page)) >= 4, "rows")
    first, second, third, *_ = numbers(page)
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("Shift+A")
    for no in (first, second):
        expect(row(page, no)).to_have_attribute("data-alarm", "acknowledged")
    expect(row(page, third)).to_have_attribute("data-alarm", "unacknowledged")
