import json
from pathlib import Path

import msgspec
import pytest

from contract.readings import AlarmInput, DeviceLink, DoorContact, Measurement, ObjectSeen, TamperContact
from drivers.mqtt_json.decode import MESSAGE_BYTES_MAX, NESTING_MAX, MqttJsonOptions, News, Told, parsed, told
from drivers.mqtt_json.driver import KIND, MqttJsonDriver, parse_broker
from drivers.mqtt_json.mapping import FRIGATE, matched
from drivers.mqtt_json.twin import MqttJsonTwin
from drivers.port import CommandFailed, Finding
from tests.support.modbus_rig import Running, running, wait_for
from watchkeeper.broker import EmbeddedBroker

EVENTS = Path(__file__).parents[4] / "shared/data/protocol/frigate/mqtt_events.jsonl"
ZIGBEE = MqttJsonOptions(mapping="zigbee2mqtt", devices={"back": "back-door"})


def options(**settings):
    return msgspec.convert(settings, MqttJsonOptions)


def reasons(items):
    return [item.reason if isinstance(item, Finding) else item for item in items]


def test_frigates_own_example_is_understood():
    if not EVENTS.exists():
        pytest.skip("Frigate's examples are not here")
    for line in EVENTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        (one,) = told(MqttJsonOptions(devices={"front_door": "cam-1"}), row["topic"], json.dumps(row["payload"]).encode())
        after = row["payload"]["after"]
        assert one == Told(ObjectSeen("person", after["score"], "yard", after["id"]), "cam-1", 1607123962_082975)


def event(**changes):
    after = {"id": "7.1-a", "camera": "gate", "label": "car", "score": 1, "false_positive": False, "current_zones": []}
    return json.dumps({"type": "new", "after": after | changes}).encode()


def test_an_object_ends_once_and_one_that_was_a_mistake_is_not_told():
    end = event().replace(b'"new"', b'"end"')
    assert told(MqttJsonOptions(), "frigate/events", end) == [Told(ObjectSeen("car", 1.0, "", "7.1-a", ended=True))]
    assert told(MqttJsonOptions(), "frigate/events", event(false_positive=True)) == []


@pytest.mark.parametrize(
    ("state", "readings"),
    [
        ({"contact": False}, [DoorContact(open=True)]),
        ({"contact": True, "battery": 80}, [DoorContact(open=False), Measurement("battery", 80.0, "%")]),
        ({"tamper": True}, [TamperContact(active=True)]),
        ({"water_leak": True}, [AlarmInput(active=True, name="water_leak")]),
        ({"temperature": -3.5, "humidity": 40}, [Measurement("temperature", -3.5, "°C"), Measurement("humidity", 40.0, "%")]),
        ({"linkquality": 9}, []),
        ({"power": None}, []),
    ],
)
def test_a_zigbee_device_tells_each_of_its_states(state, readings):
    items = told(ZIGBEE, "zigbee2mqtt/back", json.dumps(state).encode())
    assert items == [Told(reading, "back-door") for reading in readings]


def test_one_bad_value_does_not_hide_the_others():
    items = told(ZIGBEE, "zigbee2mqtt/back", b'{"contact": "maybe", "temperature": "warm", "battery": 5}')
    assert reasons(items) == ["bad_value", Told(Measurement("battery", 5.0, "%"), "back-door"), "bad_value"]


@pytest.mark.parametrize(
    ("topic", "message", "reason"),
    [
        ("frigate/events", b"online", "not_json"),
        ("frigate/events", b"", "not_json"),
        ("frigate/events", b"\xff\xfe", "not_json"),
        ("frigate/events", b'{"type": NaN}', "not_json"),
        ("frigate/events", b'{"type": 1e999}', "bad_value"),
        ("frigate/events", b" " * MESSAGE_BYTES_MAX + b"{}", "too_long"),
        ("frigate/events", b"[" * (NESTING_MAX + 1) + b"]" * (NESTING_MAX + 1), "too_deep"),
        ("frigate/events", b"[" * 60_000, "too_deep"),
        ("frigate/events", event(score="high"), "bad_value"),
        ("frigate/events", event(label=7), "bad_value"),
        ("frigate/events", event().replace(b'"new"', b'"old"'), "bad_value"),
        ("weather", b"{}", "no_rule"),
        ("frigate", b"{}", "no_rule"),
    ],
)
def test_what_cannot_be_understood_is_a_finding(topic, message, reason):
    assert reasons(told(MqttJsonOptions(), topic, message)) == [reason]


def test_brackets_in_text_are_no_nesting():
    text = "[" * 100
    assert parsed(json.dumps({"a": text + '\\"' + text}).encode()) == {"a": text + '\\"' + text}


def test_topics_of_no_interest_are_passed_over():
    assert told(MqttJsonOptions(), "frigate/gate/person/snapshot", b"\xff\xd8") == []
    assert told(ZIGBEE, "zigbee2mqtt/bridge/logging", b"{") == []


def test_rows_of_ones_own_make_readings():
    row = {
        "topic": "pumps/+/state",
        "reading": "alarm_input",
        "when": {"kind": "alarm"},
        "fields": {"active": {"path": "values.0", "map": {"1": True, "0": False}}, "name": "pump"},
        "device": "+1",
    }
    own = options(mapping=[row], devices={"p1": "pump-1"})
    assert told(own, "pumps/p1/state", b'{"kind":"alarm","values":[1]}') == [Told(AlarmInput(True, "pump"), "pump-1")]
    assert told(own, "pumps/p2/state", b'{"kind":"alarm","values":[0]}') == [Told(AlarmInput(False, "pump"))]
    assert told(own, "pumps/p1/state", b'{"kind":"note","values":[1]}') == []
    assert told(own, "pumps/p1/state", b'{"kind":"alarm","values":[]}') == []
    assert reasons(told(own, "pumps/p1/state", b'{"kind":"alarm","values":[2]}')) == ["bad_value"]
    assert reasons(told(own, "pumps/p1/state", b'{"kind":"alarm","values":[[1]]}')) == ["bad_value"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"mapping": "shelly"}, "no mapping 'shelly'"),
        ({"mapping": []}, "length"),
        ({"mapping": [{"topic": "a/#/b"}]}, "topic"),
        ({"mapping": [{"topic": "a/b+"}]}, "topic"),
        ({"mapping": [{"topic": "a", "reading": "card_read"}]}, "card_read"),
        ({"mapping": [{"topic": "a", "reading": "fire_input"}]}, "fire_input"),
        ({"mapping": [{"topic": "a", "reading": "door_contact", "fields": {"shut": True}}]}, "has no shut"),
        ({"devices": {"x": "Not An Id"}}, "not a device's id"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, says):
    with pytest.raises(msgspec.ValidationError, match=says):
        options(**settings)


@pytest.mark.parametrize(
    ("pattern", "topic", "parts"),
    [
        ("a/+/c", "a/b/c", ("b",)),
        ("a/+/+", "a/b/c", ("b", "c")),
        ("a/#", "a/b/c", ()),
        ("a/#", "a", ()),
        ("#", "a/b", ()),
        ("a/+", "a", None),
        ("a/+", "a/b/c", None),
        ("a", "b", None),
        ("a/+/c", "a//c", ("",)),
    ],
)
def test_a_filter_matches_as_in_mqtt(pattern, topic, parts):
    assert matched(pattern, topic) == parts


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("mqtt://host:1884/frigate/events", ("host", 1884, False, "frigate/events")),
        ("mqtt://host", ("host", 1883, False, "")),
        ("mqtts://host/zigbee2mqtt/#", ("host", 8883, True, "zigbee2mqtt/#")),
        ("mqtt://host/a/+/b", ("host", 1883, False, "a/+/b")),
    ],
)
def test_a_brokers_address_has_its_filter(address, parts):
    assert parse_broker(address) == parts


@pytest.mark.parametrize("address", ["http://host/", "mqtt:///x", "mqtt://u:p@host/x", "mqtt://host:99999/x", "mqtt://host/a#b"])
def test_a_bad_address_is_refused_with_an_example(address):
    with pytest.raises(ValueError, match=r"write for example|options user"):
        parse_broker(address)


def test_a_state_that_is_repeated_is_no_news_and_memory_is_bounded():
    news = News()
    assert [news.is_new("a", DoorContact(is_open)) for is_open in (True, True, False, True)] == [True, False, True, True]
    assert news.is_new("a", Measurement("x", 1.0))
    assert news.is_new("a", Measurement("x", 1.0))
    for number in range(News.TRACKED_MAX):
        news.is_new(str(number), DoorContact(True))
    assert news.forgotten == 1
    assert news.is_new("a", DoorContact(True))


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as one:
        yield one


def test_a_broker_is_listened_to(broker):
    driver = MqttJsonDriver(broker.url + "/#", ZIGBEE)
    with MqttJsonTwin("127.0.0.1", broker.port) as twin, running(driver) as run:
        wait_for(lambda: run.sink.ups)
        twin.zigbee("back", contact=False)
        twin.zigbee("back", contact=False, battery=70)
        twin.available("back", False)
        twin.available("front", False)
        twin.publish("zigbee2mqtt/back", b"{not json")
        twin.publish("elsewhere", b"x")
        twin.zigbee("front", water_leak=True)
        wait_for(lambda: len(run.sink.said) >= 4)
        wait_for(lambda: run.sink.alives)
        assert run.sink.said == [
            (DoorContact(open=True), "back-door"),
            (Measurement("battery", 70.0, "%"), "back-door"),
            (DeviceLink(up=False, reason="availability"), "back-door"),
            (AlarmInput(active=True, name="water_leak"), None),
        ]
        assert [finding.reason for finding in run.sink.findings] == ["not_json", "no_rule"]
        with pytest.raises(CommandFailed):
            driver.act("open", {})
    assert not run.lost


def test_without_a_filter_the_mappings_topics_are_listened_to(broker):
    with MqttJsonTwin("127.0.0.1", broker.port) as twin, running(MqttJsonDriver(broker.url, MqttJsonOptions())) as run:
        wait_for(lambda: run.sink.ups)
        track = twin.see("gate", "car", zones=["lane"], at_s=1.5)
        twin.publish("zigbee2mqtt/back", {"contact": False})
        twin.see("gate", "car", kind="end", track=track)
        wait_for(lambda: len(run.sink.readings) >= 2)
        assert run.sink.readings == [ObjectSeen("car", 0.9, "lane", track), ObjectSeen("car", 0.9, "", track, ended=True)]
        assert not run.sink.findings


def test_a_broker_that_goes_away_is_lost_and_one_that_is_not_there_is_refused(tmp_path):
    with EmbeddedBroker(tmp_path) as own:
        driver = MqttJsonDriver(own.url, ZIGBEE)
        with running(driver) as run:
            wait_for(lambda: run.sink.ups)
            own.kill()
            wait_for(run.ended)
        assert run.lost == "ended"
        with running(driver) as again:
            wait_for(again.ended)
        assert again.lost == "refused"


def test_what_a_sink_refuses_reaches_the_agent(broker):
    class Full(Exception):
        pass

    def refuse(*_):
        raise Full

    run = Running(MqttJsonDriver(broker.url, ZIGBEE))
    with MqttJsonTwin("127.0.0.1", broker.port) as twin:
        wait_for(lambda: run.sink.ups)
        run.sink.reading = refuse  # type: ignore[method-assign]
        twin.zigbee("back", contact=False)
        wait_for(run.ended)
    assert isinstance(run.fault, Full)


def test_the_shipped_tables_and_the_kind_agree():
    assert FRIGATE.topic == MqttJsonOptions().line_topic
    assert KIND.lines
    assert set(KIND.schemes) == {"mqtt", "mqtts"}
