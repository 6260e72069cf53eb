"""The decision at a gate: pure, from what was shown, the table, the time, and who is where. docs/design/gates.md.

What stands in the way is looked for in the order of contract.permits.Reason; the first that is found is the reason.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from contract.clock import US_PER_S
from contract.names import Medium
from contract.permits import OUTSIDE, Credential, Level, Portal, Reason, Rules, Schedule
from edge.gate_clock import Moment
from edge.whereabouts import Place, Went

WEEK_S = 7 * 86_400

PlateFault = Literal["", "unreadable_plate", "doubtful_plate", "odd_plate"]


class Shown(NamedTuple):
    """What was shown at a reader: the credential's name, None where there is none. `weak`: it can be copied. `fault`: why a
    plate's text is not to be acted on. `pin`: the name of the PIN that was typed after it. `guessed`: so many wrong PINs came
    before this one that it is not looked at."""

    medium: Medium
    name: str | None
    weak: bool = True
    fault: PlateFault = ""
    pin: str = ""
    guessed: bool = False


class Permits(Protocol):
    """The table: edge.permits.table.Table."""

    @property
    def rules(self) -> Rules: ...  # noqa: D102 - as of Table
    def credential(self, name: str) -> Credential | None: ...  # noqa: D102
    def portal(self, name: str) -> Portal | None: ...  # noqa: D102
    def level(self, name: str) -> Level | None: ...  # noqa: D102
    def schedule(self, name: str) -> Schedule | None: ...  # noqa: D102


class Known(Protocol):
    """Who is where: edge.whereabouts.Whereabouts."""

    def place(self, holder: str) -> Place | None: ...  # noqa: D102 - as of Whereabouts
    def inside(self, permit: str) -> tuple[str, ...]: ...  # noqa: D102
    def uses(self, card: str) -> int: ...  # noqa: D102
    def has_forgotten(self, now_us: int) -> bool: ...  # noqa: D102


class State(NamedTuple):
    """What the agent remembers. `silent_us`: for how long it has heard nothing of who goes where at other agents' gates."""

    known: Known
    silent_us: int = 0


class Decision(NamedTuple):
    """Whether somebody may pass, and why. A soft passback is `granted` as `passback`. `went`: the move to remember."""

    granted: bool
    reason: Reason
    permit: str = ""
    to_zone: str = ""
    went: Went | None = None


class _Case(NamedTuple):
    """A known credential at a portal."""

    shown: Shown
    credential: Credential
    portal: Portal | None
    now: Moment
    table: Permits
    state: State

    @property
    def is_dated(self) -> bool:
        """Whether times can be held against it: the clock is known, or what was good when it was last known still is."""
        return self.now.known or self.table.rules.no_clock == "allow"

    @property
    def now_s(self) -> int:
        return self.now.us // US_PER_S

    @property
    def is_deaf(self) -> bool:
        """Whether others may have seen people go whom this agent has not heard of."""
        hears_s = self.table.rules.passback_hears_s
        return hears_s > 0 and self.state.silent_us > hears_s * US_PER_S


def decide(shown: Shown, gate: str, now: Moment, table: Permits | None, state: State) -> Decision:
    """Whether what was shown opens `gate`, the reader's or camera's own id, at `now`."""
    if table is None:
        return Decision(False, "no_table")
    portal = table.portal(gate)
    to_zone = "" if portal is None else portal.to_zone
    is_guess = shown.medium == "pin" and shown.guessed
    credential = None if shown.name is None or is_guess else table.credential(shown.name)
    if credential is None:
        reason: Reason = shown.fault or "unknown_card" if shown.name is None else "unknown_card"
        reason = "too_many_tries" if is_guess else reason
        leaves = portal is not None and portal.leave == "anyone" and _leads_out(portal) and _is_fair(shown, portal)
        return Decision(leaves, "leaving" if leaves else reason, to_zone=to_zone)
    case = _Case(shown, credential, portal, now, table, state)
    refused = _refusal(case)
    if refused is None:
        soft = _passback(case)
        return Decision(True, soft or "permit", credential.permit, to_zone, _move(case))
    if _may_leave(case, refused):
        return Decision(True, "leaving", credential.permit, to_zone, _move(case))
    return Decision(False, refused, credential.permit, to_zone)


def _refusal(case: _Case) -> Reason | None:
    for check in _CHECKS:
        reason = check(case)
        if reason is not None:
            return reason
    return None


def _leads_out(portal: Portal) -> bool:
    return portal.to_zone == OUTSIDE and portal.from_zone != OUTSIDE


def _is_fair(shown: Shown, portal: Portal) -> bool:
    """Whether it may open anything at all here: what is doubtful opens nothing, on no way."""
    return not shown.fault and shown.medium in portal.media


def _may_leave(case: _Case, refused: Reason) -> bool:
    portal = case.portal
    if portal is None or not _leads_out(portal) or not _is_fair(case.shown, portal) or _medium(case):
        return False
    return portal.leave == "anyone" or (portal.leave == "known" and refused in _LEFT_BEHIND and not _factor(case))


_LEFT_BEHIND: frozenset[Reason] = frozenset((
    "revoked", "lost", "replaced", "suspended", "not_yet", "expired", "not_here", "outside_hours", "calendar_ended", "no_clock",
))  # fmt: skip
"""What became of a credential's right keeps nobody in."""


def _move(case: _Case) -> Went | None:
    portal, credential = case.portal, case.credential
    if portal is None or portal.from_zone == portal.to_zone:
        return None
    used = credential.uses > 0 and _goes_in(portal)
    return Went(credential.holder, credential.permit, credential.id, portal.to_zone, case.now.us, used)


def _goes_in(portal: Portal) -> bool:
    return portal.from_zone == OUTSIDE and portal.to_zone != OUTSIDE


def _state(case: _Case) -> Reason | None:
    state = case.credential.state
    return None if state == "active" else state


def _dates(case: _Case) -> Reason | None:
    credential = case.credential
    if not case.is_dated:
        return None
    if credential.from_s is not None and case.now_s < credential.from_s:
        return "not_yet"
    return "expired" if credential.until_s is not None and case.now_s >= credential.until_s else None


def _rights(case: _Case) -> Reason | None:
    schedules = _schedules(case)
    if not schedules:
        return "not_here"
    if not case.is_dated or any(one.intervals is None for one in schedules):
        return None
    ends = case.table.rules.calendar_end
    found = {_hours(one, case.now_s, ends) for one in schedules}
    if None in found:
        return None
    return "outside_hours" if "outside_hours" in found else "calendar_ended"


def _schedules(case: _Case) -> list[Schedule]:
    """The schedules of the credential's rights at the portal."""
    if case.portal is None:
        return []
    levels = (case.table.level(name) for name in case.credential.levels)
    rights = (right for level in levels if level is not None for right in level.rights if right.portal == case.portal.id)
    return [schedule for right in rights if (schedule := case.table.schedule(right.schedule)) is not None]


def _hours(schedule: Schedule, now_s: int, ends: Literal["refuse", "repeat"]) -> Reason | None:
    if schedule.intervals is None:
        return None
    if now_s >= schedule.until_s:
        if ends == "refuse":
            return "calendar_ended"
        now_s -= ((now_s - schedule.until_s) // WEEK_S + 1) * WEEK_S
    return None if _is_in(schedule.intervals, now_s) else "outside_hours"


def _is_in(intervals: tuple[tuple[int, int], ...], now_s: int) -> bool:
    low, high = 0, len(intervals)
    while low < high:
        middle = (low + high) // 2
        if intervals[middle][1] <= now_s:
            low = middle + 1
        else:
            high = middle
    return low < len(intervals) and intervals[low][0] <= now_s


def _clock(case: _Case) -> Reason | None:
    if case.is_dated:
        return None
    credential = case.credential
    bound = credential.from_s is not None or credential.until_s is not None
    return "no_clock" if bound or all(one.intervals is not None for one in _schedules(case)) else None


def _hard_passback(case: _Case) -> Reason | None:
    return _passback(case) if case.portal is not None and case.portal.passback == "hard" else None


def _passback(case: _Case) -> Reason | None:
    portal, credential = case.portal, case.credential
    if portal is None or portal.passback == "off" or portal.from_zone == portal.to_zone or credential.exempt:
        return None
    place = None if case.is_deaf else case.state.known.place(credential.holder)
    if place is None:
        unknown = case.is_deaf or case.state.known.has_forgotten(case.now.us)
        refuses = unknown and portal.passback == "hard" and case.table.rules.passback_unknown == "refuse"
        return "passback" if refuses else None
    is_there = place.zone == portal.to_zone
    is_lately = portal.passback_s == 0 or case.now.us - place.at_us < portal.passback_s * US_PER_S
    return "passback" if is_there and is_lately else None


def _spaces(case: _Case) -> Reason | None:
    credential = case.credential
    if not credential.spaces or case.portal is None or case.portal.to_zone == OUTSIDE:
        return None
    if case.is_deaf and case.table.rules.passback_unknown == "allow":
        return None
    others = sum(holder != credential.holder for holder in case.state.known.inside(credential.permit))
    return "space_taken" if others >= credential.spaces else None


def _uses(case: _Case) -> Reason | None:
    credential = case.credential
    if not credential.uses or case.portal is None or not _goes_in(case.portal):
        return None
    return "used_up" if case.state.known.uses(credential.id) >= credential.uses else None


def _factor(case: _Case) -> Reason | None:
    factor = "never" if case.portal is None else case.portal.factor
    if factor == "never" or (factor == "weak" and not case.shown.weak):
        return None
    if case.shown.guessed:
        return "too_many_tries"
    pin = case.credential.pin
    return None if pin and case.shown.pin == pin else "second_factor"


def _medium(case: _Case) -> Reason | None:
    shown = case.shown.medium
    fits = shown == case.credential.medium and case.portal is not None and shown in case.portal.media
    return None if fits else "wrong_medium"


def _plate(case: _Case) -> Reason | None:
    return case.shown.fault or None


_CHECKS: tuple[Callable[[_Case], Reason | None], ...] = (
    _state, _dates, _rights, _clock, _hard_passback, _spaces, _uses, _factor, _medium, _plate,
)  # fmt: skip
