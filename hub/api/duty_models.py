"""What goes in and out of the routes for duties, the roster and occasions."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time
from hub.duties.types import Flag, WindowState

Id = Annotated[str, Plain, Field(max_length=63)]
State = WindowState
FlagName = Flag
Note = Annotated[str, Plain, Field(max_length=1_000)]
Clock = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]


class RouteView(Strict):
    """Where a duty is done, in which order, and what brings the evidence: devices, phones, or `hub`."""

    id: str = Field(examples=["north"], description="Its id in the estate file")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    places: list[str] = Field(description="The places, each with every window of the duty")
    sources: list[str] = Field(description="What may bring the evidence: devices, phones, or `hub`")
    order: str = Field(examples=["free"], description="free: any; set: as listed; random: drawn anew for each round")


class DutyView(Strict):
    """A duty of the policy and its routes; without a route it asks for nothing. `evidence`: scan, answer or report. `requires`,
    `equal`: what a report must hold. `void`: flags with which a scan does not count. `by`: the posts that may do it."""

    duty: str = Field(examples=["patrol-night"], description="Its id in the policy")
    clause: str = Field(examples=["PAT-1"], description="The clause of the policy that it comes under")
    zh: str = Field(description="What it asks for, in Chinese")
    en: str = Field(description="What it asks for, in English")
    evidence: str = Field(
        examples=["scan"], description="scan: somebody was there; answer: the post answered; report: a form was filled in"
    )
    priority: int = Field(description="Of the incident that a gap is, 1 to 4")
    tolerance_s: float = Field(description="For so many seconds after it is due it may still be done")
    early_s: float = Field(description="What is done so many seconds before the opening is noted, and does not count")
    schedules: list[dict[str, Any]] = Field(description="When, as in the policy; seconds, and local times of the estate")
    by: list[str] = Field(description="The posts that may do it; none: anybody")
    void: list[str] = Field(description="Flags with which a scan does not count")
    requires: list[str] = Field(description="Fields that a report must have")
    equal: list[list[str]] = Field(description="Pairs of fields of a report that must be equal")
    routes: list[RouteView] = Field(description="Where it is done; without a route it asks for nothing")


class DutyList(Strict):
    """All duties of the policy in force."""

    duties: list[DutyView] = Field(description="In the policy's order")


class EvidenceView(Strict):
    """The scan, answer or report that keeps a window."""

    source: str = Field(examples=["phone-1"], description="What brought it: a device, a phone, or `hub`")
    key: str = Field(description="The source's own name for it")
    at: Time = Field(description="When it was made, UTC")
    medium: str = Field(examples=["nfc"], description="nfc, rfid, ibutton, card, qr, or hand: entered by a person")
    flags: list[str] = Field(examples=[["weak_medium"]], description="What is odd about it; it counts all the same")


class WindowView(Strict):
    """One duty at one place once. `state`: open, kept, unproven, missed or withdrawn. `gap_at`: when its gap was raised.
    `people`: who kept it, or who was on duty when it ended. `note`: what else is known, a name."""

    id: str = Field(
        examples=["patrol/north/pump/20260101T060000Z/0"], description="Made of duty, route, place and opening; it never changes"
    )
    duty: str = Field(description="The duty's id")
    duty_zh: str = Field(description="The duty in Chinese")
    duty_en: str = Field(description="The duty in English")
    route: str = Field(description="The route's id")
    route_zh: str = Field(description="The route's name in Chinese")
    route_en: str = Field(description="The route's name in English")
    place: str = Field(description="The place's id")
    place_zh: str = Field(description="The place's name in Chinese")
    place_en: str = Field(description="The place's name in English")
    opens_at: Time = Field(description="From when it may be done, UTC")
    due_at: Time = Field(description="By when it is to be done, UTC")
    ends_at: Time = Field(description="Until when it still counts: due and the duty's tolerance, UTC")
    state: str = Field(examples=["kept"], description="open, kept, unproven, missed or withdrawn")
    settled_at: Time | None = Field(description="When it got this state, UTC; null while it is open")
    gap_at: Time | None = Field(description="When its gap was raised, UTC; null: none was")
    people: list[str] = Field(description="Who kept it, or who was on duty when it ended: ids of the staff")
    note: str = Field(examples=["visited_late"], description="What else is known, names with spaces between")
    evidence: EvidenceView | None = Field(description="What keeps it; null: nothing does")


class WindowPage(Strict):
    """Windows by their end. `next`: the cursor of the next page, null at the end. `timezone`: the estate's."""

    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which people read times and days")
    windows: list[WindowView] = Field(description="By their end")
    next: str | None = Field(description="The cursor of the next page; null at the end")


class ScanView(Strict):
    """A piece of evidence. `at`: when it was made, on the hub's time line; `device_at`: by the device's own clock. `place` is
    empty where the tag is known nowhere. `person_told`: who is said to have made it, where the staff has nobody of that id, and
    `person` is empty. `fields`: what a report holds."""

    source: str = Field(examples=["phone-1"], description="What brought it: a device, a phone, or `hub`")
    key: str = Field(description="The source's own name for it")
    place: str = Field(description="The place's id; empty where the tag is known nowhere")
    place_zh: str = Field(description="The place's name in Chinese")
    place_en: str = Field(description="The place's name in English")
    at: Time = Field(description="When it was made, on the hub's time line, UTC")
    received_at: Time = Field(description="When the hub took it in, UTC")
    device_at: Time | None = Field(description="When it was made by the device's own clock, UTC, where it tells")
    person: str = Field(description="Whose it is: an id of the staff; empty: not known")
    person_told: str = Field(description="Who is said to have made it, where the staff has nobody of that id")
    medium: str = Field(examples=["nfc"], description="nfc, rfid, ibutton, card, qr, or hand: entered by a person")
    tag: str = Field(description="The tag's number, or a label's name")
    duty: str = Field(description="Of an answer or a report: the duty that it is meant for")
    flags: list[str] = Field(
        examples=[["too_fast"]], description="What is odd about it; which of them count is the duty's `void`"
    )
    fields: dict[str, Any] = Field(description="What a report holds")


class ScanPage(Strict):
    """Scans, newest first. `next`: the cursor of the next page, null at the end."""

    scans: list[ScanView] = Field(description="Newest first")
    next: str | None = Field(description="The cursor of the next page; null at the end")


class WeighedScan(Strict):
    """A scan at the window's place, in it or near it. `keeps`: the window is kept by it; `why`: the name of the reason."""

    scan: ScanView = Field(description="The scan itself")
    keeps: bool = Field(description="The window is kept by it")
    why: str = Field(examples=["two_places"], description="Why it counts or not, a name")
    why_zh: str = Field(description="The same in Chinese")
    why_en: str = Field(description="The same in English")


class SourceView(Strict):
    """What brings the evidence, and up to when it has told everything; null: it never did."""

    id: str = Field(description="A device, a phone, or `hub`")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    reported_up_to: Time | None = Field(
        description="Everything that it had to say up to then is committed, UTC; null: it never said anything"
    )


class WindowDetail(Strict):
    """A window, and why it is what it is: the explanations are in the estate's local time. `incident`: the number of its gap's;
    null without one."""

    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which people read times and days")
    window: WindowView = Field(description="The window itself")
    clause: str = Field(description="The clause of the policy that it comes under")
    explanation_zh: str = Field(
        examples=["未完成：巡逻，水泵房，2026-01-01 14:00–16:10；其间没有有效凭证；wand-1 已上报至 16:20。"],
        description="Why it is what it is, in Chinese, with the estate's local times",
    )
    explanation_en: str = Field(description="The same in English")
    incident: int | None = Field(description="The number of its gap's incident; null without one")
    scans: list[WeighedScan] = Field(description="What was scanned at its place, in it or near it")
    sources: list[SourceView] = Field(description="What brings its evidence, and how far each has reported")


class ShiftView(Strict):
    """Somebody is on duty on a route; everywhere where `route` is empty."""

    person: str = Field(examples=["zhang"], description="An id of the staff")
    person_zh: str = Field(description="The person's name in Chinese")
    person_en: str = Field(description="The person's name in English")
    route: str = Field(examples=["north"], description="The route's id; empty: on every route")
    from_: Time = Field(alias="from", description="When it begins, UTC")
    until: Time = Field(description="When it ends, UTC")


class ShiftList(Strict):
    """Shifts, the one that begins last first."""

    shifts: list[ShiftView] = Field(description="The one that begins last first")


class StaffView(Strict):
    """Somebody who works here."""

    id: str = Field(examples=["zhang"], description="An id of the staff")
    name_zh: str = Field(description="The person's name in Chinese")
    name_en: str = Field(description="The person's name in English")
    post: str = Field(examples=["guard"], description="What the person does: a post of the policy")


class StaffList(Strict):
    """All who work here."""

    staff: list[StaffView] = Field(description="In the estate file's order")


class ShiftRequest(Strict):
    """A shift for the roster. One of the same person and route that begins at the same time is replaced."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "person": "zhang",
                    "route": "north",
                    "from": "2026-01-01T20:00:00+08:00",
                    "until": "2026-01-02T08:00:00+08:00",
                }
            ]
        },
    )

    person: Id = Field(description="An id of the staff")
    route: Id = Field(default="", description="A route of the estate; empty: on every one")
    from_: Clock = Field(alias="from", description="When it begins: RFC 3339 with any offset")
    until: Clock = Field(description="When it ends, 31 days later at most: RFC 3339 with any offset")


class OccasionView(Strict):
    """Something that schedules go by, such as a warning of bad weather. `until` null: it goes on, or nobody has said."""

    id: str = Field(description="Its name")
    kind: str = Field(examples=["bad_weather"], description="bad_weather or event")
    from_: Time = Field(alias="from", description="When it begins, UTC")
    until: Time | None = Field(description="When it ended or will end, UTC; null: it goes on, or nobody has said")
    note: str = Field(description="What is to be known about it")


class OccasionList(Strict):
    """Occasions, the one that begins last first."""

    occasions: list[OccasionView] = Field(description="The one that begins last first")


class OccasionRequest(Strict):
    """An occasion that is announced. `id`: a name of one's own, which makes it harmless to send it again, and by which it is
    changed: to end it, send it with `until`. Without one it gets one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "typhoon-3",
                    "kind": "bad_weather",
                    "from": "2026-01-01T20:00:00+08:00",
                    "note": "台风橙色预警",
                }
            ]
        },
    )

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = Field(
        default=None, description="A name of one's own, by which it is changed or ended; without one it gets one"
    )
    kind: Literal["bad_weather", "event"] = Field(description="What it is: schedules name the kinds that they go by")
    from_: Clock = Field(alias="from", description="When it begins: RFC 3339 with any offset")
    until: Clock | None = Field(default=None, description="When it ends, 366 days later at most: RFC 3339 with any offset")
    note: Note = Field(default="", description="What is to be known about it")


class OccasionDone(Strict):
    """An occasion that was announced or called off, and how many windows were made or taken back for it."""

    occasion: OccasionView = Field(description="As it is now, or was")
    windows: int = Field(description="How many windows were made or taken back for it")


class Removed(Strict):
    """A shift that is off the roster."""

    removed: ShiftView = Field(description="The shift that is off the roster")
