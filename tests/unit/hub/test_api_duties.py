"""Duties, windows and evidence over real HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from contract.clock import rfc3339
from hub.duties.schedule import Random
from hub.ingest.duties import dutybook
from tests.support.duty_site import HOUR_S, TAGS, announce, at, detail, duty_site, estate, item, policy, report, settled
from tests.support.outward_rig import NAMES, Site, running_site, until
from tests.unit.hub.test_api_http import problem


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with duty_site(tmp_path) as made:
        yield made


def windows(site, **query):
    reply = site.http.get("/duties/windows", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def ids(page):
    return [one["id"] for one in page["windows"]]


def test_the_duties_of_the_policy_are_listed_with_their_routes_in_both_languages(site):
    rows = {one["duty"]: one for one in site.http.get("/duties").json()["duties"]}
    assert set(rows) == {"weather", "letters", "post"}
    letters = rows["letters"]
    assert (letters["zh"], letters["en"], letters["clause"]) == ("来信送达", "letters delivered", "CMD-4")
    assert letters["equal"] == [["slips_counted", "complaints_registered"]]
    assert letters["schedules"] == [{"type": "occasion", "kind": "event", "before_s": 4 * HOUR_S, "after_s": 0}]
    assert rows["weather"]["routes"] == [
        {
            "id": "north",
            "name_zh": "北线",
            "name_en": "North",
            "places": ["gate", "pump"],
            "sources": ["phone-1"],
            "order": "free",
        }
    ]


def test_a_kept_window_says_which_scan_keeps_it(site):
    gate, pump = sorted(announce(site), key=lambda one: one["place"])
    report(site, item("a", tag=TAGS["gate"], person="zhang", medium="nfc"))
    told = {one["id"]: one["evidence"] for one in windows(site)["windows"]}
    assert told[pump["id"]] is None
    assert (told[gate["id"]]["source"], told[gate["id"]]["key"], told[gate["id"]]["medium"]) == ("phone-1", "a", "nfc")
    assert detail(site, gate["id"])["window"]["evidence"] == told[gate["id"]]


def test_windows_are_found_by_every_filter(site):
    gate, pump = sorted(announce(site), key=lambda one: one["place"])
    assert (gate["place_zh"], pump["place_en"], gate["duty_zh"], gate["route_en"]) == ("东门", "pump room", "巡逻", "North")
    report(site, item("a", tag=TAGS["gate"], person="zhang"))
    for query, wanted in (
        ({"state": "kept"}, {gate["id"]}),
        ({"state": ["kept", "open"]}, {gate["id"], pump["id"]}),
        ({"duty": "weather"}, {gate["id"], pump["id"]}),
        ({"duty": "post"}, set()),
        ({"route": "north", "place": "pump"}, {pump["id"]}),
        ({"person": "zhang"}, {gate["id"]}),
        ({"person": "wang"}, set()),
        ({"from": at(2 * HOUR_S)}, set()),
        ({"from": at(0), "to": at(1)}, {gate["id"], pump["id"]}),
        ({"to": at(-5 * HOUR_S)}, set()),
        ({"only": "now"}, {pump["id"]}),
        ({"only": "next"}, set()),
    ):
        assert set(ids(windows(site, **query))) == wanted, query


def test_a_typo_in_a_filter_is_told_with_the_nearest_name_and_is_no_empty_list(site):
    for path, query, near in (
        ("/duties/windows", {"duty": "wether"}, "没有任务“wether”，是否为 weather？"),
        ("/duties/windows", {"route": "nort"}, "没有路线“nort”，是否为 north？"),
        ("/duties/windows", {"place": "gat"}, "没有位置“gat”，是否为 gate？"),
        ("/duties/scans", {"person": "zhan"}, "没有人员“zhan”，是否为 zhang？"),
        ("/duties/scans", {"source": "phone1"}, "没有来源“phone1”，是否为 phone-1？"),
        ("/roster", {"person": "zhan"}, "没有人员“zhan”，是否为 zhang？"),
    ):
        (what,) = query
        assert problem(site.http.get(path, params=query), 404, f"unknown_{what}")["message_zh"] == near


def test_what_was_taken_out_of_the_files_is_still_found_in_its_history(site, monkeypatch):
    rows = announce(site)
    policy, estate = site.outward._policy, site.book.current
    monkeypatch.setattr(policy, "duties", {})
    monkeypatch.setattr(estate, "routes", {})
    assert set(ids(windows(site, duty="weather", route="north"))) == {one["id"] for one in rows}


def test_a_source_that_was_taken_out_of_the_files_still_has_its_scans_and_one_that_brought_none_is_no_error(site, monkeypatch):
    report(site, item("a", tag=TAGS["gate"], person="zhang"))
    assert site.http.get("/duties/scans", params={"source": "door-1"}).json()["scans"] == []
    monkeypatch.setattr(site.book.current, "phones", {})
    assert len(site.http.get("/duties/scans", params={"source": "phone-1"}).json()["scans"]) == 1


def test_windows_come_in_pages_newest_first_and_what_is_next_soonest_first(site):
    for number in range(3):
        body = {"kind": "bad_weather", "from": at((5 + 5 * number) * HOUR_S)}
        assert site.http.post("/occasions", json=body).json()["windows"] == 2
    for query, backwards in (({}, True), ({"only": "next"}, False)):
        pages, cursor = [], None
        while True:
            page = windows(site, limit=4, **query, **({"cursor": cursor} if cursor else {}))
            pages.append(page["windows"])
            cursor = page["next"]
            if cursor is None:
                break
        assert [len(one) for one in pages] == [4, 2]
        rows = [row for page in pages for row in page]
        assert len({row["id"] for row in rows}) == 6
        assert [row["ends_at"] for row in rows] == sorted((row["ends_at"] for row in rows), reverse=backwards)
    for wrong in ("nonsense", "bm9uc2Vuc2U=", site.http.get("/duties/scans").json()["next"] or "W10="):
        problem(site.http.get("/duties/windows", params={"cursor": wrong}), 422, "bad_cursor")


def test_a_kept_window_is_shown_with_its_evidence_and_what_did_not_count(site):
    window = next(one for one in announce(site) if one["place"] == "pump")
    report(site, item("a", tag=TAGS["pump"], person="wang", made_s=-90), item("b", tag=TAGS["pump"], person="zhang"))
    found = detail(site, window["id"])
    assert found["window"]["state"] == "kept"
    assert found["clause"] == "PAT-1"
    assert found["incident"] is None
    assert [(one["scan"]["key"], one["keeps"], one["why"]) for one in found["scans"]] == [
        ("a", False, "other_post"), ("b", True, "keeps_it"),
    ]  # fmt: skip
    assert found["scans"][0]["why_zh"] == "此岗位不承担这项任务"
    assert found["explanation_zh"].startswith("已完成：巡逻，水泵房，")
    assert "张三" in found["explanation_zh"]
    assert "Zhang was there at" in found["explanation_en"]


def test_a_gap_is_shown_with_its_incident_and_how_far_its_source_has_reported_and_evidence_withdraws_it(site):
    gate, pump = sorted(announce(site, ends_s=4.0), key=lambda one: one["place"])
    found = settled(site, gate["id"], "unproven")
    assert [(one["id"], one["name_zh"], one["reported_up_to"]) for one in found["sources"]] == [("phone-1", "一号手机", None)]
    assert "phone-1 has never reported" in found["explanation_en"]
    sent = at(0)
    report(site, up_to=sent)
    found = settled(site, gate["id"], "missed")
    assert found["sources"][0]["reported_up_to"] is not None
    assert found["explanation_zh"].startswith("未完成：巡逻，东门，")
    assert "一号手机 phone-1 已上报至" in found["explanation_zh"]
    incident = site.http.get(f"/incidents/{found['incident']}").json()["incident"]
    assert (incident["title_zh"], incident["title_en"]) == ("应做未做：巡逻，东门", "Duty not done: patrol, East gate")
    assert incident["detector"] == "duty_gap"
    assert settled(site, pump["id"], "missed")["incident"] != found["incident"]
    report(site, item("late", tag=TAGS["gate"], person="zhang"))
    found = settled(site, gate["id"], "withdrawn")
    assert found["explanation_zh"].startswith("已撤回：")
    assert "张三" in found["explanation_zh"]
    assert found["incident"] == incident["no"]


def test_the_evidence_is_shown_however_many_scans_lie_near_it(site, monkeypatch):
    monkeypatch.setattr("hub.api.duties.NEAR_SCANS_MAX", 2)
    window = next(one for one in announce(site) if one["place"] == "gate")
    early = [item(f"w{n}", tag=TAGS["gate"], person="wang", made_s=-600 + n * 60) for n in range(4)]
    report(site, *early, item("good", tag=TAGS["gate"], person="zhang"))
    found = detail(site, window["id"])
    assert [one["scan"]["key"] for one in found["scans"]] == ["w0", "w1", "good"]
    assert "张三" in found["explanation_zh"]


def test_a_window_that_is_not_there_is_a_problem(site):
    problem(site.http.get("/duties/windows/patrol/north/gate/20260101T000000Z/0"), 404, "unknown_window")
    problem(site.http.get("/duties/windows/%00"), 422, "wrong_request")


def test_scans_are_found_by_every_filter_in_pages_newest_first(site):
    announce(site, "event")
    report(
        site,
        item("a", tag=TAGS["gate"], person="zhang", made_s=-300),
        item("b", tag=TAGS["pump"], person="wang", made_s=-200),
        item("c", tag="04FFFF", made_s=-100),
    )
    report(site, item("d", "answer", duty="post", place="gate", fields={"note": "正常", "count": 2}, made_s=-50), phone="hub")

    def keys(**query):
        return [one["key"] for one in site.http.get("/duties/scans", params=query).json()["scans"]]

    assert keys() == ["d", "c", "b", "a"]
    assert keys(place="gate") == ["d", "a"]
    assert keys(person="wang") == ["b"]
    assert keys(source="hub") == ["d"]
    assert keys(flag="unknown_tag") == ["c"]
    assert keys(**{"from": at(-250), "to": at(-150)}) == ["b"]
    first = site.http.get("/duties/scans", params={"limit": 3}).json()
    assert [one["key"] for one in first["scans"]] == ["d", "c", "b"]
    assert keys(limit=3, cursor=first["next"]) == ["a"]
    row = first["scans"][0]
    assert (row["duty"], row["fields"], row["place_zh"]) == (
        "post",
        {"note": "正常", "count": 2, "account": NAMES["manager"]},
        "东门",
    )
    problem(site.http.get("/duties/scans", params={"flag": "strange"}), 422, "wrong_request")
    problem(site.http.get("/duties/scans", params={"from": "today"}), 422, "bad_time")


def test_scans_at_one_moment_are_neither_lost_nor_twice_over_pages(site):
    made = at(-60)
    report(site, *(item(key, tag=f"04AA{key}") | {"made_at": made, "mono_ms": 5} for key in ("03", "01", "02")), sent_mono_ms=9)
    seen, cursor = [], None
    for _ in range(3):
        page = site.http.get("/duties/scans", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["key"] for one in page["scans"]]
        cursor = page["next"]
    assert seen == ["01", "02", "03"]
    assert cursor is None


def test_whoever_can_be_put_on_the_roster_is_listed_with_names_and_post(site):
    staff = {one["id"]: one for one in site.http.get("/roster/staff").json()["staff"]}
    assert (staff["zhang"]["name_zh"], staff["zhang"]["post"]) == ("张三", "guard")


def test_somebody_is_put_on_the_roster_and_taken_off_and_scans_are_judged_anew(site):
    report(site, item("a", tag=TAGS["gate"], person="zhang"))
    span = {"from": at(-HOUR_S), "until": at(HOUR_S)}
    shift = {"person": "wang", "route": "north"} | span

    def flags():
        return site.http.get("/duties/scans").json()["scans"][0]["flags"]

    done = site.http.post("/roster", json=shift)
    assert done.status_code == 201, done.text
    assert done.json() == {"person": "wang", "person_zh": "王五", "person_en": "Wang", "route": "north"} | span
    assert flags() == ["wrong_person"]
    assert site.http.get("/roster").json()["shifts"] == [done.json()]
    for query in ({"person": "zhang"}, {"route": "desk"}, {"from": at(2 * HOUR_S)}, {"to": at(-2 * HOUR_S)}):
        assert site.http.get("/roster", params=query).json()["shifts"] == [], query
    off = {"person": "wang", "route": "north", "from": span["from"]}
    assert site.http.delete("/roster", params=off).json()["removed"] == done.json()
    assert flags() == []
    problem(site.http.delete("/roster", params=off), 404, "unknown_shift")
    told = [json.loads(row.body) for row in site.changes() if row.topic == "roster"]
    assert [one["actor"] for one in told] == ["李伟", "李伟"]


def test_what_may_not_stand_on_the_roster_is_a_problem_that_says_what_to_do(site):
    shift = {"person": "zhang", "route": "north", "from": at(0), "until": at(HOUR_S)}
    post = site.http.post
    assert "perhaps zhang" in problem(post("/roster", json=shift | {"person": "zhag"}), 404, "unknown_person")["message_en"]
    assert "perhaps north" in problem(post("/roster", json=shift | {"route": "nort"}), 404, "unknown_route")["message_en"]
    problem(post("/roster", json=shift | {"until": shift["from"]}), 422, "wrong_span")
    problem(post("/roster", json=shift | {"until": at(32 * 24 * HOUR_S)}), 422, "wrong_span")
    problem(post("/roster", json=shift | {"from": "now"}), 422, "bad_time")
    long_ago = {"from": at(-40 * 24 * HOUR_S), "until": at(-39 * 24 * HOUR_S)}
    assert "31 天" in problem(post("/roster", json=shift | long_ago), 422, "shift_over")["message_zh"]
    problem(post("/roster", json=shift | {"actor": "somebody else"}), 422, "wrong_request")
    problem(site.http.delete("/roster", params={"person": "zhang"}), 422, "wrong_request")
    assert site.rows("roster") == []


def test_a_warning_of_bad_weather_is_announced_changed_and_called_off(site):
    body = {"id": "typhoon-3", "kind": "bad_weather", "from": at(5 * HOUR_S), "note": "台风"}
    first = site.http.post("/occasions", json=body).json()
    assert first["windows"] == 2
    assert first["occasion"] == {"id": "typhoon-3", "kind": "bad_weather", "from": body["from"], "until": None, "note": "台风"}
    assert site.http.post("/occasions", json=body).json()["windows"] == 0, "sent again, nothing changes"
    ended = site.http.post("/occasions", json=body | {"until": at(6 * HOUR_S)}).json()
    assert ended["occasion"]["until"] is not None
    assert [one["id"] for one in site.http.get("/occasions").json()["occasions"]] == ["typhoon-3"]
    assert site.http.delete("/occasions/typhoon-3").json()["windows"] == 2
    problem(site.http.delete("/occasions/typhoon-3"), 404, "unknown_occasion")
    assert ids(windows(site)) == []
    problem(site.http.post("/occasions", json=body | {"kind": "party"}), 422, "wrong_request")
    problem(site.http.post("/occasions", json=body | {"until": at(4 * HOUR_S)}), 422, "wrong_span")
    named = site.http.post("/occasions", json={"kind": "event", "from": rfc3339(0)}).json()["occasion"]
    assert len(named["id"]) == 16


def test_a_bug_that_keeps_duties_from_being_judged_shows_in_the_health_in_both_languages_and_the_hub_goes_on(site, monkeypatch):
    assert site.http.get("/healthz").json()["state"] == "well"

    def broken(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr(dutybook, "verdict", broken)
    announce(site)
    report(site, item("a", tag=TAGS["gate"], person="zhang"))
    reply = site.http.get("/healthz")
    assert (reply.status_code, reply.json()["ready"], reply.json()["state"]) == (200, True, "degraded")
    assert reply.json()["zh"].startswith("部分功能异常")
    assert "part of it" in reply.json()["en"]
    check = reply.json()["checks"]["duties"]
    assert (check["ok"], check["reason"]) == (False, "lanes_failed")
    assert "判定失败 1 次" in check["detail"]
    assert "judging 1 times" in check["detail"]
    assert "watchkeeper_ingest_lanes_failed_total 1.0" in site.http.get("/metrics").text
    monkeypatch.undo()
    report(site, item("b", tag=TAGS["gate"], person="zhang", made_s=-30))
    assert site.http.get("/healthz").json()["checks"]["duties"]["reason"] == "failed_lately"


def test_windows_at_random_are_told_to_nobody_beforehand_who_may_have_to_keep_them(tmp_path):
    found, book = policy(), estate()
    at_random = (msgspec.convert({"type": "random", "count": 20, "from": "00:00", "to": "23:59", "open_s": 600}, Random),)
    found.duties = {name: replace(found.duties[name], schedule=at_random) for name in ("post", "weather")}
    with running_site(tmp_path, policy=found, book=book) as site:
        query: dict[str, Any] = {"only": "next", "limit": 200}
        until(lambda: windows(site, **query)["windows"])
        seen = {}
        for role in ("operator", "shift_leader", "guard", "desk", "auditor", "manager"):
            with site.client(role) as client:
                seen[role] = {one["duty"] for one in client.get("/duties/windows", params=query).json()["windows"]}
        assert seen["manager"] == seen["auditor"] == {"post", "weather"}
        assert seen["operator"] == seen["shift_leader"] == {"weather"}, "the room is asked at random"
        assert seen["guard"] == seen["desk"] == set()
        secret = windows(site, duty="post", **query)["windows"][-1]["id"]
        with site.client("operator") as client:
            assert client.get(f"/duties/windows/{secret}").json()["code"] == "unknown_window"
