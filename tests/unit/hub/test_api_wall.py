"""Live pictures over real HTTP: asked for by people, brought by agents, and the commands' log."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract.envelope import bulk_mac, live_path
from contract.orders import ShowPicture
from hub.ingest.ports import Unavailable
from hub.orders import ENDED
from tests.support.outward_rig import NAMES, Site, door, running_site, until
from tests.support.site_rig import KEY, OTHER_KEY

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def ordered(site) -> str:
    return next(order.id for _, order in reversed(site.broker.orders) if isinstance(order, ShowPicture))


def bring(site, order, body=JPEG, *, key=KEY, agent="gatehouse", age_ms=250) -> httpx.Response:
    path = live_path(agent, order, age_ms)
    headers = {"Content-Type": "image/jpeg", "X-Watchkeeper-Mac": bulk_mac(key, path, body)}
    with site.client(None) as client:
        answer: httpx.Response = client.post(path, content=body, headers=headers)
    return answer


def test_whoever_looks_gets_the_picture_that_the_agent_brings_and_nothing_is_stored(site):
    assert site.http.get("/cameras/camera-1/picture").status_code == 204
    assert bring(site, ordered(site)).status_code == 204
    shown = site.http.get("/cameras/camera-1/picture")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, JPEG, "image/jpeg")
    assert 250 <= int(shown.headers["x-picture-age-ms"]) < 60_000
    assert shown.headers["x-picture-at"].endswith("Z")
    assert "no-store" in shown.headers["cache-control"]
    again = site.http.get("/cameras/camera-1/picture", headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-picture-age-ms"]
    assert site.rows("picture") == []
    assert site.rows("event") == []
    assert not list(site.folder.rglob("*.jpg"))


def test_only_the_cameras_agent_brings_it_under_its_key_and_only_when_it_is_waited_for(site):
    site.http.get("/cameras/camera-1/picture")
    order = ordered(site)
    assert bring(site, order, key=OTHER_KEY).json()["code"] == "wrong_mac"
    assert bring(site, order, key=OTHER_KEY, agent="cellar").json()["code"] == "picture_not_wanted"
    assert bring(site, order, b"GIF89a").json()["code"] == "not_a_jpeg"
    assert bring(site, order, b"\xff\xd8\xff" + b"x" * 1024 * 1024).json()["code"] == "too_large"
    assert bring(site, "0" * 16).json()["code"] == "picture_not_wanted"
    assert bring(site, order, agent="nobody").json()["code"] == "unknown_agent"
    assert bring(site, order).status_code == 204
    assert bring(site, order).json()["code"] == "picture_not_wanted"


def cannot_write(*_: Any) -> None:
    raise Unavailable("the database is away")


def test_who_begins_to_look_is_on_the_audit_log_before_anything_is_shown(site, monkeypatch):
    site.http.get("/cameras/camera-1/picture")
    assert bring(site, ordered(site)).status_code == 204
    with site.client("operator") as operator, site.client("auditor") as auditor:
        with monkeypatch.context() as patched:
            patched.setattr("hub.outward.append", cannot_write)
            for _ in range(2):
                assert operator.get("/cameras/camera-1/picture").status_code == 503
        assert operator.get("/cameras/camera-1/picture").content == JPEG
        assert operator.get("/cameras/camera-1/picture").content == JPEG
        rows = auditor.get("/audit", params={"act": "camera.look"}).json()["entries"]
    assert [(one["actor"], one["role"], one["subject"]) for one in rows] == [
        (NAMES["operator"], "operator", "camera-1"),
        (NAMES["manager"], "manager", "camera-1"),
    ]


def test_an_agent_whose_keys_were_taken_away_shows_nobody_anything(site):
    site.http.get("/cameras/camera-1/picture")
    order = ordered(site)
    with site.client("administrator") as client:
        assert client.post("/agents/gatehouse/revoke", json={"reason": "card stolen"}).status_code == 200
    assert bring(site, order).json()["code"] == "unknown_agent"
    assert site.http.get("/cameras/camera-1/picture").status_code == 204


def test_a_door_shows_no_picture_and_not_everybody_may_look(site):
    assert site.http.get("/cameras/door-1/picture").json()["code"] == "not_a_camera"
    assert site.http.get("/cameras/camera-x/picture").json()["code"] == "unknown_device"
    for role in ("guard", "desk", "administrator"):
        with site.client(role) as client:
            assert client.get("/cameras/camera-1/picture").status_code == 403
    assert not site.broker.orders


def test_the_log_of_commands_says_who_did_what_why_and_what_became_of_it(site):
    site.answer_commands("refused", "beam_blocked")
    site.says("door-1", door(is_open=False))
    asked = {"action": "close", "reason": "访客离开"}
    site.http.post("/devices/door-1/commands", json=asked)
    (one,) = site.http.get("/commands", params={"limit": 5}).json()["commands"]
    assert (one["device"], one["action"], one["actor"], one["reason"]) == ("door-1", "close", "李伟", "访客离开")
    assert (one["phase"], one["detail"], one["detail_zh"]) == ("refused", "beam_blocked", "对射被遮挡，禁止关闭")
    (row,) = until(lambda: [row for row in site.rows("command") if row.phase in ENDED], "the end's row")
    assert (row.phase, row.detail, row.actor) == ("refused", "beam_blocked", "李伟")
    assert site.http.get("/commands", params={"device": "door-2"}).json()["commands"] == []


def test_a_command_whose_end_no_hub_heard_is_never_told_as_done(site):
    site.answer_commands()
    site.http.post("/devices/door-1/commands", json={"action": "open", "reason": "消防检查"})
    until(lambda: [row for row in site.rows("command") if row.phase == "done"], "the end's row")
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE command SET id = 'of-a-run-before', phase = 'sent', ended_us = NULL")
    (one,) = site.http.get("/commands").json()["commands"]
    assert (one["phase"], one["detail"]) == ("failed", "hub_restarted")
    assert site.http.get("/commands/of-a-run-before").json() == one
    assert site.http.get("/commands/never-given").json()["code"] == "unknown_command"


def test_a_command_is_recorded_before_anything_goes_to_the_agent(site):
    seen: list[int] = []
    site.broker.on_order = lambda *_: seen.append(len(site.rows("command")))
    with httpx.Client(base_url=site.outward.url, headers=site.http.headers, timeout=30, trust_env=False) as client:
        answer = client.post("/devices/door-1/commands", json={"action": "open", "reason": "消防检查"})
    assert answer.json()["code"] == "agent_did_not_answer"
    assert seen == [1]


def test_an_agent_that_has_enrolled_brings_pictures_under_the_key_that_it_was_given(site):
    with site.client("administrator") as root, site.client(None) as nobody:
        token = root.post("/agents/gatehouse/enrolment").json()["token"]
        key = bytes.fromhex(nobody.post("/enrol", json={"token": token, "csr": ""}).json()["key"])
    site.outward.enrolment.ring.coming_key_used("gatehouse")
    site.http.get("/cameras/camera-1/picture")
    assert bring(site, ordered(site), key=KEY).json()["code"] == "wrong_mac"
    assert bring(site, ordered(site), key=key).status_code == 204
