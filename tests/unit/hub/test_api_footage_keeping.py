"""Footage's keeping over real HTTP: holds, what the sweep asks, and the calendar of owed days."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract.clock import US_PER_S, SystemClock, rfc3339
from contract.footage import FootageDeleted, NoSpan, SegmentRecorded
from contract.readings import TamperContact
from tests.support.footage_rig import estate
from tests.support.outward_rig import Site, running_site, until

HOUR_US = 3_600 * US_PER_S
DAY_US = 24 * HOUR_US


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path, book=estate()) as made, ExitStack() as clients:
        made.client = lambda role, of=made.client: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        yield made


def wanted(**more: Any) -> dict[str, Any]:
    now_us = SystemClock().now_us()
    times = {"from": rfc3339(now_us - HOUR_US), "to": rfc3339(now_us), "until": rfc3339(now_us + 9 * DAY_US)}
    return {"cameras": ["cam-1"], "reason": "派出所调查", **times, **more}


def test_a_hold_is_put_listed_and_lifted_by_whoever_put_it(site):
    manager = site.client("manager")
    made = manager.post("/footage/holds", json=wanted())
    assert made.status_code == 201, made.text
    hold = made.json()["hold"]
    assert (hold["sort"], hold["cameras"], hold["keeps"], made.json()["rescuing"]) == ("person", ["cam-1"], True, 0)
    assert [one["id"] for one in manager.get("/footage/holds").json()["holds"]] == [hold["id"]]
    lifted = manager.post(f"/footage/holds/{hold['id']}/release", json={"reason": "done"}).json()
    assert lifted["released_at"]
    assert manager.get("/footage/holds").json()["holds"] == []
    assert [one["id"] for one in manager.get("/footage/holds", params={"over": True}).json()["holds"]] == [hold["id"]]


def test_another_s_hold_waits_for_a_second_person(site):
    hold = site.client("manager").post("/footage/holds", json=wanted()).json()["hold"]["id"]
    first = site.client("operator").post(f"/footage/holds/{hold}/release", json={"reason": "not needed"}).json()
    assert (first["released_at"], bool(first["waits_for_second"])) == (None, True)
    second = site.client("shift_leader").post(f"/footage/holds/{hold}/release", json={"reason": "agreed"}).json()
    assert second["released_by"].count(",") == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"cameras": ["door-1"]}, 422, "no_camera"),
        ({"to": "2020-01-01T00:00:00Z"}, 422, "hold_ends_before"),
        ({"until": "2020-01-01T00:00:00Z"}, 422, "hold_until"),
        ({"reason": " "}, 422, "wrong_request"),
        ({"role": "manager"}, 422, "wrong_request"),
        ({"from": "yesterday"}, 422, "bad_time"),
    ],
)
def test_a_hold_that_says_too_little_is_refused(site, wrong, status, code):
    reply = site.client("manager").post("/footage/holds", json=wanted(**wrong))
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_who_may_hold_and_confirm(site):
    assert site.client("guard").get("/footage/holds").status_code == 403
    assert site.client("auditor").post("/footage/holds", json=wanted()).status_code == 403
    assert site.client("operator").post("/footage/sweep/confirm", json={"reason": "x"}).status_code == 403
    nothing = site.client("manager").post("/footage/sweep/confirm", json={"reason": "x"})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "sweep_not_halted")
    nothing = site.client("manager").post("/footage/days/confirm", json={"reason": "x"})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "days_not_fewer")
    assert site.client("manager").post("/footage/holds/nobody/release", json={"reason": "x"}).status_code == 404


def test_an_incident_holds_the_cameras_of_its_place(site):
    site.says("door-1", TamperContact(True))
    operator = site.client("operator")
    (hold,) = until(lambda: operator.get("/footage/holds").json()["holds"])
    assert (hold["incident"], hold["cameras"], hold["to_at"], hold["actor"]) == (1, ["cam-1"], None, "hub")
    reply = operator.post(f"/footage/holds/{hold['id']}/release", json={"reason": "x"})
    assert (reply.status_code, reply.json()["code"]) == (409, "incident_is_open")


def test_the_sweep_says_how_long_each_camera_is_kept_and_by_which_law(site):
    shown = until(lambda: found if (found := site.client("auditor").get("/footage/sweep").json())["days"] else None)
    assert (shown["halted"], shown["days"], shown["when_full"]) == ("", {"cam-1": 30, "cam-2": 30}, "refuse_new")
    assert "三十日" in shown["legal_basis"]
    assert shown["days_max"] == 92


def test_the_calendar_shows_each_owed_day_with_its_holes_and_what_went_before_its_day(site):
    now_us = SystemClock().now_us()
    midnight_us = (now_us + 8 * HOUR_US) // DAY_US * DAY_US - 8 * HOUR_US  # in Shanghai
    segments = [
        *range(midnight_us - 2 * DAY_US, midnight_us - DAY_US, HOUR_US),
        *range(midnight_us - 20 * HOUR_US, midnight_us, HOUR_US),
    ]
    for no in segments:
        site.says("cam-1", SegmentRecorded(no, no, no + HOUR_US, 1_000))
    operator = site.client("operator")

    def days() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for back in (2, 1):
            month = rfc3339(midnight_us - back * DAY_US + 12 * HOUR_US)[:7]
            for camera in operator.get("/footage/proof", params={"month": month}).json()["cameras"]:
                found |= {day["day"]: day for day in camera["days"]}
        return found

    before, yesterday = (rfc3339(midnight_us - back * DAY_US + 12 * HOUR_US)[:10] for back in (2, 1))
    until(lambda: days().get(yesterday, {}).get("covered_s") == 20 * 3_600)
    shown = days()
    assert (shown[before]["state"], shown[before]["owed"], shown[before]["covered_s"]) == ("whole", True, 86_400)
    assert (shown[yesterday]["state"], len(shown[yesterday]["holes"])) == ("holed", 1)
    site.says("cam-1", FootageDeleted("", [NoSpan(segments[0], segments[23])], "main", "missing"))
    until(lambda: days()[before]["state"] == "gone")
    assert days()[before]["deleted_at"]
    incidents = operator.get("/incidents", params={"detector": "footage_lost"}).json()["incidents"]
    assert [one["clause"] for one in incidents] == ["MON-5"]
    assert operator.get("/footage/proof", params={"month": "2020-01"}).json()["cameras"][0]["days"][0]["state"] == "none"
    assert operator.get("/footage/proof", params={"month": "2020-01", "camera": "x"}).status_code == 404
