"""The API over real HTTP, on a real worker and database."""

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from contract.envelope import bulk_mac, picture_path
from contract.orders import TakeSnapshot
from contract.readings import SnapshotTaken
from hub.api import pictures
from hub.api.body import BODY_BYTES_MAX
from hub.api.guard import NotLoopback, is_loopback
from hub.api.server import CannotListen, listen, serve
from hub.ingest.ports import Write
from hub.refusals import REFUSALS
from hub.store.read import SCAN_ROWS_MAX
from tests.support.outward_rig import Site, door, running_site, until
from tests.support.site_rig import KEY, OTHER_KEY

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def problem(reply, status, code):
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["message_zh"]
    assert body["message_en"]
    return body


def test_an_incident_is_listed_shown_acknowledged_and_closed(site):
    number = site.incident()
    page = site.http.get("/incidents", params={"state": "live"}).json()
    assert [one["no"] for one in page["incidents"]] == [number]
    assert page["next"] is None
    one = page["incidents"][0]
    assert one["detector"] == "arm_knocked_off"
    assert one["state"] == "open"
    assert one["sounding"]
    assert one["opened_at"].endswith("Z")
    assert one["title_zh"].startswith("闸杆被撞脱")

    detail = site.http.get(f"/incidents/{number}").json()
    assert [entry["act"] for entry in detail["timeline"]] == ["raised"]
    assert {clock["clock"] for clock in detail["clocks"]} == {"acknowledge", "resolve", "step:p2-leader"}
    assert all(clock["due_at"] for clock in detail["clocks"])
    assert "acknowledge" in {act["act"] for act in detail["acts"]}

    done = site.act(number, "acknowledge", note="已派人")
    assert done.status_code == 200
    assert done.json()["state"] == "acknowledged"
    assert not done.json()["sounding"]
    assert site.act(number, "close", cause="handled", note="已修复").json()["state"] == "closed"
    detail = site.http.get(f"/incidents/{number}").json()
    assert [(entry["act"], entry["actor"]) for entry in detail["timeline"]][1:] == [("acknowledged", "李伟"), ("closed", "李伟")]
    assert all(not clock["running"] and clock["due_at"] is None for clock in detail["clocks"])
    assert site.http.get("/incidents", params={"state": "live"}).json()["incidents"] == []


def test_pages_go_on_where_the_last_one_ended(site):
    numbers = [site.incident(), site.incident("door-2"), site.incident()]
    first = site.http.get("/incidents", params={"limit": 2}).json()
    second = site.http.get("/incidents", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["no"] for one in first["incidents"] + second["incidents"]] == sorted(numbers, reverse=True)
    assert second["next"] is None


def test_filters_leave_out_what_does_not_fit(site):
    number = site.incident()
    opened = site.http.get(f"/incidents/{number}").json()["incident"]["raised_at"]
    for fits in ({"detector": "arm_knocked_off"}, {"device": "door-1"}, {"place": "gate"}, {"since": opened}, {"state": "open"}):
        assert len(site.http.get("/incidents", params=fits).json()["incidents"]) == 1, fits
    for other in ({"detector": "door_held"}, {"device": "door-2"}, {"priority": 4}, {"since": "2100-01-01T00:00:00Z"}):
        assert site.http.get("/incidents", params=other).json()["incidents"] == [], other


def test_the_summary_counts_by_priority(site):
    number = site.incident()
    site.incident("door-2")
    site.act(number, "acknowledge")
    summary = site.http.get("/incidents/summary").json()
    assert (summary["live"], summary["sounding"]) == (2, 1)
    assert summary["oldest_unacknowledged_at"]
    assert sum(row["open"] for row in summary["priorities"]) == 1
    assert sum(row["acknowledged"] for row in summary["priorities"]) == 1


def test_refused_acts_say_what_to_do(site):
    number = site.incident()
    problem(site.act(99, "acknowledge"), 404, "unknown_case")
    problem(site.act(number, "explode"), 404, "unknown_act")
    problem(site.act(number, "close"), 422, "field_missing")
    problem(site.act(number, "reopen", reason="x"), 409, "wrong_state")
    asked = {"fields": {"cause": "other", "note": "x"}}
    with site.client("guard") as guard:
        problem(guard.post(f"/incidents/{number}/acts/close", json=asked), 403, "not_allowed")
    stale = {"version": 7}
    problem(site.http.post(f"/incidents/{number}/acts/acknowledge", json=stale), 409, "changed_meanwhile")
    assert [entry["act"] for entry in site.http.get(f"/incidents/{number}").json()["timeline"]] == ["raised"]


def test_fields_that_are_not_named_are_refused(site):
    number = site.incident()
    strangers = ({"site": "other"}, {"at": "2020-01-01T00:00:00Z"}, {"actor": "somebody else"}, {"role": "manager"})
    for asked in strangers:
        assert problem(site.http.post(f"/incidents/{number}/acts/acknowledge", json=asked), 422, "wrong_request")["errors"]
    assert site.rows("case_")[0].state == "open"


def test_wrong_requests_are_answered_in_one_shape(site):
    problem(site.http.get("/nothing"), 404, "not_found")
    problem(site.http.delete("/incidents"), 405, "method_not_allowed")
    problem(site.http.get("/incidents", params={"limit": 0}), 422, "wrong_request")
    problem(site.http.get("/incidents", params={"since": "yesterday"}), 422, "bad_time")
    problem(site.http.get("/incidents/99"), 404, "unknown_case")
    problem(site.http.get("/events", params={"device": "door-1", "cursor": "!"}), 422, "bad_cursor")
    problem(site.http.get("/events", params={"device": "stranger"}), 404, "unknown_device")
    problem(site.http.get("/events"), 422, "wrong_request")


def test_a_number_that_no_database_has_is_422(site):
    huge = 10**30
    problem(site.http.get(f"/incidents/{huge}"), 422, "wrong_request")
    problem(site.act(huge, "acknowledge"), 422, "wrong_request")
    problem(site.http.post("/incidents/1/acts/acknowledge", json={"version": huge}), 422, "wrong_request")
    problem(site.http.get("/incidents", params={"cursor": huge}), 422, "wrong_request")
    problem(site.http.post(f"/dead-letters/mqtt/{huge}/retry"), 422, "wrong_request")
    for cursor in ([huge, "s", 1], [1, "s", huge], [1, "s", -huge], [2**62, "s", 1], [1, "\0", 1]):
        text_of = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
        problem(site.http.get("/events", params={"device": "door-1", "cursor": text_of}), 422, "bad_cursor")


@pytest.mark.parametrize("bad", ["\ud800", "\0"], ids=["half_a_pair", "nul"])
def test_text_that_no_database_keeps_is_422(site, bad):
    number = site.incident()
    for asked in (
        {"fields": {"note": f"n{bad}"}},
        {"fields": {f"n{bad}": "n"}},
        {f"x{bad}": "n"},
    ):
        body = json.dumps(asked).encode()
        headers = {"Content-Type": "application/json"}
        reply = site.http.post(f"/incidents/{number}/acts/acknowledge", content=body, headers=headers)
        problem(reply, 422, "wrong_request")
    body = json.dumps({"action": "open", "reason": f"r{bad}"}).encode()
    problem(site.http.post("/devices/door-1/commands", content=body, headers=headers), 422, "wrong_request")
    assert [entry["act"] for entry in site.http.get(f"/incidents/{number}").json()["timeline"]] == ["raised"]


def test_a_nul_in_a_filter_is_422(site):
    for name in ("detector", "device", "place"):
        problem(site.http.get(f"/incidents?{name}=a%00"), 422, "wrong_request")
    problem(site.http.get("/events?device=door-1&kind=a%00"), 422, "wrong_request")
    problem(site.http.post("/dead-letters/a%00/1/retry"), 422, "wrong_request")


def test_a_body_that_is_too_long_is_refused_while_it_is_read(site):
    number = site.incident()
    path = f"/incidents/{number}/acts/acknowledge"
    headers = {"Content-Type": "application/json"}
    whole = json.dumps({"fields": {"note": "n" * BODY_BYTES_MAX}}).encode()
    for body in (whole, whole * 100, iter([whole[:1000]] * 100)):
        problem(site.http.post(path, content=body, headers=headers), 413, "too_large")
    problem(site.http.post("/nothing", content=whole), 404, "not_found")
    fits = json.dumps({"fields": {"note": "n"}}).encode().ljust(BODY_BYTES_MAX)
    assert site.http.post(path, content=fits, headers=headers).status_code == 200


def test_a_worker_that_cannot_commit_is_503_and_not_500(site):
    number = site.incident()
    site.worker.stop()
    problem(site.act(number, "acknowledge"), 503, "unavailable")
    health = site.http.get("/healthz")
    assert health.status_code == 503
    assert not health.json()["checks"]["database"]["ok"]


def test_a_database_that_cannot_be_read_is_503(site):
    with site.engine.begin() as connection:
        connection.execute(text("ALTER TABLE case_ RENAME TO case_gone"))
    problem(site.http.get("/incidents"), 503, "database_failed")


def test_events_page_newest_first_with_ties_and_a_rare_kind(site):
    at_us = site.clock.now_us()
    for index in range(7):
        site.says("door-2", door(is_open=index % 2 == 0), at_us=at_us)
    found, cursor = [], None
    while True:
        page = site.http.get("/events", params={"device": "door-2", "limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        found += [event["seq"] for event in page["events"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == sorted(found, reverse=True)
    assert len(found) == 7
    only = site.http.get("/events", params={"device": "door-2", "kind": "door_contact", "limit": 2}).json()
    assert [event["reading"]["kind"] for event in only["events"]] == ["door_contact"] * 2
    assert only["next"]
    assert site.http.get("/events", params={"device": "door-2", "kind": "card_read"}).json() == {"events": [], "next": None}
    nothing = site.http.get("/events", params={"device": "door-2", "until": "2020-01-01T00:00:00Z"}).json()
    assert nothing["events"] == []
    assert SCAN_ROWS_MAX > 7


def test_devices_and_agents_tell_what_was_heard_of_them(site):
    number = site.incident()
    devices = {row["id"]: row for row in site.http.get("/devices").json()["devices"]}
    assert devices["door-1"]["live_incidents"] == [number]
    assert devices["door-1"]["reported_up_to"]
    assert devices["door-9"]["reported_up_to"] is None
    one = site.http.get("/devices/door-1").json()
    assert [event["reading"]["kind"] for event in one["events"]] == ["arm_state", "arm_state"]
    agents = {row["id"]: row for row in site.http.get("/agents").json()["agents"]}
    assert agents["gatehouse"]["streams"][0]["mark"] == 2
    assert agents["gatehouse"]["silent_s"] >= 0
    assert agents["cellar"]["silent_s"] is None
    assert [row["id"] for row in site.http.get("/devices", params={"kind": "camera"}).json()["devices"]] == ["camera-1"]
    problem(site.http.get("/devices/stranger"), 404, "unknown_device")


def test_what_was_put_aside_is_listed(site):
    site.says("stranger", door(is_open=True))
    records = site.http.get("/quarantine").json()["records"]
    assert [(row["reason"], row["seq"]) for row in records] == [("unknown_device", 1)]
    assert "stranger" in records[0]["body"]


def test_the_policy_and_the_metrics_are_shown(site):
    site.incident()
    policy = site.http.get("/policy").json()
    assert {clause["id"]: clause for clause in policy["clauses"]}["GATE-7"]["numbers"]["held_s"] == 30
    assert policy["posts"]["guard"] == {"zh": "保安", "en": "guard"}
    assert policy["place_classes"]["perimeter"]["zh"] == "周界与出入口"
    assert "held_s" in policy["device_numbers"]
    metrics = site.http.get("/metrics").text
    assert 'watchkeeper_ready{check="broker"} 1.0' in metrics
    assert "watchkeeper_ingest_events_total 2.0" in metrics
    priority = site.http.get("/incidents").json()["incidents"][0]["priority"]
    assert f'watchkeeper_incidents_live{{priority="{priority}",state="open"}} 1.0' in metrics


def test_health_names_what_is_wrong(site):
    assert site.http.get("/healthz").json()["ready"]
    site.broker.connected = False
    reply = site.http.get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["checks"]["broker"]["reason"] == "not_connected"
    assert reply.json()["checks"]["database"]["ok"]
    site.broker.why_away = "its certificate is refused"
    assert site.http.get("/healthz").json()["checks"]["broker"]["detail"].endswith("its certificate is refused")
    site.broker.connected = True
    assert site.http.get("/healthz").status_code == 200


def test_a_command_waits_for_what_the_device_did(site):
    site.answer_commands()
    asked = {"action": "open", "reason": "消防检查"}
    reply = site.http.post("/devices/door-1/commands", json=asked)
    assert reply.status_code == 200, reply.text
    assert reply.json()["phase"] == "done"
    assert site.http.get(f"/commands/{reply.json()['id']}").json() == reply.json()


def test_a_refused_command_says_which_interlock(site):
    site.answer_commands("refused", "beam_blocked")
    reply = site.http.post("/devices/door-1/commands", json={"action": "close", "reason": "b"})
    assert (reply.json()["phase"], reply.json()["detail"]) == ("refused", "beam_blocked")
    assert (reply.json()["detail_zh"], reply.json()["detail_en"]) == REFUSALS["beam_blocked"]


def test_a_command_needs_an_action_and_a_reason(site):
    for missing in ("reason", "action"):
        asked = {"action": "open", "reason": "x"}
        for nothing in ("", "   "):
            problem(site.http.post("/devices/door-1/commands", json=asked | {missing: nothing}), 422, "wrong_request")
    problem(site.http.get("/commands/none"), 404, "unknown_command")
    assert site.broker.orders == []


def test_snapshots_are_ordered_of_cameras_alone(site):
    reply = site.http.post("/devices/camera-1/snapshots")
    assert reply.status_code == 202
    assert site.broker.orders[-1] == ("gatehouse", TakeSnapshot(id=reply.json()["order"], device="camera-1"))
    problem(site.http.post("/devices/door-1/snapshots"), 422, "not_a_camera")


def test_a_camera_that_only_pushes_is_asked_neither_for_a_picture_nor_for_the_wall(site):
    row = site.outward.server._app.state.backend.estate.device("camera-1")
    row.options["snapshots"] = 0.0
    try:
        problem(site.http.post("/devices/camera-1/snapshots"), 409, "no_snapshots")
        problem(site.http.get("/cameras/camera-1/picture"), 409, "no_snapshots")
    finally:
        del row.options["snapshots"]
    assert site.broker.orders == []


def promise(site, data=JPEG, name="pic-1"):
    taken = SnapshotTaken(
        picture=name, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), width=1, height=1, order="c1-x"
    )
    site.says("camera-1", taken)


def bring(site, data=JPEG, name="pic-1", agent="gatehouse", key=KEY, **headers):
    mac = bulk_mac(key, picture_path(agent, name), data)
    return site.http.post(picture_path(agent, name), content=data, headers={"X-Watchkeeper-Mac": mac} | headers)


def test_a_promised_picture_is_brought_kept_and_shown(site):
    number = site.incident()
    promise(site)
    problem(site.http.get("/pictures/pic-1"), 404, "unknown_picture")
    assert bring(site).status_code == 201
    assert bring(site).status_code == 201  # once more is harmless
    shown = site.http.get("/pictures/pic-1")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert [path.name for path in (site.folder / "pictures").iterdir()] == ["pic-1.jpg"]
    shown = site.http.get(f"/incidents/{number}").json()["pictures"]
    assert [(one["id"], one["ready"]) for one in shown] == [("pic-1", True)]
    (site.folder / "pictures" / "pic-1.jpg").unlink()
    problem(site.http.get("/pictures/pic-1"), 410, "picture_lost")


def test_a_picture_that_does_not_fit_its_promise_is_refused(site):
    problem(bring(site), 409, "picture_not_promised")
    promise(site)
    problem(bring(site, JPEG + b"x"), 422, "wrong_sha256")
    problem(bring(site, key=OTHER_KEY), 403, "wrong_mac")
    problem(bring(site, agent="cellar", key=OTHER_KEY), 409, "picture_not_promised")
    problem(bring(site, agent="nobody"), 404, "unknown_agent")
    problem(bring(site, b"\xff\xd8\xff" + bytes(1024 * 1024)), 413, "too_large")
    assert not (site.folder / "pictures").exists()
    promise(site, b"no picture", "pic-2")
    problem(bring(site, b"no picture", "pic-2"), 422, "not_a_jpeg")


def test_a_picture_is_never_reached_by_a_path(site):
    for name in ("..%2f..%2fhub.db", "../hub.db", "a%00b", "%2e%2e"):
        assert site.http.get(f"/pictures/{name}").status_code in (404, 422), name


def test_a_picture_whose_days_are_over_is_shown_no_more_and_goes(site):
    number = site.incident()
    promise(site)
    assert bring(site).status_code == 201
    condemned = Write(lambda connection: connection.execute(text("UPDATE picture SET condemned_us = 1")).rowcount)
    assert site.worker.ask(condemned).result(30) == 1
    problem(site.http.get("/pictures/pic-1"), 404, "unknown_picture")
    assert site.http.get(f"/incidents/{number}").json()["pictures"] == []
    problem(bring(site), 409, "picture_not_promised")
    site.outward.stop()
    with running_site(site.folder):
        until(lambda: not site.rows("picture"), "the end of the row")
    assert list((site.folder / "pictures").iterdir()) == []


def test_a_picture_whose_days_end_while_it_comes_leaves_no_file(site, monkeypatch):
    promise(site)
    written = pictures.write_durably

    def condemned_meanwhile(path, data):
        run = Write(lambda connection: connection.execute(text("UPDATE picture SET condemned_us = 1")).rowcount)
        site.worker.ask(run).result(30)
        written(path, data)

    monkeypatch.setattr(pictures, "write_durably", condemned_meanwhile)
    problem(bring(site), 409, "picture_not_promised")
    assert list((site.folder / "pictures").iterdir()) == []


def test_half_a_picture_goes_at_the_next_start(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "pic-1.jpg").write_bytes(JPEG)
    (folder / "pic-2.jpg.0f0f.part").write_bytes(JPEG[:9])
    with running_site(tmp_path):
        assert [path.name for path in folder.iterdir()] == ["pic-1.jpg"]


def test_a_picture_that_cannot_be_written_is_507_and_leaves_nothing(site):
    promise(site)
    (site.folder / "pictures").write_text("in the way")
    problem(bring(site), 507, "disk_failed")
    assert site.rows("picture")[0].stored_us is None


def test_a_strange_host_header_is_refused(site):
    for host in ("evil.example", "evil.example:80", "192.168.1.5", "127.0.0.1.evil.example", "[bad", ""):
        problem(site.http.get("/healthz", headers={"Host": host}), 421, "wrong_host")


def test_another_sites_page_may_not_write(site):
    number = site.incident()
    act = f"/incidents/{number}/acts/acknowledge"
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        problem(site.http.post(act, json={}, headers={"Origin": origin}), 403, "wrong_origin")
    own = site.outward.url
    assert site.http.post(act, json={}, headers={"Origin": own}).status_code == 200


def test_replies_may_not_be_sniffed_or_framed(site):
    headers = site.http.get("/healthz").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_only_this_machine_is_listened_on(site):
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.org", ""):
        assert not is_loopback(host)
        with pytest.raises(NotLoopback, match=r"127\.0\.0\.1"):
            serve(site.outward.server._app, host, 0)
    for host in ("127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"):
        assert is_loopback(host)


def test_a_taken_port_is_told_plainly(site):
    with pytest.raises(CannotListen, match="is taken"):
        listen("127.0.0.1", site.outward.server.port)


def test_an_answer_does_not_wait_until_the_other_end_has_acknowledged_its_beginning(site):
    """The server leaves TCP_NODELAY off for a socket that does not name its protocol: each answer took 40 ms longer."""
    listening = listen("127.0.0.1", 0)
    try:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.proto == socket.IPPROTO_TCP
    finally:
        listening.close()


def test_a_stopped_server_leaves_no_thread(tmp_path):
    before = set(threading.enumerate())
    with running_site(tmp_path) as site:
        site.http.get("/healthz")
    until(lambda: not [thread for thread in set(threading.enumerate()) - before if thread.is_alive()], "the end of all threads")


def test_the_documentation_needs_no_other_host(site):
    """An estate's network may have no way out."""
    page = site.http.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!DOCTYPE", "").split("<script>")[0]
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert site.http.get(asset).status_code == 200, asset


def test_a_device_tells_the_state_it_told_last_and_is_unknown_until_then(site):
    def condition(device):
        return next(one for one in site.http.get("/devices").json()["devices"] if one["id"] == device)["condition"]

    assert condition("door-1")["name"] == "unknown"
    site.says("door-1", door(is_open=True))
    until(lambda: condition("door-1")["name"] == "open")
    assert condition("door-1")["zh"] == "已开"
    assert condition("door-1")["since"].endswith("Z")
    assert site.http.get("/devices/door-1").json()["device"]["condition"] == condition("door-1")
    assert condition("door-2")["name"] == "unknown"
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE stream SET heard_us = heard_us - 3600000000"))
    assert condition("door-1")["name"] == "unknown"
    assert "采集端" in condition("door-1")["zh"]
