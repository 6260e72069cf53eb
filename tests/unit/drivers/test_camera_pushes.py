"""Cameras and terminals that push to the agent's own port, end to end over loopback."""

from functools import partial

import msgspec
import pytest

import drivers.dialled
from contract.readings import AccessDecided, CardRead, PlateRead
from drivers.cameras.driver import Pushed as Meanings
from drivers.cameras.heard import records_told
from drivers.dahua.driver import KIND as DAHUA
from drivers.dahua.driver import REPLY
from drivers.dahua.driver import make as make_dahua
from drivers.dahua.settings import DahuaOptions
from drivers.dahua.twin import DahuaPushTwin
from drivers.http.callers import Caller
from drivers.http.requests import Request
from drivers.http.twin import HttpTwin
from drivers.isapi.decode import Isapi
from drivers.isapi.driver import KIND as ISAPI
from drivers.isapi.driver import make as make_isapi
from drivers.isapi.settings import IsapiOptions
from drivers.isapi.twin import IsapiPushTwin, Records, form
from tests.support.dial_rig import CLOCK
from tests.support.push_rig import JPEG, Pushed


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


def isapi(**more):
    return Pushed(partial(make_isapi, options=msgspec.convert(more, IsapiOptions)))


def dahua(**more):
    return Pushed(partial(make_dahua, options=msgspec.convert(more, DahuaOptions)))


def http(running, path="/"):
    return HttpTwin(running.line(), path)


@pytest.mark.parametrize("namespace", ["old", "std", "new", "none"])
def test_a_plate_is_told_with_its_picture_and_answered(namespace):
    with isapi() as running:
        twin = IsapiPushTwin(http(running), CLOCK, namespace=namespace)
        assert twin.see("浙A12345", JPEG).status == 200
        (read,) = running.sink.readings
        assert (read.plate, read.picture != "") == ("浙A12345", True)
        assert running.sink.reasons == []


def test_a_push_that_comes_again_is_answered_again_and_told_once():
    with isapi() as running:
        twin = http(running)
        body = form(Records(CLOCK).plate("浙A12345", pictures=1), JPEG)
        for _ in range(3):
            assert twin.push(body, "multipart/form-data; boundary=MIME_boundary").status == 200
        assert [one.plate for one in running.sink.readings if isinstance(one, PlateRead)] == ["浙A12345"]


def test_two_cameras_at_one_port_may_name_their_passages_alike():
    callers = [{"path": "/north", "device": "cam-north"}, {"path": "/south", "device": "cam-south"}]
    with isapi(callers=callers) as running:
        body = Records(CLOCK).plate("浙A12345")
        for path in ("/north", "/south", "/north", "/elsewhere"):
            http(running, path).push(body, "application/xml", tries=1)
        assert [device for _, device, _ in running.sink.said] == ["cam-north", "cam-south"]
        assert running.sink.reasons == ["unknown_path"]


def test_a_terminals_card_and_decision_are_told_and_not_its_name():
    with isapi() as running:
        twin = IsapiPushTwin(http(running), CLOCK)
        assert twin.access(5, 1, cardNo="0006987309", name="李某").status == 200
        assert running.sink.readings == [
            CardRead(bits=32, number=6987309),
            AccessDecided(card="", granted=True, reason="terminal", medium="card"),
        ]
        assert "李某" not in repr(running.sink.said)


def test_a_bad_body_is_answered_lest_it_comes_for_ever():
    with isapi() as running:
        twin = http(running)
        assert twin.push(b"<EventNotificationAlert><a></EventNotificationAlert>", "application/xml").status == 200
        assert running.sink.readings == []
        assert running.sink.reasons == ["bad_xml"]


def test_dahua_is_answered_as_it_wants_and_its_pictures_are_unpacked():
    with dahua() as running:
        twin = DahuaPushTwin(http(running, "/NotificationInfo/TollgateInfo"), CLOCK)
        assert twin.beat().body == b'{"Result":true}'
        assert running.sink.readings == []
        assert twin.see("粤B12345", JPEG[:2] + b"cut", JPEG).body == REPLY.body
        (read,) = running.sink.readings
        assert (read.plate, read.direction, read.picture != "") == ("粤B12345", "in", True)
        assert abs(CLOCK.now_us() - running.sink.said[0][2]) < 10_000_000


def test_what_the_log_refused_is_not_remembered_as_told():
    told = records_told()
    pushed = Meanings(Isapi(IsapiOptions()), told, CLOCK, REPLY)
    request = Request(body=Records(CLOCK).plate("浙A12345"))
    assert len(pushed.meaning(request, Caller(), 0).said) == 1
    pushed.lost()  # the run died before it was in the log
    assert len(pushed.meaning(request, Caller(), 0).said) == 1
    pushed.taken()
    assert pushed.meaning(request, Caller(), 0).said == ()


def test_a_driver_names_the_devices_that_it_brings():
    options = msgspec.convert(
        {"callers": [{"path": "/a", "device": "cam-a"}], "channels": {"2": "cam-b"}, "doors": {"1": "door-1"}}, IsapiOptions
    )
    assert set(options.brings) == {"cam-a", "cam-b", "door-1"}
    assert ISAPI.remembers(options) == {"cam-a"}
    assert DAHUA.remembers(DahuaOptions()) == frozenset()


@pytest.mark.parametrize(
    "more", [{"doors": {"1": "Door 1"}}, {"channels": {"1": "X"}}, {"callers": [{"path": "/a"}, {"path": "/a"}]}, {"card": "hid"}]
)
def test_options_that_cannot_be_are_refused(more):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(more, IsapiOptions)
