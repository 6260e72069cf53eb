"""The console's plan with 1,200 devices: how many frames are dropped while every frame zooms. The limit is a bare picture of as
many squares, of which nothing but one transform changes."""

import re
from typing import Any

from watchkeeper.bench import machine
from watchkeeper.bench.console_rig import Chromium, ConsoleRig
from watchkeeper.bench.rows import Figures, Row, row

DEVICES = 1_200
FRAMES, ROUNDS = 300, 3
FRAMES_A_S = 60.0
_KINDS = ("door", "barrier", "camera", "reader", "meter", "contacts", "wand", "other")
_COLUMNS = 40
_NAMES = {"name_zh": "地面", "name_en": "Ground"}
_FLOOR = {"id": "ground", "order": 1, **_NAMES}
_CONDITION = {"name": "in_contact", "zh": "在线", "en": "in contact", "abnormal": False, "since": None}
COUNTED = """([frames, step]) => new Promise(done => {
  const act = new Function('at', step), times = [];
  const look = now => {
    times.push(now);
    act(times.length);
    if (times.length < frames) requestAnimationFrame(look);
    else done(1000 * (frames - 1) / (now - times[0]));
  };
  requestAnimationFrame(look);
})"""
"""Frames a second while each does the step."""
WHEEL = """const svg = document.querySelector('.wk-plan-svg'), box = svg.getBoundingClientRect();
svg.dispatchEvent(new WheelEvent('wheel', {deltaY: at % 120 < 60 ? -12 : 12, bubbles: true, cancelable: true,
  clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));"""
_SCALE = """const share = at % 120 < 60 ? at % 60 : 60 - at % 60;
document.querySelector('g').setAttribute('transform', `scale(${1 + share / 60})`);"""


def zoomed(browser: Chromium, rig: ConsoleRig, scale: float, looked: machine.Machine) -> Row:
    """Dropped frames in percent."""
    browser.close_pages()
    mine = browser.page(rig.url, rig.sign_in)
    mine.route(re.compile(r"/estate$"), lambda route: route.fulfill(json=_estate()))
    mine.route(re.compile(r"/devices$"), lambda route: route.fulfill(json={"devices": devices(DEVICES)}))
    mine.goto(f"{rig.url}/console/plan")
    mine.wait_for_selector(".wk-plan-svg .wk-device")
    ours = _dropped(mine, WHEEL, scale)
    browser.close_pages()
    bare = browser.page("about:blank")
    bare.set_content(_squares(DEVICES))
    limit = _dropped(bare, _SCALE, scale)
    return row(f"console: frames dropped, plan with {DEVICES:,} devices zooms", "%", ours, limit, looked)


def _dropped(page: Any, step: str, scale: float) -> Figures:
    page.wait_for_timeout(1_000)
    frames = max(30, int(FRAMES * min(scale, 1.0)))
    best = max(page.evaluate(COUNTED, [frames, step]) for _ in range(ROUNDS))
    return Figures(p50=round(max(0.0, 100 * (1 - best / FRAMES_A_S)), 2))


def devices(count: int) -> list[dict[str, Any]]:
    """As the API tells them, all over the floor."""
    lines = -(-count // _COLUMNS)
    place = {"place": "gate", "place_zh": "东门", "place_en": "East gate", "agent": "board", "floor": "ground"}
    told = {"condition": _CONDITION, "signals": [], "reported_up_to": "2026-11-21T11:05:32Z", "live_incidents": []}
    return [
        {"id": f"d-{at}", "kind": _KINDS[at % len(_KINDS)], "name_zh": f"{at}号设备", "name_en": f"device {at}"}
        | {"at": [0.05 + 0.9 * (at % _COLUMNS) / _COLUMNS, 0.05 + 0.9 * (at // _COLUMNS) / lines]}
        | place
        | told
        for at in range(count)
    ]


def _estate() -> dict[str, Any]:
    places = [{"id": "gate", "name_zh": "东门", "name_en": "East gate"}]
    return {"version": 1, "document": {"floors": [_FLOOR], "places": places}, "drawings": [], "keyless": [], "file": "same"}


def _squares(count: int) -> str:
    body = "".join(f'<path d="M{5 + 30 * (at % 40)} {5 + 25 * (at // 40)}h13v13h-13z"/>' for at in range(count))
    return f'<svg width="1000" height="620" viewBox="0 0 1200 800" fill="#fff" stroke="#333"><g>{body}</g></svg>'
