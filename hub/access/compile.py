"""From the book of permits to the entries of each agent's table. Pure: the book's rows, the estate, the policy and a day come in.

An agent gets the portals that its readers are, the groups with a right at one of them, and the credentials with such a group.
An agent with a way out that lets known credentials through gets all credentials, as whoever came in elsewhere leaves there.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from contract import permits
from contract.clock import US_PER_S
from contract.names import Medium
from contract.permits import OUTSIDE, AnyEntry, State, canonical, key_of, weight_of_text
from hub.access.hours import always, compiled
from hub.access.types import ALWAYS, AnyThing, Group, Portal, Schedule
from hub.duties.calendar import Calendar

ENDED_KEPT_S = 30 * 86_400
"""What is over stays in tables for so long, so that a gate can say why it refuses."""
HOLDER_CHARS = 16


class Source(NamedTuple):
    """A credential with what it takes of its permit, holder and household. Times are UTC microseconds."""

    name: str
    medium: Medium
    state: State
    from_us: int | None
    until_us: int | None
    pin: str
    ended_us: int | None
    permit: str
    groups: tuple[str, ...]
    permit_from_us: int | None
    permit_until_us: int | None
    spaces: int
    uses: int
    exempt: bool
    permit_ended_us: int | None
    holder: str
    holder_ended_us: int | None
    household_ended_us: int | None


class Lie(NamedTuple):
    """What does not depend on any credential: what the estate is to gates."""

    rules: permits.Rules
    portals: tuple[Portal, ...]
    groups: tuple[Group, ...]
    schedules: Mapping[str, permits.Schedule]
    passback_s: int


class Frame(NamedTuple):
    """An agent's share of it. `levels`: the groups it has; `whole`: it gets all credentials."""

    entries: tuple[AnyEntry, ...]
    levels: frozenset[str]
    whole: bool
    zones: frozenset[str]
    readers: frozenset[str]


class Numbers(NamedTuple):
    """The policy's, for the table."""

    passback_s: int = 300
    no_clock: Literal["refuse", "allow"] = "refuse"
    calendar_end: Literal["refuse", "repeat"] = "repeat"
    passback_unknown: Literal["allow", "refuse"] = "allow"
    passback_hears_s: int = 60


def lie_of(rules: Iterable[AnyThing], numbers: Numbers, zone: ZoneInfo, calendar: Calendar, first: date) -> Lie:
    """From the book's rules; schedules from the local day `first` on."""
    things = list(rules)
    schedules = {one.schedule: compiled(one, zone, calendar, first) for one in things if isinstance(one, Schedule)}
    schedules[ALWAYS] = always()
    return Lie(
        permits.Rules(numbers.no_clock, numbers.calendar_end, numbers.passback_unknown, numbers.passback_hears_s),
        tuple(one for one in things if isinstance(one, Portal)),
        tuple(one for one in things if isinstance(one, Group)),
        schedules,
        numbers.passback_s,
    )


def frame_of(lie: Lie, readers: frozenset[str]) -> Frame:
    """The share of the agent that has these devices. A schedule that is gone makes no right."""
    portals = [one for one in lie.portals if one.portal in readers]
    here = {one.portal for one in portals}
    levels: list[permits.Level] = []
    for group in lie.groups:
        rights = [right for right in group.rights if right.portal in here and right.schedule in lie.schedules]
        if rights:
            levels.append(permits.Level(group.group, tuple(permits.Right(right.portal, right.schedule) for right in rights)))
    named = {right.schedule for level in levels for right in level.rights}
    entries: list[AnyEntry] = [lie.rules] if portals else []
    entries += [_portal(one, lie.passback_s) for one in portals]
    entries += [lie.schedules[name] for name in sorted(named)]
    entries += levels
    whole = any(one.to_zone == OUTSIDE and one.leave != "permitted" for one in portals)
    zones = frozenset(zone for one in portals for zone in (one.from_zone, one.to_zone) if zone != OUTSIDE)
    return Frame(tuple(entries), frozenset(level.id for level in levels), whole, zones, frozenset(here))


def _portal(portal: Portal, passback_s: int) -> permits.Portal:
    return permits.Portal(
        portal.portal,
        portal.from_zone,
        portal.to_zone,
        portal.media,
        portal.passback,
        passback_s if portal.passback_s is None else portal.passback_s,
        portal.leave,
        portal.factor,
    )


def holder_of(source: Source) -> str:
    """Whom passback follows: a person with all cards, but each vehicle by itself."""
    return f"v{source.name[:HOLDER_CHARS]}" if source.medium == "plate" else source.holder


def chosen(sources: Iterable[Source]) -> dict[str, Source]:
    """By name, the one that counts: whoever has it now, else whose it was last."""
    found: dict[str, Source] = {}
    for source in sources:
        was = found.get(source.name)
        if was is None or _rank(source) > _rank(was):
            found[source.name] = source
    return found


def entry_of(source: Source, frame: Frame, now_s: int) -> permits.Credential | None:
    """The credential in an agent's table; None: it has none there."""
    levels = tuple(name for name in source.groups if name in frame.levels)
    over_s = _over_s(source)
    if not (levels or frame.whole) or (over_s is not None and over_s <= now_s - ENDED_KEPT_S):
        return None
    ended = source.permit_ended_us or source.holder_ended_us or source.household_ended_us
    return permits.Credential(
        source.name,
        source.permit,
        holder_of(source),
        levels,
        source.medium,
        "revoked" if ended and source.state in ("active", "suspended") else source.state,
        _seconds(max((us for us in (source.from_us, source.permit_from_us) if us is not None), default=None)),
        _seconds(min((us for us in (source.until_us, source.permit_until_us) if us is not None), default=None)),
        source.uses,
        source.spaces,
        source.exempt,
        source.pin,
    )


def _rank(source: Source) -> tuple[bool, int]:
    return source.ended_us is None, source.ended_us or 0


def _over_s(source: Source) -> int | None:
    ends = (source.ended_us, source.permit_ended_us, source.holder_ended_us, source.household_ended_us)
    times = [us for us in (*ends, source.until_us, source.permit_until_us) if us is not None]
    return min(times) // US_PER_S if times else None


def _seconds(at_us: int | None) -> int | None:
    return None if at_us is None else at_us // US_PER_S


class Packed(NamedTuple):
    """An entry as it goes out, and what it adds to its table's sum: see contract.permits.weight_of."""

    body: bytes
    weight: int


def packed(entry: AnyEntry) -> Packed:
    """The entry, encoded once."""
    body = canonical(entry)
    return Packed(body, weight_of_text(body))


def frame_entries(frame: Frame) -> dict[str, Packed]:
    """All entries of the frame by their keys."""
    return {key_of(entry): packed(entry) for entry in frame.entries}


def credential_entries(sources: Iterable[Source], frames: Mapping[str, Frame], now_s: int) -> dict[str, dict[str, Packed | None]]:
    """For each agent the entries of these credentials by their keys, None where it has none. What agents share is made once."""
    found: dict[str, dict[str, Packed | None]] = {agent: {} for agent in frames}
    for source in sources:
        key, made = f"credential:{source.name}", {}
        for agent, frame in frames.items():
            mark = (frame.whole, *(name for name in source.groups if name in frame.levels))
            if mark not in made:
                entry = entry_of(source, frame, now_s)
                made[mark] = None if entry is None else packed(entry)
            found[agent][key] = made[mark]
    return found
