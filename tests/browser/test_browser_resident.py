"""The resident's page on a phone: a question, one answer, and nothing claimed that the hub has not said.

The hub here has a worker, a database and the API, and tells residents by a real channel to a server on loopback.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from contract.clock import US_PER_S, SystemClock
from hub.access.asks import AccessPut, By
from hub.notify.residents.settings import ResidentSettings
from tests.browser.conftest import PAGE_MS, ROOT
from tests.support.outward_rig import Receiver, Site, running_site, until
from tests.support.visit_rig import CARD_KEY, HOST, IDENTITY, ROOM, THINGS, estate

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it, when it is used

PAGE = ROOT / "hub" / "web" / "resident" / "index.html"
AXE = ROOT / "dashboards" / "node_modules" / "axe-core" / "axe.min.js"
FORM = {
    "kind": "visitor", "room": ROOM, "name": "王小明", "identity": IDENTITY, "phone": "139 0000 1111", "reason": "看望家人",
    "route": "main",
}  # fmt: skip
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
OWN_TEXTS = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.closest('[lang^=zh]:not(html), [data-user-data]') === null)
  .flatMap(one => [one.getAttribute('alt'), one.getAttribute('aria-label'),
    ...[...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data)])
  .filter(Boolean).join('\\n')"""
SMALL = """([px, side]) => [...document.querySelectorAll('body *')].filter(one => {
  if (one.getClientRects().length === 0) return false;
  const box = one.getBoundingClientRect();
  const written = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
  return (written && parseFloat(getComputedStyle(one).fontSize) < px)
    || (one.tagName === 'BUTTON' && (box.height < side || box.width < side));
}).map(one => one.outerHTML)"""
OLD_BROWSER = """Object.defineProperty(navigator, 'clipboard', {value: undefined});
delete Navigator.prototype.canShare;"""
ELDER_PX, TARGET_PX = 24, 60
"""18 pt; the least side of what is tapped."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def site(tmp_path, receiver) -> Iterator[Site]:
    assert PAGE.is_file(), "the pages are not built: run make web"
    (tmp_path / "sms.url").write_text(f"json://127.0.0.1:{receiver.port}/{{phone}}")
    (tmp_path / "sms.url").chmod(0o600)
    ways = [ResidentSettings("sms", "sms.url")]
    with running_site(tmp_path, book=estate(), card_key=CARD_KEY, residents=ways) as made:
        for thing in THINGS:
            made.worker.ask(AccessPut(thing, 0, By("root"))).result(10)
        route = {"name_zh": "主路", "words": "直行", "groups": ["visitors"]}
        assert made.http.put("/visit-routes/main", json=route).status_code == 200
        yield made


class Phone:
    """Phones of 390x844 that are touched, each a browser of its own; `requests`: all that they asked for."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self._site, self._browser = site, browser
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, path: str, language: str = "zh-CN") -> Page:
        """The link, tapped on; `path` is what follows the hub's address."""
        context = self._browser.new_context(
            locale=language,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
            timezone_id="America/New_York",
        )
        context.set_default_timeout(PAGE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self._site.outward.url}{path}")
        return page

    def _hear(self, request: Request) -> None:
        self.requests.append(request)


@pytest.fixture
def phone(site, browser) -> Iterator[Phone]:
    made = Phone(site, browser)
    yield made
    for context in made.contexts:
        context.close()
    assert made.errors == []


def sent_link(receiver: Receiver) -> str:
    """What follows the hub's address in the newest message."""
    text = json.loads(receiver.requests[-1][1])["message"]
    return str(re.findall(r"https://hub\.garden\.example(/resident/#[\w-]{22})", text)[0])


@pytest.fixture
def visit(site, receiver) -> dict[str, Any]:
    """A visitor at the gate of whom the resident is asked; `link` as the resident got it."""
    made = site.http.post("/visits", json=FORM)
    assert made.status_code == 201, made.text
    assert site.http.post(f"/visits/{made.json()['id']}/ask").status_code == 200
    until(lambda: receiver.requests, "the message")
    return {**made.json(), "link": sent_link(receiver)}


def say(page: Page, first: str, second: str) -> None:
    page.get_by_role("button", name=first, exact=True).tap()
    page.get_by_role("button", name=second, exact=True).tap()


def state(site: Site, visit: dict[str, Any]) -> str:
    return str(site.http.get(f"/visits/{visit['id']}").json()["visit"]["state"])


def check_axe(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_a_resident_agrees_and_a_second_tap_a_reload_and_another_phone_show_the_same(site, phone, visit, picture):
    page = phone.open(visit["link"])
    expect(page.locator("h1")).to_have_text("有访客到访，是否同意放行？")
    for word in ("王小明", "看望家人", ROOM, "剩余时间"):
        expect(page.locator("main")).to_contain_text(word)
    assert re.search(r"\b0\d:\d\d\b", page.get_by_role("timer").inner_text())
    picture(page, "resident-asked")
    page.get_by_role("button", name="同意", exact=True).tap()
    expect(page.get_by_role("heading", name="确定同意吗？")).to_be_visible()
    assert state(site, visit) == "asked", "one tap answers nothing"
    picture(page, "resident-confirm")
    page.get_by_role("button", name="确定同意").tap()
    expect(page.locator("h1")).to_have_text(re.compile(r"^已同意 \d\d:\d\d$"))
    assert state(site, visit) == "confirmed"
    expect(page.locator(".wr-pass img")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("王小明")
    picture(page, "resident-agreed")
    told = page.locator("h1").inner_text()
    page.reload()
    expect(page.locator("h1")).to_have_text(told)
    expect(phone.open(visit["link"]).locator("h1")).to_have_text(told)


def test_a_tap_on_a_page_that_stood_open_meanwhile_changes_nothing_and_says_so(site, phone, visit):
    first, second = phone.open(visit["link"]), phone.open(visit["link"])
    expect(second.get_by_role("button", name="拒绝", exact=True)).to_be_visible()
    say(first, "同意", "确定同意")
    expect(first.locator("h1")).to_contain_text("已同意")
    say(second, "拒绝", "确定拒绝")
    expect(second.locator("h1")).to_contain_text("已同意")
    expect(second.get_by_role("alert")).to_contain_text("没有改变")
    assert state(site, visit) == "confirmed"


def test_a_resident_refuses_and_may_turn_back_before(site, phone, visit):
    page = phone.open(visit["link"])
    say(page, "同意", "返回")
    assert state(site, visit) == "asked"
    say(page, "拒绝", "确定拒绝")
    expect(page.locator("h1")).to_contain_text("已拒绝")
    assert state(site, visit) == "refused"
    expect(page.locator(".wr-pass")).to_have_count(0)


def test_two_quick_taps_at_one_place_answer_nothing(site, phone, visit):
    page = phone.open(visit["link"])
    box = page.get_by_role("button", name="拒绝", exact=True).bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    assert state(site, visit) == "asked"
    assert not [one for one in phone.requests if one.url.endswith("/answer")]


def test_when_the_time_is_over_the_page_says_expired(site, phone, visit, monkeypatch):
    page = phone.open("/healthz")
    page.clock.install()
    page.goto(site.outward.url + visit["link"])
    expect(page.get_by_role("button", name="同意", exact=True)).to_be_visible()
    real = SystemClock.now_us
    monkeypatch.setattr(SystemClock, "now_us", lambda clock: real(clock) + 601 * US_PER_S)
    page.clock.fast_forward(601_000)
    expect(page.locator("h1")).to_have_text("已过期，请联系岗亭")
    expect(page.get_by_role("button", name="同意", exact=True)).to_have_count(0)


@pytest.mark.parametrize("path", ["/resident/", "/resident/#AAAAAAAAAAAAAAAAAAAAAA", "/resident/#%3Cb%3E"])
def test_a_link_that_nobody_made_is_told_so(site, phone, path):
    expect(phone.open(path).locator("h1")).to_have_text("链接无效或已过期，请联系岗亭")


def test_without_the_hub_nothing_is_claimed_and_another_try_answers_once(site, phone, visit, picture):
    page = phone.open(visit["link"])
    page.get_by_role("button", name="同意", exact=True).tap()
    page.context.set_offline(True)
    page.get_by_role("button", name="确定同意").tap()
    expect(page.locator("h1")).to_have_text("答复未确认")
    expect(page.locator("main")).not_to_contain_text("已同意")
    picture(page, "resident-away")
    page.get_by_role("button", name="重试").tap()
    expect(page.locator("h1")).to_have_text("答复未确认")
    assert state(site, visit) == "asked"
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").tap()
    expect(page.locator("h1")).to_contain_text("已同意")


def test_goods_are_brought_to_the_door_with_consent(site, phone, receiver):
    made = site.http.post("/deliveries", json={"room": ROOM, "place": "shelf", "company": "顺丰", "parcels": 2}).json()
    name = made["delivery"]["id"]
    until(lambda: receiver.requests, "the message")
    assert site.http.post(f"/deliveries/{name}/deeds/ask", json={}).status_code == 200
    until(lambda: len(receiver.requests) > 1, "the question")
    page = phone.open(sent_link(receiver))
    expect(page.locator("h1")).to_contain_text("是否同意保安送上门")
    expect(page.locator("main")).to_contain_text("顺丰")
    say(page, "同意", "确定同意")
    expect(page.locator("h1")).to_contain_text("已同意")
    assert site.http.get(f"/deliveries/{name}").json()["delivery"]["consent"] == "yes"


def test_text_for_older_people_is_large_remembered_and_targets_are_wide(site, phone, visit, picture):
    page = phone.open(visit["link"])
    page.get_by_role("button", name="长辈版").tap()
    assert page.evaluate(SMALL, [ELDER_PX, TARGET_PX]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "resident-elder")
    page.get_by_role("button", name="同意", exact=True).tap()
    assert page.evaluate(SMALL, [ELDER_PX, TARGET_PX]) == []
    page.reload()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    assert page.evaluate(SMALL, [ELDER_PX, TARGET_PX]) == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("elder", [False, True])
def test_axe_finds_nothing_in_either_language_and_size(site, phone, visit, language, elder):
    page = phone.open(visit["link"], language)
    zh = language == "zh-CN"
    if elder:
        page.get_by_role("button", name="长辈版" if zh else "Large text").tap()
    yes = page.get_by_role("button", name="同意" if zh else "Agree", exact=True)
    expect(yes).to_be_visible()
    check_axe(page)
    yes.tap()
    sure = page.get_by_role("button", name="确定同意" if zh else "Yes, agree")
    expect(sure).to_be_enabled()
    check_axe(page)
    sure.tap()
    expect(page.locator(".wr-pass img")).to_be_visible()
    check_axe(page)
    page = phone.open("/resident/#unknown", language)
    expect(page.locator("h1")).to_be_visible()
    check_axe(page)


def test_english_by_the_browsers_language_has_no_chinese_but_what_people_wrote_and_a_choice_is_kept(site, phone, visit, picture):
    page = phone.open(visit["link"], "en-GB")
    expect(page.locator("h1")).to_contain_text("May they come in?")
    assert CHINESE.findall(page.evaluate(OWN_TEXTS)) == []
    picture(page, "resident-english")
    say(page, "Agree", "Yes, agree")
    expect(page.locator("h1")).to_contain_text("Agreed at")
    expect(page.locator(".wr-pass img")).to_be_visible()
    assert CHINESE.findall(page.evaluate(OWN_TEXTS)) == []
    page.get_by_role("button", name="中文").tap()
    page.reload()
    expect(page.locator("h1")).to_contain_text("已同意")


def test_the_token_stands_in_no_address_no_referer_and_no_log(site, phone, visit, caplog):
    caplog.set_level(logging.DEBUG)
    token = visit["link"].partition("#")[2]
    page = phone.open(visit["link"])
    say(page, "同意", "确定同意")
    expect(page.locator(".wr-pass img")).to_be_visible()
    assert token not in page.url, "it leaves the address bar"
    asked = [one for one in phone.requests if "/visit-links/" in one.url]
    assert {one.url.rsplit("/", 1)[1] for one in asked} == {"show", "answer", "pass"}
    assert all(token in (one.post_data or "") for one in asked)
    for one in phone.requests:
        # what stands behind the # is the browser's own, and is not sent
        assert token not in one.url.partition("#")[0]
        assert token not in one.all_headers().get("referer", "")
    assert token not in "\n".join(record.getMessage() + str(record.__dict__) for record in caplog.records)


# Registering visitors


@pytest.fixture
def own(site, receiver) -> str:
    """What the resident got when the desk had their own link sent."""
    assert site.http.post(f"/residents/{HOST}/link").status_code == 200
    until(lambda: receiver.requests, "the message")
    text = json.loads(receiver.requests[-1][1])["message"]
    return str(re.findall(r"https://hub\.garden\.example(/resident/#me-[\w-]{22})", text)[0])


def test_a_resident_registers_hands_the_pass_on_and_takes_the_visit_back(site, phone, own, picture):
    page = phone.open(own)
    expect(page.locator("h1")).to_have_text("登记访客")
    picture(page, "resident-own")
    assert page.get_by_role("button", name="登记", exact=True).is_disabled(), "a name is needed"
    page.get_by_label("访客姓名").fill("王小明")
    page.get_by_label("日期").select_option(index=2)
    page.get_by_label("到达时间").fill("18:30")
    page.get_by_label("停留时长").select_option("2")
    page.get_by_label("人数").select_option("3")
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.locator("[data-made] h2")).to_have_text("已登记，请把通行码发给访客")
    expect(page.locator("[data-made] img")).to_be_visible()
    text = page.get_by_label("可转发的文字").input_value()
    assert "18:30 至" in text
    assert "3 人" in text
    assert "王" not in text
    picture(page, "resident-registered")
    (visit,) = site.http.get("/visits", params={"view": "waiting"}).json()["visits"]
    assert (visit["state"], visit["made_as"], visit["people"], visit["name"]) == ("confirmed", "resident", 3, "王**")
    assert visit["from_at"][11:16] == "10:30", "the estate's time, not New York's"
    page.reload()
    row = page.locator(f"[data-visit='{visit['id']}']")
    row.get_by_role("button", name="通行码").tap()
    expect(row.locator("img")).to_be_visible()
    row.get_by_role("button", name="撤回").tap()
    assert site.http.get(f"/visits/{visit['id']}").json()["visit"]["state"] == "confirmed", "one tap takes nothing back"
    row.get_by_role("button", name="确定撤回").tap()
    expect(row).to_have_count(0)
    assert site.http.get(f"/visits/{visit['id']}").json()["visit"]["state"] == "cancelled"


def test_the_text_is_copied_where_the_browser_has_the_old_way_alone(site, phone, own):
    page = phone.open("/healthz")
    page.context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});delete Navigator.prototype.canShare"
    )
    page.goto(site.outward.url + own)
    page.get_by_label("访客姓名").fill("王小明")
    page.get_by_role("button", name="登记", exact=True).tap()
    page.get_by_role("button", name="复制文字").tap()
    expect(page.get_by_text("已复制")).to_be_visible()
    expect(page.get_by_role("button", name="发给访客")).to_have_count(0)
    name = page.get_by_label("访客姓名")
    name.fill("")
    name.focus()
    page.keyboard.press("ControlOrMeta+V")
    assert "访客通行" in name.input_value()


def test_behind_a_yes_the_page_leads_to_registering(site, phone, visit):
    page = phone.open(visit["link"])
    say(page, "同意", "确定同意")
    page.get_by_role("button", name="自己登记访客").tap()
    expect(page.locator("h1")).to_have_text("登记访客")
    assert "me-" not in page.url, "this token too leaves the address"


def test_without_the_hub_nothing_is_registered_and_the_form_keeps_what_was_typed(site, phone, own):
    page = phone.open(own)
    page.get_by_label("访客姓名").fill("王小明")
    page.context.set_offline(True)
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.get_by_role("alert")).to_contain_text("没有收到系统回复")
    expect(page.locator("[data-made]")).to_have_count(0)
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("访客姓名")).to_have_value("王小明")
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.locator("[data-made]")).to_have_count(1)


def test_a_link_that_was_withdrawn_says_whom_to_ask(site, phone, own):
    page = phone.open(own)
    expect(page.locator("h1")).to_have_text("登记访客")
    assert site.http.post(f"/residents/{HOST}/link/revoke", json={"reason": "转发"}).status_code == 200
    page.get_by_label("访客姓名").fill("王小明")
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.locator("h1")).to_have_text("链接无效或已过期")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("elder", [False, True])
def test_registering_is_readable_for_all_in_either_language_and_size(site, phone, own, language, elder, picture):
    page = phone.open(own, language)
    zh = language == "zh-CN"
    send = page.get_by_role("button", name="登记" if zh else "Register", exact=True)
    expect(send).to_be_visible()
    if elder:
        page.get_by_role("button", name="长辈版" if zh else "Large text").tap()
    page.get_by_label("访客姓名" if zh else "Visitor's name").fill("王小明")
    page.get_by_label("日期" if zh else "Day").select_option(index=1)
    page.get_by_label("到达时间" if zh else "Arrives at").fill("23:59")
    check_axe(page)
    send.tap()
    expect(page.locator("[data-made] img")).to_be_visible()
    page.get_by_role("button", name="撤回" if zh else "Take back").tap()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if elder:
        assert page.evaluate(SMALL, [ELDER_PX, TARGET_PX]) == []
    if not zh:
        assert CHINESE.findall(page.evaluate(OWN_TEXTS)) == []
    picture(page, f"resident-own-{language}{'-elder' if elder else ''}")
