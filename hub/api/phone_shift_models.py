"""What a guard's shift needs on the phone, and nothing more."""

from typing import Literal

from pydantic import Field

from hub.api.models import Strict, Time


class ShiftPerson(Strict):
    """Who carries the phone."""

    person: str = Field(examples=["zhang"], description="An id of the estate's staff")
    name_zh: str = Field(examples=["张三"], description="The name in Chinese")
    name_en: str = Field(examples=["Zhang San"], description="The name in English")
    post: str = Field(examples=["guard"], description="The post, by the policy's name")
    phone: str = Field(examples=["phone-1"], description="The phone's id")
    expires_at: Time = Field(description="Until then the phone works without a new sign-in, UTC")


class ShiftWindow(Strict):
    """Something to be done at a place, between two times."""

    id: str = Field(examples=["patrol/north/pump/20260101T060000Z/0"], description="The window's id")
    duty: str = Field(examples=["patrol"], description="The duty's id")
    route: str = Field(examples=["north"], description="The route's id")
    place: str = Field(examples=["pump"], description="The place's id")
    opens_at: Time = Field(description="It counts from then on, UTC")
    due_at: Time = Field(description="It is due then, UTC: the countdown runs to here")
    ends_at: Time = Field(description="It counts until then, UTC")
    state: Literal["open", "kept", "unproven", "missed", "withdrawn"] = Field(description="What the hub knows of it")


class ShiftDuty(Strict):
    """What is done in these windows."""

    id: str = Field(examples=["letters"], description="The duty's id")
    name_zh: str = Field(examples=["来信送达"], description="What it is called in Chinese")
    name_en: str = Field(examples=["letters delivered"], description="What it is called in English")
    evidence: Literal["scan", "answer", "report"] = Field(description="What shows that it was done: the kind of the entry")
    requires: list[str] = Field(description="Fields that its report must have")
    equal: list[tuple[str, str]] = Field(description="Pairs of fields that must be equal")
    void: list[str] = Field(description="Flags with which a scan does not count, such as `weak_medium`")


class ShiftRoute(Strict):
    """A walk."""

    id: str = Field(examples=["north"], description="The route's id")
    name_zh: str = Field(examples=["北线"], description="What it is called in Chinese")
    name_en: str = Field(examples=["North"], description="What it is called in English")
    order: Literal["free", "set", "random"] = Field(description="Whether its points are walked in their order")
    places: list[str] = Field(description="Its points, in their order")


class PointTag(Strict):
    """How a tag that hangs at a point is known offline."""

    medium: str = Field(examples=["nfc"], description="nfc, rfid, ibutton, card or qr")
    hash: str = Field(
        description="SHA-256 of SALT:TAG in hex. TAG: a hardware tag's digits in capitals with nothing between; of a label the 16"
        " characters behind /t/"
    )


class ShiftPoint(Strict):
    """A place of the shift's windows or tasks."""

    id: str = Field(examples=["pump"], description="The place's id")
    name_zh: str = Field(examples=["水泵房"], description="What it is called in Chinese")
    name_en: str = Field(examples=["pump room"], description="What it is called in English")
    floor: str | None = Field(description="The floor that it is drawn on")
    at: list[float] | None = Field(description="Where on its drawing: shares of width and height from the upper left corner")
    tags: list[PointTag] = Field(description="What hangs there")


class ShiftFloor(Strict):
    """A floor of the plan."""

    id: str = Field(examples=["ground"], description="The floor's id")
    name_zh: str = Field(examples=["一层"], description="What it is called in Chinese")
    name_en: str = Field(examples=["Ground floor"], description="What it is called in English")
    drawing: str | None = Field(description="Where its drawing is", examples=["/estate/drawings/ground"])
    digest: str | None = Field(description="The drawing's SHA-256, its ETag")


class ShiftTask(Strict):
    """An incident that this guard was sent to."""

    no: int = Field(examples=[17], description="The incident's number")
    title_zh: str = Field(examples=["门未关"], description="What it is, in Chinese")
    title_en: str = Field(examples=["door held open"], description="What it is, in English")
    priority: int = Field(ge=1, le=4, examples=[2], description="1 is the most urgent, 4 the least")
    place: str = Field(examples=["gate"], description="Where, a place's id")
    note: str = Field(description="What whoever sent the guard has added")
    state: Literal["sent", "on_way", "on_spot"] = Field(description="How far the guard has got")
    sent_at: Time = Field(description="When the guard was sent, UTC")
    answer_by: Time | None = Field(description="Until when to answer, UTC; null: that clock does not run")
    arrive_by: Time | None = Field(description="Until when to be on the spot, UTC; null: that clock does not run")


class ShiftNumbers(Strict):
    """What the app goes by."""

    lone_silent_s: float = Field(description="After so many seconds without a sign somebody who works alone is looked for")
    late_max_s: float = Field(description="So many seconds after a window's end what is brought still counts")
    panic_hold_s: float = Field(description="So many seconds the button is held before it calls")
    entries_max: int = Field(description="Entries of one batch")
    batch_bytes_max: int = Field(description="Bytes of one batch")
    photo_bytes_max: int = Field(description="Bytes of one photo")
    voice_bytes_max: int = Field(description="Bytes of one voice note")
    voice_s_max: int = Field(description="The longest voice note, in seconds")
    piece_bytes_max: int = Field(description="Bytes of one piece of an upload")


class PhoneShift(Strict):
    """The shift of one guard on one phone."""

    server_time: Time = Field(description="The hub's clock, UTC; it is no part of the ETag")
    site_zh: str = Field(examples=["柳苑"], description="The estate's name in Chinese")
    site_en: str = Field(examples=["Willow Court"], description="The estate's name in English")
    timezone: str = Field(examples=["Asia/Shanghai"], description="In which times are shown")
    leader_phone: str = Field(description="Whom to call when a call for help cannot be sent; empty: 110 alone")
    me: ShiftPerson = Field(description="Who carries the phone")
    salt: str = Field(description="What tags' hashes are salted with")
    windows: list[ShiftWindow] = Field(description="From an hour ago until 12 hours from now, soonest due first")
    more: bool = Field(description="There are more windows than are told")
    duties: list[ShiftDuty] = Field(description="What the windows ask for")
    routes: list[ShiftRoute] = Field(description="The walks of the windows")
    points: list[ShiftPoint] = Field(description="The places of windows and tasks")
    floors: list[ShiftFloor] = Field(description="The floors that the points are on")
    tasks: list[ShiftTask] = Field(description="Where this guard was sent and is still awaited, newest first")
    numbers: ShiftNumbers = Field(description="Limits and times that the app goes by")
