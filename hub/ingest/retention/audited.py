"""Acts on footage's keeping, as entries of the audit log."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from hub.audit.types import Act, changed
from hub.footage.asks import DaysConfirm, HoldLift, HoldMade, HoldPut, SweepConfirm
from hub.footage.holds import Hold
from hub.ingest.retention.rows import Keeping, SweepState

_builtins = msgspec.to_builtins


def state_of(asked: Any, keeping: Keeping) -> Hold | SweepState | None:
    """What an ask may change, as it is before."""
    if isinstance(asked, HoldLift):
        return keeping.holds.get(asked.hold)
    return keeping.state if isinstance(asked, SweepConfirm | DaysConfirm) else None


def _hold_put(asked: HoldPut, _: None, answer: HoldMade) -> Iterator[Act]:
    after = {**_builtins(answer.hold), "rescuing": answer.rescuing}
    yield Act(asked.actor, "footage.hold", "hold", answer.hold.hold, asked.reason, after=after)


def _hold_lift(asked: HoldLift, was: Hold | None, answer: Hold) -> Iterator[Act]:
    before, after = changed({} if was is None else _builtins(was), _builtins(answer))
    name = "footage.release" if answer.released_us is not None else "footage.release_ask"
    yield Act(asked.actor, name, "hold", asked.hold, asked.reason, before, after)


def _sweep_confirm(asked: SweepConfirm, was: SweepState, _answer: bool) -> Iterator[Act]:
    before = {"halted": was.halted, "since_us": was.since_us, "facts": was.facts}
    yield Act(asked.actor, "footage.sweep_confirm", "sweep", was.halted, asked.reason, before)


def _days_confirm(asked: DaysConfirm, was: SweepState, answer: bool) -> Iterator[Act]:
    before = {"days": {name: was.days.get(name) for name in was.shorter}}
    name = "footage.days_confirm" if answer else "footage.days_ask"
    yield Act(asked.actor, name, "sweep", "days", asked.reason, before, {"days": was.shorter, "by": was.shorter_by})


ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {
    HoldPut: _hold_put,
    HoldLift: _hold_lift,
    SweepConfirm: _sweep_confirm,
    DaysConfirm: _days_confirm,
}
