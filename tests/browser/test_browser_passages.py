"""Who goes through gates, who is in, what was opened and why, and what is looked for: in a real browser, as it happens."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from contract.readings import AccessDecided
from hub.accounts.permissions import may
from tests.browser.test_browser_every_room import ALONE, AXE, COLOURS, TEXTS, USERS, serious
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import YARD, DeviceLine, Wanted
from tests.support.push_rig import JPEG

WIDTH, HEIGHT = 24, 16
LANE: tuple[DeviceLine, ...] = (
    ("barrier-2", "barrier", YARD, "yard", "设备院道闸", "Yard's barrier", {}),
    ("lane-1", "camera", YARD, "yard", "设备院车道摄像机", "Yard's lane camera", {"opens": "barrier-2"}),
)
PLATE, MASKED, PERMIT = "粤B12345", "粤B***45", "P-7"
LOOKED_FOR = "粤A54321"
BY_HAND, WHY = "barrier-1", "消防检查"
PAGES = ("", "/passages", "/presence", "/openings", "/watch")
TOLD_MS = 30_000
"""A heartbeat comes every 10 s."""


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    """What explains an opening is near it, so that the next one soon stands alone."""
    return Wanted(numbers={"VEH-5": {"pass_s": 2, "pass_grace_s": 1}}, devices=LANE)


@pytest.fixture(scope="module")
def opened(estate) -> int:
    """The arm was lifted with nothing to explain it, and later by an operator; the incident of the first."""
    close(estate)
    estate.barrier.hold_open()
    no = wait_for(lambda: unexplained(estate), "the incident of the opening")
    estate.barrier.let_go()
    close(estate)
    command(estate, "open", WHY)
    wait_for(lambda: reconciliation(estate)["by_hand"], "the opening by hand")
    close(estate)
    return int(no)


def reconciliation(estate) -> dict[str, Any]:
    with estate.client("manager") as http:
        found: dict[str, Any] = http.get("/reconciliation").raise_for_status().json()
    return found


def unexplained(estate) -> int | None:
    found = reconciliation(estate)["unexplained"]
    return found[0]["incident"] if found else None


def command(estate, action: str, reason: str) -> None:
    with estate.client("operator") as http:
        http.post(f"/devices/{BY_HAND}/commands", json={"action": action, "reason": reason}).raise_for_status()


def close(estate) -> None:
    command(estate, "close", "复位")
    wait_for(lambda: position(estate) == "closed", "the arm")


def position(estate) -> str:
    with estate.client("operator") as http:
        gates = http.get("/gates").raise_for_status().json()["gates"]
    return next(str(one["condition"]["name"]) for one in gates if one["gate"] == BY_HAND)


def drives_in(estate, picture: str = "") -> None:
    """A vehicle is let in at the yard's lane."""
    card = "ab" * 16
    estate.say("lane-1", AccessDecided(card, True, "permit", "plate", "barrier-2", PLATE, PERMIT, "estate", 3, picture))


def rows(page: Page) -> Locator:
    return page.locator(".wk-rows tr[data-passage]")


def with_text(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)


def on_the_log(estate, act: str) -> list[dict[str, Any]]:
    with estate.client("auditor") as http:
        found: list[dict[str, Any]] = http.get("/audit", params={"act": act}).raise_for_status().json()["entries"]
    return found


def test_a_card_that_opens_the_gate_is_in_the_list_as_it_happens_and_a_refusal_says_why(estate, room, picture):
    page = room("operator", path="gates/passages")
    expect(page.locator(".wk-gates-page .wk-empty")).to_be_visible()
    estate.trigger("reader-1", "resident")
    expect(rows(page)).to_have_count(1)
    for word in ("东门道闸", "门卡", "放行", "有权限"):
        expect(rows(page).first).to_contain_text(word)
    estate.trigger("reader-1", "stranger")
    expect(rows(page)).to_have_count(2)
    for word in ("拒绝", "未登记的凭证"):
        expect(rows(page).first).to_contain_text(word)
    page.get_by_text("拒绝", exact=True).first.click()
    expect(rows(page)).to_have_count(1)
    assert "decided=refused" in page.url
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_have_attribute("data-granted", "false")
    picture(page, "passages-refused")


def test_the_gate_itself_shows_who_went_through_last(estate, room, picture):
    page = room("operator", path="gates/3")
    last = page.locator("tr[data-gate='3'] .wk-short")
    expect(last).to_contain_text("未登记的凭证")
    expect(page.locator(".wk-last-passages li")).to_have_count(2)
    estate.trigger("reader-1", "resident")
    expect(last).to_contain_text("有权限")
    expect(page.locator(".wk-last-passages li")).to_have_count(3)
    picture(page, "passages-gate")
    page.get_by_role("link", name="此处全部通行").click()
    expect(rows(page)).to_have_count(3)


def test_a_picture_is_fetched_when_somebody_looks_and_that_stands_on_the_audit_log(estate, room, picture):
    estate.show("lane-1", "7f3a91c2", JPEG, WIDTH, HEIGHT)
    drives_in(estate, "7f3a91c2")
    page = room("operator", path="gates/passages")
    row = rows(page).first
    expect(row).to_contain_text(MASKED)
    expect(row).not_to_contain_text(PLATE)
    assert on_the_log(estate, "picture.view") == []
    row.locator("[data-picture]").click()
    shown = page.get_by_role("dialog").locator("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
    assert [one["actor"] for one in on_the_log(estate, "picture.view")] == [estate.person("operator")[0]]
    picture(page, "passages-picture")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_whole_plate_is_shown_to_whoever_said_why(estate, room, picture):
    page = room("operator", path="gates/passages")
    page.get_by_text("按车牌、权限或时段查询").click()
    search = page.locator(".wk-search")
    with_text(page, "内容", "粤b·12345")
    expect(search.get_by_role("button", name="查询")).to_be_disabled()
    with_text(page, "原因（必填）", "业主报失窃")
    search.get_by_role("button", name="查询").click()
    expect(search.locator("tr[data-passage]")).to_have_count(1)
    expect(search.locator("tr[data-passage]")).to_contain_text(PLATE)
    expect(search).to_contain_text("查到 1 条")
    assert on_the_log(estate, "passages.search")[0]["reason"] == "业主报失窃"
    assert "12345" not in page.url
    picture(page, "passages-search")


def test_who_is_in_is_counted_by_zone_told_by_name_and_corrected_by_hand_with_a_reason(estate, room, picture):
    with estate.client("manager") as http:
        zone = {"name_zh": "小区内", "name_en": "Inside", "reason": "test"}
        http.put("/access/zones/estate", json=zone).raise_for_status()
    page = room("operator", path="gates/presence")
    counts = page.locator("tr[data-zone=estate]")
    expect(counts).to_contain_text("小区内")
    assert counts.locator("td").all_inner_texts() == ["小区内", "0", "1"]
    with_text(page, "原因（必填）", "疏散清点")
    page.get_by_role("button", name="查询").click()
    present = page.locator(f"tr[data-present='{PLATE}']")
    expect(present).to_contain_text("设备院道闸")
    present.get_by_role("button", name="更正").click()
    expect(page.get_by_role("button", name="保存更正")).to_be_disabled()
    with_text(page, "如何得知（必填）", "岗亭目视离开")
    page.get_by_role("button", name="保存更正").click()
    expect(present).to_contain_text("小区外")
    expect(present).to_contain_text(f"{estate.person('operator')[0]} 更正：岗亭目视离开")
    expect(counts).to_have_count(0)
    picture(page, "passages-presence")


def test_a_day_shows_an_opening_by_hand_with_who_and_why_and_an_unexplained_one_with_its_incident(estate, opened, room, picture):
    page = room("manager", path="gates/openings")
    expect(page.locator(".wk-sum")).to_contain_text("其中 1 次没有说明")
    counts = page.locator(f"tr[data-gate='{BY_HAND}']")
    expect(counts.locator("[data-by=command]")).to_have_text("1")
    expect(counts.locator("[data-by=nothing]")).to_contain_text("1")
    by_hand = page.locator("section[aria-label=手动开启] tbody tr", has_text=WHY)
    for word in ("东门道闸", estate.person("operator")[0]):
        expect(by_hand).to_contain_text(word)
    picture(page, "passages-openings")
    page.locator("tr[data-opening] a").click()
    expect(page.locator(f".wk-row[data-no='{opened}']")).to_have_attribute("aria-selected", "true")
    page.go_back()
    page.get_by_role("button", name="前一天").click()
    expect(page.locator(".wk-sum")).to_have_text("当日没有开启")
    assert re.search(r"day=\d{4}-\d{2}-\d{2}$", page.url)


def test_a_printed_day_is_the_day_alone(opened, room):
    page = room("manager", path="gates/openings")
    expect(page.locator("tr[data-opening]")).to_have_count(1)
    page.emulate_media(media="print")
    for left_out in (".wk-head", ".wk-room-views", ".wk-unprinted"):
        expect(page.locator(left_out).first).to_be_hidden()
    expect(page.locator("tr[data-opening]")).to_be_visible()


def test_a_plate_is_put_on_the_watch_list_and_ended_in_every_window(estate, rooms, room, picture):
    page, other = room("shift_leader", path="gates/watch"), room("auditor", path="gates/watch")
    expect(page.locator(".wk-gates-page .wk-empty")).to_be_visible()
    expect(other.get_by_role("button", name="布控")).to_have_count(0)
    with_text(page, "车牌", "粤a54321")
    with_text(page, "原因（必填，显示在事件里）", "派出所协查")
    page.get_by_role("button", name="布控", exact=True).click()
    for window in (page, other):
        row = window.locator("tr[data-watch]")
        for word in (LOOKED_FOR, "派出所协查", estate.person("shift_leader")[0], "紧急", "布控中"):
            expect(row).to_contain_text(word)
    with_text(page, "车牌", LOOKED_FOR)
    with_text(page, "原因（必填，显示在事件里）", "再次")
    page.get_by_role("button", name="布控", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("已在布控名单中")
    assert all("409" in one for one in rooms.said)
    rooms.said.clear()  # a browser calls every refusal an error
    picture(page, "passages-watch")
    page.get_by_role("button", name="解除").click()
    page.get_by_placeholder("原因（必填）").fill("已查获")
    page.locator("form[aria-label^=解除]").get_by_role("button", name="解除").click()
    expect(other.locator("tr[data-watch]")).to_have_count(0)
    page.get_by_text("含已解除的").click()
    expect(page.locator("tr[data-watch]")).to_contain_text(f"{estate.person('shift_leader')[0]} 于")


def test_a_page_is_there_for_those_alone_who_may_see_it(room):
    page = room("administrator", path="gates")
    shown = page.locator(".wk-room-views a")
    expect(shown.first).to_be_visible()
    wanted = [
        ("/devices", "道闸与门"),
        ("/passages", "通行"),
        ("/presence", "在场"),
        ("/reconciliation", "开闸核对"),
        ("/watch-list", "布控"),
    ]
    assert shown.all_inner_texts() == [word for path, word in wanted if may("administrator", "GET", path)]
    page.goto("/console/gates/passages")
    expect(page.get_by_text("当前角色不能查看")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_whole_in_both_languages_grey_and_usable_by_all(opened, room, picture, language):
    assert AXE.is_file()
    page = room("manager", language, path="gates/3", bypass_csp=True)
    for path in PAGES:
        page.goto(f"/console/gates{path or '/3'}")
        expect(page.locator(".wk-rows tbody tr, .wk-gates-table, .wk-empty").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        picture(page, f"passages-{language}-{path.strip('/') or 'gates'}")
        assert serious(page) == [], path
        if path:
            assert page.evaluate(COLOURS) == [], path
        if language == "en":
            left = [re.sub("|".join(USERS), "", text) for text in page.evaluate(TEXTS)]
            assert [text for text in left if ALONE.search(text)] == [], path


def test_a_gate_says_which_table_it_decides_by_and_when_that_was_checked(estate, room, picture):
    page = room("operator", path="gates/3")
    standing = page.locator("tr[data-gate='3'] .wk-permit-table")
    expect(standing).to_have_attribute("data-table", "none")
    with estate.client("manager") as http:
        http.put("/access/portals/reader-1", json={"from_zone": "", "to_zone": "estate", "reason": "test"}).raise_for_status()
    expect(standing).to_have_attribute("data-table", "current", timeout=TOLD_MS)
    expect(standing).to_contain_text(re.compile(r"第 \d+ 版"))
    expect(standing).to_contain_text("前核对")
    picture(page, "passages-table")
