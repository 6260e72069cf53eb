"""What the hub asks of an agent, and the nonce an agent gives for a command.

Orders are sealed like batches, never retained, and at most once: an agent remembers the ids it has carried out.
A command needs a nonce: the hub asks (`ask_nonce`), the agent answers on its nonce topic, and the command that
names the nonce must arrive within COMMAND_LIFE_S by the agent's monotonic clock, counted from when it gave the nonce.
"""

from typing import Literal

import msgspec

from contract.footage import FootageStream, NoSpan
from contract.permits import AnyEntry
from contract.reading import kind_name

COMMAND_LIFE_S = 5.0


class _Order(msgspec.Struct, frozen=True, tag_field="order", tag=kind_name, omit_defaults=True):
    id: str
    """A random name of this order, 32 characters at most."""


class Flush(_Order, frozen=True):
    """Write a heartbeat with every source's watermark now, and send everything."""


class TakeSnapshot(_Order, frozen=True):
    """Take a picture with the camera `device` and send it."""

    device: str


class ShowPicture(_Order, frozen=True):
    """Take a picture with the camera `device` for somebody who looks just now, and post it at once. It is kept nowhere and no
    reading tells of it. An agent that does not know this order does nothing."""

    device: str


class AskNonce(_Order, frozen=True):
    """Give a nonce for one command."""


class Command(_Order, frozen=True):
    """Do `action` at `device`. Interlocks at the agent may refuse. `actor` and `reason` go into the result."""

    nonce: str
    device: str
    action: str
    actor: str
    reason: str


class KeepHead(_Order, frozen=True):
    """Keep this signed head of the hub's audit log, so that the log cannot be rewritten unseen: docs/design/audit.md. `hash` is
    that of entry `no`; `epoch` grows with each restore of a backup."""

    epoch: int
    no: int
    at_us: int
    hash: str
    key: str
    signature: str


class TakePermits(_Order, frozen=True):
    """The table of permits is number `no` of `epoch` and comes to `hash`: whoever holds another one gets the snapshot over the
    authenticated channel. Told when an agent's heartbeat shows another table, and again only after a while."""

    epoch: str
    no: int
    hash: str
    at_us: int


class ChangePermits(_Order, frozen=True):
    """The table's next change: from number `from_no` to `no`. First the keys in `drop` go, then the entries in `put` come in the
    place of those with their keys; then the table comes to `hash`. An agent that holds another number, or comes to another hash,
    changes nothing and gets the snapshot."""

    epoch: str
    from_no: int
    no: int
    hash: str
    at_us: int
    put: list[AnyEntry] = []
    drop: list[str] = []


class Whereabouts(msgspec.Struct, frozen=True, array_like=True):
    """A holder went into a zone, by a permit, at a time of the hub's line; `card` is the credential's name."""

    holder: str
    permit: str
    card: str
    zone: str
    at_us: int


class TellWhereabouts(_Order, frozen=True):
    """Who went where at other agents' gates, for passback and spaces; also with nothing to tell, so that an agent knows that it
    hears."""

    went: list[Whereabouts] = []


class DeleteFootage(_Order, frozen=True):
    """Delete these segments of the camera `device`. None whose end lies behind `floor_us` of the hub's line goes, nor one that is
    younger than `days` by the agent's own clock, whatever the order says: the agent checks each against its own index and its own
    clock, and answers for all the spans with `footage_deleted` and `footage_kept`. Told again until it is answered; an agent that
    has done it answers the same. `why`: their days are over, or the disk is full and the policy lets the oldest go: of the latter
    the agent takes as many, oldest first, as its disk lacks, and none while it is not full."""

    device: str
    stream: FootageStream
    spans: list[NoSpan]
    floor_us: int
    days: int = 30
    why: Literal["due", "room"] = "due"


class RescueFootage(_Order, frozen=True):
    """Somebody holds what `delete`, an earlier order, was to delete: what is on disk still stays, and whenever that order comes
    again. Answered by `footage_kept`, and by `footage_deleted` for what is gone, both in the name of `delete`."""

    delete: str
    device: str
    stream: FootageStream
    spans: list[NoSpan]


class ListFootage(_Order, frozen=True):
    """Tell the segments of the camera `device` from number `first` to `last` again, and as missing those that the index has and
    the disk has not."""

    device: str
    stream: FootageStream
    first: int
    last: int


class SendFootage(_Order, frozen=True):
    """Post the segment `no` of the camera `device` at once to the hub, for somebody who looks just now, as much of it as is on
    disk and can be played; an empty body where it is not there. `no` 0: post a FootageNow instead."""

    device: str
    stream: FootageStream
    no: int


AnyOrder = (
    Flush | TakeSnapshot | ShowPicture | AskNonce | Command | KeepHead | TakePermits | ChangePermits | TellWhereabouts
    | DeleteFootage | RescueFootage | ListFootage | SendFootage
)  # fmt: skip


class Nonce(msgspec.Struct, frozen=True):
    """The answer to `ask_nonce`: `order` is its id."""

    order: str
    nonce: str


class Status(msgspec.Struct, frozen=True):
    """Retained on an agent's status topic: whether it is connected. The last will says `online: false`, unsealed, as a broker
    keeps it; it is a hint only, and silence is what alarms."""

    online: bool


decode_order = msgspec.json.Decoder(AnyOrder).decode
decode_nonce = msgspec.json.Decoder(Nonce).decode
decode_status = msgspec.json.Decoder(Status).decode
