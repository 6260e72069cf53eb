"""Where an estate file and a policy must fit: the duties of its routes, the posts of its staff, and its own changes of clocks."""

from collections.abc import Collection
from zoneinfo import ZoneInfo, available_timezones

from contract.settings import Document, Rule, nearest
from hub.duties.calendar import calendar_of
from hub.duties.schedule import Surroundings
from hub.policy.duties import overlapping, told
from hub.policy.load import Policy


def policy_rules(policy: Policy) -> tuple[Rule, ...]:
    """What an estate file is held against when its policy is known."""
    return (
        lambda document: _known(document, "routes.*.duty", "duty", policy.duties, policy.name),
        lambda document: _known(document, "staff.*.post", "post", policy.posts, policy.name),
        lambda document: _clocks(document, policy),
    )


def _known(document: Document, pattern: str, what: str, known: Collection[str], policy: str) -> None:
    for path, value in document.find(pattern):
        if isinstance(value, str) and value not in known:
            instead = f"write one of {', '.join(known)}{nearest(value, known)}" if known else f"write its {what} there"
            document.wrong(path, f"{value} is no {what} of the policy {policy}", instead)


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
