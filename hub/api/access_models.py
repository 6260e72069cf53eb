"""What goes in and out of the routes for permits."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from contract.names import Medium
from contract.permits import State
from hub.access.types import Day, HolderKind
from hub.access.types import Kind as ThingKind
from hub.api.models import Plain, Strict, Time

Id = Annotated[str, Plain, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", min_length=1, max_length=64)]
MaybeId = Annotated[str, Plain, Field(max_length=64)]
Text = Annotated[str, Plain, Field(max_length=100)]
Note = Annotated[str, Plain, Field(max_length=500)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="The version that was seen; 0: it is new")]
MaybeTime = Annotated[str, Field(max_length=40)] | None
Minute = Annotated[int, Field(ge=0, le=1_440)]
Date = Annotated[str, Plain, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-10-01"])]
Number = Annotated[str, Plain, Field(min_length=1, max_length=200)]


class Editing(Strict):
    """The base of what is put: which version is replaced, and why."""

    version: Version = 0
    reason: Note = Field(default="", description="Why; it stands in the history and on the audit log")


class Kept(Strict):
    """The base of what is shown. `version`: to be sent with the next edit."""

    version: int = Field(description="Counted from 1")
    changed_at: Time = Field(description="When this version came to be: RFC 3339, UTC")


class HouseholdBody(Editing):
    """Who is behind one door."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"building": "3", "unit": "2", "room": "501"}]})

    building: Text = Field(default="", description="The building")
    unit: Text = Field(default="", description="The unit of the building")
    room: Text = Field(default="", description="The room's number")
    place: MaybeId = Field(default="", description="The estate's place it lies in, or empty")
    note: Note = Field(default="", description="What is to be known")


class RoomPerson(Strict):
    """Somebody who lives there, as a guard sees it."""

    id: str = Field(description="Their id as a holder: whom a call was with")
    name: str = Field(description="Their name, masked", examples=["李**"])


class HouseholdView(Kept):
    """A household."""

    id: str = Field(description="Its id in the book of permits")
    building: str = Field(description="The building")
    unit: str = Field(description="The unit of the building")
    room: str = Field(description="The room's number")
    place: str = Field(description="The estate's place, or empty")
    note: str = Field(description="What is to be known")
    ended_at: Time | None = Field(description="Since when nobody lives there: RFC 3339, UTC; null: somebody does")
    residents: list[RoomPerson] = Field(
        default=[], description="Who lives there, masked: for a guard alone, who has no other way to say whom a call was with"
    )


class HolderBody(Editing):
    """Somebody, or a vehicle's keeper, who holds permits."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "resident", "name": "李雷"}]})

    kind: HolderKind = Field(description="resident, staff, contractor, visitor or vehicle")
    name: Text = Field(default="", description="The name")
    phone: Annotated[str, Plain, Field(max_length=40)] = Field(default="", description="The phone")
    household: MaybeId = Field(default="", description="The household's id, or empty")
    note: Note = Field(default="", description="What is to be known")


class HolderView(Kept):
    """A holder. Name, phone and note are empty once they are erased."""

    id: str = Field(description="The id, which says nothing about the person")
    kind: HolderKind = Field(description="resident, staff, contractor, visitor or vehicle")
    name: str = Field(description="The name")
    phone: str = Field(description="The phone")
    household: str = Field(description="The household's id, or empty")
    note: str = Field(description="What is to be known")
    ended_at: Time | None = Field(description="Since when no permit of theirs holds: RFC 3339, UTC; null: they do")


class PermitBody(Editing):
    """A right to go through."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"holder": "h1", "groups": ["residents"]}]})

    holder: Id = Field(description="Whose it is")
    groups: list[Id] = Field(default=[], max_length=8, description="Groups of rights")
    valid_from: MaybeTime = Field(default=None, description="RFC 3339 with an offset; null: at once")
    valid_until: MaybeTime = Field(default=None, description="RFC 3339 with an offset; null: without end")
    spaces: int = Field(default=0, ge=0, le=50, description="So many of its vehicles may be inside at once; 0: no limit")
    uses: int = Field(default=0, ge=0, le=1_000, description="How often each credential may go in; 0: no limit")
    exempt: bool = Field(default=False, description="Anti-passback does not hold it up")
    note: Note = Field(default="", description="What is to be known")


class PermitView(Kept):
    """A permit."""

    id: str = Field(description="Its id in the book of permits")
    holder: str = Field(description="Whose it is")
    groups: list[str] = Field(description="Groups of rights")
    valid_from: Time | None = Field(description="From when on; null: at once")
    valid_until: Time | None = Field(description="Until when; null: without end")
    spaces: int = Field(description="So many of its vehicles may be inside at once; 0: no limit")
    uses: int = Field(description="How often each credential may go in; 0: no limit")
    exempt: bool = Field(description="Anti-passback does not hold it up")
    origin: str = Field(description="What issued it, such as visit:ID; empty: an editor")
    note: str = Field(description="What is to be known")
    ended_at: Time | None = Field(description="Since when it is over: RFC 3339, UTC; null: it is not")


class CredentialView(Kept):
    """A credential. Its number is nowhere kept: `name` is its hash under the site's card key."""

    id: str = Field(description="Its id in the book of permits")
    permit: str = Field(description="Which permit it proves")
    medium: Medium = Field(description="card, plate, qr, pin or face")
    name: str = Field(description="The keyed hash that gates know it by")
    shown: str = Field(description="What it is recognised by: a plate's text, the last two digits of a card")
    state: State = Field(description="active, suspended, lost, revoked or replaced")
    valid_from: Time | None = Field(description="From when on; null: as the permit")
    valid_until: Time | None = Field(description="Until when; null: as the permit")
    has_pin: bool = Field(description="A PIN of its own may follow it")
    instead: str = Field(description="The credential that replaced it, or empty")
    ended_at: Time | None = Field(description="Since when it is lost, revoked or replaced: RFC 3339, UTC; null: it is live")


class IssueBody(Strict):
    """A credential to give. `number`: see docs/design/permits.md."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"medium": "card", "number": "12,34567"}, {"medium": "plate", "number": "京A12345"}]},
    )

    medium: Medium = Field(description="card, plate, qr, pin or face")
    number: Number = Field(description="FACILITY,NUMBER[/BITS] of a card, a plate, a code; or its keyed hash")
    valid_from: MaybeTime = Field(default=None, description="RFC 3339 with an offset; null: as the permit")
    valid_until: MaybeTime = Field(default=None, description="RFC 3339 with an offset; null: as the permit")
    pin: Annotated[str, Plain, Field(max_length=32)] = Field(default="", description="The PIN that is to follow it, or empty")
    reason: Note = Field(default="", description="Why it is done; it stands in the history and on the audit log")


class DeedBody(Strict):
    """An act on a credential, or an end."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1, "reason": "遗失 lost"}]})

    version: Version
    reason: Note = Field(default="", description="Why it is done; it stands in the history and on the audit log")


class EndBody(DeedBody):
    """An end."""

    erase: bool = Field(default=False, description="Of a holder: erase name, phone and note too")


class ReplaceBody(DeedBody):
    """The credential that takes the place of another."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1, "number": "12,34568"}]})

    number: Number = Field(description="As when it is issued; the medium stays")


class RightModel(Strict):
    """Going through at a portal while a schedule holds."""

    portal: Id = Field(description="The portal, by its device")
    schedule: Id = Field(default="always", description="The schedule; always: at any time")


class GroupBody(Editing):
    """Rights that many permits share."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name_zh": "业主", "rights": [{"portal": "reader-1"}]}]}
    )

    name_zh: Text = Field(description="Its name in Chinese")
    name_en: Text = Field(default="", description="Its name in English")
    rights: list[RightModel] = Field(default=[], max_length=400, description="Where and when")


class GroupView(Kept):
    """A group."""

    id: str = Field(description="Its id in the book of permits")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    rights: list[RightModel] = Field(description="Where and when")


class ZoneBody(Editing):
    """A part of the estate that portals lead into and out of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name_zh": "小区", "name_en": "estate"}]})

    name_zh: Text = Field(description="Its name in Chinese")
    name_en: Text = Field(default="", description="Its name in English")
    place: MaybeId = Field(default="", description="The estate's place, or empty")


class ZoneView(Kept):
    """A zone."""

    id: str = Field(description="Its id in the book of permits")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    place: str = Field(description="The estate's place, or empty")


class PortalBody(Editing):
    """A reader or camera and the way that it guards. An empty zone is the street."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to_zone": "estate", "passback": "hard"}]})

    from_zone: MaybeId = Field(default="", description="Where one comes from")
    to_zone: MaybeId = Field(default="", description="Where it leads")
    media: list[Medium] = Field(
        default=["card", "plate", "qr", "pin", "face"], min_length=1, max_length=5, description="What is taken here"
    )
    passback: Literal["off", "soft", "hard"] = Field(default="off", description="hard refuses whoever is there already")
    passback_s: int | None = Field(
        default=None, ge=0, le=86_400, description="For so many seconds; null: the policy's, 0: until they left"
    )
    leave: Literal["anyone", "known", "permitted"] = Field(default="known", description="Whom a way out lets through")
    factor: Literal["never", "weak", "always"] = Field(default="never", description="Whether a PIN must follow")


class PortalView(Kept):
    """A portal."""

    id: str = Field(description="The device's id")
    from_zone: str = Field(description="Where one comes from")
    to_zone: str = Field(description="Where it leads")
    media: list[Medium] = Field(description="What is taken here")
    passback: str = Field(description="off, soft or hard")
    passback_s: int | None = Field(description="For so many seconds; null: the policy's")
    leave: str = Field(description="anyone, known or permitted")
    factor: str = Field(description="never, weak or always")


class WeeklyModel(Strict):
    """Hours on some days, in minutes of the local day; an end before the beginning is on the next day."""

    days: list[Day] = Field(min_length=1, max_length=9, description="mon … sun, workday, holiday")
    from_min: Minute = Field(default=0, description="The beginning")
    until_min: Minute = Field(default=1_440, description="The end, not included")


class OtherDayModel(Strict):
    """Other hours on one date; none: closed."""

    date: Date = Field(description="The local date")
    hours: list[tuple[Minute, Minute]] = Field(default=[], max_length=4, description="Minutes of the day")


class ScheduleBody(Editing):
    """When rights hold, in local time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name_zh": "施工时间", "weekly": [{"days": ["workday"], "from_min": 420, "until_min": 1200}]}]
        },
    )

    name_zh: Text = Field(description="Its name in Chinese")
    name_en: Text = Field(default="", description="Its name in English")
    weekly: list[WeeklyModel] = Field(default=[], max_length=28, description="The week's hours; they add up")
    exceptions: list[OtherDayModel] = Field(default=[], max_length=200, description="Other hours on single dates")


class ScheduleView(Kept):
    """A schedule."""

    id: str = Field(description="Its id in the book of permits")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    weekly: list[WeeklyModel] = Field(description="The week's hours")
    exceptions: list[OtherDayModel] = Field(description="Other hours on single dates")


class HouseholdPage(Strict):
    """Households by id."""

    households: list[HouseholdView] = Field(description="By their ids")
    next: str | None = Field(description="What to send as `after` for the next page; null: this was the last")


class HolderPage(Strict):
    """Holders by id."""

    holders: list[HolderView] = Field(description="By their ids")
    next: str | None = Field(description="What to send as `after` for the next page; null: this was the last")


class PermitPage(Strict):
    """Permits by id."""

    permits: list[PermitView] = Field(description="By their ids")
    next: str | None = Field(description="What to send as `after` for the next page; null: this was the last")


class CredentialPage(Strict):
    """Credentials by id."""

    credentials: list[CredentialView] = Field(description="By their ids")
    next: str | None = Field(description="What to send as `after` for the next page; null: this was the last")


class RulesView(Strict):
    """All groups, zones, portals and schedules."""

    groups: list[GroupView] = Field(description="By their ids")
    zones: list[ZoneView] = Field(description="By their ids")
    portals: list[PortalView] = Field(description="By their ids")
    schedules: list[ScheduleView] = Field(description="By their ids")


class HistoryEntry(Strict):
    """One change of a thing."""

    version: int = Field(description="That it had after this")
    at: Time = Field(description="RFC 3339, UTC")
    act: str = Field(description="added, changed, ended, removed, erased, issued, lost, revoked, replaced, suspended or resumed")
    actor: str = Field(description="Who did it: the account's name")
    reason: str = Field(description="Why it was done, in the actor's words")
    body: dict[str, Any] = Field(description="The thing as it was then, without what is personal")


class HistoryView(Strict):
    """What became of a thing, the newest first; 500 at most."""

    kind: ThingKind = Field(description="Of which kind it is")
    id: str = Field(description="Its id in the book of permits")
    history: list[HistoryEntry] = Field(description="The newest first")


class CellWrongModel(Strict):
    """What is wrong with a file. `row`: as a spreadsheet counts it, the header being 1; 0: no row of it."""

    row: int = Field(description="The row, as a spreadsheet counts it")
    column: str = Field(description="The column's English name, or empty")
    column_zh: str = Field(description="Its Chinese name, or empty")
    code: str = Field(description="A name of what is wrong")
    what_zh: str = Field(description="What is wrong, in Chinese")
    what_en: str = Field(description="What is wrong, in English")
    write_zh: str = Field(description="What the column takes, in Chinese")
    write_en: str = Field(description="What the column takes, in English")


class ImportView(Strict):
    """What became of a file: each of its rows is either done or among the wrong ones."""

    rows: int = Field(description="Rows that hold something")
    done: int = Field(description="Rows that were taken in, or with dry_run would be")
    failed: int = Field(description="Rows that were not")
    dry_run: bool = Field(description="Nothing was written")
    all_or_nothing: bool = Field(description="With one wrong row nothing was written")
    wrong: list[CellWrongModel] = Field(description="What is wrong, by row; every row that failed is here")


class TableView(Strict):
    """An agent's table of permits: what the hub has made, and what the agent holds."""

    agent: str = Field(description="The agent")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    portals: list[str] = Field(description="The gates that decide by it, by their devices")
    epoch: str = Field(description="Names the numbering")
    no: int = Field(description="The newest table's number")
    hash: str = Field(description="What it comes to")
    entries: int = Field(description="How many entries it has")
    made_at: Time = Field(description="When it was made: RFC 3339, UTC")
    held_no: int | None = Field(description="The number that the agent holds; null: none, or it has not told")
    held_hash: str = Field(description="What the agent's comes to")
    held_entries: int = Field(description="How many entries the agent has")
    held_made_at: Time | None = Field(description="When the hub made the table that the agent holds: RFC 3339, UTC")
    told_at: Time | None = Field(description="When the agent told: RFC 3339, UTC; null: not since the hub was started")
    current: bool = Field(description="The agent holds the newest one")
    behind_s: float | None = Field(description="How much older its table is than the newest, in seconds; null: it is not known")


class TablesView(Strict):
    """All agents that have gates."""

    tables: list[TableView] = Field(description="By the agents' ids")
    counts: dict[str, int] = Field(description="How many things of each kind the book has")
