"""Emergency plans by the API: who may do what, from the report of an emergency to the notice that residents got."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from contract.readings import FireInput
from tests.support.outward_rig import NAMES, Site, running_site, until

REPORT = {"kind": "fire", "place": "gate", "text": "3号楼冒烟", "by": "phone", "caller": "陈女士"}
REVIEW = {"summary": "厨房起火", "impact": "一户受损", "lessons": "广播过晚", "changes": "广播提前"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def reported(site, **more) -> int:
    reply = site.http.post("/incidents", json=REPORT | more)
    assert reply.status_code == 201, reply.text
    return int(reply.json()["no"])


def run(site, no):
    return site.http.get(f"/incidents/{no}/plan").json()


def post(site, no, what, **body):
    return site.http.post(f"/incidents/{no}/plan/{what}", json=body)


def work_through(site, no):
    """All that is mandatory, and all who must be told."""
    for one in run(site, no)["must_tell"]:
        assert post(site, no, "told", whom=one["whom"], name="值班员").status_code == 200
    for step in run(site, no)["steps"]:
        if step["mandatory"] and step["state"] == "open":
            assert post(site, no, f"steps/{step['step']}", state="done").status_code == 200


def close(site, no, **more):
    return site.act(no, "close", cause="handled", note="已处置", **more)


def test_eight_plans_ship_and_each_says_who_does_what_and_whom_to_call(site):
    plans = {one["body"]["plan"]: one for one in site.http.get("/plans").json()["plans"]}
    assert plans.keys() == {"theft", "robbery", "fire", "fight", "medical", "flood", "entrapment", "blackout"}
    assert {one["version"] for one in plans.values()} == {0}
    phones = {step["call"]["phone"] for one in plans.values() for step in one["body"]["steps"] if step["call"]}
    assert {"110", "119", "120"} <= phones
    assert all(one["body"]["tell"] and len(one["body"]["steps"]) > 5 for one in plans.values())


def test_a_fire_starts_its_plan_at_once(site):
    site.says("door-1", FireInput(active=True, name="hall"))
    no = until(lambda: next((int(row.key) for row in site.changes() if row.act == "raised"), None))
    shown = run(site, no)
    assert (shown["run"]["plan"], shown["run"]["started_by"], shown["run"]["plan_version"]) == ("fire", "hub", 0)
    raised = site.http.get(f"/incidents/{no}").json()["incident"]["raised_at"]
    assert shown["run"]["started_at"] == raised
    assert [row.act for row in site.changes() if (row.topic, row.key) == ("plan", str(no))] == ["plan_started"]


def test_an_emergency_told_by_phone_is_an_incident_with_its_plan(site):
    no = reported(site)
    shown = site.http.get(f"/incidents/{no}").json()
    incident = shown["incident"]
    assert (incident["priority"], incident["title_zh"], incident["sounding"]) == (1, "突发事件：火灾，名", True)
    assert (incident["facts"]["caller"], incident["facts"]["reporter"]) == ("陈女士", NAMES["manager"])
    assert [entry["act"] for entry in shown["timeline"]] == ["raised", "plan_started", "reported"]
    assert (shown["timeline"][2]["actor"], shown["timeline"][2]["body"]["by"]) == (NAMES["manager"], "phone")
    assert run(site, no)["run"]["plan"] == "fire"
    other = site.http.post("/incidents", json=REPORT | {"kind": "observation"}).json()
    assert (other["priority"], other["title_en"]) == (3, "Reported: 3号楼冒烟, name")
    assert site.http.get(f"/incidents/{other['no']}/plan").json()["code"] == "no_plan"


def test_the_number_of_who_told_is_whole_for_those_alone_who_answer_the_phone(site):
    no = reported(site, caller="陈女士 138 0000-5678")
    page = site.http.get(f"/incidents/{no}").json()
    assert page["timeline"][2]["body"]["caller"] == "陈女士 138 0000-5678"
    assert page["incident"]["facts"]["caller"] == "陈女士 138****5678"
    for role in ("guard", "auditor", "administrator"):
        with site.client(role) as client:
            shown = client.get(f"/incidents/{no}").text
        assert "陈女士 138****5678" in shown, role
        assert "0000" not in shown, role
    assert not [row for row in site.changes() if "138 0000-5678" in row.body], "the live channel goes to all who watch"


def test_what_is_reported_twice_under_one_key_is_one_incident(site):
    assert reported(site, key="call-7") == reported(site, key="call-7")
    assert reported(site) != reported(site)
    with site.client("desk") as desk:
        other = desk.post("/incidents", json=REPORT | {"key": "call-7"}).json()["no"]
    assert other != reported(site, key="call-7"), "a name is its sender's own"


def test_a_plan_is_worked_through_from_the_first_step_to_the_notice(site):
    no = reported(site)
    early = close(site, no)
    assert (early.status_code, early.json()["code"]) == (409, "plan_open")
    assert "通知" in early.json()["message_zh"] or "另有" in early.json()["message_zh"]
    site.act(no, "acknowledge")
    assert run(site, no)["steps"][0]["state"] == "done"
    work_through(site, no)
    told = run(site, no)["told"]
    assert {(one["whom"], one["name"], one["actor"]) for one in told} == {
        (whom, "值班员", NAMES["manager"]) for whom in ("superior", "fire")
    }
    assert close(site, no).status_code == 200
    assert [one["no"] for one in site.http.get("/plan-runs", params={"open": "review"}).json()["runs"]] == [no]
    assert post(site, no, "review/approve").json()["code"] == "review_unfinished"
    assert site.http.put(f"/incidents/{no}/plan/review", json=REVIEW).status_code == 200
    approved = post(site, no, "review/approve", note="同意").json()
    assert (approved["review"]["approved_by"], approved["run"]["state"]) == (NAMES["manager"], "review")
    assert site.http.get("/plan-runs", params={"open": "review"}).json()["runs"] == []
    assert [one["no"] for one in site.http.get("/plan-runs", params={"no": no}).json()["runs"]] == [no]
    assert site.http.get("/plan-runs", params={"no": no + 1}).json()["runs"] == []
    assert [one["no"] for one in site.http.get("/plan-runs", params={"open": "notice"}).json()["runs"]] == [no]
    assert post(site, no, "notice").json()["code"] == "notice_empty"
    assert site.http.put(f"/incidents/{no}/plan/notice", json={"text": "各位业主：…"}).status_code == 200
    over = post(site, no, "notice").json()
    assert (over["run"]["state"], over["notice"]["published_by"]) == ("over", NAMES["manager"])
    assert site.http.put(f"/incidents/{no}/plan/notice", json={"text": "x"}).json()["code"] == "notice_published"
    timeline = [entry["act"] for entry in site.http.get(f"/incidents/{no}").json()["timeline"]]
    assert timeline[-4:] == ["plan_review", "plan_review", "plan_notice", "plan_notice"]
    assert {"plan_started", "plan_step", "plan_told", "plan_ended"} <= set(timeline)


def test_the_clocks_of_emergencies_are_in_the_compliance_report(site):
    no = reported(site)
    site.act(no, "acknowledge")
    work_through(site, no)
    close(site, no)
    today = datetime.now(UTC).astimezone(site.estate.timezone).date()
    asked = {"from": str(today - timedelta(days=1)), "to": str(today)}
    rows = site.http.get("/reports/compliance", params=asked).json()["emergencies"]
    figures = {row["clause"]: row for row in rows}
    assert (figures["EMG-3"]["kept"], figures["EMG-3"]["rate"]) == (2, "1/1")
    assert (figures["EMG-4"]["running"], figures["EMG-5"]["running"], figures["EMG-4"]["rate"]) == (1, 1, None)
    assert figures["EMG-2"]["kept"] > 5
    assert all(row["begun"] == sum(row[name] for name in ("kept", "missed", "running", "ended")) for row in rows)
    before = site.http.get("/reports/compliance", params={"from": "2020-01-01", "to": "2020-01-31"}).json()["emergencies"]
    assert {row["begun"] for row in before} == {0}


def test_with_a_reason_it_is_closed_early_and_the_reason_stays(site):
    no = reported(site)
    assert close(site, no, reason="误报，业主烧水").status_code == 200
    shown = run(site, no)
    assert (shown["closed_reason"], shown["closed_by"]) == ("误报，业主烧水", NAMES["manager"])
    assert post(site, no, "steps/count", state="done").json()["code"] == "plan_over"


def test_a_plan_is_started_by_hand_once(site):
    no = site.incident()
    assert site.http.get(f"/incidents/{no}/plan").status_code == 404
    started = site.http.post(f"/incidents/{no}/plan", json={"plan": "medical", "note": "有人受伤"})
    assert (started.status_code, started.json()["run"]["started_by"]) == (201, NAMES["manager"])
    assert site.http.post(f"/incidents/{no}/plan", json={"plan": "fire"}).json()["code"] == "plan_runs"
    other = site.incident("door-2")
    assert site.http.post(f"/incidents/{other}/plan", json={"plan": "moon"}).json()["code"] == "unknown_plan"
    assert site.http.post("/incidents/999/plan", json={"plan": "fire"}).json()["code"] == "unknown_case"
    site.act(other, "close", cause="handled", note="x")
    assert site.http.post(f"/incidents/{other}/plan", json={"plan": "fire"}).json()["code"] == "case_over"


def test_a_manager_edits_a_plan_and_a_run_keeps_the_one_it_was_started_with(site):
    no = reported(site)
    plan = site.http.get("/plans/fire").json()["plan"]
    body = plan["body"]
    body["steps"] = [step | {"zh": "改过"} for step in body["steps"][:4]] + [
        step for step in body["steps"] if step["step"] == "call-superior"
    ]
    edited = site.http.put("/plans/fire", json={"body": body, "version": 0, "reason": "演练后修改"})
    assert edited.status_code == 200, edited.text
    assert (edited.json()["version"], edited.json()["actor"]) == (1, NAMES["manager"])
    again = site.http.put("/plans/fire", json={"body": body, "version": 0, "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "plan_changed")
    assert len(run(site, no)["steps"]) == 12
    newer = run(site, reported(site))
    assert (len(newer["steps"]), newer["run"]["plan_version"], newer["steps"][0]["zh"]) == (5, 1, "改过")
    history = site.http.get("/plans/fire").json()["history"]
    assert [(one["version"], one["reason"]) for one in history] == [(1, "演练后修改")]
    (told,) = [json.loads(row.body) for row in site.changes() if (row.topic, row.act) == ("plan", "set")]
    assert (told["actor"], told["reason"], told["plan"]) == (NAMES["manager"], "演练后修改", "fire")


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (lambda body: body["steps"][1].update(who="janitor"), "janitor"),
        (lambda body: body["steps"][1].update(step="receive"), "receive"),
        (lambda body: body["tell"].append("police"), "police"),
        (lambda body: body["starts"].append({"detector": "smoke"}), "smoke"),
        (lambda body: body["starts"].append({"detector": "panic"}), "robbery"),
        (lambda body: [step.update(mandatory=False) for step in body["steps"]], "mandatory"),
        (lambda body: body.update(plan="flames"), "another name"),
    ],
)
def test_a_plan_that_is_wrong_says_what_is(site, bend, said):
    body = site.http.get("/plans/fire").json()["plan"]["body"]
    bend(body)
    reply = site.http.put("/plans/fire", json={"body": body, "version": 0, "reason": "x"})
    assert (reply.status_code, reply.json()["code"]) == (422, "plan_wrong")
    assert said in reply.json()["message_en"]
    assert reply.json()["message_zh"] != reply.json()["message_en"]


def test_each_role_does_what_is_its_own(site):
    no = reported(site)
    plan = site.http.get("/plans/fire").json()["plan"]["body"]
    asked = {
        ("POST", "/incidents"): (REPORT, {"operator", "shift_leader", "manager", "desk"}),
        ("GET", "/plans"): (None, {"operator", "shift_leader", "manager", "guard", "desk", "administrator", "auditor"}),
        ("PUT", "/plans/fire"): ({"body": plan, "version": 9, "reason": "x"}, {"manager"}),
        ("POST", f"/incidents/{no}/plan"): ({"plan": "fire"}, {"operator", "shift_leader", "manager"}),
        ("POST", f"/incidents/{no}/plan/steps/gates"): ({"state": "skipped"}, {"operator", "shift_leader", "manager", "guard"}),
        ("POST", f"/incidents/{no}/plan/told"): (
            {"whom": "police", "name": "x", "version": 99}, {"operator", "shift_leader", "manager"}
        ),
        ("PUT", f"/incidents/{no}/plan/review"): (REVIEW | {"version": 99}, {"shift_leader", "manager"}),
        ("POST", f"/incidents/{no}/plan/review/approve"): ({}, {"manager"}),
        ("PUT", f"/incidents/{no}/plan/notice"): ({"text": "x", "version": 99}, {"shift_leader", "manager"}),
        ("POST", f"/incidents/{no}/plan/notice"): ({}, {"manager"}),
        ("GET", "/plan-runs"): (None, {"operator", "shift_leader", "manager", "administrator", "auditor"}),
    }  # fmt: skip
    for role in NAMES:
        with site.client(role) as client:
            for (method, path), (body, roles) in asked.items():
                reply = client.request(method, path, json=body)
                refused = reply.status_code == 403 and reply.json()["code"] == "not_permitted"
                assert refused == (role not in roles), (role, method, path, reply.text)


def test_a_guard_ticks_a_step_and_the_room_sees_who_and_when(site):
    no = reported(site)
    with site.client("guard") as guard:
        done = guard.post(f"/incidents/{no}/plan/steps/evacuate", json={"state": "done", "note": "3单元已空"})
        assert done.status_code == 200, done.text
        (step,) = [one for one in done.json()["steps"] if one["step"] == "evacuate"]
        assert (step["state"], step["actor"], step["note"]) == ("done", NAMES["guard"], "3单元已空")
        assert step["at"]
    again = post(site, no, "steps/evacuate", state="done")
    assert (again.status_code, again.json()["code"]) == (409, "step_is_so")
    assert NAMES["guard"] in again.json()["message_zh"]
    assert post(site, no, "steps/gates", state="skipped").json()["code"] == "step_reason"
    assert post(site, no, "steps/moon", state="done").json()["code"] == "unknown_step"
    assert post(site, no, "steps/gates", state="done", version=1).json()["code"] == "plan_changed"


@pytest.mark.parametrize("hours", [-1, 30])
def test_who_was_told_was_told_by_now(site, hours):
    no = reported(site)
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    reply = post(site, no, "told", whom="fire", name="x", at=at)
    assert (reply.status_code, reply.json()["code"]) == (422, "told_time")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"place": "moon"}, 404, "unknown_place"),
        ({"kind": "war"}, 404, "unknown_plan"),
        ({"by": "pigeon"}, 422, "wrong_request"),
        ({"text": " "}, 422, "wrong_request"),
        ({"text": "a\0"}, 422, "wrong_request"),
        ({"actor": "张三"}, 422, "wrong_request"),
    ],
)
def test_a_report_that_may_not_be_says_why(site, body, status, code):
    reply = site.http.post("/incidents", json=REPORT | body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
