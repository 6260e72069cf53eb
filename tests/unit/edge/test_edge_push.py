"""A whole agent with cameras that push: plates in its log, each with the name of a picture that is kept."""

from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import DeviceLink
from drivers.gb28181 import driver as gb28181
from drivers.gb28181.twin import Gb28181Twin
from drivers.http.twin import HttpTwin
from drivers.http_push import driver as http_push
from drivers.http_push.twin import HttpPushTwin
from drivers.isapi import driver as isapi
from drivers.isapi.twin import IsapiPushTwin
from drivers.table import driver_kind
from drivers.transports.dial import Dialler, free_port
from drivers.zhenshi import driver as zhenshi
from drivers.zhenshi.twin import ZhenshiTwin
from edge.config import DeviceSettings
from edge.pictures import MAX_PICTURE_BYTES
from tests.support.agent_rig import Rig
from tests.support.push_rig import JPEG

REAL = {"zhenshi": zhenshi, "http_push": http_push, "gb28181": gb28181, "isapi": isapi}


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


class Cameras(Rig):
    """A rig with the real drivers, by the rig's own clock."""

    def kind(self, name: str) -> Any:
        real = REAL.get(name)
        return real.KIND._replace(make=partial(real.make, clock=self.clock)) if real else super().kind(name)


@contextmanager
def agent(tmp_path, driver, options):
    """The rig, and a way to the driver's port."""
    port = free_port()
    settings = msgspec.convert(options, driver_kind(driver).options)
    rig = Cameras(tmp_path, (DeviceSettings("port", driver, f"listen://127.0.0.1:{port}", settings),))
    rig.devices.clear()
    line = Dialler(port)
    try:
        rig.up()
        yield rig, line
    finally:
        line.hang_up()
        rig.agent.stop()


def insist(do):
    """The agent opens its port when it has started."""
    for _ in range(200):
        if do():
            return
    raise AssertionError("nobody answered")


def test_a_plate_is_in_the_agents_log_with_its_picture_in_front_of_it(tmp_path):
    with agent(tmp_path, "zhenshi", {"cameras": [{"path": "/a", "device": "gate-1", "direction": "in"}]}) as (rig, line):
        camera = ZhenshiTwin(line, rig.clock, "/a")
        insist(camera.beat)
        assert camera.see("豫A12345", jpeg=JPEG)
        (taken,) = rig.records("snapshot_taken", "port")
        (read,) = rig.records("plate_read", "gate-1")
        assert (read.reading.plate, read.reading.picture) == ("豫A12345", taken.reading.picture)
        assert (taken.reading.width, taken.reading.height, taken.reading.size_bytes) == (24, 16, len(JPEG))
        assert taken.seq < read.seq
        assert abs(read.device_at_us - rig.clock.now_us()) <= US_PER_S
        assert rig.records("device_link", "port")[0].reading == DeviceLink(True, "opened")


def test_a_terminals_card_leaves_the_agent_under_its_name_alone_beside_what_the_terminal_decided(tmp_path):
    with agent(tmp_path, "isapi", {"callers": [{"path": "/t", "device": "lobby"}], "doors": {"1": "door-lobby"}}) as (rig, line):
        terminal = IsapiPushTwin(HttpTwin(line, "/t"), rig.clock)
        insist(lambda: terminal.access(2, 1024).status == 200)
        assert terminal.access(5, 1, cardNo="0006987309").status == 200
        assert terminal.access(5, 0x19).status == 200
        (card,) = rig.records("card_read", "door-lobby")
        assert card.reading.card
        assert (card.reading.number, card.reading.facility) == (None, None)
        (decided,) = rig.records("access_decided", "door-lobby")
        assert (decided.reading.granted, decided.reading.reason) == (True, "terminal")
        assert rig.records("door_contact", "door-lobby")[0].reading.open


def test_a_picture_that_is_too_big_costs_no_plate(tmp_path):
    big = JPEG[:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * (MAX_PICTURE_BYTES // 65_537 + 1) + JPEG[2:]
    with agent(tmp_path, "zhenshi", {}) as (rig, line):
        camera = ZhenshiTwin(line, rig.clock)
        insist(camera.beat)
        assert camera.see("豫A12345", jpeg=big)
        (read,) = rig.records("plate_read", "port")
        assert (read.reading.plate, read.reading.picture) == ("豫A12345", "")
        assert [one.reading.reason for one in rig.records("bad_bytes", "port")] == ["picture_not_kept"]


def test_what_a_push_holds_is_in_no_finding(tmp_path):
    with agent(tmp_path, "http_push", {}) as (rig, line):
        twin = HttpPushTwin(line)
        insist(lambda: twin.json({"plate": "京A12345"}))
        twin.json({"plate": {"secret": "京A12345"}})
        found = [one.reading for one in rig.records("bad_bytes", "port")]
        assert [(one.reason, one.bytes_hex) for one in found] == [("bad_value", "")]


def test_an_alarm_of_a_channel_is_that_devices(tmp_path):
    channels = {"34020000001310000002": {"device": "camera-east", "name": "东墙"}}
    options = {"senders": {"34020000001320000001": {"device": "recorder", "channels": channels}}}
    with agent(tmp_path, "gb28181", options) as (rig, line):
        twin = Gb28181Twin(line, rig.clock)
        insist(twin.register)
        assert twin.alarm(5, 6, channel="34020000001310000002")
        alarms = [one.reading for one in rig.records("alarm_input", "camera-east")]
        assert [(one.active, one.name) for one in alarms] == [(True, "东墙 入侵检测"), (False, "东墙 入侵检测")]
