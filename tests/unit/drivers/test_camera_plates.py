"""A camera that reads plates: when it looks, what it tells, and from a film to a reading through a real child."""

import msgspec
import numpy as np
import pytest

from contract.readings import PlateRead
from drivers.plates.reader import Read
from drivers.rtsp_camera import clip
from drivers.rtsp_camera.decode import FileDecoder
from drivers.rtsp_camera.driver import CameraDriver, make
from drivers.rtsp_camera.film import annex_b, film_of
from drivers.rtsp_camera.messages import Passage, Received
from drivers.rtsp_camera.plates import PlateWatch
from drivers.rtsp_camera.settings import Options, Plates
from tests.support.plate_drawing import LOOKS, scene, street
from tests.unit.drivers.test_camera_driver import Box

STILL = np.full((90, 160), 90, np.uint8)
MOVED = STILL.copy()
MOVED[40:60, 40:80] = 200
SURE = Read("京A12345", "blue", 0.9, "", (10, 10, 60, 20))
FRAME = np.zeros((100, 200, 3), np.uint8)


class Eyes:
    """A reader that says what it is told to, and keeps what it was shown."""

    def __init__(self, *says):
        self.says, self.shown = list(says), []

    def __call__(self, picture, countries):
        self.shown.append((picture.shape, countries))
        return self.says


def watch(settings, eyes):
    return PlateWatch(settings, eyes, "start", lambda frame: (b"jpeg", 200, 100), lambda frame: FRAME)


def test_a_still_lane_is_looked_into_now_and_then_only():
    eyes = Eyes()
    watcher = watch(Plates(still_every_s=5), eyes)
    for n in range(200):
        watcher.look("frame", STILL, n * 0.25)
    moving = 2.0 / 0.25 + 1  # the first picture counts as a movement
    assert watcher.read <= moving + 50 / 5 + 1


def test_a_movement_is_looked_into_at_once_and_for_a_while():
    eyes = Eyes()
    watcher = watch(Plates(still_every_s=3600), eyes)
    for n in range(40):
        watcher.look("frame", STILL, n * 0.25)
    before = watcher.read
    watcher.look("frame", MOVED, 10.0)
    assert watcher.read == before + 1
    for n in range(1, 40):
        watcher.look("frame", MOVED, 10.0 + n * 0.25)
    assert watcher.read == before + 9


def test_two_sure_pictures_give_a_reading_with_the_vehicles_picture_within_a_second():
    watcher = watch(Plates(direction="in", lane="east"), Eyes(SURE))
    assert watcher.look("frame", STILL, 1.0) == []
    ((reading, shot),) = watcher.look("frame", MOVED, 1.25)
    assert reading == PlateRead(
        plate="京A12345", colour="blue", confidence=0.9, direction="in", lane="east", passage="start-1", frames=2
    )
    assert shot == (b"jpeg", 200, 100)


def test_only_the_chosen_part_and_the_chosen_countries_are_looked_for():
    eyes = Eyes()
    watch(Plates(area=(0.25, 0.5, 1.0, 1.0), countries=("CN",)), eyes).look("frame", STILL, 0.0)
    assert eyes.shown == [((50, 150, 3), ("CN",))]


@pytest.mark.parametrize("wrong", [{"area": [0.5, 0, 0.5, 1]}, {"area": [0, 0, 2, 1]}, {"countries": []}, {"countries": ["XX"]}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"plates": wrong}, Options)


def test_the_picture_goes_before_the_reading_that_names_it():
    box = Box()
    box.up()
    driver = make("rtsp://127.0.0.1/stream", Options())
    assert isinstance(driver, CameraDriver)
    driver._hand_on(Received(Passage(PlateRead("京A12345"), 200, 100), b"jpeg"), box)
    assert box.pictures == [(b"jpeg", 200, 100, "")]
    assert box.readings == [PlateRead("京A12345", picture="picture-1")]


def test_a_camera_for_which_the_weights_are_missing_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("drivers.rtsp_camera.driver.plate_models_fault", lambda: "install the weights")
    assert make("rtsp://127.0.0.1/stream", Options())
    with pytest.raises(ValueError, match="install the weights"):
        make("rtsp://127.0.0.1/stream", Options(plates=Plates()))


def test_a_vehicle_in_a_film_is_read_by_the_child_and_nothing_without_the_option():
    vehicle, empty = (
        clip._planes(picture[180:540, 320:960]) for picture in (scene("粤B7D91Q", LOOKS["blue"], 1, wide=150), street(1))
    )
    pictures = [(vehicle, None), *[(vehicle, ())] * 39, (empty, None), *[(empty, ())] * 59]
    film = annex_b(film_of(iter(pictures), 640, 360, 25))
    with_plates = FileDecoder(Options(plates=Plates(lane="east"))).decode(film, end=True).items
    (read,) = [item for item in with_plates if isinstance(item, PlateRead)]
    assert (read.plate, read.colour, read.doubtful, read.lane, read.frames) == ("粤B7D91Q", "blue", False, "east", 2)
    without = FileDecoder(Options()).decode(film, end=True).items
    assert [item for item in without if isinstance(item, PlateRead)] == []
