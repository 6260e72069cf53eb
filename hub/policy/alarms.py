"""What a policy says of alarms: a detector's priority at a class of places, and the steps of escalation chains."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from contract.settings import Document, Id, KeyPath, Rule, nearest, unique
from hub.cases.alarms import ALWAYS_HEARD, FIRE, AlarmRule, ChainStep, Unless
from hub.desk.numbers import DESK_DETECTORS
from hub.detectors.table import BY_NAME
from hub.footage.incidents import FOOTAGE_DETECTORS
from hub.footage.views import FOOTAGE_OVER
from hub.policy.duties import Words
from hub.policy.numbers import CLAUSES
from hub.visits.numbers import VISIT_DETECTORS

CHAIN_MAX = 50
ALARM_ROWS_MAX = 200
GAP = "duty_gap"
"""The detector of the duties, which has no row in the table of those that look at readings."""
OF_PEOPLE = ("emergency", "reported")
"""What people report; see hub/plans/choosing.py."""
Priority = Literal[1, 2, 3, 4]


class AlarmRow(msgspec.Struct, frozen=True):
    """A row of a clause's `alarms`. `places`: classes of places, empty: everywhere. `priority` left out: the detector's own;
    `sound: fire`: it has the tone of fire."""

    detector: str
    places: list[Id] = []
    priority: Priority | None = None
    sound: Literal["", "fire"] = ""


class EscalationRow(msgspec.Struct, frozen=True):
    """A row of a clause's `escalations`; the words are those of hub/cases/alarms.py."""

    step: Id
    zh: Words
    en: Words
    priorities: Annotated[list[Priority], msgspec.Meta(min_length=1, max_length=4)]
    after_s: Annotated[float, msgspec.Meta(ge=1, le=30 * 86_400)]
    unless: Unless
    tell: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=20)]
    level: Annotated[int, msgspec.Meta(ge=1, le=9)]
    detectors: list[str] = []
    clauses: list[str] = []

    def of(self, clause: str) -> ChainStep:
        """The step, under its clause."""
        return ChainStep(
            step=self.step,
            clause=clause,
            zh=self.zh,
            en=self.en,
            priorities=tuple(self.priorities),
            detectors=tuple(self.detectors),
            after_s=self.after_s,
            unless=self.unless,
            tell=tuple(self.tell),
            level=self.level,
            clauses=tuple(self.clauses),
        )


def rule_table(rows: Iterator[AlarmRow]) -> dict[tuple[str, str], AlarmRule]:
    """By detector and class of place; the class is empty where the row is for everywhere."""
    return {(row.detector, place): AlarmRule(row.priority, row.sound) for row in rows for place in (row.places or ("",))}


def _known_detectors(document: Document) -> None:
    known = (*BY_NAME, GAP, *OF_PEOPLE, *DESK_DETECTORS, *VISIT_DETECTORS, *FOOTAGE_DETECTORS, FOOTAGE_OVER.name)
    for pattern in ("clauses.*.alarms.*.detector", "clauses.*.escalations.*.detectors.*"):
        for path, name in document.find(pattern):
            if isinstance(name, str) and name not in known:
                document.wrong(path, f"{name} is no detector", f"write one of {', '.join(known)}{nearest(name, known)}")


def _known_clauses(document: Document) -> None:
    for path, name in document.find("clauses.*.escalations.*.clauses.*"):
        if isinstance(name, str) and name not in CLAUSES:
            document.wrong(
                path, f"{name} is no clause that is in use", f"write one of {', '.join(CLAUSES)}{nearest(name, CLAUSES)}"
            )


def _known_classes(document: Document) -> None:
    known = [str(path[1]) for path, _ in document.find("place_classes.*")]
    for path, name in document.find("clauses.*.alarms.*.places.*"):
        if isinstance(name, str) and name not in known:
            instead = f"write one of {', '.join(known)}{nearest(name, known)}" if known else "write place_classes: with its names"
            document.wrong(path, f"{name} is no class of places", instead)


def _rows(document: Document) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    for path, row in document.find("clauses.*.alarms.*"):
        if isinstance(row, dict) and isinstance(row.get("detector"), str):
            yield path, row


def _one_rule(document: Document) -> None:
    """No detector has two rows for one class of places."""
    seen: set[tuple[str, str]] = set()
    for path, row in _rows(document):
        places = row.get("places")
        for place in places if isinstance(places, list) and places else ("",):
            key = (row["detector"], str(place))
            if key in seen:
                document.wrong(path, f"{key[0]} has another row for {key[1] or 'everywhere'}", "keep one of the two")
            seen.add(key)


def _lives_first(document: Document) -> None:
    for path, row in _rows(document):
        fire = row.get("sound") == FIRE
        if (row["detector"] in ALWAYS_HEARD or fire) and row.get("priority") not in (None, 1):
            document.wrong((*path, "priority"), f"{row['detector']} may be somebody's life", "write 1, or leave it out")
        if row.get("priority") is None and not fire:
            document.wrong(path, f"says nothing of {row['detector']}", "write priority: 1 to 4, or sound: fire")


ALARM_RULES: tuple[Rule, ...] = (
    unique("clauses.*.escalations.*.step"),
    _known_detectors,
    _known_clauses,
    _known_classes,
    _one_rule,
    _lives_first,
)
