"""The plans that ship, and what makes a plan wrong: the same for the file and for what a manager enters."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from contract.settings import BadSettings, Checked, Document, KeyPath, check, dotted, nearest
from hub.detectors.table import BY_NAME
from hub.plans.choosing import same_trigger
from hub.plans.types import PLANS_MAX, Plan
from hub.plans.words import WHO, WHOM

RESIDENTIAL = Path(__file__).with_name("residential.yaml")
"""The plans that ship."""
CLAUSE = "EMG-1"
_GAP = "duty_gap"


class PlansFile(msgspec.Struct, frozen=True):
    """What stands in the file."""

    plans: Annotated[list[Plan], msgspec.Meta(min_length=1, max_length=PLANS_MAX)]


class Fault(NamedTuple):
    """What is wrong, where, and what to do, in both languages."""

    path: KeyPath
    zh: str
    en: str
    instead: str


def faults(plan: Plan, others: Collection[Plan] = (), posts: Collection[str] = ()) -> Iterator[Fault]:
    """What is wrong with a plan beyond its fields. `others`: the plans beside it; `posts`: those of the policy."""
    yield from _of_steps(plan, sorted({*WHO, *posts}))
    called = {step.call.whom for step in plan.steps if step.call is not None}
    for at, whom in enumerate(plan.tell):
        if whom not in called:
            zh, en = f"没有通知{WHOM[whom][0]}的步骤", f"no step calls {whom}"
            yield Fault(("tell", at), zh, en, f"write a step with call: {{whom: {whom}}}, or leave it out")
    detectors = (*BY_NAME, _GAP)
    for at, trigger in enumerate(plan.starts):
        if (name := trigger.detector) not in detectors:
            instead = f"write one of {', '.join(detectors)}{nearest(name, detectors)}"
            yield Fault(("starts", at, "detector"), f"没有检测规则“{name}”", f"{name} is no detector", instead)
    for other in others:
        twice = same_trigger(plan, other) if other.plan != plan.plan else None
        if twice is not None:
            zh, en = f"预案“{other.plan}”已由同样的 {twice} 启动", f"{other.plan} is started by the same {twice}"
            yield Fault(("starts",), zh, en, "have one of the two say more, or leave it out")


def _of_steps(plan: Plan, known: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, step in enumerate(plan.steps):
        if step.step in seen:
            yield Fault(
                ("steps", at, "step"), f"步骤“{step.step}”重复", f"{step.step} is another step's name", "write another one"
            )
        seen.add(step.step)
        if step.who not in known:
            instead = f"write one of {', '.join(known)}{nearest(step.who, known)}"
            yield Fault(("steps", at, "who"), f"没有岗位“{step.who}”", f"{step.who} is no post", instead)
    if not any(step.mandatory for step in plan.steps):
        yield Fault(
            ("steps",), "至少须有一步为必做", "no step is mandatory", "write mandatory: true where nothing may be left out"
        )


def check_plans(path: Path | str) -> Checked[PlansFile]:
    """Read the file and find everything that is wrong with it: `FILE:LINE: EMG-1: where: what: what to write instead`."""
    return check(path, PlansFile, rules=(_sound,), label=lambda where: f"{CLAUSE}: {dotted(where)}" if where else CLAUSE)


def load_plans(path: Path | str) -> Mapping[str, Plan]:
    """The file's plans by id. Raises BadSettings with every mistake."""
    checked = check_plans(path)
    if checked.value is None:
        raise BadSettings(checked.messages)
    return {plan.plan: plan for plan in checked.value.plans}


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Plan]:
    """The plans that ship, by id."""
    return load_plans(RESIDENTIAL)


def _sound(document: Document) -> None:
    built = [(path, document.built.get(path)) for path, _ in document.find("plans.*")]
    plans = [(path, plan) for path, plan in built if isinstance(plan, Plan)]
    seen: set[str] = set()
    for at, (path, plan) in enumerate(plans):
        if plan.plan in seen:
            document.wrong((*path, "plan"), f"{plan.plan} is another plan's name", "write another one")
        seen.add(plan.plan)
        for fault in faults(plan, [other for _, other in plans[:at]]):
            document.wrong((*path, *fault.path), fault.en, fault.instead)
