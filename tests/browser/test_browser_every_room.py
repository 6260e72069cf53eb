"""What holds in every room of the console: times of the estate's zone, both languages whole, no colour for what is normal, and
nothing that keeps anybody from using it."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import STAFF
from tests.support.outward_rig import NAMES

AXE = ROOT / "dashboards" / "node_modules" / "axe-core" / "axe.min.js"
ALONE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
"""Chinese characters and punctuation."""
USERS = (*NAMES.values(), *(zh for _, zh, _, _ in STAFF))
"""What people are called is what they wrote themselves."""
TEXTS = """() => {
  const own = one => one.closest('[lang^=zh], [data-user-data], script, style') === null;
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (own(walk.currentNode.parentElement)) said.push(walk.currentNode.data);
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    if (own(one)) said.push(...['aria-label', 'title', 'placeholder', 'alt'].map(name => one.getAttribute(name) ?? ''));
  return said;
}"""
COLOURS = """() => {
  const found = [];
  const abnormal = '[data-shape], [data-banner], [data-over=true], [data-abnormal], .wk-stopped, .ant-alert, .ant-btn-dangerous';
  for (const one of document.body.querySelectorAll('*')) {
    if (one.closest(abnormal) !== null || one.getClientRects().length === 0) continue;
    const style = getComputedStyle(one);
    for (const name of ['color', 'backgroundColor', 'borderTopColor', 'borderLeftColor', 'fill', 'stroke']) {
      const rgba = style[name].match(/[\\d.]+/g)?.map(Number);
      if (!style[name].startsWith('rgb') || rgba[3] === 0) continue;
      if (Math.max(...rgba.slice(0, 3)) - Math.min(...rgba.slice(0, 3)) > 40)
        found.push(`${one.tagName}.${one.getAttribute('class')} ${name} ${style[name]}`);
    }
  }
  return found;
}"""
"""Whatever has a colour and is not told to be abnormal."""
SHAPES = 4
NEW_YORK = "America/New_York"


@pytest.fixture(scope="module")
def night(estate):
    """One incident of each priority; the first was taken up by somebody, one has returned to normal before that."""
    names = [estate.raise_incidents(1, priority)[0] for priority in (1, 2, 3, 4)]
    incidents = wait_for(lambda: len(found := estate.incidents()) == SHAPES and found, "the incidents")
    by_priority = {one["priority"]: one["no"] for one in incidents}
    with estate.client("operator") as http:
        for act, fields in (("acknowledge", {}), ("comment", {"note": "seen"}), ("dispatch", {"guard": "张伟"})):
            http.post(f"/incidents/{by_priority[1]}/acts/{act}", json={"fields": fields}).raise_for_status()
    estate.end_incidents(names[1:2])
    return by_priority


def paths(page: Page) -> list[str]:
    """The rooms that this person is led to."""
    found: list[str] = page.eval_on_selector_all(".wk-head nav a", "all => all.map(one => one.getAttribute('href'))")
    assert found, "there is no room"
    return found


def walk(page: Page) -> Iterator[str]:
    """Go from room to room, as a person does; the queue with an incident that is looked at."""
    for path in paths(page):
        page.locator(f".wk-head nav a[href='{path}']").click()
        page.wait_for_load_state("networkidle")
        if path.endswith("/queue"):
            page.locator(".wk-row").last.click()
            expect(page.locator(".wk-timeline")).to_be_visible()
        yield path.rsplit("/", 1)[-1]


def test_10_a_browser_in_new_york_shows_the_same_times(estate, night, room, picture):
    here, there = room("operator"), room("operator", timezone=NEW_YORK)
    assert there.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == NEW_YORK
    seen = []
    for page in (here, there):
        page.locator(f".wk-row[data-no='{night[1]}']").click()
        expect(page.locator(".wk-timeline li")).to_have_count(SHAPES)
        seen.append(page.eval_on_selector_all("main time", "all => all.map(one => [one.dateTime, one.textContent])"))
    assert seen[0] == seen[1]
    assert seen[0], "no time is shown"
    picture(there, "10-new-york")


@pytest.mark.parametrize("role", ["operator", "manager", "administrator"])
def test_11_in_english_nothing_is_chinese_but_what_users_wrote(night, room, picture, role):
    page = room(role, "en")
    for name in walk(page):
        picture(page, f"11-{role}-{name}-en")
        left = [re.sub("|".join(USERS), "", text) for text in page.evaluate(TEXTS)]
        assert [text for text in left if ALONE.search(text)] == [], name
    assert page.title() != ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_12_axe_finds_nothing_serious_in_any_room(night, room, picture, language):
    assert AXE.is_file(), "axe-core is not there: run npm ci in dashboards"
    page = room("manager", language, bypass_csp=True)
    for name in walk(page):
        assert serious(page) == [], name
        picture(page, f"12-{name}-{language}")


def test_12_axe_finds_nothing_serious_in_a_dialog_and_the_focus_comes_back_to_the_row(night, room, picture):
    page = room("manager", bypass_csp=True)
    row = page.locator(f".wk-row[data-no='{night[3]}']")
    row.click()
    expect(page.locator("[data-act=shelve]")).to_be_visible()
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert serious(page) == []
    picture(page, "12-dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row).to_be_focused()
    page.keyboard.press("k")
    expect(row).to_have_attribute("aria-selected", "false")


def test_a_dialog_adds_no_style_that_the_policy_refuses(night, room):
    page = room("manager")
    page.evaluate("addEventListener('securitypolicyviolation', event => { window.refused = event.violatedDirective; })")
    page.locator(f".wk-row[data-no='{night[3]}']").click()
    expect(page.locator("[data-act=close]")).to_be_visible()
    page.locator("[data-act=close]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("window.refused ?? null") is None
    assert page.evaluate("getComputedStyle(document.body).overflowY") == "hidden", "the dialog's own style has come through"


def test_12_four_priorities_are_four_shapes_in_a_grey_picture(night, room, tmp_path):
    page = room("operator")
    masks = {}
    for priority, no in night.items():
        symbol = page.locator(f".wk-row[data-no='{no}'] [data-shape]")
        assert symbol.get_attribute("data-shape") == str(priority)
        masks[priority] = silhouette(symbol, tmp_path / f"{priority}.png")
    for (one, mask), (other, against) in combinations(masks.items(), 2):
        differs = np.logical_xor(mask, against).sum() / np.logical_or(mask, against).sum()
        assert differs > 0.05, f"{one} and {other} look the same"


def test_what_has_returned_before_anybody_took_it_up_is_an_outline(night, room, picture):
    page = room("operator")
    symbol = page.locator(f".wk-row[data-no='{night[2]}'] .wk-symbol-outline")
    expect(symbol).to_be_visible()
    expect(page.locator(f".wk-row[data-no='{night[1]}'] .wk-symbol-steady")).to_be_visible()
    picture(page, "12-symbols")


def test_nothing_that_is_normal_has_a_colour(night, room):
    page = room("manager")
    for name in walk(page):
        assert page.evaluate(COLOURS) == [], name


def serious(page: Page) -> list[Any]:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def silhouette(symbol: Locator, path: Path) -> Any:
    """Where the symbol is not the ground that it lies on, in a grey picture of it."""
    symbol.screenshot(path=path, animations="disabled")
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE).astype(int)  # type: ignore[union-attr]
    return abs(grey - grey[0, 0]) > 12
