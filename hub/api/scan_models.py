"""What goes in and out of the route for phones."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation

from hub.api.models import NUMBER_MAX, Plain, Strict
from hub.ingest.duties.acts import ITEMS_MAX
from hub.tags.labels import HARDWARE_CHARS_MAX, LABEL_CHARS_MAX

KEY_CHARS_MAX = 64
MONO_MS_MAX = 10 * 366 * 86_400_000
"""Ten years without a boot."""
FIELDS_MAX = 30

Key = Annotated[str, Plain, Field(min_length=1, max_length=KEY_CHARS_MAX, pattern=r"^[^|~\s]+$")]
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
    """What every item has. `key`: the phone's own name for it, the same each time it is sent. `made_at`, `mono_ms`: the phone's
    wall clock and monotonic clock when it was made; `boot`: what `mono_ms` counts from, where it is not the request's. `person`:
    an id of the estate's staff."""

    key: Key
    made_at: Clock
    mono_ms: Mono | None = None
    boot: Boot | None = None
    person: IdText = ""


class ScanItem(ReportedItem):
    """A tag was read. Either `tag`, a hardware tag's number, or `label`, what a QR label holds. One that is not known is kept
    too."""

    kind: Literal["scan"]
    tag: Annotated[str, Plain, Field(max_length=HARDWARE_CHARS_MAX)] = ""
    label: Annotated[str, Plain, Field(max_length=LABEL_CHARS_MAX)] = ""
    medium: Literal["nfc", "rfid", "ibutton", "card", "qr"] = "nfc"


class FormItem(ReportedItem):
    """A post answers, or a form is filled in, for a duty at a place. `fields`: what the duty requires, see GET /duties."""

    kind: Literal["answer", "report"]
    duty: IdText
    place: IdText
    fields: Fields = Field(default={})


class SignItem(ReportedItem):
    """A sign of life of somebody who works alone."""

    kind: Literal["sign"]
    moved: bool = False
    answered: bool = False
    place: IdText = ""


class PanicItem(ReportedItem):
    """A call for help; `active` false takes it back. Without a place it comes from where the phone was last."""

    kind: Literal["panic"]
    active: bool = True
    note: Note = ""
    place: IdText = ""


class LoneWatchItem(ReportedItem):
    """Somebody begins to work alone, or no longer does. `silent_s`: after how long without a sign it is an alarm."""

    kind: Literal["lone_watch"]
    on: bool
    silent_s: Annotated[float, Field(gt=0, le=86_400)] | None = None


class ObservationItem(ReportedItem):
    """Somebody saw something on a round. `severity` rises from 1 to 4; `picture`: the name of a picture, where there is one."""

    kind: Literal["observation"]
    category: Annotated[str, Plain, Field(min_length=1, max_length=63)]
    note: Note = ""
    severity: Annotated[int, Field(ge=1, le=4)] = 1
    place: IdText = ""
    picture: IdText = ""


AnyItem = Annotated[
    ScanItem | FormItem | SignItem | PanicItem | LoneWatchItem | ObservationItem,
    Field(discriminator="kind"),
]


class ScansRequest(Strict):
    """What a phone has to say, and its clocks now. `phone`: one of the estate's phones, or `hub`, where people enter it at the
    hub. `boot`: what the monotonic clock counts from, a name that is drawn anew with each boot. `up_to`,
    `up_to_mono_ms`: by the phone's clocks, it has reported everything up to then."""

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

    phone: IdText
    boot: Boot = ""
    sent_at: Clock
    sent_mono_ms: Mono = 0
    up_to: Clock | None = None
    up_to_mono_ms: Mono | None = None
    # Each is judged by itself: one that is wrong must not keep the others of a phone out for ever.
    items: list[SkipValidation[AnyItem]] = Field(default=[], max_length=ITEMS_MAX)


class ItemOutcome(Strict):
    """What became of an item. `refused`: it is not kept, and `code` and the messages say why; sent again as it is, it will be
    refused again. Anything else is committed. `altered`: the key was known with another content, and both are kept. `flags`: what
    is odd about it. `window`: the window that a scan, an answer or a report keeps, of several the one that ends first; `why` and
    its words: why it keeps none. Anything else keeps none and has neither."""

    key: str
    outcome: Literal["new", "duplicate", "altered", "refused"]
    flags: list[str] = Field(default=[], examples=[["too_fast"]])
    window: str | None = Field(default=None, examples=["patrol/north/pump/20260101T060000Z/0"])
    why: str | None = Field(default=None, examples=["no_window_open"])
    why_zh: str | None = None
    why_en: str | None = None
    code: str | None = Field(default=None, examples=["fields_differ"])
    message_zh: str | None = None
    message_en: str | None = None


class ScansTaken(Strict):
    """What became of each item, in their order."""

    items: list[ItemOutcome]
