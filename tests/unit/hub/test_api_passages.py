"""Gates over real HTTP, on a real worker and database: passages, who is in, a day's reconciliation, the watch list."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from msgspec.structs import replace

from contract.clock import US_PER_S, SystemClock, rfc3339
from contract.readings import Heartbeat, PermitsHeld
from hub.access.asks import AccessEnd, AccessPut, By
from hub.access.types import AnyThing, Holder, Permit
from hub.api.passages import _view
from hub.passages.mask import masked
from hub.passages.searches import HOUR_US, Searches
from hub.passages.types import Passage
from tests.support.gate_rig import CLOSED, MOVING, OFF, PLATE, by_hand, estate, granted, refused
from tests.support.outward_rig import Site, running_site, until

MASKED = "粤B***45"
WHY = {"reason": "业主报失 a theft"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path, book=estate()) as made, ExitStack() as clients:
        made.client = lambda role, of=made.client: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        yield made


def refusal(reply, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def passages(site, **params):
    return site.client("operator").get("/passages", params=params).json()


def test_the_last_passages_are_shown_with_their_pictures_and_masked_plates(site):
    site.says("lane-1", granted(picture="p1"))
    site.says("reader-2", refused("lost", medium="card", plate=""))
    shown = until(lambda: found if len(found := passages(site)["passages"]) == 2 else None)
    assert [(one["gate"], one["granted"], one["reason"]) for one in shown] == [
        ("door-1", False, "lost"),
        ("barrier-1", True, "permit"),
    ]
    assert (shown[1]["plate"], shown[1]["picture"], shown[1]["direction"]) == (MASKED, "p1", "in")
    assert [one["gate"] for one in passages(site, gate="barrier-1")["passages"]] == ["barrier-1"]
    assert [one["gate"] for one in passages(site, granted=False)["passages"]] == ["door-1"]


def test_whose_a_right_is_is_named_as_long_as_the_name_is_kept(site):
    things: list[AnyThing] = [Holder(holder="r-li", kind="resident", name="李业主"), Permit(permit="p-li", holder="r-li")]
    for thing in things:
        site.worker.ask(AccessPut(thing, 0, By("root"))).result(10)
    site.says("lane-1", replace(granted(), permit="p-li"))
    (one,) = until(lambda: passages(site)["passages"])
    assert (one["holder"], one["holder_name"]) == ("r-li", "李业主")
    lasts = [gate["last"] for gate in site.client("operator").get("/gates").json()["gates"] if gate["last"]]
    assert [last["holder_name"] for last in lasts] == ["李业主"]
    site.worker.ask(AccessEnd("holder", "r-li", 1, By("root"), erase=True)).result(10)
    assert passages(site)["passages"][0]["holder_name"] == ""


def test_a_guard_would_see_a_masked_name():
    li = Holder(holder="r-li", kind="resident", name="李业主")
    one = Passage("s:1", "decision", 0, None, "barrier-1", "lane-1", medium="plate", permit="p-li", reason="permit")
    assert [_view(one, li, whole=False, named=named).holder_name for named in (True, False)] == ["李业主", "李**"]


def test_passages_are_paged_without_leaving_one_out(site):
    at_us = SystemClock().now_us()
    for _ in range(5):
        site.says("lane-1", granted(), at_us=at_us)  # all at one moment
    until(lambda: len(passages(site)["passages"]) == 5)
    seen: list[str] = []
    cursor = None
    while True:
        page = passages(site, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page["passages"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert refusal(site.client("operator").get("/passages", params={"cursor": "x"}), 422) == "bad_cursor"


def test_a_search_asks_for_a_reason_shows_the_whole_plate_and_stands_on_the_audit_log(site):
    site.says("lane-1", granted())
    until(lambda: passages(site)["passages"])
    operator = site.client("operator")
    assert refusal(operator.post("/passages/search", json={"plate": PLATE}), 422) == "wrong_request"
    found = operator.post("/passages/search", json={**WHY, "plate": "粤b·12345"}).json()["passages"]
    assert [one["plate"] for one in found] == [PLATE]
    assert operator.post("/passages/search", json={**WHY, "plate": "粤B12346"}).json()["passages"] == []
    entries = site.client("auditor").get("/audit", params={"act": "passages.search"}).json()["entries"]
    assert [entry["reason"] for entry in entries] == [WHY["reason"]] * 2
    assert refusal(site.client("guard").post("/passages/search", json=WHY), 403) == "not_permitted"
    assert refusal(site.client("administrator").get("/passages"), 403) == "not_permitted"


def test_who_searches_without_end_is_refused_and_an_incident_says_so(site):
    most = int(site.policy.numbers("GATE-5")["searches"])
    operator = site.client("operator")
    for _ in range(most):
        assert operator.post("/presence/search", json=WHY).status_code == 200
    assert refusal(operator.post("/passages/search", json=WHY), 429) == "too_many_searches"
    assert refusal(operator.post("/passages/search", json=WHY), 429) == "too_many_searches"
    assert site.client("shift_leader").post("/passages/search", json=WHY).status_code == 200, "another account has its own"
    found = site.client("manager").get("/incidents", params={"detector": "searches_over"}).json()["incidents"]
    assert len(found) == 1
    refused_ = site.client("auditor").get("/audit", params={"act": "passages.search_refused"}).json()["entries"]
    assert len(refused_) == 2


def test_searches_are_counted_over_the_last_hour():
    searches = Searches()
    assert [searches.wait_s("li", 2, at * US_PER_S) for at in (0, 10, 20)] == [0, 0, 3_580]
    assert searches.wait_s("li", 2, HOUR_US) == 0
    assert searches.wait_s("wang", 2, 20 * US_PER_S) == 0


def test_who_is_in_is_counted_listed_and_corrected_by_hand(site):
    site.says("lane-1", granted())
    site.says("reader-2", granted(medium="card", plate="", permit="p-2"))
    operator = site.client("operator")
    until(lambda: operator.get("/presence").json()["zones"] == [{"zone": "estate", "people": 1, "vehicles": 1}])
    found = operator.post("/presence/search", json={**WHY, "sort": "vehicle", "who": "粤b12345"}).json()["present"]
    assert [(one["who"], one["zone"], one["gate"]) for one in found] == [(PLATE, "estate", "barrier-1")]
    gone = {"sort": "vehicle", "who": PLATE, "zone": "", "reason": "已离开"}
    done = operator.post("/presence/correct", json=gone).json()
    assert (done["zone"], done["corrected_by"] != "", done["reason"]) == ("", True, "已离开")
    assert operator.get("/presence").json()["zones"] == [{"zone": "estate", "people": 1, "vehicles": 0}]
    (entry,) = site.client("auditor").get("/audit", params={"act": "presence.correct"}).json()["entries"]
    assert (entry["before"], entry["after"]) == ({"zone": "estate"}, {"zone": ""})
    assert refusal(operator.post("/presence/correct", json={**gone, "who": "粤B12346"}), 404) == "unknown_presence"


def test_a_day_is_reconciled_opening_by_opening(site):
    site.answer_commands()
    operator = site.client("operator")
    site.says("barrier-1", CLOSED)
    site.says("lane-1", granted())
    site.says("barrier-1", MOVING)
    site.says("barrier-1", CLOSED)
    command = {"action": "open", "reason": "搬家车辆 a removal van"}
    assert operator.post("/devices/barrier-1/commands", json=command).status_code == 200
    (asked,) = operator.get("/commands").json()["commands"]
    site.says("barrier-1", by_hand(asked["actor"]))
    long_ago_us = SystemClock().now_us() - 120 * US_PER_S
    site.says("barrier-1", CLOSED, at_us=long_ago_us)
    site.says("barrier-1", MOVING, at_us=long_ago_us + US_PER_S)
    site.says("gatehouse", Heartbeat(sources={"gatehouse": SystemClock().now_us()}))

    def reconciled() -> Any:
        found = operator.get("/reconciliation").json()
        return found if [one["incident"] for one in found["unexplained"]] not in ([], [None]) else None

    found = until(reconciled)
    (gate,) = found["gates"]
    assert (gate["gate"], gate["openings"], gate["unexplained"]) == ("barrier-1", 2, 1)
    assert {one["explained"]: one["count"] for one in gate["by"]} == {"plate": 1, "": 1}
    (case,) = operator.get("/incidents", params={"detector": "barrier_unexplained"}).json()["incidents"]
    assert [one["incident"] for one in found["unexplained"]] == [case["no"]]
    assert found["by_hand"][-1]["reason"] == command["reason"]
    assert found["by_hand"][-1]["actor"] == asked["actor"]
    assert operator.get("/reconciliation", params={"day": "2020-01-01"}).json()["gates"] == []


def test_a_gate_tells_how_it_stands_what_it_decides_by_and_who_came_last(site):
    held = PermitsHeld("e", 12, "0" * 32, 3, 1_000_000, 2_000_000)
    site.says("barrier-1", CLOSED)
    site.says("barrier-1", OFF)
    site.says("lane-1", granted())
    site.says("gatehouse", Heartbeat(sources={}, permits=held))
    operator = site.client("operator")

    def told() -> Any:
        rows = {row["gate"]: row for row in operator.get("/gates").json()["gates"]}
        return rows if rows["barrier-1"]["table"] else None

    rows = until(told)
    assert set(rows) == {"barrier-1", "door-1"}
    row = rows["barrier-1"]
    assert (row["condition"]["name"], row["cameras"], row["fire"]) == ("closed", ["lane-1"], False)
    assert (row["table"], row["last"]["plate"]) == (
        {"no": 12, "changed_at": rfc3339(1_000_000), "heard_at": rfc3339(2_000_000)},
        MASKED,
    )
    assert rows["door-1"]["last"] is None


def test_the_watch_list_is_kept_by_the_room_and_read_without_the_administrator(site):
    operator = site.client("operator")
    made = operator.post("/watch-list", json={"plate": "粤b 12345", "reason": "协查"})
    assert made.status_code == 201
    assert made.json()["plate"] == PLATE
    assert refusal(operator.post("/watch-list", json={"plate": PLATE, "reason": "again"}), 409) == "watched_already"
    assert refusal(operator.post("/watch-list", json={"plate": "粤Б12345", "reason": "x"}), 422) == "no_plate"
    assert [one["plate"] for one in operator.get("/watch-list").json()["watched"]] == [PLATE]
    assert refusal(site.client("administrator").get("/watch-list"), 403) == "not_permitted"
    end = f"/watch-list/{made.json()['id']}/end"
    assert operator.post(end, json={"reason": "found"}).json()["ended_by"] != ""
    assert refusal(operator.post(end, json={"reason": "found"}), 404) == "unknown_watch"
    assert operator.get("/watch-list").json()["watched"] == []
    assert len(operator.get("/watch-list", params={"ended": True}).json()["watched"]) == 1


@pytest.mark.parametrize(
    ("plate", "shown"),
    [(PLATE, MASKED), ("粤BD12345", "粤B****45"), ("", ""), ("AB1", "AB*"), ("A", "A*"), ("WJ粤12345", "WJ****45")],
)
def test_a_masked_plate_keeps_its_ends_alone(plate, shown):
    assert masked(plate) == shown
