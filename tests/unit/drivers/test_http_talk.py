"""A driver that is pushed to, end to end over loopback; and what a capture comes to."""

from functools import partial

import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import PlateRead
from drivers.dialled import DialledDriver
from drivers.digest import Nonces
from drivers.feed import Feed
from drivers.http.callers import Caller, Callers
from drivers.http.capture import CaptureDecoder
from drivers.http.requests import BODY_BYTES_MAX, Reply, Room
from drivers.http.talk import HttpTalk, Taken
from drivers.http.twin import answer_size
from drivers.jpeg import picture_of
from drivers.talk import Said
from drivers.transports import parse_address
from tests.support.dial_rig import until
from tests.support.push_rig import JPEG, Pushed, post


def plates(request, _caller, _now_us):
    """A meaning: a body is a plate, and `?picture` gives it one."""
    if request.body == b"bad":
        return Taken(reasons=("bad_value",), reply=Reply(200, b"{}"))
    picture = picture_of(JPEG) if request.query == "picture" else None
    return Taken((Said(PlateRead(request.body.decode()), picture=picture),), reply=Reply(body=b'{"ok":1}'))


def driver(address, callers=()):
    room, who = Room(), Callers(callers, Nonces(b"key"))
    where = parse_address(address, schemes=("listen",))
    return DialledDriver(where, lambda: HttpTalk(who, plates, room), idle_s=0.2)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


def test_a_push_is_answered_when_it_is_in_the_log():
    with Pushed(driver) as running:
        line = running.line()
        running.sink.gate.clear()
        line.say(post(b"A1"))
        with pytest.raises(Exception, match="timeout"):
            line.answer(answer_size, 0.3)
        running.sink.gate.set()
        assert line.answer(answer_size, 5.0).startswith(b"HTTP/1.1 200")
        assert running.sink.readings == [PlateRead("A1")]


def test_a_log_that_is_full_answers_nothing():
    with Pushed(driver) as running:
        running.sink.full = True
        with pytest.raises(Exception, match="ended"):
            running.push(post(b"A1"))
        until(lambda: running.ended, "the run's end")


def test_one_bad_record_stops_no_stream():
    with Pushed(driver) as running:
        line = running.line()
        line.say(post(b"A1") + post(b"bad") + post(b"A2"))
        assert [line.answer(answer_size, 5.0)[9:12] for _ in range(3)] == [b"200"] * 3
        assert running.sink.readings == [PlateRead("A1"), PlateRead("A2")]
        assert running.sink.reasons == ["bad_value"]
        assert line.calls == 1


def test_the_picture_is_kept_first_and_its_name_goes_into_the_reading():
    with Pushed(driver) as running:
        assert running.push(post(b"A1", "/?picture")) == (200, b'{"ok":1}')
        assert running.sink.pictures == [(JPEG, 24, 16, "")]
        assert running.sink.readings == [PlateRead("A1", picture="picture-1")]


@pytest.mark.parametrize("error", [ValueError("too big"), OSError("no room")])
def test_a_picture_that_cannot_be_kept_costs_no_plate(error):
    with Pushed(driver) as running:
        running.sink.no_pictures = error
        assert running.push(post(b"A1", "/?picture"))[0] == 200
        assert running.sink.readings == [PlateRead("A1")]
        assert running.sink.reasons == ["picture_not_kept"]


def test_who_has_no_password_is_asked_for_it_and_says_nothing():
    shut = Caller(path="/a", user="cam", password="pw", device="cam")
    with Pushed(partial(driver, callers=(shut,))) as running:
        assert running.push(post(b"A1", "/a"))[0] == 401
        assert running.push(post(b"A1", "/b"))[0] == 404
        assert running.push(post(b"A1", "/a", Authorization="Basic Y2FtOnB3"))[0] == 200
        assert running.sink.said == [(PlateRead("A1"), "cam", None)]
        assert running.sink.reasons == ["unknown_path"]
        assert list(running.sink.tolds) == ["cam"]


def test_what_breaks_http_is_answered_and_hung_up():
    with Pushed(driver) as running:
        assert running.push(b"nonsense\r\n\r\n")[0] == 400
        assert running.push(post(b"", Content_Length=BODY_BYTES_MAX + 1))[0] == 413
        assert running.push(post(b"").replace(b"POST", b"PATCH"))[0] == 405
        line = running.line()
        line.say(post(b"A1")[:-1])
        assert line.answer(answer_size, 5.0).startswith(b"HTTP/1.1 408")
        with pytest.raises(Exception, match="ended"):
            line.answer(answer_size, 5.0)
        assert running.sink.reasons == ["bad_http", "too_long", "bad_method", "truncated"]


def test_a_connection_may_be_silent_between_two_pushes():
    with Pushed(driver) as running:
        line = running.line()
        assert running.push(post(b"A1"), line)[0] == 200
        with pytest.raises(Exception, match="timeout"):
            line.answer(answer_size, 0.5)
        assert running.push(post(b"A2"), line)[0] == 200
        assert line.calls == 1


def test_a_reading_of_another_device_stays_its_own():
    taken = Taken((Said(PlateRead("A1"), "other", 5 * US_PER_S),))
    talk = HttpTalk(Callers([Caller(device="cam")], Nonces(b"")), lambda *_: taken, Room())
    (step,) = talk.hear(post(b""), 0)
    assert (step.device, step.said[0].device, step.said[0].device_at_us) == ("cam", "other", 5 * US_PER_S)


def captured(pieces):
    feed = Feed(lambda: CaptureDecoder(plates))
    return [item for piece in pieces for item in feed.push(piece)] + feed.end()


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_capture_may_be_requests(size):
    data = post(b"A1") + post(b"bad") + post(b"A2")[:-1]
    items = captured(data[at : at + size] for at in range(0, len(data), size))
    assert items[0] == PlateRead("A1")
    assert [(one.reason, one.offset) for one in items[1:]] == [
        ("bad_value", len(post(b"A1"))),
        ("truncated", len(post(b"A1") + post(b"bad"))),
    ]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_capture_may_be_a_body_or_bodies_by_line(size):
    for data, plates_read in ((b"A1", ["A1"]), (b"{A1}\n\n {A2} \n", ["{A1}", " {A2} "]), (b"A1\nA2", ["A1\nA2"]), (b" \n", [])):
        items = captured(data[at : at + size] for at in range(0, len(data), size))
        assert [item.plate for item in items] == plates_read


def test_a_capture_that_never_ends_is_too_long_and_kept_no_longer():
    items = captured(bytes(65_536) for _ in range(BODY_BYTES_MAX // 65_536 + 2))
    assert [(one.reason, one.offset) for one in items] == [("too_long", 0)]
