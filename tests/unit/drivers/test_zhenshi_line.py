"""A camera of 臻识 over its own TCP port: frames, plates, and an order to open that is sent once at most."""

from contextlib import contextmanager
from threading import Event, Thread

import msgspec
import pytest

import drivers.zhenshi.line
import drivers.zhenshi.orders
from contract.clock import US_PER_S
from drivers.port import CommandFailed, DeviceLost
from drivers.transports.listen import TcpLine
from drivers.zhenshi.decode import ZhenshiOptions
from drivers.zhenshi.driver import KIND, make
from drivers.zhenshi.frames import BEAT, DATA_BYTES_MAX, Bad, Frame, Frames, frame_bytes
from drivers.zhenshi.orders import Orders
from drivers.zhenshi.twin import ZhenshiLineTwin
from tests.support.dial_rig import CLOCK, Heard, until
from tests.support.push_rig import JPEG


def options(**more):
    return msgspec.convert(more, ZhenshiOptions)


class Running:
    """A driver and a camera at the ends of a line."""

    def __init__(self, **more):
        self.line = TcpLine()
        self.camera = ZhenshiLineTwin(self.line, CLOCK)
        self.sink = Heard()
        self.driver = make(self.line.address, options(**more))
        self.stop = Event()
        self.ended = ""
        self.thread = Thread(target=self._run)

    def _run(self):
        try:
            self.driver.run(self.sink, self.stop)
        except DeviceLost as error:
            self.ended = str(error)

    def open(self):
        """What becomes of an order to open; empty: done."""
        try:
            self.driver.act("open", {})
        except CommandFailed as error:
            return str(error)
        return ""


@contextmanager
def running(**more):
    one = Running(**more)
    one.thread.start()
    try:
        until(lambda: one.sink.ups, "the camera's first word")
        yield one
    finally:
        one.stop.set()
        one.thread.join(5)
        one.camera.close()
        one.line.close()
        assert not one.thread.is_alive()


def heard(data, end=True):
    return list(Frames().hear(data, end=end))


def test_a_plate_comes_with_its_picture_and_the_cameras_own_time():
    with running(cameras=[{"direction": "out"}]) as one:
        assert one.camera.asked_for_plates
        one.camera.beat()
        one.camera.see("鲁B12345", jpeg=JPEG)
        until(lambda: one.sink.said, "the plate")
        ((reading, _, at_us),) = one.sink.said
        assert (reading.plate, reading.direction, reading.picture) == ("鲁B12345", "out", "picture-1")
        assert abs(CLOCK.now_us() - at_us) < 60 * US_PER_S
        assert one.sink.pictures == [(JPEG, 24, 16, "")]


def test_one_bad_record_stops_no_stream():
    with running() as one:
        one.line.write(frame_bytes(b"no json") + frame_bytes(b'{"PlateResult":{"license":7}}') + frame_bytes(b"{}"))
        one.camera.see("京A12345", jpeg=b"no picture")
        until(lambda: one.sink.said, "the plate")
        assert one.sink.readings[0].plate == "京A12345"
        assert sorted(one.sink.reasons) == ["bad_picture", "bad_value", "not_json", "unknown_message"]


def test_bytes_that_are_no_frame_end_the_connection():
    with running() as one:
        one.line.write(b"nonsense")
        until(lambda: one.ended, "the end")
        assert (one.ended, one.sink.reasons) == ("out_of_step", ["bad_head"])


def test_a_camera_that_answers_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(drivers.zhenshi.line, "SILENT_US", US_PER_S // 4)
    with running() as one:
        one.camera.close()
        until(lambda: one.ended, "the end")
        assert one.ended == "timeout"


def test_an_order_to_open_is_sent_once_and_confirmed():
    with running(output=1, pulse_ms=700) as one:
        assert one.open() == ""
        assert one.open() == ""
        assert one.camera.moves == [(1, 700), (1, 700)]


def test_an_order_that_nothing_confirms_is_not_sent_again(monkeypatch):
    monkeypatch.setattr(drivers.zhenshi.orders, "ANSWER_S", 0.3)
    with running(output=0) as one:
        one.camera.mute = True
        assert one.open() == "the camera did not confirm: it may have opened"
        one.camera.mute = False
        assert one.open() == ""
        assert one.camera.moves == [(0, 500)] * 2


def test_an_order_that_the_camera_refuses_has_failed():
    with running(output=0) as one:
        one.camera.refuses = 404
        assert one.open() == "the camera refused it: 404"
        assert one.camera.moves == []


def test_an_order_over_a_connection_that_ends_has_failed_and_is_not_sent_over_the_next():
    with running(output=0) as one:
        one.camera.mute = True
        outcome = []
        thread = Thread(target=lambda: outcome.append(one.open()))
        thread.start()
        until(lambda: one.camera.moves, "the order")
        one.line.unplug()
        thread.join(5)
        assert outcome == ["the connection ended: it may have opened"]
        assert one.open() == "the camera is not connected"
        assert one.camera.moves == [(0, 500)]


def test_an_order_that_cannot_be_sent_in_time_is_taken_back(monkeypatch):
    monkeypatch.setattr(drivers.zhenshi.orders, "SENT_WITHIN_S", 0.05)
    orders = Orders()
    orders.connected(True)
    with pytest.raises(CommandFailed, match="taken back"):
        orders.carry_out()
    assert orders.take() == ""


def test_without_an_output_nothing_opens():
    with running() as one:
        assert "no output" in one.open()
    assert KIND.cannot(options(), "open", "") != ""
    assert KIND.cannot(options(output=0), "open", "") == ""
    assert KIND.cannot(options(output=0), "open", "door") != ""


@pytest.mark.parametrize(
    ("address", "more", "word"),
    [
        ("listen://0.0.0.0:9", {"output": 0}, "tcp://"),
        ("tcp://h:8131", {"cameras": [{"device": "a"}]}, "leave device"),
        ("tcp://h:8131", {"cameras": [{}, {"path": "/a"}]}, "there is one"),
        ("serial:///dev/x", {}, "listen"),
    ],
)
def test_settings_that_cannot_be_are_refused(address, more, word):
    with pytest.raises(ValueError, match=word):
        make(address, options(**more))


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_frames_are_found_however_they_are_cut(size):
    data = frame_bytes(b"{}") + frame_bytes(kind=BEAT) + frame_bytes(b"[]", picture=b"\0\xff")
    frames = Frames()
    out = [one for at in range(0, len(data), size) for one in frames.hear(data[at : at + size])]
    assert [(one.kind, one.text, one.picture, one.offset) for one in out if isinstance(one, Frame)] == [
        (0, b"{}", b"", 0),
        (1, b"", b"", 10),
        (0, b"[]", b"\0\xff", 18),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"XZ" + bytes(6), "bad_head"),
        (b"VZ\x07" + bytes(5), "bad_head"),
        (b"VZ", "truncated"), (frame_bytes(b"{}")[:-1], "truncated"),
        (b"VZ\0\0" + (DATA_BYTES_MAX + 1).to_bytes(4), "too_long"),
    ],
)  # fmt: skip
def test_damage_has_a_name_and_is_the_end(data, reason):
    (bad,) = heard(data)
    assert isinstance(bad, Bad)
    assert (bad.reason, bad.offset) == (reason, 0)
    frames = Frames()
    list(frames.hear(b"x" * 8 + frame_bytes(b"{}")))
    assert list(frames.hear(frame_bytes(b"{}"))) == []
