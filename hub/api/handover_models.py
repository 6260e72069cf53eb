"""What goes in and out of the routes for handovers."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hub.accounts.secrets import NAME_CHARS_MAX, PASSWORD_CHARS_MAX
from hub.api.desk_models import Id, Text
from hub.api.models import Plain, Strict, Time, Words
from hub.desk.handover import Decision, HandoverState, ItemKind


class Signer(Strict):
    """One of the two who sign."""

    account: str = Field(description="The account's key; empty: nobody has joined yet")
    name: str = Field(description="The name as it was written")
    person: str = Field(description="Whom of the staff they are, by id; empty: not known")
    person_zh: str = Field(description="Their name among the staff in Chinese")
    person_en: str = Field(description="Their name among the staff in English")
    signed_at: Time | None = Field(description="When they signed: RFC 3339, UTC; null: not yet")


class HandoverItemView(Strict):
    """One thing that is handed over. `decision`: empty, `accepted`, `rejected`, or `gone` (over before it was accepted)."""

    item: str = Field(description="Its name on the list", examples=["incident:17"])
    kind: ItemKind = Field(description="incident, device, key or maintenance")
    about: str = Field(description="The incident's number, the device, the key or the maintenance window")
    zh: str = Field(description="What it is, in Chinese, as it was read")
    en: str = Field(description="What it is, in English, as it was read")
    added_at: Time = Field(description="When it came to the list or changed last: RFC 3339, UTC")
    decision: Decision = Field(description="accepted, rejected or gone; empty: nobody has decided yet")
    decided_at: Time | None = Field(description="When it was decided: RFC 3339, UTC; null: not yet")
    decided_by: str = Field(description="Who decided: whoever takes over, or the hub")
    reason: str = Field(description="Why it was rejected, or what is to be known of it")


class HandoverView(Strict):
    """A handover without its items."""

    id: str = Field(description="The handover's id")
    place: str = Field(description="The post, by the place's id")
    place_zh: str = Field(description="The post in Chinese")
    place_en: str = Field(description="The post in English")
    state: HandoverState = Field(description="draft, completed or cancelled")
    begun_at: Time = Field(description="When it was begun: RFC 3339, UTC")
    ended_at: Time | None = Field(description="When it was completed or cancelled: RFC 3339, UTC; null: under way")
    note: str = Field(description="What whoever leaves has to say")
    leaving: Signer = Field(description="Who hands over")
    coming: Signer = Field(description="Who takes over; its account is empty until somebody has joined")


class HandoverList(Strict):
    """Handovers, newest first."""

    handovers: list[HandoverView] = Field(description="Newest first")


class HandoverDetail(Strict):
    """A handover with its list. `open`: how many items nobody has accepted."""

    handover: HandoverView = Field(description="The handover")
    items: list[HandoverItemView] = Field(description="The list, in the order in which items came")
    open: int = Field(description="How many items nobody has accepted; while there are any it cannot be completed")


class HandoverRequest(Strict):
    """Who leaves begins."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"place": "monitor-room", "note": "3号门禁待修 door 3 waits for repair"}]}
    )

    place: Id = Field(description="The post, by the place's id")
    note: Text = Field(default="", description="What there is to say beside the list")


class Credentials(Strict):
    """Somebody else at the same window proves who they are; nobody is signed in by it."""

    name: Annotated[str, Plain, Field(min_length=1, max_length=NAME_CHARS_MAX)] = Field(description="The account's name")
    password: Annotated[str, Plain, Field(max_length=PASSWORD_CHARS_MAX)] = Field(description="The account's password")


class SignRequest(Strict):
    """Who joins or signs: whoever is signed in, or with `credentials` somebody else at the same window."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{}, {"credentials": {"name": "王芳", "password": "four words of my own"}}]},
    )

    credentials: Credentials | None = Field(default=None, description="Of somebody else at the same window; null: who asks")


class AcceptRequest(Strict):
    """What is to be known of an item that is accepted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"note": "已看过 seen"}]})

    note: Text = Field(default="", description="What is to be known of it")


class RejectRequest(Strict):
    """Why an item is not accepted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "对讲机不在 the radio is not there"}]})

    reason: Words = Field(description="Why it is not accepted")
