"""What a permit is made of, as the hub keeps it. Every thing has a version, counted from 1, that an editor compares and sets.

A household has holders; a holder has permits; a permit names groups and has credentials; a group gives rights: a portal while a
schedule holds. Zones, portals and schedules are the estate's lie of the land for gates.
"""

from typing import Annotated, Literal, get_args

import msgspec

from contract.names import NAME_PATTERN, Medium
from contract.permits import OUTSIDE, State

HOUSEHOLDS_MAX = 50_000
HOLDERS_MAX = 200_000
PERMITS_MAX = 200_000
CREDENTIALS_MAX = 300_000
RULES_MAX = 500
"""Of each of groups, zones, portals and schedules."""
CREDENTIALS_OF_PERMIT_MAX = 20
RIGHTS_MAX = 400
"""Of one group."""
GROUPS_OF_PERMIT_MAX = 8
WEEKLY_MAX = 28
EXCEPTIONS_MAX = 200
SPACES_MAX = 50
USES_MAX = 1_000
MINUTES_OF_DAY = 1_440
ALWAYS = "always"
"""The schedule that is there without being made: at any time, also behind every horizon."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
Text = Annotated[str, msgspec.Meta(max_length=100)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Minute = Annotated[int, msgspec.Meta(ge=0, le=MINUTES_OF_DAY)]
Us = Annotated[int, msgspec.Meta(ge=0, le=2**62)]

HolderKind = Literal["resident", "staff", "contractor", "visitor", "vehicle"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "workday", "holiday"]
"""`workday` is a day that is worked on, Sundays made up for among them; `holiday` any other."""
Kind = Literal["household", "holder", "permit", "credential", "group", "zone", "portal", "schedule"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LIVE: frozenset[State] = frozenset(("active", "suspended"))
"""States in which a credential is its holder's. One name is that of one live credential at most."""


class Thing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The base of all. `changed_us`: when its version came to be; both are given by the book."""

    version: int = 0
    changed_us: int = 0


class Household(Thing, frozen=True, kw_only=True):
    """Who lives, or works, behind one door. `place`: the estate's place it lies in, or empty. `ended_us`: they have moved out."""

    household: Id
    building: Text = ""
    unit: Text = ""
    room: Text = ""
    place: Text = ""
    note: Note = ""
    ended_us: int | None = None


class Holder(Thing, frozen=True, kw_only=True):
    """A person or a vehicle's keeper. `name` and `phone` are personal data: they stand in no log and no change. `ended_us`: gone,
    and all permits with it."""

    holder: Id
    kind: HolderKind
    name: Text = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    household: Annotated[str, msgspec.Meta(max_length=64)] = ""
    note: Note = ""
    ended_us: int | None = None


class Permit(Thing, frozen=True, kw_only=True):
    """A right to go through. Times are UTC microseconds, None: no limit. `spaces`: so many of its vehicles may be inside at once,
    0: no limit. `uses`: how often each credential may go in, 0: as often as it likes. `exempt`: passback does not hold it up.
    `origin`: what issued it, such as `visit`, and under which name; empty: an editor."""

    permit: Id
    holder: Id
    groups: Annotated[tuple[Id, ...], msgspec.Meta(max_length=GROUPS_OF_PERMIT_MAX)] = ()
    from_us: Us | None = None
    until_us: Us | None = None
    spaces: Annotated[int, msgspec.Meta(ge=0, le=SPACES_MAX)] = 0
    uses: Annotated[int, msgspec.Meta(ge=0, le=USES_MAX)] = 0
    exempt: bool = False
    origin: Annotated[str, msgspec.Meta(max_length=64)] = ""
    note: Note = ""
    ended_us: int | None = None


class Proof(msgspec.Struct, frozen=True):
    """A medium and its name under the site's card key. `shown`: what people recognise it by: a plate's text, the last two digits
    of a card, nothing of a code."""

    medium: Medium
    name: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    shown: Annotated[str, msgspec.Meta(max_length=16)] = ""


class Credential(Thing, frozen=True, kw_only=True):
    """What proves a permit: see Proof. Its times narrow the permit's. `pin`: the name of the PIN that must follow, or empty.
    `instead`: the credential that replaced it. `ended_us`: since when it is no more live."""

    credential: Id
    permit: Id
    medium: Medium
    name: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    shown: Annotated[str, msgspec.Meta(max_length=16)] = ""
    state: State = "active"
    from_us: Us | None = None
    until_us: Us | None = None
    pin: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")] = ""
    instead: Annotated[str, msgspec.Meta(max_length=64)] = ""
    ended_us: int | None = None


class GroupRight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Going through at a portal while a schedule holds."""

    portal: Id
    schedule: Id = ALWAYS


class Group(Thing, frozen=True, kw_only=True):
    """Rights that many permits share. Several at one portal add up."""

    group: Id
    name_zh: Text
    name_en: Text = ""
    rights: Annotated[tuple[GroupRight, ...], msgspec.Meta(max_length=RIGHTS_MAX)] = ()


class Zone(Thing, frozen=True, kw_only=True):
    """A part of the estate that gates lead into and out of. The street is none: it is the empty name."""

    zone: Id
    name_zh: Text
    name_en: Text = ""
    place: Text = ""


class Portal(Thing, frozen=True, kw_only=True):
    """A reader or camera of the estate, by its device's id, and the way that it guards: see contract.permits.Portal. None: the
    policy's number."""

    portal: Id
    from_zone: Annotated[str, msgspec.Meta(max_length=64)] = OUTSIDE
    to_zone: Annotated[str, msgspec.Meta(max_length=64)] = OUTSIDE
    media: Annotated[tuple[Medium, ...], msgspec.Meta(min_length=1, max_length=5)] = ("card", "plate", "qr", "pin", "face")
    passback: Literal["off", "soft", "hard"] = "off"
    passback_s: Seconds | None = None
    leave: Literal["anyone", "known", "permitted"] = "known"
    factor: Literal["never", "weak", "always"] = "never"


class Weekly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours on some days, in minutes of the local day [from, until); an end before or at the beginning is on the next day."""

    days: Annotated[tuple[Day, ...], msgspec.Meta(min_length=1, max_length=9)]
    from_min: Minute = 0
    until_min: Minute = MINUTES_OF_DAY


class OtherDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another rule for one local date, `YYYY-MM-DD`: these hours in minutes instead of the week's; none: closed all day."""

    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    hours: Annotated[tuple[tuple[Minute, Minute], ...], msgspec.Meta(max_length=4)] = ()


class Schedule(Thing, frozen=True, kw_only=True):
    """When rights hold, in the estate's local time. The hours of all rows whose days fit add up."""

    schedule: Id
    name_zh: Text
    name_en: Text = ""
    weekly: Annotated[tuple[Weekly, ...], msgspec.Meta(max_length=WEEKLY_MAX)] = ()
    exceptions: Annotated[tuple[OtherDay, ...], msgspec.Meta(max_length=EXCEPTIONS_MAX)] = ()


AnyThing = Household | Holder | Permit | Credential | Group | Zone | Portal | Schedule
Rule = Group | Zone | Portal | Schedule
TYPES: dict[Kind, type[AnyThing]] = {
    "household": Household,
    "holder": Holder,
    "permit": Permit,
    "credential": Credential,
    "group": Group,
    "zone": Zone,
    "portal": Portal,
    "schedule": Schedule,
}
KIND_OF: dict[type[AnyThing], Kind] = {cls: kind for kind, cls in TYPES.items()}
LIMITS: dict[Kind, int] = {
    "household": HOUSEHOLDS_MAX,
    "holder": HOLDERS_MAX,
    "permit": PERMITS_MAX,
    "credential": CREDENTIALS_MAX,
    "group": RULES_MAX,
    "zone": RULES_MAX,
    "portal": RULES_MAX,
    "schedule": RULES_MAX,
}


def kind_of(thing: AnyThing) -> Kind:
    """Which kind it is."""
    return KIND_OF[type(thing)]


def id_of(thing: AnyThing) -> str:
    """Its name among those of its kind."""
    return str(getattr(thing, kind_of(thing)))


def ended_us(thing: AnyThing) -> int | None:
    """Since when it is over; None: it is not."""
    return getattr(thing, "ended_us", None)
