"""Doors: a card or a command means a door, and the board that its lock is wired to unlocks it."""

from typing import Any

import pytest

from contract.names import card_name
from contract.orders import AskNonce, Command, decode_nonce
from contract.readings import CardRead
from contract.settings import BadSettings
from drivers.contacts_modbus.decode import ContactsOptions, Input, Output
from drivers.contacts_modbus.twin import ContactsTwin
from drivers.table import driver_kind
from edge.config import AccessRule, DeviceSettings, load_config
from edge.permits.local import Permit
from tests.support.agent_rig import CARD_KEY, Rig, device, wait_for
from tests.support.modbus_rig import slave_line
from tests.unit.edge.test_edge_config import HEAD, write

CARD = card_name(CARD_KEY, 12, 3456, 26)
BOARD = ContactsOptions(
    inputs=(Input(number=0, role="door", device="lobby-door"),),
    outputs=(
        Output(number=0, name="lobby", device="lobby-door"),
        Output(number=1, name="cellar", device="cellar-door", pulse_ms=60_000),
    ),
    poll_ms=20,
    timeout_ms=1_000,
)


class BoardRig(Rig):
    def kind(self, name: str) -> Any:
        return driver_kind(name) if name == "contacts_modbus" else super().kind(name)


@pytest.fixture
def lobby(tmp_path):
    """A running agent with a reader, and a real board's driver on the wire to its twin."""
    twin = ContactsTwin(BOARD)
    with slave_line(twin.slave) as far:
        board = DeviceSettings("board", "contacts_modbus", far.line.address, BOARD, commands=("unlock",))
        access = {"reader": AccessRule("lobby-door", "unlock", {CARD: Permit(CARD)}, {"unlock_s": "0.3"})}
        rig = BoardRig(tmp_path, (board, device("reader")), access=access)
        del rig.devices["board"]
        try:
            rig.up()
            rig.wait("door_contact", "lobby-door")
            yield rig, twin
        finally:
            rig.agent.stop()


def test_the_link_of_what_a_board_speaks_for_names_the_board(lobby):
    rig, _ = lobby
    links = {record.device: record.reading.by for record in rig.records("device_link")}
    assert {name: links[name] for name in ("board", "lobby-door", "reader")} == {"board": "", "lobby-door": "board", "reader": ""}


def test_a_permitted_card_unlocks_its_own_door_for_the_time_of_its_rule(lobby):
    rig, twin = lobby
    rig.devices["reader"].say(CardRead(bits=26, facility=12, number=3456))
    wait_for(lambda: twin.unlocks["lobby"] == 1, "the lock")
    wait_for(lambda: not twin.is_unlocked("lobby"), "the door is locked again")
    assert twin.unlocks == {"lobby": 1, "cellar": 0}
    assert rig.records("command_done") == []


def test_a_command_names_the_door_and_its_result_is_told_of_the_door(lobby):
    rig, twin = lobby
    for number, at in enumerate(("cellar-door", "board", "attic-door"), 1):
        rig.order(AskNonce(f"n{number}"))
        nonce = decode_nonce(rig.line.sent[-1][1]).nonce
        rig.order(Command(f"c{number}", nonce, at, "unlock", "li", "delivery"))
        rig.wait("command_done", count=number)
    told = [(one.device, one.reading.outcome, one.reading.reason) for one in rig.records("command_done")]
    assert told == [
        ("cellar-door", "done", ""),
        ("board", "failed", "has no output of its own: name the door, not the board"),
        ("gate", "refused", "unknown_device"),
    ]
    assert twin.is_unlocked("cellar")
    rig.agent.stop()
    assert not twin.is_unlocked("cellar"), "an agent that stops locks its doors"


DOORS = """devices:
  - id: board
    driver: contacts_modbus
    address: tcp://192.0.2.1:502
    commands: [unlock]
    options:
      inputs: [{number: 0, role: door, device: lobby-door}, {number: 1, role: door, device: back-door}]
      outputs: [{number: 0, device: lobby-door}, {number: 1, device: cellar-door}]
  - id: bare
    driver: contacts_modbus
    address: tcp://192.0.2.2:502
    commands: [unlock]
  - {id: reader, driver: wiegand, address: "tcp://192.0.2.3:4001"}
  - {id: reader2, driver: wiegand, address: "tcp://192.0.2.4:4001"}
access:
  - {reader: reader, opens: {device: DOOR, action: ACTION}, unlock_s: 5, permits: []}
"""


def load(tmp_path, door, action="unlock", *, bare=True):
    text = HEAD + DOORS.replace("DOOR", door).replace("ACTION", action)
    return load_config(write(tmp_path, text if bare else text.replace("192.0.2.2:502\n    commands: [unlock]", "192.0.2.2:502")))


def test_a_rule_may_open_a_door_that_is_wired_to_a_board(tmp_path):
    rule = load(tmp_path, "lobby-door", bare=False).access["reader"]
    assert (rule.device, rule.action, rule.args) == ("lobby-door", "unlock", {"unlock_s": "5"})


@pytest.mark.parametrize(
    ("door", "action", "says"),
    [
        ("back-door", "unlock", "has no output for back-door: write device back-door at the output that unlocks it"),
        ("board", "unlock", "has no output of its own: name the door, not the board"),
        ("bare", "unlock", "has no outputs: write under outputs which relay unlocks which door"),
        ("lobby-door", "open", "contacts_modbus cannot open: write one of unlock"),
        ("loby-door", "unlock", "loby-door is not known: .*, perhaps lobby-door"),
        ("reader2", "unlock", "wiegand cannot unlock: leave it out"),
    ],
)
def test_a_rule_that_nothing_could_carry_out_is_refused(tmp_path, door, action, says):
    with pytest.raises(BadSettings, match=rf"access\[0\]\.opens\.\w+: {says}"):
        load(tmp_path, door, action, bare=False)


@pytest.mark.parametrize("action", ["install", "signal"])
def test_a_card_brings_about_nothing_but_an_opening(tmp_path, action):
    (tmp_path / "reader.key").write_text("0f" * 16)
    (tmp_path / "reader.key").chmod(0o600)
    reader = (
        f"""  - {{id: desk, driver: osdp, address: "tcp://192.0.2.5:4001", options: {{key_file: {tmp_path}/reader.key}}}}\n"""
    )
    text = HEAD + DOORS.replace("DOOR", "desk").replace("ACTION", action).replace("access:", reader + "access:")
    text = text.replace("192.0.2.2:502\n    commands: [unlock]", "192.0.2.2:502")
    with pytest.raises(BadSettings, match=rf"access\[0\]\.opens\.action: {action} opens nothing: write open or unlock"):
        load_config(write(tmp_path, text))


def test_a_board_without_outputs_takes_no_command_to_unlock(tmp_path):
    with pytest.raises(BadSettings, match=r"devices\[1\]\.commands\[0\]: has no outputs"):
        load(tmp_path, "lobby-door")
