"""Alarms over real HTTP: acts, selections, silence, maintenance, floods, figures, and lists that stay quick."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from contract.clock import US_PER_S, ManualClock
from contract.readings import AlarmInput, ArmState
from hub.cases.workflow import STATE_NAMES
from hub.store import schema
from hub.store.case_list import CaseFilter, numbers_of
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from hub.store.read import SiteReads
from tests.support.outward_rig import NAMES, Site, running_site

T0 = ManualClock().now_us()


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def select(site, act, numbers, **fields):
    chosen = [{"no": no} for no in numbers]
    return site.http.post(f"/incidents/acts/{act}", json={"selection": chosen, "fields": fields})


def later(minutes):
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def test_an_incident_tells_its_alarm_and_what_an_act_may_say(site):
    number = site.incident()
    detail = site.http.get(f"/incidents/{number}").json()
    shown = detail["incident"]
    assert (shown["alarm"], shown["sound"], shown["shelf"], shown["dispatch"]) == ("unacknowledged", "p2", None, "")
    acts = {one["act"]: one for one in detail["acts"]}
    assert acts.keys() == {"acknowledge", "comment", "assign", "dispatch", "shelve", "close"}
    assert acts["close"]["choices"]["cause"]["false_alarm"] == ["误报", "false alarm"]
    assert {"acknowledge", "resolve", "step:p2-leader"} == {clock["clock"] for clock in detail["clocks"]}
    assert all(clock["due_at"] and clock["title_zh"] for clock in detail["clocks"])


def test_a_shelf_is_listed_with_reason_owner_and_end(site):
    number = site.incident()
    shelved = site.act(number, "shelve", reason="换闸杆", minutes="30").json()
    assert (shelved["state"], shelved["shelf"]["owner"], shelved["shelf"]["reason"]) == ("shelved", "李伟", "换闸杆")
    assert [one["no"] for one in site.http.get("/incidents", params={"state": "shelved"}).json()["incidents"]] == [number]
    counts = site.http.get("/incidents/summary").json()
    assert (counts["sounding"], counts["flood"], counts["priorities"][1]["shelved"]) == (0, False, 1)
    assert site.act(number, "shelve", reason="x", minutes="5").json()["code"] == "wrong_state"
    wrong = site.act(site.incident("door-2"), "shelve", reason="x", minutes="481")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "shelf_minutes")


def test_a_guard_is_followed_to_the_finding(site):
    number = site.incident()
    assert site.act(number, "answer").json()["code"] == "not_dispatched"
    for name, fields in (
        ("dispatch", {"guard": "wang", "by": "radio"}),
        ("answer", {}),
        ("arrive", {}),
        ("finding", {"finding": "车撞"}),
    ):
        assert site.act(number, name, **fields).status_code == 200
    detail = site.http.get(f"/incidents/{number}").json()
    assert detail["incident"]["dispatch"] == "found"
    assert [entry["act"] for entry in detail["timeline"]] == ["raised", "dispatched", "answered", "arrived", "found"]


def test_a_selection_is_one_request_with_a_result_for_each(site):
    first, second = site.incident(), site.incident("door-2")
    done = select(site, "acknowledge", [first, 99, second]).json()
    assert (done["done"], done["refused"]) == (2, 1)
    assert [(one["no"], one["done"], one["code"]) for one in done["results"]] == [
        (first, True, ""),
        (99, False, "unknown_case"),
        (second, True, ""),
    ]
    assert done["results"][1]["message_zh"]
    assert done["results"][0]["incident"]["state"] == "acknowledged"


def test_only_an_explicit_selection_is_taken(site):
    assert select(site, "acknowledge", []).status_code == 422
    assert select(site, "acknowledge", range(1, 202)).status_code == 422
    assert select(site, "acknowledge", [1, 1]).json()["code"] == "case_twice"


def test_silence_is_told_and_needs_a_sound_and_a_post_that_is_there(site):
    asked = {"post": "monitor"}
    assert site.http.post("/alarms/silence", json=asked).json()["code"] == "nothing_sounds"
    site.incident()
    assert site.http.post("/alarms/silence", json=asked | {"post": "moon"}).json()["code"] == "unknown_post"
    assert site.http.post("/alarms/silence", json=asked).status_code == 200
    state = site.http.get("/alarms").json()
    assert [one["post"] for one in state["silences"]] == ["monitor"]
    assert site.http.get("/incidents/summary").json()["sounding"] == 1


def test_every_detector_that_a_window_can_name_is_told_and_is_taken(site):
    told = [one["detector"] for one in site.http.get("/alarms/detectors").json()["detectors"]]
    assert "door_held" in told
    assert "fire_input" not in told
    for detector in told:
        made = site.http.post("/alarms/maintenance", json={"detector": detector, "until": later(30), "reason": "换锁"})
        assert made.status_code == 201, made.text


def test_a_maintenance_window_is_made_listed_and_ended(site):
    asked = {"place": "gate", "until": later(30), "reason": "换闸杆"}
    made = site.http.post("/alarms/maintenance", json=asked)
    assert made.status_code == 201, made.text
    window = made.json()
    site.says("door-1", ArmState(attached=True))
    site.says("door-1", ArmState(attached=False))
    number = site.http.get("/incidents", params={"state": "held"}).json()["incidents"][0]["no"]
    held = site.http.get(f"/incidents/{number}").json()["incident"]
    assert (held["state"], held["alarm"], held["held_by"]) == ("held", "held", window["id"])
    assert [one["held"] for one in site.http.get("/alarms/maintenance", params={"current": True}).json()["windows"]] == [1]
    ended = site.http.post(f"/alarms/maintenance/{window['id']}/end").json()
    assert (ended["held"], ended["released"]) == (1, 1)
    assert site.http.get(f"/incidents/{number}").json()["incident"]["state"] == "open"
    assert site.http.get("/alarms/maintenance", params={"current": True}).json()["windows"] == []
    again = site.http.post(f"/alarms/maintenance/{window['id']}/end")
    assert (again.status_code, again.json()["code"]) == (409, "maintenance_over")


def test_a_guard_does_what_is_a_guards_and_no_more(site):
    number = site.incident()
    with site.client("guard") as guard:

        def act(name, **fields):
            reply = guard.post(f"/incidents/{number}/acts/{name}", json={"fields": fields})
            return reply.status_code, reply.json().get("code")

        assert act("acknowledge") == (200, None)
        for name, fields in (
            ("assign", {"assignee": "wang"}),
            ("dispatch", {"guard": "wang"}),
            ("shelve", {"reason": "x", "minutes": "5"}),
            ("close", {"cause": "test", "note": "x"}),
        ):
            assert act(name, **fields) == (403, "not_allowed"), name
        assert site.act(number, "dispatch", guard="张三").status_code == 200
        assert act("answer") == act("arrive") == act("finding", finding="车撞") == act("comment", note="x") == (200, None)
        asked = {"selection": [{"no": number}], "fields": {"cause": "test", "note": "x"}}
        (refused,) = guard.post("/incidents/acts/close", json=asked).json()["results"]
        assert (refused["done"], refused["code"]) == (False, "not_allowed")
    timeline = site.http.get(f"/incidents/{number}").json()["timeline"]
    told = [(entry["act"], entry["actor"]) for entry in timeline[1:]]
    guards = [(act, NAMES["guard"]) for act in ("answered", "arrived", "found", "commented")]
    assert told == [("acknowledged", NAMES["guard"]), ("dispatched", NAMES["manager"]), *guards]


def test_what_is_done_above_incidents_is_done_by_who_is_signed_in(site):
    number = site.incident()
    with site.client("operator") as operator, site.client("shift_leader") as leader:
        assert operator.post("/alarms/silence", json={}).json()["actor"] == NAMES["operator"]
        asked = {"device": "door-2", "until": later(30), "reason": "x"}
        assert operator.post("/alarms/maintenance", json=asked).json()["code"] == "not_permitted"
        window = leader.post("/alarms/maintenance", json=asked).json()
        assert window["actor"] == NAMES["shift_leader"]
        assert operator.post(f"/alarms/maintenance/{window['id']}/end").json()["code"] == "not_permitted"
        assert operator.get("/alarms/maintenance").json()["windows"] == [window]
        chosen = {"selection": [{"no": number}]}
        assert operator.post("/incidents/acts/acknowledge", json=chosen).json()["done"] == 1
    site.http.post(f"/alarms/maintenance/{window['id']}/end")
    assert site.http.get(f"/incidents/{number}").json()["timeline"][-1]["actor"] == NAMES["operator"]
    (ended,) = [json.loads(row.body) for row in site.changes() if (row.topic, row.act) == ("maintenance", "ended")]
    assert (ended["by"], ended["actor"]) == (NAMES["manager"], NAMES["shift_leader"])


@pytest.mark.parametrize("body", [{"actor": "张三"}, {"role": "manager"}])
def test_nobody_says_who_acts(site, body):
    number = site.incident()
    asked = {"device": "door-2", "until": later(30), "reason": "x"}
    for path, more in (
        ("/incidents/acts/acknowledge", {"selection": [{"no": number}]}),
        ("/alarms/silence", {}),
        ("/alarms/maintenance", asked),
    ):
        assert site.http.post(path, json=more | body).status_code == 422, path


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({}, 422, "no_scope"),
        ({"place": "moon"}, 404, "unknown_scope"),
        ({"detector": "fire_input"}, 409, "always_heard"),
        ({"device": "door-1", "until": "2026-01-01T00:00:00Z"}, 422, "wrong_maintenance_times"),
        ({"device": "door-1", "until": "soon"}, 422, "bad_time"),
    ],
)
def test_a_window_that_may_not_be_says_why(site, more, status, code):
    asked = {"until": later(30), "reason": "x"} | more
    reply = site.http.post("/alarms/maintenance", json=asked)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.json()["message_zh"]


def test_a_flood_is_told_with_the_first_out_of_each_cause(site):
    for number in range(11):
        site.says("meter-1", AlarmInput(active=True, name=f"zone-{number}"))
    flood = site.http.get("/alarms").json()["flood"]
    assert (flood["count"], flood["ended_at"]) == (11, None)
    (group,) = flood["groups"]
    assert (group["cause_zh"], group["count"], group["first_no"]) == ("报警", 11, flood["no"] - 10)
    counts = site.http.get("/incidents/summary").json()
    assert (counts["flood"], counts["sounding"], counts["priorities"][0]["open"]) == (True, 11, 11)
    assert site.http.get("/alarms/floods").json()["floods"] == [flood]
    assert len(site.http.get("/incidents", params={"limit": 50}).json()["incidents"]) == 11


def test_the_figures_are_told_with_what_they_count(site):
    number = site.incident()
    site.act(number, "acknowledge")
    today = datetime.now(UTC).astimezone(site.book.current.timezone).date()
    report = site.http.get("/alarms/kpi", params={"from": str(today - timedelta(days=1)), "to": str(today)}).json()
    values = {one["name"]: one["value"] for one in report["figures"]}
    assert (values["alarms"], values["unacknowledged"], report["top"][0]["alarms"]) == ("1", "0", 1)
    assert all(one["definition_zh"] and one["definition_en"] for one in report["figures"])
    before = site.http.get("/alarms/kpi", params={"from": "2020-01-01", "to": "2020-01-31"}).json()
    assert {one["value"] for one in before["figures"]} == {None, "0"}
    assert site.http.get("/alarms/kpi", params={"from": "2026-02-01", "to": "2026-01-01"}).json()["code"] == "wrong_days"


# Lists


def filled(engine: Engine, count: int) -> list[dict[str, Any]]:
    """Cases of every state and priority, most of them closed."""
    states = itertools.cycle(["closed"] * 20 + sorted(STATE_NAMES))
    texts = dict.fromkeys(("clause", "shelf_owner", "shelf_reason", "held_by", "dispatch", "sound"), "")
    rows = [
        {
            "site": "garden",
            "case_no": no,
            "kind": "incident",
            "detector": "tamper" if no % 3 else "door_held",
            "subject": "s",
            "device": f"door-{no % 7}",
            "place": f"gate-{no % 5}",
            "episode": f"e{no}",
            "priority": 1 + no % 4,
            "state": next(states),
            "opened_us": T0 + no * US_PER_S,
            "raised_us": T0 + no * US_PER_S,
            "facts": json.dumps({}),
            "version": 1,
            "merged": 0,
            "escalation": 0,
            "comebacks": no % 11 == 0,
            **texts,
            **dict.fromkeys(("active", "proven", "late", "flood"), False),
        }
        for no in range(1, count + 1)
    ]
    with engine.begin() as connection:
        for at in range(0, count, 500):
            connection.execute(insert(schema.case), rows[at : at + 500])
        connection.execute(text("ANALYZE"))
    return rows


WANTED = [
    CaseFilter(),
    CaseFilter(("open",)),
    CaseFilter(("open", "acknowledged", "shelved", "held"), (1, 2)),
    CaseFilter((), (3,)),
    CaseFilter(("closed",), (1,), before_no=900),
    CaseFilter(device="door-3"),
    CaseFilter(("closed",), (2,), device="door-3", before_no=1_000),
    CaseFilter(("open",), place="gate-2"),
    CaseFilter(detector="door_held", since_us=T0 + 700 * US_PER_S),
    CaseFilter(("open", "closed"), since_us=T0 + 1_100 * US_PER_S),
    CaseFilter(("open", "shelved"), chattering=True),
    CaseFilter(("closed",), chattering=True),
    CaseFilter(chattering=True),
]


def plain_answer(rows, wanted):
    """The same, said plainly."""
    fits = [
        row["case_no"]
        for row in rows
        if (not wanted.states or row["state"] in wanted.states)
        and (not wanted.priorities or row["priority"] in wanted.priorities)
        and all(not getattr(wanted, name) or row[name] == getattr(wanted, name) for name in ("device", "place", "detector"))
        and (wanted.since_us is None or row["raised_us"] >= wanted.since_us)
        and (wanted.before_no is None or row["case_no"] < wanted.before_no)
        and (not wanted.chattering or row["comebacks"])
    ]
    return sorted(fits, reverse=True)


def test_lists_hold_what_fits_newest_first_and_walk_along_an_index(any_url: str):
    engine = open_engine(any_url)
    migrate(engine)
    rows = filled(engine, 3_000)
    reads = SiteReads(engine, "garden")
    for wanted in WANTED:
        expected = plain_answer(rows, wanted)
        assert [case.case_no for case in reads.cases(wanted, 20)] == expected[:20], wanted
        assert len(expected) > 3, wanted
        assert not unindexed(engine, wanted), wanted
    engine.dispose()


def unindexed(engine: Engine, wanted: CaseFilter) -> list[str]:
    """Steps of the plan that look at a whole table, or sort more than the short walks' ends."""
    compiled = numbers_of("garden", wanted, 20).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
            return [step for step in plan if step.startswith("SCAN case_") or "AUTOMATIC" in step]
        connection.exec_driver_sql("SET enable_seqscan = off")
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}")]
    return [step for step in plan if "Seq Scan on case_" in step]
