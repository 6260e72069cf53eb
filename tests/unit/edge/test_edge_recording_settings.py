"""What an agent's settings say about recording, and what is wrong with them."""

import pytest

from contract.settings import BadSettings
from edge.config import load_config
from edge.recorder.settings import Recorded, RecorderConfig, sub_address_of
from tests.support.agent_rig import Rig, device
from tests.support.recording_rig import twin

HEAD = """site: lake
agent: gate
key_file: k
card_key_file: k
broker: {url: "mqtt://h:1883"}
spool: {path: data/spool.db}
"""
RECORDER = "recorder: {folder: footage}\n"


def write(tmp_path, text):
    key = tmp_path / "k"
    key.write_text("ab" * 32, encoding="utf-8")
    key.chmod(0o600)
    path = tmp_path / "agent.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def recorder(tmp_path, text) -> RecorderConfig:
    found = load_config(write(tmp_path, text)).recorder
    assert found is not None
    return found


def mistakes(tmp_path, text):
    path = write(tmp_path, text)
    with pytest.raises(BadSettings) as raised:
        load_config(path)
    return [message.removeprefix(f"{path}:") for message in raised.value.messages]


def camera(record, address="rtsp://u:p@10.0.0.1/Streaming/Channels/101", driver="rtsp_camera"):
    return f'devices:\n  - {{id: c1, driver: {driver}, address: "{address}", record: {record}}}\n'


def test_a_camera_is_recorded_by_its_own_address_and_the_makers_name_for_the_small_one(tmp_path):
    config = recorder(tmp_path, RECORDER + camera("{sub: true}"))
    assert config.folder == tmp_path / "footage"
    assert (config.segment_us, config.reserve_bytes) == (10_000_000, 1 << 30)
    assert [tuple(one) for one in config.streams] == [
        ("c1", "main", "rtsp://u:p@10.0.0.1/Streaming/Channels/101"),
        ("c1", "sub", "rtsp://u:p@10.0.0.1/Streaming/Channels/102"),
    ]
    assert "u:p" not in repr(config)


def test_a_camera_of_another_driver_says_where_its_stream_is(tmp_path):
    text = RECORDER + camera('{main_address: "rtsp://10.0.0.1/1"}', "http://u:p@10.0.0.1", "isapi")
    assert recorder(tmp_path, text).streams[0].address == "rtsp://10.0.0.1/1"


def test_no_recorder_records_nothing(tmp_path):
    assert load_config(write(tmp_path, "")).recorder is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (camera("{}"), "devices[0].record: has no recorder to go to: write recorder with the folder"),
        (
            RECORDER + camera("{}", "http://u:p@10.0.0.1", "isapi"),
            "devices[0].record: has no RTSP address to record from: write",
        ),
        (RECORDER + camera("{main: false}"), "devices[0].record: records nothing: write main or sub"),
        (
            RECORDER + camera("{sub: true}", "rtsp://10.0.0.1/x"),
            "devices[0].record: does not say where the small stream is: write",
        ),
        (RECORDER + camera('{main_address: "exec:/bin/sh"}'), "devices[0].record.main_address: camera address"),
        (RECORDER + camera('{sub_address: "file:///etc/passwd"}'), "devices[0].record.sub_address: camera address"),
        ("recorder: {folder: f, segment_s: 1}\n", "recorder.segment_s: "),
        ("recorder: {}\n", "recorder.folder: is missing"),
        ("recorder: {folder: f, sizes: 1}\n", "recorder.sizes: "),
        (RECORDER.replace("}", ", adopt: [{folder: n, cameras: {a: c9}}]}"), "a is c9, which is no device here"),
        (RECORDER.replace("}", ", adopt: [{folder: n, zone: Mars, cameras: {a: c9}}]}"), "'Mars' is no time zone"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(tmp_path, text, told):
    assert any(told in message for message in mistakes(tmp_path, text)), mistakes(tmp_path, text)


def test_no_message_shows_a_password(tmp_path):
    assert "p@10" not in " ".join(mistakes(tmp_path, RECORDER + camera('{main_address: "http://u:p@10.0.0.1"}')))


@pytest.mark.parametrize(
    ("main", "sub"),
    [
        ("rtsp://h/Streaming/Channels/1601", "rtsp://h/Streaming/Channels/1602"),
        ("rtsp://h/cam/realmonitor?channel=1&subtype=0", "rtsp://h/cam/realmonitor?channel=1&subtype=1"),
        ("rtsp://h/stream1", "rtsp://h/stream2"),
        ("rtsp://h/stream10", None),
        ("rtsp://h/live", None),
    ],
)
def test_makers_name_their_small_stream_each_in_a_way(main, sub):
    assert sub_address_of(main) == sub


def test_a_whole_agent_records_and_tells_it_in_its_log(tmp_path):
    with twin() as film:
        config = RecorderConfig(tmp_path / "f", 0, 2_000_000, (Recorded("lobby", "main", film.url),))
        rig = Rig(tmp_path, (device("lobby"),), recorder=config)
        try:
            rig.up()
            told = rig.wait("segment_recorded", "lobby", 2)
            assert told[1].reading.no > told[0].reading.no
            assert rig.wait("recorder_state", "lobby")[0].reading.reason == "started"
            assert rig.wait("footage_disk", "gate")[0].reading.segments >= 0
            assert rig.agent.counters()["recorder"]["segments"] >= 2
        finally:
            rig.agent.stop()


def test_a_footage_folder_that_cannot_be_used_stops_no_gate(tmp_path):
    (tmp_path / "f").write_text("a file", encoding="utf-8")
    config = RecorderConfig(tmp_path / "f", 0, 2_000_000, (Recorded("lobby", "main", "rtsp://127.0.0.1:1/x"),))
    rig = Rig(tmp_path, (device("lobby"),), recorder=config)
    try:
        rig.up()
        assert rig.agent.recorder is None
    finally:
        rig.agent.stop()
