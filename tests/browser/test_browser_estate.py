"""The estate's editor: tables come in by files, devices are put on the plan, and two people who edit at once lose nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Room
from tests.support.browser_estate import BrowserEstate, Wanted

FLOORS = [{"id": "ground", "name_zh": "地面", "name_en": "Ground"}]
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80"><rect x="10" y="10" width="50" height="30" fill="#ccc"/></svg>'
)
HEAD = "编号,类型,位置,采集端,名称,英文名称,开启\n"
WRONG = (
    HEAD
    + "door-7,门,lobby,gatehouse,七号门,Door 7,\n"
    + "door-8,门,nowhere,gatehouse,八号门,Door 8,\n"
    + "reader-9,读卡器,gate,gatehouse,九号读卡器,Reader 9,no-gate\n"
)


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(more={"floors": FLOORS})


def shown(estate: BrowserEstate) -> dict[str, Any]:
    with estate.client("manager") as http:
        found: dict[str, Any] = http.get("/estate").raise_for_status().json()
    return found


def device(estate: BrowserEstate, name: str) -> dict[str, Any]:
    with estate.client("manager") as http:
        devices = http.get("/devices").raise_for_status().json()["devices"]
    found: dict[str, Any] = next(one for one in devices if one["id"] == name)
    return found


def choose_file(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})


def submit(page: Page, reason: str) -> None:
    page.get_by_role("button", name="提交…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill(reason)
    expect(dialog.get_by_role("button", name="提交并生效")).to_be_enabled()
    dialog.get_by_role("button", name="提交并生效").click()
    expect(dialog).to_have_count(0)


def open_row(page: Page, row: str) -> Locator:
    page.get_by_role("button", name=f"编辑 {row}", exact=True).click()
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    return form


def rename(page: Page, row: str, name: str) -> None:
    form = open_row(page, row)
    form.locator("[data-field=name_zh] input").fill(name)
    form.get_by_role("button", name="保存到草稿").click()
    expect(form).to_have_count(0)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_csv_with_two_wrong_rows_shows_both_with_their_numbers_and_changes_nothing(
    estate: BrowserEstate, room: Room, picture, encoding: str
):
    before = shown(estate)
    page = room("manager", path="estate/exchange")
    choose_file(page, "devices.csv", WRONG.encode(encoding))
    rows = page.locator("[data-error-row]")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("data-error-row") for row in rows.all()] == ["3", "4"]
    expect(rows.nth(0)).to_contain_text("“nowhere”不存在")
    expect(rows.nth(0).locator("td").nth(1)).to_have_text("位置 place")
    expect(rows.nth(1).locator("td").nth(1)).to_have_text("开启 opens")
    expect(page.get_by_role("button", name="导入并生效")).to_have_count(0)
    picture(page, f"estate-import-wrong-{encoding}")
    assert shown(estate) == before


def test_a_template_in_chinese_is_imported_again_and_nothing_differs(estate: BrowserEstate, room: Room):
    page = room("manager", path="estate/exchange")
    for kind in ("设备", "地点", "人员"):
        page.locator(".ant-segmented-item", has_text=re.compile(f"^{kind}$")).click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="下载模板").click()
        choose_file(page, "template.csv", waiting.value.path().read_bytes())
        expect(page.get_by_text("没有可导入的修改")).to_be_visible()


def test_an_import_is_in_force_with_its_reason(estate: BrowserEstate, room: Room, picture):
    page = room("manager", path="estate/exchange")
    choose_file(page, "devices.csv", (HEAD + "door-7,门,lobby,gatehouse,七号门,Door 7,\n").encode("gb18030"))
    expect(page.get_by_text("新增 1")).to_be_visible()
    picture(page, "estate-import-good")
    page.get_by_label("原因").fill("新装七号门")
    page.get_by_role("button", name="导入并生效").click()
    expect(page.get_by_text("已导入")).to_be_visible()
    assert device(estate, "door-7")["name_zh"] == "七号门"
    page.get_by_role("link", name="版本").click()
    expect(page.locator("[data-version]").first).to_contain_text("新装七号门")


def test_a_device_is_put_on_the_plan_by_drag_and_one_by_keyboard_and_both_are_there_after_a_reload(
    estate: BrowserEstate, room: Room, picture
):
    page = room("manager", path="estate/plan")
    choose_file(page, "ground.svg", SVG)
    expect(page.get_by_text("图纸已更换")).to_be_visible()
    expect(page.locator(".wk-drawing-canvas image")).to_have_count(1)
    drag(page, "door-1", 0.25, 0.5)
    expect(page.locator("[data-mark=door-1]")).to_be_visible()
    page.locator("[data-list=unplaced] [data-id=door-2] button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wk-drawing-chosen")).to_have_attribute("data-chosen", "door-2")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".wk-drawing-chosen")).to_contain_text("53 %, 49.1 %")
    picture(page, "estate-plan")
    expect(page.locator("[data-kept=kept]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-mark=door-1]")).to_be_visible()
    expect(page.locator("[data-mark=door-2]")).to_be_visible()
    assert device(estate, "door-1")["at"] is None, "a draft is not in force"
    submit(page, "平面图定位")
    expect(page.get_by_text("没有未提交的修改")).to_be_visible()
    page.reload()
    expect(page.locator("[data-mark=door-1]")).to_be_visible()
    first, second = device(estate, "door-1"), device(estate, "door-2")
    assert (first["floor"], second["floor"]) == ("ground", "ground")
    assert first["at"] == pytest.approx([0.25, 0.5], abs=0.01)
    assert second["at"] == pytest.approx([0.53, 0.491])


def test_two_editors_the_second_sees_what_the_first_changed_and_applies_his_own_to_it(estate: BrowserEstate, room: Room, picture):
    first, second = room("manager", path="estate/devices"), room("administrator", path="estate/devices")
    rename(first, "reader-1", "东门新读卡器")
    rename(second, "barrier-1", "东门新道闸")
    rename(second, "reader-1", "第二个人的名字")
    submit(first, "换名")
    told = second.locator(".wk-estate-meanwhile")
    expect(told).to_contain_text("换名")
    expect(told).to_contain_text("双方都改了的内容")
    expect(second.get_by_role("button", name="提交…")).to_be_disabled()
    picture(second, "estate-meanwhile")
    told.locator(".ant-segmented-item", has_text="用对方的").click()
    told.get_by_role("button", name="在新版本上重新应用我的修改").click()
    expect(told).to_have_count(0)
    submit(second, "道闸换名")
    assert device(estate, "barrier-1")["name_zh"] == "东门新道闸"
    assert device(estate, "reader-1")["name_zh"] == "东门新读卡器"


def test_a_mistake_is_shown_at_its_row_and_nothing_is_in_force(estate: BrowserEstate, room: Room, picture):
    before = shown(estate)["version"]
    page = room("manager", path="estate/devices")
    page.get_by_role("button", name="删除 barrier-1", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("reader-1")
    dialog.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator("[data-mistake='devices/reader-1']")).to_be_visible()
    expect(page.locator("tr[data-row=reader-1] [data-abnormal]")).to_contain_text("不是门也不是道闸")
    picture(page, "estate-mistake")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("没有未提交的修改")).to_be_visible()
    assert shown(estate)["version"] == before


def test_whoever_may_not_write_reads(room: Room):
    page = room("operator", path="estate/devices")
    expect(page.locator("tr[data-row=door-1]")).to_be_visible()
    expect(page.get_by_role("button", name="新增")).to_have_count(0)
    expect(page.get_by_text("您的角色只能查看")).to_be_visible()


def drag(page: Page, device_id: str, x: float, y: float) -> None:
    """From the list to this share of the sheet."""
    sheet = page.locator(".wk-drawing-sheet").bounding_box()
    grip = page.locator(f"[data-list=unplaced] [data-id={device_id}] .wk-drawing-grip").bounding_box()
    assert sheet is not None
    assert grip is not None
    page.mouse.move(grip["x"] + 20, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 5, sheet["y"] + 5, steps=4)
    page.mouse.move(sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"], steps=6)
    page.mouse.up()


def test_the_area_of_a_place_is_drawn_corner_by_corner(estate: BrowserEstate, room: Room, picture):
    page = room("manager", path="estate/plan")
    tools = page.get_by_role("combobox", name="画区域")
    tools.fill("yard")
    page.keyboard.press("Enter")
    for x, y in ((0.5, 0.6), (0.7, 0.6), (0.7, 0.9), (0.9, 0.1)):
        click_at(page, x, y)
    page.get_by_role("button", name="退一个角").click()
    page.locator(".wk-drawing-canvas").press("Enter")
    expect(page.locator("[data-area=yard]")).to_have_count(1)
    picture(page, "estate-area")
    submit(page, "画区域")
    yard = next(one for one in shown(estate)["document"]["places"] if one["id"] == "yard")
    assert yard["floor"] == "ground"
    for corner, meant in zip(yard["area"], ((0.5, 0.6), (0.7, 0.6), (0.7, 0.9)), strict=True):
        assert corner == pytest.approx(meant, abs=0.01)


def test_a_device_on_the_plan_is_moved_by_mouse_and_the_step_is_undone(room: Room):
    page = room("manager", path="estate/plan")
    page.locator("[data-list=unplaced] [data-id=panel] button").click()
    chosen = page.locator(".wk-drawing-chosen")
    expect(chosen).to_contain_text("50 %, 50 %")
    mark = page.locator("[data-mark=panel] path").bounding_box()
    sheet = page.locator(".wk-drawing-sheet").bounding_box()
    assert mark is not None
    assert sheet is not None
    page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 0.8 * sheet["width"], sheet["y"] + 0.2 * sheet["height"], steps=8)
    page.mouse.up()
    expect(chosen).to_contain_text(re.compile(r"(79|80)[.\d]* %, (19|20)[.\d]* %"))
    page.keyboard.press("Control+z")
    expect(chosen).to_contain_text("50 %, 50 %")
    page.keyboard.press("Delete")
    expect(page.locator("[data-mark=panel]")).to_have_count(0)


def test_a_finger_drags_a_device_onto_the_plan(room: Room):
    page = room("manager", path="estate/plan")
    handle = page.locator("[data-list=unplaced] [data-id=panel] .wk-drawing-handle")
    handle.scroll_into_view_if_needed()
    grip = handle.bounding_box()
    sheet = page.locator(".wk-drawing-sheet").bounding_box()
    assert grip is not None
    assert sheet is not None
    start = (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    end = (sheet["x"] + 0.3 * sheet["width"], sheet["y"] + 0.7 * sheet["height"])
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for part in (0.2, 0.5, 1):
        x, y = (from_ + part * (to - from_) for from_, to in zip(start, end, strict=True))
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".wk-drawing-chosen")).to_contain_text(re.compile(r"(29|30)[.\d]* %, (69|70)[.\d]* %"))


def test_the_places_of_a_route_are_put_in_order_by_keyboard(estate: BrowserEstate, room: Room):
    page = room("manager", path="estate/routes")
    page.get_by_role("button", name="新增").click()
    form = page.get_by_role("dialog")
    for field, text in (("id", "round-a"), ("name_zh", "夜巡"), ("name_en", "Round A")):
        form.locator(f"[data-field={field}] input").fill(text)
    for field, words in (("duty", ["patrol-day"]), ("places", ["gate", "lobby"]), ("sources", ["hub"])):
        for word in words:
            form.locator(f"[data-field={field}] input[role=combobox]").fill(word)
            page.keyboard.press("Enter")
    form.locator("[data-field=places] li[data-id=lobby] [data-move=up]").focus()
    page.keyboard.press("Enter")
    items = form.locator("[data-field=places] li")
    expect(items.first).to_have_attribute("data-id", "lobby")
    form.get_by_role("button", name="保存到草稿").click()
    expect(page.locator("tr[data-row=round-a]")).to_contain_text("1号楼大堂 (lobby)、东门 (gate)")


def test_an_older_version_is_restored_with_a_reason(estate: BrowserEstate, room: Room, picture):
    page = room("manager", path="estate/versions")
    before = shown(estate)
    expect(page.locator("[data-version='1']")).to_be_visible()
    picture(page, "estate-versions")
    page.get_by_role("button", name="恢复此版 1", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("误改")
    dialog.get_by_role("button", name="恢复此版").click()
    expect(page.get_by_text("已恢复")).to_be_visible()
    after = shown(estate)
    assert after["version"] == before["version"] + 1
    assert "door-7" not in [one["id"] for one in after["document"]["devices"]]


def click_at(page: Page, x: float, y: float) -> None:
    sheet = page.locator(".wk-drawing-sheet").bounding_box()
    assert sheet is not None
    page.mouse.click(sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"])
