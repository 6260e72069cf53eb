"""What goes in and out of the routes for residents' links, which need no account: as little as answering takes."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Strict, Time


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


Token = Annotated[str, Field(min_length=1, max_length=64, description="What stands behind the link's #: 22 characters")]


class LinkRequest(Strict):
    """Whoever has the link."""

    model_config = _example(token="MDEyMzQ1Njc4OWFiY2RlZg")  # noqa: S106 - of nobody

    token: Token


class LinkAnswerRequest(Strict):
    """The resident's answer."""

    model_config = _example(token="MDEyMzQ1Njc4OWFiY2RlZg", answer="yes")  # noqa: S106 - of nobody

    token: Token
    answer: Literal["yes", "no"] = Field(description="yes or no")


class LinkView(Strict):
    """What a link shows. Once it is answered, however often it is asked, the same."""

    question: Literal["visit", "delivery"] = Field(description="Whether a visitor may come, or goods may be brought to the door")
    open: bool = Field(description="It can be answered now")
    site_zh: str = Field(description="The estate's name in Chinese")
    site_en: str = Field(description="The estate's name in English")
    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which times are shown")
    asked_at: Time = Field(description="When it was asked: RFC 3339, UTC")
    left_s: int = Field(description="For how many seconds it can still be answered, by the hub's clock; 0: not any more")
    expires_at: Time = Field(description="Until when it can be answered: RFC 3339, UTC")
    answer: Literal["", "yes", "no"] = Field(description="What was answered, by this link or otherwise; empty: nothing")
    answered_at: Time | None = Field(description="When that was: RFC 3339, UTC; null: nothing was answered")
    state: str = Field(description="How far the visit or delivery is", examples=["asked"])
    state_zh: str = Field(description="The state in Chinese")
    state_en: str = Field(description="The state in English")
    room: str = Field(description="The household, by its id")
    kind_zh: str = Field(description="What kind of visit, in Chinese; empty of a delivery")
    kind_en: str = Field(description="What kind of visit, in English; empty of a delivery")
    name: str = Field(description="Who comes, while it is asked; then masked")
    plate: str = Field(description="Their plate, while it is asked; then masked")
    reason: str = Field(description="Why they come, or whose courier it is")
    parcels: int = Field(description="How many pieces; 0 of a visit")
    until_at: Time | None = Field(description="Until when the pass is valid: RFC 3339, UTC; null: there is none")
    has_pass: bool = Field(description="There is a code to show: POST /visit-links/pass")
    can_register: bool = Field(description="The resident can go on to register visitors: POST /visit-links/own")
