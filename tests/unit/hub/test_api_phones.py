"""Guards bind phones and send by them, over real HTTP, on a real worker and database."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract.clock import SystemClock, parse_rfc3339
from hub.accounts import sessions
from hub.api import phones
from hub.api.phone_shift import tag_hash
from tests.support.duty_site import HOUR_S, TAGS, announce, at, detail, item
from tests.support.outward_rig import Site, until
from tests.support.phone_rig import bind, disable, phone_site
from tests.unit.hub.test_api_http import problem

PANIC: dict[str, Any] = {"note": "有人闹事"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with phone_site(tmp_path) as made:
        yield made


def outcomes(found):
    return [one["outcome"] for one in found]


def state(site, window):
    return detail(site, window)["window"]["state"]


def window_of(site, place="gate"):
    return next(one["id"] for one in announce(site) if one["place"] == place)


def wiped(reply, *, wipe=True):
    return (reply.status_code, reply.json()["code"], reply.json().get("wipe", False)) == (401, "phone_ended", wipe)


# Binding


def test_a_guard_binds_a_phone_once_and_sends_by_its_token_alone(site):
    window = window_of(site)
    phone = bind(site)
    assert (phone.bound["phone"], phone.bound["person"]) == ("phone-1", "zhang")
    assert outcomes(phone.sent(phone.entry(tag=TAGS["gate"]))) == ["accepted"]
    assert state(site, window) == "kept"
    assert {row.person for row in site.rows("scan")} == {"zhang"}
    assert phone.bound["token"] not in repr(site.rows("phone_token")), "a digest is kept, and not the token"
    assert [one["person"] for one in site.http.get("/phones").json()["bindings"]] == ["zhang"]


def test_a_phones_token_opens_its_own_routes_and_no_others(site):
    phone = bind(site)
    for method, path in (("GET", "/incidents"), ("GET", "/me"), ("POST", "/scans"), ("POST", "/phones/phone-1/bind")):
        problem(phone.http.request(method, path, json={} if method == "POST" else None), 403, "not_permitted")
    with site.client("guard") as guard:
        problem(guard.post("/phone/outbox", json={"sent_at": "2026-01-01T00:00:00Z"}), 403, "not_permitted")
        problem(guard.post("/scans", json={"phone": "phone-1", "sent_at": "2026-01-01T00:00:00Z"}), 403, "phone_token_needed")
    with site.client(None) as nobody:
        problem(nobody.post("/phone/outbox", json={}), 401, "not_signed_in")


def test_what_somebody_in_charge_brings_in_a_phones_name_names_them(site):
    body = {"phone": "phone-1", "sent_at": "2026-01-01T00:00:00Z", "items": [item("a", tag=TAGS["gate"], person="zhang")]}
    assert site.http.post("/scans", json=body).json()["items"][0]["outcome"] == "new"
    assert "李伟" in site.rows("scan")[0].fields


def test_nobody_speaks_for_another(site):
    phone = bind(site)
    found = phone.sent(phone.entry(tag=TAGS["gate"], person="wang"), phone.entry(tag=TAGS["gate"]))
    assert [(one["outcome"], one["code"]) for one in found] == [("refused", "wrong_person"), ("accepted", None)]


def test_an_account_that_stands_for_nobody_binds_no_phone_nor_does_another_role(site):
    with site.client("guard") as guard:
        problem(guard.post("/phones/phone-9/bind"), 404, "unknown_phone")
    problem(site.http.post("/phones/phone-1/bind"), 403, "not_permitted")
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET person = ''")
    with site.client("shift_leader") as leader:
        problem(leader.post("/phones/phone-1/bind"), 409, "no_account_person")


@pytest.mark.parametrize("how", ["revoked", "lost", "disabled"])
def test_a_dismissed_guards_phone_is_told_to_wipe_and_another_guards_on_it_goes_on(site, how, monkeypatch):
    phone = bind(site)
    other = bind(site, "shift_leader")
    assert outcomes(phone.sent(phone.entry(tag=TAGS["gate"]))) == ["accepted"]
    if how == "disabled":
        monkeypatch.setattr(sessions, "REMEMBERED_S", 0)
        disable(site, "张三")
    else:
        asked = {"reason": "离职", "binding": phone.bound["binding"]} if how == "revoked" else {"reason": "手机遗失"}
        assert site.http.post("/phones/phone-1/revoke", json=asked).json() == {"ended": 1 if how == "revoked" else 2}
    assert wiped(phone.send(phone.entry(tag=TAGS["gate"])))
    assert wiped(phone.http.get("/phone/refused")), "every route says so"
    assert other.send(other.entry(tag=TAGS["gate"])).status_code == (401 if how == "lost" else 200)
    assert len([row for row in site.rows("scan") if row.person == "zhang"]) == 1


def test_a_token_does_not_come_back_with_its_account(site):
    phone = bind(site)
    with site.client("administrator") as admin:
        for disabled in (True, False):
            assert admin.patch("/accounts/张三", json={"disabled": disabled}).status_code == 200
    assert wiped(phone.send())


def test_a_phone_that_the_estate_has_no_more_is_told_to_wipe(site, monkeypatch):
    phone = bind(site)
    monkeypatch.setattr(site.book.current, "phones", {})
    assert wiped(phone.send())


def test_the_phone_of_a_guard_whom_the_estate_has_no_more_is_told_to_wipe(site, monkeypatch):
    phone, other = bind(site), bind(site, "shift_leader")
    staff = {name: one for name, one in site.book.current.staff.items() if name != "zhang"}
    monkeypatch.setattr(site.book.current, "staff", staff)
    assert wiped(phone.http.get("/phone/shift"))
    assert other.http.get("/phone/shift").status_code == 200


def test_the_same_guard_binds_again_and_the_former_token_ends_without_wiping(site):
    first = bind(site)
    sent = first.entry(tag=TAGS["gate"])
    second = bind(site)
    assert wiped(first.send(sent), wipe=False)
    assert outcomes(second.sent(sent)) == ["accepted"], "what the outbox holds goes by the new token"


def test_a_token_lasts_as_long_as_the_policy_says_and_its_end_by_itself_wipes_nothing(site, monkeypatch):
    assert site.policy.numbers("PAT-7")["phone_days"] == 30
    phone = bind(site)
    left_us = parse_rfc3339(phone.bound["expires_at"]) - SystemClock().now_us()
    assert 29.9 < left_us / 86_400e6 < 30.1
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE phone_token SET expires_us = 0")
    reply = phone.send()
    assert reply.status_code == 401
    assert "wipe" not in reply.json()


def test_phones_of_one_guard_and_guards_of_one_phone_have_a_limit(site, monkeypatch):
    monkeypatch.setattr(phones, "OF_A_PHONE_MAX", 1)
    bind(site)
    bind(site)
    with site.client("shift_leader") as leader:
        problem(leader.post("/phones/phone-1/bind"), 409, "too_many_phones")


def test_a_guard_gives_the_phone_back(site):
    phone = bind(site)
    assert phone.http.post("/phone/leave").json() == {"ended": 1}
    assert wiped(phone.send())
    with site.client("auditor") as auditor:
        acts = [one["act"] for one in auditor.get("/audit").json()["entries"]]
    assert {"phone.bind", "phone.left"} <= set(acts)


# The outbox


def test_a_batch_sent_again_counts_once_and_each_is_answered_by_itself(site):
    phone = bind(site)
    letters = phone.entry("report", duty="letters", place="gate", fields={"slips_counted": 3, "complaints_registered": 2})
    batch = [phone.entry(tag=TAGS["gate"]), letters, phone.entry("panic", **PANIC), "no entry at all"]
    first = phone.sent(*batch)
    assert outcomes(first) == ["accepted", "refused", "accepted", "refused"]
    assert [first[1]["code"], first[3]["code"]] == ["fields_differ", "wrong_key"]
    again = phone.sent(*batch)
    assert outcomes(again) == ["duplicate", "refused", "duplicate", "refused"]
    assert again[2]["incident"] == first[2]["incident"] is not None
    assert len([row for row in site.rows("case_") if row.detector == "panic"]) == 1
    assert [one["code"] for one in phone.http.get("/phone/refused").json()["entries"]] == ["fields_differ"]
    assert site.http.get("/duties/scans").json()["scans"][0]["person"] == "zhang"


def test_a_second_press_is_the_same_call_for_help(site):
    phone = bind(site)
    first = phone.sent(phone.entry("panic", made_s=-2))[0]
    assert phone.sent(phone.entry("panic", made_s=-1))[0]["incident"] == first["incident"]


def test_a_key_is_one_entrys_of_one_guard(site):
    phone, other = bind(site), bind(site, "shift_leader")
    mine = phone.entry(tag=TAGS["gate"])
    phone.sent(mine)
    assert other.sent(mine)[0]["code"] == "key_used"
    assert phone.sent(mine | {"kind": "sign", "tag": None})[0]["outcome"] == "refused"


@pytest.mark.parametrize("off_s", [-600, 600])
def test_a_phones_clock_may_be_wrong_by_ten_minutes_and_both_times_are_kept(site, off_s):
    phone = bind(site)
    phone.clock_off_s = off_s
    now_us = SystemClock().now_us()
    sent = phone.entry(tag=TAGS["gate"], skew_ms=off_s * 1_000)
    assert phone.sent(sent, up_to_s=0)[0]["outcome"] == "accepted"
    row = site.rows("phone_entry")[0]
    assert abs(row.at_us - (now_us - 60_000_000)) < 20_000_000
    assert (row.device_at_us, row.skew_ms, row.mono_ms, row.boot) == (
        parse_rfc3339(sent["made_at"]), off_s * 1_000, sent["mono_ms"], "b1",
    )  # fmt: skip
    scan = site.rows("scan")[0]
    assert (scan.at_us, scan.device_at_us) == (row.at_us, row.device_at_us)


def test_limits_of_a_batch(site):
    phone = bind(site)
    many = [phone.entry(tag=TAGS["gate"]) for _ in range(101)]
    problem(phone.send(*many), 422, "wrong_request")
    problem(phone.send(phone.entry("panic", note="x" * 70_000)), 413, "too_large")
    assert phone.send(*many[:100]).status_code == 200
    assert phone.sent(phone.entry(tag=TAGS["gate"]) | {"seq": 0})[0]["code"] == "wrong_seq"


# The watermark


def test_two_guards_on_one_phone_hold_its_watermark_at_the_earlier_of_both(site):
    phone, other = bind(site), bind(site, "shift_leader")
    phone.sent(up_to_s=0)
    other.sent(up_to_s=0)
    earlier_us = watermark(site)
    other.sent(up_to_s=0)
    assert watermark(site) == earlier_us, "what the first guard has not sent may still come"
    phone.sent(up_to_s=0)
    assert watermark(site) > earlier_us


def watermark(site):
    return next(row.up_to_us for row in site.rows("watermark") if row.source == "phone-1")


def test_a_window_is_unproven_while_a_guard_on_duty_is_silent_and_missed_once_the_phone_is_back(site):
    phone = bind(site)
    phone.sent(up_to_s=-1)
    window = next(one["id"] for one in announce(site, ends_s=2.0) if one["place"] == "gate")
    until(lambda: state(site, window) == "unproven", "unproven")
    phone.sent(up_to_s=0)
    until(lambda: state(site, window) == "missed", "missed")


def test_a_phone_that_nobody_carries_keeps_nothing_back(site):
    phone = bind(site)
    phone.sent(up_to_s=-1, on_duty=False)
    window = next(one["id"] for one in announce(site, ends_s=2.0) if one["place"] == "gate")
    until(lambda: state(site, window) == "missed", "missed")
    shown = detail(site, window)
    assert shown["sources"][0]["reported_up_to"] >= shown["window"]["ends_at"]


@pytest.mark.parametrize("how", ["revoked", "disabled"])
def test_a_dismissed_guards_silence_is_settled_at_once(site, how):
    phone = bind(site)
    phone.sent(up_to_s=-1)
    window = next(one["id"] for one in announce(site, ends_s=1.5) if one["place"] == "gate")
    until(lambda: state(site, window) == "unproven", "unproven")
    if how == "revoked":
        site.http.post("/phones/phone-1/revoke", json={"reason": "离职", "binding": phone.bound["binding"]})
    else:
        with site.client("administrator") as admin:
            assert admin.patch("/accounts/张三", json={"disabled": True}).status_code == 200
    until(lambda: state(site, window) == "missed", "missed")


# The shift


def test_the_shift_holds_what_this_guard_needs_and_an_etag(site):
    window = window_of(site)
    phone = bind(site)
    reply = phone.http.get("/phone/shift")
    shift = reply.json()
    assert reply.status_code == 200, reply.text
    assert shift["me"]["person"] == "zhang"
    assert window in [one["id"] for one in shift["windows"]]
    gate = next(one for one in shift["points"] if one["id"] == "gate")
    assert [tag["hash"] for tag in gate["tags"]] == [tag_hash(shift["salt"], TAGS["gate"])]
    assert TAGS["gate"] not in reply.text
    assert "赵敏" not in reply.text, "nobody else is in it"
    assert [one["evidence"] for one in shift["duties"]] == ["scan"]
    again = phone.http.get("/phone/shift", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert parse_rfc3339(again.headers["x-watchkeeper-time"]) >= parse_rfc3339(shift["server_time"])
    phone.sent(phone.entry(tag=TAGS["gate"]))
    assert phone.http.get("/phone/shift", headers={"If-None-Match": reply.headers["etag"]}).status_code == 200


def test_a_shift_holds_no_window_that_another_post_or_another_guard_keeps(site):
    window_of(site)
    cleaner = bind(site, "shift_leader")
    assert cleaner.http.get("/phone/shift").json()["windows"] == []
    phone = bind(site)
    shift = {"person": "wang", "route": "north", "from": at(-HOUR_S), "until": at(5 * HOUR_S)}
    assert site.http.post("/roster", json=shift).status_code == 201
    assert phone.http.get("/phone/shift").json()["windows"] == []


# Dispatch


def test_a_guard_is_sent_and_answers_and_the_clocks_stop(site):
    phone = bind(site)
    phone.sent(phone.entry(tag=TAGS["pump"]))
    no = site.incident("door-1")
    guards = site.http.get(f"/incidents/{no}/guards").json()["guards"]
    assert [(one["person"], one["phone"], one["place"], one["near"]) for one in guards] == [("zhang", True, "pump", False)]
    sent = site.http.post(f"/incidents/{no}/dispatch", json={"person": "zhang", "note": "看一下"})
    assert sent.status_code == 200, sent.text
    assert (sent.json()["state"], sent.json()["dispatch"]) == ("acknowledged", "sent")
    (task,) = phone.http.get("/phone/shift").json()["tasks"]
    assert (task["no"], task["note"], task["state"]) == (no, "看一下", "sent")
    assert task["answer_by"] < task["arrive_by"]
    answers = [
        phone.entry("task", made_s=-90, no=no, answer="on_way"),
        phone.entry("task", made_s=-1, no=no, answer="on_spot"),
    ]
    assert [one["incident"] for one in phone.sent(*answers)] == [no, no]
    assert phone.sent(phone.entry("task", no=no, answer="found"))[0]["code"] == "field_missing"
    assert outcomes(phone.sent(*answers)) == ["duplicate"] * 2
    assert outcomes(phone.sent(phone.entry("task", no=no, answer="found", finding="门锁好"))) == ["accepted"]
    found = site.http.get(f"/incidents/{no}").json()
    assert found["incident"]["dispatch"] == "found"
    assert [one["act"] for one in found["timeline"]][-4:] == ["dispatched", "answered", "arrived", "found"]
    assert [one["body"].get("made_at") is not None for one in found["timeline"]][-3:-1] == [True, False]
    assert {one["clock"]: one["running"] for one in found["clocks"]}["arrive"] is False
    with site.client("auditor") as auditor:
        acts = [(one["act"], one["actor"]) for one in auditor.get("/audit").json()["entries"]]
    assert {("case.arrive", "张三"), ("case.finding", "张三"), ("case.dispatch", "李伟")} <= set(acts)
    assert phone.http.get("/phone/shift").json()["tasks"] == []
    assert phone.sent(phone.entry("task", no=no, answer="on_way"))[0]["code"] == "task_recalled"


def test_a_guard_declines_with_a_reason_and_another_is_sent(site):
    phone, other = bind(site), bind(site, "shift_leader")
    no = site.incident("door-1")
    site.http.post(f"/incidents/{no}/dispatch", json={"person": "zhang"})
    assert other.sent(other.entry("task", no=no, answer="on_way"))[0]["code"] == "not_sent_to_you"
    assert phone.sent(phone.entry("task", no=no, answer="declined"))[0]["code"] == "field_missing"
    assert phone.sent(phone.entry("task", no=no, answer="declined", reason="正在处理电梯困人"))[0]["outcome"] == "accepted"
    clocks = {one["clock"]: one["running"] for one in site.http.get(f"/incidents/{no}").json()["clocks"]}
    assert clocks["answer"], "until somebody else is sent it runs on, and escalates"
    assert site.http.post(f"/incidents/{no}/dispatch", json={"person": "wang"}).json()["dispatch"] == "sent"
    assert outcomes(other.sent(other.entry("task", no=no, answer="on_way"))) == ["accepted"]
    assert [(row.dispatch_no, row.person, row.state) for row in site.rows("dispatch")] == [
        (1, "zhang", "declined"), (2, "wang", "on_way"),
    ]  # fmt: skip


def test_who_was_sent_before_has_it_no_more(site):
    phone, _ = bind(site), bind(site, "shift_leader")
    no = site.incident("door-1")
    site.http.post(f"/incidents/{no}/dispatch", json={"person": "zhang"})
    site.http.post(f"/incidents/{no}/dispatch", json={"person": "wang"})
    assert phone.sent(phone.entry("task", no=no, answer="on_way"))[0]["code"] == "not_sent_to_you"
    assert site.act(no, "close", cause="handled", note="好了").status_code == 200
    assert [row.state for row in site.rows("dispatch")] == ["recalled", "recalled"]


def test_who_carries_no_phone_is_not_sent_by_the_app(site):
    no = site.incident("door-1")
    problem(site.http.post(f"/incidents/{no}/dispatch", json={"person": "zhang"}), 409, "guard_no_phone")
    problem(site.http.post(f"/incidents/{no}/dispatch", json={"person": "zhan"}), 404, "unknown_person")
    problem(site.http.post("/incidents/999/dispatch", json={"person": "zhang"}), 409, "guard_no_phone")
