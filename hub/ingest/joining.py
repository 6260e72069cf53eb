"""Batches of one log that came in one turn and go on from one another are taken as one. Pure.

What a batch costs whatever it brings (its mark, its receipt, that its agent was heard) is more than what a record costs. When a
hub is busy, small batches queue up; so they are joined then, and only then.
"""

from collections.abc import Sequence

from contract.envelope import MAX_BATCH_RECORDS
from hub.ingest.gate import BatchMessage, Message, Nothing, clock_offset_us, last_of


def groups(messages: Sequence[Message], now_us: int) -> list[list[Message]]:
    """The messages in the order in which they are to be taken. Those of a group can be joined: they are batches of one log, and
    stand where the first of them came. Each agent's own messages stay in order, and no two agents' had one."""
    found: list[list[Message]] = []
    open_groups: dict[str | None, list[Message]] = {}
    for message in messages:
        agent = None if isinstance(message, Nothing) else message.agent
        group = open_groups.get(agent)
        if group is not None and _goes_on(group, message, now_us):
            group.append(message)
        else:
            open_groups[agent] = [message]
            found.append(open_groups[agent])
    return found


def whole(group: Sequence[Message]) -> Message:
    """The group as one message. It speaks for all of them, as the newest of them would."""
    if len(group) == 1:
        return group[0]
    batches = [one for one in group if isinstance(one, BatchMessage)]
    return batches[-1]._replace(records=[record for one in batches for record in one.records])


def _goes_on(group: Sequence[Message], message: Message, now_us: int) -> bool:
    """Whether the message is the next of the group's log, and is to be judged as they are in everything."""
    first, last = group[0], group[-1]
    if not (isinstance(first, BatchMessage) and isinstance(last, BatchMessage) and isinstance(message, BatchMessage)):
        return False
    if not (last.records and message.records) or message.records[0].seq != last_of(last.records[-1]) + 1:
        return False
    was, head = last.head, message.head
    same_boot = (was.stream, was.epoch, was.boot, was.boot_head) == (head.stream, head.epoch, head.boot, head.boot_head)
    same_log = same_boot and (was.start, was.floor) == (head.start, head.floor)
    fits = last_of(message.records[-1]) - first.records[0].seq < MAX_BATCH_RECORDS
    return same_log and fits and clock_offset_us(was, now_us) == clock_offset_us(head, now_us)
