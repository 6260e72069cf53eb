"""The room of footage in a real browser: four cameras that a real agent records, one of which was away for a while."""

import hashlib
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_browser_every_room import serious
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import SEGMENT_S, Wanted

CAMERAS = tuple(f"camera-{at}" for at in range(1, 5))
AWAY = "camera-2"
"""It was away for a while: its footage has a hole."""
LEAD_S = 10.0
OPEN_S = 4.0
"""All four show their pictures within 2 s; here, where four cameras and other tests use the same cores, within twice that."""
APART_S, APART_S_MAX = 0.2, 0.3
"""How far four players may be apart; one look in ten may fall into a moment in which one of them has just been put right."""
PLAYING = ".wk-footage-screen[data-standing=ready]"
CURRENT = """() => [...document.querySelectorAll('.wk-footage-screen')].map(one => {
  const video = one.querySelector('video');
  return [one.dataset.camera, video.currentTime, video.readyState, video.paused, video.playbackRate];
})"""


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(cameras=4, recorded=True)


class Filmed(NamedTuple):
    """What was recorded. `no`: an incident at the cameras' gate, `at` when it began; the hole is in footage of AWAY."""

    no: int
    at: datetime
    hole: tuple[datetime, datetime]


@pytest.fixture(scope="module")
def filmed(estate) -> Filmed:
    covered(estate, AWAY, SEGMENT_S)
    estate.cameras[AWAY].refuse()
    time.sleep(2 * SEGMENT_S)
    estate.cameras[AWAY].accept()
    hole = wait_for(lambda: next(iter(coverage(estate, AWAY)["holes"]), None), "the hole")
    covered(estate, AWAY, LEAD_S + 6, since=hole["to"])
    estate.trigger("barrier-1")
    incident = wait_for(
        lambda: next((one for one in estate.incidents() if one["place"] == "gate" and one["priority"] == 2), None), "it"
    )
    covered(estate, AWAY, 2 * SEGMENT_S, since=incident["opened_at"])
    estate.acknowledge_all()
    return Filmed(incident["no"], when(incident["opened_at"]), (when(hole["from"]), when(hole["to"])))


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def coverage(estate, camera: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    asked = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
    with estate.client("manager") as http:
        found: dict[str, Any] = http.get(f"/footage/{camera}/coverage", params=asked).raise_for_status().json()
    return found


def covered(estate, camera: str, seconds: float, since: str = "2000-01-01T00:00:00Z") -> None:
    """Returns once so much has been recorded since then, in one piece."""
    until = timedelta(seconds=seconds)
    wait_for(
        lambda: any(when(run["to"]) - max(when(run["from"]), when(since)) >= until for run in coverage(estate, camera)["runs"]),
        "footage",
    )


def looking(room, filmed, role: str = "operator", language: str = "zh", **more: Any) -> Page:
    """The room, with the incident's footage playing."""
    page: Page = room(role, language, path=f"footage?incident={filmed.no}", **more)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("[data-confirm]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(PLAYING)).to_have_count(4)
    return page


def shown_at(page: Page) -> datetime:
    """The time that all players are to show, as the room tells it."""
    return when(page.locator(".wk-footage-time").get_attribute("datetime") or "")


def walls_of(page: Page, opened: dict[str, Any], looks: list[Any]) -> list[list[float]]:
    """When that was filmed which each player showed at each look, in seconds: by its playlist alone, to which is only added."""
    lines = {}
    for one in opened["cameras"]:
        text = page.context.request.get(one["streams"][0]["playlist"]).text()
        lengths = [float(length) for length in re.findall(r"#EXTINF:([\d.]+)", text)]
        starts = [when(start).timestamp() for start in re.findall(r"#EXT-X-PROGRAM-DATE-TIME:(\S+)", text)]
        lines[one["camera"]] = list(zip(accumulate([0.0, *lengths]), starts, strict=False))
    return [[wall_of(lines[camera], current) for camera, current, *_ in look] for look in looks]


def wall_of(line: list[tuple[float, float]], current: float) -> float:
    begin, start = [one for one in line if one[0] <= current + 0.001][-1]
    return start + current - begin


def test_13_footage_opens_ten_seconds_before_the_incident_and_four_players_are_at_one_time(estate, filmed, room, picture):
    page = room("operator")
    page.locator(f".wk-row[data-no='{filmed.no}']").click()
    expect(page.locator(".wk-timeline")).to_be_visible()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"#{filmed.no}")
    expect(page.locator("[data-confirm]")).to_be_focused()
    picture(page, "13-reason")
    began = time.monotonic()
    with page.expect_response("**/footage/views") as told:
        page.keyboard.press("Enter")
    expect(page.locator(PLAYING)).to_have_count(4)
    opened_s = time.monotonic() - began
    first = shown_at(page)
    assert abs((first - filmed.at).total_seconds() + LEAD_S) < 1.5, "it begins ten seconds before"
    assert opened_s < OPEN_S
    looks = []
    for _ in range(20):
        page.wait_for_timeout(200)
        looks.append(page.evaluate(CURRENT))
    apart = sorted(max(walls) - min(walls) for walls in walls_of(page, told.value.json(), looks))
    assert apart[-3] <= APART_S, apart
    assert apart[-1] <= APART_S_MAX, apart
    assert shown_at(page) > first, "it plays"
    picture(page, "13-footage")


def test_each_player_bears_the_viewers_name_and_the_time(filmed, room):
    page = looking(room, filmed)
    name = page.locator(".wk-me [data-user-data]").inner_text()
    for camera in CAMERAS:
        mark = page.locator(f"[data-camera='{camera}'] .wk-footage-mark span").first
        expect(mark).to_contain_text(name)
        expect(mark).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"))


def test_the_keyboard_moves_all_players_and_is_off_while_somebody_types(filmed, room):
    page = looking(room, filmed)
    page.keyboard.press("Space")
    expect(page.locator(".wk-footage-controls[data-playing=false]")).to_be_visible()
    assert all(paused for *_, paused, _ in page.evaluate(CURRENT))
    still = shown_at(page)
    page.keyboard.press("ArrowRight")
    assert shown_at(page) - still == timedelta(seconds=5)
    page.keyboard.press("ArrowLeft")
    assert shown_at(page) == still
    page.keyboard.press(".")
    assert timedelta(0) < shown_at(page) - still <= timedelta(milliseconds=250)
    page.keyboard.press("0")
    assert abs((filmed.at - shown_at(page)).total_seconds() - LEAD_S) < 0.1
    page.keyboard.press("=")
    expect(page.locator(".wk-footage-controls .ant-segmented-item-selected")).to_have_text("2×")
    page.keyboard.press("2")
    expect(page.locator(f"[data-camera='{AWAY}'][data-large=true]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".wk-footage-screen[data-large=true]")).to_have_count(0)
    page.keyboard.press("Space")
    expect(page.locator(".wk-footage-controls[data-playing=true]")).to_be_visible()
    page.locator("[data-look]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    text = page.get_by_role("dialog").locator("input[type=text]").last
    text.click()
    page.keyboard.type("a 2 0")
    expect(text).to_have_value("a 2 0")
    expect(page.locator(".wk-footage-screen[data-large=true]")).to_have_count(0)
    expect(page.locator(".wk-footage-controls[data-playing=true]")).to_be_visible()


def test_where_there_is_no_footage_it_says_so_and_why_while_the_others_play_on(filmed, room, picture):
    page = looking(room, filmed)
    expect(page.locator(f"[data-lane='{AWAY}'] [data-hole]").first).to_be_visible()
    page.locator(".wk-footage-words summary").click()
    row = page.locator("tr[data-row=hole]").filter(has_text="摄像机离线").first
    expect(row).to_contain_text("东门2号摄像机")
    page.keyboard.press("Space")
    behind = (filmed.at - timedelta(seconds=LEAD_S) - filmed.hole[0]).total_seconds()
    page.keyboard.press("0")
    for _ in range(int(behind // 5)):
        page.keyboard.press("ArrowLeft")
    none = page.locator(f"[data-camera='{AWAY}'] [data-hole]")
    expect(none).to_contain_text("此时段无影像")
    expect(none).to_contain_text("摄像机离线")
    expect(page.locator(PLAYING)).to_have_count(3)
    page.keyboard.press("Space")
    picture(page, "footage-hole")
    expect(page.locator(PLAYING)).to_have_count(4, timeout=25_000)
    walls = shown_at(page)
    assert walls >= filmed.hole[1] - timedelta(seconds=0.5), "it comes back when its footage does"


def test_nobody_looks_without_a_reason_and_it_stands_in_the_register(estate, filmed, room, picture):
    at = (filmed.at - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = room("operator", path=f"footage?cameras=camera-1&at={at}")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/footage/views") else None)
    page.locator("[data-look]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.locator("[data-confirm]").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择类别")
    assert asked == []
    page.get_by_role("dialog").get_by_role("combobox").click()
    page.locator(".ant-select-item-option", has_text="业主求助或寻物").click()
    page.get_by_role("dialog").locator("input[type=text]").last.fill("3号楼王女士寻包")
    picture(page, "footage-reason")
    page.locator("[data-confirm]").click()
    expect(page.locator(PLAYING)).to_have_count(1)
    assert len(asked) == 1
    with estate.client("auditor") as http:
        row = http.get("/footage/register", params={"limit": 1}).raise_for_status().json()["rows"][0]
    assert row["reason"] == "业主求助或寻物 · 3号楼王女士寻包"
    assert row["cameras"] == ["camera-1"]
    audit = room("auditor", path="footage/register")
    first = audit.locator("tr[data-view]").first
    expect(first).to_contain_text("3号楼王女士寻包")
    expect(first).to_contain_text(estate.person("operator")[0])
    picture(audit, "footage-register")


def test_a_link_that_is_over_is_renewed_with_another_row_in_the_register(estate, filmed, rooms, room):
    page = room("operator", path=f"footage?incident={filmed.no}")
    with page.expect_response("**/footage/views") as told:
        expect(page.locator("[data-confirm]")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator(PLAYING)).to_have_count(4)
    ended = page.evaluate(
        "path => fetch(path, {method: 'DELETE'}).then(answer => answer.status)", f"/footage/play/{told.value.json()['token']}"
    )
    assert ended == 204
    with estate.client("auditor") as http:
        before = http.get("/footage/register", params={"limit": 200}).json()["rows"]
    over = page.locator("[data-trouble=expired]").first
    expect(over).to_contain_text("链接已过期", timeout=30_000)
    over.get_by_role("button").click()
    expect(page.locator(PLAYING)).to_have_count(4)
    with estate.client("auditor") as http:
        after = http.get("/footage/register", params={"limit": 200}).json()["rows"]
    assert len(after) == len(before) + 1
    assert after[0]["reason"] == before[0]["reason"]
    # the browser itself says on its console that an address was refused
    rooms.said[:] = [one for one in rooms.said if "/footage/play/" not in one]


def test_an_export_is_made_sealed_taken_and_verified(estate, filmed, room, picture, tmp_path):
    page = looking(room, filmed, "manager")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.locator("[data-make]").click()
    expect(dialog.get_by_role("alert")).to_contain_text("接收单位")
    page.locator("[data-receiver]").fill("城关派出所 王警官")
    page.locator("[data-make]").click()
    expect(page.locator("[data-export][data-state=done]")).to_be_visible(timeout=60_000)
    told = page.locator("[data-sha256]").inner_text()
    picture(page, "footage-export")
    with page.expect_download() as taken:
        page.locator("[data-take]").click()
    file = tmp_path / "export.zip"
    taken.value.save_as(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == told
    command = [sys.executable, "-c", "from watchkeeper.cli import main; main()", "footage", "verify-export", str(file)]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert subprocess.run(command, check=False, capture_output=True, timeout=120).returncode != 0
    page.goto("/console/footage/exports")
    expect(page.locator("[data-export][data-state=done]").first).to_be_visible()
    picture(page, "footage-exports")


def test_the_calendar_says_which_days_are_whole_and_what_is_missing_and_why(filmed, room, picture):
    page = room("manager", path="footage/calendar")
    holed = page.locator(f"tr[data-camera='{AWAY}'] td[data-state=holed] a")
    expect(holed).to_have_count(1)
    expect(holed).to_have_accessible_name(re.compile("有缺失.*摄像机离线"))
    expect(page.locator("tr[data-camera='camera-1'] td[data-state=part]")).to_have_count(1)
    expect(page.locator(f"tr[data-missing='{AWAY}']")).to_contain_text("摄像机离线")
    picture(page, "footage-calendar")
    page.emulate_media(media="print")
    expect(page.locator(".wk-head")).to_be_hidden()
    expect(page.locator(".wk-footage-calendar")).to_be_visible()
    picture(page, "footage-calendar-print")


def test_footage_is_held_and_two_people_release_what_is_not_ones_own(estate, filmed, room, picture):
    page = looking(room, filmed)
    page.keyboard.press("l")
    expect(page.get_by_role("dialog")).to_be_visible()
    picture(page, "footage-hold")
    page.locator("[data-place-hold]").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("已保全")
    page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
    expect(page.locator("[data-lane='camera-1'] [data-hold]").first).to_be_attached()
    mine = "tr[data-hold]:has-text('核查事件')"
    manager, leader = room("manager", path="footage/holds"), room("shift_leader", path="footage/holds")
    ask_release(manager, mine)
    expect(manager.locator(mine).first).to_contain_text("须另一人同意")
    expect(manager.locator(mine).first).to_have_attribute("data-state", "in_force")
    leader.reload()
    ask_release(leader, mine)
    expect(leader.locator(mine).first).to_have_attribute("data-state", "over")
    expect(leader.locator(mine).first).to_contain_text(estate.person("manager")[0])
    picture(leader, "footage-holds")


def ask_release(page: Page, row: str) -> None:
    page.locator(row).first.locator("[data-release]").click()
    page.locator(row).first.locator("form input").fill("不再需要")
    page.locator(row).first.locator("[data-release-confirm]").click()


def test_each_role_finds_what_it_may(filmed, room):
    tabs = ".wk-room-views a"
    operator = room("operator", path="footage")
    expect(operator.locator(tabs).first).to_have_text("回放")
    assert "导出" not in operator.locator(tabs).all_inner_texts()
    assert "调阅登记" not in operator.locator(tabs).all_inner_texts()
    auditor = room("auditor", path="footage")
    expect(auditor.locator(tabs, has_text="调阅登记")).to_have_count(1)
    expect(auditor.locator(tabs, has_text="回放")).to_have_count(0)
    administrator = room("administrator")
    expect(administrator.locator("nav a[href$='/footage']")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious_while_footage_plays(filmed, room, picture, language):
    page = looking(room, filmed, "manager", language, bypass_csp=True)
    page.locator(".wk-footage-words summary").click()
    assert serious(page) == []
    picture(page, f"footage-{language}")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    for tab in ("calendar", "exports", "register"):
        page.goto(f"/console/footage/{tab}")
        page.wait_for_load_state("networkidle")
        assert serious(page) == [], tab
        picture(page, f"footage-{tab}-{language}")
