"""Fire alarm transmission devices: what their messages say, and what is told of it."""

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import FireInput, PanelEvent, PanelFault
from drivers.gb26875.board import MANUAL_MAX, THINGS_MAX, Board
from drivers.gb26875.decode import Boards, Gb26875Decoder, Gb26875Options
from drivers.gb26875.frames import (
    ANSWER,
    CONFIRM,
    DENY,
    FRAME_BYTES_MAX,
    SEND,
    UNIT_BYTES_MAX,
    Frame,
    cut,
    frame_bytes,
    reply,
    time_bytes,
    time_of,
)
from drivers.gb26875.twin import FAULT, FIRE, NORMAL, Gb26875Twin
from drivers.gb26875.units import EVENTS, PART_FAULTS, SYSTEM_FAULTS, Operation, State, Unread, read_unit, text_of
from drivers.port import Finding
from drivers.transports.dial import Dialler
from drivers.zones import zone_of

SHANGHAI = zone_of("Asia/Shanghai")
NOON_US = 1_780_000_000 * US_PER_S
TWIN = Gb26875Twin(Dialler(1), ManualClock(NOON_US))
# As printed in a maker's description of the protocol: a smoke detector at number 2 of zone 10 sees fire, 2012-09-26 09:58:02.
PRINTED = bytes.fromhex(
    "40400100010120 3A091A090C 790300000000 385B01000000 3000 02 02 01 01 01 28 0A000200 0200".replace(" ", "")
    + "20" * 30
    + "00 023A091A090C 46 2323".replace(" ", "")
)
CONFIRMED = bytes.fromhex("404001000101233A091A090C385B0100000079030000000000" + "0003AB2323")


def part(bits, zone=12, number=45, text="走廊"):
    return TWIN.part_object(zone, number, bits, text)


def told(*objects, kind=2):
    """What the parts of one message say."""
    taken = Boards(Gb26875Options()).take(a_frame(bytes((kind, len(objects))) + b"".join(objects)))
    return [said.reading for said in taken.said]


def a_frame(unit=b"", command=SEND, source=889):
    return Frame(5, b"\x01\x01", bytes(6), source, 88888, command, unit)


def read(data):
    """The message that `data` is."""
    return cut(data, 0, end=False).frame


# Frames


def test_the_printed_message_is_read_field_by_field():
    frame = read(PRINTED)
    assert (frame.serial, frame.version, frame.source, frame.target, frame.command) == (1, b"\x01\x01", 889, 88_888, SEND)
    assert frame_bytes(frame) == PRINTED
    (said,) = Boards(Gb26875Options()).take(frame).said
    assert said.reading == FireInput(True, "1-1-10-2 感烟火灾探测器")
    assert said.device_at_us is not None
    assert SHANGHAI.local(said.device_at_us).isoformat() == "2012-09-26T09:58:02"


def test_a_confirmation_goes_back_as_printed():
    frame = read(PRINTED)
    assert reply(frame, CONFIRM, bytes.fromhex("233A091A090C")) == CONFIRMED


def test_every_changed_byte_of_a_message_is_damage_and_the_next_one_is_read():
    for at in range(len(PRINTED)):
        data = bytearray(PRINTED)
        data[at] ^= 0x5A
        items = Gb26875Decoder(Gb26875Options()).decode(bytes(data) + PRINTED, end=True).items
        assert [item for item in items if not isinstance(item, Finding)] == [FireInput(True, "1-1-10-2 感烟火灾探测器")], at
        assert any(isinstance(item, Finding) for item in items), at


def test_a_message_as_long_as_can_be_is_read_and_one_byte_more_is_not_waited_for():
    whole = frame_bytes(a_frame(bytes((200, 1)) + bytes(UNIT_BYTES_MAX - 2)))
    assert len(whole) == FRAME_BYTES_MAX
    assert cut(whole, 0, end=False).frame is not None
    longer = whole[:24] + (UNIT_BYTES_MAX + 1).to_bytes(2, "little") + whole[26:27]
    assert cut(longer, 0, end=False).reason == "too_long"


NO_TIMES = [(60, 0, 0, 1, 1, 26), (0, 0, 24, 1, 1, 26), (0, 0, 0, 30, 2, 26), (0, 0, 0, 1, 1, 100), (0,) * 6, (255,) * 6]


@pytest.mark.parametrize("fields", NO_TIMES)
def test_what_is_no_time_is_none(fields):
    assert time_of(bytes(fields), SHANGHAI) is None


def test_a_time_is_local_and_goes_there_and_back():
    assert time_bytes(NOON_US, SHANGHAI) == bytes((40, 26, 4, 29, 5, 26))  # 20:26:40 UTC the day before
    assert time_of(time_bytes(NOON_US, SHANGHAI), SHANGHAI) == NOON_US


# Data units


def test_a_description_is_gb18030_up_to_a_nought_and_a_cut_character_is_left_out():
    assert text_of("3号楼2层".encode("gb18030") + b"\0junk") == "3号楼2层"
    assert text_of(("重" * 16).encode("gb18030")[:31]) == "重" * 15
    assert text_of(b"a\r\nb\x07  c") == "a b c"


@pytest.mark.parametrize("unit", [b"\x02", b"\x02\x00", b"\x02\x02" + part(FIRE), b"\x02\x01" + part(FIRE)[:-1], b"\x15\x01\x02"])
def test_a_unit_that_does_not_fit_its_count_says_nothing(unit):
    assert read_unit(unit) == Unread("bad_unit")


def test_what_a_message_says_is_confirmed_or_denied():
    boards = Boards(msgspec.convert({"sources": {"889": {"device": "fire-1"}}}, Gb26875Options))
    answers = {
        "parts": boards.take(a_frame(b"\x02\x01" + part(FIRE))),
        "a sign of life": boards.take(a_frame()),
        "an answer": boards.take(a_frame(b"\x15\x01\x01" + part(FIRE)[-6:], ANSWER)),
        "a confirmation": boards.take(a_frame(b"", CONFIRM)),
        "of another kind": boards.take(a_frame(b"\xc8\x01\x01")),
        "nonsense": boards.take(a_frame(b"\x02\x05")),
        "a command": boards.take(a_frame(b"", 1)),
        "of somebody else": boards.take(a_frame(b"", SEND, source=890)),
    }
    assert {name: (taken.answer, taken.heard, taken.reasons) for name, taken in answers.items()} == {
        "parts": (CONFIRM, True, ()),
        "a sign of life": (CONFIRM, True, ()),
        "an answer": (0, True, ()),
        "a confirmation": (0, True, ()),
        "of another kind": (CONFIRM, True, ("unknown_type",)),
        "nonsense": (DENY, False, ("bad_unit",)),
        "a command": (DENY, False, ("unknown_command",)),
        "of somebody else": (DENY, False, ("unknown_source",)),
    }
    assert {said.device for said in answers["parts"].said} == {"fire-1"}


def test_a_fire_counts_though_its_time_is_none():
    taken = Boards(Gb26875Options()).take(a_frame(b"\x02\x01" + part(FIRE)[:-6] + bytes(6)))
    assert [said[0] for said in taken.said] == [FireInput(True, "1-1-12-45 走廊")]
    assert (taken.said[0].device_at_us, taken.reasons, taken.answer) == (None, ("bad_time",), CONFIRM)


# What is told


def test_a_fire_counts_though_the_part_says_that_it_is_tested():
    """Bit 0 is normal operation; there are transmitters that never set it."""
    assert told(part(FIRE)) == told(part(FIRE | NORMAL)) == [FireInput(True, "1-1-12-45 走廊")]


def test_a_state_is_told_when_it_changes_and_not_again():
    said = told(part(FIRE), part(FIRE), part(FIRE | FAULT), part(NORMAL), part(NORMAL))
    name = "1-1-12-45 走廊"
    assert said == [
        FireInput(True, name),
        PanelFault(True, f"{name} 故障 fault"),
        FireInput(False, name),
        PanelFault(False, f"{name} 故障 fault"),
    ]


def test_a_fire_ends_under_the_name_it_began_with():
    assert told(part(FIRE, text="走廊"), part(NORMAL, text="走廊东")) == [
        FireInput(True, "1-1-12-45 走廊"),
        FireInput(False, "1-1-12-45 走廊"),
    ]


def test_the_first_word_of_a_part_that_is_well_ends_what_began_before_the_agent_did():
    assert FireInput(False, "1-1-12-45 走廊") in told(part(NORMAL))
    assert told(part(FAULT)) == [PanelFault(True, "1-1-12-45 走廊 故障 fault")]


def test_other_bits_are_events():
    codes = ("shielded", "started", "unshielded", "stopped")
    assert told(part(1 << 3 | 1 << 5), part(NORMAL)) == [PanelEvent(code, "1-1-12-45 走廊") for code in codes]


def state(key, bits, name="x", faults=PART_FAULTS):
    return State(key, name, bits, faults, EVENTS, bytes(6))


def test_a_system_adds_nothing_to_the_fire_of_its_part_but_has_one_of_its_own():
    board = Board()
    assert board.step(state((1, 1, 12, 45), FIRE)) == [FireInput(True, "x")]
    assert board.step(state((1, 1), FIRE, faults=SYSTEM_FAULTS)) == []
    assert board.step(state((), FIRE)) == []
    assert board.step(state((1, 2), FIRE, "other", SYSTEM_FAULTS)) == [FireInput(True, "other")]


def test_a_reset_ends_every_fire_of_its_system_and_of_no_other():
    for reset in (state((1, 1), 1 << 13, "s", SYSTEM_FAULTS), Operation((1, 1), "s", 1, 9, bytes(6))):
        board = Board()
        for key, name in (((1, 1, 0, 1), "a"), ((1, 1, 0, 2), "b"), ((1, 2, 0, 1), "c")):
            board.step(state(key, FIRE, name))
        said = board.step(reset)
        assert [one for one in said if isinstance(one, FireInput)] == [FireInput(False, "a"), FireInput(False, "b")]
        assert board.step(state((1, 1, 0, 1), FIRE, "a")) == [FireInput(True, "a")], "it burns still"
        assert board.step(state((1, 2, 0, 1), NORMAL, "c")) == [FireInput(False, "c")]


def test_the_transmitters_own_reset_ends_no_fire_of_the_panel():
    board = Board()
    board.step(state((1, 1, 0, 1), FIRE, "a"))
    assert board.step(Operation((), "t", 1, 9, bytes(6))) == [PanelEvent("reset", "t", text="9")]


def test_a_manual_alarm_is_a_fire_until_it_is_cleared():
    board = Board()
    assert FireInput(True, "t 手动报警") in board.step(Operation((), "t", 1 << 2, 9, bytes(6)))
    assert board.step(state((), FIRE)) == [], "the transmitter's own bit adds nothing"
    assert FireInput(False, "t 手动报警") in board.step(Operation((), "t", 1 << 3, 9, bytes(6)))


def test_an_operation_that_is_said_again_is_told_once():
    board = Board()
    once = Operation((1, 1), "s", 1 << 1, 9, bytes(6))
    assert (board.step(once), board.step(once)) == ([PanelEvent("silenced", "s", text="9")], [])


def test_a_manual_alarm_after_a_reset_is_a_new_one_though_the_transmitters_clock_stands_still():
    board, alarm = Board(), Operation((1, 1), "s", 1 << 2, 9, bytes(6))
    assert FireInput(True, "s 手动报警") in board.step(alarm)
    assert FireInput(False, "s 手动报警") in board.step(state((1, 1), 1 << 13, "s"))
    assert FireInput(True, "s 手动报警") in board.step(alarm)


def test_a_board_remembers_so_much_and_no_more_and_a_fire_longest():
    board = Board()
    board.step(state((1, 1, 0, 0), FIRE, "fire"))
    for at in range(THINGS_MAX + 10):
        board.step(state((1, 1, 1 + at // 60_000, at), NORMAL, "x"))
    assert len(board._bits) == THINGS_MAX
    assert board.step(state((1, 1, 0, 0), NORMAL, "fire")) == [FireInput(False, "fire")]
    for at in range(THINGS_MAX + 10):
        board.step(state((9, 9, at // 60_000, at), FIRE, "x"))
    assert len(board._fires) <= THINGS_MAX + 1
    for at in range(MANUAL_MAX + 10):
        alarm = Operation((at // 256, at % 256), f"s{at}", 1 << 2, at % 256, bytes(6))
        assert FireInput(True, f"s{at} 手动报警") in board.step(alarm)
    assert len(board._manual) == MANUAL_MAX


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"sources": {"0x10": {}}}, "write it as a decimal number"),
        ({"sources": {"0010": {}}}, "write 10"),
        ({"sources": {"1": {"device": "Fire"}}}, "is not a device's id"),
        ({"sources": {"1": {}, "2": {}}}, "two sources are one device"),
        ({"zone": "Mars"}, "Asia/Shanghai"),
    ],
)
def test_options_that_cannot_be_say_what_to_write(wrong, what):
    with pytest.raises(msgspec.ValidationError, match=what):
        msgspec.convert(wrong, Gb26875Options)
