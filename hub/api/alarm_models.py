"""What goes in and out of the routes for alarms."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hub.api.models import NUMBER_MAX, Incident, Plain, Strict, Time, Words

SELECTION_MAX = 200
MaybeName = Annotated[str, Plain, Field(max_length=63)]


class Chosen(Strict):
    """One of a selection. `version`: the one that the person saw."""

    no: int = Field(ge=1, le=NUMBER_MAX, examples=[17], description="The incident's number")
    version: int | None = Field(
        default=None, ge=1, le=NUMBER_MAX, description="The incident's version that the person saw; null: whichever it has"
    )


class SelectionRequest(Strict):
    """The same act on incidents that a person has chosen one by one; there is no act on all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"selection": [{"no": 17, "version": 1}, {"no": 18}], "fields": {}}]},
    )

    selection: list[Chosen] = Field(min_length=1, max_length=SELECTION_MAX, description="The incidents, each once")
    fields: dict[Annotated[str, Plain], Annotated[str, Plain]] = Field(
        default={}, max_length=20, description="The act's fields, by name: the same for each"
    )


class SelectionResult(Strict):
    """What became of one of a selection: the incident as it is then, or why it was refused."""

    no: int = Field(description="The incident's number")
    done: bool = Field(description="The act was done to it")
    incident: Incident | None = Field(description="The incident as it is then; null: it was refused")
    code: str = Field(examples=["wrong_state"], description="Why it was refused, by name; empty: it was done")
    message_zh: str = Field(description="Why it was refused, in Chinese; empty: it was done")
    message_en: str = Field(description="Why it was refused, in English; empty: it was done")


class SelectionDone(Strict):
    """The results, in the order of the selection. All that was done was committed together."""

    done: int = Field(description="How many were done")
    refused: int = Field(description="How many were refused")
    results: list[SelectionResult] = Field(description="What became of each, in the order of the selection")


class FloodGroup(Strict):
    """The alarms of one cause in one zone within a flood. `first_no`: the first-out, the one that came first."""

    cause: str = Field(examples=["camera_lost"], description="The rule that found them")
    cause_zh: str = Field(description="What the cause is called, in Chinese")
    cause_en: str = Field(description="What the cause is called, in English")
    zone: str = Field(description="The zone, by the place's id")
    zone_zh: str = Field(description="The zone's name in Chinese")
    zone_en: str = Field(description="The zone's name in English")
    first_no: int = Field(description="The number of the incident that came first")
    first_at: Time = Field(description="When that one came, UTC")
    count: int = Field(description="How many alarms it has")


class Flood(Strict):
    """More alarms than people can take in. `no`: the incident that it began with; `count`: its alarms, and those of the 10
    minutes before it began; `groups`: in the order in which their first alarms came."""

    no: int = Field(description="The number of the incident that it began with")
    began_at: Time = Field(description="When it began, UTC")
    ended_at: Time | None = Field(description="When it ended, UTC; null while it lasts")
    count: int = Field(description="Its alarms, and those of the 10 minutes before it began")
    groups: list[FloodGroup] = Field(description="By cause and zone, in the order in which their first alarms came")


class SilenceView(Strict):
    """The sound is off at a post (empty: everywhere). A new P1 ends it at once."""

    post: str = Field(description="The post where the sound is off; empty: everywhere")
    actor: str = Field(description="Who turned it off")
    at: Time = Field(description="Since when, UTC")
    until: Time = Field(description="Until when, UTC, unless a new P1 ends it")


class AlarmState(Strict):
    """What stands above single incidents. `flood`: the one that lasts; in it only P1 and P2 sound, and all is listed."""

    at: Time = Field(description="The moment that this is of, UTC")
    flood: Flood | None = Field(description="The flood that lasts; null: there is none")
    silences: list[SilenceView] = Field(description="Where the sound is off")
    maintenance: int = Field(description="How many maintenance windows are to come or last")


class FloodList(Strict):
    """Floods, newest first."""

    floods: list[Flood] = Field(description="Newest first")


class SilenceRequest(Strict):
    """The sound alone goes off for a minute. It acknowledges nothing. `post`: one of the policy's, empty for the whole site."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"post": "monitor"}]})

    post: MaybeName = Field(default="", description="One of the policy's posts; empty: the whole site")


class MaintenanceRequest(Strict):
    """What is found at a place and all that lies in it, at a device, or by a detector, is held back meanwhile; those that are
    given must all fit. Fire, calls for help and silent guards are never held back. Without `from`: from now on."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={"examples": [{"device": "door-east", "until": "2026-01-01T12:00:00+08:00", "reason": "换锁"}]},
    )

    place: MaybeName = Field(default="", description="A place, with all that lies in it; empty: any")
    device: MaybeName = Field(default="", description="A device, by its id; empty: any")
    detector: MaybeName = Field(default="", description="A rule, by its name; empty: any")
    from_: str | None = Field(default=None, alias="from", max_length=40, description="Since when, RFC 3339; null: from now on")
    until: str = Field(max_length=40, description="Until when, RFC 3339: 12 hours later at most, or as the policy says")
    reason: Words = Field(description="What is done there, for who looks at the list")


class DetectorName(Strict):
    """A rule that a maintenance window can name."""

    detector: str = Field(examples=["door_held"], description="Its name")
    name_zh: str = Field(description="What it finds, in Chinese")
    name_en: str = Field(description="What it finds, in English")


class DetectorNames(Strict):
    """The rules that may be held back: not fire, calls for help and silent guards."""

    detectors: list[DetectorName] = Field(description="All of them")


class MaintenanceView(Strict):
    """A maintenance window. `held`: how many incidents it held back; `released`: how many of them still held when it was over."""

    id: str = Field(description="Its name")
    place: str = Field(description="The place, with all that lies in it; empty: any")
    device: str = Field(description="The device, by its id; empty: any")
    detector: str = Field(description="The rule, by its name; empty: any")
    from_: Time = Field(alias="from", description="Since when, UTC")
    until: Time = Field(description="Until when it was to last, UTC")
    reason: str = Field(description="What is done there")
    actor: str = Field(description="Who made it")
    made_at: Time = Field(description="When it was made, UTC")
    ended_at: Time | None = Field(description="When it was over, UTC; null: it is not")
    held: int = Field(description="How many incidents it held back")
    released: int = Field(description="How many of these still held when it was over")

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class MaintenanceList(Strict):
    """Maintenance windows, the newest beginning first."""

    windows: list[MaintenanceView] = Field(description="The newest beginning first")


class Figure(Strict):
    """One figure with what it counts. `value` is null where nothing is known, which is never good."""

    name: str = Field(examples=["rate_average"], description="The figure's name, which stays the same")
    name_zh: str = Field(description="What it is called, in Chinese")
    name_en: str = Field(description="What it is called, in English")
    value: str | None = Field(examples=["0.42"], description="A decimal number; null where nothing is known")
    unit_zh: str = Field(description="Its unit, in Chinese")
    unit_en: str = Field(description="Its unit, in English")
    definition_zh: str = Field(description="What it counts, in Chinese")
    definition_en: str = Field(description="What it counts, in English")


class OfSource(Strict):
    """A rule at a device, which alarms come from."""

    detector: str = Field(description="The rule that found it")
    detector_zh: str = Field(description="What the rule is called, in Chinese")
    detector_en: str = Field(description="What the rule is called, in English")
    device: str = Field(description="The device, by its id")
    device_zh: str = Field(description="The device's name in Chinese")
    device_en: str = Field(description="The device's name in English")


class TopSource(OfSource):
    """What brought most alarms. `share_percent` of all alarms, rounded up."""

    alarms: int = Field(description="How many alarms it brought")
    share_percent: str = Field(description="Of all alarms, in per cent, rounded up")


class ListedAlarm(OfSource):
    """An incident that the figures name. `comebacks`: how often its source came back."""

    no: int = Field(description="The incident's number")
    since: Time = Field(description="Since when it lasts, UTC")
    comebacks: int = Field(description="How often its source came back")


class KpiReport(Strict):
    """Figures of alarms on the local days `first` to `last`, both included, up to now. `known_from`: the first incident on
    record, where that lies within: what was before counts for nothing. Null: nothing is known."""

    first: str = Field(examples=["2026-01-01"], description="The first local day")
    last: str = Field(examples=["2026-01-31"], description="The last local day, included")
    as_of: Time = Field(description="The moment up to which it counts, UTC")
    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which days are meant")
    known_from: Time | None = Field(description="The first incident on record, UTC; null: nothing is known")
    operator_posts: int = Field(description="How many operators the rates are shared by, from the policy")
    figures: list[Figure] = Field(description="Each with what it counts")
    top: list[TopSource] = Field(description="The ten sources with most alarms")
    chattering: list[ListedAlarm] = Field(description="Incidents of sources that came back again and again")
    stale: list[ListedAlarm] = Field(description="Incidents that have lasted for too long")
