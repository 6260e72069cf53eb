"""What a guard sees of households: the room and masked names, with a reason and so often an hour."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from hub.access.asks import AccessPut, By
from hub.access.types import Household
from tests.support.outward_rig import Site, running_site
from tests.support.visit_rig import HOST, IDENTITY, ROOM, THINGS, estate

WHY = {"reason": "访客登记"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path, book=estate()) as made, ExitStack() as clients:
        make = made.client
        made.client = lambda role, of=make: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        for thing in THINGS:
            made.worker.ask(AccessPut(thing, 0, By("root"))).result(10)
        noted = Household(household="9-9-901", building="9", unit="9", room="901", note="业主不在家")
        made.worker.ask(AccessPut(noted, 0, By("root"))).result(10)
        made.http.put("/visit-routes/main", json={"name_zh": "主路"})
        yield made


def rooms(site: Site, role: Any = "guard", **query: Any) -> httpx.Response:
    return site.client(role).get("/access/households", params=query)


def test_a_guard_finds_a_room_with_masked_names_and_no_note(site):
    (home,) = rooms(site, text=ROOM, **WHY).json()["households"]
    assert home["id"] == ROOM
    assert home["residents"][0] == {"id": HOST, "name": "李**"}
    (noted,) = rooms(site, text="9-9-901", **WHY).json()["households"]
    assert noted["note"] == ""
    (whole,) = rooms(site, "desk", text="9-9-901").json()["households"]
    assert (whole["note"], whole["residents"]) == ("业主不在家", [])


@pytest.mark.parametrize(("query", "code"), [({}, "field_missing"), (WHY, "field_missing"), ({"text": "3"}, "reason_missing")])
def test_a_guard_says_which_door_and_why(site, query, code):
    reply = rooms(site, **query)
    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_looking_rooms_up_is_counted_audited_and_too_much_of_it_is_an_incident(site):
    guard = site.client("guard")
    replies = [guard.get("/access/households", params={"text": "3", **WHY}).status_code for _ in range(121)]
    assert replies == [200] * 120 + [429]
    acts = [row.act for row in site.rows("audit_entry")]
    assert acts.count("visit.rooms") == 121
    incidents = site.http.get("/incidents").json()["incidents"]
    assert [row["detector"] for row in incidents] == ["visitor_scraping"]
    assert rooms(site, "desk", text="3").status_code == 200


def test_other_lists_of_people_stay_closed_to_a_guard(site):
    for path in ("holders", "permits", "credentials"):
        assert site.client("guard").get(f"/access/{path}").status_code == 403


def test_a_guard_records_a_call_with_a_resident(site):
    form = {
        "kind": "visitor", "room": ROOM, "name": "王小明", "identity": IDENTITY, "phone": "13900001111", "reason": "看望",
        "route": "main",
    }  # fmt: skip
    guard = site.client("guard")
    name = guard.post("/visits", json=form).json()["id"]
    call = {"person": HOST, "direction": "out", "said": "请放行", "answer": "yes"}
    reply = guard.post(f"/visits/{name}/call", json=call)
    assert (reply.status_code, reply.json()["state"], reply.json()["answered_how"]) == (200, "confirmed", "call")


def test_the_desk_reads_devices_states(site):
    assert site.client("desk").get("/devices").status_code == 200
    assert site.client("desk").get("/devices/door-1").status_code == 200
    assert site.client("guard").get("/devices").status_code == 403
