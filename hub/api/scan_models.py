"""What goes in and out of the route for phones."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation

from hub.api.models import NUMBER_MAX, Plain, Strict
from hub.ingest.duties.acts import ITEMS_MAX
from hub.tags.labels import HARDWARE_CHARS_MAX, LABEL_CHARS_MAX

KEY_CHARS_MAX = 64
KEY_PATTERN = r"^[^|~\s]+$"
MONO_MS_MAX = 10 * 366 * 86_400_000
"""Ten years without a boot."""
FIELDS_MAX = 30
CLOCK_OFF_S_MAX = 1e9

Key = Annotated[str, Plain, Field(min_length=1, max_length=KEY_CHARS_MAX, pattern=KEY_PATTERN)]
Boot = Annotated[str, Plain, Field(max_length=64)]
Clock = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]
Mono = Annotated[int, Field(ge=0, le=MONO_MS_MAX)]
IdText = Annotated[str, Plain, Field(max_length=63)]
Note = Annotated[str, Plain, Field(max_length=1_000)]
FieldText = Annotated[str, Plain, Field(max_length=1_000)]
FieldNumber = Annotated[int, Field(strict=True, ge=-NUMBER_MAX, le=NUMBER_MAX)]
FieldValue = Annotated[bool, Field(strict=True)] | FieldNumber | Annotated[float, Field(allow_inf_nan=False)] | FieldText
Fields = Annotated[
    dict[Annotated[str, Plain, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")], FieldValue], Field(max_length=FIELDS_MAX)
]


class ReportedItem(Strict):
    """What every item has."""

    key: Key = Field(description="The phone's own name for it, the same each time it is sent", examples=["k3f9-1"])
    made_at: Clock = Field(description="The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown")
    mono_ms: Mono | None = Field(
        default=None, description="The phone's monotonic clock then, in milliseconds since its boot", examples=[8_520_000]
    )
    boot: Boot | None = Field(
        default=None, description="What `mono_ms` counts from, where it is not the request's boot", examples=["k3f9"]
    )
    person: IdText = Field(default="", description="Whose it is: an id of the estate's staff", examples=["zhang"])


class ScanItem(ReportedItem):
    """A tag was read. Either `tag` or `label`. One that is not known is kept too."""

    kind: Literal["scan"] = Field(description="A tag was read")
    tag: Annotated[str, Plain, Field(max_length=HARDWARE_CHARS_MAX)] = Field(
        default="", description="A hardware tag's number, as a reader prints it", examples=["04:A2:2B:7C:19:5E:80"]
    )
    label: Annotated[str, Plain, Field(max_length=LABEL_CHARS_MAX)] = Field(
        default="", description="What a QR label holds, whole", examples=["https://hub.example/t/ABCD….WXYZ…"]
    )
    medium: Literal["nfc", "rfid", "ibutton", "card", "qr"] = Field(
        default="nfc", description="How it was read; what is given as `label` is always qr"
    )
    guard: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = Field(
        default="",
        description="From a wand's dump: the tag of whoever carried it, as the agents' keyed hash, never its number",
        examples=["5f0d6c1e9b7a4c83a1d2e3f405162738"],
    )


class FormItem(ReportedItem):
    """A post answers, or a form is filled in, for a duty at a place."""

    kind: Literal["answer", "report"] = Field(description="What the duty asks for as evidence")
    duty: IdText = Field(description="A duty of the policy, see GET /duties", examples=["letters-delivered"])
    place: IdText = Field(description="A place of one of its routes", examples=["office"])
    fields: Fields = Field(
        default={}, description="What the duty `requires` of a report, by name", examples=[{"slips_counted": 3}]
    )


class SignItem(ReportedItem):
    """A sign of life of somebody who works alone."""

    kind: Literal["sign"] = Field(description="A sign of life")
    moved: bool = Field(default=False, description="The phone was moved")
    answered: bool = Field(default=False, description="The person answered when asked")
    place: IdText = Field(default="", description="Where, if that is known", examples=["pump-room"])


class PanicItem(ReportedItem):
    """A call for help."""

    kind: Literal["panic"] = Field(description="A call for help")
    active: bool = Field(default=True, description="false takes it back")
    note: Note = Field(default="", description="What the person said", examples=["有人晕倒"])
    place: IdText = Field(default="", description="Where; without it the call comes from where the phone was last")


class LoneWatchItem(ReportedItem):
    """Somebody begins to work alone, or no longer does."""

    kind: Literal["lone_watch"] = Field(description="Work alone begins or ends")
    on: bool = Field(description="true: it begins")
    silent_s: Annotated[float, Field(gt=0, le=86_400)] | None = Field(
        default=None, description="After how many seconds without a sign it is an alarm; null: as the policy says", examples=[600]
    )


class ObservationItem(ReportedItem):
    """Somebody saw something on a round."""

    kind: Literal["observation"] = Field(description="Something was seen")
    category: Annotated[str, Plain, Field(min_length=1, max_length=63)] = Field(
        description="What kind of thing, in a word", examples=["light"]
    )
    note: Note = Field(default="", description="What was seen", examples=["路灯不亮"])
    severity: Annotated[int, Field(ge=1, le=4)] = Field(default=1, description="Rises from 1 to 4")
    place: IdText = Field(default="", description="Where, if that is known", examples=["lobby"])
    picture: IdText = Field(default="", description="The name of a picture, where there is one")


AnyItem = Annotated[
    ScanItem | FormItem | SignItem | PanicItem | LoneWatchItem | ObservationItem,
    Field(discriminator="kind"),
]


class ScansRequest(Strict):
    """What a phone has to say, and its clocks now; or the scans of a wand that a program of its maker has read out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "phone": "phone-1",
                    "boot": "k3f9",
                    "sent_at": "2026-01-01T08:20:00+08:00",
                    "sent_mono_ms": 9_000_000,
                    "up_to": "2026-01-01T08:20:00+08:00",
                    "items": [
                        {
                            "key": "k3f9-1",
                            "kind": "scan",
                            "made_at": "2026-01-01T08:12:00+08:00",
                            "mono_ms": 8_520_000,
                            "tag": "04A22B7C195E80",
                            "person": "zhang",
                        }
                    ],
                }
            ]
        },
    )

    phone: IdText = Field(
        description="One of the estate's phones; a wand of it, whose dump is brought; or `hub`, where people enter it at the hub",
        examples=["phone-1"],
    )
    boot: Boot = Field(
        default="", description="What the monotonic clock counts from, drawn anew with each boot", examples=["k3f9"]
    )
    sent_at: Clock = Field(description="The phone's wall clock now, right or wrong; of a wand's dump it says nothing")
    sent_mono_ms: Mono = Field(default=0, description="The phone's monotonic clock now, in milliseconds since its boot")
    clock_off_s: Annotated[float, Field(ge=-CLOCK_OFF_S_MAX, le=CLOCK_OFF_S_MAX)] = Field(
        default=0.0, description="Of a wand alone: by how many seconds its clock is ahead", examples=[95]
    )
    up_to: Clock | None = Field(
        default=None, description="By the phone's or the wand's clock: it has reported everything up to then"
    )
    up_to_mono_ms: Mono | None = Field(default=None, description="The same by the phone's monotonic clock, in milliseconds")
    # Each is judged by itself: one that is wrong must not keep the others of a phone out for ever.
    items: list[SkipValidation[AnyItem]] = Field(
        default=[], max_length=ITEMS_MAX, description="In any order; each is judged by itself"
    )


class ItemOutcome(Strict):
    """What became of an item. `refused`: it is not kept; sent again as it is, it will be refused again. Anything else is
    committed."""

    key: str = Field(description="The item's own", examples=["k3f9-1"])
    outcome: Literal["new", "duplicate", "altered", "refused"] = Field(
        description="`altered`: the key was known with another content, and both are kept"
    )
    flags: list[str] = Field(default=[], examples=[["too_fast"]], description="What is odd about it; it is kept all the same")
    window: str | None = Field(
        default=None,
        examples=["patrol/north/pump/20260101T060000Z/0"],
        description="The window that a scan, an answer or a report keeps; of several the one that ends first",
    )
    why: str | None = Field(
        default=None, examples=["no_window_open"], description="Why it keeps none; null for what is no evidence"
    )
    why_zh: str | None = Field(default=None, description="The same in Chinese", examples=["当时没有需要完成的时段"])
    why_en: str | None = Field(default=None, description="The same in English")
    code: str | None = Field(
        default=None, examples=["fields_differ"], description="Why it was refused, a name that stays the same"
    )
    message_zh: str | None = Field(default=None, description="Why it was refused and what to do, in Chinese")
    message_en: str | None = Field(default=None, description="The same in English")


class ScansTaken(Strict):
    """What became of each item, in their order."""

    items: list[ItemOutcome] = Field(description="One for each item of the request")
