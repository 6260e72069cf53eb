"""A hub that comes back speaks first."""

from pathlib import Path

from contract.readings import DoorContact
from tests.support.site_rig import STREAM, Hub, ModelAgent, sqlite_url


def test_each_agent_is_told_how_far_its_newest_log_is_committed(tmp_path: Path):
    hub = Hub(sqlite_url(tmp_path))
    try:
        old = ModelAgent(hub.clock, stream="a" * 32)
        hub.take(old.says("door-1", DoorContact(open=False)))
        agent = ModelAgent(hub.clock)
        hub.later(1.0, agent.says("door-1", DoorContact(open=False)))
        hub.later(1.0, agent.says("door-1", DoorContact(open=False)))
        hub.crash_and_reopen()
        hub.said.receipts.clear()
        hub.core.greet(hub.clock.now_us())
        ((name, receipt),) = hub.said.receipts
        assert name == agent.agent
        assert (receipt.stream, receipt.boot, receipt.up_to) == (STREAM, agent.boot, 2)
        assert (receipt.verdict, receipt.echo_us) == ("want", None)
    finally:
        hub.close()
