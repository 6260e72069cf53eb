import textwrap

import pytest

from contract.settings import BadSettings
from hub.detectors.types import Device, Recorded
from hub.duties.types import Person, Route
from hub.estate import Estate, check_estate
from hub.policy.load import RESIDENTIAL, Policy

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
  - {{id: wand-1, kind: wand, place: gate, agent: agent-1, name_zh: 巡更棒, name_en: Wand}}
phones:
  - {{id: phone-1, place: gate, name_zh: 东门手机, name_en: East gate phone}}
staff:
  - {{id: li-wei, name_zh: 李伟, name_en: Li Wei}}
  - {{id: chen-fang, name_zh: 陈芳, name_en: Chen Fang, post: cleaner}}
routes:
  - {{id: night, duty: patrol-night, name_zh: 夜巡, name_en: Night, places: [pump, lane], sources: [wand-1, phone-1], order: set}}
  - {{id: box, duty: letters-delivered, name_zh: 意见箱, name_en: Box, places: [gate], sources: [hub]}}
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
    assert estate.device_name("gate", "zh") == "东门", "a gap stands for its place"
    assert estate.device_name("gone", "zh") == "gone"


def test_detectors_see_a_device_with_what_it_opens_and_its_own_numbers(tmp_path):
    estate = Estate.load(written(tmp_path))
    held = {"held_s": 60.0}
    gates = ("door-1",)
    assert estate.detector_device("reader-1") == Device("reader-1", "reader", "gate", "agent-1", "door-1", {}, gates)
    assert estate.detector_device("door-1") == Device("door-1", "door", "gate", "agent-1", "door-1", held, gates)
    recorded = (Recorded("cam-1", "yard"), Recorded("cam-2", "pump"))
    agent = Device("agent-1", "agent", "gate", "agent-1", "agent-1", {}, recorded=recorded)
    assert estate.detector_device("agent-1") == agent
    assert estate.detector_device("nobody") is None


def test_an_agent_knows_which_of_its_cameras_are_recorded(tmp_path):
    for option, wanted in (
        (1, (Recorded("cam-1", "yard"), Recorded("cam-2", "pump", wanted=True))),
        (0, (Recorded("cam-1", "yard"),)),
    ):
        text = TEXT.replace("name_en: Pump camera", f"name_en: Pump camera, options: {{recorded: {option}}}")
        agent = Estate.load(written(tmp_path, text)).detector_device("agent-1")
        assert agent is not None
        assert agent.recorded == wanted


def test_a_fire_input_frees_all_gates_of_its_agent_or_those_that_are_named_and_a_lanes_camera_belongs_to_its_gate(tmp_path):
    lane = "kind: barrier, place: lane, agent: agent-1, name_zh: 道闸, name_en: Barrier}}".replace("}}", "}")
    barrier, panel = "  - {id: barrier-1, " + lane, "  - {id: panel, kind: contacts, frees: [barrier-1], "
    more = f"{barrier}\n{panel}place: gate, agent: agent-1, name_zh: 主机, name_en: Panel}}\nphones:"
    text = TEXT.replace("phones:", more, 1).replace("name_en: Pump camera", "name_en: Pump camera, opens: barrier-1")
    estate = Estate.load(written(tmp_path, text))
    rows = [estate.detector_device(device) for device in ("meter-1", "panel", "barrier-1", "door-1")]
    assert [row.frees for row in rows[:2] if row] == [("door-1", "barrier-1"), ("barrier-1",)]
    assert [row.cameras for row in rows[2:] if row] == [("cam-2",), ()]


def test_a_place_is_watched_by_its_own_cameras_or_by_those_of_the_nearest_place_around_it(tmp_path):
    estate = Estate.load(written(tmp_path))
    assert estate.cameras_at("gate") == ("cam-1",)
    assert estate.cameras_at("lane") == ("cam-1",)
    assert estate.cameras_at("pump") == ("cam-2",)
    assert estate.cameras_at("yard") == ()
    assert estate.cameras_at("nowhere") == ()


def test_an_estate_knows_its_routes_people_and_phones(tmp_path):
    estate = Estate.load(written(tmp_path), Policy.load())
    assert estate.routes["night"] == Route(
        "night", "patrol-night", ("pump", "lane"), ("phone-1", "wand-1"), "set", "夜巡", "Night"
    )
    assert (estate.routes["box"].sources, estate.routes["box"].order) == (("hub",), "free")
    assert estate.staff["chen-fang"] == Person("chen-fang", "陈芳", "Chen Fang", "cleaner")
    assert estate.staff["li-wei"].post == "guard"
    assert estate.device_name("phone-1", "zh") == "东门手机"


def test_a_phone_is_a_source_of_its_own_without_an_agent(tmp_path):
    estate = Estate.load(written(tmp_path))
    assert estate.detector_device("phone-1") == Device("phone-1", "phone", "gate", "phone-1", "phone-1", {})
    assert estate.device("phone-1") is None
    assert estate.detector_device("wand-1") == Device("wand-1", "wand", "gate", "agent-1", "wand-1", {}, ("door-1",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "duty: patrol-night",
            "duty: patrol-nite",
            "routes[0].duty: patrol-nite is no duty of the policy residential: write one of",
        ),
        ("duty: patrol-night", "duty: patrol-nite", ", perhaps patrol-night"),
        (
            "post: cleaner",
            "post: cleener",
            "staff[1].post: cleener is no post of the policy residential: write one of guard, monitor",
        ),
    ],
)
def test_what_does_not_fit_the_policy_is_told_where_the_policy_is_known(tmp_path, old, new, message):
    file = bent(tmp_path, old, new)
    assert check_estate(file).messages == []
    (told,) = check_estate(file, Policy.load()).messages
    assert told.startswith(f"{file}:{next(n for n, line in enumerate(file.read_text().splitlines(), 1) if new in line)}: ")
    assert message in told
    with pytest.raises(BadSettings, match="of the policy residential"):
        Estate.load(file, Policy.load())


def test_schedules_that_a_change_of_clocks_pushes_into_each_other_are_told_for_the_estates_own_zone(tmp_path):
    both = '[{ type: times, at: ["01:00"], after_s: 7200 }, { type: times, at: ["02:30"], after_s: 1800 }] # patrol'
    policy_file = tmp_path / "policy.yaml"
    text = RESIDENTIAL.read_text(encoding="utf-8")
    one = '[{ type: interval, from: "19:00", to: "07:00", every_s: 3600 }]'
    assert one in text
    policy_file.write_text(text.replace(one, both), encoding="utf-8")
    policy = Policy.load(policy_file)
    assert check_estate(written(tmp_path), policy).messages == []
    (told,) = check_estate(bent(tmp_path, "Asia/Shanghai", "Europe/Berlin"), policy).messages
    assert "routes[0].duty: patrol-night has a window from 2027-03-28 03:00 until 2027-03-28 03:30 within one from" in told
    assert "since the clocks change: write a duty for each in the policy" in told


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("places: [pump, lane]", "places: [pump, lane, pump]", "routes[0].places[2]: pump stands twice in this route: keep one"),
        ("places: [pump, lane]", "places: [pump, line]", "line is not known: write one of yard, gate, lane, pump, perhaps lane"),
        ("places: [pump, lane]", "places: []", "routes[0].places: has 0 entries: write a list, of at least 1 entries"),
        ("sources: [wand-1, phone-1]", "sources: [wand-1, wand-1]", "wand-1 stands twice in this route"),
        (
            "sources: [wand-1, phone-1]",
            "sources: [wand-2]",
            "wand-2 is no device and no phone: write one of hub, door-1, reader-1, cam-1, ",
        ),
        ("sources: [wand-1, phone-1]", "sources: [agent-1]", "agent-1 is no device and no phone"),
        ("sources: [hub]", "sources: []", "routes[1].sources: has 0 entries"),
        ("order: set", "order: fixed", "routes[0].order: fixed is not known: write one of free, set, random"),
        ("id: box", "id: night", "night is taken by routes[0].id"),
        ("id: chen-fang", "id: li-wei", "li-wei is taken by staff[0].id"),
        ("id: phone-1", "id: door-1", "phones[0].id: door-1 is a device's id: write another one"),
        ("id: phone-1", "id: agent-1", "phones[0].id: agent-1 is an agent's id"),
        ("id: phone-1", "id: hub", "phones[0].id: hub is the hub's own id"),
        ("id: wand-1", "id: hub", "devices[5].id: hub is the hub's own id"),
        ("id: phone-1, place: gate", "id: phone-1, place: gat", "phones[0].place: gat is not known"),
        ("name_en: Box, ", "", "routes[1].name_en: is missing"),
        ("Asia/Shanghai", "Asia/Shanhai", "'Asia/Shanhai' is no time zone: write one such as Asia/Shanghai"),
        ("site: willow", "site: Willow", "is not an id"),
        ("parent: gate", "parent: gat", "gat is not known: write one of yard, gate, lane, pump, perhaps gate"),
        ("name_en: Yard}", "name_en: Yard, parent: lane}", "yard lies within itself"),
        ("place: gate, agent", "place: hall, agent", "hall is not known"),
        ("agent: agent-1, name_zh: 水表", "agent: agent-9, name_zh: 水表", "agent-9 is not known"),
        ("opens: door-1", "opens: cam-1", "cam-1 is no door and no barrier"),
        ("opens: door-1", "frees: [door-1, cam-1]", "cam-1 is no door and no barrier"),
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
        ("kind: meter", "kind: metre", "write one of door, barrier, camera, reader, meter, contacts, wand, other, perhaps meter"),
        ("id: meter-1", "id: door-1", "door-1 is taken by devices[0].id"),
        ("id: meter-1", "id: agent-1", "agent-1 is an agent's id"),
        (f"key: {KEY}", "key: abc", "is no key: write 32 bytes as 64 hex digits"),
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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[wand-1, phone-1]",
            "[wand-1, cam-1]",
            "[0].sources[1]: cam-1 is a camera and brings no scans: write a wand, a reader or a",
        ),
        ("[wand-1, phone-1]", "[door-1]", "[0].sources[0]: door-1 is a door and brings no scans"),
        ("[wand-1, phone-1]", "[meter-1]", "[0].sources[0]: meter-1 is a meter and brings no scans"),
        ("[wand-1, phone-1]", "[hub]", "[0].sources[0]: hub is where people enter answers and reports and brings no scans"),
        (
            "sources: [hub]",
            "sources: [hub, wand-1]",
            "[1].sources[1]: wand-1 is a wand and brings no reports: write a phone, or hub",
        ),
    ],
)
def test_a_source_that_cannot_bring_what_the_routes_duty_asks_for_is_told(tmp_path, old, new, message):
    (told,) = check_estate(bent(tmp_path, old, new), Policy.load()).messages
    assert f"routes{message}" in told


@pytest.mark.parametrize(("old", "new"), [("[wand-1, phone-1]", "[reader-1]"), ("sources: [hub]", "sources: [phone-1]")])
def test_readers_bring_scans_and_phones_bring_reports(tmp_path, old, new):
    assert check_estate(bent(tmp_path, old, new), Policy.load()).messages == []


def test_a_place_has_its_class_or_that_of_the_place_around_it(tmp_path):
    file = tmp_path / "estate.yaml"
    classed = TEXT.replace("{id: gate, name_zh: 东门,", "{id: gate, place_class: perimeter, name_zh: 东门,")
    file.write_text(classed, encoding="utf-8")
    estate = Estate.load(file, Policy.load(RESIDENTIAL))
    assert [estate.class_of(place) for place in ("lane", "gate", "yard", "pump", "moon")] == [
        "perimeter",
        "perimeter",
        "",
        "",
        "",
    ]
    assert estate.places_around("lane") == ("lane", "gate", "yard")
    assert estate.places_around("moon") == ()
    file.write_text(classed.replace("perimeter", "perimetre"), encoding="utf-8")
    found = check_estate(file, Policy.load(RESIDENTIAL)).messages
    assert any("perimetre is no place class of the policy residential" in line for line in found), found
