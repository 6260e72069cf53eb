"""Names that are asked for, looked up: a typo is told with what is near it, and is no empty list that looks like an answer."""

from collections.abc import Collection, Iterable, Mapping

from contract.settings import nearest, nearest_zh
from hub.api.errors import ApiError
from hub.api.ports import Backend
from hub.duties.types import HUB_SOURCE
from hub.estate import Estate
from hub.store.duty_reads import Thing

NAME_CHARS_MAX = 63


def unknown(what: str, name: str, known: Iterable[str]) -> ApiError:
    """The error for a name that is not one of the known ones: it names the nearest."""
    told, choices = name[:NAME_CHARS_MAX], list(known)
    return ApiError(f"unknown_{what}", **{what: told, "near": nearest(told, choices), "near_zh": nearest_zh(told, choices)})


def known_place(estate: Estate, place: str) -> str:
    """A place of the estate. Raises ApiError."""
    if place not in estate.places:
        raise unknown("place", place, estate.places)
    return place


def sources(estate: Estate) -> Collection[str]:
    """What may bring evidence: devices, phones, and the hub itself."""
    return (HUB_SOURCE, *estate.phones, *estate.devices)


def check(backend: Backend, **asked: str | Iterable[str]) -> None:
    """That each name of a duty, route, place, person or source is one of today's files or of what is on record: what was taken
    out of the files still has its history. An empty name asks for all. Raises ApiError."""
    estate = backend.estate
    today: Mapping[Thing, Collection[str]] = {
        "duty": backend.policy.duties,
        "route": estate.routes,
        "place": estate.places,
        "person": estate.staff,
        "source": sources(estate),
    }
    for what in today:
        names = asked.get(what, ())
        for name in (names,) if isinstance(names, str) else names:
            if name and name not in today[what] and not backend.reads.duties.is_on_record(what, name):
                raise unknown(what, name, today[what])
