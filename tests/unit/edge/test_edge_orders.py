"""Orders: sealed, at most once, commands under a nonce and behind the interlocks."""

import json

from contract.clock import US_PER_S
from contract.envelope import encode, seal
from contract.names import card_name
from contract.orders import AskNonce, Command, Flush, TakeSnapshot, decode_nonce
from contract.readings import BeamState, CardRead, CommandDone, FireInput, LoopState
from drivers.contacts_modbus.decode import ContactsOptions, Input
from drivers.port import CommandFailed
from edge.actuator import ACT_LIMIT_US, QUEUE_MAX, STUCK_MAX
from edge.config import AccessRule, DeviceSettings
from edge.gates import OPEN_LIFE_US
from edge.orders import LIFE_US, NONCES_MAX, Nonces
from edge.permits.local import Permit
from tests.support.agent_rig import CARD_KEY, device, running, wait_for

CLEAR = (LoopState(occupied=False), BeamState(blocked=False))


def barrier(**more):
    return device("barrier", commands=("open", "close"), **more)


def ask_nonce(rig, name="n1"):
    rig.order(AskNonce(name))
    leaf, body = rig.line.sent[-1]
    assert leaf == "nonce"
    nonce = decode_nonce(body)
    assert nonce.order == name
    return nonce.nonce


def command(rig, nonce, action="open", name="c1", at="barrier"):
    rig.order(Command(name, nonce, at, action, "li", "delivery"))


def done(rig, count=1):
    found = rig.wait("command_done", count=count)
    assert len(found) == count
    return [(r.reading.outcome, r.reading.reason) for r in found]


def test_a_command_under_a_nonce_is_carried_out_and_told_with_its_actor(tmp_path):
    with running(tmp_path, barrier()) as rig:
        nonce = ask_nonce(rig)
        command(rig, nonce)
        (told,) = rig.wait("command_done")
        assert told.device == "barrier"
        assert told.reading == CommandDone(nonce=nonce, action="open", outcome="done", actor="li")
        assert [name for name, _ in rig.devices["barrier"].acts] == ["open"]


def test_a_repeated_order_and_a_used_nonce_do_nothing_more(tmp_path):
    with running(tmp_path, barrier()) as rig:
        nonce = ask_nonce(rig)
        command(rig, nonce)
        done(rig)
        command(rig, nonce)
        command(rig, nonce, name="c2")
        assert done(rig, 2) == [("done", ""), ("refused", "unknown_nonce")]
        assert rig.agent.counters()["orders"]["repeated"] == 1
        assert len(rig.devices["barrier"].acts) == 1


def test_a_command_after_its_life_is_refused_whatever_the_wall_clock_says(tmp_path):
    with running(tmp_path, barrier()) as rig:
        nonce = ask_nonce(rig)
        rig.clock.step_wall_us(-3600 * US_PER_S)
        rig.clock.advance_us(LIFE_US + 1)
        command(rig, nonce)
        assert done(rig) == [("refused", "expired")]
        assert rig.devices["barrier"].acts == []


def test_a_command_that_waited_behind_another_past_its_life_is_not_carried_out(tmp_path):
    with running(tmp_path, barrier()) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        command(rig, ask_nonce(rig, "n1"), name="c1")
        assert dev.entered.wait(30)
        command(rig, ask_nonce(rig, "n2"), name="c2")
        rig.clock.advance_us(LIFE_US + 1)
        dev.hold.set()
        assert done(rig, 2) == [("done", ""), ("refused", "expired")]
        assert len(dev.acts) == 1


def test_close_needs_a_clear_lane_and_open_does_not(tmp_path):
    with running(tmp_path, barrier(), device("panel")) as rig:
        steps = [
            ((), "close", ("refused", "stale")),
            ((LoopState(occupied=False),), "close", ("refused", "beam_unknown")),
            ((BeamState(blocked=False),), "close", ("done", "")),
            ((LoopState(occupied=True),), "close", ("refused", "loop_occupied")),
            ((), "open", ("done", "")),
            ((LoopState(occupied=False), BeamState(blocked=True, faulty=True)), "close", ("refused", "beam_faulty")),
        ]
        for number, (readings, action, wanted) in enumerate(steps, 1):
            rig.devices["barrier"].say(*readings)
            command(rig, ask_nonce(rig, f"n{number}"), action, f"c{number}")
            assert done(rig, number)[-1] == wanted


def test_nothing_closes_while_a_fire_input_is_active(tmp_path):
    with running(tmp_path, barrier(), device("panel")) as rig:
        rig.devices["barrier"].say(*CLEAR)
        rig.devices["panel"].say(FireInput(active=True))
        command(rig, ask_nonce(rig), "close")
        assert done(rig) == [("refused", "fire_active")]
        assert rig.devices["barrier"].acts == []


def test_nothing_closes_before_the_fire_inputs_of_a_board_have_spoken(tmp_path):
    inputs = (
        Input(number=0, role="fire", name="hall"),
        Input(number=1, role="fire", device="panel"),
        Input(number=2, role="door"),
    )
    board = DeviceSettings("board", "fake", "null:board", ContactsOptions(inputs=inputs))
    with running(tmp_path, barrier(), board) as rig:
        rig.devices["barrier"].say(*CLEAR)
        rig.devices["board"].say(FireInput(active=False, name="hall"))
        command(rig, ask_nonce(rig, "n1"), "close", "c1")
        assert done(rig) == [("refused", "fire_unknown")]
        rig.devices["board"].say(FireInput(active=False), device="panel")
        command(rig, ask_nonce(rig, "n2"), "close", "c2")
        assert done(rig, 2)[-1] == ("done", "")


def test_a_barrier_that_was_silent_for_a_while_does_not_close(tmp_path):
    with running(tmp_path, barrier()) as rig:
        rig.devices["barrier"].say(*CLEAR)
        rig.clock.advance_us(4 * US_PER_S)
        command(rig, ask_nonce(rig), "close")
        assert done(rig) == [("refused", "stale")]


def test_strangers_and_what_is_not_allowed_are_refused(tmp_path):
    with running(tmp_path, barrier()) as rig:
        command(rig, ask_nonce(rig, "n1"), name="c1", at="nobody")
        command(rig, ask_nonce(rig, "n2"), "unlock", name="c2")
        command(rig, "made-up", name="c3")
        assert [(r.device, r.reading.reason) for r in rig.wait("command_done", count=3)] == [
            ("gate", "unknown_device"),
            ("barrier", "not_allowed"),
            ("barrier", "unknown_nonce"),
        ]


def test_a_device_s_refusal_and_a_driver_s_fault_are_told(tmp_path):
    with running(tmp_path, barrier()) as rig:
        rig.devices["barrier"].act_error = CommandFailed("no_answer")
        command(rig, ask_nonce(rig, "n1"), name="c1")
        done(rig)
        rig.devices["barrier"].act_error = ZeroDivisionError()
        command(rig, ask_nonce(rig, "n2"), name="c2")
        assert done(rig, 2) == [("failed", "no_answer"), ("failed", "driver_fault")]


def test_a_device_that_is_down_is_told_so(tmp_path):
    rig_device = barrier()
    with running(tmp_path, rig_device) as rig:
        rig.devices["barrier"].reachable = False
        rig.devices["barrier"].fail(OSError())
        rig.wait("device_link", count=2)
        command(rig, ask_nonce(rig))
        assert done(rig) == [("failed", "device_down")]


def test_a_flood_of_commands_is_cut_off_and_told(tmp_path):
    with running(tmp_path, barrier()) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        command(rig, ask_nonce(rig, "n0"), name="c0")
        assert dev.entered.wait(30)
        for number in range(1, QUEUE_MAX + 3):
            command(rig, ask_nonce(rig, f"n{number}"), name=f"c{number}")
        assert done(rig, 2) == [("failed", "busy")] * 2
        dev.hold.set()
        done(rig, QUEUE_MAX + 3)
        assert len(dev.acts) == QUEUE_MAX + 1


def test_an_action_that_does_not_come_back_is_given_up_and_the_queue_goes_on(tmp_path):
    with running(tmp_path, barrier()) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        command(rig, ask_nonce(rig, "n1"), name="c1")
        wait_for(lambda: dev.inside == 1, "the first action")
        rig.clock.advance_us(ACT_LIMIT_US - 1)
        rig.agent.turn()
        assert rig.records("command_done") == []
        rig.clock.advance_us(1)
        rig.agent.turn()
        assert done(rig) == [("failed", "timeout")]
        command(rig, ask_nonce(rig, "n2"), name="c2")
        wait_for(lambda: dev.inside == 2, "the second action, in another thread")
        dev.hold.set()
        assert done(rig, 2) == [("failed", "timeout"), ("done", "")]
        counters = lambda: rig.agent.counters()["actuators"]["barrier"]  # noqa: E731
        wait_for(lambda: counters()["late"] == 1, "the end of the first action")
        assert (counters()["timeouts"], counters()["done"], counters()["failed"]) == (1, 1, 1)
        assert len(dev.acts) == 2


def test_a_driver_that_never_comes_back_keeps_only_so_many_threads(tmp_path):
    with running(tmp_path, barrier()) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        for number in range(1, STUCK_MAX + 1):
            command(rig, ask_nonce(rig, f"n{number}"), name=f"c{number}")
            wait_for(lambda n=number: dev.inside == n, "the action")
            rig.clock.advance_us(ACT_LIMIT_US)
            rig.agent.turn()
        command(rig, ask_nonce(rig, "n-more"), name="c-more")
        assert done(rig, STUCK_MAX + 1) == [("failed", "timeout")] * STUCK_MAX + [("failed", "device_stuck")]
        assert dev.inside == STUCK_MAX
        dev.hold.set()
        wait_for(lambda: rig.agent.counters()["actuators"]["barrier"]["late"] == STUCK_MAX, "the end of all")
        command(rig, ask_nonce(rig, "n-again"), name="c-again")
        assert done(rig, STUCK_MAX + 2)[-1] == ("done", "")


def test_a_gate_whose_opening_is_given_up_opens_for_the_next_card(tmp_path):
    card = card_name(CARD_KEY, 12, 3456, 26)
    rules = {"reader": AccessRule("barrier", "open", {card: Permit(card)}, {})}
    with running(tmp_path, barrier(), device("reader"), access=rules) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        rig.devices["reader"].say(CardRead(bits=26, facility=12, number=3456))
        wait_for(lambda: dev.inside == 1, "the first opening")
        rig.clock.advance_us(ACT_LIMIT_US)
        rig.agent.turn()
        (told,) = rig.wait("command_done", "barrier")
        assert (told.reading.outcome, told.reading.reason, told.reading.actor) == ("failed", "timeout", "access")
        rig.devices["reader"].say(CardRead(bits=26, facility=12, number=3456))
        wait_for(lambda: dev.inside == 2, "the second opening")


def test_a_card_s_opening_that_waited_too_long_opens_for_nobody(tmp_path):
    card = card_name(CARD_KEY, 12, 3456, 26)
    rules = {"reader": AccessRule("barrier", "open", {card: Permit(card)}, {})}
    with running(tmp_path, barrier(), device("reader"), access=rules) as rig:
        dev = rig.devices["barrier"]
        dev.hold.clear()
        for _ in range(2):
            rig.devices["reader"].say(CardRead(bits=26, facility=12, number=3456))
        wait_for(lambda: dev.inside == 1, "the first opening")
        rig.clock.advance_us(OPEN_LIFE_US + 1)
        dev.hold.set()
        (told,) = rig.wait("command_done", "barrier")
        assert (told.reading.outcome, told.reading.reason, told.reading.actor) == ("refused", "expired", "access")
        assert len(dev.acts) == 1


def test_what_is_not_sealed_by_the_hub_or_not_an_order_is_counted_and_nothing_else(tmp_path):
    with running(tmp_path, barrier()) as rig:
        give = rig.line.calls.on_order
        topic = "watchkeeper/lake/agents/gate/order"
        order = encode(Flush("f1"))
        for payload in (b"", order, seal(b"x" * 32, topic, order), seal(rig.config.key, topic.replace("gate", "b"), order)):
            give(payload)
        for body in (b"", b"{", b"[" * 5000, b'{"order":"dance","id":"1"}', b'{"order":"flush"}', encode(Flush("i" * 33))):
            give(seal(rig.config.key, topic, body))
        counters = rig.agent.counters()["orders"]
        assert (counters["bad_seal"], counters["undecodable"], counters["flushes"]) == (4, 6, 0)
        assert rig.records("heartbeat") == []


def test_a_snapshot_is_asked_of_its_camera(tmp_path):
    with running(tmp_path, device("camera")) as rig:
        rig.order(TakeSnapshot("s1", "camera"))
        wait_for(lambda: rig.devices["camera"].acts, "the snapshot")
        assert rig.devices["camera"].acts == [("snapshot", {"order": "s1"})]
        rig.order(TakeSnapshot("s2", "nobody"))
        rig.devices["camera"].act_error = CommandFailed("no_picture")
        rig.order(TakeSnapshot("s3", "camera"))
        (told,) = rig.wait("command_done")
        assert (told.reading.nonce, told.reading.action, told.reading.reason) == ("s3", "snapshot", "no_picture")
        assert rig.agent.counters()["orders"]["unknown_device"] == 1


def test_nonces_are_bounded_the_oldest_goes_and_the_expired_make_room():
    names = iter(range(1000))
    nonces = Nonces(lambda: str(next(names)))
    given = [nonces.give(0) for _ in range(NONCES_MAX + 1)]
    assert nonces.dropped == 1
    assert nonces.use(given[0], 0) == ("unknown_nonce", 0)
    assert nonces.use(given[1], LIFE_US) == ("ok", LIFE_US)
    assert nonces.use(given[1], LIFE_US) == ("unknown_nonce", 0)
    nonces.give(LIFE_US + 1)
    assert nonces.dropped == 1
    assert nonces.use(given[2], LIFE_US + 1) == ("unknown_nonce", 0)


def test_a_nonce_is_sent_as_a_body_that_the_hub_can_read(tmp_path):
    with running(tmp_path) as rig:
        nonce = ask_nonce(rig)
        assert json.loads(rig.line.sent[-1][1]) == {"order": "n1", "nonce": nonce}
