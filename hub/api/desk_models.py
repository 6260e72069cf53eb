"""What goes in and out of the routes for the duty desk: check-in, records, figures."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time
from hub.api.scan_models import Fields
from hub.desk.calls import Source

WINDOW_CHARS_MAX = 400
Id = Annotated[str, Plain, Field(min_length=1, max_length=63)]
MaybeId = Annotated[str, Plain, Field(max_length=63)]
Name = Annotated[str, Plain, Field(max_length=100)]
Text = Annotated[str, Plain, Field(max_length=1_000)]


class CheckInWindow(Strict):
    """One 查岗. `phase`: `waiting` for its opening, `open`, `sounding` (nobody has answered for a minute), or `over`."""

    window: str = Field(description="The window's id, with which it is answered")
    opens_at: Time = Field(description="From when on it can be answered: RFC 3339, UTC")
    ends_at: Time = Field(description="Until when it can be answered, and then escalates: RFC 3339, UTC")
    sounds_at: Time = Field(description="From when on it sounds where nobody has answered: RFC 3339, UTC")
    seconds_left: float = Field(description="Until its end in seconds; 0 where it is over, or kept")
    phase: Literal["waiting", "open", "sounding", "over"] = Field(description="waiting, open, sounding or over")
    state: str = Field(description="The window's state: open, kept, missed, unproven or withdrawn")
    person: str = Field(description="Who answered, an id of the staff; empty: nobody yet, or it is not known")
    person_zh: str = Field(description="Their name in Chinese")
    person_en: str = Field(description="Their name in English")


class Post(Strict):
    """A post that is checked. `current`: the window that is open now; `last`: the one before; `next` null: there is none yet, or
    nobody may foretell it."""

    duty: str = Field(description="The duty, by its id", examples=["post-check-in"])
    duty_zh: str = Field(description="The duty in Chinese")
    duty_en: str = Field(description="The duty in English")
    place: str = Field(description="The post, by the place's id", examples=["monitor-room"])
    place_zh: str = Field(description="The post in Chinese")
    place_en: str = Field(description="The post in English")
    current: CheckInWindow | None = Field(description="The window that is open now; null: none is")
    next: CheckInWindow | None = Field(description="The window that opens next; null: it may not be foretold, or there is none")
    last: CheckInWindow | None = Field(description="The window that ended last; null: there was none")


class CheckInState(Strict):
    """All posts that people answer at the desk, at one moment of the hub's."""

    at: Time = Field(description="The hub's time, which `seconds_left` counts from: RFC 3339, UTC")
    person: str = Field(description="Whom of the staff the account that asks stands for; empty: nobody, and it cannot answer")
    posts: list[Post] = Field(description="The posts, by the estate's routes")


class CheckInRequest(Strict):
    """The window that is answered."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"window": "post-check-in/desk/room/20260101T003000Z/0"}]}
    )

    window: Annotated[str, Plain, Field(min_length=1, max_length=WINDOW_CHARS_MAX)] = Field(description="The window's id")


class Taken(Strict):
    """What became of an answer or a report. `counted` false: it is on record and keeps no window; the words say why."""

    key: str = Field(description="The name that it has on record")
    counted: bool = Field(description="It keeps its window")
    window: str | None = Field(description="The window that it keeps; null: none")
    why: str | None = Field(description="Why it keeps none, by name; null: it keeps one")
    why_zh: str | None = Field(description="Why it keeps none, in Chinese")
    why_en: str | None = Field(description="Why it keeps none, in English")
    flags: list[str] = Field(description="What is odd about it, by name")


class RecordFacts(Strict):
    """What the hub itself knows of the time that a record is of, at the moment when it was written."""

    from_: Time = Field(alias="from", description="When that time begins: RFC 3339, UTC")
    to: Time = Field(description="When it ends, or when the record was written: RFC 3339, UTC")
    incidents_raised: int = Field(description="Incidents that were raised in it")
    incidents_closed: int = Field(description="Incidents that were closed in it, of those of the last seven days")
    incidents_open: int = Field(description="Incidents that were open when it was written")
    rounds_kept: int = Field(description="Windows of patrols that ended in it and were kept")
    rounds_missed: int = Field(description="Windows of patrols that ended in it and were not kept, or not provably")
    devices_away: list[str] = Field(description="Devices and agents that were out of reach in it")
    devices_away_zh: list[str] = Field(description="What they are called, in Chinese")
    devices_away_en: list[str] = Field(description="What they are called, in English")


class RecordDraft(Strict):
    """The window that a record would be of now, what it asks for, and what the hub knows."""

    window: str | None = Field(description="The window that it would keep; null: none is open")
    ends_at: Time | None = Field(description="Until when it may be written: RFC 3339, UTC")
    requires: list[str] = Field(description="The fields that it must have")
    facts: RecordFacts = Field(description="What the hub knows of that time; frozen when the record is written")


class RecordRequest(Strict):
    """A report on a duty at the desk, in the name of the account's person: the two-hour record, or another one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "duty": "two-hour-record",
                    "place": "monitor-room",
                    "fields": {"summary": "平静 quiet", "cameras_checked": 48, "unusual": "none"},
                }
            ]
        },
    )

    duty: Id = Field(default="two-hour-record", description="The duty, by its id")
    place: Id = Field(description="The post, by the place's id")
    fields: Fields = Field(description="What the form asks for, by name")


class RecordView(Strict):
    """A record as it stands. `fields`: what was written; `facts`: what the hub knew then; null: it came by another way."""

    key: str = Field(description="The name that it has on record")
    at: Time = Field(description="When it was written: RFC 3339, UTC")
    place: str = Field(description="The post, by the place's id")
    person: str = Field(description="Who wrote it, an id of the staff")
    person_zh: str = Field(description="Their name in Chinese")
    person_en: str = Field(description="Their name in English")
    fields: dict[str, Any] = Field(description="What was written, by name")
    facts: RecordFacts | None = Field(description="What the hub knew when it was written")


class RecordList(Strict):
    """The records of a local day, newest first."""

    day: str = Field(description="The estate's local day")
    timezone: str = Field(description="The estate's time zone")
    records: list[RecordView] = Field(description="Newest first")


class CallFigures(Strict):
    """The calls of one source. Figures of two sources are not added up: what people declare and what an exchange measures are
    two kinds of knowledge."""

    source: Source = Field(description="declared: by people; exchange: measured")
    source_zh: str = Field(description="The source in Chinese")
    source_en: str = Field(description="The source in English")
    calls: int = Field(description="Incoming calls that had to be answered; those given up in time are not among them")
    within: int = Field(description="Of those, answered within three rings")
    late: int = Field(description="Of those, answered later")
    unanswered: int = Field(description="Of those, not answered")
    given_up: int = Field(description="Calls whose caller gave up before the time was over")
    outgoing: int = Field(description="Outgoing calls")
    within_percent: str | None = Field(description="The share answered within three rings, in percent; null: there were no calls")
    median_s: float | None = Field(description="Half of the answered calls were answered within so many seconds; null: none was")
    longest_s: float | None = Field(description="The longest wait for an answer in seconds; null: none was answered")


class DutyFigures(Strict):
    """How a duty of the desk was kept: exact sums of its windows."""

    duty: str = Field(description="The duty, by its id")
    duty_zh: str = Field(description="The duty in Chinese")
    duty_en: str = Field(description="The duty in English")
    due: int = Field(description="Windows that ended")
    kept: int = Field(description="Of those, kept in time")
    missed: int = Field(description="Of those, missed")
    unproven: int = Field(description="Of those, neither shown to be kept nor to be missed")
    withdrawn: int = Field(description="Of those, kept after all, which was known late")


class DeskKpi(Strict):
    """Figures of the desk over local days."""

    first: str = Field(description="The first local day")
    last: str = Field(description="The last local day, included")
    timezone: str = Field(description="The estate's time zone")
    rings_s: float = Field(description="Within so many seconds a call is to be answered: the policy's number")
    calls: list[CallFigures] = Field(description="One for each source, apart")
    duties: list[DutyFigures] = Field(description="Check-ins, records and handovers")
