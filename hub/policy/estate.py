"""Where an estate file and a policy must fit: the duties of its routes, the posts of its staff, and its own changes of clocks."""

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo, available_timezones

from contract.settings import Document, Rule, nearest
from hub.duties.calendar import calendar_of
from hub.duties.schedule import Surroundings
from hub.duties.types import HUB_SOURCE, Evidence
from hub.policy.duties import overlapping, told
from hub.policy.load import Policy

_BY_PEOPLE = (frozenset(("phone", HUB_SOURCE)), f"write a phone, or {HUB_SOURCE}")
_BRINGS: Mapping[Evidence, tuple[Collection[str], str]] = {
    "scan": (frozenset(("wand", "reader", "phone", "other")), "write a wand, a reader or a phone"),
    "answer": _BY_PEOPLE,
    "report": _BY_PEOPLE,
}
"""Which kinds of sources bring a duty's evidence, and what to write instead of others."""
_IN_A_SENTENCE = {
    "contacts": "a board of contacts",
    "other": "a device of the kind other",
    HUB_SOURCE: "where people enter answers and reports",
}


def policy_rules(policy: Policy) -> tuple[Rule, ...]:
    """What an estate file is held against when its policy is known."""
    return (
        lambda document: _known(document, "routes.*.duty", "duty", policy.duties, policy.name),
        lambda document: _known(document, "places.*.place_class", "place class", ("", *policy.place_classes), policy.name),
        lambda document: _known(document, "staff.*.post", "post", policy.posts, policy.name),
        lambda document: _clocks(document, policy),
        lambda document: _evidence(document, policy),
    )


def _known(document: Document, pattern: str, what: str, known: Collection[str], policy: str) -> None:
    for path, value in document.find(pattern):
        if isinstance(value, str) and value not in known:
            instead = f"write one of {', '.join(known)}{nearest(value, known)}" if known else f"write its {what} there"
            document.wrong(path, f"{value} is no {what} of the policy {policy}", instead)


def _evidence(document: Document, policy: Policy) -> None:
    """A route's sources must bring what its duty asks for: a window that waits for a camera's scans is never kept."""
    phones = (value for _, value in document.find("phones.*.id") if isinstance(value, str))
    kinds = dict.fromkeys(phones, "phone") | {HUB_SOURCE: HUB_SOURCE}
    for _, row in document.find("devices.*"):
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            kinds[row["id"]] = str(row.get("kind"))
    for path, duty in document.find("routes.*.duty"):
        row = policy.duties.get(duty) if isinstance(duty, str) else None
        if row is None:
            continue
        bringers, better = _BRINGS[row.evidence]
        for at, source in document.find(f"routes.{path[1]}.sources.*"):
            kind = kinds.get(source) if isinstance(source, str) else None
            if kind is not None and kind not in bringers:
                what = _IN_A_SENTENCE.get(kind, f"a {kind}")
                document.wrong(at, f"{source} is {what} and brings no {row.evidence}s", better)


def _clocks(document: Document, policy: Policy) -> None:
    """Schedules that lie well beside each other may not do so on a night on which the estate's clocks change."""
    zones = [zone for _, zone in document.find("timezone") if zone in available_timezones()]
    for path, duty in document.find("routes.*.duty"):
        row = policy.duties.get(duty) if isinstance(duty, str) else None
        if row is None or not zones:
            continue
        zone = ZoneInfo(zones[0])
        found = overlapping(row.schedule, Surroundings(zone, calendar_of(policy.calendar), policy.shifts))
        if found is not None:
            document.wrong(path, f"{duty} {told(found, zone)}, since the clocks change", "write a duty for each in the policy")
