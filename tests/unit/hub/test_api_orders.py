"""The dance of a command: nonce, command, result; nothing is ever sent twice."""

from typing import Any

import msgspec
import pytest

from contract.clock import ManualClock
from contract.orders import AskNonce, Command, Nonce
from contract.readings import CommandDone
from hub import orders as module
from hub.ingest.ports import ChangeRow
from hub.orders import Orders, TooManyCommands, Wanted

WANTED = Wanted("barrier-1", "gatehouse", "open", "李伟", "消防检查")


class Rig:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.sent: list[tuple[str, Any]] = []
        self.count = 0
        self.orders = Orders(self, self.clock, self.new_id)

    def new_id(self) -> str:
        self.count += 1
        return f"o{self.count}"

    def order(self, agent: str, order: Any) -> None:
        self.sent.append((agent, order))

    def result(self, outcome: str, reason: str = "", nonce: str = "n1", agent: str = "gatehouse") -> None:
        reading = CommandDone(nonce=nonce, action="open", outcome=outcome, reason=reason)  # type: ignore[arg-type]
        body = msgspec.json.encode({"device": "barrier-1", "agent": agent, "at_us": 0, "late": False, "reading": reading})
        self.orders.on_changes([ChangeRow(1, 0, "command", nonce, outcome, body.decode())])


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_command_goes_out_when_its_nonce_comes_and_ends_with_its_result(rig):
    state = rig.orders.command(WANTED)
    assert rig.sent == [("gatehouse", AskNonce(id="o1"))]
    rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    assert rig.sent[1] == ("gatehouse", Command("o2", "n1", "barrier-1", "open", "李伟", "消防检查"))
    rig.result("refused", "beam_blocked")
    ended = rig.orders.wait(state.id)
    assert (ended.phase, ended.detail) == ("refused", "beam_blocked")
    assert rig.orders.find("o1") == ended


def test_a_second_nonce_sends_nothing(rig):
    rig.orders.command(WANTED)
    for _ in range(3):
        rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    assert len(rig.sent) == 2
    assert rig.orders.counters["stray_nonces"] == 2


def test_a_nonce_or_a_result_of_another_agent_is_let_go(rig):
    rig.orders.command(WANTED)
    rig.orders.on_nonce("cellar", Nonce("o1", "n1"))
    assert len(rig.sent) == 1
    rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    rig.result("done", agent="cellar")
    assert rig.orders.find("o1").phase == "sent"
    rig.result("done", nonce="other")
    assert rig.orders.find("o1").phase == "sent"


def test_without_a_nonce_nothing_is_sent_even_if_it_comes_late(rig, monkeypatch):
    monkeypatch.setattr(module, "NONCE_WAIT_S", 0.0)
    state = rig.orders.command(WANTED)
    ended = rig.orders.wait(state.id)
    assert (ended.phase, ended.detail) == ("no_answer", "agent_did_not_answer")
    rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    assert len(rig.sent) == 1


def test_a_result_after_the_wait_is_still_found(rig, monkeypatch):
    monkeypatch.setattr(module, "RESULT_WAIT_S", 0.0)
    state = rig.orders.command(WANTED)
    rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    assert rig.orders.wait(state.id).phase == "sent"
    rig.result("done")
    assert rig.orders.find("o1").phase == "done"


def test_commands_under_way_have_a_limit_that_passes(rig):
    for _ in range(module.UNDER_WAY_MAX):
        rig.orders.command(WANTED)
    with pytest.raises(TooManyCommands):
        rig.orders.command(WANTED)
    assert len(rig.sent) == module.UNDER_WAY_MAX
    rig.clock.advance_us(9_000_000)
    rig.orders.command(WANTED)


def test_only_so_many_are_kept(rig, monkeypatch):
    monkeypatch.setattr(module, "KEPT_MAX", 3)
    for _ in range(5):
        rig.orders.command(WANTED)
    assert [rig.orders.find(f"o{n}") is not None for n in range(1, 6)] == [False, False, True, True, True]


def test_an_agent_that_carries_out_each_order_once_gets_the_nonce_s_order_and_the_command_as_two(rig):
    rig.orders.command(WANTED)
    rig.orders.on_nonce("gatehouse", Nonce("o1", "n1"))
    (_, asked), (_, command) = rig.sent
    assert asked.id != command.id
