"""The plan in a real browser: what happens at a device is seen there, and what all windows look at is in the middle."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import DEVICES, PLACES, Wanted
from watchkeeper.bench.console_plan import COUNTED, FRAMES, WHEEL, devices
from watchkeeper.bench.console_plan import DEVICES as DEVICES_MAX

AXE = ROOT / "dashboards" / "node_modules" / "axe-core" / "axe.min.js"
GROUND, ROOF = "ground", "roof"
FLOORS = (
    {"id": GROUND, "name_zh": "地面", "name_en": "Ground", "order": 1},
    {"id": ROOF, "name_zh": "屋顶", "name_en": "Roof", "order": 2},
)
SPOTS: dict[str, tuple[str, list[float]]] = {
    "door-1": (GROUND, [0.3, 0.3]), "door-2": (GROUND, [0.8, 0.5]), "cabinet-1": (GROUND, [0.31, 0.32]),
    "reader-1": (GROUND, [0.9, 0.5]), "barrier-1": (GROUND, [0.9, 0.6]), "panel": (ROOF, [0.5, 0.5]),
}  # fmt: skip
"""The board and the panel of the wall are nowhere on the plan; the wall is."""
AREA = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]]
MIDDLE = """target => {
  const mark = document.querySelector(`.wk-device[data-target="${target}"], .wk-badge[data-target="${target}"]`);
  const [a, b] = [mark, document.querySelector('.wk-plan-svg')].map(one => one.getBoundingClientRect());
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}"""
"""How many pixels the target's symbol is from the middle of the plan's window."""
LEAST_FRAMES_A_S = 15
"""Of a machine that has much else to do; one that has not draws 60."""


def estate_more() -> dict[str, Any]:
    """The usual devices and places, with their positions."""
    where: dict[str, dict[str, Any]] = {"wall": {"floor": GROUND, "at": [0.5, 0.05]}, "lobby": {"floor": GROUND, "area": AREA}}
    places = [
        {"id": place, "name_zh": zh, "name_en": en, "parent": around, "place_class": sort} | where.get(place, {})
        for place, zh, en, around, sort in PLACES
    ]
    rows = []
    for id_, kind, agent, place, zh, en, more in DEVICES:
        row = {"id": id_, "kind": kind, "agent": agent, "place": place, "name_zh": zh, "name_en": en} | more
        rows.append(row | ({"floor": SPOTS[id_][0], "at": SPOTS[id_][1]} if id_ in SPOTS else {}))
    return {"floors": list(FLOORS), "places": places, "devices": rows}


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(numbers={"GATE-7": {"held_s": 1}}, more=estate_more())


@pytest.fixture(autouse=True)
def nothing_is_open(estate):
    """What an earlier test raised calls nobody."""
    estate.end_incidents()
    estate.acknowledge_all()


def badge(page: Page, target: str):
    return page.locator(f".wk-badge[data-target='{target}']")


def raise_at_the_yard(estate, priority: int) -> int:
    name = estate.raise_incidents(1, priority)[0]
    found = wait_for(lambda: [one["no"] for one in estate.incidents() if one["subject"].endswith(name)], "the incident")
    return int(found[0])


def test_what_happens_at_a_door_is_on_the_plan_without_a_reload(estate, room, picture):
    page = room("operator", path="plan")
    expect(page.locator(".wk-plan-svg .wk-device")).to_have_count(5)
    page.evaluate("window.stays = true")
    estate.trigger("door-1")
    expect(badge(page, "door-1").locator(".wk-symbol-calling")).to_be_visible()
    expect(page.locator(f"[data-floor={GROUND}] b")).to_be_visible()
    assert page.evaluate("window.stays") is True
    picture(page, "plan-door")
    estate.calm("door-1")


def test_a_selection_in_the_queue_is_in_the_middle_of_the_plan_in_another_window_on_its_floor(estate, room, picture):
    no = raise_at_the_yard(estate, 2)
    queue = room("operator")
    plan = room("operator", path="plan", beside=queue)
    expect(plan.locator(f"[data-floor={GROUND}]")).to_have_attribute("aria-selected", "true")
    queue.bring_to_front()
    queue.locator(f".wk-row[data-no='{no}']").click()
    expect(plan.locator(f"[data-floor={ROOF}]")).to_have_attribute("aria-selected", "true")
    expect(plan.locator("[data-panel=panel]")).to_contain_text("设备院报警主机")
    plan.bring_to_front()
    wait_for(lambda: plan.evaluate(MIDDLE, "panel") < 20, "the panel in the middle")
    expect(plan.locator(".wk-ring-selected")).to_be_visible()
    picture(plan, "plan-selected")


def test_an_incident_of_a_device_that_is_not_on_the_plan_stands_at_its_place(estate, room):
    raise_at_the_yard(estate, 4)
    page = room("operator", path="plan")
    badge(page, "@wall").click()
    expect(page.locator("[data-panel='@wall'] h2")).to_have_text("北围墙")
    expect(page.locator("[data-panel='@wall'] [data-no]").first).to_be_visible()


def test_an_address_names_the_place_that_comes_into_the_middle(room):
    page = room("operator", path="plan?place=lobby")
    expect(page.locator("[data-panel='@lobby'] h2")).to_have_text("1号楼大堂")
    wait_for(lambda: page.evaluate(MIDDLE, "door-1") < 40, "the lobby in the middle")


def test_everything_is_reached_by_keyboard_and_devices_without_a_position_stand_aside(room):
    page = room("operator", path="plan")
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("/")
    page.keyboard.type("读卡")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel=reader-1]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-panel=reader-1]")).to_have_count(0)
    before = page.locator(".wk-plan-svg > g").get_attribute("transform")
    page.keyboard.press("+")
    expect(page.locator(".wk-plan-svg > g")).not_to_have_attribute("transform", before)
    page.get_by_label(re.compile("搜索设备")).fill("")
    page.get_by_label("未定位 2").check()
    expect(page.get_by_role("option")).to_have_count(2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious_on_the_plan(estate, room, language):
    raise_at_the_yard(estate, 3)
    page = room("operator", language, path="plan", bypass_csp=True)
    page.locator("[data-device=door-1]").click()
    expect(page.locator("[data-panel=door-1]")).to_be_visible()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    worst = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in worst] == []


def test_the_plan_follows_the_wheel_with_1_200_devices(room, picture):
    page = room("operator")
    page.route(re.compile(r"/devices$"), lambda route: route.fulfill(json={"devices": devices(DEVICES_MAX)}))
    page.goto("/console/plan")
    expect(page.locator(".wk-plan-svg .wk-device")).to_have_count(DEVICES_MAX)
    frames_a_s = max(page.evaluate(COUNTED, [FRAMES, WHEEL]) for _ in range(2))
    picture(page, "plan-1200")
    assert frames_a_s > LEAST_FRAMES_A_S, f"{frames_a_s:.1f} frames a second"
