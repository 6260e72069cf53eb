"""What goes in and out of the routes for deliveries."""

from typing import Any

from pydantic import ConfigDict, Field

from hub.api.models import Strict, Time
from hub.api.visit_models import Free, Id, MaybeId, ResidentNotice, VisitEntryView
from hub.visits.types import Consent, DeliveryState, How


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class DropRequest(Strict):
    """Goods that a courier leaves."""

    model_config = _example(room="3-2-501", place="parcel-shelf", company="顺丰 SF", parcels=2)

    room: Id = Field(description="For which household, by its id")
    place: Id = Field(description="The drop-off point, by the place's id")
    company: Free = Field(default="", description="Whose courier")
    parcels: int = Field(default=1, ge=1, le=500, description="How many pieces")


class DeedRequest(Strict):
    """For `agree` and `decline`, a call that the desk enters: whom it spoke to and what was said."""

    model_config = _example(person="r-li", note="请放门口 at the door, please")

    person: MaybeId = Field(default="", description="A holder of the household, of agree and decline alone")
    note: Free = Field(default="", description="What was said, or anything else")


class DeliveryView(Strict):
    """Goods at a drop-off point, or that were there."""

    id: str = Field(description="Its random name")
    state: DeliveryState = Field(description="dropped, carried, collected or returned")
    state_zh: str = Field(description="The state in Chinese")
    state_en: str = Field(description="The state in English")
    room: str = Field(description="For which household, by its id")
    place: str = Field(description="The drop-off point, by the place's id")
    company: str = Field(description="Whose courier")
    parcels: int = Field(description="How many pieces")
    made_at: Time = Field(description="When they were left: RFC 3339, UTC")
    made_by: str = Field(description="Who entered it")
    told_at: Time | None = Field(description="When the household was told: RFC 3339, UTC; null: nobody could be")
    consent: Consent = Field(description="Whether a guard may carry it to the door: empty, asked, yes, no or expired")
    consent_zh: str = Field(description="The consent in Chinese")
    consent_en: str = Field(description="The consent in English")
    consent_at: Time | None = Field(description="When it was asked or answered: RFC 3339, UTC")
    consent_how: How = Field(description="By link or call; empty: nobody has answered")
    consent_by: str = Field(description="The holder who answered")
    carrier: str = Field(description="Who carried it to the door")
    unclaimed: bool = Field(description="Nobody came for it in time")
    ended_at: Time | None = Field(description="When it was over: RFC 3339, UTC")
    deeds: list[str] = Field(description="What can be done now")


class DeliveryList(Strict):
    """Deliveries, newest first."""

    deliveries: list[DeliveryView] = Field(description="Newest first")


class DeliveryDone(Strict):
    """A delivery after something was done with it."""

    delivery: DeliveryView = Field(description="As it is now")
    told: int = Field(description="How many of the household are being told")
    unreachable: int = Field(description="How many of the household have no phone on record")
    by_phone: bool = Field(description="Nobody can be told: the desk has to ring up")


class DeliveryPage(Strict):
    """A delivery with its history and its notices."""

    delivery: DeliveryView = Field(description="As it is now")
    history: list[VisitEntryView] = Field(description="Oldest first")
    notices: list[ResidentNotice] = Field(description="Who was told, newest first")
