"""The duty desk over real HTTP, on a real worker and database."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract.clock import US_PER_S, SystemClock, rfc3339
from hub.desk.words import DESK_REFUSALS
from hub.duties.schedule import AtOccasion, Interval
from hub.duties.types import Duty
from hub.estate import Agent, DeviceRow, Estate, EstateFile, PersonRow, Place, RouteRow
from hub.policy.load import Policy
from tests.support.outward_rig import NAMES, Site, password_of, running_site
from tests.support.site_rig import KEY, SITE

HOUR_S = 3_600
ROOM = {"place": "room"}


def estate() -> Estate:
    """A room with a route for each duty of the desk, and its people."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    duties = ("post-check-in", "two-hour-record", "shift-handover", "equipment-check")
    file = EstateFile(
        SITE,
        "名",
        "name",
        "Asia/Shanghai",
        [Place("gate", **names), Place("room", "监控室", "Room")],
        [Agent("gatehouse", "gate", **names, key=KEY.hex())],
        [DeviceRow("door-1", "door", "gate", "gatehouse", **names)],
        staff=[PersonRow("wang", "王芳", "Wang", "monitor"), PersonRow("zhao", "赵敏", "Zhao", "monitor")],
        routes=[RouteRow(f"r-{duty}", duty, **names, places=["room"], sources=["hub"]) for duty in duties],
    )
    return Estate(file, {"gatehouse": KEY})


def policy() -> Policy:
    """The shipped one; but its check-in goes by an occasion, so that one can be open whatever the time is."""
    found = Policy.load()
    event, all_day = (AtOccasion("event", before_s=HOUR_S),), (Interval("00:00", "00:00", 86_400),)
    more: Any = {"by": ("monitor",), "void": ("unknown_person",)}
    rows = (
        Duty("post-check-in", "MON-1", "查岗", "check-in", "answer", event, **more),
        Duty("two-hour-record", "MON-1", "值班记录", "record", "report", event, requires=("summary",), **more),
        Duty("shift-handover", "MON-8", "交接班", "handover", "report", event, **more),
        Duty("equipment-check", "PAT-4", "装备检查", "equipment", "report", event, requires=("radio",), **more),
        Duty("patrol-day", "PAT-1", "巡逻", "patrol", "scan", all_day),
    )
    found.duties = {row.duty: row for row in rows}
    return found


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path, book=estate(), policy=policy()) as made, ExitStack() as clients:
        made.client = lambda role, of=made.client: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        yield made


def stands_for(site: Site, role: Any, person: str) -> None:
    reply = site.client("administrator").patch(f"/accounts/{NAMES[role]}", json={"person": person})
    assert reply.status_code == 200, reply.text
    made = site.client("administrator").post(f"/accounts/{NAMES[role]}/tokens", json={"label": "again", "days": 1})
    site.tokens[role] = made.json()["token"]  # what changes an account ends its sessions


@pytest.fixture
def manned(site: Site) -> Site:
    """Two accounts that stand for people, and windows that are open."""
    stands_for(site, "operator", "wang")
    stands_for(site, "shift_leader", "zhao")
    begins = rfc3339(SystemClock().now_us() + 600 * US_PER_S)
    assert site.http.post("/occasions", json={"id": "o", "kind": "event", "from": begins}).json()["windows"] == 4
    return site


def refusal(reply, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def at(offset_s: float = 0) -> str:
    return rfc3339(SystemClock().now_us() + round(offset_s * US_PER_S))


def test_nobody_reports_a_handover_that_two_have_not_signed(manned):
    fields: dict[str, Any] = {"open_incidents": 0, "devices_out_of_order": 0, "keys_and_equipment": 0}
    fields |= {"signed_by_leaving": "王五", "signed_by_coming": "赵六"}
    body = {"duty": "shift-handover", "place": "room", "fields": fields}
    assert refusal(manned.client("operator").post("/duty/records", json=body), 409) == "signed_by_two"
    one = {"key": "k", "kind": "report", "made_at": at(0), **body}
    sent = {"phone": "hub", "sent_at": at(0), "sent_mono_ms": 0, "items": [one]}
    (found,) = manned.client("manager").post("/scans", json=sent).json()["items"]
    assert found["code"] == "signed_by_two"


def test_for_whom_an_account_stands_and_stood_is_on_the_audit_log(site):
    stands_for(site, "operator", "wang")
    stands_for(site, "operator", "zhao")
    (entry, first) = site.client("auditor").get("/audit", params={"act": "account.change"}).json()["entries"]
    assert (first["before"]["person"], first["after"]["person"]) == ("", "wang")
    assert (entry["subject"], entry["before"]["person"], entry["after"]["person"]) == (NAMES["operator"], "wang", "zhao")


def test_an_account_stands_for_one_of_the_staff_and_says_so(site):
    admin = site.client("administrator")
    assert refusal(admin.patch(f"/accounts/{NAMES['operator']}", json={"person": "wagn"}), 404) == "unknown_person"
    stands_for(site, "operator", "wang")
    assert site.client("operator").get("/me").json()["person"] == "wang"
    rows = {row["name"]: row["person"] for row in admin.get("/accounts").json()["accounts"]}
    assert (rows[NAMES["operator"]], rows[NAMES["guard"]]) == ("wang", "")


def test_a_check_in_counts_down_and_is_answered_as_the_accounts_person(manned):
    operator = manned.client("operator")
    seen = operator.get("/duty/check-in").json()
    (post,) = seen["posts"]
    current = post["current"]
    assert (seen["person"], post["place_zh"], current["state"], current["phase"]) == ("wang", "监控室", "open", "sounding")
    assert 0 < current["seconds_left"] <= 600
    assert current["sounds_at"] < current["ends_at"]
    taken = operator.post("/duty/check-in", json={"window": current["window"]}).json()
    assert (taken["counted"], taken["window"], taken["why"]) == (True, current["window"], None)
    (post,) = operator.get("/duty/check-in").json()["posts"]
    kept = post["current"]
    assert (kept["state"], kept["person"], kept["person_zh"], kept["seconds_left"]) == ("kept", "wang", "王芳", 0.0)
    assert refusal(operator.post("/duty/check-in", json={"window": current["window"]}), 409) == "window_kept"


def test_who_stands_for_nobody_cannot_answer_and_a_guard_may_not(manned):
    (post,) = manned.http.get("/duty/check-in").json()["posts"]
    asked = {"window": post["current"]["window"]}
    assert refusal(manned.http.post("/duty/check-in", json=asked), 409) == "account_no_person"
    assert refusal(manned.client("guard").post("/duty/check-in", json=asked), 403) == "not_permitted"
    assert refusal(manned.client("operator").post("/duty/check-in", json={"window": "x"}), 404) == "no_window"


def test_a_record_has_what_the_hub_knew_and_keeps_it(manned):
    number = manned.incident()
    operator = manned.client("operator")
    draft = operator.get("/duty/records/draft", params=ROOM).json()
    assert (draft["requires"], draft["facts"]["incidents_raised"], draft["facts"]["incidents_open"]) == (["summary"], 1, 1)
    wrong = {"fields": {"summary": " "}} | ROOM
    assert refusal(operator.post("/duty/records", json=wrong), 422) == "field_missing"
    forged = {"fields": {"summary": "quiet", "hub_incidents_open": 0}} | ROOM
    assert refusal(operator.post("/duty/records", json=forged), 422) == "hub_field"
    done = operator.post("/duty/records", json={"fields": {"summary": "平静", "cameras_checked": 3}} | ROOM)
    assert (done.status_code, done.json()["counted"], done.json()["window"]) == (201, True, draft["window"])
    manned.act(number, "acknowledge")
    manned.act(number, "close", cause="handled", note="x")
    (row,) = operator.get("/duty/records").json()["records"]
    assert row["fields"] == {"summary": "平静", "cameras_checked": 3}
    assert (row["person"], row["facts"]["incidents_open"], row["facts"]["incidents_closed"]) == ("wang", 1, 0)
    assert operator.get("/duty/records/draft", params=ROOM).json()["facts"]["incidents_closed"] == 1


def test_the_equipment_check_is_a_report_of_the_desk_too(manned):
    operator = manned.client("operator")
    body = {"duty": "equipment-check", "fields": {"radio": True}} | ROOM
    assert operator.post("/duty/records", json=body).json()["counted"]
    assert refusal(operator.post("/duty/records", json=body | {"place": "gate"}), 404) == "no_window"


def test_two_sign_at_one_window_each_with_their_own_credentials(manned):
    manned.incident()
    leaves = manned.client("operator")
    begun = leaves.post("/handovers", json={"note": "door 3"} | ROOM)
    assert begun.status_code == 201, begun.text
    name = begun.json()["handover"]["id"]
    (item,) = [one["item"] for one in begun.json()["items"]]
    path = f"/handovers/{name}"
    assert leaves.post(f"{path}/sign", json={}).json()["handover"]["leaving"]["signed_at"]
    assert refusal(leaves.post(f"{path}/items/{item}/accept", json={}), 403) == "not_coming"
    own = {"name": NAMES["operator"], "password": password_of("operator")}
    assert refusal(leaves.post(f"{path}/join", json={"credentials": own}), 409) == "same_person"
    other = {"name": NAMES["shift_leader"], "password": password_of("shift_leader")}
    assert refusal(leaves.post(f"{path}/join", json={"credentials": other | {"password": "x"}}), 403) == "wrong_signer"
    desk = {"name": NAMES["desk"], "password": password_of("desk")}
    assert refusal(leaves.post(f"{path}/join", json={"credentials": desk}), 403) == "not_permitted"
    joined = leaves.post(f"{path}/join", json={"credentials": other}).json()
    assert (joined["handover"]["coming"]["person_zh"], joined["open"]) == ("赵敏", 1)
    assert refusal(leaves.post(f"{path}/sign", json={"credentials": other}), 409) == "items_unaccepted"
    assert refusal(leaves.post(f"{path}/items/{item}/reject", json={"reason": " "}), 422) == "wrong_request"
    rejected = leaves.post(f"{path}/items/{item}/reject", json={"reason": "not seen"}).json()
    assert (rejected["decision"], rejected["decided_by"]) == ("rejected", NAMES["shift_leader"])
    assert refusal(leaves.post(f"{path}/sign", json={"credentials": other}), 409) == "items_unaccepted"
    assert leaves.post(f"{path}/items/{item}/accept", json={"note": "seen"}).json()["decision"] == "accepted"
    manned.incident()
    assert refusal(leaves.post(f"{path}/sign", json={"credentials": other}), 409) == "stale"
    news = [one["item"] for one in leaves.get(path).json()["items"] if not one["decision"]]
    assert len(news) == 1
    assert leaves.post(f"{path}/items/{news[0]}/accept", json={}).status_code == 200
    done = leaves.post(f"{path}/sign", json={"credentials": other}).json()
    assert (done["handover"]["state"], done["open"]) == ("completed", 0)
    assert leaves.get("/me").json()["name"] == NAMES["operator"], "nobody else was signed in by it"
    (row,) = leaves.get("/duty/records", params={"duty": "shift-handover"}).json()["records"]
    assert (row["fields"]["open_incidents"], row["fields"]["signed_by_coming"]) == (2, NAMES["shift_leader"])
    topics = {(one.topic, one.act) for one in manned.changes()}
    assert {("handover", "completed"), ("handover", "item_rejected"), ("handover", "joined")} <= topics


def test_each_may_sign_at_a_sign_in_of_their_own_and_a_manager_may_cancel(manned):
    leaves, comes = manned.client("operator"), manned.client("shift_leader")
    name = leaves.post("/handovers", json=ROOM).json()["handover"]["id"]
    leaves.post(f"/handovers/{name}/sign", json={})
    comes.post(f"/handovers/{name}/join", json={})
    assert comes.post(f"/handovers/{name}/sign", json={}).json()["handover"]["state"] == "completed"
    second = leaves.post("/handovers", json=ROOM).json()["handover"]["id"]
    assert refusal(manned.client("guard").post(f"/handovers/{second}/cancel"), 403) == "not_leaving"
    assert manned.http.post(f"/handovers/{second}/cancel").json()["handover"]["state"] == "cancelled"
    states = [one["state"] for one in leaves.get("/handovers").json()["handovers"]]
    assert sorted(states) == ["cancelled", "completed"]


def test_guessing_at_the_second_signature_is_held_back_as_at_a_sign_in(manned):
    leaves = manned.client("operator")
    name = leaves.post("/handovers", json=ROOM).json()["handover"]["id"]
    wrong = {"credentials": {"name": NAMES["shift_leader"], "password": "x"}}
    codes = [leaves.post(f"/handovers/{name}/join", json=wrong).status_code for _ in range(8)]
    assert codes[:5] == [403] * 5
    assert 429 in codes


def test_the_register_is_kept_by_leaders_and_used_by_the_room(manned):
    new = {"id": "K-1", "kind": "key", "name_zh": "泵房钥匙", "name_en": "pump key"} | ROOM
    assert refusal(manned.client("operator").post("/keys", json=new), 403) == "not_permitted"
    leader, operator = manned.client("shift_leader"), manned.client("operator")
    assert leader.post("/keys", json=new).status_code == 201
    assert refusal(leader.post("/keys", json=new), 409) == "key_exists"
    assert refusal(leader.post("/keys", json=new | {"id": "K-2", "place": "nowhere"}), 404) == "unknown_place"
    out = operator.post("/keys/K-1/issue", json={"person": "zhao", "purpose": "pump", "due_at": at(HOUR_S)}).json()
    assert (out["state"], out["holder_zh"], out["overdue"]) == ("out", "赵敏", False)
    assert [one["id"] for one in operator.get("/keys", params={"state": "out"}).json()["keys"]] == ["K-1"]
    assert operator.post("/keys/K-1/return", json={"condition": "broken", "note": "bent"}).json()["state"] == "broken"
    assert leader.post("/keys/K-1/mark", json={"condition": "in", "note": "new one"}).json()["state"] == "in"
    history = operator.get("/keys/K-1").json()["history"]
    assert [(one["act"], one["state"], one["person"]) for one in history] == [
        ("marked", "in", ""), ("returned", "broken", "zhao"), ("issued", "out", "zhao"), ("added", "in", ""),
    ]  # fmt: skip
    assert refusal(operator.get("/keys/K-9"), 404) == "unknown_key"


def test_declared_and_measured_calls_are_told_apart_in_lists_and_in_figures(manned):
    operator, auditor = manned.client("operator"), manned.client("auditor")
    number, base_us = "13812345678", SystemClock().now_us()

    def at(offset_s: int) -> str:
        return rfc3339(base_us + offset_s * US_PER_S)

    declared = {"key": "a", "number": number, "rang_at": at(-60), "answered_at": at(-54), "about": "water"}
    one = operator.post("/calls", json=declared)
    assert one.status_code == 201, one.text
    assert (one.json()["answer_s"], one.json()["outcome"], one.json()["number"]) == (6.0, "answered", number)
    assert operator.post("/calls", json=declared).json()["id"] == "declared:a", "sent again"
    operator.post("/calls", json={"key": "b", "rang_at": at(-60)})
    for event, ago_s in (("answered", -40), ("ringing", -60), ("ended", -10)):
        body = {"call": "x.1", "event": event, "at": at(ago_s), "number": number}
        assert operator.post("/calls/exchange", json=body).status_code == 200
    found = auditor.get("/calls").json()["calls"]
    assert {(row["source"], row["outcome"]) for row in found} == {
        ("declared", "answered"), ("declared", "unanswered"), ("exchange", "answered_late"),
    }  # fmt: skip
    assert {row["number"] for row in found} == {"138****5678", ""}
    assert refusal(auditor.get("/calls/declared:a"), 403) == "not_permitted"
    assert operator.get("/calls/declared:a").json()["number"] == number
    day = manned.http.get("/duty/records").json()["day"]
    kpi = auditor.get("/duty/kpi", params={"from": day, "to": day}).json()
    told = {row["source"]: (row["calls"], row["within"], row["late"], row["unanswered"], row["median_s"]) for row in kpi["calls"]}
    assert told == {"declared": (2, 1, 0, 1, 6.0), "exchange": (1, 0, 1, 0, 20.0)}
    cases = [row for row in manned.http.get("/incidents").json()["incidents"] if row["detector"] == "phone_unanswered"]
    assert {(row["facts"]["source"], row["active"]) for row in cases} == {("declared", False), ("exchange", False)}
    bodies = [json.loads(row.body) for row in manned.changes() if (row.topic, row.key) == ("call", "exchange:x.1")]
    assert {row["actor"] for row in bodies} == {NAMES["operator"]}, "whose token says that it is the exchange"
    noted = operator.post("/calls/exchange:x.1/notes", json={"about": "noise", "incident": cases[0]["no"]}).json()
    assert (noted["about"], noted["answer_s"], noted["source"]) == ("noise", 20.0, "exchange")


def test_a_persons_cookie_is_no_exchange(manned):
    browser = manned.client(None)
    who = {"name": NAMES["operator"], "password": password_of("operator")}
    browser.post("/sign-in", json=who)
    body = {"call": "x", "event": "ringing", "at": at()}
    reply = browser.post("/calls/exchange", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert refusal(reply, 403) == "token_needed"


def test_every_refusal_of_the_desk_has_both_languages():
    for name, (status, chinese, english) in DESK_REFUSALS.items():
        assert status in (403, 404, 409, 422), name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), name
        assert english.isascii(), name


def test_forms_are_told_the_places_of_the_estate(site):
    places = site.client("guard").get("/places").json()["places"]
    assert places[1] == {"id": "room", "name_zh": "监控室", "name_en": "Room", "parent": None}
