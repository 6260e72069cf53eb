"""Figures of alarms, and maintenance windows, in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.support.agent_rig import wait_for

LOBBY = "1号楼大堂"


def choose(page: Page, label: str, name: str) -> None:
    page.locator("form label").filter(has_text=label).locator(".ant-select").click()
    page.locator(".ant-select-dropdown:visible").get_by_text(name, exact=True).click()


def test_a_figure_that_nothing_is_known_of_says_so_and_is_no_nought(rooms, picture):
    page = rooms.open("manager", path="alarms")
    for name in ("ack_median_s", "ack_p95_s", "ack_longest_s"):
        expect(page.locator(f"[data-figure={name}] .wk-value")).to_have_text("无数据")
    expect(page.locator("[data-figure=ack_median_s]")).to_contain_text("从报警到首次确认")
    picture(page, "alarms-nothing-known")


def test_the_figures_count_what_came_in_and_what_was_acknowledged(estate, rooms):
    estate.raise_incidents(2)
    wait_for(lambda: len(estate.incidents()) >= 2, "the incidents")
    estate.acknowledge_all()
    page = rooms.open("manager", path="alarms")
    expect(page.locator("[data-figure=alarms] .wk-value")).to_have_text("2 条")
    expect(page.locator("[data-figure=unacknowledged] .wk-value")).to_have_text("0 条")
    expect(page.locator("[data-figure=ack_median_s] .wk-value")).to_have_text(re.compile("秒|:"))


def test_a_shift_leader_sets_a_window_and_ends_it_early_and_what_it_held_calls(estate, rooms, picture):
    page = rooms.open("shift_leader", path="alarms/maintenance")
    button = page.get_by_role("button", name="登记", exact=True)
    page.get_by_label("原因", exact=True).fill("换锁")
    expect(button).to_be_disabled()
    choose(page, "位置", LOBBY)
    button.click()
    row = page.locator("[data-phase=current] [data-window]")
    for word in (LOBBY, "换锁", "赵敏"):
        expect(row).to_contain_text(word)
    estate.trigger("cabinet-1")
    try:
        held = "td:nth-child(6)"
        expect(row.locator(held)).to_have_text("1", timeout=20_000)
        picture(page, "alarms-maintenance")
        page.get_by_role("button", name="提前结束").click()
        page.locator(".ant-popconfirm-buttons").get_by_role("button", name="提前结束").click()
        expect(page.get_by_text("检修已结束，1 条恢复呼叫")).to_be_visible()
        expect(page.locator("[data-phase=past] [data-window]")).to_have_count(1)
    finally:
        estate.calm("cabinet-1")


def test_an_auditor_sees_windows_and_can_neither_set_nor_end_one(estate, rooms):
    with estate.client("manager") as http:
        asked = {"device": "door-1", "until": "2199-01-01T00:00:00Z", "reason": "x"}
        assert http.post("/alarms/maintenance", json=asked).status_code == 422
    page = rooms.open("auditor", path="alarms/maintenance")
    expect(page.locator("[data-phase=past]")).to_be_visible()
    expect(page.get_by_role("button", name="登记", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="提前结束")).to_have_count(0)
