"""Which incidents there should be: the rules written a second time, as plainly as can be, over what was done to the devices.

It shares no code with the detectors and knows no deadlines, watermarks or states: it looks at a device's whole record, in true
time, and names each cause with what must have come of it. Where the true time of a cause is not known (an agent's clock was
set), where its device was out of reach meanwhile, or where its length is too near a limit to tell, it says `may`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from contract.clock import US_PER_S
from contract.readings import (
    AccessDecided,
    AlarmInput,
    ArmState,
    BarrierState,
    CameraLink,
    DeviceLink,
    DoorContact,
    ExitRequested,
    Measurement,
    PictureDark,
    Reading,
    TamperContact,
)
from hub.policy.load import Policy
from watchkeeper.simulation.estate import AGENTS, TEMPERATURE_MAX
from watchkeeper.simulation.ledger import Ledger, Span, Told

MARGIN_US = 7 * US_PER_S
"""How well times are known: delays of the network and slow clocks."""

Verdict = Literal["must", "must_not", "may"]


@dataclass
class Cause:
    """One cause. `names`: episodes that may stand for it; `told`: the readings that it was seen by, the first one first.
    `until_us`: its end, or None while it lasts. `blind`: nobody saw all of it."""

    detector: str
    device: str
    told: list[Told]
    until_us: int | None = None
    blind: bool = False
    loose: bool = False
    """Not even how many there were can be known."""
    verdict: Verdict = "must"

    @property
    def names(self) -> list[str]:
        """The episodes that may stand for it."""
        return [one.name for one in (self.told if self.blind else self.told[:1])]

    @property
    def since_us(self) -> int:
        """When it began."""
        return self.told[0].true_us


class Rule(NamedTuple):
    """A condition that lasts: what a reading says about it, and for how long it must last. `unseen`: whether the loss of the
    device hides it."""

    detector: str
    says: Callable[[Reading], bool | None]
    limit_s: float = 0.0
    unseen: bool = False


def _on(kind: type[Reading], field_name: str, *, when: object = True) -> Callable[[Reading], bool | None]:
    return lambda reading: getattr(reading, field_name) == when if isinstance(reading, kind) else None


def _position(reading: Reading) -> bool | None:
    if not isinstance(reading, BarrierState) or reading.position == "moving":
        return None
    return reading.position != "closed"


def _hot(reading: Reading) -> bool | None:
    if not isinstance(reading, Measurement) or reading.quantity != "temperature":
        return None
    return reading.value > TEMPERATURE_MAX


class Way(NamedTuple):
    """A kind of gate: what a reading says of whether it is open, and the numbers of seconds in which somebody is let through."""

    detector: str
    opened: Callable[[Reading], bool | None]
    before: str
    after: str


_WAYS = {
    "door": Way("door_forced", _on(DoorContact, "open"), "grant_s", "grace_s"),
    "barrier": Way(
        "barrier_unexplained", lambda reading: reading.position != "closed" if isinstance(reading, BarrierState) else None,
        "pass_s", "pass_grace_s",
    ),
}  # fmt: skip


def _zone(name: str) -> Callable[[Reading], bool | None]:
    return lambda reading: reading.active if isinstance(reading, AlarmInput) and reading.name == name else None


@dataclass
class Reference:
    """The rules with the policy's numbers."""

    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of_policy(cls, policy: Policy) -> "Reference":
        """The rules for each kind of device."""
        n = {
            name: value
            for clause in ("GATE-7", "VEH-5", "VEH-6", "MON-2", "CMD-1", "REP-1")
            for name, value in policy.numbers(clause).items()
        }
        away = Rule("device_silent", _on(DeviceLink, "up", when=False), n["device_silent_s"])
        rules = {
            "contacts": (
                Rule("alarm_input", _zone("zone-1")),
                Rule("alarm_input", _zone("zone-2")),
                Rule("tamper", _on(TamperContact, "active")),
                away,
            ),
            "barrier": (
                Rule("barrier_left_open", _position, n["left_open_s"], unseen=True),
                Rule("arm_knocked_off", _on(ArmState, "attached", when=False)),
                away,
            ),
            "camera": (
                Rule("camera_lost", _on(CameraLink, "connected", when=False), n["camera_lost_s"]),
                Rule("camera_dark", _on(PictureDark, "active"), n["camera_dark_s"], unseen=True),
            ),
            "door": (Rule("door_held", _on(DoorContact, "open"), n["held_s"], unseen=True), away),
            "meter": (Rule("measurement_over_threshold", _hot, n["hold_s"]), away),
            "reader": (away,),
        }
        return cls(rules, n)

    def causes(self, ledger: Ledger, settled_us: dict[str, int]) -> list[Cause]:
        """Every cause in what is committed, judged as far as each agent has reported."""
        found: list[Cause] = []
        for plan in AGENTS:
            committed = {
                device: [told for told in ledger.by_device.get(device, ()) if told.hub_at_us is not None]
                for device, _, _ in plan.devices
            }
            until_us = settled_us.get(plan.id, 0)
            spans = ledger.unclear_spans(plan.id)
            causes: list[Cause] = []
            for device, kind, opens in plan.devices:
                for rule in self.rules[kind]:
                    causes += (self._judged(one, rule, until_us) for one in lasting(device, rule, committed[device]))
                if kind in _WAYS:
                    readers = [reader for reader, _, gate in plan.devices if gate == device]
                    passes = [told for name in (*readers, device) for told in committed[name]]
                    causes += self._openings(_WAYS[kind], device, committed[device], passes, until_us)
                if opens is not None:
                    causes += self._refusals(device, committed[device])
                    causes += self._refusals_at_no_time(device, committed[device], spans)
            found += (unclear(one, spans, until_us) for one in causes)
        return found

    def _judged(self, cause: Cause, rule: Rule, settled_us: int) -> Cause:
        until_us = settled_us if cause.until_us is None else min(cause.until_us, settled_us)
        cause.verdict = by_length(until_us - cause.since_us, int(rule.limit_s * US_PER_S))
        if cause.blind:
            cause.verdict = "may"
        return cause

    def _openings(self, way: "Way", gate: str, told: Sequence[Told], passes: Iterable[Told], settled_us: int) -> list[Cause]:
        """A gate that was seen shut, and then open, with nobody let through."""
        let_us = [one.true_us for one in passes if _lets_through(one.reading)]
        grant_us, grace_us = self.numbers[way.before] * US_PER_S, self.numbers[way.after] * US_PER_S
        causes: list[Cause] = []
        shut = False
        for one in told:
            opened = way.opened(one.reading)
            if opened is not None:
                if shut and opened:
                    cause = Cause(way.detector, gate, [one])
                    if any(-grace_us <= one.true_us - let <= grant_us for let in let_us):
                        cause.verdict = "must_not"
                    elif one.true_us + grace_us + MARGIN_US > settled_us:
                        cause.verdict = "may"
                    causes.append(cause)
                shut = not opened
            elif isinstance(one.reading, DeviceLink):
                shut = False
        return causes

    def _refusals(self, reader: str, told: Sequence[Told]) -> list[Cause]:
        """Three or more within the window; what follows within a window belongs to the same cause."""
        window_us, limit = int(self.numbers["refusals_window_s"] * US_PER_S), int(self.numbers["refusals"])
        refused = [one for one in told if _refused(one.reading)]
        causes: list[Cause] = []
        burst: list[Told] = []
        for one in (*refused, None):
            if one is not None and (not burst or one.true_us - burst[-1].true_us < window_us + MARGIN_US):
                burst.append(one)
                continue
            if len(burst) >= limit:
                cause = Cause("repeated_refusals", reader, burst[limit - 1 :], burst[-1].true_us)
                if burst[-1].true_us - burst[0].true_us > window_us - MARGIN_US:
                    cause.verdict, cause.blind = "may", True
                causes.append(cause)
            burst = [] if one is None else [one]
        return causes

    def _refusals_at_no_time(self, reader: str, told: Sequence[Told], spans: Iterable[Span]) -> list[Cause]:
        """By a clock that was set, refusals of different hours may have come at one moment."""
        found = ([one for one in told if _refused(one.reading) and span.holds(one.true_us)] for span in spans)
        return [Cause("repeated_refusals", reader, some, some[-1].true_us) for some in found if some]


def lasting(device: str, rule: Rule, told: Iterable[Told]) -> list[Cause]:
    """Each time that the condition was seen to begin, up to where it was seen to end."""
    causes: list[Cause] = []
    now: Cause | None = None
    for one in told:
        says = rule.says(one.reading)
        if now is None:
            if says:
                now = Cause(rule.detector, device, [one])
                causes.append(now)
        elif says:
            now.told.append(one)
        elif says is False:
            now.until_us = one.true_us
            now = None
        elif rule.unseen and _is_loss(one.reading):
            now.blind = True
    return causes


def by_length(length_us: int, limit_us: int) -> Verdict:
    """What lasted clearly too long must be an incident, what ended clearly in time must not."""
    if limit_us == 0:
        return "must" if length_us >= 0 else "may"
    if length_us > limit_us + MARGIN_US:
        return "must"
    return "must_not" if length_us < limit_us - MARGIN_US + US_PER_S else "may"


def unclear(cause: Cause, spans: Iterable[Span], settled_us: int) -> Cause:
    """A cause whose times were told by a clock that had been set."""
    until_us = (settled_us if cause.until_us is None else cause.until_us) + 2 * MARGIN_US
    if any(span.overlap_us(cause.since_us - 2 * MARGIN_US, until_us) for span in spans):
        cause.verdict, cause.blind, cause.loose = "may", True, True
    return cause


def _is_loss(reading: Reading) -> bool:
    if isinstance(reading, DeviceLink):
        return not reading.up
    return isinstance(reading, CameraLink) and not reading.connected


def _refused(reading: Reading) -> bool:
    return isinstance(reading, AccessDecided) and not reading.granted


def _lets_through(reading: Reading) -> bool:
    return isinstance(reading, ExitRequested) or (isinstance(reading, AccessDecided) and reading.granted)
