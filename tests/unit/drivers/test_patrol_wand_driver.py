"""Wands in a cradle: what they stored is read, kept, and forgotten only when the hub has it."""

from functools import partial
from threading import Event

import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import TagScanned
from drivers.patrol_wand.frames import CLEAR, READ_RECORDS, SET_CLOCK, STATE, frame_bytes
from drivers.transports.listen import TcpLine
from drivers.transports.null import NullLine
from drivers.transports.pty import PtyLine
from tests.support.wand_rig import GATE, GUARD, OTHER, POND, WAND, cradle, wait_for


def commands(rig):
    return [frame.command for frame in rig.twin.questions]


@pytest.fixture(params=["pty", "tcp", "null"])
def line(request, tmp_path):
    makes = {"pty": partial(PtyLine, tmp_path / "cradle", baud=115_200), "tcp": TcpLine, "null": NullLine}
    return makes[request.param]()  # type: ignore[operator]


def test_a_wand_is_read_out_and_cleared_once_the_hub_has_its_scans(line):
    with cradle(line, baud=115_200) as rig:
        wand = rig.wand()
        for tag in [GATE, POND] * 15:
            wand.scan(tag, GUARD)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert [(one.scan, one.tag, one.guard) for one in rig.sink.scans] == [
            (f"A1B2C3D4-{number}", [POND, GATE][number % 2], GUARD) for number in range(1, 31)
        ]
        assert {one.device for one in rig.sink.said} == {"wand-1"}
        assert (rig.sink.reads[0].scans, rig.sink.reads[0].bad, rig.sink.reads[0].memory_used) == (30, 0, 0.0)
        rig.turns()
        assert wand.cleared_to == []
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [30], "clearing")
        rig.turns()
        assert wand.stored == []
        assert len(rig.sink.said) == 31
    assert rig.sink.ups == 1
    assert not rig.sink.findings


def test_a_scan_has_the_time_of_the_agent_s_clock_and_of_the_wand_s():
    clock = ManualClock()
    made_us = clock.now_us()
    with cradle(clock=clock) as rig:
        wand = rig.wand(off_s=95.0)
        wand.scan(GATE)
        clock.advance_us(3600 * US_PER_S)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
    (said, read) = rig.sink.said
    assert said.device_at_us == made_us + 95 * US_PER_S
    (scan,) = rig.sink.scans
    assert scan.clock_off_s == 95.5
    assert scan.made_at_us == made_us - US_PER_S // 2
    assert rig.sink.reads[0].up_to_us == clock.now_us()
    assert rig.sink.reads[0].up_to_device_us == clock.now_us() + 95_500_000
    assert read.device_at_us is None


def test_nothing_is_cleared_while_the_receipt_does_not_cover_the_last_scan():
    with cradle() as rig:
        wand = rig.wand()
        for _ in range(25):
            wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        for number in (1, 24, 25):  # the last scan, and the word that the read-out was whole, are the 25th and 26th
            rig.sink.committed = number
            rig.turns()
            assert wand.cleared_to == []
            assert CLEAR not in commands(rig)
        rig.sink.committed = 26
        wait_for(lambda: wand.cleared_to == [25], "clearing")


def test_scans_made_while_the_receipt_is_awaited_are_read_too_and_not_cleared_before_theirs():
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [1], "clearing")
        wand.scan(POND)
        wait_for(lambda: len(rig.sink.reads) == 2, "the second read-out")
        rig.turns()
        assert wand.stored == [2]
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [1, 2], "clearing")
    assert [one.scan for one in rig.sink.scans] == ["A1B2C3D4-1", "A1B2C3D4-2"]


def test_a_wand_that_is_taken_out_before_the_receipt_keeps_all_and_is_cleared_when_it_is_back():
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.twin.take_out()
        rig.turns()
        rig.sink.commit()
        rig.turns()
        assert wand.stored == [1]
        wand.scan(POND)
        rig.twin.put_in(wand)
        wait_for(lambda: len(rig.sink.reads) == 2, "the second read-out")
        wait_for(lambda: wand.cleared_to == [1], "what the hub has is cleared, what it has not is kept")
        rig.turns()
        assert wand.stored == [2]
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [1, 2], "clearing")
    assert [one.scan for one in rig.sink.scans] == ["A1B2C3D4-1", "A1B2C3D4-2"]


@pytest.mark.parametrize("after", ["the scans", "the read-out"])
def test_a_driver_that_starts_anew_reads_the_same_scans_under_the_same_names(after):
    clock = ManualClock()
    with cradle(clock=clock) as rig:
        wand = rig.wand(off_s=33.0)
        for _ in range(30):
            wand.scan(GATE, GUARD)
        if after == "the scans":
            rig.twin.bend = lambda frame: b"" if len(rig.sink.scans) >= 20 else frame
        rig.twin.put_in(wand)
        wait_for(lambda: len(rig.sink.scans) == (20 if after == "the scans" else 30), "scans")
        rig.kill()
        first = rig.sink.scans
        rig.twin.bend = None
        rig.start()
        wait_for(lambda: len(rig.sink.scans) == len(first) + 30, "the same scans")
        again = rig.sink.scans[len(first) :]
        assert again[: len(first)] == first
        assert wand.stored == list(range(1, 31))


def test_a_wand_pulled_out_in_the_middle_of_an_answer_loses_nothing():
    with cradle() as rig:
        wand = rig.wand()
        for _ in range(40):
            wand.scan(GATE)
        rig.twin.pull_after = 400
        rig.twin.put_in(wand)
        wait_for(lambda: rig.twin.pull_after is None, "the pull")
        rig.turns(2)
        assert not rig.sink.reads
        assert not rig.sink.marks
        assert "truncated" in rig.sink.reasons
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert [one.scan for one in rig.sink.scans] == [f"A1B2C3D4-{number}" for number in range(1, 41)]
        assert rig.sink.reads[0].scans == 40


def test_a_damaged_answer_is_asked_for_again_and_never_a_scan():
    hurt: list[bytes] = []

    def damage(frame):
        if frame[6] == READ_RECORDS | 0x80 and len(hurt) < 2:
            hurt.append(frame)
            return frame[:40] + bytes((frame[40] ^ 4,)) + frame[41:]
        return frame

    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE, GUARD)
        wand.scan(POND, GUARD)
        rig.twin.bend = damage
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert [one.tag for one in rig.sink.scans] == [GATE, POND]
    assert len(hurt) == 2
    assert "crc" in rig.sink.reasons
    assert all(one.data == b"" for one in rig.sink.findings), "a guard's tag may be among the bytes"


def test_a_full_memory_is_told_and_free_again_after_the_receipt():
    with cradle() as rig:
        wand = rig.wand(capacity=12)
        assert wand.fill(GATE) == 12
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert rig.sink.reads[0].memory_used == 1.0
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to, "clearing")
        assert wand.scan(GATE) == 13


def test_a_record_that_says_no_time_is_told_as_such_and_does_not_block_the_memory():
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        wand.store(bytes((0, 0, 0, 2, 0x26, 0x13, 0x45, 0x99, 0, 0)) + bytes(12))
        wand.scan(POND)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert [one.scan for one in rig.sink.scans] == ["A1B2C3D4-1", "A1B2C3D4-3"]
        assert (rig.sink.reads[0].scans, rig.sink.reads[0].bad) == (2, 1)
        assert "bad_time" in rig.sink.reasons
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [3], "clearing")


def test_records_out_of_order_are_told_as_such_and_none_is_lost():
    def swap(frame):
        if frame[6] != READ_RECORDS | 0x80:
            return frame
        payload = frame[7:-2]
        return frame_bytes(WAND, READ_RECORDS, payload[:4] + payload[26:48] + payload[4:26] + payload[48:], answer=True)

    with cradle() as rig:
        wand = rig.wand()
        for tag in (GATE, POND, GATE):
            wand.scan(tag)
        rig.twin.bend = swap
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert "out_of_order" in rig.sink.reasons
        assert [one.scan for one in rig.sink.scans] == ["A1B2C3D4-2", "A1B2C3D4-1", "A1B2C3D4-3"]
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [3], "clearing")


@pytest.mark.parametrize("number", [0, 1, 7, 25, 0xFFFF_FFFF])
def test_a_number_that_a_worn_memory_has_bent_neither_skips_scans_nor_clears_unread_ones(number):
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        wand.scan(GATE)
        wand.store(number.to_bytes(4) + bytes.fromhex("260301223005000000") + b"\x05" + bytes.fromhex(POND[:10]) + bytes(3))
        for _ in range(20):
            wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        told = [one.scan for one in rig.sink.scans]
        assert set(told) >= {f"A1B2C3D4-{n}" for n in range(1, 24) if n != 3}
        assert [one.scan for one in rig.sink.scans if one.tag == POND[:10]] == [f"A1B2C3D4-{number}"]
        assert rig.sink.reads[0].scans == 23
        assert "out_of_order" in rig.sink.reasons
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [23], "clearing")
        rig.turns()
        assert len(rig.sink.reads) == 1


@pytest.mark.parametrize("whose", ["another wand's", "another question's"])
def test_an_answer_that_is_not_the_one_asked_for_is_not_taken(whose):
    done: list[bytes] = []

    def other(frame):
        if frame[6] != READ_RECORDS | 0x80 or done:
            return frame
        done.append(frame)
        payload = frame[7:-2]
        if whose == "another wand's":
            return frame_bytes(OTHER, READ_RECORDS, payload, answer=True)
        return frame_bytes(WAND, READ_RECORDS, (3).to_bytes(4) + payload[4 + 2 * 22 :], answer=True)

    with cradle() as rig:
        wand = rig.wand()
        for _ in range(4):
            wand.scan(GATE)
        rig.twin.bend = other
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
    assert "mismatch" in rig.sink.reasons
    assert [one.scan for one in rig.sink.scans] == [f"A1B2C3D4-{number}" for number in range(1, 5)]


def test_records_that_are_missing_in_the_middle_are_noticed_and_all_others_are_told():
    with cradle() as rig:
        wand = rig.wand()
        for _ in range(12):
            wand.scan(GATE)
        wand.lose(11)  # where the second page would begin
        wand.lose(4)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        assert "out_of_order" in rig.sink.reasons
        assert {one.scan for one in rig.sink.scans} == {f"A1B2C3D4-{number}" for number in range(1, 13) if number not in (4, 11)}
        rig.sink.commit()
        wait_for(lambda: wand.cleared_to == [12], "clearing")


def test_records_that_were_overwritten_before_they_were_read_do_not_hold_up_the_rest():
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.twin.take_out()
        rig.turns()
        for _ in range(300):
            wand.scan(POND)
        for number in range(1, 290):
            wand.lose(number)
        rig.twin.put_in(wand)
        wait_for(lambda: len(rig.sink.reads) == 2, "the second read-out")
    assert [one.scan for one in rig.sink.scans] == ["A1B2C3D4-1", *(f"A1B2C3D4-{number}" for number in range(290, 302))]
    assert not rig.sink.findings


def test_a_wand_that_is_put_back_with_nothing_new_is_told_as_read_out_once_more():
    with cradle() as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.twin.take_out()
        rig.turns()
        rig.twin.put_in(wand)
        wait_for(lambda: len(rig.sink.reads) == 2, "the second")
        rig.turns()
    assert [one.scans for one in rig.sink.reads] == [1, 0]


def test_a_wand_that_says_it_is_clear_and_is_not_keeps_its_clock():
    with cradle(clock=ManualClock()) as rig:
        wand = rig.wand(off_s=120.0)
        wand.scan(GATE)
        rig.twin.bend = lambda frame: frame_bytes(WAND, CLEAR, frame[8:-2], answer=True) if frame[6] == 0xFF else frame
        wand._clear = lambda payload: None  # type: ignore[method-assign]
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.sink.commit()
        wait_for(lambda: CLEAR in commands(rig), "clearing")
        rig.turns(4)
        assert wand.stored == [1]
        assert wand.clock_set == 0


# Watermarks


def test_a_wand_s_watermark_is_the_time_at_which_its_state_was_asked_and_no_empty_cradle_moves_it():
    clock = ManualClock()

    def slowly(frame):
        clock.advance_us(US_PER_S if frame[6] == READ_RECORDS | 0x80 else 0)
        return frame

    with cradle(clock=clock) as rig:
        rig.turns()
        assert rig.sink.marks == []
        wand = rig.wand()
        for _ in range(30):
            wand.scan(GATE)
        rig.twin.bend = slowly
        began_us = clock.now_us()
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.turns()
        device, up_to_us, said = rig.sink.marks[0]
        assert (device, up_to_us, said) == ("wand-1", began_us, 31)
        assert rig.sink.reads[0].up_to_us == began_us
        assert clock.now_us() > began_us
        rig.twin.take_out()
        rig.turns(2)
        marks = list(rig.sink.marks)
        clock.advance_us(600 * US_PER_S)
        rig.turns()
        assert rig.sink.marks == marks


def test_a_clock_that_is_set_back_while_a_wand_is_read_out_proves_no_more_than_the_moment_it_was_asked_at():
    clock = ManualClock()
    stepped = Event()

    def set_back(frame):
        if frame[6] == READ_RECORDS | 0x80 and not stepped.is_set():
            stepped.set()
            clock.advance_us(20 * US_PER_S)
            clock.step_wall_us(-600 * US_PER_S)
        return frame

    with cradle(clock=clock) as rig:
        wand = rig.wand()
        wand.scan(GATE)
        rig.twin.bend = set_back
        began_us = clock.now_us()
        rig.twin.put_in(wand)
        wait_for(lambda: rig.sink.reads, "the read-out")
        rig.turns()
        assert rig.sink.marks[0][:2] == ("wand-1", began_us - 600 * US_PER_S), "the same moment, by the clock as it is now"
        assert rig.sink.reads[0].up_to_us == began_us - 600 * US_PER_S


def test_a_wand_that_stays_in_the_cradle_goes_on_to_tell_its_time():
    clock = ManualClock()
    with cradle(clock=clock) as rig:
        rig.twin.put_in(rig.wand())
        wait_for(lambda: rig.sink.marks, "the first mark")
        clock.advance_us(60 * US_PER_S)
        wait_for(lambda: rig.sink.marks[-1][1] == clock.now_us(), "a later mark")
        rig.turns()
    assert [one.scans for one in rig.sink.reads] == [0]


# Several wands


def test_each_wand_speaks_for_its_own_device_and_one_does_not_answer_for_another():
    with cradle() as rig:
        one, two = rig.wand(), rig.wand(OTHER, first=900)
        one.scan(GATE)
        two.scan(POND)
        rig.twin.put_in(one)
        wait_for(lambda: rig.sink.reads, "the first wand")
        rig.twin.put_in(two)
        wait_for(lambda: len(rig.sink.reads) == 2, "the second wand")
        rig.sink.commit()
        wait_for(lambda: two.cleared_to == [900], "clearing")
        rig.turns()
        assert one.stored == [1]
        rig.twin.put_in(one)
        wait_for(lambda: one.cleared_to == [1], "clearing the first")
    said = [(s.device, s.reading.scan) for s in rig.sink.said if isinstance(s.reading, TagScanned)]
    assert said == [("wand-1", "A1B2C3D4-1"), ("wand-2", "00000002-900")]


def test_an_unknown_wand_is_told_once_by_its_number_and_neither_read_nor_cleared():
    with cradle() as rig:
        stranger = rig.wand(0x0BADCAFE)
        stranger.scan(GATE)
        rig.twin.put_in(stranger)
        rig.turns(4)
        assert [(one.reason, one.data.hex()) for one in rig.sink.findings] == [("unknown_wand", "0badcafe")]
        assert not rig.sink.said
        assert {READ_RECORDS, STATE, CLEAR, SET_CLOCK}.isdisjoint(commands(rig))
