"""Gates of a whole agent: by the hub's table, with PINs, vehicles, the order of what is written, and after kills."""

from collections.abc import Sequence

import pytest

from contract.clock import US_PER_S
from contract.names import card_name, code_name, plate_name
from contract.orders import TellWhereabouts, Whereabouts
from contract.permits import AnyEntry, Credential, Portal, Rules
from contract.readings import CardRead, CodeRead, CommandDone, PlateRead
from drivers.port import CommandFailed
from edge.config import AccessRule
from edge.spool import SpoolFull
from edge.waits import MISSES_MAX, MISSES_US, PIN_TRIES, PIN_US, PLATE_US
from tests.support.agent_rig import CARD_KEY, KEY, Rig, device, wait_for
from tests.support.permit_rig import Hub, always

READ = CardRead(bits=26, facility=12, number=3456)
STRONG = CardRead(bits=26, facility=12, number=3456, weak=False)
CARD = card_name(CARD_KEY, 12, 3456, 26)
PLATE = "粤B12345"
ENTRY = Portal("reader", to_zone="estate", passback="hard", passback_s=300)
EXIT = Portal("exit", from_zone="estate", passback="hard", leave="permitted")
CAMERA = Portal("camera", to_zone="estate", media=("plate",))
PERSON = Credential(CARD, "p1", "h1", ("all",))
CAR = Credential(plate_name(CARD_KEY, PLATE), "p2", "h2", ("all",), medium="plate")
BASE: Sequence[AnyEntry] = (Rules(passback_hears_s=0), ENTRY, EXIT, CAMERA, *always("reader", "exit", "camera"), PERSON, CAR)
RULE = AccessRule("door", "unlock", None, {})


class GateRig:
    """An agent that has the hub's table, and its hub."""

    def __init__(self, tmp_path, entries=BASE, keypad=()):
        self.hub = Hub(KEY, "gate", entries)
        devices = (device("reader", speaks_for=keypad), device("exit"), device("camera"), device("door"))
        access = dict.fromkeys(("reader", "exit", "camera"), RULE)
        self.rig = Rig(tmp_path, devices, access=access, hub_url="http://hub", get=self.hub.get)
        self.clock = self.rig.clock

    def up(self):
        self.rig.up()
        self.rig.order(self.hub.tell())
        wait_for(lambda: self.no() == self.hub.no, "the table")
        return self

    def no(self):
        self.rig.agent.beat()
        held = self.rig.records("heartbeat")[-1].reading.permits
        return None if held is None else held.no

    def show(self, reading, reader="reader", at=None):
        """What is decided, or None."""
        before = len(self.decided())
        self.rig.devices[reader].say(reading, device=at)
        found = self.decided()
        return found[-1].reason if len(found) > before else None

    def decided(self):
        return [one.reading for one in self.rig.records("access_decided")]

    def opened(self, count):
        wait_for(lambda: len(self.rig.devices["door"].acts) >= count, "the relay")
        return len(self.rig.devices["door"].acts) == count


@pytest.fixture
def gate(tmp_path):
    made: list[GateRig] = []

    def make(folder=tmp_path, **more):
        made.append(GateRig(folder, **more))
        return made[-1]

    yield make
    for one in made:
        one.rig.agent.stop()


def test_without_a_table_nothing_opens_and_with_the_hub_s_it_does(gate):
    one = gate()
    one.hub.answers = [OSError("away")] * 1000
    one.rig.up()
    assert one.show(READ) == "no_table"
    one.hub.answers.clear()
    one.rig.order(one.hub.tell())
    wait_for(lambda: one.no() == 1, "the table")
    assert one.show(READ) == "permit"
    assert one.opened(1)
    (told,) = [one for one in one.decided() if one.granted]
    assert (told.card, told.gate, told.permit, told.to_zone, told.table_no, told.medium) == (
        CARD,
        "door",
        "p1",
        "estate",
        1,
        "card",
    )


def test_a_change_counts_for_the_next_card(gate):
    one = gate().up()
    one.rig.order(one.hub.change(Credential(CARD, "p1", "h1", ("all",), state="lost")))
    assert one.show(READ) == "lost"
    assert one.decided()[-1].table_no == 2
    one.rig.order(one.hub.change(drop=[f"credential:{CARD}"]))
    assert one.show(READ) == "unknown_card"


def test_passback_survives_a_kill_and_a_boot(gate, tmp_path):
    one = gate().up()
    assert [one.show(READ), one.show(READ)] == ["permit", "passback"]
    one.rig.agent.stop()
    again = gate()
    again.hub.answers = [OSError("away")] * 1000
    again.clock.advance_us(one.clock.now_us() - again.clock.now_us() + 1)
    again.rig.up()
    assert again.show(READ) == "passback"
    again.clock.advance_us(300 * US_PER_S)
    assert again.show(READ) == "permit"


def test_a_gate_that_did_not_open_let_nobody_through(gate):
    one = gate().up()
    one.rig.devices["door"].act_error = CommandFailed("stuck")
    assert one.show(READ) == "permit"
    one.rig.wait("command_done", "door")
    assert one.show(READ) == "permit"
    one.rig.wait("command_done", "door", 2)
    one.rig.devices["door"].act_error = None
    assert [one.show(READ), one.show(READ)] == ["permit", "passback"]
    assert one.rig.agent.counters()["gates"]["taken_back"] == 2


def test_who_went_where_at_other_agents_counts_here(gate):
    one = gate().up()
    at_us = one.clock.now_us()
    one.rig.order(TellWhereabouts("w1", [Whereabouts("h1", "p1", CARD, "estate", at_us)]))
    assert one.show(READ) == "passback"
    one.rig.order(TellWhereabouts("w2", [Whereabouts("h1", "p1", CARD, "", at_us + 1)]))
    assert one.show(READ) == "permit"


def test_uses_are_counted_over_all_gates(gate):
    twice = Credential(CARD, "p1", "h1", ("all",), uses=2)
    one = gate(entries=[*BASE, twice, Portal("reader", to_zone="estate")]).up()
    one.rig.order(TellWhereabouts("w1", [Whereabouts("h1", "p1", CARD, "estate", 5)]))
    assert [one.show(READ), one.show(READ)] == ["permit", "used_up"]


PIN = Credential(CARD, "p1", "h1", ("all",), pin=code_name(CARD_KEY, "pin", "2468"))
WEAK = Portal("reader", to_zone="estate", factor="weak")


def pin(digits):
    return CodeRead("pin", digits)


def test_a_card_that_can_be_copied_opens_with_its_pin_alone(gate):
    one = gate(entries=[*BASE, PIN, WEAK], keypad=("keypad",)).up()
    assert one.show(READ) == "second_factor"
    assert one.show(pin("1111"), at="keypad") == "second_factor"
    assert one.show(pin("2468"), at="keypad") == "permit"
    assert one.decided()[-1].card == CARD
    assert one.show(pin("2468")) == "unknown_card"  # the card was used up by its opening
    assert one.show(STRONG) == "permit"
    assert one.opened(2)


def test_a_pin_comes_in_time_and_is_not_tried_for_ever(gate):
    one = gate(entries=[*BASE, PIN, WEAK]).up()
    one.show(READ)
    one.clock.advance_us(PIN_US)
    assert one.show(pin("2468")) == "unknown_card"
    one.show(READ)
    assert [one.show(pin("0")) for _ in range(PIN_TRIES)] == ["second_factor"] * PIN_TRIES
    assert one.show(pin("2468")) == "unknown_card"
    assert not one.rig.devices["door"].acts


def guess(one, times):
    """Wrong PINs, with the card shown again whenever it is due."""
    reasons = []
    for number in range(times):
        if number % PIN_TRIES == 0:
            one.show(READ)
        reasons.append(one.show(pin(f"{number}")))
    return reasons


def test_a_copied_card_does_not_get_to_try_all_pins(gate):
    one = gate(entries=[*BASE, PIN, WEAK]).up()
    assert guess(one, MISSES_MAX) == ["second_factor"] * MISSES_MAX
    one.show(READ)
    assert one.show(pin("2468")) == "too_many_tries"
    assert not one.rig.devices["door"].acts
    one.clock.advance_us(MISSES_US)
    one.show(READ)
    assert one.show(pin("2468")) == "permit"


def test_ones_own_pin_ends_the_count_of_wrong_ones(gate):
    one = gate(entries=[*BASE, PIN, WEAK]).up()
    guess(one, MISSES_MAX - 1)
    one.show(READ)
    assert one.show(pin("2468")) == "permit"
    one.clock.advance_us(3_600 * US_PER_S)
    one.show(READ)
    assert one.show(pin("1")) == "second_factor"


def test_a_keypad_does_not_let_all_pins_be_tried_with_ones_own_between_them(gate):
    own = Credential(code_name(CARD_KEY, "pin", "1357"), "p3", "h3", ("all",), medium="pin", exempt=True)
    one = gate(entries=[*BASE, own]).up()
    for number in range(MISSES_MAX):
        assert one.show(pin(f"{number}")) == "unknown_card"
        if number == MISSES_MAX // 2:
            assert one.show(pin("1357")) == "permit"
    assert one.show(pin("1357")) == "too_many_tries"
    assert one.show(pin("0")) == "too_many_tries"
    assert one.show(STRONG) == "permit"  # cards go on
    one.clock.advance_us(MISSES_US)
    assert one.show(pin("1357")) == "permit"


def test_no_code_s_value_and_no_plain_card_is_on_the_disk(gate, tmp_path):
    one = gate(entries=[*BASE, PIN, WEAK]).up()
    one.show(READ)
    one.show(pin("2468135"))
    one.show(CodeRead("qr", "visit-7531-secret"))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"2468135" not in data, path
            assert b"visit-7531" not in data, path
            assert b'"number":3456' not in data, path


def plate(text=PLATE, **more):
    return PlateRead(plate=text, **more)


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (plate("粤B·12345"), "permit"),
        (plate("粤b12345"), "permit"),
        (plate("粤B１2345"), "odd_plate"),
        (plate("粤B\u200b12345"), "odd_plate"),
        (plate("粤В12345"), "odd_plate"),
        (plate(doubtful=True), "doubtful_plate"),
        (plate(""), "unreadable_plate"),
        (plate("12"), "unknown_card"),
        (plate("粤B99999"), "unknown_card"),
    ],
)
def test_a_plate_opens_as_itself_alone(gate, reading, reason):
    one = gate().up()
    assert one.show(reading, "camera") == reason
    assert one.opened(1) if reason == "permit" else not one.rig.devices["door"].acts
    told = one.decided()[-1]
    assert told.medium == "plate"
    assert told.plate in (PLATE, "粤B99999", "12") if told.card else told.plate == ""


def test_a_vehicle_that_is_told_again_is_decided_on_once(gate):
    one = gate().up()
    assert one.show(plate(passage="17"), "camera") == "permit"
    one.clock.advance_us(PLATE_US)
    assert one.show(plate(passage="17"), "camera") is None
    assert one.show(plate(), "camera") == "permit"
    assert one.show(plate(), "camera") is None
    assert one.show(plate("粤B99999"), "camera") == "unknown_card"
    assert len(one.rig.records("plate_read")) == 5
    assert one.opened(2)


def test_a_vehicle_that_was_doubtful_opens_once_it_is_read_well(gate):
    one = gate().up()
    assert one.show(plate(doubtful=True), "camera") == "doubtful_plate"
    assert one.show(plate(), "camera") == "permit"


def test_a_vehicle_whose_barrier_failed_is_tried_again(gate):
    one = gate().up()
    one.rig.devices["door"].act_error = CommandFailed("stuck")
    assert one.show(plate(), "camera") == "permit"
    one.rig.wait("command_done", "door")
    assert one.show(plate(), "camera") == "permit"


def test_the_journal_has_the_decision_before_the_relay_and_the_log_after_it(gate, monkeypatch):
    one = gate().up()
    steps = []
    agent, spool = one.rig.agent, one.rig.spool
    write, append = agent._gate_journal.write, spool.append_many
    ask = agent._actuators["door"].ask

    def noted(step, call):
        def noting(*args):
            steps.append(step)
            return call(*args)

        return noting

    monkeypatch.setattr(agent._gate_journal, "write", noted("journal", write))
    monkeypatch.setattr(spool, "append_many", noted("log", append))
    monkeypatch.setattr(agent._actuators["door"], "ask", noted("relay", ask))
    agent._gates.guard({"reader": agent._gate("reader", RULE)})
    assert one.show(READ) == "permit"
    assert steps == ["journal", "relay", "log"]


def test_a_full_disk_keeps_nobody_out_and_forgets_nobody(gate, monkeypatch):
    one = gate().up()

    def full(*_args):
        raise SpoolFull("the disk is full")

    monkeypatch.setattr(one.rig.spool, "append_many", full)
    one.rig.devices["reader"].say(READ)
    assert one.opened(1)
    one.rig.devices["reader"].say(READ)
    counts = one.rig.agent.counters()["gates"]
    assert (counts["granted"], counts["refused"], counts["unrecorded"]) == (1, 1, 2)


def test_a_queue_that_is_full_is_told_and_lets_nobody_be_taken_for_inside(gate, monkeypatch):
    one = gate().up()
    monkeypatch.setattr(one.rig.agent._actuators["door"], "ask", lambda _job: False)
    one.rig.agent._gates.guard({"reader": one.rig.agent._gate("reader", RULE)})
    assert [one.show(READ), one.show(READ)] == ["permit", "permit"]
    told = [r.reading for r in one.rig.records("command_done")]
    assert told == [CommandDone(nonce="", action="unlock", outcome="failed", reason="busy", actor="access")] * 2


def test_a_reader_shows_what_was_decided_after_the_opening_and_whether_it_does_is_counted(gate, monkeypatch):
    one = gate().up()
    agent, asked = one.rig.agent, []
    outcomes = iter([("done", ""), ("failed", "timeout")])

    def answer(job):
        asked.append(("signal", job.action, job.args["answer"], one.rig.devices["door"].entered.is_set()))
        job.done(*next(outcomes))
        return True

    agent._gates.guard({"reader": agent._gate("reader", RULE)._replace(answer=answer)})
    assert [one.show(READ), one.show(READ)] == ["permit", "passback"]
    assert [what[:3] for what in asked] == [("signal", "signal", "granted"), ("signal", "signal", "refused")]
    wait_for(lambda: one.rig.devices["door"].acts, "the opening")
    agent._gates.guard({"reader": agent._gate("reader", RULE)._replace(answer=lambda _job: False)})
    assert one.show(READ) == "passback"
    counts = agent.counters()["gates"]
    assert (counts["answers"], counts["unanswered"], counts["granted"]) == (1, 2, 1)


def test_whoever_is_to_type_a_pin_has_no_answer_yet(gate):
    one = gate(entries=[*BASE, PIN, WEAK]).up()
    answers = []

    def answer(job):
        answers.append(job.args["answer"])
        return True

    gated = one.rig.agent._gate("reader", RULE)._replace(answer=answer)
    one.rig.agent._gates.guard({"reader": gated})
    assert one.show(READ) == "second_factor"
    assert answers == []
    assert one.show(pin("1111")) == "second_factor"
    assert one.show(pin("2468")) == "permit"
    assert answers == ["refused", "granted"]


def test_a_boot_without_a_clock_does_what_the_table_says(gate, tmp_path):
    dated = Credential(CARD, "p1", "h1", ("all",), until_s=1_900_000_000)
    entries = [*BASE, dated, Portal("reader", to_zone="estate")]
    one = gate(entries=entries).up()
    one.rig.agent.turn()
    assert one.show(READ) == "permit"
    one.rig.agent.stop()
    again = gate(entries=entries)
    again.clock.step_wall_us(-again.clock.now_us() + 1)
    again.up()
    assert again.show(READ) == "no_clock"
    again.rig.line.calls.on_clock(again.clock.mono_us(), one.clock.now_us())
    assert again.show(READ) == "permit"
