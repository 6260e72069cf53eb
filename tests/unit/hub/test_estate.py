import textwrap

import pytest

from contract.settings import BadSettings
from hub.detectors.types import Device
from hub.estate import Estate, check_estate

KEY = "0123456789abcdef" * 4
TEXT = f"""\
site: willow-court
name_zh: 柳苑
name_en: Willow Court
timezone: Asia/Shanghai
places:
  - {{id: yard, name_zh: 院子, name_en: Yard}}
  - {{id: gate, name_zh: 东门, name_en: East gate, parent: yard}}
  - {{id: lane, name_zh: 车道, name_en: Lane, parent: gate}}
  - {{id: pump, name_zh: 泵房, name_en: Pump room}}
agents:
  - {{id: agent-1, place: gate, name_zh: 东门主机, name_en: East gate computer, key: {KEY}}}
devices:
  - {{id: door-1, kind: door, place: gate, agent: agent-1, name_zh: 人行门, name_en: Door, options: {{held_s: 60}}}}
  - {{id: reader-1, kind: reader, place: gate, agent: agent-1, name_zh: 读卡器, name_en: Reader, opens: door-1}}
  - {{id: cam-1, kind: camera, place: yard, agent: agent-1, name_zh: 摄像机, name_en: Camera, watches: [gate]}}
  - {{id: cam-2, kind: camera, place: pump, agent: agent-1, name_zh: 泵房摄像机, name_en: Pump camera}}
  - {{id: meter-1, kind: meter, place: pump, agent: agent-1, name_zh: 水表, name_en: Meter, options: {{water_flow_max: 80}}}}
"""


def written(tmp_path, text=TEXT):
    file = tmp_path / "estate.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def bent(tmp_path, old, new):
    assert old in TEXT
    return written(tmp_path, TEXT.replace(old, new))


def test_an_estate_knows_its_devices_agents_and_names(tmp_path):
    estate = Estate.load(written(tmp_path))
    assert (estate.site, estate.name_zh, str(estate.timezone)) == ("willow-court", "柳苑", "Asia/Shanghai")
    assert estate.devices["door-1"].agent == "agent-1"
    assert estate.device("door-1") is estate.devices["door-1"]
    assert estate.device("nobody") is None
    assert estate.agent("agent-1") is estate.agents["agent-1"]
    assert estate.key_of("agent-1") == bytes.fromhex(KEY)
    assert estate.key_of("agent-2") is None
    assert estate.place_name("gate", "zh") == "东门"
    assert estate.device_name("door-1", "en") == "Door"
    assert estate.device_name("agent-1", "en") == "East gate computer"
    assert estate.device_name("gone", "zh") == "gone"


def test_detectors_see_a_device_with_what_it_opens_and_its_own_numbers(tmp_path):
    estate = Estate.load(written(tmp_path))
    held = {"held_s": 60.0}
    assert estate.detector_device("reader-1") == Device("reader-1", "reader", "gate", "agent-1", "door-1", {})
    assert estate.detector_device("door-1") == Device("door-1", "door", "gate", "agent-1", "door-1", held)
    assert estate.detector_device("agent-1") == Device("agent-1", "agent", "gate", "agent-1", "agent-1", {})
    assert estate.detector_device("nobody") is None


def test_a_place_is_watched_by_its_own_cameras_or_by_those_of_the_nearest_place_around_it(tmp_path):
    estate = Estate.load(written(tmp_path))
    assert estate.cameras_at("gate") == ("cam-1",)
    assert estate.cameras_at("lane") == ("cam-1",)
    assert estate.cameras_at("pump") == ("cam-2",)
    assert estate.cameras_at("yard") == ()
    assert estate.cameras_at("nowhere") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Asia/Shanghai", "Asia/Shanhai", "'Asia/Shanhai' is no time zone: write one such as Asia/Shanghai"),
        ("site: willow", "site: Willow", "is not an id"),
        ("parent: gate", "parent: gat", "gat is not known: write one of places.*.id, perhaps gate"),
        ("name_en: Yard}", "name_en: Yard, parent: lane}", "yard lies within itself"),
        ("place: gate, agent", "place: hall, agent", "hall is not known"),
        ("agent: agent-1, name_zh: 水表", "agent: agent-9, name_zh: 水表", "agent-9 is not known"),
        ("opens: door-1", "opens: cam-1", "cam-1 is no door and no barrier"),
        ("watches: [gate]", "watches: [gat]", "gat is not known"),
        ("opens: door-1", "watches: [gate]", "stands at a device that is no camera"),
        ("held_s: 60", "hold_s_max_x: 60", "is no number that a device can have"),
        ("held_s: 60", "held_s: -60", "held_s: -60 is out of range: write how long a door may stand open"),
        (
            f"key: {KEY}",
            f"key: {KEY}, options: {{agent_silent_s: 20}}",
            "agents[0].options.agent_silent_s: 20 is too short: write 25 at least, since an agent that is well says so",
        ),
        ("held_s: 60", "held_s: long", "is text: write a number"),
        ("kind: meter", "kind: metre", "write one of door, barrier, camera, reader, meter, contacts, other, perhaps meter"),
        ("id: meter-1", "id: door-1", "door-1 is taken by devices[0].id"),
        ("id: meter-1", "id: agent-1", "agent-1 is an agent's id"),
        (f"key: {KEY}", "key: abc", "is no key: write 32 bytes as 64 hex digits"),
        (f", key: {KEY}", "", "names no key"),
        (f"key: {KEY}", f"key: {KEY}, key_file: k", "names both a key and a key_file"),
        ("name_zh: 水表", "name: 水表", "is an unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_never_with_a_key(tmp_path, old, new, message):
    file = bent(tmp_path, old, new)
    told = check_estate(file).messages
    assert any(message in line for line in told), told
    assert all(line.startswith(f"{file}:") for line in told)
    assert KEY not in "".join(told)
    with pytest.raises(BadSettings):
        Estate.load(file)


def with_key_file(tmp_path, text, mode):
    (tmp_path / "agent-1.key").write_text(text, encoding="utf-8")
    (tmp_path / "agent-1.key").chmod(mode)
    return bent(tmp_path, f"key: {KEY}", "key_file: agent-1.key")


def test_a_key_may_lie_in_a_file_beside_the_estate(tmp_path):
    assert Estate.load(with_key_file(tmp_path, KEY + "\n", 0o600)).key_of("agent-1") == bytes.fromhex(KEY)


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [(KEY, 0o644, "everybody may read it"), ("abc", 0o600, "is no key"), ("é", 0o600, "it is not text")],
)
def test_a_key_file_that_is_wrong_or_open_to_all_is_told(tmp_path, text, mode, message):
    with pytest.raises(BadSettings, match=message):
        Estate.load(with_key_file(tmp_path, text, mode))


def test_a_key_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadSettings, match="cannot be read"):
        Estate.load(bent(tmp_path, f"key: {KEY}", "key_file: none.key"))


@pytest.mark.parametrize("text", ["", "a: 1", "places: 3", "devices: [1]\nagents: [2]\nplaces: [3]", "devices: [{id: [1]}]"])
def test_what_is_no_estate_at_all_is_told_and_never_raises(tmp_path, text):
    assert check_estate(written(tmp_path, textwrap.dedent(text))).messages
