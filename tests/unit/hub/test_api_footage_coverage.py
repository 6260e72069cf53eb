"""What footage there is, over real HTTP: cameras, a day, a time, a month; with causes, and for whom."""

from collections.abc import Iterator

import pytest

from contract.clock import US_PER_S, SystemClock, parse_rfc3339, rfc3339
from contract.footage import RecorderState, SegmentRecorded
from contract.readings import AgentStarted
from hub.duties.localtime import DAY, day_us, local_day
from hub.ingest.ports import MaintenanceAct
from tests.support.outward_rig import Site, running_site, until

S = US_PER_S
CAMERA = "camera-1"


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


@pytest.fixture
def got(site):
    """Asks as an operator."""
    with site.client("operator") as client:

        def get(path, **params):
            reply = client.get(path, params=params)
            assert reply.status_code == 200, reply.text
            return reply.json()

        yield get


def segments(site, *spans, stream="main"):
    """From so many seconds before now until so many."""
    now_us = SystemClock().now_us()
    for from_s, until_s in spans:
        from_us = now_us - from_s * S
        told = SegmentRecorded(no=from_us, start_us=from_us, end_us=now_us - until_s * S, size_bytes=9, stream=stream)
        site.says(CAMERA, told)
    return now_us


def asked(now_us, from_s, until_s):
    return {"from": rfc3339(now_us - from_s * S), "to": rfc3339(now_us - until_s * S)}


def coverage(got, now_us, from_s=900, until_s=0, **more):
    return got(f"/footage/{CAMERA}/coverage", **asked(now_us, from_s, until_s), **more)


def test_a_time_is_told_as_runs_and_holes_with_their_causes(site, got):
    now_us = segments(site, (800, 700))
    site.says(CAMERA, RecorderState(recording=False, reason="camera_lost"), at_us=now_us - 695 * S)
    segments(site, (600, 500))
    site.says("gatehouse", AgentStarted("1"), at_us=now_us - 410 * S)
    segments(site, (400, 300), (250, 200))
    found = until(lambda: one if len((one := coverage(got, now_us, until_s=210))["runs"]) == 4 else None)
    assert [round(hole["seconds"]) for hole in found["holes"]] == [100, 100, 50]
    assert [hole["cause"] for hole in found["holes"]] == ["camera_lost", "agent_down", "unknown"]
    assert (found["holes"][0]["cause_zh"], found["holes"][0]["cause_en"]) == ("摄像机离线", "camera lost")
    assert parse_rfc3339(found["since"]) == pytest.approx(now_us - 800 * S, abs=S)
    assert found["runs"][0]["deleted"] is False


def test_planned_work_is_the_cause_of_what_is_missing_meanwhile(site, got):
    window = MaintenanceAct(
        place="gate",
        device="",
        detector="",
        from_us=None,
        until_us=SystemClock().now_us() + 600 * S,
        reason="更换硬盘",
        actor="赵敏",
    )
    assert site.worker.ask(window).result(10).window_id
    now_us = segments(site, (100, 90))
    ended = until(lambda: one if (one := coverage(got, now_us + 5 * S))["holes"] else None)
    assert ended["holes"][-1]["cause"] == "planned"


def test_a_camera_without_footage_has_no_holes_and_lists_no_stream(site, got):
    now_us = SystemClock().now_us()
    assert coverage(got, now_us)["holes"] == []
    assert coverage(got, now_us)["since"] is None
    (camera,) = got("/footage/cameras")["cameras"]
    assert (camera["device"], camera["streams"], camera["recorded"]) == (CAMERA, [], None)


def test_cameras_tell_their_streams_and_what_their_recorders_said_last(site, got):
    segments(site, (60, 50), (50, 40))
    segments(site, (60, 50), stream="sub")
    site.says(CAMERA, RecorderState(recording=False, reason="disk_full"))
    (camera,) = until(lambda: one if (one := got("/footage/cameras")["cameras"])[0]["streams"][0:1] and _said(one) else None)
    assert [one["stream"] for one in camera["streams"]] == ["main", "sub"]
    assert [one["said"] for one in camera["streams"]] == ["disk_full", ""]
    main = camera["streams"][0]
    assert parse_rfc3339(main["newest"]) - parse_rfc3339(main["oldest"]) == pytest.approx(20 * S, abs=S)


def _said(cameras):
    return len(cameras[0]["streams"]) == 2 and cameras[0]["streams"][0]["said"]


def test_a_day_and_a_month_are_the_estates_own(site, got):
    zone = site.estate.timezone
    now_us = segments(site, (130, 120), (20, 10))
    until(lambda: len(coverage(got, now_us)["runs"]) == 2)
    today = local_day(zone, now_us - 15 * S)
    day = got(f"/footage/{CAMERA}/day/{today}")
    assert parse_rfc3339(day["from"]) == day_us(zone, today)
    assert parse_rfc3339(day["to"]) <= day_us(zone, today + DAY)
    assert day["runs"]
    month = got(f"/footage/{CAMERA}/calendar", month=f"{today:%Y-%m}")
    assert month["days"][-1]["day"] == str(local_day(zone, SystemClock().now_us()))
    assert month["days"][today.day - 1]["state"] == "holed"
    assert month["days"][today.day - 1]["causes"] == ["unknown"]
    if today.day > 2:
        assert month["days"][0]["state"] == "none"
    assert got(f"/footage/{CAMERA}/calendar", month="2999-01")["days"] == []


def test_what_is_asked_wrongly_is_refused_by_name(site):
    with site.client("operator") as client:
        now_us = SystemClock().now_us()
        for path, params, status, code in (
            ("/footage/door-1/coverage", asked(now_us, 60, 0), 404, "unknown_device"),
            ("/footage/nowhere/calendar", {"month": "2026-01"}, 404, "unknown_device"),
            (f"/footage/{CAMERA}/coverage", asked(now_us, 0, 60), 422, "wrong_days"),
            (f"/footage/{CAMERA}/coverage", asked(now_us, 401 * 86_400, 0), 422, "wrong_days"),
            (f"/footage/{CAMERA}/coverage", {"from": "yesterday", "to": "now"}, 422, "bad_time"),
            (f"/footage/{CAMERA}/day/0001-01-01", {}, 422, "wrong_days"),
            (f"/footage/{CAMERA}/calendar", {"month": "0001-01"}, 422, "wrong_days"),
        ):
            reply = client.get(path, params=params)
            assert (reply.status_code, reply.json()["code"]) == (status, code), path


@pytest.mark.parametrize(
    ("role", "status"),
    [("operator", 200), ("shift_leader", 200), ("manager", 200), ("auditor", 200), ("guard", 403), ("desk", 403)],
)
def test_who_sees_what_is_covered(site, role, status):
    with site.client(role) as client:
        assert client.get("/footage/cameras").status_code == status
