"""Visits over real HTTP, on a real worker and database; residents are told by a real Apprise, to a server on loopback."""

import csv
import io
import json
import logging
import re
from typing import Any

import httpx
import pytest

from contract.clock import US_PER_S, rfc3339
from contract.names import code_name
from hub.access.asks import AccessPut, By
from hub.visits.words import VISIT_REFUSALS
from tests.support.outward_rig import NAMES, Receiver, Site, running_site, until
from tests.support.visit_rig import CARD_KEY, HOST, IDENTITY, ROOM, TEN_MIN_S, THINGS, estate
from tests.support.visit_site import receiver, site

__all__ = ["receiver", "site"]

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it, when it is used

FORM: dict[str, Any] = {
    "kind": "visitor", "room": ROOM, "name": "王小明", "identity": IDENTITY, "phone": "139 0000 1111", "reason": "看望家人",
    "route": "main",
}  # fmt: skip


def code(reply, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def register(site: Site, role: Any = "guard", **fields: Any) -> dict[str, Any]:
    reply = site.client(role).post("/visits", json={**FORM, **fields})
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def token(site: Site, receiver: Receiver, about: str) -> str:
    """What the resident got."""
    asked = site.client("guard").post(f"/visits/{about}/ask")
    assert asked.status_code == 200, asked.text
    assert asked.json()["by_phone"] is False
    before = len(receiver.requests)
    until(lambda: len(receiver.requests) > before or receiver.requests, "the message")
    body = receiver.requests[-1][1].decode()
    return str(re.findall(r"/resident/#([\w-]{22})", json.loads(body)["message"])[0])


def test_a_guard_registers_the_resident_answers_by_the_link_and_the_code_is_there(site, receiver):
    made = register(site)
    assert (made["name"], made["identity"], made["phone"]) == ("王**", "**************002X", "139****1111")
    assert made["state"] == "registered"
    link = token(site, receiver, made["id"])
    anybody = site.client(None)
    shown = anybody.post("/visit-links/show", json={"token": link}).json()
    assert (shown["open"], shown["name"], shown["room"], shown["has_pass"]) == (True, "王小明", ROOM, False)
    assert (shown["timezone"], shown["answered_at"]) == ("Asia/Shanghai", None)
    assert TEN_MIN_S - 60 < shown["left_s"] <= TEN_MIN_S, "the page counts down by the hub's clock"
    assert shown["asked_at"] < shown["expires_at"]
    assert code(anybody.post("/visit-links/pass", json={"token": link}), 409) == "no_pass"
    answered = anybody.post("/visit-links/answer", json={"token": link, "answer": "yes"}).json()
    assert (answered["open"], answered["answer"], answered["name"], answered["has_pass"]) == (False, "yes", "王**", True)
    assert answered["left_s"] == 0
    assert shown["asked_at"] <= answered["answered_at"] < shown["expires_at"]
    again = anybody.post("/visit-links/answer", json={"token": link, "answer": "no"}).json()
    assert again == answered, "a second tap shows the same"
    assert anybody.post("/visit-links/show", json={"token": link}).json() == answered
    image = anybody.post("/visit-links/pass", json={"token": link})
    assert image.headers["content-type"] == "image/svg+xml"
    assert image.content.startswith(b"<?xml")
    png = site.client("guard").get(f"/visits/{made['id']}/pass.png")
    assert png.content.startswith(b"\x89PNG")
    text = site.outward.visits.desk.pass_text(made["id"])
    (name,) = [row.name for row in site.rows("credential") if row.medium == "qr"]
    assert name == code_name(CARD_KEY, "qr", text)
    assert len(text) == 22


def test_a_get_changes_nothing_and_a_link_in_an_address_is_no_route(site, receiver):
    made = register(site)
    link = token(site, receiver, made["id"])
    anybody = site.client(None)
    for path in (
        f"/visit-links/{link}",
        "/visit-links/show",
        "/visit-links/answer",
        f"/visit-links/answer?token={link}&answer=yes",
    ):
        assert anybody.get(path).status_code in (404, 405)
    page = site.client("guard").get(f"/visits/{made['id']}").json()
    assert page["visit"]["state"] == "asked"
    assert link not in json.dumps(page)


def test_what_is_guessed_and_what_is_over_are_told_alike_and_guessing_is_slow(site, receiver):
    made = register(site)
    link = token(site, receiver, made["id"])
    site.client("guard").post(f"/visits/{made['id']}/acts/cancel", json={"reason": "改天"})
    anybody = site.client(None)
    seen = [anybody.post("/visit-links/show", json={"token": one}) for one in ("x" * 22, "", link[:-1])]
    assert [reply.status_code for reply in seen] == [404, 422, 404]
    replies = [anybody.post("/visit-links/answer", json={"token": f"{n:022d}", "answer": "yes"}) for n in range(40)]
    statuses = [reply.status_code for reply in replies]
    assert statuses[0] == 404
    assert 429 in statuses
    limited = next(reply for reply in replies if reply.status_code == 429)
    assert int(limited.headers["Retry-After"]) >= 1
    assert {json.dumps(reply.json()) for reply in replies if reply.status_code == 404} == {json.dumps(seen[0].json())}


def test_a_call_is_entered_by_whoever_registers_visitors_and_not_by_an_administrator(site):
    made = register(site, "desk")
    assert made["made_as"] == "desk"
    body = {"person": HOST, "direction": "in", "said": "让他进来", "answer": "yes"}
    assert code(site.client("administrator").post(f"/visits/{made['id']}/call", json=body), 403) == "not_permitted"
    done = site.client("desk").post(f"/visits/{made['id']}/call", json=body).json()
    assert (done["state"], done["answered_how"], done["answered_by"]) == ("confirmed", "call", HOST)
    refused = register(site, "desk", phone="13900002222")
    done = site.client("desk").post(f"/visits/{refused['id']}/call", json={**body, "answer": "no"}).json()
    assert done["state"] == "refused"


def test_unmasking_needs_a_reason_is_audited_first_and_so_often_an_hour(site):
    made = register(site)
    guard = site.client("guard")
    path = f"/visits/{made['id']}/unmask"
    assert code(guard.post(path, json={}), 422) == "wrong_request"
    assert code(guard.post(path, json={"reason": "  "}), 422) in ("reason_missing", "wrong_request")
    whole = guard.post(path, json={"reason": "核对证件"}).json()
    assert (whole["name"], whole["identity"], whole["phone"], whole["left"]) == ("王小明", IDENTITY, "13900001111", 19)
    (entry,) = site.client("auditor").get("/audit", params={"act": "visit.unmask"}).json()["entries"]
    assert (entry["actor"], entry["reason"], entry["subject"]) == (NAMES["guard"], "核对证件", made["id"])
    for _ in range(19):
        assert guard.post(path, json={"reason": "核对证件"}).status_code == 200
    assert code(guard.post(path, json={"reason": "核对证件"}), 429) == "too_many_looks"
    incidents = site.http.get("/incidents").json()["incidents"]
    assert [row["clause"] for row in incidents if row["detector"] == "visitor_scraping"] == ["GATE-5"]
    for role in ("administrator", "auditor"):
        assert code(site.client(role).post(path, json={"reason": "x"}), 403) == "not_permitted"


def test_somebody_is_found_by_part_of_a_name_or_the_end_of_a_number_and_stays_masked(site):
    made = register(site)
    guard = site.client("guard")
    for text in ("小明", "1111", "002x"):
        found = guard.post("/visits/search", json={"text": text}).json()["visits"]
        assert [(one["id"], one["name"]) for one in found] == [(made["id"], "王**")], text
    for text in ("111", "张", "2222"):
        assert guard.post("/visits/search", json={"text": text}).json()["visits"] == [], text


def test_the_lists_show_who_waits_is_inside_and_overstays(site):
    made = register(site)
    guard = site.client("guard")
    names = {view: [one["id"] for one in guard.get("/visits", params={"view": view}).json()["visits"]] for view in (
        "today", "waiting", "inside", "overstays", "all")}  # fmt: skip
    assert names == {"today": [made["id"]], "waiting": [made["id"]], "inside": [], "overstays": [], "all": [made["id"]]}
    entered = guard.post(f"/visits/{made['id']}/acts/force", json={"reason": "急救"}).json()
    assert (entered["state"], entered["forced"]) == ("inside", True)
    assert [one["id"] for one in guard.get("/visits", params={"view": "inside"}).json()["visits"]] == [made["id"]]
    assert "leave" in entered["acts"]
    assert "enter" not in entered["acts"]


def test_another_estates_visitor_and_unknown_fields_are_not_there(site):
    guard = site.client("guard")
    for path in ("/visits/nobody", "/visits/nobody/unmask", "/visits/nobody/ask", "/visits/nobody/acts/enter"):
        reply = guard.get(path) if path == "/visits/nobody" else guard.post(path, json={"reason": "x"})
        assert code(reply, 404) == "unknown_visit", path
    for more in ({"site": "other"}, {"state": "confirmed"}, {"forced": True}):
        assert code(guard.post("/visits", json={**FORM, **more}), 422) == "wrong_request"
    assert code(site.client(None).post("/visit-links/show", json={"token": "x" * 22, "role": "guard"}), 422) == "wrong_request"


def test_what_is_wrong_in_a_form_is_said_and_repeats_no_number(site):
    guard = site.client("guard")
    wrong = [
        ({"identity": "110105194912310021"}, "wrong_identity"),
        ({"phone": "abc"}, "wrong_phone"),
        ({"name": ""}, "field_missing"),
        ({"kind": "vehicle", "plate": "АБВ"}, "wrong_plate"),
        ({"reason": f"他的号码 {IDENTITY}"}, "wrong_request"),
        ({"room": "0-0-0"}, "unknown_room"),
    ]
    for fields, reason in wrong:
        reply = guard.post("/visits", json={**FORM, **fields})
        assert reply.json()["code"] == reason, fields
        assert IDENTITY not in reply.text
        assert "110105194912310021" not in reply.text


def test_a_visitor_called_a_formula_or_a_script_does_nothing_anywhere(site):
    register(site, name='=HYPERLINK("http://x","y")', reason="=1+1", company="<script>alert(1)</script>")
    today = site.client("guard").get("/visits")
    assert today.headers["content-type"] == "application/json"
    assert "default-src 'none'" in today.headers["content-security-policy"]
    day = rfc3339(site.clock.now_us())[:10]
    days = {"from": f"{int(day[:4]) - 0}-01-01", "to": f"{day[:4]}-12-31"}
    assert code(site.client("guard").get("/visits/export.csv", params=days), 403) == "not_permitted"
    reply = site.client("manager").get("/visits/export.csv", params=days)
    rows = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert rows[1][4].startswith("'="), "the name, masked to its first character"
    assert rows[1][8] == "'=1+1"
    assert rows[1][9] == "<script>alert(1)</script>", "a spreadsheet shows it as text"
    assert "HYPERLINK" not in reply.text
    (entry,) = site.client("auditor").get("/audit", params={"act": "visit.export"}).json()["entries"]
    assert entry["after"]["rows"] == 1


def test_a_courier_leaves_goods_and_a_guard_carries_them_with_consent(site, receiver):
    reply = site.client("guard").post("/deliveries", json={"room": ROOM, "place": "shelf", "company": "顺丰", "parcels": 2})
    assert reply.status_code == 201, reply.text
    done = reply.json()
    name = done["delivery"]["id"]
    assert (done["told"], done["by_phone"]) == (1, False)
    until(lambda: receiver.requests, "the message")
    assert "已放在投放点" in json.loads(receiver.requests[0][1])["message"]
    guard = site.client("guard")
    assert code(guard.post(f"/deliveries/{name}/deeds/carry", json={}), 409) == "no_consent"
    assert guard.post(f"/deliveries/{name}/deeds/ask", json={}).json()["delivery"]["consent"] == "asked"
    until(lambda: len(receiver.requests) > 1, "the question")
    (link,) = re.findall(r"/resident/#([\w-]{22})", json.loads(receiver.requests[1][1])["message"])[:1]
    anybody = site.client(None)
    assert anybody.post("/visit-links/show", json={"token": link}).json()["question"] == "delivery"
    assert anybody.post("/visit-links/answer", json={"token": link, "answer": "yes"}).json()["answer"] == "yes"
    assert guard.post(f"/deliveries/{name}/deeds/carry", json={}).json()["delivery"]["state"] == "carried"
    history = [entry["act"] for entry in guard.get(f"/deliveries/{name}").json()["history"]]
    assert history == ["dropped", "told", "asked", "agreed", "carried"]
    assert guard.get("/deliveries").json()["deliveries"] == []


def test_a_truck_is_told_the_rules_a_temporary_vehicle_gets_two_hours_and_spaces_are_not_given_twice(site):
    lead, guard = site.client("shift_leader"), site.client("guard")
    assert guard.put("/visit-spaces/T", json={"name_zh": "临时区", "place": "gate", "temporary": True}).status_code == 403
    spaces = lead.put("/visit-spaces/T", json={"name_zh": "临时区", "place": "gate", "temporary": True}).json()["spaces"]
    assert [(one["id"], one["taken"]) for one in spaces] == [("T", 0)]
    form = {"kind": "temporary", "plate": "京A12345", "reason": "送货", "route": "main", "space": "T", "admit": True}
    made = guard.post("/visits", json=form)
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["plate"]) == ("confirmed", "京A***45")
    assert code(guard.post("/visits", json={**form, "plate": "京A99999"}), 409) == "space_taken"
    assert code(lead.delete("/visit-spaces/T"), 409) == "space_in_use"
    truck = {**FORM, "kind": "truck", "plate": "京B11111", "room": ""}
    name = guard.post("/visits", json=truck).json()["id"]
    assert code(guard.post(f"/visits/{name}/acts/admit", json={}), 409) == "rules_not_told"
    told = guard.post(f"/visits/{name}/acts/tell", json={"rules": "estate-rules-1"}).json()
    assert (told["rules"], told["rules_by"]) == ("estate-rules-1", NAMES["guard"])
    kinds = {one["kind"]: one for one in guard.get("/visit-kinds").json()["kinds"]}
    assert kinds["truck"]["told_rules"]
    assert not kinds["temporary"]["resident"]


def test_a_notice_that_nobody_takes_is_told_to_the_desk(site, receiver):
    receiver.statuses[:] = [500]
    made = register(site)
    assert site.client("guard").post(f"/visits/{made['id']}/ask").status_code == 200
    until(lambda: receiver.requests, "a try")
    (waiting,) = site.client("desk").get("/visits/notices", params={"state": "waiting"}).json()["notices"]
    assert (waiting["about"], waiting["person"]) == (made["id"], HOST)
    receiver.statuses[:] = [200]
    until(lambda: site.client("desk").get("/visits/notices", params={"state": "sent"}).json()["notices"], "the delivery")


def test_no_number_no_name_and_no_token_is_logged_or_told(site, receiver, caplog):
    caplog.set_level(logging.DEBUG)
    made = register(site)
    link = token(site, receiver, made["id"])
    anybody = site.client(None)
    anybody.post("/visit-links/show", json={"token": link})
    anybody.post("/visit-links/answer", json={"token": link, "answer": "yes"})
    canaries = (IDENTITY, "王小明", "13900001111", link)
    logged = "\n".join([record.getMessage() + str(record.__dict__) for record in caplog.records if record.name != "httpx"])
    told = json.dumps([row.body for row in site.changes()])
    message = receiver.requests[-1][1].decode()
    for canary in canaries:
        assert canary not in logged
        assert canary not in told
        assert canary not in message or canary == link
    assert site.outward.visits.desk.pass_text(made["id"]) not in logged


def test_every_refusal_of_visits_has_both_languages_and_a_status():
    for reason, (status, chinese, english) in VISIT_REFUSALS.items():
        assert 400 <= status < 500, reason
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), reason
        assert english.isascii(), reason


def test_a_visit_that_is_expected_begins_then(site):
    expected_us = site.clock.now_us() + 3_600 * US_PER_S
    made = register(site, "desk", resident=HOST, expected_at=rfc3339(expected_us))
    assert (made["state"], made["made_as"], made["from_at"]) == ("confirmed", "resident", rfc3339(expected_us))


def test_a_hub_without_a_way_to_residents_says_that_somebody_rings_up(tmp_path):
    with running_site(tmp_path, book=estate(), card_key=CARD_KEY) as made:
        for thing in THINGS:
            made.worker.ask(AccessPut(thing, 0, By("root"))).result(10)
        made.http.put("/visit-routes/main", json={"name_zh": "主路", "groups": ["visitors"]})
        name = made.http.post("/visits", json=FORM).json()["id"]
        assert made.http.post(f"/visits/{name}/ask").json()["by_phone"] is True
        failed = until(lambda: made.http.get("/visits/notices").json()["notices"], "the notice")
        assert failed[0]["error"] == "no_channel"
        assert isinstance(made.http, httpx.Client)
        incidents = made.http.get("/incidents").json()["incidents"]
        assert not [row for row in incidents if row["detector"] == "visit_notice_failed"]
