"""Visits in a real browser: a visitor is registered, confirmed by a call, comes in and goes; what is personal stays masked; a
truck's driver hears the rules first; a courier's goods are left and collected."""

import re
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from hub.accounts.permissions import Role
from tests.browser.conftest import KEEP_LANGUAGE
from tests.browser.test_browser_every_room import ALONE, COLOURS, TEXTS, USERS, serious
from tests.support.browser_estate import CARD_KEY, BrowserEstate
from watchkeeper.demo.estate import dump

ROOM, HOST, HOST_NAME = "3-2-501", "r-li", "李业主"
NAME, IDENTITY, PHONE = "王小明", "11010519491231002X", "13900001111"
RULES = 6
PHONE_SIZE = {"width": 390, "height": 844}
WRITTEN = re.compile("|".join((*USERS, HOST_NAME, NAME)))
THINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/access/households/3-2-501", {"building": "3", "unit": "2", "room": "501", "place": "lobby"}),
    ("/access/holders/r-li", {"kind": "resident", "name": HOST_NAME, "household": ROOM}),
    ("/access/zones/inside", {"name_zh": "小区", "name_en": "inside"}),
    ("/access/portals/reader-1", {"to_zone": "inside"}),
    ("/access/groups/visitors", {"name_zh": "访客", "name_en": "visitors", "rights": [{"portal": "reader-1"}]}),
    ("/visit-routes/main", {"name_zh": "主路", "name_en": "main way", "words": "", "groups": ["visitors"]}),
)


class VisitEstate(BrowserEstate):
    """An estate whose hub knows the agents' card key, so that passes have codes; a household lives there."""

    def _write_hub(self, port: int) -> Any:
        path = super()._write_hub(port)
        key = self.folder / "card.key"
        key.write_text(CARD_KEY.hex(), encoding="utf-8")
        key.chmod(0o600)
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) | {"card_key_file": key.name}
        return dump(path, settings)


@pytest.fixture(scope="module")
def estate(wanted, tmp_path_factory):
    with VisitEstate(tmp_path_factory.mktemp("visits"), wanted) as running:
        with running.client("manager") as http:
            for path, body in THINGS:
                http.put(path, json=body).raise_for_status()
        yield running


def fill(page: Page, **fields: str) -> None:
    """The registration form's fields, by their names."""
    for field, text in fields.items():
        page.locator(f"#wk-visit-{field}").fill(text)
    if "room" in fields:
        page.keyboard.press("Escape")


def register(page: Page) -> Locator:
    """A visitor is registered by keyboard; the panel of the visit."""
    page.goto("/console/visits/register")
    page.wait_for_selector("#wk-visit-room")
    fill(page, room=ROOM, name=NAME, identity=IDENTITY, phone=PHONE)
    page.locator("#wk-visit-phone").press("Enter")
    panel = page.locator("[data-visit-panel]")
    expect(panel).to_have_attribute("data-state", "registered")
    return panel


def record_call(panel: Locator, answer: str, said: str) -> None:
    panel.locator("[data-act=call]").click()
    form = panel.locator("[data-act-form=call]")
    form.locator("[data-person] .ant-select").click()
    panel.page.locator(".ant-select-item-option").filter(has_text=HOST_NAME).click()
    form.locator("input[type=radio]").first.check()
    form.get_by_label(re.compile("对方说了什么|What was said")).fill(said)
    form.locator(f"input[value={answer}]").check()
    form.locator("button[type=submit]").click()


def guards_page(rooms: Any, language: str = "zh", **viewport: Any) -> Page:
    """A guard has no live channel, and so no page of Rooms.open."""
    context = rooms.browser.new_context(base_url=rooms.estate.url, locale="zh-CN", bypass_csp=True, **viewport)
    rooms.contexts.append(context)
    context.add_init_script(KEEP_LANGUAGE % language)
    role: Role = "guard"
    name, password = rooms.estate.person(role)
    assert context.request.post("/sign-in", data={"name": name, "password": password}).ok
    page: Page = context.new_page()
    page.on("console", rooms._hear)
    rooms.pages.append(page)
    page.goto("/console/visits/register")
    page.wait_for_selector("#wk-visit-room")
    return page


def test_a_visitor_is_confirmed_by_a_call_shows_a_pass_comes_in_and_goes(rooms, picture):
    page = rooms.open("operator", path="visits")
    panel = register(page)
    panel.locator("[data-act=ask]").click()
    expect(panel).to_have_attribute("data-state", "asked")
    expect(panel).to_contain_text("请打电话")
    expect(panel.locator("[data-countdown]")).to_contain_text(re.compile(r"剩余 (10:00|09:\d\d)"))
    picture(page, "visits-asked")
    record_call(panel, "yes", "是亲戚，请放行")
    expect(panel).to_have_attribute("data-state", "confirmed")
    expect(panel.locator("[data-history]")).to_contain_text("是亲戚，请放行")
    expect(panel).to_contain_text(f"电话 · {HOST_NAME}")
    panel.locator("[data-show-pass]").click()
    code = panel.locator("[data-pass] img")
    expect(code).to_be_visible()
    assert code.evaluate("async one => { await one.decode(); return one.naturalWidth; }") > 0
    expect(panel).not_to_contain_text("请打电话")
    picture(page, "visits-pass")
    page.emulate_media(media="print")
    expect(page.locator(".wk-head")).to_be_hidden()
    expect(panel.locator("h2")).to_be_hidden()
    expect(code).to_be_visible()
    page.emulate_media(media="screen")
    panel.locator("[data-act=enter]").click()
    expect(panel).to_have_attribute("data-state", "inside")
    page.goto("/console/visits/today")
    inside = page.locator("[data-list=inside] [data-visit]").first
    expect(inside).to_contain_text("王**")
    inside.locator("a").click()
    page.locator("[data-visit-panel] [data-act=leave]").click()
    expect(page.locator("[data-list=ended]")).to_contain_text("已离开")
    expect(page.locator("[data-list=inside] [data-visit]")).to_have_count(0)


def test_another_windows_answer_is_seen_by_the_live_channel_and_a_refusal_lets_nobody_in(rooms):
    page = rooms.open("operator", path="visits")
    panel = register(page)
    other = rooms.open("operator", path=page.url.split("/console/")[1], beside=page)
    seen = other.locator("[data-visit-panel]")
    expect(seen).to_have_attribute("data-state", "registered")
    record_call(panel, "no", "不认识")
    for one in (panel, seen):
        expect(one.locator("[data-visit-state=refused]")).to_have_text("住户拒绝")
        expect(one.locator("[data-act]")).to_have_count(0)
        expect(one.locator("[data-show-pass]")).to_have_count(0)


def test_an_identity_number_is_masked_until_somebody_says_why_which_is_on_the_audit_log(estate, rooms, picture):
    page = rooms.open("operator", path="visits")
    panel = register(page)
    expect(panel).to_contain_text("**************002X")
    assert IDENTITY not in page.content()
    panel.locator("[data-unmask]").click()
    dialog = page.get_by_role("dialog")
    show = dialog.get_by_role("button", name="查看", exact=True)
    expect(show).to_be_disabled()
    dialog.get_by_label("查看原因（必填）").fill("核对证件")
    show.click()
    expect(dialog.locator("[data-unmasked]")).to_contain_text(IDENTITY)
    expect(dialog).to_contain_text(re.compile(r"本小时还可查看 \d+ 次"))
    dialog.get_by_role("button", name="遮住").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert IDENTITY not in page.content()
    with estate.client("auditor") as http:
        found = http.get("/audit", params={"act": "visit.unmask"}).raise_for_status().json()["entries"]
    assert found[0]["reason"] == "核对证件"


def test_a_draft_survives_a_reload_but_the_identity_number_does_not(rooms):
    page = rooms.open("operator", path="visits/register")
    page.wait_for_selector("#wk-visit-room")
    fill(page, room=ROOM, name=NAME, identity=IDENTITY)
    kept = """async () => { const db = await new Promise(done => { const asked = indexedDB.open('watchkeeper');
        asked.onsuccess = () => done(asked.result); });
      return JSON.stringify(await new Promise(done => { const all = db.transaction('drafts').objectStore('drafts').getAll();
        all.onsuccess = () => done(all.result); })); }"""
    page.wait_for_function(f"async () => (await ({kept})()).includes('{NAME}')")
    assert IDENTITY not in page.evaluate(kept)
    page.reload()
    expect(page.locator("#wk-visit-name")).to_have_value(NAME)
    expect(page.locator("#wk-visit-identity")).to_have_value("")
    expect(page.locator("[data-draft]")).to_contain_text("证件号须重新输入")


def test_a_truck_is_not_registered_before_its_driver_was_told_the_rules(rooms, picture):
    page = rooms.open("operator", path="visits/register")
    page.wait_for_selector("#wk-visit-room")
    page.locator("input[value=truck]").check()
    fill(page, plate="京A12345", name=NAME, phone=PHONE, reason="装修材料")
    button = page.get_by_role("button", name="登记", exact=True)
    expect(page.locator("[data-rules]")).to_contain_text("07:00 至 20:00")
    expect(page.locator("[data-rules] li")).to_have_count(RULES)
    assert all(page.locator("[data-rules] li").all_inner_texts())
    expect(button).to_be_disabled()
    page.locator("#wk-visit-phone").press("Enter")
    expect(page.locator("[data-visit-panel]")).to_have_count(0)
    picture(page, "visits-truck")
    page.locator("[data-rules] input[type=checkbox]").check()
    button.click()
    panel = page.locator("[data-visit-panel]")
    expect(panel).to_contain_text("estate-rules-1")
    expect(panel.locator("[data-act=admit]")).to_be_visible()


def test_a_couriers_goods_are_left_carried_only_with_consent_and_collected(rooms, picture):
    page = rooms.open("operator", path="visits/deliveries")
    form = page.locator("form[aria-label=登记投放]")
    form.get_by_label("被访房号").fill(ROOM)
    page.keyboard.press("Escape")
    form.locator("[data-place] .ant-select").click()
    page.locator(".ant-select-item-option").filter(has_text="东门").first.click()
    form.get_by_label("件数").fill("2")
    form.locator("button[type=submit]").click()
    expect(form).to_contain_text("已登记。无法通知住户：请打电话")
    goods = page.locator("[data-list=dropped] [data-delivery]")
    expect(goods).to_contain_text("东门")
    expect(goods.locator("[data-deed=carry]")).to_have_count(0)
    goods.locator("[data-deed=ask]").click()
    expect(goods).to_have_attribute("data-consent", "asked")
    goods.locator("[data-deed=agree]").click()
    goods.locator("[data-person] .ant-select").click()
    page.locator(".ant-select-item-option").filter(has_text=HOST_NAME).click()
    goods.get_by_label("对方说了什么").fill("请放门口")
    goods.locator("form button[type=submit]").click()
    expect(goods.locator("[data-deed=carry]")).to_be_visible()
    picture(page, "visits-goods")
    goods.locator("[data-history-of]").click()
    expect(goods.locator("[data-past] [data-history] li")).to_contain_text(["放在投放点", "征询住户", "同意送上门"])
    goods.locator("[data-deed=collect]").click()
    expect(page.locator("[data-list=dropped]")).to_have_count(0)
    expect(page.locator("tr[data-delivery]")).to_contain_text("已领取")


def test_a_guard_with_a_phone_registers_and_is_told_of_no_news_that_stopped(rooms, picture):
    page = guards_page(rooms, viewport=PHONE_SIZE)
    panel = register(page)
    expect(panel.locator("[data-act=ask]")).to_be_visible()
    panel.locator("[data-act=call]").click()
    panel.locator("[data-act-form=call] [data-person] .ant-select").click()
    expect(page.locator(".ant-select-item-option")).to_contain_text(f"{HOST_NAME[0]}*")
    page.keyboard.press("Escape")
    page.wait_for_timeout(6_000)
    expect(page.locator("[data-banner=stale]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_SIZE["width"]
    picture(page, "visits-phone")


def test_a_lead_sets_up_a_space_and_others_only_look(rooms, picture):
    page = rooms.open("shift_leader", path="visits/places")
    section = page.locator("[data-setting=spaces]")
    for label, text in (("编号", "P1"), ("中文名", "访客车位1"), ("英文名", "visitor 1")):
        section.get_by_label(label, exact=True).fill(text)
    section.locator("form [data-place] .ant-select").click()
    page.locator(".ant-select-item-option").filter(has_text="东门").first.click()
    section.get_by_role("button", name="新增").click()
    expect(section.locator("[data-space=P1]")).to_contain_text("0 / 1")
    picture(page, "visits-places")
    rules = page.locator("[data-setting=rules]")
    rules.get_by_label("中文，每行一条").fill("慢行\n不鸣喇叭")
    rules.get_by_label("英文，逐行对应，可留空").fill("drive slowly")
    rules.get_by_role("button", name="保存为新版本").click()
    expect(rules).to_contain_text("estate-rules-2")
    other = rooms.open("operator", path="visits/places")
    expect(other.locator("[data-space=P1]")).to_be_visible()
    expect(other.locator("[data-setting] form")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_room_is_whole_in_both_languages_and_can_be_used_by_anybody(rooms, picture, language):
    page = rooms.open("manager", language, path="visits/register", bypass_csp=True)
    register(page)
    for name in ("register", "today", "deliveries", "places", "notices", "truck"):
        if name == "truck":
            page.goto("/console/visits/register")
            page.locator("input[value=truck]").check()
        elif name != "register":
            page.locator(f".wk-visit-tabs a[href='/console/visits/{name}']").click()
            page.wait_for_load_state("networkidle")
        picture(page, f"visits-{name}-{language}")
        assert serious(page) == [], name
        assert page.evaluate(COLOURS) == [], name
        left = [WRITTEN.sub("", text) for text in page.evaluate(TEXTS)] if language == "en" else []
        assert [text for text in left if ALONE.search(text)] == [], name


def test_those_in_charge_keep_the_visits_as_a_file_and_others_do_not(rooms):
    page = rooms.open("shift_leader", path="visits/today")
    with page.expect_download() as waiting:
        page.locator("[data-export]").get_by_role("button", name="导出 CSV").click()
    content = waiting.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "so that Excel reads Chinese"
    assert "姓名 name" in content.decode("utf-8-sig").splitlines()[0]
    assert NAME not in content.decode("utf-8-sig")
    other = rooms.open("operator", path="visits/today")
    expect(other.locator("[data-list]").first).to_be_visible()
    expect(other.locator("[data-export]")).to_have_count(0)
