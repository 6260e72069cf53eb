"""Fire alarm transmission devices end to end: a twin dials the driver's own port over loopback, and is confirmed."""

from functools import partial
from time import sleep

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import DeviceLink, FireInput, PanelFault
from drivers.gb26875.decode import Gb26875Options
from drivers.gb26875.driver import make
from drivers.gb26875.frames import CONFIRM, DENY, cut, time_of
from drivers.gb26875.twin import FAULT, Gb26875Twin
from drivers.zones import zone_of
from tests.support.dial_rig import CLOCK, Answering, until


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)
    monkeypatch.setattr(drivers.dialled, "IDLE_US", US_PER_S // 5)


def answering(scheme="listen", **more):
    return Answering(partial(make, options=msgspec.convert(more, Gb26875Options)), scheme)


def twin_of(running, udp=False, **more):
    return Gb26875Twin(running.line(udp=udp), CLOCK, **more)


@pytest.mark.parametrize("scheme", ["listen", "listen-udp"])
def test_a_fire_is_told_with_its_place_and_its_time_and_confirmed(scheme):
    with answering(scheme) as running:
        twin = twin_of(running, udp=scheme == "listen-udp")
        before_us = CLOCK.now_us()
        assert twin.fire(12, 45, "3号楼2层走廊烟感")
        assert twin.calm(12, 45, "3号楼2层走廊烟感")
        name = "1-1-12-45 3号楼2层走廊烟感"
        assert running.sink.readings[:2] == [FireInput(True, name), FireInput(False, name)]
        assert abs(running.sink.said[0][2] - before_us) < 3 * US_PER_S
        assert running.sink.reasons == []
        (first, second) = twin.answers
        assert (first.serial, second.serial, first.command) == (0, 1, CONFIRM)
        assert (first.source, first.target) == (1, 889), "from whom it was for to whom it is from"
        answered_us = time_of(first.time, zone_of("Asia/Shanghai"))
        assert answered_us is not None
        assert abs(answered_us - CLOCK.now_us()) < 5 * US_PER_S


def test_a_confirmation_waits_until_the_fire_is_in_the_log():
    with answering() as running:
        twin = twin_of(running)
        running.sink.gate.clear()
        twin.line.say(twin.frame(b"\x02\x01" + twin.part_object(1, 2, 2)))
        with pytest.raises(Exception, match="timeout"):
            twin.line.answer(lambda data: cut(data, 0, end=False).used, 0.3)
        running.sink.gate.set()
        answer = twin.line.answer(lambda data: cut(data, 0, end=False).used, 5.0)
        frame = cut(answer, 0, end=True).frame
        assert frame is not None
        assert frame.command == CONFIRM
        assert len(running.sink.readings) == 1


def test_a_fire_that_the_log_refuses_is_not_confirmed_and_not_taken_for_told():
    with answering() as running:
        running.sink.full = True
        twin = twin_of(running)
        message = twin.frame(b"\x02\x01" + twin.part_object(1, 2, 2))
        assert twin.ask(message) is None
        until(lambda: running.ended, "the run's end")
        assert running.ended == "failed: the log is full"


def test_several_messages_in_one_piece_and_one_in_several_are_all_confirmed():
    with answering() as running:
        twin = twin_of(running)
        fires = [twin.frame(b"\x02\x01" + twin.part_object(1, number, 2)) for number in range(3)]
        assert twin.ask(b"".join(fires)).serial == 0
        assert [twin.ask(b"").serial for _ in range(2)] == [1, 2]
        last = twin.frame(b"\x02\x01" + twin.part_object(1, 9, 2))
        for at in range(0, len(last), 10):
            twin.line.say(last[at : at + 10])
            sleep(0.02)
        assert twin.ask(b"").command == CONFIRM
        assert len(running.sink.readings) == 4
        assert running.sink.reasons == []


def test_a_message_that_is_said_again_is_confirmed_again_and_told_once():
    with answering() as running:
        twin = twin_of(running)
        message = twin.frame(b"\x02\x01" + twin.part_object(1, 2, 2))
        assert twin.ask(message).command == CONFIRM
        twin.line.hang_up()
        assert twin.ask(message).command == CONFIRM
        assert len(running.sink.readings) == 1


def test_damage_is_denied_and_told_and_the_next_message_counts():
    with answering() as running:
        twin = twin_of(running)
        message = bytearray(twin.frame(b"\x02\x01" + twin.part_object(1, 2, 2)))
        message[30] ^= 1
        assert twin.ask(bytes(message)).command == DENY
        assert twin.fire(1, 3)
        assert running.sink.reasons == ["checksum"]
        assert [finding.offset for finding in running.sink.findings] == [0]
        assert len(running.sink.readings) == 1


def test_half_a_message_is_given_up_after_a_silence_and_the_next_one_counts():
    with answering() as running:
        twin = twin_of(running)
        twin.line.say(twin.frame(b"\x02\x01" + twin.part_object(1, 2, 2))[:40])
        until(lambda: running.sink.findings, "the finding")
        assert twin.fire(1, 3)
        assert running.sink.reasons == ["truncated"]


def test_a_sign_of_life_moves_the_watermark_and_is_confirmed():
    with answering() as running:
        assert twin_of(running).beat()
        assert (running.sink.ups, running.sink.alives, running.sink.readings) == (1, 1, [])


def test_transmitters_are_told_apart_by_their_address():
    sources = {"889": {"device": "fire-a"}, "890": {"device": "fire-b"}}
    with answering(sources=sources) as running:
        assert twin_of(running).fire(1, 1)
        assert twin_of(running, source=890).part(1, 1, FAULT)
        assert not twin_of(running, source=891).beat()
        assert [(type(reading), device) for reading, device, _ in running.sink.said] == [
            (FireInput, "fire-a"),
            (PanelFault, "fire-b"),
        ]
        assert set(running.sink.tolds) == {"fire-a", "fire-b"}
        assert set(running.sink.reasons) == {"unknown_source"}


def test_a_silent_transmitter_is_lost_and_is_back_when_it_speaks():
    with answering(silent_s=0.3) as running:
        twin = twin_of(running)
        assert twin.beat()
        until(lambda: running.sink.readings, "the loss")
        assert twin.beat()
        assert running.sink.readings == [DeviceLink(False, "silent"), DeviceLink(True, "heard")]
