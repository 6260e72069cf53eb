"""A whole agent with panels that dial in: settings as the guide has them, alarms in the log, watermarks of their own."""

import re
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import AlarmInput, DeviceLink, FireInput
from drivers.gb26875 import driver as gb26875
from drivers.gb26875.twin import Gb26875Twin
from drivers.sia_dc09 import driver as sia_dc09
from drivers.sia_dc09.frames import framed
from drivers.sia_dc09.twin import SiaDc09Twin
from drivers.table import driver_kind
from drivers.transports.dial import Dialler, free_port
from edge.config import DeviceSettings, load_config, spoken_for
from tests.support.agent_rig import Rig

GUIDE = Path(__file__).parents[3] / "docs" / "installer.md"
HEAD = """site: lake
agent: gate
key_file: k
card_key_file: k
broker: {url: "mqtt://h:1883"}
spool: {path: data/spool.db}
devices:
"""


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


class Panels(Rig):
    """A rig with the real drivers, by the rig's own clock."""

    def kind(self, name: str) -> Any:
        real = {"sia_dc09": sia_dc09, "gb26875": gb26875}.get(name)
        return real.KIND._replace(make=partial(real.make, clock=self.clock)) if real else super().kind(name)


@contextmanager
def agent(tmp_path, driver, options):
    """The rig, and a way to the driver's port."""
    port = free_port()
    settings = msgspec.convert(options, driver_kind(driver).options)
    rig = Panels(tmp_path, (DeviceSettings("port", driver, f"listen://127.0.0.1:{port}", settings),))
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


def test_the_settings_in_the_guide_are_right(tmp_path):
    key = tmp_path / "k"
    key.write_text("ab" * 32, encoding="utf-8")
    key.chmod(0o600)
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    rows = [block for block in blocks if "address: listen" in block and "password_file" not in block]
    assert len(rows) == 5
    file = tmp_path / "agent.yaml"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    config = load_config(file, driver_kind)
    assert [spoken_for(device) for device in config.devices] == [
        ("intruder-2",),
        ("fire-1", "fire-2"),
        ("plates-in", "plates-out"),
        (),
        ("recorder-1", "camera-east"),
    ]
    remembering = [driver_kind(device.driver).remembers(device.options) for device in config.devices]
    assert remembering == [{"intruder-2"}, {"fire-1", "fire-2"}, {"plates-in", "plates-out"}, set(), {"recorder-1"}]


def test_a_fire_that_is_confirmed_is_in_the_agents_log_with_the_panels_time(tmp_path):
    with agent(tmp_path, "gb26875", {}) as (rig, line):
        twin = Gb26875Twin(line, rig.clock)
        insist(twin.beat)
        assert twin.fire(12, 45, "走廊")
        (fire,) = rig.records("fire_input", "port")
        assert fire.reading == FireInput(True, "1-1-12-45 走廊")
        assert abs(fire.device_at_us - rig.clock.now_us()) <= US_PER_S
        assert rig.records("device_link", "port")[0].reading == DeviceLink(True, "opened")


@pytest.mark.parametrize("time", ["00:00:00,01-01-1900", "00:00:00,01-01-0001", "23:59:59,12-31-9999"])
def test_an_alarm_of_a_panel_whose_clock_shows_no_time_of_ours_is_one_that_the_hub_can_take(tmp_path, time):
    with agent(tmp_path, "sia_dc09", {}) as (rig, line):
        twin = SiaDc09Twin(line, rig.clock)
        insist(twin.test_link)
        assert twin.ask(framed(b'"SIA-DCS"0007L0#1234[|NBA5]_' + time.encode()))
        (alarm,) = rig.records("alarm_input", "port")
        assert (alarm.reading, alarm.device_at_us) == (AlarmInput(True, "5"), None)
        assert [one.reading.reason for one in rig.records("bad_bytes", "port")] == ["impossible_time"]


def test_a_panels_word_proves_nothing_of_another_panel_on_the_same_port(tmp_path):
    accounts = {"A1": {"device": "panel-a"}, "B2": {"device": "panel-b"}}
    with agent(tmp_path, "sia_dc09", {"accounts": accounts}) as (rig, line):
        first, second = (SiaDc09Twin(line, rig.clock, account=account) for account in accounts)
        insist(first.test_link)
        assert second.alarm("7")
        assert [one.reading for one in rig.records("alarm_input", "panel-b")] == [AlarmInput(True, "7")]
        rig.agent.beat()
        before = rig.records("heartbeat")[-1].reading.sources
        rig.clock.advance_us(30 * US_PER_S)
        assert first.test_link()
        rig.agent.beat()
        after = rig.records("heartbeat")[-1].reading.sources
        assert after["panel-a"] - before["panel-a"] == 30 * US_PER_S
        assert after["panel-b"] == before["panel-b"]
