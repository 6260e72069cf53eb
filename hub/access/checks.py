"""What is wrong with a thing by itself: pure, and the same for the console, an import and the hub's own parts."""

from datetime import date

import msgspec

from hub.access.types import ALWAYS, AnyThing, Credential, Permit, Portal, Schedule, Zone, kind_of
from hub.access.words import refused
from hub.cases.types import Refusal


def wrong_with(thing: AnyThing) -> Refusal | None:
    """The first thing that is wrong; None: nothing that can be seen without looking at others. Raises msgspec.ValidationError for
    what no such thing can hold."""
    msgspec.convert(msgspec.to_builtins(thing), type(thing))
    if isinstance(thing, Permit | Credential):
        return wrong_times(thing.from_us, thing.until_us)
    if isinstance(thing, Schedule):
        return _wrong_schedule(thing)
    if isinstance(thing, Portal) and thing.from_zone == thing.to_zone:
        return refused("same_zones")
    if isinstance(thing, Zone) and not thing.zone:
        return refused("name_is_fixed", id="")
    return None


def wrong_times(from_us: int | None, until_us: int | None) -> Refusal | None:
    """Something that ends before it begins."""
    wrong = from_us is not None and until_us is not None and from_us >= until_us
    return refused("wrong_times") if wrong else None


def _wrong_schedule(schedule: Schedule) -> Refusal | None:
    if schedule.schedule == ALWAYS:
        return refused("name_is_fixed", id=ALWAYS)
    for row in schedule.weekly:
        if row.from_min == row.until_min:
            return refused("wrong_hours", hours=hours_text(row.from_min, row.until_min))
    seen: set[str] = set()
    for other in schedule.exceptions:
        try:
            date.fromisoformat(other.date)
        except ValueError:
            return refused("wrong_date", date=other.date)
        if other.date in seen:
            return refused("wrong_date", date=other.date)
        seen.add(other.date)
        for from_min, until_min in other.hours:
            if from_min == until_min:
                return refused("wrong_hours", hours=hours_text(from_min, until_min))
    return None


def hours_text(from_min: int, until_min: int) -> str:
    """Minutes of the day as people write them."""
    return f"{from_min // 60:02d}:{from_min % 60:02d}-{until_min // 60:02d}:{until_min % 60:02d}"


def told_of(thing: AnyThing) -> dict[str, object]:
    """The thing for histories and logs: without what is personal."""
    told: dict[str, object] = msgspec.to_builtins(thing)
    personal = {"holder": ("name", "phone", "note"), "household": ("note",), "permit": ("note",), "credential": ("shown",)}
    for name in personal.get(kind_of(thing), ()):
        told.pop(name, None)
    return told
