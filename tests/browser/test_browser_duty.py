"""The duty desk as people use it: check 14 of the brief of the screens, and what two windows see of each other."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.permissions import Role
from hub.accounts.secrets import account_key
from tests.support.agent_rig import wait_for
from tests.support.browser_estate import BrowserEstate, Wanted

PEOPLE: dict[Role, str] = {"operator": "wu-min", "shift_leader": "li-na", "manager": "zhang-wei"}
EVERY_S, OPEN_S, SOUND_S, LEADER_S = 30, 10, 3, 3
"""A check-in each half minute, which sounds after a few seconds and escalates a few after its end."""
DUE_S = 5
DESK = ("post-check-in", "two-hour-record", "shift-handover")
NAMES = {"name_zh": "值守", "name_en": "desk"}
ROUTES = [{"id": duty, "duty": duty, "places": ["gate"], "sources": ["hub"]} | NAMES for duty in DESK]


class DeskEstate(BrowserEstate):
    """An estate whose room at the gate is checked much more often than the shipped policy has it."""

    def _policy(self) -> dict[str, Any]:
        policy = super()._policy()
        clause = policy["clauses"]["MON-1"]
        clause["numbers"]["sound_s"] = SOUND_S
        clause["escalations"][0]["after_s"] = LEADER_S
        clause["duties"][0]["schedules"] = [
            {"type": "interval", "from": "00:00", "to": "00:00", "every_s": EVERY_S, "open_s": OPEN_S}
        ]
        clause["duties"][0]["by"] = clause["duties"][1]["by"] = ["monitor", "guard"]
        return policy


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(more={"routes": ROUTES})


@pytest.fixture(scope="module")
def estate(wanted, tmp_path_factory):
    """Accounts stand for people here: a check-in is evidence of somebody."""
    with DeskEstate(tmp_path_factory.mktemp("desk"), wanted) as running:
        with running.client("administrator") as http:
            for role, person in PEOPLE.items():
                account = account_key(running.person(role)[0])
                http.patch(f"/accounts/{account}", json={"person": person}).raise_for_status()
                # whose person changes has to sign in again
                made = http.post(f"/accounts/{account}/tokens", json={"label": "test", "days": 1}).raise_for_status()
                running.tokens[role] = made.json()["token"]
        yield running


def tone(page: Page) -> str:
    found: str = page.evaluate("document.documentElement.dataset.tone ?? ''")
    return found


def item(page: Page, name: str):
    return page.locator(f"[data-item='{name}']")


def raise_one(estate, priority: int = 3) -> int:
    name = estate.raise_incidents(1, priority)[0]
    found = wait_for(lambda: [one["no"] for one in estate.incidents() if one["subject"].endswith(name)], "the incident")
    return int(found[0])


def go_to(page: Page, name: str) -> None:
    """Choose an item by keys alone."""
    for _ in range(page.locator("[data-item]").count()):
        page.keyboard.press("k")
    while item(page, name).get_attribute("aria-current") != "true":
        page.keyboard.press("j")


def begin_handover(page: Page) -> None:
    page.goto("/console/duty/handover")
    page.get_by_role("button", name="开始交班").click()
    expect(page.locator("[data-waits=join]")).to_be_visible()


def cancel_handover(estate) -> None:
    with estate.client("manager") as http:
        for one in http.get("/handovers", params={"state": "draft"}).raise_for_status().json()["handovers"]:
            http.post(f"/handovers/{one['id']}/cancel").raise_for_status()


@pytest.fixture
def no_handover(estate):
    cancel_handover(estate)
    yield
    cancel_handover(estate)


@pytest.fixture
def refused(rooms):
    """The hub refuses something on purpose here, and a browser says so on its console."""
    yield
    rooms.said[:] = [one for one in rooms.said if re.search("status of 4(09|22)", one) is None]


def test_14_a_check_in_counts_down_over_every_room_sounds_and_escalates_when_nobody_answers(estate, room, picture):
    page = room("operator", path="queue")
    banner = page.locator("[data-banner^='check-in']:not([data-banner=check-in-missed])")
    expect(banner).to_be_visible(timeout=2 * EVERY_S * 1_000)
    seen = banner.get_by_role("timer").inner_text()
    expect(banner.get_by_role("timer")).not_to_have_text(seen)
    expect(page.locator("[data-banner=check-in-sounding]")).to_be_visible(timeout=OPEN_S * 1_000)
    wait_for(lambda: tone(page) == "check_in", "the tone")
    missed = page.locator("[data-banner=check-in-missed]")
    expect(missed).to_be_visible(timeout=3 * OPEN_S * 1_000)
    expect(missed).to_contain_text("已升级至第 1 级", timeout=3 * OPEN_S * 1_000)
    picture(page, "14-missed")
    gaps = [one for one in estate.incidents() if one["detector"] == "duty_gap" and one["clause"] == "MON-1"]
    assert gaps, "nothing was raised"
    page.goto("/console/duty/check-in")
    expect(page.locator("tr[data-state=missed]").first).to_be_visible()
    picture(page, "14-check-ins")


def test_a_check_in_is_answered_from_any_room_and_the_room_says_who_and_how_fast(estate, room, picture):
    estate.acknowledge_all()
    page, other = room("operator", path="plans"), room("shift_leader", "en", path="duty/check-in")
    answer = page.locator("[data-check-in]")
    expect(answer).to_be_visible(timeout=2 * EVERY_S * 1_000)
    picture(page, "14-open")
    answer.focus()
    page.keyboard.press("Enter")
    expect(answer).to_have_count(0)
    wait_for(lambda: tone(page) != "check_in", "silence")
    kept = other.locator("tr[data-state=kept]").first
    expect(kept).to_contain_text("Wu Min")
    expect(kept).to_contain_text(re.compile(r"00:\d\d"))
    picture(other, "14-answered-en")


def test_14_a_handover_refuses_what_nobody_has_accepted_and_what_came_since(estate, room, refused, no_handover, picture):
    estate.acknowledge_all()
    first, second = raise_one(estate), raise_one(estate)
    leaves = room("operator", path="duty/handover")
    begin_handover(leaves)
    comes = room("shift_leader", path="duty/handover")
    comes.locator("[data-sign=coming]").click()
    expect(leaves.locator("[data-side=coming]")).to_contain_text(estate.person("shift_leader")[0])
    leaves.locator("[data-sign=leaving]").click()
    expect(comes.locator("[data-side=leaving]")).to_have_attribute("data-signed", "true")
    comes.locator("[data-sign=coming]").click()
    expect(comes.locator("[data-code=items_unaccepted]")).to_contain_text("未接收")
    picture(comes, "14-unaccepted")
    go_to(comes, f"incident:{first}")
    comes.keyboard.press("Space")
    expect(item(comes, f"incident:{first}")).to_have_attribute("data-decision", "accepted")
    go_to(comes, f"incident:{second}")
    comes.keyboard.press("Enter")
    comes.keyboard.type("对讲机不在")
    comes.keyboard.press("Enter")
    expect(item(leaves, f"incident:{first}")).to_have_attribute("data-decision", "accepted")
    expect(item(leaves, f"incident:{second}")).to_contain_text("对讲机不在")
    while (left := comes.locator("[data-accept]")).count():
        count = left.count()
        left.first.click()
        expect(comes.locator("[data-accept]")).to_have_count(count - 1)
    came = raise_one(estate)
    comes.locator("[data-sign=coming]").click()
    expect(comes.locator("[data-code=stale]")).to_contain_text("逐项接收")
    item(comes, f"incident:{came}").locator("[data-accept]").click()
    expect(comes.locator("[role=status][data-open='0']")).to_be_visible()
    comes.locator("[data-sign=coming]").click()
    for page in (comes, leaves):
        expect(page.locator("[data-waits=nothing], .wk-plain a").first).to_contain_text("已完成")
    leaves.locator(".wk-plain a").first.click()
    record = leaves.locator(".wk-printed")
    expect(record).to_contain_text("已接收")
    leaves.emulate_media(media="print")
    expect(leaves.locator(".wk-head")).to_be_hidden()
    picture(leaves, "14-record-printed")


def test_one_person_cannot_take_over_from_himself_and_a_password_is_not_kept(estate, room, refused, no_handover, picture):
    raise_one(estate)
    raise_one(estate)
    page = room("operator", path="duty/handover")
    begin_handover(page)
    page.locator("[data-here=coming]").click()
    name, password = estate.person("operator")
    form = page.locator(".wk-by-password")
    form.locator("[name=name]").fill(name)
    form.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page.locator("[data-code=same_person]")).to_be_visible()
    expect(form.locator("[name=password]")).to_have_value("")
    name, password = estate.person("shift_leader")
    form.locator("[name=name]").fill(name)
    form.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page.locator("[data-side=coming]")).to_contain_text(name)
    expect(page.locator("[data-accept]").first).to_be_visible()
    page.keyboard.press("j")
    chosen = page.locator("[data-item][aria-current=true]").get_attribute("data-item") or ""
    page.keyboard.press("Space")
    expect(item(page, chosen)).to_have_attribute("data-decision", "accepted")
    expect(item(page, chosen)).to_contain_text(name)
    kept = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert password not in kept
    picture(page, "14-same-window")


def test_a_draft_of_the_record_survives_a_reload_and_is_gone_once_it_was_written(estate, room, refused, picture):
    page = room("operator", path="duty/records")
    page.locator("#wk-record-summary").fill("一切平静")
    page.locator("#wk-record-cameras_checked").fill("48")
    page.wait_for_function(
        "() => new Promise(done => { const open = indexedDB.open('watchkeeper'); open.onsuccess = () => {"
        " const all = open.result.transaction('drafts').objectStore('drafts').getAll();"
        " all.onsuccess = () => done(all.result.some(one => one.body.cameras_checked === '48')); }; })"
    )
    page.reload()
    expect(page.locator("#wk-record-summary")).to_have_value("一切平静")
    expect(page.locator("[data-draft=found]")).to_be_visible()
    page.get_by_role("button", name="提交记录").click()
    expect(page.get_by_role("alert").filter(has_text="请填写“异常情况”")).to_be_visible()
    page.locator("#wk-record-unusual").fill("无")
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator(".wk-record-view").first).to_contain_text("一切平静")
    expect(page.locator("#wk-record-summary")).to_have_value("")
    picture(page, "record-written")


def test_a_key_goes_out_is_shown_overdue_and_comes_back_broken(estate, room, picture):
    with estate.client("shift_leader") as http:
        new = {"id": "K-1", "kind": "key", "name_zh": "泵房钥匙", "name_en": "pump room's key", "place": "gate"}
        http.post("/keys", json=new).raise_for_status()
        http.post("/keys", json=new | {"id": "K-2"}).raise_for_status()
        at = datetime.fromisoformat(http.get("/duty/check-in").raise_for_status().json()["at"])
        lent = {"person": "zhang-wei", "purpose": "巡检", "due_at": (at + timedelta(seconds=DUE_S)).isoformat()}
        http.post("/keys/K-2/issue", json=lent).raise_for_status()
    page = room("operator", path="duty/keys")
    page.locator("[data-key='K-2'] button").click()
    expect(page.locator("[data-key='K-2']")).to_contain_text("逾期未还", timeout=3 * DUE_S * 1_000)
    expect(page.locator(".wk-key-detail").get_by_role("button", name="事件 #")).to_be_visible(timeout=3 * DUE_S * 1_000)
    picture(page, "key-overdue")
    page.keyboard.press("j")
    expect(page.locator(".wk-key-detail")).to_have_attribute("data-state", "in")
    page.locator("#wk-key-person").click()
    page.keyboard.type("张伟")
    page.keyboard.press("Enter")
    page.locator("#wk-key-purpose").fill("巡检")
    page.locator("[data-issue]").click()
    expect(page.locator("[data-key='K-1']")).to_contain_text("张伟")
    expect(page.locator(".wk-history")).to_contain_text("巡检")
    page.locator(".wk-key-detail input[value=broken]").check()
    page.locator("[data-act=return]").click()
    expect(page.locator(".wk-key-detail")).to_have_attribute("data-state", "broken")
    picture(page, "keys")


def test_a_call_is_logged_by_keyboard_and_stands_apart_from_what_the_exchange_measured(estate, room, picture):
    with estate.client("operator") as http:
        at = http.get("/duty/check-in").raise_for_status().json()["at"]
        told = {"call": "x.1", "event": "ringing", "at": at, "number": "13900001111"}
        http.post("/calls/exchange", json=told).raise_for_status()
    page = room("operator", path="duty/calls")
    measured, declared = page.locator("[data-source=exchange]"), page.locator("[data-source=declared]")
    expect(measured.locator("[data-outcome=ringing]")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("13800005678")
    page.keyboard.press("Tab")
    page.keyboard.type("三号楼漏水")
    page.keyboard.press("Enter")
    expect(declared).to_contain_text("三号楼漏水")
    expect(declared).to_contain_text("138****5678")
    expect(page.locator("main")).not_to_contain_text("13800005678")
    with estate.client("operator") as http:
        told |= {"event": "answered", "at": http.get("/duty/check-in").json()["at"]}
        http.post("/calls/exchange", json=told).raise_for_status()
    expect(measured.locator("[data-call='exchange:x.1']")).to_contain_text("接听用时")
    picture(page, "calls")
