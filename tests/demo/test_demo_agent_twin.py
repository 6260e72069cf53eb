"""The demo's small agent counts by when the broker has really let it in."""

from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from contract.clock import US_PER_S, ManualClock
from hub.ingest.limits import REPORT_EVERY_US
from watchkeeper.demo.agent_twin import BACK_OFF_S, AgentTwin
from watchkeeper.demo.known import TwinsKey


class Broker:
    """Takes what an agent says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def subscribe(self, topic: str, _qos: int) -> None:
        self.said.append(topic)

    def publish(self, topic: str, _payload: bytes, **_: Any) -> None:
        self.said.append(topic)


@pytest.fixture
def twin() -> AgentTwin:
    known = TwinsKey(bytes(32), "pump-1", "password")
    return AgentTwin("lakeside", "pump-1", known, "meter-1", port=1, clock=ManualClock(), names=lambda size: "a" * 2 * size)


@pytest.mark.parametrize(("name", "connects"), [("Success", 1), ("Not authorized", 0)])
def test_a_connection_that_is_refused_is_no_coming(twin, name, connects):
    broker: Any = Broker()
    twin._on_connect(broker, None, None, ReasonCode(PacketTypes.CONNACK, name), None)
    assert (twin.connects, len(broker.said)) == (connects, 2 * connects)
    assert twin.came_us == connects * twin._clock.now_us()


def test_an_agent_that_was_thrown_out_stays_away_so_long_that_the_hub_counts_each_coming(twin):
    assert twin._client._reconnect_min_delay == twin._client._reconnect_max_delay == BACK_OFF_S
    assert BACK_OFF_S * US_PER_S >= 2 * REPORT_EVERY_US
