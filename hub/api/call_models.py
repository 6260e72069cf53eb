"""What goes in and out of the routes for the phone log."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hub.api.desk_models import MaybeId, Text
from hub.api.models import NUMBER_MAX, Plain, Strict, Time
from hub.desk.calls import CallEvent, Direction, Outcome, Source

Number = Annotated[str, Plain, Field(max_length=32, pattern=r"^[0-9+*#() -]*$")]
Clock = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]
CallKey = Annotated[str, Plain, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]*$")]


class CallView(Strict):
    """A call. `source`: `declared` by a person, whose times are their word, or measured by the `exchange`."""

    id: str = Field(description="Its id: SOURCE:NAME", examples=["declared:3f9a"])
    source: Source = Field(description="declared: a person's word; exchange: measured")
    source_zh: str = Field(description="The source in Chinese")
    source_en: str = Field(description="The source in English")
    direction: Direction = Field(description="in or out")
    number: str = Field(description="The other end's number; masked in lists", examples=["138****5678"])
    place: str = Field(description="The post at which it rang, by the place's id")
    rang_at: Time | None = Field(description="When it began to ring: RFC 3339, UTC; null: nobody has told")
    answered_at: Time | None = Field(description="When it was answered: RFC 3339, UTC; null: it was not")
    ended_at: Time | None = Field(description="When it ended: RFC 3339, UTC; null: it lasts, or nobody has told")
    answer_s: float | None = Field(description="How long the caller waited for an answer, in seconds; null: not answered")
    outcome: Outcome = Field(description="ringing, answered, answered_late, unanswered, given_up (in time), out, or unknown")
    outcome_zh: str = Field(description="The outcome in Chinese")
    outcome_en: str = Field(description="The outcome in English")
    actor: str = Field(description="Who entered it: the account's name; empty: the exchange")
    person: str = Field(description="Who took it, an id of the staff; empty: not known")
    about: str = Field(description="What it was about")
    incident: int | None = Field(description="The incident that it belongs to; null: none")


class CallList(Strict):
    """Calls, newest first; numbers are masked."""

    calls: list[CallView] = Field(description="Newest first")


class CallRequest(Strict):
    """A call as somebody enters it. An incoming one without `answered_at` was not answered."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "key": "3f9a",
                    "number": "13800005678",
                    "rang_at": "2026-01-01T08:00:00+08:00",
                    "answered_at": "2026-01-01T08:00:06+08:00",
                    "about": "3号楼漏水 water in house 3",
                }
            ]
        },
    )

    key: CallKey = Field(description="The caller's own name for it, the same each time it is sent", examples=["3f9a"])
    direction: Direction = Field(default="in", description="in or out")
    number: Number = Field(default="", description="The other end's number, where it is known")
    rang_at: Clock = Field(description="When it began to ring: RFC 3339 with an offset, by the desk's clock")
    answered_at: Clock | None = Field(default=None, description="When it was answered: RFC 3339 with an offset; null: it was not")
    ended_at: Clock | None = Field(default=None, description="When it ended: RFC 3339 with an offset; null: not told")
    place: MaybeId = Field(default="", description="The post at which it rang; empty: the one that is checked")
    person: MaybeId = Field(default="", description="Who took it, an id of the staff; empty: whom the account stands for")
    about: Text = Field(default="", description="What it was about")
    incident: int | None = Field(default=None, ge=1, le=NUMBER_MAX, description="The incident that it belongs to; null: none")


class ExchangeEvent(Strict):
    """What a telephone exchange tells of a call, in whatever order and however often."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"call": "1767225600.42", "event": "ringing", "at": "2026-01-01T08:00:00+08:00", "number": "13800005678"}
            ]
        },
    )

    call: CallKey = Field(description="The exchange's own id of the call")
    event: CallEvent = Field(description="ringing, answered or ended")
    at: Clock = Field(description="When, by the exchange's clock: RFC 3339 with an offset")
    number: Number = Field(default="", description="The other end's number, where it is known")
    direction: Direction = Field(default="in", description="in or out")
    place: MaybeId = Field(default="", description="The post at which it rings; empty: the one that is checked")


class CallNotes(Strict):
    """What a call was about; empty fields stay as they are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"about": "漏水 water", "incident": 17}]})

    person: MaybeId = Field(default="", description="Who took it, an id of the staff")
    about: Text = Field(default="", description="What it was about")
    incident: int | None = Field(default=None, ge=1, le=NUMBER_MAX, description="The incident that it belongs to")
