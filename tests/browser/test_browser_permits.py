"""Permits in a real browser: people with cards and plates, files with wrong rows, and two editors of one thing."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_browser_every_room import ALONE, COLOURS, TEXTS, serious
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import BrowserEstate

TABS = ("", "/groups", "/zones", "/schedules", "/import", "/tables")
HEADER = "楼栋,单元,房号,姓名,电话,卡号,车牌,权限组\n"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def rules(estate: BrowserEstate) -> None:
    """A zone, a portal, hours and two groups."""
    weekly = [{"days": ["workday"], "from_min": 420, "until_min": 1_200}]
    bodies: dict[str, dict[str, Any]] = {
        "zones/estate": {"name_zh": "小区内", "name_en": "Inside", "place": "estate"},
        "portals/reader-1": {"to_zone": "estate", "passback": "soft"},
        "schedules/works": {"name_zh": "施工时间", "name_en": "Hours of works", "weekly": weekly},
        "groups/residents": {"name_zh": "业主组", "name_en": "Residents", "rights": [{"portal": "reader-1"}]},
        "groups/works": {"name_zh": "施工组", "name_en": "Works", "rights": [{"portal": "reader-1", "schedule": "works"}]},
    }
    with estate.client("administrator") as http:
        for path, body in bodies.items():
            http.put(f"/access/{path}", json=body).raise_for_status()


def pick(page: Page, field: Locator, *labels: str) -> None:
    """Choose of a list, as a person does."""
    field.click()
    for label in labels:
        page.locator(".ant-select-dropdown:visible").locator(".ant-select-item-option", has_text=label).first.click()
    page.keyboard.press("Escape")


def added(page: Page, name: str, card: str, plate: str, room: str = "501") -> None:
    """Somebody is typed in; the page is then theirs."""
    page.get_by_role("button", name="登记人员").click()
    form = page.locator("form[aria-label=登记人员]")
    fields = {"姓名": name, "楼栋": "3", "单元": "2", "房号": room, "卡号": card, "车牌": plate, "原因（必填）": "新入住"}
    for label, text in fields.items():
        form.get_by_label(label, exact=True).fill(text)
    pick(page, form.get_by_label("权限组"), "业主组")
    form.get_by_role("button", name="登记", exact=True).click()


def known(estate: BrowserEstate, **query: str) -> list[dict[str, Any]]:
    with estate.client("manager") as http:
        found: list[dict[str, Any]] = http.get("/access/holders", params=query).raise_for_status().json()["holders"]
    return found


def test_gate_a_resident_is_added_with_room_card_and_plate_and_a_lost_card_stands_in_the_history(estate, rules, rooms, picture):
    page = rooms.open("manager", path="permits")
    added(page, "李雷", "12,34567", "京A12345")
    expect(page.locator("[data-holder-page] h2").first).to_have_text("李雷 · 3-2-501")
    card = page.locator("[data-credential]", has_text="卡")
    expect(card).to_contain_text("••• 67")
    expect(page.locator("[data-credential]", has_text="京A12345")).to_contain_text("有效")
    assert "34567" not in page.content()
    card.locator("[data-deed=lost]").click()
    confirm = page.get_by_role("button", name="确定")
    expect(confirm).to_be_disabled()
    page.get_by_label("原因（必填）").fill("地铁上遗失")
    confirm.click()
    expect(card).to_have_attribute("data-state", "lost")
    entry = page.locator("tr[data-act=lost]")
    expect(entry).to_contain_text("地铁上遗失")
    expect(entry).to_contain_text(estate.person("manager")[0])
    picture(page, "permits-holder")
    page.get_by_role("link", name="← 人员与车辆").click()
    page.get_by_label("姓名、电话、房号（如 3-2-501）或车牌").fill("京A123")
    expect(page.locator("[data-holder]")).to_have_count(1)
    expect(page.locator("[data-holder]")).to_contain_text("3-2-501")
    picture(page, "permits-people")
    page.set_viewport_size(PHONE)
    picture(page, "permits-people-phone")


def test_a_wrong_card_number_adds_nobody_and_says_what_to_write(estate, rules, rooms, picture):
    page = rooms.open("manager", path="permits")
    added(page, "无卡人", "一二三", "")
    wrong = page.get_by_role("alert").filter(has_text="没有登记")
    expect(wrong).to_contain_text("卡号")
    expect(wrong).to_contain_text("如 12,34567")
    picture(page, "permits-add-wrong")
    assert known(estate, text="无卡人") == []


def test_a_file_with_one_wrong_row_shows_row_column_and_what_to_write_and_all_or_nothing_takes_nothing(
    estate, rules, rooms, tmp_path: Path, picture
):
    rows = ["5,1,101,甲一,,12,101,,业主组", '5,1,102,甲二,,"12,102",京A1,业主组', '5,1,103,甲三,,"12,103",,业主组']
    file = tmp_path / "people.csv"
    file.write_text(HEADER + rows[1] + "\n" + rows[2] + "\n", encoding="utf-8")
    page = rooms.open("manager", path="permits/import")
    page.locator("input[type=file]").set_input_files(file)
    wrong = page.locator("[data-import=tried] tr[data-row='2']")
    expect(wrong.locator("td").nth(1)).to_have_text("车牌")
    expect(wrong.locator("td").nth(3)).to_contain_text("如 京A12345")
    expect(page.locator("[data-import=tried]")).to_contain_text("2 行中可导入 0 行")
    expect(page.get_by_role("button", name="导入 1 行")).to_have_count(0)
    picture(page, "permits-import-wrong")
    assert known(estate, text="甲") == []
    page.get_by_label("全部正确才导入").uncheck()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-import=tried]")).to_contain_text("2 行中可导入 1 行")
    assert known(estate, text="甲") == []
    page.get_by_label("原因（必填）").fill("交付名单")
    page.get_by_role("button", name="导入 1 行").click()
    done = page.locator("[data-import=done]")
    expect(done).to_contain_text("2 行中已导入 1 行")
    expect(done).to_contain_text("未导入的行：2")
    assert [one["name"] for one in known(estate, text="甲")] == ["甲三"]
    picture(page, "permits-import-done")


def test_two_editors_of_a_group_see_both_versions_and_the_person_chooses(estate, rules, rooms, picture):
    page = rooms.open("administrator", path="permits/groups")
    page.locator("tr[data-rule=works]").get_by_role("button", name="修改").click()
    form = page.locator("form[aria-label=修改]")
    form.get_by_label("中文名").fill("装修组")
    with estate.client("manager") as http:
        body = {"name_zh": "外包组", "name_en": "Works", "rights": [{"portal": "reader-1"}], "version": 1}
        http.put("/access/groups/works", json=body).raise_for_status()
    expect(page.locator("tr[data-rule=works]")).to_contain_text("外包组")
    rooms.said.clear()
    form.get_by_role("button", name="保存").click()
    conflict = form.get_by_role("alert", name="别人已先保存")
    names = conflict.locator("tr", has_text="中文名").locator("td")
    expect(names).to_have_text(["装修组", "外包组"])
    rights = conflict.locator("tr", has_text="可通行").locator("td")
    expect(rights).to_have_text(["东门读卡器 — 施工时间", "东门读卡器 — 任何时间"])
    picture(page, "permits-conflict")
    conflict.get_by_role("button", name="用我的覆盖").click()
    expect(page.locator("tr[data-rule=works]")).to_contain_text("装修组")
    assert all("409" in one for one in rooms.said)
    rooms.said.clear()


def test_the_table_that_an_agent_holds_is_shown_and_is_the_newest(estate, rules, rooms, picture):
    page = rooms.open("operator", path="permits/tables")
    row = page.locator("[data-agent=gatehouse]")
    expect(row).to_contain_text("东门采集端")
    expect(row).to_contain_text("东门读卡器")
    expect(row).to_have_attribute("data-current", "true", timeout=60_000)
    picture(page, "permits-tables")


def test_an_auditor_reads_all_of_it_and_finds_no_button(estate, rules, rooms):
    holder = wait_for(lambda: known(estate, text="李雷"), "the resident")[0]["id"]
    page = rooms.open("auditor", path=f"permits/holders/{holder}")
    expect(page.locator("[data-credential]")).to_have_count(2)
    expect(page.locator("tr[data-act=lost]")).to_be_visible()
    assert page.locator(".wk-permits button").count() == 0
    for tab, shown in (
        ("", "[data-holder]"),
        ("/groups", "[data-rule]"),
        ("/zones", "[data-rule]"),
        ("/schedules", "[data-rule]"),
    ):
        page.goto(f"/console/permits{tab}")
        expect(page.locator(shown).first).to_be_visible()
        assert page.locator(".wk-permits button").count() == 0, tab
    expect(page.locator(".wk-room-views a", has_text="导入")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_tab_is_reachable_whole_in_its_language_and_without_colour(estate, rules, rooms, language, picture):
    page = rooms.open("manager", language, path="permits", bypass_csp=True)
    holder = known(estate, text="李雷")[0]["id"]
    for tab in (*TABS, f"/holders/{holder}"):
        page.goto(f"/console/permits{tab}")
        page.wait_for_load_state("networkidle")
        expect(page.locator(".wk-permits section").first).to_be_visible()
        for add in page.get_by_role("button", name="新建" if language == "zh" else "New ").all():
            add.click()
        picture(page, f"permits{tab.replace('/', '-')}-{language}" if holder not in tab else f"permits-holder-{language}")
        if language == "en":
            assert [text for text in page.evaluate(TEXTS) if ALONE.search(text)] == [], tab
        assert serious(page) == [], tab
        assert page.evaluate(COLOURS) == [], tab
