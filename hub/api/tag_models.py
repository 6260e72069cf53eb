"""What goes in and out of the routes for tags."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time, Words
from hub.tags.labels import LABEL_CHARS_MAX

TagMedium = Literal["nfc", "rfid", "ibutton", "card", "qr"]
TagText = Annotated[str, Plain, Field(max_length=LABEL_CHARS_MAX)]
Owner = Annotated[str, Plain, Field(max_length=63)]


class TagRow(Strict):
    """A tag from when it was enrolled until it was replaced or revoked. One tag may have several rows, which never overlap.
    `reason`: why it ended."""

    tag: str = Field(examples=["04A22B7C195E80"])
    medium: str = Field(examples=["nfc"])
    place: str = Field(examples=["pump-room"])
    place_zh: str
    place_en: str
    person: str
    person_zh: str
    person_en: str
    enrolled_at: Time
    ended_at: Time | None
    reason: str = Field(examples=["脱落 fell off"])


class TagList(Strict):
    """Rows of tags, newest first. `timezone`: the estate's."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    tags: list[TagRow]


class Enrolled(Strict):
    """A tag that counts from now on. `label`: what its QR code holds; null for a tag of another kind."""

    tag: TagRow
    label: str | None


class Replaced(Strict):
    """The tag that ended, and the one that counts from the same instant on."""

    ended: TagRow
    begun: TagRow
    label: str | None


class NewTag(Strict):
    """`tag`: the number as a reader prints it. For `qr`: nothing, and a new label is made; or what a label holds."""

    medium: TagMedium = "nfc"
    tag: TagText | None = None


class EnrolRequest(NewTag):
    """A tag for a place or for a person, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"medium": "nfc", "tag": "04:A2:2B:7C:19:5E:80", "place": "pump-room", "reason": "新装"},
                {"medium": "qr", "place": "pump-room", "reason": "新装"},
            ]
        },
    )

    place: Owner = ""
    person: Owner = ""
    reason: Words


class ReplaceRequest(NewTag):
    """The tag that takes the old one's place, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"medium": "nfc", "tag": "04:FF:10:22", "reason": "损坏"}]},
    )

    reason: Words


class RevokeRequest(Strict):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "丢失"}]})

    reason: Words
