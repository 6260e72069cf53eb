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

    tag: str = Field(
        examples=["04A22B7C195E80"],
        description="The tag's number in capitals without what stands between, or a label's 16 characters",
    )
    medium: str = Field(examples=["nfc"], description="nfc, rfid, ibutton, card or qr")
    place: str = Field(examples=["pump-room"], description="The checkpoint at which it stands, by id; empty for a person's")
    place_zh: str = Field(description="The place's name in Chinese")
    place_en: str = Field(description="The place's name in English")
    person: str = Field(description="Whose it is, an id of the staff; empty for a place's")
    person_zh: str = Field(description="The person's name in Chinese")
    person_en: str = Field(description="The person's name in English")
    enrolled_at: Time = Field(description="From when it counts, UTC")
    ended_at: Time | None = Field(description="Since when it counts no more, UTC; null: it still does")
    reason: str = Field(examples=["脱落 fell off"], description="Why it ended; empty while it counts")
    enrolled_by: str = Field(examples=["李伟"], description="Who enrolled it; empty where the change log does not know any more")
    ended_by: str = Field(
        examples=["李伟"],
        description="Who replaced or revoked it; empty while it counts, and where the change log does not know any more",
    )


class TagList(Strict):
    """Rows of tags, newest first. `timezone`: the estate's."""

    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which people read times and days")
    tags: list[TagRow] = Field(description="Newest first")


class Enrolled(Strict):
    """A tag that counts from now on. `label`: what its QR code holds; null for a tag of another kind."""

    tag: TagRow = Field(description="The tag as it counts now")
    label: str | None = Field(description="What its QR code holds; null for a tag of another kind")


class Replaced(Strict):
    """The tag that ended, and the one that counts from the same instant on."""

    ended: TagRow = Field(description="The tag that ended")
    begun: TagRow = Field(description="The tag that counts from the same instant on")
    label: str | None = Field(description="What its QR code holds; null for a tag of another kind")


class NewTag(Strict):
    """`tag`: the number as a reader prints it. For `qr`: nothing, and a new label is made; or what a label holds."""

    medium: TagMedium = Field(default="nfc", description="What kind of tag it is")
    tag: TagText | None = Field(
        default=None,
        description="The number as a reader prints it. For `qr`: nothing, and a new label is made; or what a label holds",
    )


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

    place: Owner = Field(default="", description="The checkpoint at which it stands; or else `person`")
    person: Owner = Field(default="", description="Whose it is, an id of the staff; or else `place`")
    reason: Words = Field(description="Why it is done")


class ReplaceRequest(NewTag):
    """The tag that takes the old one's place, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"medium": "nfc", "tag": "04:FF:10:22", "reason": "损坏"}]},
    )

    reason: Words = Field(description="Why it is done")


class RevokeRequest(Strict):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "丢失"}]})

    reason: Words = Field(description="Why it is done")
