"""A thing that has to be explained: a gate that opens, a vehicle on a loop, a plate that opened. Raised when nothing explains it.

What explains comes from other devices, by other agents even, so the order of arrival proves nothing. A begin is explained by
anything that happened within `before` seconds before it, or `after` seconds after it, or by something that lasts, such as a
fire, in the same way. When the agent has reported past `after` without one it is raised; what explains it later takes it back.
Whatever the order in which the same events come, the same stands in the end, as far as the limits below reach.

The first word after a start or a lost link is a state and no begin: nobody can say when it happened. A begin within `after` of
the one before is the same cause: a contact that bounces. Where begins have causes of their own, such as plates, only one of the
same cause is.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.readings import Reading
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw

Numbers = dict[str, float]
Says = Literal["begins", "ends", "unseen", "once"] | None
"""`once`: a begin that is over at once."""
MAX_PASSES = 32
"""Times at which something explained; the oldest is forgotten first."""
MAX_SPANS = 8
MAX_NEEDS = 16
"""Begins that may still be proven or taken back. What is settled is forgotten first."""


class Need(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A begin that has to be explained. `cause`: whose it is, where there are several. `explained` is for good; `taken_back`: it
    was told, and withdrawn."""

    at_us: int
    episode: str
    late: bool = False
    picture: str = ""
    told: Literal["nothing", "unproven", "proven"] = "nothing"
    ended_us: int | None = None
    explained: bool = False
    over: bool = False
    taken_back: bool = False
    cause: str = ""


class Span(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that explains while it lasts, such as a fire input. `until_us` None: it does."""

    key: str
    from_us: int
    until_us: int | None = None


class Needs(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """`on` None: unknown. `source`: the device that told it last. `heard`: something that lasts was told of at all."""

    on: bool | None = None
    source: str = ""
    passes_us: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    heard: bool = False
    needs: tuple[Need, ...] = ()


class Window(NamedTuple):
    """How long before a begin, and after it, what explains it may be; both in microseconds."""

    before_us: int
    after_us: int

    def holds(self, begun_us: int, from_us: int, until_us: int | None) -> bool:
        """Whether what was so from then until then (None: it lasts) explains a begin."""
        return from_us - self.after_us <= begun_us and (until_us is None or begun_us <= until_us + self.before_us)


class Rule(NamedTuple):
    """What is looked at. `says`: of the thing itself; `explains`: at one moment; `covers`: as something that lasts (True: from
    now, False: until now). `before` and `after`: names of numbers. `only_heard`: it is asked for only where something that lasts
    was told of, such as a loop that may not be wired. `wanted`: at which gates it is asked for. `cause`: whose a begin is."""

    says: Callable[[Event, Numbers], Says]
    explains: Callable[[Event, Numbers], bool]
    before: str
    after: str
    covers: Callable[[Event, Numbers], bool | None] = lambda _event, _numbers: None
    only_heard: bool = False
    wanted: Callable[[Device], bool] = lambda _device: True
    reason: str = "let_through"
    picture: Callable[[Event], str] = lambda _event: ""
    cause: Callable[[Event], str] = lambda _event: ""

    def window(self, numbers: Numbers) -> Window:
        """From the numbers."""
        return Window(int(numbers[self.before] * US_PER_S), int(numbers[self.after] * US_PER_S))


def unexplained(
    name: str,
    clause: str,
    priority: Literal[1, 2, 3, 4],
    kinds: tuple[type[Reading], ...],
    rule: Rule,
    about: Callable[[Event, Device], tuple[str, ...]],
) -> Detector:
    """A detector of this pattern; `about`: the gates that an event is about."""
    pattern = _Pattern(rule)
    return Detector(name, clause, priority, kinds, Needs | None, pattern.step, pattern.wake, about=about)


class _Pattern:
    """The step and the wake of one detector; it holds no state."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    def step(self, state: Needs | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
        """See Detector."""
        if not self._rule.wanted(device):
            return None
        was = state or Needs()
        needs, findings = self._takes(was, event, numbers)
        if needs == was:
            return None
        return self._settled(needs, findings, event.at_us, device, numbers)

    def wake(self, state: Needs | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
        """See Detector."""
        if state is None:
            return Step(None)
        window, findings, told = self._rule.window(numbers), list[Finding](), list[Need]()
        quiet = self._rule.only_heard and not state.heard
        live = any(_is_live(need) for need in state.needs)
        for need in state.needs:
            if need.told == "proven" or need.at_us + window.after_us > due_us or _is_explained(need, state, window):
                told.append(need)
            elif quiet:
                told += [replace(need, explained=True)] if proven else [need]
            elif proven:
                told.append(_proven(need, findings))
            elif need.told == "nothing" and not live:
                live = True
                told.append(replace(need, told="unproven", taken_back=False))
                findings.append(_raise(need, proven=False))
            else:
                told.append(need)
        return self._settled(replace(state, needs=tuple(told)), findings, due_us, device, numbers)

    def _takes(self, needs: Needs, event: Event, numbers: Numbers) -> tuple[Needs, list[Finding]]:
        """What the event adds to what is known; and the end that it is, where it is one."""
        rule, findings = self._rule, list[Finding]()
        if rule.explains(event, numbers):
            needs = replace(needs, passes_us=tuple(sorted({*needs.passes_us, event.at_us}))[-MAX_PASSES:])
            needs = replace(needs, needs=_explained(needs, self._rule.window(numbers), event.at_us))
        active = rule.covers(event, numbers)
        if active is not None:
            needs = replace(needs, spans=_spans(needs.spans, active, event), heard=True)
        says = rule.says(event, numbers)
        if says == "unseen" and event.device == needs.source:
            needs = replace(needs, on=None)
        elif says == "once":
            needs = self._begun(needs, event, numbers, ended_us=event.at_us)
        elif says == "begins":
            begun = needs.on is False
            known = needs.on is True and event.device == needs.source
            needs = needs if known else replace(needs, on=True, source=event.device)
            needs = self._begun(needs, event, numbers) if begun else needs
        elif says == "ends" and (needs.on is not False or event.device != needs.source):
            needs = _ended(replace(needs, on=False, source=event.device), event.at_us, findings)
        return needs, findings

    def _begun(self, needs: Needs, event: Event, numbers: Numbers, ended_us: int | None = None) -> Needs:
        last, window = needs.needs[-1] if needs.needs else None, self._rule.window(numbers)
        cause = self._rule.cause(event)
        soon = last is not None and not last.over and 0 <= event.at_us - last.at_us <= window.after_us
        if last is not None and soon and last.cause == cause:
            return replace(needs, needs=(*needs.needs[:-1], replace(last, ended_us=ended_us)))
        new = Need(event.at_us, event.name, event.late, self._rule.picture(event), ended_us=ended_us, cause=cause)
        return replace(needs, needs=(*needs.needs, new))

    def _settled(self, needs: Needs, findings: list[Finding], at_us: int, device: Device, numbers: Numbers) -> Step:
        """What is explained is taken back, what is settled is forgotten, and the next begin to prove is waited for."""
        window, kept, due_us = self._rule.window(numbers), list[Need](), list[int]()
        for old in needs.needs:
            need = replace(old, explained=True) if not old.explained and _is_for_good(old, needs, window) else old
            if _is_explained(need, needs, window):
                if need.told != "nothing":
                    findings.append(Withdraw(need.episode, at_us, self._rule.reason))
                    need = replace(need, told="nothing", taken_back=True, over=need.over)
            elif need.told != "proven":
                due_us.append(need.at_us + window.after_us)
            kept.append(need)
        state = replace(needs, needs=_kept(kept))
        return Step(state, tuple(findings), Wake(min(due_us), device.agent) if due_us else None)


def _explained(needs: Needs, window: Window, at_us: int) -> tuple[Need, ...]:
    """The begins, with those that something at that moment explains."""
    return tuple(replace(one, explained=True) if window.holds(one.at_us, at_us, at_us) else one for one in needs.needs)


def _is_explained(need: Need, needs: Needs, window: Window) -> bool:
    return need.explained or any(window.holds(need.at_us, one.from_us, one.until_us) for one in needs.spans)


def _is_for_good(need: Need, needs: Needs, window: Window) -> bool:
    """By a moment, or by what is over: what still lasts may turn out to have ended before."""
    return any(window.holds(need.at_us, at_us, at_us) for at_us in needs.passes_us) or any(
        one.until_us is not None and window.holds(need.at_us, one.from_us, one.until_us) for one in needs.spans
    )


def _spans(spans: tuple[Span, ...], active: bool, event: Event) -> tuple[Span, ...]:
    key = f"{event.device}/{getattr(event.reading, 'name', '')}"
    under_way = next((one for one in spans if one.key == key and one.until_us is None), None)
    if active:
        return spans if under_way is not None else _newest((*spans, Span(key, event.at_us)))
    if under_way is None:
        return spans
    return tuple(replace(one, until_us=max(event.at_us, one.from_us)) if one is under_way else one for one in spans)


def _newest(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """What is over is forgotten before what lasts."""
    if len(spans) <= MAX_SPANS:
        return spans
    gone = min(spans, key=lambda one: (one.until_us is None, one.from_us))
    return tuple(one for one in spans if one is not gone)


def _ended(needs: Needs, at_us: int, findings: list[Finding]) -> Needs:
    if not needs.needs or needs.needs[-1].ended_us is not None:
        return needs
    last = needs.needs[-1]
    ended = replace(last, ended_us=max(at_us, last.at_us), over=last.told == "proven")
    if ended.over:
        findings.append(Clear(last.episode, max(at_us, last.at_us)))
    return replace(needs, needs=(*needs.needs[:-1], ended))


def _proven(need: Need, findings: list[Finding]) -> Need:
    findings.append(_raise(need, proven=True))
    if need.ended_us is not None:
        findings.append(Clear(need.episode, need.ended_us))
    return replace(need, told="proven", taken_back=False, over=need.ended_us is not None)


def _raise(need: Need, *, proven: bool) -> Raise:
    facts = {"picture": need.picture} if need.picture else {}
    return Raise(need.episode, need.at_us, facts, proven, need.late, again=need.taken_back)


def _is_live(need: Need) -> bool:
    return need.told != "nothing" and not need.over


def _kept(needs: list[Need]) -> tuple[Need, ...]:
    """The last one, which may be joined, and those that may still be told or taken back. One that was explained for good, and of
    which nothing is told any more, is done with."""
    last = needs[-1] if needs else None
    kept = [one for one in needs if one is last or not one.explained]
    while len(kept) > MAX_NEEDS:
        kept.remove(min(kept[:-1], key=lambda one: (not one.over, one.at_us)))
    return tuple(kept)
