"""An agent's settings: checked whole, drivers included, secrets kept apart."""

import re
from pathlib import Path

import pytest

from contract.settings import BadSettings
from drivers.table import driver_kind
from edge.config import Config, load_config, spoken_for
from edge.permits.local import Permit
from tests.support.agent_rig import ScriptedDevice, ScriptedDriver, device, scripted_kind

KEY = "ab" * 32
HEAD = """site: lake
agent: gate
key_file: k
card_key_file: k
broker: {url: "mqtt://h:1883"}
spool: {path: data/spool.db}
"""


def kinds(name):
    return scripted_kind(name, lambda _address: ScriptedDriver(ScriptedDevice()))


def write(tmp_path, text, mode=0o644):
    key = tmp_path / "k"
    key.write_text(KEY + "\n", encoding="utf-8")
    key.chmod(0o600)
    path = tmp_path / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def mistakes(tmp_path, text, mode=0o644):
    path = write(tmp_path, text, mode)
    with pytest.raises(BadSettings) as raised:
        load_config(path, kinds)
    return [message.removeprefix(f"{path}:") for message in raised.value.messages]


def test_a_right_file_is_an_agent_s_configuration(tmp_path):
    (tmp_path / "permits.yaml").write_text(f"permits:\n  - card: {'cd' * 16}\n    revoked: true\n", encoding="utf-8")
    (tmp_path / "pw").write_text("s3cret\n", encoding="utf-8")
    (tmp_path / "pw").chmod(0o600)
    text = (
        HEAD.replace('1883"', '1883", user: gate, password_file: pw')
        + f"""hub_url: http://hub:8080/
devices:
  - {{id: r1, driver: dumb, address: "null:a"}}
  - {{id: r2, driver: dumb, address: "null:b", options: {{baud: 1}}}}
  - {{id: b1, driver: fake, address: "null:c", commands: [open, close]}}
access:
  - reader: r1
    opens: {{device: b1, action: open}}
    unlock_s: 5
    permits:
      - card: {"ab" * 16}
        valid_from: 1970-01-01T08:00:01+08:00
  - reader: r2
    opens: {{device: b1, action: unlock}}
    permits_file: permits.yaml
"""
    )
    config = load_config(write(tmp_path, text), kinds)
    assert (config.key, config.card_key, config.broker.password) == (bytes.fromhex(KEY), bytes.fromhex(KEY), "s3cret")
    assert config.spool_path == tmp_path / "data/spool.db"
    assert config.hub_url == "http://hub:8080"
    assert config.devices[1].options.baud == 1
    assert config.access["r1"].permits == {"ab" * 16: Permit("ab" * 16, from_us=1_000_000)}
    assert config.access["r1"].args == {"unlock_s": "5"}
    assert config.access["r2"].permits == {"cd" * 16: Permit("cd" * 16, revoked=True)}
    assert KEY not in repr(config)
    assert "s3cret" not in repr(config)


def test_every_mistake_of_a_file_is_told_at_once(tmp_path):
    found = mistakes(
        tmp_path,
        """site: Lake
agent: gate
key: abc
key_file: k
card_key_file: missing
broker: {url: "http://h", passwordfile: x}
spool: {path: s, bytes_max: 10}
devices:
  - {id: a, driver: fkae, address: "null:a"}
  - {id: gate, driver: fake, address: "tcp://x"}
  - {id: c, driver: dumb, address: "null:a", commands: [open]}
  - {id: c, driver: fake, address: "null:a", commands: [opne, close], sensors: []}
  - {id: d, driver: fake, address: "null:a", options: {baud: fast}}
access:
  - reader: nobody
    opens: {device: c, action: close}
""",
    )
    lines = [int(re.match(r"\d+", message).group()) for message in found]  # type: ignore[union-attr]
    assert lines == sorted(lines)
    wanted = [
        "1: site: 'Lake' is not an id",
        "3: key: is not a key: write 64 hex digits",
        "3: key: and key_file are both given",
        "5: card_key_file: cannot be read (No such file or directory)",
        "6: broker.url: ",
        "6: broker.passwordfile: is an unknown key",
        "7: spool.bytes_max: is the number 10: write a whole number, at least 1048576",
        "9: devices[0].driver: there is no driver 'fkae': the drivers are fake, dumb",
        "10: devices[1].address: tcp://x is no address: write null:NAME",
        "10: devices[1].id: gate is the agent's own id",
        "11: devices[2].commands[0]: dumb cannot open: leave it out",
        "12: devices[3].id: c is taken by devices[2].id in line 11",
        "12: devices[3].commands[0]: fake cannot opne: write one of close, open",
        "12: devices[3].sensors: is empty, and close is among the commands",
        "13: devices[4].options.baud: is text: write a whole number",
        "15: access[0].reader: nobody is not known",
        "15: access[0]: has no permits, and no hub to get them from: write hub_url",
        "16: access[0].opens.action: close opens nothing: write open or unlock",
    ]
    for start in wanted:
        assert any(message.startswith(start) for message in found), (start, found)


BOARD = """devices:
  - id: panel
    driver: contacts_modbus
    address: tcp://127.0.0.1:502
    options:
      inputs:
        - {number: 0, role: ROLE, name: east}
        - {number: 1, role: ROLE, name: NAME, device: panel}
        - {number: 2, role: ROLE, name: east, device: annex}
        - {number: 3, role: tamper, name: east}
        - {number: 4, role: tamper, name: east}
        - {number: 5, role: ROLE}
"""


@pytest.mark.parametrize("role", ["fire", "alarm"])
def test_two_zones_of_one_name_on_one_device_are_refused_as_one_would_end_the_others_alarm(tmp_path, role):
    text = HEAD + BOARD.replace("ROLE", role)
    path = write(tmp_path, text.replace("NAME", "east"))
    with pytest.raises(BadSettings) as raised:
        load_config(path, driver_kind)
    (told,) = raised.value.messages
    where = "devices[0].options.inputs[1].name: east is taken by devices[0].options.inputs[0].name in line 13"
    assert told == f"{path}:14: {where}: write another name: two {role} inputs of one name would count as one"
    load_config(write(tmp_path, text.replace("NAME", "west")), driver_kind)
    with pytest.raises(BadSettings, match=r"inputs\[5\].name: is missing twice: write another name"):
        load_config(write(tmp_path, text.replace("NAME", '""')), driver_kind)


def test_a_key_that_everybody_may_read_is_refused(tmp_path):
    path = write(tmp_path, HEAD)
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(BadSettings, match=rf"key_file: may be read by everybody: run chmod o= {tmp_path}/k$"):
        load_config(path, kinds)
    inline = HEAD.replace("\nkey_file: k", f"\nkey: {KEY}")
    assert mistakes(tmp_path, inline) == [
        f"3: key: stands in a file that everybody may read: keep the key in key_file, or run chmod o= {tmp_path}/agent.yaml"
    ]
    assert load_config(write(tmp_path, inline, 0o600), kinds).key == bytes.fromhex(KEY)


def test_a_ca_file_without_a_certificate_is_a_mistake(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    text = HEAD.replace("mqtt:", "mqtts:").replace('1883"', '8883", ca_file: ca.pem')
    told = ": broker.ca_file: holds no certificate: give a file with the CA's certificate as PEM"
    assert [message.lstrip("0123456789") for message in mistakes(tmp_path, text)] == [told]


def test_no_key_at_all_is_a_mistake(tmp_path):
    assert mistakes(tmp_path, HEAD.replace("\nkey_file: k", "")) == [
        "1: key: is missing: write key_file, a file that holds 64 hex digits"
    ]


@pytest.mark.parametrize("text", ["", "ab\n", "zz" * 32, KEY + "\n" + KEY, "a" * 9000])
def test_a_key_file_without_a_key_is_a_mistake(tmp_path, text):
    path = write(tmp_path, HEAD)
    (tmp_path / "k").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match="does not hold"):
        load_config(path, kinds)


def test_mistakes_in_permits_are_told_where_they_stand(tmp_path):
    (tmp_path / "permits.yaml").write_text("permits:\n  - card: xyz\n", encoding="utf-8")
    cards = "ab" * 16
    found = mistakes(
        tmp_path,
        HEAD
        + f"""devices: [{{id: r, driver: dumb, address: "null:a"}}, {{id: b, driver: fake, address: "null:b"}}]
access:
  - reader: r
    opens: {{device: b, action: open}}
    permits:
      - {{card: {cards}, valid_from: tomorrow}}
      - {{card: {cards}, valid_from: "2026-01-02T00:00:00Z", valid_until: "2026-01-01T00:00:00Z"}}
  - reader: b
    opens: {{device: b, action: open}}
    permits_file: permits.yaml
""",
    )
    assert [message.split(": write")[0] for message in found[:3]] == [
        "12: access[0].permits[0].valid_from: is not a time with an offset",
        "13: access[0].permits[1].card: stands twice: keep one of the two",
        "13: access[0].permits[1].valid_until: is not after valid_from",
    ]
    assert re.match(r"16: access\[1\].permits_file: holds a mistake: .*permits.yaml:2: permits\[0\].card: is text", found[3])


def test_a_password_in_a_wrong_address_is_not_shown(tmp_path):
    device_line = 'devices: [{id: r, driver: fake, address: "rtsp://admin:s3cret@cam/1"}]'
    (told,) = mistakes(tmp_path, HEAD + device_line)
    assert told == "7: devices[0].address: rtsp://***@cam/1 is no address: write null:NAME"


def test_two_devices_may_not_speak_for_the_same_third(tmp_path):
    found = mistakes(
        tmp_path,
        HEAD
        + """devices:
  - {id: a, driver: fake, address: "null:a", speaks_for: [door]}
  - {id: b, driver: fake, address: "null:b", speaks_for: [door]}
""",
    )
    assert found == ["9: devices[1]: speaks for door, as a does: let one device alone speak for it"]


def test_a_device_speaks_for_those_that_it_names():
    assert spoken_for(device("a", speaks_for=("x", "a", "x"))) == ("x",)


def test_the_example_is_right_but_for_its_secrets():
    path = Path(__file__).parents[3] / "deploy" / "agent.example.yaml"
    with pytest.raises(BadSettings) as raised:
        load_config(path)
    assert len(raised.value.messages) == 2
    assert all("key_file: cannot be read" in message for message in raised.value.messages)


def test_a_configuration_does_not_show_its_keys():
    config = Config("s", "a", b"k" * 32, b"c" * 32, None, Path(), 0, 0, 0, None, (), {})  # type: ignore[arg-type]
    assert "k" * 32 not in f"{config}{config!r}"


@pytest.mark.parametrize(
    ("options", "right"),
    [("", False), ("hosts: [192.168.1.80], ", True), ("callers: [{path: /a/tJ7hLw2N}], ", True)],
)
def test_a_gate_opens_for_no_port_that_takes_anybody_for_its_camera(tmp_path, options, right):
    text = HEAD + (
        "hub_url: http://h:8080\n"
        "devices:\n"
        "  - {id: barrier, driver: barrier_modbus, address: 'tcp://h:502'}\n"
        "  - id: lane\n    driver: http_push\n    address: 'listen://127.0.0.1:9101'\n    options:\n"
        f"      {{{options}mapping: [{{reading: plate_read, fields: {{plate: {{path: p}}}}}}]}}\n"
        "access:\n  - {reader: lane, opens: {device: barrier, action: open}}\n"
    )
    path = write(tmp_path, text)
    if right:
        assert load_config(path, driver_kind).access["lane"].device == "barrier"
        return
    with pytest.raises(BadSettings) as raised:
        load_config(path, driver_kind)
    (told,) = raised.value.messages
    assert "lane takes anybody on the network for itself" in told
    assert "write hosts" in told
