"""What goes in and out of the routes for alarms."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import NUMBER_MAX, Incident, Name, Plain, Strict, Time, Words

SELECTION_MAX = 200
Role = Literal["operator", "guard", "manager"]
MaybeName = Annotated[str, Plain, Field(max_length=63)]


class Chosen(Strict):
    """One of a selection. `version`: the one that the person saw."""

    no: int = Field(ge=1, le=NUMBER_MAX, examples=[17])
    version: int | None = Field(default=None, ge=1, le=NUMBER_MAX)


class SelectionRequest(Strict):
    """The same act on incidents that a person has chosen one by one; there is no act on all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"selection": [{"no": 17, "version": 1}, {"no": 18}], "actor": "李伟", "fields": {}}]},
    )

    selection: list[Chosen] = Field(min_length=1, max_length=SELECTION_MAX)
    actor: Name
    role: Role = "operator"
    fields: dict[Annotated[str, Plain], Annotated[str, Plain]] = Field(default={}, max_length=20)


class SelectionResult(Strict):
    """What became of one of a selection: the incident as it is then, or why it was refused."""

    no: int
    done: bool
    incident: Incident | None
    code: str = Field(examples=["wrong_state"])
    message_zh: str
    message_en: str


class SelectionDone(Strict):
    """The results, in the order of the selection. All that was done was committed together."""

    done: int
    refused: int
    results: list[SelectionResult]


class FloodGroup(Strict):
    """The alarms of one cause in one zone within a flood. `first_no`: the first-out, the one that came first."""

    cause: str = Field(examples=["camera_lost"])
    cause_zh: str
    cause_en: str
    zone: str
    zone_zh: str
    zone_en: str
    first_no: int
    first_at: Time
    count: int


class Flood(Strict):
    """More alarms than people can take in. `no`: the incident that it began with; `count`: its alarms, and those of the 10
    minutes before it began; `groups`: in the order in which their first alarms came."""

    no: int
    began_at: Time
    ended_at: Time | None
    count: int
    groups: list[FloodGroup]


class SilenceView(Strict):
    """The sound is off at a post (empty: everywhere). A new P1 ends it at once."""

    post: str
    actor: str
    at: Time
    until: Time


class AlarmState(Strict):
    """What stands above single incidents. `flood`: the one that lasts; in it only P1 and P2 sound, and all is listed."""

    at: Time
    flood: Flood | None
    silences: list[SilenceView]
    maintenance: int = Field(description="How many maintenance windows are to come or last")


class FloodList(Strict):
    """Floods, newest first."""

    floods: list[Flood]


class SilenceRequest(Strict):
    """The sound alone goes off for a minute. It acknowledges nothing. `post`: one of the policy's, empty for the whole site."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"post": "monitor", "actor": "李伟"}]})

    post: MaybeName = ""
    actor: Name
    role: Role = "operator"


class MaintenanceRequest(Strict):
    """What is found at a place and all that lies in it, at a device, or by a detector, is held back meanwhile; those that are
    given must all fit. Fire, calls for help and silent guards are never held back. Without `from`: from now on."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={
            "examples": [{"device": "door-east", "until": "2026-01-01T12:00:00+08:00", "reason": "换锁", "actor": "李伟"}]
        },
    )

    place: MaybeName = ""
    device: MaybeName = ""
    detector: MaybeName = ""
    from_: Annotated[str | None, Field(alias="from", max_length=40)] = None
    until: Annotated[str, Field(max_length=40)]
    reason: Words
    actor: Name
    role: Role = "operator"


class MaintenanceEndRequest(Strict):
    """Somebody ends a maintenance window early."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"actor": "李伟"}]})

    actor: Name
    role: Role = "operator"


class MaintenanceView(Strict):
    """A maintenance window. `held`: how many incidents it held back; `released`: how many of them still held when it was over."""

    id: str
    place: str
    device: str
    detector: str
    from_: Time = Field(alias="from")
    until: Time
    reason: str
    actor: str
    made_at: Time
    ended_at: Time | None
    held: int
    released: int

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class MaintenanceList(Strict):
    """Maintenance windows, the newest beginning first."""

    windows: list[MaintenanceView]


class Figure(Strict):
    """One figure with what it counts. `value` is null where nothing is known, which is never good."""

    name: str = Field(examples=["rate_average"])
    name_zh: str
    name_en: str
    value: str | None = Field(examples=["0.42"])
    unit_zh: str
    unit_en: str
    definition_zh: str
    definition_en: str


class TopSource(Strict):
    """What brought most alarms. `share_percent` of all alarms, rounded up."""

    detector: str
    detector_zh: str
    detector_en: str
    device: str
    device_zh: str
    device_en: str
    alarms: int
    share_percent: str


class ListedAlarm(Strict):
    """An incident that the figures name. `comebacks`: how often its source came back."""

    no: int
    detector: str
    detector_zh: str
    detector_en: str
    device: str
    device_zh: str
    device_en: str
    since: Time
    comebacks: int


class KpiReport(Strict):
    """Figures of alarms on the local days `first` to `last`, both included, up to now. `known_from`: the first incident on
    record, where that lies within: what was before counts for nothing. Null: nothing is known."""

    first: str = Field(examples=["2026-01-01"])
    last: str = Field(examples=["2026-01-31"])
    as_of: Time
    timezone: str = Field(examples=["Asia/Shanghai"])
    known_from: Time | None
    operator_posts: int
    figures: list[Figure]
    top: list[TopSource]
    chattering: list[ListedAlarm]
    stale: list[ListedAlarm]
