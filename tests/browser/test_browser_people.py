"""Accounts, agents and the audit log in a real browser: who may see them, what ends at once, and secrets that are shown once."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from hub.accounts.permissions import ROLES, may
from tests.browser.conftest import KEEP_LANGUAGE, ROOT
from tests.browser.test_browser_every_room import ALONE, COLOURS, TEXTS, USERS, serious
from tests.support.browser_estate import GATEHOUSE, YARD

ROOMS_FILE = ROOT / "dashboards" / "apps" / "console" / "src" / "rooms.tsx"
ROOM_ROW = re.compile(r'path: "(\w+)", word: "\w+", needs: "([A-Z]+) ([^"]+)"')
OUT_MS = 60_000
"""What was ended is dead on open windows by then: promised in docs/operating.md."""
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.body.innerHTML])"
HELD_MS = 1_100
PAGES = {
    "alarms": (".wk-figures", ".wk-rows, .wk-empty", "[data-phase]"),
    "people": ("[data-account]", "[data-agent]", "[data-check]", "[data-session]"),
    "audit": ("[data-entry]", ".wk-rows, .wk-empty", "form.wk-card"),
}
"""What stands on each page once the hub has answered."""
NEW_ACCOUNT = "form[aria-label=新建账号]"


def rooms_of_the_table() -> list[tuple[str, str, str]]:
    """Path, method and template of each row."""
    found = ROOM_ROW.findall(Path(ROOMS_FILE).read_text(encoding="utf-8"))
    assert {"alarms", "people", "audit"} <= {path for path, _, _ in found}
    return found


def confirm(page: Page, word: str) -> None:
    page.locator(".ant-popconfirm-buttons").get_by_role("button", name=word, exact=True).click()


def made_account(page: Page, name: str) -> str:
    """Its password, read off the page."""
    page.locator(f"{NEW_ACCOUNT} input").first.fill(name)
    page.get_by_role("button", name="新建账号").click()
    secret = page.locator("[data-secret]")
    expect(secret).to_contain_text("只显示这一次")
    return secret.locator("code").inner_text()


def signed_in(rooms, name: str, password: str) -> Page:
    """Somebody who came by the page that asks who one is."""
    context = rooms.browser.new_context(base_url=rooms.estate.url, locale="zh-CN")
    rooms.contexts.append(context)
    context.add_init_script(KEEP_LANGUAGE % "zh")
    page: Page = context.new_page()
    rooms.pages.append(page)
    page.goto("/console/")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_label("密码").press("Enter")
    page.wait_for_selector("html[data-channel=live]")
    return page


def test_an_account_that_is_disabled_is_signed_out_in_its_open_window_and_told_so(rooms, picture):
    admin = rooms.open("administrator", path="people")
    theirs = signed_in(rooms, "钱多", made_account(admin, "钱多"))
    expect(theirs.locator(".wk-shell")).to_be_visible()
    admin.get_by_role("button", name="钱多", exact=True).click()
    expect(admin.locator("[data-panel] [data-session]")).to_have_count(1)
    admin.get_by_role("button", name="停用").click()
    confirm(admin, "停用")
    expect(admin.locator("[data-panel]")).to_contain_text("已停用，一分钟内全部退出")
    expect(theirs.locator("[data-ended]")).to_contain_text("账号被停用", timeout=OUT_MS)
    expect(theirs.locator(".wk-shell")).to_have_count(0)
    expect(admin.locator("[data-panel] [data-session]")).to_have_count(0)
    picture(theirs, "people-ended")
    picture(admin, "people-disabled")


def test_a_new_password_is_shown_once_and_is_kept_nowhere(rooms):
    page = rooms.open("administrator", path="people")
    password = made_account(page, "孙一")
    assert password in page.evaluate(KEPT)
    page.get_by_role("button", name="已记下，关闭").click()
    assert password not in page.evaluate(KEPT)
    page.reload()
    expect(page.locator("[data-account=孙一]")).to_be_visible()
    assert password not in page.evaluate(KEPT)


@pytest.mark.parametrize("role", ROLES)
def test_p6_the_rooms_that_are_drawn_are_those_whose_data_the_role_may_ask_for(estate, rooms, role):
    table = rooms_of_the_table()
    allowed = [path for path, method, template in table if may(role, method, template)]
    context = rooms.browser.new_context(base_url=estate.url)
    rooms.contexts.append(context)
    name, password = estate.person(role)
    assert context.request.post("/sign-in", data={"name": name, "password": password}).ok
    page = context.new_page()
    page.goto("/console/")
    page.wait_for_selector(".wk-shell")
    drawn = page.eval_on_selector_all(".wk-head nav a", "all => all.map(one => one.getAttribute('href'))")
    assert [one.rsplit("/", 1)[-1] for one in drawn] == allowed
    for path, method, template in table:
        if path in allowed:
            continue
        page.goto(f"/console/{path}")
        page.wait_for_selector(".wk-shell")
        if allowed:
            expect(page).not_to_have_url(re.compile(f"/console/{path}(/|$)"))
        else:
            expect(page.locator("main")).to_have_text("当前角色没有可查看的页面")
        answer = context.request.fetch(re.sub(r"\{\w+\}", "x", template), method=method)
        assert (answer.status, answer.json()["code"]) == (403, "not_permitted"), path


def test_one_without_a_right_to_others_accounts_finds_ones_own_from_the_head(rooms):
    page = rooms.open("operator")
    page.locator(".wk-head a.wk-me").click()
    expect(page.get_by_role("heading", name="王芳 · 监控员")).to_be_visible()
    fields = page.locator("form[aria-label=修改密码] input")
    for at, text in enumerate(("wrong present one", "four other words", "four other words")):
        fields.nth(at).fill(text)
    rooms.said.clear()
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_role("alert").filter(has_text="当前密码不正确")).to_be_visible()
    assert all("403" in one for one in rooms.said)
    rooms.said.clear()


def test_an_agent_that_is_invited_shows_its_token_once_and_enrols_by_it(estate, rooms, picture):
    page = rooms.open("administrator", path="people/agents")
    page.locator(f"[data-agent={YARD}] button").click()
    page.get_by_role("button", name="邀请登记").click()
    secret = page.locator("[data-secret]")
    token = secret.locator("code").first.inner_text()
    expect(secret).to_contain_text(re.compile("剩余 1[45]:"))
    expect(secret.locator("code").nth(1)).to_contain_text(f"watchkeeper edge enrol agent.yaml --hub {estate.url} --token-file")
    picture(page, "people-invited")
    other = rooms.open("administrator", path="people/agents", beside=page)
    expect(other.locator(f"[data-agent={YARD}]")).to_contain_text("邀请有效至")
    assert token not in other.evaluate(KEPT)
    enrolled: Any = httpx.post(f"{estate.url}/enrol", json={"token": token}, trust_env=False)
    assert enrolled.status_code == 201, enrolled.text
    expect(page.locator("[data-panel]")).to_contain_text("已登记，令牌已用完")
    assert token not in page.evaluate(KEPT)


def test_an_agent_is_revoked_only_by_a_button_that_is_held_and_with_a_reason(rooms):
    page = rooms.open("administrator", path="people/agents")
    page.locator(f"[data-agent={GATEHOUSE}] button").click()
    button = page.get_by_role("button", name="按住 1 秒吊销")
    expect(button).to_be_disabled()
    page.locator("form[aria-label=吊销] input").fill("存储卡被盗")
    button.click()
    expect(page.locator(f"[data-agent={GATEHOUSE}]")).not_to_contain_text("已吊销")
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(HELD_MS)
    page.mouse.up()
    expect(page.locator(f"[data-agent={GATEHOUSE}]")).to_contain_text("已吊销")
    expect(page.locator(f"[data-agent={GATEHOUSE}]")).to_contain_text("存储卡被盗")


def test_an_auditor_reads_who_changed_what_from_what_to_what(estate, rooms, picture):
    with estate.client("administrator") as http:
        http.post("/accounts", json={"name": "李一", "role": "guard"}).raise_for_status()
        http.patch("/accounts/李一", json={"role": "desk"}).raise_for_status()
    page = rooms.open("auditor", path="audit?act=account.change&subject=李一")
    entry = page.locator("[data-entry]")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("李一")
    entry.locator("summary").click()
    row = entry.locator("[data-field=role]")
    expect(row.locator("del")).to_have_text("guard")
    expect(row.locator("ins")).to_have_text("desk")
    picture(page, "audit-difference")
    page.get_by_role("button", name="清除条件").click()
    expect(page.locator("[data-act='audit.read']").first).to_be_visible()


def test_somebody_is_erased_by_name_and_the_log_says_so(estate, rooms):
    with estate.client("administrator") as http:
        http.post("/accounts", json={"name": "周二", "role": "guard"}).raise_for_status()
        http.patch("/accounts/周二", json={"disabled": True}).raise_for_status()
    page = rooms.open("auditor", path="audit/erase")
    button = page.get_by_role("button", name="按住 1 秒清除")
    for at, text in enumerate(("周二", "离职并要求清除")):
        expect(button).to_be_disabled()
        page.locator("form[aria-label=清除个人信息] input").nth(at).fill(text)
    button.focus()
    page.keyboard.down("Enter")
    page.wait_for_timeout(HELD_MS)
    page.keyboard.up("Enter")
    expect(page.locator("form[aria-label=清除个人信息]")).to_contain_text("已清除 person:")
    page.goto("/console/audit?act=account.create")
    expect(page.locator("[data-entry]").first).to_contain_text("已清除")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_these_rooms_can_be_used_by_anybody_and_is_whole_in_both_languages(rooms, picture, language):
    page = rooms.open("administrator", language, path="people", bypass_csp=True)
    for room, pages in PAGES.items():
        page.locator(f".wk-head nav a[href='/console/{room}']").click()
        page.wait_for_selector(f".wk-room-views a[href='/console/{room}']")
        for at, ready in enumerate(pages):
            link = page.locator(".wk-room-views a").nth(at)
            link.click()
            expect(link).to_have_class("active")
            expect(page.locator(ready).first).to_be_visible()
            opener = page.locator("tr button[aria-expanded]")
            if opener.count():
                opener.first.click()
                expect(page.locator("[data-panel]")).to_be_visible()
            name = f"{room}-{at}-{language}"
            picture(page, f"whole-{name}")
            assert serious(page) == [], name
            assert page.evaluate(COLOURS) == [], name
            left = [re.sub("|".join(USERS), "", text) for text in page.evaluate(TEXTS)] if language == "en" else []
            assert [text for text in left if ALONE.search(text)] == [], name
