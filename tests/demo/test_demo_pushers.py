"""What the demo's camera and reader of codes push is what their drivers are set up for."""

import msgspec
import pytest

from contract.clock import ManualClock
from contract.readings import CodeRead
from drivers import jpeg
from drivers.http_push.decode import HttpPushOptions
from drivers.http_push.driver import decoder
from drivers.transports.dial import Dialler, free_port
from drivers.zhenshi.decode import ZhenshiOptions
from hub.api.visit_codes import png
from watchkeeper.demo.pushers import HEIGHT, WIDTH, CodeReader, PlateCamera, code_in, picture_of


def test_a_plates_picture_is_a_jpeg_and_each_plate_has_its_own():
    shown = jpeg.picture_of(picture_of("沪A01001"))
    assert shown is not None
    assert (shown.width, shown.height) == (WIDTH, HEIGHT)
    assert picture_of("沪A01001") != picture_of("沪A01002")


def test_the_code_of_a_pass_is_made_out_in_its_picture():
    text = "x7Qm-" + "Ab3_" * 8
    assert code_in(png(text)) == text


@pytest.mark.parametrize("picture", [b"", b"no picture", picture_of("沪A01001")])
def test_where_there_is_no_code_none_is_made_out(picture):
    with pytest.raises(ValueError, match="no code"):
        code_in(picture)


def test_a_shown_code_is_one_to_the_driver_and_a_beat_is_nothing():
    options = msgspec.convert(CodeReader.SETTINGS, HttpPushOptions)
    told = [decoder(options).decode(body, end=True).items for body in (b'{"type":"scan","code":"abc"}', b'{"type":"beat"}')]
    assert told == [[CodeRead("qr", value="abc")], []]


def test_the_cameras_settings_are_its_drivers():
    camera = msgspec.convert({"cameras": [PlateCamera.SETTINGS]}, ZhenshiOptions).cameras[0]
    assert (camera.direction, camera.path) == ("in", PlateCamera.SETTINGS["path"])


def test_what_nobody_takes_is_told():
    line = Dialler(free_port())
    assert not PlateCamera(line, ManualClock()).see("沪A01001")
    assert not CodeReader(line).show("abc")
