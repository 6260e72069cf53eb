"""What goes in and out of the routes for guards' phones."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation

from hub.api import scan_models as scans
from hub.api.models import NUMBER_MAX, Plain, Strict, Time

ENTRIES_MAX = 100
SKEW_MS_MAX = 400 * 366 * 86_400_000
Seq = Annotated[int, Field(ge=1, le=NUMBER_MAX, description="Counted from 1 for each guard on the phone", examples=[42])]
Skew = Annotated[int, Field(ge=-SKEW_MS_MAX, le=SKEW_MS_MAX)] | None
SKEW = Field(default=None, description="Its wall clock less the hub's, in ms, as the phone had measured it when it was made")
Note = Annotated[str, Plain, Field(max_length=1_000)]


class Bound(Strict):
    """The phone's token, told this once."""

    token: str = Field(description="Sent as `Authorization: Bearer` by the phone, and by nothing else")
    binding: str = Field(description="Its public name, see GET /phones", examples=["0f3c9a7d21b86e54"])
    phone: str = Field(examples=["phone-1"], description="The phone")
    person: str = Field(examples=["zhang"], description="Whom of the staff it speaks for")
    expires_at: Time = Field(description="Until then it works without a new sign-in, UTC")


class Binding(Strict):
    """A guard's token on a phone."""

    binding: str = Field(examples=["0f3c9a7d21b86e54"], description="Its public name")
    phone: str = Field(examples=["phone-1"], description="The phone")
    person: str = Field(examples=["zhang"], description="Whom of the staff it speaks for")
    account: str = Field(description="The account that bound it")
    bound_at: Time = Field(description="When it was bound, UTC")
    used_at: Time = Field(description="When it was used last, to within half a minute, UTC")
    expires_at: Time = Field(description="When it ends by itself, UTC")


class BindingList(Strict):
    """All tokens that work."""

    bindings: list[Binding] = Field(description="The newest first")


class PhoneRevokeRequest(Strict):
    """End one guard's token on the phone, or with none named all of them: the phone is lost."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "手机遗失"}]})

    binding: Annotated[str, Plain, Field(max_length=64)] = Field(default="", description="One of GET /phones; empty: all")
    reason: Annotated[str, Plain, Field(min_length=1, max_length=1_000)] = Field(
        description="Why, in words for the audit log", examples=["手机遗失"]
    )


class EndedBindings(Strict):
    """What was ended."""

    ended: int = Field(examples=[1], description="How many tokens")


class ScanEntry(scans.ScanItem):
    """A tag was read."""

    seq: Seq
    skew_ms: Skew = SKEW


class FormEntry(scans.FormItem):
    """A report on a duty: a box opened with its slips counted, letters delivered, cleaning done, equipment checked."""

    seq: Seq
    skew_ms: Skew = SKEW


class SignEntry(scans.SignItem):
    """A sign of life of somebody who works alone."""

    seq: Seq
    skew_ms: Skew = SKEW


class PanicEntry(scans.PanicItem):
    """A call for help."""

    seq: Seq
    skew_ms: Skew = SKEW


class LoneWatchEntry(scans.LoneWatchItem):
    """Somebody begins to work alone, or no longer does."""

    seq: Seq
    skew_ms: Skew = SKEW


class ObservationEntry(scans.ObservationItem):
    """Somebody saw something on a round."""

    seq: Seq
    skew_ms: Skew = SKEW


class TaskEntry(scans.ReportedItem):
    """What a guard who was sent says."""

    kind: Literal["task"] = Field(description="The answer to a dispatch")
    no: int = Field(ge=1, le=NUMBER_MAX, description="The incident", examples=[17])
    answer: Literal["on_way", "on_spot", "found", "declined"] = Field(description="How far the guard has got")
    finding: Note = Field(default="", description="What was found; needed for `found`", examples=["大堂门已锁好，无人"])
    reason: Note = Field(default="", description="Why the guard does not go; needed for `declined`")
    note: Note = Field(default="", description="What else there is to say")
    seq: Seq
    skew_ms: Skew = SKEW


AnyEntry = Annotated[
    ScanEntry | FormEntry | SignEntry | PanicEntry | LoneWatchEntry | ObservationEntry | TaskEntry,
    Field(discriminator="kind"),
]


class OutboxRequest(Strict):
    """A batch of a guard's outbox, oldest first but for what cannot wait, and the phone's clocks now."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "boot": "k3f9",
                    "sent_at": "2026-01-01T08:20:00+08:00",
                    "sent_mono_ms": 9_000_000,
                    "up_to": "2026-01-01T08:20:00+08:00",
                    "up_to_mono_ms": 9_000_000,
                    "entries": [
                        {
                            "key": "5f0d6c1e9b7a4c83a1d2e3f405162738",
                            "seq": 42,
                            "kind": "scan",
                            "made_at": "2026-01-01T08:12:00+08:00",
                            "mono_ms": 8_520_000,
                            "skew_ms": 350,
                            "tag": "04A22B7C195E80",
                        }
                    ],
                }
            ]
        },
    )

    boot: scans.Boot = Field(
        default="", description="What the monotonic clock counts from: drawn anew with each load of the page", examples=["k3f9"]
    )
    sent_at: scans.Clock = Field(description="The phone's wall clock now, right or wrong")
    sent_mono_ms: scans.Mono = Field(default=0, description="The phone's monotonic clock now, in milliseconds")
    up_to: scans.Clock | None = Field(
        default=None,
        description="By the phone's clock: with this batch everything has come that this guard made on this phone up to then",
    )
    up_to_mono_ms: scans.Mono | None = Field(default=None, description="The same by the monotonic clock, in milliseconds")
    on_duty: bool = Field(
        default=True, description="false, with `up_to`: the guard goes off duty and nothing more comes from this outbox"
    )
    entries: list[SkipValidation[AnyEntry]] = Field(
        default=[], max_length=ENTRIES_MAX, description="Each is judged by itself; `person` is left out"
    )


class EntryOutcome(Strict):
    """What became of an entry. `accepted` and `duplicate`: it is committed, take it out of the outbox. `refused`: keep it for the
    guard to see, and do not send it again."""

    key: str = Field(description="The entry's own", examples=["5f0d6c1e9b7a4c83a1d2e3f405162738"])
    outcome: Literal["accepted", "duplicate", "refused"] = Field(description="What became of it")
    flags: list[str] = Field(default=[], examples=[["too_fast"]], description="What is odd about it; it is kept all the same")
    window: str | None = Field(default=None, description="The window that it keeps; of several the one that ends first")
    why: str | None = Field(default=None, examples=["no_window_open"], description="Why it keeps none")
    why_zh: str | None = Field(default=None, description="The same in Chinese")
    why_en: str | None = Field(default=None, description="The same in English")
    incident: int | None = Field(default=None, examples=[17], description="The incident that it is about, or has raised")
    code: str | None = Field(default=None, description="Why it was refused, a name that stays the same")
    message_zh: str | None = Field(default=None, description="Why it was refused and what to do, in Chinese")
    message_en: str | None = Field(default=None, description="The same in English")


class OutboxTakenView(Strict):
    """What became of each entry, in their order. It is all committed."""

    server_time: Time = Field(description="The hub's clock, UTC: the phone measures its skew by it")
    seq: int = Field(description="The highest number of this outbox that ever came; 0: none", examples=[42])
    entries: list[EntryOutcome] = Field(description="One for each entry of the request")


class RefusedEntry(Strict):
    """Something of this guard's that the hub did not take."""

    key: str = Field(description="The entry's own")
    kind: str = Field(description="What it was", examples=["report"])
    made_at: Time = Field(description="When it was made, on the hub's time line, UTC")
    code: str = Field(description="Why: a name that stays the same", examples=["fields_differ"])


class RefusedList(Strict):
    """What was refused in the last three days, newest first."""

    entries: list[RefusedEntry] = Field(description="200 at most")
