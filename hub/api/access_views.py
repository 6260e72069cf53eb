"""Things of the book of permits as the API shows them, and what it takes as things."""

from typing import Any, TypeVar

import msgspec

from contract.clock import rfc3339
from hub.access.types import AnyThing, Credential, GroupRight, OtherDay, Schedule, Weekly, id_of, kind_of
from hub.api import access_models as m
from hub.api.cursors import time_us
from hub.views import when

M = TypeVar("M", bound=m.Kept)
_VIEWS: dict[str, type[m.Kept]] = {
    "household": m.HouseholdView,
    "holder": m.HolderView,
    "permit": m.PermitView,
    "credential": m.CredentialView,
    "group": m.GroupView,
    "zone": m.ZoneView,
    "portal": m.PortalView,
    "schedule": m.ScheduleView,
}
_TIMES = {"from_us": "valid_from", "until_us": "valid_until", "ended_us": "ended_at"}


def view_of(thing: AnyThing) -> Any:
    """The thing, as its kind's model."""
    kind = kind_of(thing)
    fields: dict[str, Any] = {name: msgspec.to_builtins(value) for name, value in msgspec.structs.asdict(thing).items()}
    fields["id"] = fields.pop(kind)
    fields["changed_at"] = rfc3339(fields.pop("changed_us"))
    for name, shown in _TIMES.items():
        if name in fields:
            fields[shown] = when(fields.pop(name))
    if isinstance(thing, Credential):
        fields["has_pin"] = bool(fields.pop("pin"))
    return _VIEWS[kind](**fields)


def things_of(things: list[AnyThing], _: type[M]) -> list[M]:
    """A page's things."""
    return [view_of(one) for one in things]


def next_of(things: list[AnyThing], limit: int) -> str | None:
    """Where the next page begins."""
    return id_of(things[-1]) if len(things) == limit else None


def fields_of(body: m.Editing) -> dict[str, Any]:
    """What a body says of the thing itself. Raises ApiError for a time that is none."""
    fields = body.model_dump(exclude={"version", "reason"})
    for name, shown in _TIMES.items():
        if shown in fields:
            fields[name] = time_us(fields.pop(shown))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def rights_of(body: m.GroupBody) -> tuple[GroupRight, ...]:
    """A group's rights."""
    return tuple(GroupRight(right.portal, right.schedule) for right in body.rights)


def schedule_of(name: str, body: m.ScheduleBody) -> Schedule:
    """A schedule."""
    return Schedule(
        schedule=name,
        name_zh=body.name_zh,
        name_en=body.name_en,
        weekly=tuple(Weekly(tuple(row.days), row.from_min, row.until_min) for row in body.weekly),
        exceptions=tuple(OtherDay(row.date, tuple(row.hours)) for row in body.exceptions),
    )
