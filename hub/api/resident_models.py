"""What goes in and out of the routes for residents' own links."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from hub.api.models import Plain, Strict, Time
from hub.api.visit_link_models import Token
from hub.api.visit_models import Free, MaybeId, Moment, Reason, no_identity

PEOPLE_MAX = 20


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class OwnLinkRequest(Strict):
    """Whoever has the resident's own link."""

    model_config = _example(token="me-MDEyMzQ1Njc4OWFiY2RlZg")  # noqa: S106 - of nobody

    token: Token


class OwnVisitRequest(OwnLinkRequest):
    """One of the resident's own visits."""

    model_config = _example(token="me-MDEyMzQ1Njc4OWFiY2RlZg", visit="9f3a01c2d4e5b607")  # noqa: S106

    visit: Annotated[str, Plain, Field(min_length=1, max_length=64)] = Field(description="The visit's name")


class InviteRequest(OwnLinkRequest):
    """A visitor whom a resident registers. Nobody confirms it any more."""

    model_config = _example(
        token="me-MDEyMzQ1Njc4OWFiY2RlZg",  # noqa: S106
        name="王小明",
        phone="13900001111",
        plate="",
        begins_at="2026-01-01T18:00:00+08:00",
        hours=4,
        people=2,
        route="main",
    )

    name: Annotated[str, Plain, AfterValidator(no_identity), Field(min_length=1, max_length=60)] = Field(
        description="Who comes; sealed, and masked on screens"
    )
    phone: Annotated[str, Plain, Field(max_length=30)] = Field(
        default="", description="Their phone, where `phone_needed` says so; sealed, and masked on screens"
    )
    plate: Annotated[str, Plain, Field(max_length=40)] = Field(default="", description="Their vehicle's plate; empty: on foot")
    reason: Free = Field(default="", description="Why they come, for the guard")
    begins_at: Moment | None = Field(
        default=None, description="From when they may come in: RFC 3339 with an offset; null, or past already: from now"
    )
    hours: float = Field(ge=0.5, le=24, description="For so long, no longer than `hours_max`")
    people: int = Field(default=1, ge=1, le=PEOPLE_MAX, description="How many come together")
    route: MaybeId = Field(default="", description="One of `routes`; empty: the only one")


class OwnRoute(Strict):
    """A visitors' route."""

    id: str = Field(description="The route's id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    words: str = Field(description="How one gets there")


class OwnVisit(Strict):
    """A visit that the resident registered. Name and plate are masked: whoever finds the phone learns of nobody."""

    id: str = Field(description="Its random name")
    state: str = Field(description="How far it is", examples=["confirmed"])
    state_zh: str = Field(description="The state in Chinese")
    state_en: str = Field(description="The state in English")
    name: str = Field(description="Who comes, masked", examples=["王**"])
    plate: str = Field(description="Their plate, masked")
    people: int = Field(description="How many come")
    route: str = Field(description="Their route, by its id")
    space: str = Field(description="The parking space they get; empty: none")
    from_at: Time | None = Field(description="From when the pass is valid: RFC 3339, UTC")
    until_at: Time | None = Field(description="Until when: RFC 3339, UTC")
    has_pass: bool = Field(description="There is a code to show: POST /resident-links/pass")
    can_cancel: bool = Field(description="It can be taken back")


class OwnPage(Strict):
    """What a resident's own link shows."""

    site_zh: str = Field(description="The estate's name in Chinese")
    site_en: str = Field(description="The estate's name in English")
    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which times are shown")
    now: Time = Field(description="The hub's time: RFC 3339, UTC; the phone's may be wrong")
    room: str = Field(description="The household, by its id")
    expires_at: Time = Field(description="Until when the link registers: RFC 3339, UTC")
    left_today: int = Field(description="How many more visitors may be registered today")
    per_day: int = Field(description="Of how many")
    phone_needed: bool = Field(description="The visitor's phone must be given")
    hours_max: float = Field(description="The longest stay, in hours")
    days_max: int = Field(description="For so many days ahead visitors can be registered")
    people_max: int = Field(description="So many together at most")
    routes: list[OwnRoute] = Field(description="The visitors' routes; with several, one is chosen")
    visits: list[OwnVisit] = Field(description="Those that are not over, newest first")
    made: str = Field(default="", description="The visit that was registered just now; empty: none")


class OwnToken(Strict):
    """The resident's own link, as a token."""

    token: str = Field(description="What stands behind the page's #")


class ResidentLinkView(Strict):
    """A resident's own link, as the desk sees it. The link itself is shown to nobody but the resident."""

    person: str = Field(description="The holder whose it is")
    room: str = Field(description="Their household")
    live: bool = Field(description="It registers visitors now")
    made_at: Time | None = Field(description="When it was made: RFC 3339, UTC; null: there is none")
    made_by: str = Field(description="Who had it sent; `resident`: taken behind a confirmation")
    expires_at: Time | None = Field(description="When it ends by itself: RFC 3339, UTC")
    revoked_at: Time | None = Field(description="When it was withdrawn: RFC 3339, UTC; null: it was not")
    today: int = Field(description="How many visitors were registered today")


class RevokeRequest(Strict):
    """Why a link is withdrawn."""

    model_config = _example(reason="转发给了他人 it was passed on")

    reason: Reason = Field(description="Why: it stands on the audit log")
