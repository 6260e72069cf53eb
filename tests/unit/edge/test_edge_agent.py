"""A whole agent with scripted drivers on a real spool."""

from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from structlog.testing import capture_logs

from contract.clock import US_PER_S
from contract.names import card_name
from contract.orders import Flush
from contract.readings import AccessDecided, BadBytes, CardRead, DeviceLink, DoorContact, Heartbeat
from drivers.contacts_modbus.decode import ContactsOptions, Input
from drivers.port import CommandFailed, DeviceLost, Finding
from edge.config import AccessRule, DeviceSettings
from edge.permits.local import Permit
from edge.spool import SpoolFailed, SpoolFull
from hub.detectors.gates import DOOR_FORCED
from hub.detectors.types import Device, Event
from tests.support.agent_rig import CARD_KEY, Rig, device, running, wait_for

CARD = card_name(CARD_KEY, 12, 3456, 26)
READ = CardRead(bits=26, facility=12, number=3456)
RULES = {"reader": AccessRule("door", "unlock", {CARD: Permit(CARD)}, {"unlock_s": "5"})}


def test_a_boot_is_told_before_anything_else_and_ends_with_a_goodbye(tmp_path):
    with running(tmp_path, device("door")) as rig:
        rig.devices["door"].say(DoorContact(open=True))
        first = rig.records()[0]
        assert (first.device, first.reading.kind, first.reading.version, first.reading.unclean) == (
            "gate", "agent_started", "9.9", False,
        )  # fmt: skip
        assert [r.reading.kind for r in rig.records(device="door")] == ["device_link", "door_contact"]
        assert rig.line.started
    assert rig.line.closed
    again = Rig(tmp_path, (device("door"),))
    assert again.spool.unclean is False
    assert again.records()[-1].reading.kind == "heartbeat"
    again.agent.stop()


def test_a_kill_is_told_by_the_next_boot(tmp_path):
    rig = Rig(tmp_path, ())
    rig.agent.start()
    rig.spool.abandon()
    with running(tmp_path) as again:
        assert [r.reading.unclean for r in again.records("agent_started")] == [False, True]


def test_a_lost_device_is_told_once_and_its_return_once(tmp_path):
    with running(tmp_path, device("door"), device("other")) as rig:
        door = rig.devices["door"]
        door.reachable = False
        door.fail(DeviceLost("unplugged"))
        wait_for(lambda: door.runs >= 4, "more tries")
        door.reachable = True
        links = rig.wait("device_link", "door", 3)
        assert [(r.reading.up, r.reading.reason) for r in links] == [(True, "opened"), (False, "unplugged"), (True, "opened")]
        assert rig.devices["other"].runs == 1


def test_a_board_s_link_is_told_of_every_device_it_speaks_for_before_their_states(tmp_path):
    wired = ContactsOptions(inputs=(Input(number=0, role="door", device="door1"), Input(number=1, role="exit", device="door1")))
    board = DeviceSettings("board", "fake", "null:board", wired, speaks_for=("door2",))
    with running(tmp_path, board) as rig:
        rig.devices["board"].fail(DeviceLost("timeout"))
        rig.wait("device_link", "board", 3)
        rig.devices["board"].say(DoorContact(open=True), device="door1")
        told = [(r.reading.up, r.reading.reason) for r in rig.records("device_link", "board")]
        assert told == [(True, "opened"), (False, "timeout"), (True, "opened")]
        for name in ("door1", "door2"):
            assert [(r.reading.up, r.reading.reason) for r in rig.records("device_link", name)] == told
        assert [r.reading.kind for r in rig.records(device="door1")][-1] == "door_contact"


def test_a_door_that_opened_while_its_board_was_away_is_not_forced(tmp_path):
    """What the agent tells, told to the hub's detector."""
    board = device("board", speaks_for=("door1",))
    with running(tmp_path, board) as rig:
        rig.devices["board"].say(DoorContact(open=False), device="door1")
        rig.devices["board"].fail(DeviceLost("timeout"))
        rig.wait("device_link", "board", 3)
        rig.devices["board"].say(DoorContact(open=True), device="door1")
        told = rig.records(device="door1")
    numbers, door = {"grant_s": 5.0, "grace_s": 1.0}, Device("door1", "door", "hall", "gate", "door1", {})
    state: Any = None
    for one in told:
        event = Event(one.device, one.at_us, one.at_us, one.reading, "s", one.seq)
        step = DOOR_FORCED.step(state, event, door, numbers)
        state = state if step is None else step.state
    assert state.on is True
    assert state.needs == ()


def test_a_driver_that_dies_is_started_again(tmp_path):
    with running(tmp_path, device("door")) as rig:
        rig.devices["door"].fail(ZeroDivisionError())
        links = rig.wait("device_link", "door", 3)
        assert links[1].reading.reason == "driver_died"
        assert rig.agent.counters()["devices"]["door"]["faults"] == 1


def test_a_run_that_has_ended_may_not_speak_any_more(tmp_path):
    with running(tmp_path, device("door")) as rig:
        rig.devices["door"].fail(DeviceLost("unplugged"))
        rig.wait("device_link", "door", 3)
        with pytest.raises(DeviceLost):
            rig.devices["door"].sinks[0].reading(DoorContact(open=True))
        assert rig.records("door_contact") == []


def test_a_driver_that_ignores_stop_is_left_to_itself_and_counted(tmp_path):
    release = Flag()
    rig = Rig(tmp_path, (device("door"),))
    rig.up()
    entered = Flag()

    def hang(_sink):
        entered.set()
        release.wait(30)

    rig.devices["door"].script.put(hang)
    assert entered.wait(30)
    rig.agent.stop()
    assert rig.agent.abandoned == 1
    with pytest.raises(DeviceLost):
        rig.devices["door"].sinks[0].reading(DoorContact(open=True))
    release.set()


def test_a_permitted_card_is_recorded_then_the_door_is_asked(tmp_path):
    with running(tmp_path, device("reader"), device("door"), access=RULES) as rig:
        rig.devices["reader"].say(READ)
        wait_for(lambda: rig.devices["door"].acts, "the relay")
        assert rig.devices["door"].acts == [("unlock", {"unlock_s": "5"})]
        card, decided = rig.records(device="reader")[1:]
        assert card.reading == CardRead(bits=26, card=CARD)
        assert decided.reading == AccessDecided(card=CARD, granted=True, reason="permit", gate="door")


def test_an_unknown_card_is_recorded_and_opens_nothing(tmp_path):
    with running(tmp_path, device("reader"), device("door"), access=RULES) as rig:
        rig.devices["reader"].say(CardRead(bits=26, facility=12, number=9))
        rig.devices["reader"].say(READ)
        wait_for(lambda: rig.devices["door"].acts, "the relay")
        assert len(rig.devices["door"].acts) == 1
        assert [r.reading.reason for r in rig.records("access_decided")] == ["unknown_card", "permit"]


def test_plain_card_numbers_never_reach_the_disk(tmp_path):
    with running(tmp_path, device("reader"), device("door")) as rig:
        rig.devices["reader"].say(CardRead(bits=34, facility=23456, number=1234567))
        assert rig.records("card_read")[0].reading.card
    for path in Path(tmp_path).rglob("*"):
        if path.is_file():
            assert b"1234567" not in path.read_bytes(), path


def test_an_opening_that_failed_is_told(tmp_path):
    with running(tmp_path, device("reader"), device("door"), access=RULES) as rig:
        rig.devices["door"].act_error = CommandFailed("relay_stuck")
        rig.devices["reader"].say(READ)
        (told,) = rig.wait("command_done", "door")
        assert (told.reading.outcome, told.reading.reason, told.reading.actor) == ("failed", "relay_stuck", "access")


def test_a_full_disk_keeps_nobody_out_and_stops_no_reader(tmp_path, monkeypatch):
    with running(tmp_path, device("reader"), device("door"), access=RULES) as rig:

        def full(*_args):
            raise SpoolFull("the disk is full")

        monkeypatch.setattr(rig.spool, "append_many", full)
        for _ in range(3):
            rig.devices["reader"].say(READ)
        wait_for(lambda: len(rig.devices["door"].acts) == 3, "three openings")
        assert rig.devices["reader"].runs == 1


def test_a_failed_log_ends_the_agent_loudly(tmp_path, monkeypatch):
    with running(tmp_path, device("reader"), device("door"), access=RULES) as rig:

        def broken(*_args):
            raise SpoolFailed("disk I/O error")

        monkeypatch.setattr(rig.spool, "append_many", broken)
        rig.devices["reader"].say(READ)
        assert rig.agent.run_until(Flag()) == 1
        assert str(rig.agent.failed) == "disk I/O error"


def test_a_line_that_ends_by_itself_ends_the_agent(tmp_path):
    with running(tmp_path) as rig:
        rig.line.calls.on_failed("spool")
        assert rig.agent.run_until(Flag()) == 1


def test_stop_ends_the_loop_with_zero(tmp_path):
    with running(tmp_path) as rig:
        stop = Flag()
        code = []
        thread = Thread(target=lambda: code.append(rig.agent.run_until(stop)))
        thread.start()
        rig.wait("heartbeat")
        stop.set()
        thread.join(30)
        assert code == [0]


def test_a_heartbeat_comes_every_ten_seconds_and_at_a_flush_at_once(tmp_path):
    with running(tmp_path, device("door")) as rig:
        for _ in range(21):
            rig.agent.turn()
            rig.clock.advance_us(US_PER_S)
        assert len(rig.records("heartbeat")) == 3
        rig.order(Flush("f1"))
        beat = rig.records("heartbeat")[-1].reading
        assert isinstance(beat, Heartbeat)
        assert beat.flush == "f1"
        assert set(beat.sources) == {"gate", "door"}
        assert beat.spool_rows > 0
        assert beat.spool_bytes > 0


def test_a_flush_is_answered_at_once_and_the_agent_itself_is_a_source(tmp_path):
    """Nothing but the order: no turn of the loop, no device that ever answered. The hub's proof that the agent has reported up
    to now is this heartbeat alone."""
    silent = device("door")
    rig = Rig(tmp_path, (silent,))
    rig.devices["door"].reachable = False
    try:
        rig.up()
        for number in range(1, 4):
            rig.clock.advance_us(US_PER_S)
            rig.order(Flush(f"f{number}"))
            record = rig.records("heartbeat", "gate")[-1]
            assert record.reading.flush == f"f{number}"
            assert record.reading.sources == {"gate": rig.clock.now_us()}
            assert record.at_us >= rig.clock.now_us()
    finally:
        rig.agent.stop()


def test_a_damaged_log_is_told_at_the_start(tmp_path):
    (tmp_path / "spool.db").write_bytes(b"not a database" * 500)
    with capture_logs() as logs, running(tmp_path) as rig:
        assert rig.records("agent_started")[0].reading.unclean
    told = [one for one in logs if one["event"] == "spool_damaged"]
    assert [(one["log_level"], one["set_aside"]) for one in told] == [("error", str(tmp_path / "spool.db.damaged-1"))]
    assert (tmp_path / "spool.db.damaged-1").exists()


def test_a_device_that_never_answered_has_no_watermark(tmp_path):
    rig = Rig(tmp_path, (device("door"),))
    rig.devices["door"].reachable = False
    try:
        rig.up()
        rig.wait("device_link", "door")
        rig.agent.beat()
        assert set(rig.records("heartbeat")[-1].reading.sources) == {"gate"}
    finally:
        rig.agent.stop()


def test_readings_of_wired_devices_are_theirs_and_of_strangers_findings(tmp_path):
    with running(tmp_path, device("board", speaks_for=("door9",))) as rig:
        rig.devices["board"].say(DoorContact(open=True), device="door9")
        rig.devices["board"].say(DoorContact(open=True), device="stranger")
        assert [r.device for r in rig.records("door_contact")] == ["door9"]
        assert rig.records("bad_bytes")[0].reading == BadBytes(reason="unknown_device", bytes_hex=b"stranger".hex())
        rig.agent.beat()
        sources = rig.records("heartbeat")[-1].reading.sources
        assert sources["door9"] == sources["board"]


def test_noise_is_told_at_once_then_counted_by_the_minute_and_at_the_end(tmp_path):
    with running(tmp_path, device("door")) as rig:
        for _ in range(50):
            rig.devices["door"].do(lambda sink: sink.finding(Finding("parity", 0, b"\x01")))
        assert [r.reading.count for r in rig.records("bad_bytes")] == [1]
        rig.clock.advance_us(61 * US_PER_S)
        rig.agent.turn()
        assert [r.reading.count for r in rig.records("bad_bytes")] == [1, 49]
        rig.devices["door"].do(lambda sink: sink.finding(Finding("parity", 0, b"\x01")))
    again = Rig(tmp_path, ())
    assert [r.reading.count for r in again.records("bad_bytes")] == [1, 49, 1]
    again.agent.stop()


@pytest.mark.parametrize(("secret", "told"), [(False, b"26:2EC0C87".hex()), (True, "")])
def test_the_bytes_of_a_card_reader_s_noise_are_counted_and_not_kept(tmp_path, monkeypatch, secret, told):
    kind = Rig.kind
    monkeypatch.setattr(Rig, "kind", lambda rig, name: kind(rig, name)._replace(secret_bytes=secret))
    with running(tmp_path, device("reader")) as rig:
        rig.devices["reader"].do(lambda sink: sink.finding(Finding("parity", 0, b"26:2EC0C87")))
        assert [r.reading for r in rig.wait("bad_bytes")] == [BadBytes(reason="parity", bytes_hex=told)]


def test_a_device_that_is_said_to_be_silent_has_not_told_anything_by_that(tmp_path):
    """A panel that dials in may have something to say that nobody has heard: its watermark stays."""
    with running(tmp_path, device("panel")) as rig:
        rig.agent.beat()
        before = rig.records("heartbeat")[-1].reading.sources.get("panel")
        rig.clock.advance_us(300 * US_PER_S)
        rig.devices["panel"].do(lambda sink: sink.reading(DeviceLink(up=False, reason="silent")))
        rig.agent.beat()
        assert rig.records("device_link")[-1].reading.reason == "silent"
        assert rig.records("heartbeat")[-1].reading.sources.get("panel") == before
