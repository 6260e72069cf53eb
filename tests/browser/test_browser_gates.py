"""Gates are commanded in a real browser, through a real agent and its interlocks, to a barrier that moves."""

from playwright.sync_api import Page, expect

BARRIER = "3"
"""Its number: two doors stand before it in the estate's file."""


def to_the_barrier(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.type(BARRIER)
    page.keyboard.press("Enter")
    expect(page.locator(".wk-gates-panel h2")).to_contain_text(BARRIER)


def hold(page: Page, word: str, reason: str) -> None:
    page.locator(".wk-commands input").fill(reason)
    button = page.get_by_role("button", name=word)
    expect(button).to_be_enabled()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(1_100)
    page.mouse.up()


def step(page: Page, number: int, mark: str):
    return page.locator(f".wk-steps li:nth-child({number})[data-mark={mark}]")


def test_an_opening_is_sent_then_done_then_seen_at_the_barrier_and_is_recorded_with_who_and_why(estate, room, picture):
    page = room("operator")
    to_the_barrier(page)
    expect(page.get_by_role("button", name="开闸")).to_be_disabled()
    hold(page, "开闸", "消防检查")
    for number in (1, 2, 3):
        expect(step(page, number, "ok")).to_be_visible()
    expect(step(page, 2, "ok")).to_contain_text("已执行")
    expect(page.locator(".wk-gates-panel .wk-standing[data-state]")).to_have_attribute("data-state", "open")
    assert estate.barrier.opened == 1
    row = page.locator(".wk-gate-log tbody tr").first
    for word in ("开闸", estate.person("operator")[0], "消防检查", "已执行"):
        expect(row).to_contain_text(word)
    picture(page, "09-opened")


def test_9_a_gate_that_the_interlock_refused_says_failed_with_its_reason_and_never_done(estate, room, picture):
    estate.barrier.person_in_beam()
    try:
        page = room("operator")
        to_the_barrier(page)
        expect(page.locator(".wk-gates-panel .wk-signals")).to_contain_text("对射遮挡")
        hold(page, "落闸", "下班")
        expect(step(page, 2, "failed")).to_contain_text("失败")
        expect(step(page, 2, "failed")).to_contain_text("对射被遮挡")
        expect(page.locator(".wk-steps")).not_to_contain_text("已执行")
        expect(page.locator(".wk-gate-log tbody tr").first).to_contain_text("失败")
        expect(page.locator(".wk-gate-log tbody tr").first).not_to_contain_text("已执行")
        assert estate.barrier.opened == 1
        picture(page, "09-refused")
    finally:
        estate.barrier.person_in_beam(False)


def test_an_action_that_the_agent_may_not_do_fails_in_english_without_a_chinese_word(room):
    page = room("operator", "en")
    to_the_barrier(page)
    hold(page, "Stop", "drill")
    expect(step(page, 2, "failed")).to_contain_text("the agent's settings do not allow this action")
    assert not [c for c in page.locator(".wk-steps").inner_text() if "\u4e00" <= c <= "\u9fff"]


def test_who_may_only_look_has_no_buttons(room):
    page = room("auditor", path="gates/3")
    expect(page.locator(".wk-gates-panel h2")).to_contain_text(BARRIER)
    expect(page.locator(".wk-hold")).to_have_count(0)


def test_a_reason_given_lately_is_one_click(room):
    page = room("operator", path="gates/1")
    expect(page.get_by_role("button", name="开锁")).to_be_disabled()
    page.locator(".wk-recent button", has_text="消防检查").click()
    expect(page.locator(".wk-commands input")).to_have_value("消防检查")
    expect(page.get_by_role("button", name="开锁")).to_be_enabled()
