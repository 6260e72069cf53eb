"""What is odd about a scan. Pure: a scan and those around it in, names of flags out; nothing is ever refused for them.

Some flags follow from the scan alone (`own_flags`), others from what else was scanned (`flags_among`): these are found
anew whenever a scan turns up among those it has to be compared with, so that the order of arrival does not matter.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from hub.duties.types import Flag, Medium, Scan, ScanKey, Shift, Tag

AHEAD_MAX_US = 60 * US_PER_S
"""Clocks of agents and phones are known to within a round trip; what lies further ahead of its own arrival cannot be."""
TOLD_SLACK_US = 60 * US_PER_S
"""A source that has told everything up to a time may still bring what is so little older: reports take their time to come."""
_WEAK: frozenset[Medium] = frozenset(("qr", "hand"))
_CONTEXT: frozenset[Flag] = frozenset(("too_fast", "two_places", "wrong_person", "out_of_order", "unknown_person"))


class Limits(NamedTuple):
    """Numbers of the policy."""

    checkpoint_min_us: int
    apart_us: int
    clock_off_us: int
    late_max_us: int
    """What comes later than this after its window's end changes no verdict."""


def own_flags(
    scan: Scan,
    tag: Tag | None,
    *,
    ever_known: bool,
    better_tag: bool,
    clock_off_us: int,
    limits: Limits,
    ends_us: int = 0,
    time_proven: bool = True,
) -> tuple[Flag, ...]:
    """What the scan by itself shows. `tag`: what was enrolled at that time; `ever_known`: it was once; `better_tag`: the place
    has one that cannot be photographed; `clock_off_us`: by how much the device's clock was off; `ends_us`: when the last of the
    windows ends that it lies in; `time_proven`: nobody can have set the clock that its time comes from."""
    found: list[Flag] = []
    if scan.tag and tag is None:
        found.append("revoked_tag" if ever_known else "unknown_tag")
    if scan.medium in _WEAK and better_tag:
        found.append("weak_medium")
    if abs(clock_off_us) > limits.clock_off_us:
        found.append("clock_off")
    if scan.at_us > scan.received_us + AHEAD_MAX_US:
        found.append("from_the_future")
    if scan.received_us - max(scan.at_us, ends_us) > limits.late_max_us:
        found.append("too_late")
    if not time_proven:
        found.append("time_unproven")
    return tuple(found)


def contradicts(scan: Scan, told_us: int | None) -> bool:
    """Whether the source had said before that nothing so old is to come. `told_us`: up to when it had told everything."""
    return told_us is not None and scan.at_us < told_us - TOLD_SLACK_US


def too_fast(scan: Scan, before: Iterable[Scan], limits: Limits) -> bool:
    """Whether the same person or source was at another place less than the minimum before. `before`: scans of either."""
    return any(
        0 <= scan.at_us - other.at_us < limits.checkpoint_min_us and other.place != scan.place and _goes_first(other, scan)
        for other in before
        if other.place and (other.source == scan.source or (scan.person and other.person == scan.person))
    )


def two_places(scan: Scan, near: Sequence[Scan], limits: Limits) -> bool:
    """Whether the same person was at two places at once, by two sources; or the same tag was read by two sources, one of which
    was so close in time at another place that it cannot have been at both: whoever passes by another checkpoint within
    `apart_us` has only walked. `near`: all scans within `apart_us`."""
    if not scan.place or all(one.source == scan.source for one in near):
        return False
    around = [one for one in near if one.place and abs(one.at_us - scan.at_us) <= limits.apart_us and one.id != scan.id]
    for other in around:
        if other.source == scan.source:
            continue
        if scan.person and other.person == scan.person and other.place != scan.place:
            return True
        if scan.tag and other.tag == scan.tag and (_elsewhere(scan, near, limits) or _elsewhere(other, near, limits)):
            return True
    return False


def out_of_order(walked: Sequence[Scan], order: Sequence[str]) -> set[ScanKey]:
    """The scans of one round that came before a place they should have come after. `walked`: in the order of
    their times; `order`: the route's places as they are to be visited. Only a place's first visit counts."""
    index = {place: at for at, place in enumerate(order)}
    furthest = -1
    seen: set[str] = set()
    wrong: set[ScanKey] = set()
    for scan in walked:
        if scan.place in seen or scan.place not in index:
            continue
        seen.add(scan.place)
        if index[scan.place] < furthest:
            wrong.add(scan.id)
        furthest = max(furthest, index[scan.place])
    return wrong


def wrong_person(scan: Scan, on_duty: Collection[str]) -> bool:
    """Whether somebody scanned who is not on the roster, where there is one."""
    return bool(scan.person) and bool(on_duty) and scan.person not in on_duty


def unknown_person(scan: Scan, staff: Collection[str], *, asked: bool) -> bool:
    """Whether the scan is of somebody whom the estate does not know; or, where it is `asked` who it was, of nobody."""
    if scan.person:
        return scan.person not in staff
    return asked or bool(scan.person_told or scan.person_tag)


def on_duty(roster: Iterable[Shift], route: str, at_us: int) -> tuple[str, ...]:
    """Who is on the roster for the route at that time, in the order of their ids."""
    found = {one.person for one in roster if one.route in ("", route) and one.from_us <= at_us < one.until_us}
    return tuple(sorted(found))


def with_context(scan: Scan, found: Callable[[Flag], bool]) -> tuple[Flag, ...]:
    """The scan's flags, those that come from others found anew."""
    own = [flag for flag in scan.flags if flag not in _CONTEXT]
    return (*own, *(flag for flag in sorted(_CONTEXT) if found(flag)))


def _goes_first(other: Scan, scan: Scan) -> bool:
    """Of two scans at the same moment one must be the earlier, always the same."""
    return (other.at_us, other.id) < (scan.at_us, scan.id)


def _elsewhere(scan: Scan, near: Sequence[Scan], limits: Limits) -> bool:
    """Whether the scan's source was at another place too close in time to walk there."""
    return any(
        one.source == scan.source and one.place not in ("", scan.place) and abs(one.at_us - scan.at_us) < limits.checkpoint_min_us
        for one in near
    )
