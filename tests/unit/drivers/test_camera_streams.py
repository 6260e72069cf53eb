"""Cameras that are called, end to end over loopback: a twin serves its stream, and the driver reads it."""

import contextlib
import socket

import msgspec
import pytest

import drivers.cameras.calling
from contract.readings import AccessDecided, CameraLink, CodeRead, PlateRead
from drivers.cameras.address import CameraAddress, masked, parse_camera
from drivers.cameras.heard import AGAIN_US, records_told
from drivers.dahua.driver import make as make_dahua
from drivers.dahua.settings import DahuaOptions
from drivers.dahua.twin import DahuaStreamTwin
from drivers.isapi.driver import make as make_isapi
from drivers.isapi.settings import IsapiOptions
from drivers.isapi.twin import XML, IsapiStreamTwin
from drivers.port import CommandFailed
from tests.support.dial_rig import CLOCK, until
from tests.support.push_rig import JPEG
from tests.support.stream_rig import Reading

LOGIN = ("admin", "S3cret!pass")
BIG = JPEG[:2] + b"\xff\xfe\x10\x00" + b"\0" * 4094 + JPEG[2:]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.cameras.calling, "TURN_S", 0.02)


def isapi(twin, **more):
    return make_isapi(f"http://admin:S3cret!pass@{twin.address}", msgspec.convert(more, IsapiOptions))


def dahua(twin, **more):
    return make_dahua(f"http://admin:S3cret!pass@{twin.address}", msgspec.convert(more, DahuaOptions))


@contextlib.contextmanager
def reading(twin, driver):
    with twin, Reading(driver) as running:
        until(lambda: twin.listeners or running.ended, "the stream")
        yield running


def test_a_plate_comes_through_digest_with_its_largest_picture():
    twin = IsapiStreamTwin(CLOCK, login=LOGIN)
    with reading(twin, isapi(twin)) as running:
        until(lambda: running.sink.ups == 1)
        twin.beat()
        twin.see("浙A12345", JPEG, BIG)
        until(lambda: running.sink.readings)
        (read,) = running.sink.readings
        assert (read.plate, read.direction, read.confidence, read.picture) == ("浙A12345", "in", 0.97, "picture-1")
        assert running.sink.pictures == [(BIG, 24, 16, "")]
        at_us = running.sink.said[0][2]
        assert abs(CLOCK.now_us() - at_us) < 10_000_000
        assert running.sink.reasons == []
    assert running.ended == "stopped"


def test_a_plate_does_not_wait_for_a_picture_that_does_not_come():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin, picture_wait_s=0.05)) as running:
        twin.part(twin.records.plate("浙A12345", pictures=2), XML)
        until(lambda: running.sink.readings)
        assert running.sink.readings[0].picture == ""
        twin.part(JPEG, "image/jpeg")  # too late
        twin.see("浙B12345")
        until(lambda: len(running.sink.readings) == 2)
        assert running.sink.pictures == []


def test_a_picture_that_cannot_be_kept_costs_the_picture_alone():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin)) as running:
        running.sink.no_room = True
        twin.see("浙A12345", JPEG)
        until(lambda: running.sink.readings)
        assert running.sink.readings[0].picture == ""
        assert running.sink.reasons == ["picture_not_kept"]


@pytest.mark.parametrize("length", [None, 0, 7, 99_999])
def test_lengths_that_lie_or_are_missing_cost_nothing(length):
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin)) as running:
        for plate in ("浙A11111", "浙A22222", "浙A33333"):
            twin.see(plate, JPEG, length=length)
        until(lambda: len(running.sink.readings) == 3)
        assert [one.plate for one in running.sink.readings] == ["浙A11111", "浙A22222", "浙A33333"]
        assert [one.picture for one in running.sink.readings][:2] == ["picture-1", "picture-2"]


def test_a_bad_record_between_good_ones_stops_nothing():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin)) as running:
        twin.see("浙A11111")
        twin.part(b"<EventNotificationAlert><eventType>ANPR</eventNotif", XML)
        twin.part(b"<!DOCTYPE a [<!ENTITY b 'c'>]><EventNotificationAlert>&b;</EventNotificationAlert>", XML)
        twin.part(b"\x00\xff\x13 nothing that anybody knows", "application/octet-stream")
        twin.see("浙A22222")
        until(lambda: len(running.sink.readings) == 2)
        assert running.sink.reasons == ["truncated", "dtd", "unknown_part"]


def test_a_cut_stream_is_lost_and_the_next_run_tells_nothing_twice():
    twin = IsapiStreamTwin(CLOCK)
    with twin:
        driver = isapi(twin)
        with Reading(driver) as running:
            until(lambda: twin.listeners)
            record = twin.see("浙A11111")
            until(lambda: running.sink.readings)
            twin.cut(twin.records.plate("浙A99999"), XML)
            until(lambda: running.ended)
            assert running.ended == "ended"
            assert running.sink.reasons == ["truncated"]
        with Reading(driver) as running:
            until(lambda: twin.listeners)
            twin.part(record, XML)
            twin.see("浙A22222")
            until(lambda: running.sink.readings)
            assert [one.plate for one in running.sink.readings] == ["浙A22222"]
            assert driver.told.repeats == 1


def test_a_face_is_told_with_what_the_terminal_made_of_it():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin, doors={"1": "door-lobby"})) as running:
        twin.access(5, 0x4B, employeeNoString="17", picturesNumber=1, name="somebody")
        twin.part(JPEG, "image/jpeg", name="Picture")
        until(lambda: len(running.sink.readings) == 2)
        assert running.sink.readings == [
            CodeRead(medium="face", value="17"),
            AccessDecided(card="", granted=True, reason="terminal", medium="face", picture="picture-1"),
        ]
        assert {device for _, device, _ in running.sink.said} == {"door-lobby"}


def test_a_camera_that_falls_silent_is_lost():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin, silent_s=0.1)) as running:
        until(lambda: running.ended)
        assert running.ended == "silent"
        assert running.sink.alives > 0


def test_the_watermark_moves_while_the_camera_says_nothing():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin)) as running:
        before = running.sink.alives
        until(lambda: running.sink.alives > before + 3)


def test_a_wrong_password_is_no_stream():
    twin = IsapiStreamTwin(CLOCK, login=("admin", "another"))
    with reading(twin, isapi(twin)) as running:
        until(lambda: running.ended)
        assert (running.ended, running.sink.ups) == ("unauthorized", 0)


def test_what_answers_something_else_is_told_by_its_number():
    twin = IsapiStreamTwin(CLOCK)
    twin.status = 503
    with reading(twin, isapi(twin)) as running:
        until(lambda: running.ended)
        assert running.ended == "http_503"


def test_nobody_there_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Reading(make_isapi(address, IsapiOptions())) as running:
        until(lambda: running.ended)
        assert running.ended == "refused"


def test_a_driver_that_is_told_to_stop_while_it_connects_returns():
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the call, and says nothing
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with Reading(make_isapi(address, IsapiOptions())) as running:
            pass
        assert running.ended == "stopped"


@pytest.mark.parametrize("real", [True, False])
def test_dahuas_events_come_with_the_right_time_whether_or_not_they_have_one(real):
    twin = DahuaStreamTwin(CLOCK, login=LOGIN, real=real)
    with reading(twin, dahua(twin)) as running:
        twin.beat()
        twin.see("粤B12345", driving="Leave")
        until(lambda: running.sink.readings)
        (read,) = running.sink.readings
        assert (read.plate, read.direction, read.vehicle, read.brand) == ("粤B12345", "out", "SaloonCar", "Volkswagen")
        assert abs(CLOCK.now_us() - running.sink.said[0][2]) < 10_000_000
    codes = "TrafficJunction,VideoLoss,VideoBlind,AlarmLocal,CrossLineDetection,CrossRegionDetection"
    assert twin.asked == [f"/cgi-bin/eventManager.cgi?action=attach&codes=[{codes}]&heartbeat=5"]


def test_dahuas_snapshots_come_with_their_picture():
    twin = DahuaStreamTwin(CLOCK, snaps=True, login=LOGIN)
    with reading(twin, dahua(twin, stream="snaps", codes=["TrafficJunction"])) as running:
        twin.snap("粤B12345", JPEG)
        twin.beat()
        until(lambda: running.sink.readings)
        (read,) = running.sink.readings
        assert (read.plate, read.direction, read.picture) == ("粤B12345", "in", "picture-1")
    assert twin.asked[0].endswith("channel=1&heartbeat=5&Flags[0]=Event&Events=[TrafficJunction]")


def test_dahuas_lost_picture_is_told_once_and_taken_back():
    twin = DahuaStreamTwin(CLOCK)
    with reading(twin, dahua(twin)) as running:
        for action in ("Start", "Start", "Stop", "Stop"):
            twin.event("VideoLoss", action=action)
        until(lambda: len(running.sink.readings) == 2)
        assert running.sink.readings == [CameraLink(False, "video_loss"), CameraLink(True, "video_loss")]


def test_the_password_is_in_no_text_of_the_driver_or_of_an_error():
    assert "S3cret" not in repr(make_isapi("http://admin:S3cret!pass@192.168.1.64", IsapiOptions()))
    with pytest.raises(ValueError, match=r"\*\*\*@") as error:
        parse_camera("http://admin:S3cret!pass@192.168.1.64/somewhere")
    assert "S3cret" not in str(error.value)
    assert masked("http://admin:S3cret!pass@host/x") == "http://***@host/x"


def test_a_password_stands_in_a_file_that_not_everybody_may_read(tmp_path):
    file = tmp_path / "camera.password"
    file.write_text("S3cret!pass\n")
    file.chmod(0o644)
    with pytest.raises(ValueError, match="chmod o="):
        parse_camera("http://admin@192.168.1.64", str(file))
    file.chmod(0o600)
    assert parse_camera("http://admin@192.168.1.64", str(file)) == CameraAddress("http://192.168.1.64", "admin", "S3cret!pass")
    with pytest.raises(ValueError, match="both have a password"):
        parse_camera("http://admin:x@192.168.1.64", str(file))
    with pytest.raises(ValueError, match="write the camera's password into"):
        parse_camera("http://admin@192.168.1.64", str(tmp_path / "none"))


@pytest.mark.parametrize(
    "address",
    ["ftp://a", "http://", "http://a b", "http://a:0", "http://a:99999", "http://u@v@w", "http://a/path", "tcp://1.2.3.4:5"],
)
def test_an_address_that_cannot_be_says_what_to_write(address):
    with pytest.raises(ValueError, match="write it like http://admin@"):
        parse_camera(address)


def test_a_camera_does_nothing_when_asked():
    with pytest.raises(CommandFailed, match="cannot 'open'"):
        make_isapi("http://192.168.1.64", IsapiOptions()).act("open", {})


def test_what_was_told_long_ago_is_told_again():
    told = records_told()
    told.taken("a", 0)
    assert told.is_again("a", AGAIN_US - 1)
    assert not told.is_again("a", AGAIN_US)
    assert not told.is_again("", 0)


def test_a_plate_whose_record_comes_before_the_whole_one_is_told_at_once_and_once():
    twin = IsapiStreamTwin(CLOCK)
    with reading(twin, isapi(twin, picture_wait_s=5)) as running:
        first = twin.records.plate("浙A12345", more="<hasMoreData>true</hasMoreData>")
        twin.part(first, XML)
        until(lambda: running.sink.readings)
        twin.part(first.replace(b"<hasMoreData>true", b"<hasMoreData>false"), XML)
        twin.beat()
        twin.see("浙B12345")
        until(lambda: len(running.sink.readings) == 2)
        assert [one.plate for one in running.sink.readings if isinstance(one, PlateRead)] == ["浙A12345", "浙B12345"]
