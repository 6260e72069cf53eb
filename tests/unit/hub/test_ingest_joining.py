"""Batches of one log that go on from one another are taken as one, and nothing else changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock
from contract.readings import ArmState, DoorContact, Measurement
from hub.ingest import gate, joining, turn
from hub.ingest.core import Message
from hub.ingest.gate import BatchMessage
from tests.support.site_rig import KEY, OTHER_KEY, SITE, Hub, ModelAgent, sqlite_url

NOW_US = ManualClock().now_us()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def opened(message: Message) -> gate.Message:
    keys = {"gatehouse": KEY, "cellar": OTHER_KEY}
    return gate.open_message(SITE, keys.get, message.topic, message.payload)


def sizes(*messages: Message) -> list[list[int]]:
    """Of each group, how many records its messages have; -1 for what is no batch."""
    found = joining.groups([opened(one) for one in messages], NOW_US)
    return [[len(one.records) if isinstance(one, BatchMessage) else -1 for one in group] for group in found]


def test_batches_that_go_on_are_one_and_two_agents_do_not_part_each_other(clock: ManualClock):
    mine, other = ModelAgent(clock), ModelAgent(clock, "cellar", OTHER_KEY, "f" * 32)
    messages = [agent.says("door-1", DoorContact(open=False)) for _ in range(3) for agent in (mine, other)]
    assert sizes(*messages) == [[1, 1, 1], [1, 1, 1]]
    whole = joining.whole([opened(one) for one in messages[::2]])
    assert isinstance(whole, BatchMessage)
    assert whole.records == mine.log
    assert whole.head.head == 3, "it speaks as the newest does"


def changed(name: str, value: Any) -> Callable[[ModelAgent], None]:
    return lambda agent: setattr(agent, name, value)


@pytest.mark.parametrize(
    "change",
    [
        changed("stream", "e" * 32),
        changed("epoch", 2),
        changed("boot", "boot-2"),
        changed("boot_head", 1),
        changed("floor", 2),
        changed("offset_us", 5),
        lambda agent: agent.note("door-1", DoorContact(open=True)),  # a record that is not sent
    ],
)
def test_what_must_be_judged_by_itself_is(clock: ManualClock, change: Callable[[ModelAgent], object]):
    agent = ModelAgent(clock)
    first = agent.says("door-1", DoorContact(open=False))
    change(agent)
    assert sizes(first, agent.says("door-1", DoorContact(open=True))) == [[1], [1]]


def test_a_greeting_a_copy_and_a_forgery_stand_alone(clock: ManualClock):
    agent = ModelAgent(clock)
    first, greeting = agent.says("door-1", DoorContact(open=False)), agent.batch([])
    second = agent.says("door-1", DoorContact(open=True))
    forged = Message(first.topic, first.payload[:-1])
    assert sizes(first, greeting, second) == [[1], [0], [1]]
    assert sizes(first, first) == [[1], [1]]
    assert sizes(first, forged, second) == [[1], [-1], [1]]


def test_no_more_is_joined_than_one_batch_may_hold(clock: ManualClock):
    agent = ModelAgent(clock)
    records = [agent.note("meter-1", Measurement("temperature", 20.0, "°C")) for _ in range(900)]
    messages = [agent.batch(records[at : at + 300]) for at in range(0, 900, 300)]
    assert sizes(*messages) == [[300], [300], [300]]
    assert sizes(agent.batch(records[:200]), agent.batch(records[200:500]), agent.batch(records[500:501])) == [[200, 300], [1]]


def test_where_the_joined_one_trips_over_a_bug_each_is_taken_alone(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    hub = Hub(sqlite_url(tmp_path), clock)
    try:
        agent = ModelAgent(clock)
        hub.take(agent.batch([]))
        taken = turn.Turn._take_records

        def stumble(self: turn.Turn, stream: Any, records: Any) -> None:
            taken(self, stream, records)
            if any(record.seq == 3 for record in records):
                raise RuntimeError("a bug")

        monkeypatch.setattr(turn.Turn, "_take_records", stumble)
        hub.take(*(agent.says("door-1", ArmState(attached=number != 2)) for number in range(1, 4)))
        assert hub.said.receipts[-1][1].up_to == 2
        assert hub.core.counters["messages_failed"] == 1
        assert hub.core.counters["events"] == 2
    finally:
        hub.close()
