"""A command of the hub's, carried out by an agent of the edge's: both halves of the dance, without a network between."""

from itertools import count
from typing import Any

from contract.orders import decode_nonce
from hub.orders import Orders, Wanted
from tests.support.agent_rig import device, running


def test_what_the_hub_commands_the_agent_does_and_tells_under_the_same_nonce(tmp_path):
    with running(tmp_path, device("barrier", commands=("open",))) as rig:
        numbers = count(1)

        class Sender:
            def order(self, _agent: str, order: Any) -> None:
                rig.order(order)

        orders = Orders(Sender(), rig.clock, lambda: f"o{next(numbers)}")
        begun = orders.command(Wanted("barrier", "gate", "open", "李伟", "消防检查"))
        leaf, body = rig.line.sent[-1]
        assert leaf == "nonce"
        orders.on_nonce("gate", decode_nonce(body))
        (told,) = rig.wait("command_done")
        assert (told.reading.outcome, told.reading.actor) == ("done", "李伟")
        state = orders.find(begun.id)
        assert state is not None
        assert (state.phase, state.nonce) == ("sent", told.reading.nonce)
        assert [name for name, _ in rig.devices["barrier"].acts] == ["open"]
        assert rig.agent.counters()["orders"]["repeated"] == 0
