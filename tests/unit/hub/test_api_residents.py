"""Residents' own links over real HTTP, on a real worker and database."""

import json
import re

import httpx
import pytest

from contract.clock import US_PER_S, SystemClock, rfc3339
from tests.support.outward_rig import Site, until
from tests.support.visit_rig import DAY_S, HOST, IDENTITY, OTHER, ROOM
from tests.support.visit_site import receiver, site

__all__ = ["receiver", "site"]

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it, when it is used

GUEST: dict[str, object] = {"name": "王小明", "hours": 4, "people": 2}


@pytest.fixture
def own(site, receiver) -> str:
    """What the resident got, once the desk had it sent."""
    sent = site.client("desk").post(f"/residents/{HOST}/link")
    assert sent.status_code == 200, sent.text
    assert sent.json()["live"] is True
    until(lambda: receiver.requests, "the message")
    message = json.loads(receiver.requests[-1][1])["message"]
    (token,) = set(re.findall(r"https://hub\.garden\.example/resident/#(me-[\w-]{22})", message))
    assert token not in sent.text
    return str(token)


def post(site: Site, what: str, token: str, **fields: object) -> httpx.Response:
    return site.client(None).post(f"/resident-links/{what}", json={"token": token, **fields})


def code(reply: httpx.Response, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def test_a_resident_registers_sees_hands_on_and_takes_back(site, own):
    page = post(site, "show", own).json()
    assert (page["room"], page["left_today"], page["per_day"], page["visits"], page["phone_needed"]) == (ROOM, 10, 10, [], False)
    begins_us = SystemClock().now_us() + DAY_S * US_PER_S
    made = post(site, "register", own, **GUEST, begins_at=rfc3339(begins_us)).json()
    (visit,) = made["visits"]
    assert made["made"] == visit["id"]
    assert made["left_today"] == 9
    assert (visit["state"], visit["name"], visit["people"], visit["has_pass"]) == ("confirmed", "王**", 2, True)
    assert (visit["from_at"], visit["until_at"]) == (rfc3339(begins_us), rfc3339(begins_us + 4 * 3_600 * US_PER_S))
    image = post(site, "pass", own, visit=visit["id"])
    assert image.headers["content-type"] == "image/svg+xml"
    seen = site.client("guard").get(f"/visits/{visit['id']}").json()["visit"]
    assert (seen["made_as"], seen["made_by"], seen["people"], seen["identity"]) == ("resident", HOST, 2, "")
    gone = post(site, "cancel", own, visit=visit["id"]).json()
    assert gone["visits"] == []
    assert code(post(site, "pass", own, visit=visit["id"]), 409) == "no_pass"


def test_a_vehicle_is_known_by_its_plate_and_a_start_that_is_past_is_now(site, own):
    past = rfc3339(SystemClock().now_us() - 600 * US_PER_S)
    (visit,) = post(site, "register", own, **GUEST, plate="京a·12345", begins_at=past).json()["visits"]
    assert visit["plate"] == "京A***45"
    assert [row.medium for row in site.rows("credential")].count("plate") == 1
    assert code(post(site, "register", own, **GUEST, plate="京A12345"), 409) == "plate_in_use"
    assert code(post(site, "register", own, **GUEST, plate="！"), 422) == "wrong_plate"


def test_what_is_made_up_withdrawn_or_a_link_of_another_sort_is_told_alike(site, own):
    assert code(post(site, "show", "me-" + "A" * 22), 404) == "unknown_link"
    assert code(site.client(None).post("/visit-links/show", json={"token": own}), 404) == "unknown_link"
    site.client("desk").post(f"/residents/{HOST}/link/revoke", json={"reason": "转发给了他人"})
    wanted: dict[str, dict[str, object]] = {"show": {}, "register": GUEST, "cancel": {"visit": "v"}, "pass": {"visit": "v"}}
    for what, more in wanted.items():
        assert code(post(site, what, own, **more), 404) == "unknown_link"
    view = site.client("desk").get(f"/residents/{HOST}/link").json()
    assert (view["live"], view["revoked_at"] is None) == (False, False)


def test_another_residents_visit_is_not_there(site, own):
    form = {
        "kind": "visitor", "room": ROOM, "name": "李", "identity": IDENTITY, "phone": "13900001111", "reason": "看望",
        "route": "main", "resident": OTHER,
    }  # fmt: skip
    other = site.client("guard").post("/visits", json=form).json()["id"]
    assert post(site, "show", own).json()["visits"] == []
    assert code(post(site, "cancel", own, visit=other), 404) == "unknown_visit"
    assert code(post(site, "pass", own, visit=other), 404) == "unknown_visit"


def test_an_identity_number_as_a_name_is_refused_and_fields_of_the_staff_are_unknown(site, own):
    assert code(post(site, "register", own, **{**GUEST, "name": IDENTITY}), 422) == "wrong_request"
    for field in ("room", "identity", "space", "admit"):
        assert code(post(site, "register", own, **GUEST, **{field: "x"}), 422) == "wrong_request"


def test_one_link_that_asks_too_often_has_to_wait(site, own):
    replies = [post(site, "show", own).status_code for _ in range(25)]
    assert replies[:20].count(200) >= 18
    assert replies[-1] == 429


def test_who_may_send_and_where_nobody_can_be_told_it_is_said(site):
    for role in ("guard", "auditor", "administrator"):
        assert site.client(role).post(f"/residents/{HOST}/link").status_code == 403
    site.outward.visits.desk.channels = 0
    assert code(site.client("desk").post(f"/residents/{HOST}/link"), 409) == "no_way_to_residents"
    assert code(site.client("desk").post(f"/residents/{HOST}/link/revoke", json={"reason": "x"}), 404) == "no_resident_link"


def test_behind_a_yes_the_page_goes_on_to_registering(site, receiver):
    form = {
        "kind": "visitor", "room": ROOM, "name": "王小明", "identity": IDENTITY, "phone": "13900001111", "reason": "看望",
        "route": "main",
    }  # fmt: skip
    name = site.client("guard").post("/visits", json=form).json()["id"]
    site.client("guard").post(f"/visits/{name}/ask")
    until(lambda: receiver.requests, "the message")
    link = re.findall(r"/resident/#([\w-]{22})", json.loads(receiver.requests[-1][1])["message"])[0]
    anybody = site.client(None)
    assert anybody.post("/visit-links/show", json={"token": link}).json()["can_register"] is False
    assert code(anybody.post("/visit-links/own", json={"token": link}), 409) == "not_agreed"
    said = anybody.post("/visit-links/answer", json={"token": link, "answer": "yes"}).json()
    assert said["can_register"] is True
    token = anybody.post("/visit-links/own", json={"token": link}).json()["token"]
    assert anybody.post("/visit-links/own", json={"token": link}).json()["token"] == token
    assert post(site, "register", token, **GUEST).json()["made"]
