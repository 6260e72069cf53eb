"""One agent's flood costs the others nothing."""

from hub.ingest.core import Message
from hub.ingest.inbox import Inbox
from hub.ingest.limits import Quota

US = 1_000_000


def says(agent: str, number: int, size: int = 1) -> Message:
    return Message(f"watchkeeper/garden/agents/{agent}/batch", bytes([number]) * size)


def told(messages: list[Message]) -> list[tuple[str, int]]:
    return [(message.topic.split("/")[3], message.payload[0]) for message in messages]


def test_agents_are_taken_in_turn_and_each_ones_own_in_order():
    inbox = Inbox({"a", "b", "c"}, 100)
    for number in range(1, 5):
        inbox.put(says("a", number))
    for agent in ("b", "c"):
        inbox.put(says(agent, 1))
        inbox.put(says(agent, 2))
    assert told(inbox.take(6, 1_000)) == [("a", 1), ("b", 1), ("c", 1), ("a", 2), ("b", 2), ("c", 2)]
    assert told(inbox.take(6, 1_000)) == [("a", 3), ("a", 4)]
    assert len(inbox) == 0
    assert inbox.take(6, 1_000) == []


def test_a_turn_ends_with_the_message_that_reaches_its_bytes():
    inbox = Inbox({"a"}, 100)
    for number in range(1, 5):
        inbox.put(says("a", number, 10))
    assert len(inbox.take(9, 15)) == 2
    assert len(inbox) == 2


def test_when_it_is_full_who_floods_loses_its_own_newest():
    inbox = Inbox({"a", "b"}, 3)
    assert [inbox.put(says("a", number)) for number in range(1, 5)] == [0, 0, 0, 1]
    assert inbox.put(says("b", 1)) == 1
    assert told(inbox.take(9, 1_000)) == [("a", 1), ("b", 1), ("a", 2)]


def test_when_its_bytes_are_full_who_floods_loses_its_own_newest():
    inbox = Inbox({"a", "b"}, 100, bytes_max=30)
    assert [inbox.put(says("a", number, 10)) for number in range(1, 5)] == [0, 0, 0, 1]
    assert inbox.put(says("b", 1, 15)) == 2
    assert inbox.put(says("b", 2, 31)) == 1
    assert told(inbox.take(9, 1_000)) == [("a", 1), ("b", 1)]
    assert inbox.put(says("b", 3, 30)) == 0
    assert told(inbox.take(9, 1_000)) == [("b", 3)]


def test_names_that_nobody_knows_share_one_place():
    inbox = Inbox({"a"}, 4)
    for number in range(4):
        inbox.put(says(f"made-up-{number}", number))
    assert [inbox.put(says("a", 1)), inbox.put(says("a", 2))] == [1, 1]
    inbox.put(Message("nonsense", b"x"))
    assert told(inbox.take(2, 1_000)) == [("made-up-0", 0), ("a", 1)]
    inbox.clear()
    assert len(inbox) == 0


def test_a_quota_refills_with_time_and_a_clock_set_back_refills_nothing():
    quota = Quota(per_s=10, burst_s=2)
    assert quota.lets(0, "a", 20)
    assert not quota.lets(0, "a", 1)
    assert quota.lets(0, "b", 20)
    assert quota.lets(US, "a", 10)
    assert not quota.lets(0, "a", 1)
    assert quota.lets(US // 10, "a", 1)
    assert not quota.lets(100 * US, "a", 21)
    assert quota.lets(100 * US, "a", 20)
