"""What goes in and out of the routes for visits. What is personal is masked in everything that goes out but Unmasked."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from hub.api.models import Plain, Strict, Time
from hub.visits.personal import names_an_identity
from hub.visits.types import How, Kind, NoticeState, Registrar, State

Id = Annotated[str, Plain, Field(min_length=1, max_length=64)]
MaybeId = Annotated[str, Plain, Field(max_length=64)]
Moment = Annotated[str, Field(max_length=40, examples=["2026-01-01T18:00:00+08:00"])]


def no_identity(text: str) -> str:
    """The text without blanks around it. Raises ValueError where an identity number stands in it."""
    if names_an_identity(text):
        raise ValueError("leave identity numbers out of free text: they have a field, where they are encrypted")
    return text.strip()


Free = Annotated[str, Plain, AfterValidator(no_identity), Field(max_length=500)]
"""Free text. It is kept as it is, so nothing may stand in it that is to be sealed."""
Reason = Annotated[str, Plain, AfterValidator(no_identity), Field(min_length=1, max_length=500)]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class VisitRequest(Strict):
    """A registration. Which fields a kind needs: GET /visit-kinds."""

    model_config = _example(
        kind="visitor",
        room="3-2-501",
        name="王小明",
        identity="11010519491231002X",
        phone="13900001111",
        reason="看望家人 a family visit",
        route="main",
    )

    kind: Kind = Field(description="visitor, vehicle, temporary or truck")
    room: MaybeId = Field(default="", description="The household visited, by its id; empty: the estate itself")
    name: Annotated[str, Plain, Field(max_length=60)] = Field(default="", description="Who comes; sealed, and masked on screens")
    identity: Annotated[str, Plain, Field(max_length=30)] = Field(
        default="", description="The number of an identity document; sealed, and masked on screens"
    )
    phone: Annotated[str, Plain, Field(max_length=30)] = Field(
        default="", description="Their phone; sealed, and masked on screens"
    )
    reason: Free = Field(default="", description="Why they come")
    company: Free = Field(default="", description="For whom they work, where that matters")
    plate: Annotated[str, Plain, Field(max_length=40)] = Field(default="", description="The number plate of a vehicle")
    route: MaybeId = Field(default="", description="By which visitors' route, which says what the pass opens")
    space: MaybeId = Field(default="", description="Which parking space the vehicle gets")
    expected_at: Moment | None = Field(default=None, description="When they are expected: RFC 3339 with an offset; null: now")
    resident: MaybeId = Field(
        default="",
        description="The resident who has it registered, at the desk or by phone, and so confirms it; empty: nobody has",
    )
    admit: bool = Field(default=False, description="Admit it at once, where no resident is to confirm it")


class VisitView(Strict):
    """A visit. What is personal is masked; `POST /visits/{visit}/unmask` shows it whole."""

    id: str = Field(description="Its random name", examples=["9f3a01c2d4e5b607"])
    kind: Kind = Field(description="visitor, vehicle, temporary or truck")
    kind_zh: str = Field(description="The kind in Chinese")
    kind_en: str = Field(description="The kind in English")
    clause: str = Field(description="The clause it comes under", examples=["GATE-3"])
    state: State = Field(description="How far it is: registered, asked, expired, confirmed, inside, overstayed, or over")
    state_zh: str = Field(description="The state in Chinese")
    state_en: str = Field(description="The state in English")
    room: str = Field(description="The household visited; empty: the estate itself")
    name: str = Field(description="Who comes, masked", examples=["王**"])
    identity: str = Field(description="The identity number, masked", examples=["**************002X"])
    phone: str = Field(description="Their phone, masked", examples=["139****1111"])
    plate: str = Field(description="The plate, masked", examples=["京A***45"])
    reason: str = Field(description="Why they come")
    company: str = Field(description="For whom they work")
    route: str = Field(description="Their route, by its id")
    space: str = Field(description="Their parking space, by its id")
    made_at: Time = Field(description="When it was registered: RFC 3339, UTC")
    made_by: str = Field(description="Who entered it")
    made_as: Registrar = Field(description="guard, desk or resident")
    expected_at: Time | None = Field(description="When they are expected: RFC 3339, UTC; null: when it was registered")
    asked_at: Time | None = Field(description="When the resident was asked last: RFC 3339, UTC")
    due_at: Time | None = Field(description="When the present state ends by itself: RFC 3339, UTC; null: it is over")
    answered_at: Time | None = Field(description="When somebody answered for it: RFC 3339, UTC")
    answered_how: How = Field(description="By link, call, resident (who registered it) or staff; empty: nobody has")
    answered_by: str = Field(description="Who: a holder of the household, or an account")
    from_at: Time | None = Field(description="When the pass begins: RFC 3339, UTC; null: there is none")
    until_at: Time | None = Field(description="When the pass ends: RFC 3339, UTC")
    entered_at: Time | None = Field(description="When they came in: RFC 3339, UTC")
    left_at: Time | None = Field(description="When they went: RFC 3339, UTC")
    forced: bool = Field(description="They were let in unconfirmed")
    rules: str = Field(description="Which version of the rules a truck's driver was told; empty: none")
    rules_at: Time | None = Field(description="When the driver was told: RFC 3339, UTC")
    rules_by: str = Field(description="Who told the driver")
    people: int = Field(description="How many come")
    ended_at: Time | None = Field(description="When it was over: RFC 3339, UTC")
    erase_at: Time | None = Field(description="When what is personal goes: RFC 3339, UTC; null: it is not over")
    erased: bool = Field(description="What was personal is gone")
    acts: list[str] = Field(description="What can be done now, such as ask, enter, cancel")


class VisitList(Strict):
    """Visits, newest first."""

    visits: list[VisitView] = Field(description="Newest first, masked")


class VisitEntryView(Strict):
    """One act on a visit or a delivery."""

    at: Time = Field(description="When it happened: RFC 3339, UTC")
    act: str = Field(description="What was done, such as confirmed", examples=["confirmed"])
    actor: str = Field(description="An account, a holder of the household, or hub")
    note: str = Field(description="Why, or what was said; numbers in it are masked")


class ResidentNotice(Strict):
    """Somebody of a household who was told, or was to be."""

    about: str = Field(description="The visit or the delivery")
    what: str = Field(description="Which text: confirm, dropped or consent")
    room: str = Field(description="The household, by its id")
    person: str = Field(description="The holder who was to be told")
    at: Time = Field(description="Since when: RFC 3339, UTC")
    state: NoticeState = Field(description="waiting, sent or failed")
    error: str = Field(description="Why it failed, a name; empty: it did not", examples=["no_answer"])


class ResidentNoticeList(Strict):
    """Notices, newest first."""

    notices: list[ResidentNotice] = Field(description="Newest first")


class VisitPage(Strict):
    """A visit with its history and its notices."""

    visit: VisitView = Field(description="As it is now")
    history: list[VisitEntryView] = Field(description="Oldest first")
    notices: list[ResidentNotice] = Field(description="Who was told, newest first")


class AskedView(Strict):
    """The resident is asked. Where nobody can be told, ring up and enter the call."""

    visit: VisitView = Field(description="As it is now")
    told: int = Field(description="How many of the household are being told")
    unreachable: int = Field(description="How many of the household have no phone on record")
    by_phone: bool = Field(description="Nobody can be told: the desk has to ring up")


class ResidentCall(Strict):
    """What was said in a call with a resident."""

    model_config = _example(person="r-li", direction="out", said="是亲戚，请放行 a relative: let them in", answer="yes")

    person: Id = Field(description="Whom the desk spoke to, a holder of the household")
    direction: Annotated[str, Field(pattern="^(in|out)$")] = Field(
        default="out", description="out: the desk rang up; in: they did"
    )
    said: Reason = Field(description="What was said")
    answer: Annotated[str, Field(pattern="^(yes|no)$")] = Field(description="yes or no")


class VisitActRequest(Strict):
    """What an act needs: a reason for force, extend, cancel and close; `until_at` for extend; `rules`; `space`."""

    model_config = _example(reason="急救 an emergency")

    reason: Free = Field(default="", description="Why it is done")
    until_at: Moment | None = Field(default=None, description="The pass's new end: RFC 3339 with an offset")
    rules: MaybeId = Field(default="", description="Which version of the driving and working rules was told and acknowledged")
    space: MaybeId = Field(default="", description="The new parking space")


class UnmaskRequest(Strict):
    """Why somebody wants to see what is personal."""

    model_config = _example(reason="核对证件 to compare it with the card")

    reason: Reason = Field(description="Why: it stands on the audit log")


class Unmasked(Strict):
    """What is personal of a visit, whole."""

    name: str = Field(description="Who comes")
    identity: str = Field(description="Their identity number")
    phone: str = Field(description="Their phone")
    plate: str = Field(description="Their plate")
    left: int = Field(description="How many such looks are left to the account in this hour")


class VisitSearch(Strict):
    """Whom somebody looks for: a part of a name, or the last characters of a number or a plate, four at least."""

    model_config = _example(text="1111")

    text: Annotated[str, Plain, Field(min_length=1, max_length=60)] = Field(description="Whom; it stands in no log")


class VisitKindView(Strict):
    """A kind of visit and what it needs."""

    kind: Kind = Field(description="Its name")
    zh: str = Field(description="Its name in Chinese")
    en: str = Field(description="Its name in English")
    clause: str = Field(description="The clause it comes under")
    needs: list[str] = Field(description="Fields that must be filled")
    resident: bool = Field(description="The resident visited confirms it")
    told_rules: bool = Field(description="The driver is told the rules first")


class VisitKindList(Strict):
    """The kinds."""

    kinds: list[VisitKindView] = Field(description="In the order of a form")


class SpaceRequest(Strict):
    """A parking space, or an area."""

    model_config = _example(name_zh="访客车位1", name_en="visitor 1", place="gate-east", holds=1, temporary=False)

    name_zh: Annotated[str, Plain, Field(min_length=1, max_length=60)] = Field(description="Its name in Chinese")
    name_en: Annotated[str, Plain, Field(max_length=60)] = Field(default="", description="Its name in English")
    place: Id = Field(description="Where it lies, by the place's id")
    holds: int = Field(default=1, ge=1, le=1_000, description="How many vehicles: over 1 it is an area")
    temporary: bool = Field(default=False, description="For vehicles with no permit")


class SpaceView(SpaceRequest):
    """A space as it is now."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="Its id, as in the address")
    taken: int = Field(description="How many vehicles have it now")


class SpaceList(Strict):
    """The spaces."""

    spaces: list[SpaceView] = Field(description="All of them, by id")


class VisitRouteRequest(Strict):
    """A visitors' route."""

    model_config = _example(
        name_zh="东门至3号楼", name_en="east gate to house 3", words="直行右转 straight on, then right", groups=["visitors"]
    )

    name_zh: Annotated[str, Plain, Field(min_length=1, max_length=60)] = Field(description="Its name in Chinese")
    name_en: Annotated[str, Plain, Field(max_length=60)] = Field(default="", description="Its name in English")
    words: Free = Field(default="", description="How one gets there")
    groups: list[Id] = Field(default=[], max_length=8, description="What the pass opens: groups of permits")


class VisitRouteView(VisitRouteRequest):
    """A route as it is now."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="Its id, as in the address")


class VisitRouteList(Strict):
    """The routes."""

    routes: list[VisitRouteView] = Field(description="All of them, by id")
