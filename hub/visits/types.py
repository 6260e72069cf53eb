"""Visits, deliveries, links and places for vehicles, as they stand in their rows."""

from typing import Literal, get_args

import msgspec

Kind = Literal["visitor", "vehicle", "temporary", "truck"]
"""A person on foot; a visitor's vehicle; a vehicle with no permit; a truck or a construction vehicle."""
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal[
    "registered", "asked", "expired", "confirmed", "inside", "overstayed", "refused", "cancelled", "left", "closed"
]  # fmt: skip
Registrar = Literal["guard", "desk", "resident"]
How = Literal["", "link", "call", "resident", "staff"]
"""How somebody has answered for a visit: by a link, by a call that the desk has recorded, the resident by registering it, or one
of the staff, where no resident is visited."""
DeliveryState = Literal["dropped", "carried", "collected", "returned"]
Consent = Literal["", "asked", "yes", "no", "expired"]
Purpose = Literal["confirm", "consent"]
NoticeState = Literal["waiting", "sent", "failed"]


class Visit(msgspec.Struct, frozen=True):
    """A row of `visit`. `sealed`: the box with name, identity number and phone, see hub/visits/sealing.py; `plate`: canonical.
    `qr` and `plate_name`: the names of its credentials, by which gates know them. `from_us`, `until_us`: the pass; None: there
    is none. `due_us`: the one deadline that the state has. `erase_us`: when what is personal goes. `people`: how many come."""

    visit: str
    kind: Kind
    state: State
    room: str
    reason: str
    company: str
    plate: str
    plate_name: str
    qr: str
    sealed: str
    route: str
    space: str
    made_us: int
    made_by: str
    made_as: Registrar
    expected_us: int | None = None
    asked_us: int | None = None
    asks: int = 0
    answered_us: int | None = None
    answered_how: How = ""
    answered_by: str = ""
    from_us: int | None = None
    until_us: int | None = None
    entered_us: int | None = None
    left_us: int | None = None
    forced: bool = False
    extended: int = 0
    rules: str = ""
    rules_us: int | None = None
    rules_by: str = ""
    due_us: int | None = None
    ended_us: int | None = None
    erase_us: int | None = None
    erased_us: int | None = None
    entries: int = 0
    version: int = 0
    people: int = 1


class VisitEntry(msgspec.Struct, frozen=True):
    """A row of `visit_entry`: one act on a visit or a delivery. `actor`: an account's name, a person of the household, or hub."""

    about: str
    entry_no: int
    at_us: int
    act: str
    actor: str
    note: str


class Delivery(msgspec.Struct, frozen=True):
    """A row of `delivery`: goods that a courier has left at a drop-off point. `consent`: whether a guard may carry them to the
    door, `consent_by` and `consent_how` who said so and how."""

    delivery: str
    state: DeliveryState
    room: str
    place: str
    company: str
    parcels: int
    made_us: int
    made_by: str
    told_us: int | None = None
    consent: Consent = ""
    consent_us: int | None = None
    consent_how: How = ""
    consent_by: str = ""
    carrier: str = ""
    unclaimed: bool = False
    due_us: int | None = None
    ended_us: int | None = None
    entries: int = 0
    version: int = 0


class Link(msgspec.Struct, frozen=True):
    """A row of `visit_link`. `digest`: of its token, which is nowhere kept; `link`: the name from which the token is made, by a
    key that is in no database. `person`: who of the household it was sent to. `round_no`: which asking it belongs to."""

    digest: str
    link: str
    purpose: Purpose
    about: str
    person: str
    round_no: int
    made_us: int
    expires_us: int
    used_us: int | None = None


class ResidentLink(msgspec.Struct, frozen=True):
    """A row of `resident_link`: by what one resident registers visitors; a new one takes the place of the one before. `link` and
    `digest`: as of a Link. `made_by`: the account that had it sent, or the confirming link behind which it was taken. `count`: so
    many visitors since `day_us`, the beginning of a local day; it outlives the link."""

    holder: str
    room: str
    link: str
    digest: str
    made_us: int
    made_by: str
    expires_us: int
    revoked_us: int | None = None
    day_us: int = 0
    count: int = 0


class Notice(msgspec.Struct, frozen=True):
    """A row of `visit_notice`: what somebody of a household is to be told. `link` empty: there is nothing to answer. `until_us`:
    from then on it is no use any more."""

    notice: str
    about: str
    what: str
    room: str
    person: str
    link: str
    made_us: int
    until_us: int
    state: NoticeState = "waiting"
    tries: int = 0
    error: str = ""
    done_us: int | None = None


class Space(msgspec.Struct, frozen=True):
    """A row of `visit_space`: a parking space, or with `holds` over 1 an area. `temporary`: for vehicles with no permit."""

    space: str
    name_zh: str
    name_en: str
    place: str
    holds: int = 1
    temporary: bool = False


class Route(msgspec.Struct, frozen=True):
    """A row of `visit_route`: how a visitor goes. `groups`: what it opens, groups of permits; `words`: how one gets there."""

    route: str
    name_zh: str
    name_en: str
    words: str
    groups: tuple[str, ...]


class Looks(msgspec.Struct, frozen=True):
    """A row of `visit_looks`: how often an account has looked in an hour. `told`: that it was too often is an incident."""

    account: str
    what: str
    from_us: int
    count: int
    told: bool = False
