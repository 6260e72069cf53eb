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

    id: str = Field(examples=["north"])
    name_zh: str
    name_en: str
    places: list[str]
    sources: list[str]
    order: str = Field(examples=["free"])


class DutyView(Strict):
    """A duty of the policy and its routes; without a route it asks for nothing. `evidence`: scan, answer or report. `requires`,
    `equal`: what a report must hold. `void`: flags with which a scan does not count. `by`: the posts that may do it."""

    duty: str = Field(examples=["patrol-night"])
    clause: str = Field(examples=["PAT-1"])
    zh: str
    en: str
    evidence: str = Field(examples=["scan"])
    priority: int
    tolerance_s: float
    early_s: float
    schedules: list[dict[str, Any]]
    by: list[str]
    void: list[str]
    requires: list[str]
    equal: list[list[str]]
    routes: list[RouteView]


class DutyList(Strict):
    """All duties of the policy in force."""

    duties: list[DutyView]


class WindowView(Strict):
    """One duty at one place once. `state`: open, kept, unproven, missed or withdrawn. `gap_at`: when its gap was raised.
    `people`: who kept it, or who was on duty when it ended. `note`: what else is known, a name."""

    id: str = Field(examples=["patrol/north/pump/20260101T060000Z/0"])
    duty: str
    duty_zh: str
    duty_en: str
    route: str
    route_zh: str
    route_en: str
    place: str
    place_zh: str
    place_en: str
    opens_at: Time
    due_at: Time
    ends_at: Time
    state: str = Field(examples=["kept"])
    settled_at: Time | None
    gap_at: Time | None
    people: list[str]
    note: str = Field(examples=["visited_late"])


class WindowPage(Strict):
    """Windows by their end. `next`: the cursor of the next page, null at the end. `timezone`: the estate's."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    windows: list[WindowView]
    next: str | None


class ScanView(Strict):
    """A piece of evidence. `at`: when it was made, on the hub's time line; `device_at`: by the device's own clock. `place` is
    empty where the tag is known nowhere. `person_told`: who is said to have made it, where the staff has nobody of that id, and
    `person` is empty. `fields`: what a report holds."""

    source: str = Field(examples=["phone-1"])
    key: str
    place: str
    place_zh: str
    place_en: str
    at: Time
    received_at: Time
    device_at: Time | None
    person: str
    person_told: str
    medium: str = Field(examples=["nfc"])
    tag: str
    duty: str
    flags: list[str] = Field(examples=[["too_fast"]])
    fields: dict[str, Any]


class ScanPage(Strict):
    """Scans, newest first. `next`: the cursor of the next page, null at the end."""

    scans: list[ScanView]
    next: str | None


class WeighedScan(Strict):
    """A scan at the window's place, in it or near it. `keeps`: the window is kept by it; `why`: the name of the reason."""

    scan: ScanView
    keeps: bool
    why: str = Field(examples=["two_places"])
    why_zh: str
    why_en: str


class SourceView(Strict):
    """What brings the evidence, and up to when it has told everything; null: it never did."""

    id: str
    name_zh: str
    name_en: str
    reported_up_to: Time | None


class WindowDetail(Strict):
    """A window, and why it is what it is: the explanations are in the estate's local time. `incident`: the number of its gap's;
    null without one."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    window: WindowView
    clause: str
    explanation_zh: str = Field(
        examples=["未完成：巡逻，水泵房，2026-01-01 14:00–16:10；其间没有有效证据；wand-1 已上报至 16:20。"]
    )
    explanation_en: str
    incident: int | None
    scans: list[WeighedScan]
    sources: list[SourceView]


class ShiftView(Strict):
    """Somebody is on duty on a route; everywhere where `route` is empty."""

    person: str = Field(examples=["zhang"])
    person_zh: str
    person_en: str
    route: str = Field(examples=["north"])
    from_: Time = Field(alias="from")
    until: Time


class ShiftList(Strict):
    """Shifts, the one that begins last first."""

    shifts: list[ShiftView]


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

    person: Id
    route: Id = ""
    from_: Clock = Field(alias="from")
    until: Clock


class OccasionView(Strict):
    """Something that schedules go by, such as a warning of bad weather. `until` null: it goes on, or nobody has said."""

    id: str
    kind: str = Field(examples=["bad_weather"])
    from_: Time = Field(alias="from")
    until: Time | None
    note: str


class OccasionList(Strict):
    """Occasions, the one that begins last first."""

    occasions: list[OccasionView]


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

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None
    kind: Literal["bad_weather", "event"]
    from_: Clock = Field(alias="from")
    until: Clock | None = None
    note: Note = ""


class OccasionDone(Strict):
    """An occasion that was announced or called off, and how many windows were made or taken back for it."""

    occasion: OccasionView
    windows: int


class Removed(Strict):
    """A shift that is off the roster."""

    removed: ShiftView
