"""The table that a gate decides by: made by the hub for one agent, held whole at the agent, decided by with the hub gone.

The table is a set of entries, each under a key of its own. It comes down as a snapshot in chunks, over the authenticated channel,
and then as numbered changes, as orders; `epoch` names the numbering, and is another one once the hub was restored from a backup.
A table is in force whole or not at all: `hash` is over all entries, and an agent whose table does not come to it keeps the old
one and asks for a snapshot. Calendars have been compiled to intervals of UTC, so that no gate needs a zone or a list of holidays.
"""

from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from contract.names import NAME_PATTERN, Medium

ENTRIES_MAX = 500_000
"""Of one table. The hub refuses to compile a larger one."""
CHUNK_BYTES_MAX = 256 * 1024
"""Of the body of one chunk of a snapshot."""
CHANGES_BYTES_MAX = 48 * 1024
"""Of one order with changes, below what a broker must carry. More changes are told in several orders, or as a snapshot."""
OUTSIDE = ""
"""The zone of the street."""

Reason = Literal[
    "permit", "leaving",
    "no_table", "unknown_card", "revoked", "lost", "replaced", "suspended", "not_yet", "expired", "not_here", "outside_hours",
    "calendar_ended", "no_clock", "passback", "space_taken", "used_up", "too_many_tries", "second_factor",
    "wrong_medium",
    "unreadable_plate", "doubtful_plate", "odd_plate",
]  # fmt: skip
"""Why a gate opens (`permit`, `leaving`) or does not. The order is that in which they are looked at."""
OPENS: frozenset[Reason] = frozenset(("permit", "leaving"))

State = Literal["active", "revoked", "lost", "replaced", "suspended"]
EntryId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Entry(msgspec.Struct, frozen=True, tag_field="e", omit_defaults=True, gc=False):
    """The base of all kinds. The key of an entry is its tag and its id."""


class Rules(Entry, frozen=True, tag="rules"):
    """What counts where nobody can be asked; numbers of the policy, one entry a table.

    `no_clock`: the agent has booted and does not know the time: credentials and rights that are bound to no time always pass;
    `refuse` refuses the others as `no_clock`, `allow` lets those through that were good when the clock was last known.
    `calendar_end`: what counts behind a schedule's last interval was compiled: `refuse` as `calendar_ended`, or `repeat` its last
    week. `passback_unknown`: what an agent does whose memory of who is where was lost, or that has not heard of the other agents
    for `passback_hears_s` (0: there are no others to hear): `allow` takes everybody's zone as unknown, `refuse` as `passback` at
    hard readers."""

    no_clock: Literal["refuse", "allow"] = "refuse"
    calendar_end: Literal["refuse", "repeat"] = "repeat"
    passback_unknown: Literal["allow", "refuse"] = "allow"
    passback_hears_s: int = 60


class Portal(Entry, frozen=True, tag="portal"):
    """A reader or a camera, and the way that it guards: from one zone to another, OUTSIDE being the street.

    `passback`: `hard` refuses whoever is already where the way leads, for `passback_s` from then on (0: until he left); `soft`
    lets him through and says so: granted, with the reason `passback`. `leave`: whom a way out lets through besides those with a
    right: `anyone`, `known` (any credential of the table, whatever became of it) or `permitted` (nobody else). `factor`: whether
    a PIN must follow within 15 s: `never`, after a `weak` medium (one that can be copied), or `always`."""

    id: EntryId
    from_zone: str = OUTSIDE
    to_zone: str = OUTSIDE
    media: tuple[Medium, ...] = ("card", "plate", "qr", "pin", "face")
    passback: Literal["off", "soft", "hard"] = "off"
    passback_s: int = 300
    leave: Literal["anyone", "known", "permitted"] = "known"
    factor: Literal["never", "weak", "always"] = "never"


class Schedule(Entry, frozen=True, tag="schedule"):
    """When a right holds: intervals [from, until) in UTC seconds, sorted and apart, compiled up to `until_s`; None: always."""

    id: EntryId
    intervals: tuple[tuple[int, int], ...] | None = None
    until_s: int = 0


class Right(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Going through at a portal while a schedule holds."""

    portal: str
    schedule: str


class Level(Entry, frozen=True, tag="level"):
    """A group of rights that many credentials share. Several rights at one portal add up."""

    id: EntryId
    rights: tuple[Right, ...] = ()


class Credential(Entry, frozen=True, tag="credential"):
    """What proves a right, by its keyed hash. `holder`: whom passback follows, a number that names nobody outside the hub: all
    cards of a person, or one vehicle. `levels` add up. Times are UTC seconds; None is no limit. `uses`: how often it may go in;
    0: as often as it likes. `spaces`: so many vehicles under this `permit` may be inside at once; 0: no limit. `exempt`: passback
    does not hold it up. `pin`: the name of the PIN that answers `factor`."""

    id: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    permit: str
    holder: str
    levels: tuple[str, ...] = ()
    medium: Medium = "card"
    state: State = "active"
    from_s: int | None = None
    until_s: int | None = None
    uses: int = 0
    spaces: int = 0
    exempt: bool = False
    pin: str = ""


AnyEntry = Rules | Portal | Schedule | Level | Credential


class Chunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a snapshot: `part` counts from 0 to below `parts`. All parts of a snapshot have the same `no` and `hash`."""

    epoch: str
    no: int
    hash: str
    at_us: int
    part: int
    parts: int
    entries: list[AnyEntry] = []


def key_of(entry: AnyEntry) -> str:
    """The entry's key in its table."""
    tag = str(entry.__struct_config__.tag)
    return tag if isinstance(entry, Rules) else f"{tag}:{entry.id}"


def canonical(entry: AnyEntry) -> bytes:
    """The entry as it goes out and is weighed. A default is left out where it is the very object of the default: "card" out of a
    database is another one, and is written. Once it was decoded, an entry is written the same wherever that is done."""
    return encode(decode_entry.decode(encode(entry)))


def weight_of(entry: AnyEntry) -> int:
    """What the entry adds to its table's sum, so that a change costs no walk over the table."""
    return weight_of_text(canonical(entry))


def weight_of_text(text: bytes) -> int:
    """Likewise, from its canonical text."""
    return int.from_bytes(blake2b(text, digest_size=16, person=b"permits").digest())


def hash_of(total: int) -> str:
    """A table's hash, from the sum of its entries' weights: 32 hex digits. It finds mistakes; seals are against forgery."""
    return f"{total % (1 << 128):032x}"


def chunk_path(agent: str, epoch: str, no: int, part: int) -> str:
    """Where an agent gets a part of a snapshot at the hub, and what the MAC of its request, with an empty body, and of the answer
    is over. `epoch` `-` and `no` 0 ask for the newest; part 0 says which one that is."""
    return f"/agents/{agent}/permits/{epoch}/{no}/{part}"


encode = msgspec.json.Encoder().encode
decode_chunk = msgspec.json.Decoder(Chunk).decode
decode_entry: "msgspec.json.Decoder[AnyEntry]" = msgspec.json.Decoder(AnyEntry)
