"""What goes in and out of the routes for gates."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Condition, Plain, Signal, Strict, Time, Words

Sort = Literal["person", "vehicle"]
Direction = Literal["in", "out"]
Short = Annotated[str, Plain, Field(max_length=80)]
Asked = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]
WHY = "Why somebody wants to know; it stands on the audit log"


class PassageView(Strict):
    """A decision at a gate: somebody was let through, or refused."""

    id: str = Field(description="Its name", examples=["0f3a:17"])
    at: Time = Field(description="When: RFC 3339, UTC")
    gate: str = Field(description="The door or barrier, by its id")
    device: str = Field(description="The reader or camera that was asked, by its id")
    direction: str = Field(description="in, out, or empty: not known")
    medium: str = Field(description="card, plate, qr, pin or face")
    plate: str = Field(description="The plate; masked where nobody said why they want to know", examples=["粤B***45"])
    permit: str = Field(description="The right that was found, or did not suffice; empty: none")
    holder: str = Field(description="Whose it is; empty: not known")
    holder_name: str = Field(
        description="Their name, whole for whoever may look holders up, else masked; empty: not known, or erased",
        examples=["李雷"],
    )
    granted: bool = Field(description="Whether it was let through")
    reason: str = Field(description="Why, a name such as permit, expired, passback, doubtful_plate")
    picture: str = Field(description="Its picture: GET /pictures/{picture}; empty: none")
    late: bool = Field(description="It came in long after it happened")


class PassageList(Strict):
    """Decisions, newest first."""

    passages: list[PassageView] = Field(description="Newest first")
    cursor: str | None = Field(description="For the next page; null: there is none")


class PassageSearch(Strict):
    """A search for a plate, a right or a person. It is counted, and stands on the audit log with its reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "业主报失窃 theft reported", "plate": "粤B12345"}]}
    )

    reason: Words = Field(description=WHY)
    gate: Short = Field(default="", description="At one gate")
    plate: Short = Field(default="", description="A plate, however it is written")
    permit: Short = Field(default="", description="A right, by its id")
    holder: Short = Field(default="", description="A person's or a vehicle's number")
    direction: Direction | None = Field(default=None, description="Only in, or out")
    granted: bool | None = Field(default=None, description="Only who was let through, or only who was refused")
    from_: Asked | None = Field(default=None, alias="from", description="From then on: RFC 3339 with an offset")
    to: Asked | None = Field(default=None, description="Before then: RFC 3339 with an offset")
    cursor: Annotated[str, Field(max_length=400)] | None = Field(default=None, description="Of the page before")
    limit: int = Field(default=50, ge=1, le=100, description="How many at most")


class ZoneCount(Strict):
    """How many are in a zone."""

    zone: str = Field(description="The zone, by its id")
    people: int = Field(description="How many people, by their credentials")
    vehicles: int = Field(description="How many vehicles, by their plates")


class PresenceCounts(Strict):
    """How many are in. It is known of credentials, not of people: who follows somebody in is not counted."""

    zones: list[ZoneCount] = Field(description="Zones in which somebody is, by their ids")


class PresenceSearch(Strict):
    """Who is in. It is counted, and stands on the audit log with its reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "疏散清点 evacuation", "zone": "estate"}]}
    )

    reason: Words = Field(description=WHY)
    sort: Sort | None = Field(default=None, description="Only people, or only vehicles")
    who: Short = Field(default="", description="One of them; a plate however it is written")
    zone: Short = Field(default="", description="In one zone")
    after: Short = Field(default="", description="Go on after this `who`: the last one of the page before")
    limit: int = Field(default=100, ge=1, le=500, description="How many at most")


class PresenceView(Strict):
    """Where somebody, or a vehicle, was last known to be."""

    sort: Sort = Field(description="person or vehicle")
    who: str = Field(description="A vehicle's plate; a person's number, or else the right or the card")
    holder: str = Field(description="Whose it is; empty: not known")
    permit: str = Field(description="The right by which it came")
    zone: str = Field(description="The zone; empty: outside")
    gate: str = Field(description="The last gate")
    since: Time = Field(description="In that zone since: RFC 3339, UTC")
    at: Time = Field(description="The last passage or correction: RFC 3339, UTC")
    corrected_by: str = Field(description="Who has corrected it by hand; empty: nobody")
    reason: str = Field(description="Why it was corrected")


class PresenceList(Strict):
    """Who is in, by name."""

    present: list[PresenceView] = Field(description="By `who`")


class PresenceCorrection(Strict):
    """Where somebody, or a vehicle, really is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"sort": "vehicle", "who": "粤B12345", "zone": "", "reason": "已确认离开 seen to leave"}]
        },
    )

    sort: Sort = Field(description="person or vehicle")
    who: Short = Field(min_length=1, description="As the list has it; a plate however it is written")
    zone: Short = Field(description="The zone; empty: outside")
    reason: Words = Field(description="How that is known")


class WatchView(Strict):
    """A plate that is looked for."""

    id: str = Field(description="Its name")
    plate: str = Field(description="The plate")
    reason: str = Field(description="Why it is looked for")
    actor: str = Field(description="Who has put it there")
    at: Time = Field(description="Since when: RFC 3339, UTC")
    until: Time | None = Field(description="Until when: RFC 3339, UTC; null: until somebody ends it")
    priority: int = Field(description="The priority of its incidents, 1 to 4")
    ended_at: Time | None = Field(description="When it was ended: RFC 3339, UTC; null: it was not")
    ended_by: str = Field(description="Who ended it; empty: nobody")


class WatchList(Strict):
    """The watch list."""

    watched: list[WatchView] = Field(description="Newest first")


class WatchRequest(Strict):
    """Look for a plate."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"plate": "粤B12345", "reason": "派出所协查 asked for by the police"}]}
    )

    plate: Annotated[str, Plain, Field(min_length=1, max_length=40)] = Field(description="However it is written")
    reason: Words = Field(description="Why; people see it in the incident")
    until: Asked | None = Field(default=None, description="Until then: RFC 3339 with an offset; null: until somebody ends it")
    priority: Literal[1, 2, 3, 4] = Field(default=2, description="Of its incidents, 1 is the highest")


class WatchEndRequest(Strict):
    """Look for it no more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "已查获 found"}]})

    reason: Words = Field(description="Why it is ended")


class OpeningCount(Strict):
    """How often a gate opened by one kind of explanation."""

    explained: str = Field(description="card, plate, qr, pin, face, command, button, loop, fire; empty: nothing explains it")
    count: int = Field(description="How often")


class GateDay(Strict):
    """A gate's openings of the day."""

    gate: str = Field(description="The door or barrier, by its id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    openings: int = Field(description="All of them")
    unexplained: int = Field(description="Of those, what nothing explains")
    by: list[OpeningCount] = Field(description="By what explains them")


class UnexplainedView(Strict):
    """An opening that nothing explains."""

    id: str = Field(description="Its name")
    gate: str = Field(description="The door or barrier, by its id")
    at: Time = Field(description="When: RFC 3339, UTC")
    closed_at: Time | None = Field(description="When it was closed: RFC 3339, UTC; null: it is open, or nobody saw it")
    incident: int | None = Field(description="Its incident; null: none yet, as its agent has not reported past it")


class ByHandView(Strict):
    """An opening by hand, with who and why."""

    at: Time = Field(description="When it was done: RFC 3339, UTC")
    gate: str = Field(description="The door or barrier, by its id")
    actor: str = Field(description="In whose name")
    reason: str = Field(description="Why; empty: its command is not on record any more")


class Reconciliation(Strict):
    """A day's openings, each with what explains it."""

    day: str = Field(description="The local day")
    timezone: str = Field(description="The estate's zone")
    gates: list[GateDay] = Field(description="Gates that opened")
    unexplained: list[UnexplainedView] = Field(description="Oldest first; 500 at most: `gates` has all counts")
    by_hand: list[ByHandView] = Field(description="Oldest first; 500 at most")


class PermitTable(Strict):
    """The table of permits that a gate decides by."""

    no: int = Field(description="Its number")
    changed_at: Time = Field(description="When the hub changed it last, by the hub's clock")
    heard_at: Time = Field(description="When the agent last heard of it, by the agent's clock")


class GateState(Strict):
    """How a gate stands, as it told last."""

    gate: str = Field(description="The door or barrier, by its id")
    kind: str = Field(description="door or barrier")
    place: str = Field(description="Where it stands, by the place's id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    condition: Condition = Field(description="Its position, or that nobody hears it")
    signals: list[Signal] = Field(description="Its loop, its beam, its arm")
    fire: bool = Field(description="A fire input frees it now")
    cameras: list[str] = Field(description="The cameras that read plates in its lane, by their ids")
    table: PermitTable | None = Field(description="The permits that its agent decides by; null: it has told of none")
    last: PassageView | None = Field(description="The last decision, its plate masked; null: none")
    live_incidents: list[int] = Field(description="The numbers of its live incidents")


class GateList(Strict):
    """The gates of the estate."""

    gates: list[GateState] = Field(description="In the estate's order")
