"""Cameras of 臻识 end to end: a twin pushes to the driver's own port over loopback, and is answered."""

import json
from functools import partial
from pathlib import Path

import msgspec
import pytest

import drivers.dialled
from contract.readings import AlarmInput, DeviceLink, PlateRead
from drivers.http.callers import Caller
from drivers.http.requests import Request
from drivers.told import PASSAGES_MAX, Told, passage_key
from drivers.zhenshi.decode import Camera, Pushes, ZhenshiOptions
from drivers.zhenshi.driver import make
from drivers.zhenshi.twin import ZhenshiTwin
from tests.support.dial_rig import CLOCK, until
from tests.support.push_rig import JPEG, Pushed

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "protocol" / "cn_barrier" / "zhenshi_payloads.jsonl"
GATE = {"path": "/gate-1/k3y", "device": "gate-1", "direction": "in", "lane": "1", "inputs": {"0": "岗亭按钮"}}


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


def pushed(**more):
    return Pushed(partial(make, options=msgspec.convert(more, ZhenshiOptions)))


def camera_of(running, path="/", **more):
    return ZhenshiTwin(running.line(), CLOCK, path, **more)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_vehicle_is_told_with_its_picture_and_the_cameras_own_time(charset):
    with pushed(cameras=[GATE]) as running:
        camera = camera_of(running, "/gate-1/k3y", charset=charset)
        assert camera.see("豫A12345", jpeg=JPEG)
        ((reading, device, at_us),) = running.sink.said
        assert (reading.plate, reading.colour, reading.confidence, reading.doubtful) == ("豫A12345", "blue", 0.96, False)
        assert (reading.direction, reading.lane, reading.picture, device) == ("in", "1", "picture-1", "gate-1")
        assert abs(CLOCK.now_us() - at_us) < 60_000_000
        assert reading.passage.endswith(f"-1-{at_us}")
        assert running.sink.pictures == [(JPEG, 24, 16, "")]


def test_no_answer_ever_makes_the_camera_open():
    with pushed() as running:
        camera = camera_of(running)
        assert camera.see("京A12345")
        assert camera.see("京A12345", isoffline=1)
        assert camera.beat()
        assert camera.opened == 0


def test_a_passage_that_is_told_again_is_answered_again_and_told_once():
    with pushed() as running:
        camera = camera_of(running)
        request = camera.http.request(
            msgspec.json.encode(
                {
                    "AlarmInfoPlate": {
                        "result": {"PlateResult": {"license": "京A1", "plateid": 7, "timeStamp": {"Timeval": {"sec": 9}}}}
                    }
                }
            )
        )
        first, again = camera.http.ask(request), camera.http.ask(request)
        assert first == again
        assert first.status == 200
        assert len(running.sink.readings) == 1


def test_a_passage_that_the_log_did_not_take_is_not_known():
    body = b'{"AlarmInfoPlate":{"result":{"PlateResult":{"license":"A1","timeStamp":{"Timeval":{"sec":9}}}}}}'
    pushes = Pushes(ZhenshiOptions())
    assert pushes(Request(body=body), Camera(), 0).said  # and the log refused it
    taken = pushes(Request(body=body), Camera(), 0)
    assert taken.said
    assert taken.done is not None
    taken.done()
    assert not pushes(Request(body=body), Camera(), 0).said
    assert pushes(Request(body=body), Camera(path="/other"), 0).said


def test_passages_are_kept_for_a_while():
    passages = Told(PASSAGES_MAX)
    for number in range(PASSAGES_MAX + 1):
        passages.taken(passage_key("", f"{number}"))
    passages.taken(passage_key("", ""))
    assert not passages.is_again(passage_key("", "0"))
    assert not passages.is_again(passage_key("", ""))
    assert passages.is_again(passage_key("", "1"))


def test_what_was_kept_while_nobody_answered_comes_later_in_order_and_is_doubtful():
    with pushed() as running:
        away = ZhenshiTwin(running.line(), CLOCK)
        away.http.line.say = lambda data: None  # type: ignore[method-assign]
        away.http._answer_s = 0.01
        assert not away.see("京A11111")
        assert not away.see("京A22222")
        camera = camera_of(running)
        camera.waiting = away.waiting
        assert camera.catch_up() == 2
        assert [(one.plate, one.doubtful) for one in running.sink.readings] == [("京A11111", True), ("京A22222", True)]


def test_an_input_with_a_name_is_an_alarm_and_the_others_are_not():
    with pushed(cameras=[GATE]) as running:
        camera = camera_of(running, "/gate-1/k3y")
        assert camera.turn_input(0, True)
        assert camera.turn_input(1, True)
        assert camera.turn_input(0, False)
        assert running.sink.readings == [AlarmInput(True, "岗亭按钮"), AlarmInput(False, "岗亭按钮")]


def test_a_sign_of_life_keeps_the_link_up_and_silence_takes_it_down():
    with pushed(silent_s=0.3) as running:
        camera = camera_of(running)
        assert camera.beat()
        assert (running.sink.ups, running.sink.alives, running.sink.readings) == (1, 1, [])
        until(lambda: running.sink.readings == [DeviceLink(up=False, reason="silent")], "the silence")
        assert camera.beat()
        assert running.sink.readings[-1] == DeviceLink(up=True, reason="heard")


def test_a_camera_that_does_not_know_its_path_is_nobody():
    with pushed(cameras=[GATE]) as running:
        assert not camera_of(running, "/gate-1").see("京A12345")
        assert running.sink.readings == []
        assert set(running.sink.reasons) == {"unknown_path"}


@pytest.mark.parametrize("field", [{"is_fake_plate": 1}, {"fake_plate": 1}, {"type": 29}, {"isoffline": 1}, {"confidence": 79}])
def test_a_plate_that_may_be_none_is_doubtful(field):
    body = {"license": "京A12345", "confidence": 99, **field}
    taken = Pushes(ZhenshiOptions())(Request(body=msgspec.json.encode({"PlateResult": body})), Camera(), 0)
    assert taken.said[0].reading.doubtful  # type: ignore[attr-defined]


def test_a_form_in_a_query_is_a_sign_of_life_too():
    pushes = Pushes(ZhenshiOptions())
    assert pushes(Request("GET", query="serialno=1&pass_wd=x"), Caller(), 0).heard
    assert not pushes(Request("GET", query="a=1"), Caller(), 0).heard


def test_two_cameras_that_look_alike_are_refused():
    with pytest.raises(msgspec.ValidationError, match="a path of its own"):
        msgspec.convert({"cameras": [GATE, GATE]}, ZhenshiOptions)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the real payloads are not here")
def test_real_payloads_are_understood():
    beat, plate = (json.loads(line)["payload"] for line in SAMPLES.read_text(encoding="utf-8").splitlines())
    pushes = Pushes(ZhenshiOptions())
    taken = pushes(Request(body=json.dumps(beat).encode()), Camera(), 0)
    assert (taken.said, taken.reasons, taken.heard) == ((), (), True)
    taken = pushes(Request(body=json.dumps(plate).encode()), Camera(), 0)
    (said,) = taken.said
    assert isinstance(said.reading, PlateRead)
    assert (said.reading.plate, said.reading.colour, said.device_at_us) == ("", "blue", 1_610_940_292_391_030)
    assert taken.reasons == ("bad_picture", "encrypted_plate")


def test_a_plate_with_what_nobody_sees_in_it_is_not_told_as_one_without():
    body = json.dumps({"AlarmInfoPlate": {"result": {"PlateResult": {"license": "京A\u200b12345"}}}}).encode()
    (said,) = Pushes(ZhenshiOptions())(Request(body=body), Caller(), 0).said
    assert isinstance(said.reading, PlateRead)
    assert said.reading.plate == "京A\ufffd12345"


@pytest.mark.parametrize(("confidence", "doubtful"), [(None, False), (96, False), (-1, True), (101, True), ("sure", True)])
def test_a_confidence_that_cannot_be_makes_no_plate_sure(confidence, doubtful):
    result = {"license": "京A12345", "confidence": confidence}
    body = json.dumps({"AlarmInfoPlate": {"result": {"PlateResult": result}}}).encode()
    (said,) = Pushes(ZhenshiOptions())(Request(body=body), Caller(), 0).said
    assert isinstance(said.reading, PlateRead)
    assert said.reading.doubtful is doubtful
