"""A flood: more alarms than people can take in. A pure step on the time at which alarms begin to call.

It begins with the alarm that is one too many within the window, and ends when the window holds fewer than the policy's number:
that moment follows from the last alarms alone, so it is a deadline like any other.
"""

from typing import NamedTuple

import msgspec

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number

GROUPS_MAX = 100
OTHERS = "others"
"""Groups beyond the limit are counted together."""


class Group(msgspec.Struct, frozen=True):
    """The alarms of one cause in one zone. `first_no`: the one that came first, of `first_us`."""

    cause: str
    zone: str
    first_no: int
    first_us: int
    count: int = 1


class Flood(msgspec.Struct, frozen=True, omit_defaults=True):
    """`recent`: the last alarms, as many as matter. While a flood lasts, `flood_no` is the number of the case that it began with,
    `count` all its alarms, those that it began with included, and `groups` the causes in the order in which they came."""

    recent: tuple[Group, ...] = ()
    flood_no: int = 0
    began_us: int = 0
    count: int = 0
    groups: tuple[Group, ...] = ()

    @property
    def lasts(self) -> bool:
        """Whether there is a flood."""
        return self.flood_no > 0


class Limits(NamedTuple):
    """The policy's numbers."""

    begins: int
    ends: int
    window_us: int


def limits(policy: Numbers) -> Limits:
    """What the policy says of floods. One that ended sooner than it began would flicker."""
    begins, ends = (int(number(policy, "CMD-2", name)) for name in ("flood_begins", "flood_ends"))
    return Limits(begins, min(ends, begins + 1), int(number(policy, "CMD-2", "flood_window_s") * US_PER_S))


def new_alarm(flood: Flood, alarm: Group, limit: Limits) -> Flood:
    """One more alarm. A flood begins with it where it is one too many. A clock's end that is noticed late comes after later
    ones and counts as the last. Alarms that lie a window ahead were told by a clock that has been set back, and count no
    more."""
    last_us = flood.recent[-1].first_us if flood.recent else alarm.first_us
    if 0 < last_us - alarm.first_us < limit.window_us:
        alarm = msgspec.structs.replace(alarm, first_us=last_us)
    kept = tuple(one for one in flood.recent if one.first_us <= alarm.first_us)
    recent = (*kept, alarm)[-max(limit.begins + 1, limit.ends) :]
    if flood.lasts:
        return msgspec.structs.replace(flood, recent=recent, count=flood.count + 1, groups=_grouped(flood.groups, alarm))
    within = [one for one in recent if alarm.first_us - one.first_us < limit.window_us]
    if len(within) <= limit.begins:
        return Flood(recent)
    groups: tuple[Group, ...] = ()
    for one in within:
        groups = _grouped(groups, one)
    return Flood(recent, alarm.first_no, alarm.first_us, len(within), groups)


def ends_us(flood: Flood, limit: Limits) -> int | None:
    """When there will be fewer than `ends` within the window, should no other come; None where no flood lasts."""
    if not flood.lasts:
        return None
    if len(flood.recent) < limit.ends:
        return flood.recent[-1].first_us
    return flood.recent[-limit.ends].first_us + limit.window_us


def over(flood: Flood) -> Flood:
    """The flood has ended."""
    return Flood(flood.recent)


def _grouped(groups: tuple[Group, ...], alarm: Group) -> tuple[Group, ...]:
    """The groups with one alarm more, first-out first."""
    cause, zone = alarm.cause, alarm.zone
    if len(groups) >= GROUPS_MAX and not any((one.cause, one.zone) == (cause, zone) for one in groups):
        cause = zone = OTHERS
    for at, one in enumerate(groups):
        if (one.cause, one.zone) == (cause, zone):
            return (*groups[:at], msgspec.structs.replace(one, count=one.count + 1), *groups[at + 1 :])
    return (*groups, msgspec.structs.replace(alarm, cause=cause, zone=zone, count=1))
