"""The policy file: every number of an estate, under the clause it comes from."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self

import msgspec

from contract.settings import BadSettings, Check, Checked, Document, Id, KeyPath, check, dotted, nearest
from hub.cases.alarms import AlarmRule, ChainStep
from hub.detectors.types import Detector, Device
from hub.duties.calendar import CalendarDays
from hub.duties.schedule import ShiftHours
from hub.duties.types import Duty
from hub.footage.retention import WhenFull
from hub.policy.alarms import ALARM_ROWS_MAX, ALARM_RULES, CHAIN_MAX, AlarmRow, EscalationRow, rule_table
from hub.policy.duties import DUTY_RULES, DutyRow, Words
from hub.policy.numbers import CLAUSES, LEGAL, Number, faults, too_short

RESIDENTIAL = Path(__file__).with_name("residential.yaml")
"""The policy that ships."""

_GOES_ON = "\0"
PRIORITIES = (1, 2, 3, 4)
MAX_SHIFTS = 12
FOOTAGE_CLAUSE = "MON-4"


def _network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no network: write an address or a network, such as 192.168.1.0/24") from None


class Clause(msgspec.Struct, frozen=True):
    """One clause: what it asks for, its numbers, its duties, what it says of alarms and whom they escalate to, and the law behind
    it where there is one."""

    zh: Words
    en: Words
    numbers: dict[str, float] = {}
    legal_basis: str = ""
    duties: list[DutyRow] = []
    alarms: Annotated[list[AlarmRow], msgspec.Meta(max_length=ALARM_ROWS_MAX)] = []
    escalations: Annotated[list[EscalationRow], msgspec.Meta(max_length=CHAIN_MAX)] = []
    when_full: WhenFull | None = None
    """Of MON-4: what becomes of footage where a disk is full."""


class Name(msgspec.Struct, frozen=True):
    """A name in both languages."""

    zh: Words
    en: Words


class Webhook(msgspec.Struct, frozen=True):
    """`allow_private`: private networks that a webhook may reach; none by default."""

    allow_private: list[Annotated[str, Check(_network)]] = []


class PolicyFile(msgspec.Struct, frozen=True):
    """What stands in the file. `demonstration`: times may be shorter than real agents could keep, as all is played faster."""

    policy: Id
    clauses: dict[str, Clause]
    priorities: dict[int, Name]
    webhook: Webhook = Webhook()
    posts: dict[Id, Name] = {}
    place_classes: dict[Id, Name] = {}
    shifts: Annotated[dict[Id, ShiftHours], msgspec.Meta(max_length=MAX_SHIFTS)] = {}
    calendar: CalendarDays = CalendarDays()
    demonstration: bool = False


class Policy:
    """A policy that has been found right. It never changes; a new file makes a new one."""

    def __init__(self, file: PolicyFile) -> None:
        self.name = file.policy
        self.clauses: Mapping[str, Clause] = file.clauses
        self.priorities: Mapping[int, Name] = file.priorities
        self.webhook_allow_private: tuple[str, ...] = tuple(file.webhook.allow_private)
        self.duties: Mapping[str, Duty] = {
            row.duty: row.of(name) for name, clause in file.clauses.items() for row in clause.duties
        }
        self.posts: Mapping[str, Name] = file.posts
        self.place_classes: Mapping[str, Name] = file.place_classes
        self.chain: tuple[ChainStep, ...] = tuple(
            row.of(name) for name, clause in file.clauses.items() for row in clause.escalations
        )
        mon4 = file.clauses.get(FOOTAGE_CLAUSE)
        self.when_full: WhenFull = (mon4 and mon4.when_full) or "refuse_new"
        self._alarms = rule_table(row for clause in file.clauses.values() for row in clause.alarms)
        self.shifts: Mapping[str, ShiftHours] = file.shifts
        self.calendar = file.calendar

    @classmethod
    def load(cls, path: Path | str = RESIDENTIAL) -> Self:
        """The policy in the file. Raises BadSettings with every mistake."""
        checked = check_policy(path)
        if checked.value is None:
            raise BadSettings(checked.messages)
        return cls(checked.value)

    def numbers(self, clause: str) -> dict[str, float]:
        """The numbers of one clause by name; not to be changed. Raises KeyError for a clause that the policy does not have."""
        return self.clauses[clause].numbers

    def alarm_of(self, detector: str, place_class: str) -> AlarmRule:
        """What it says of a detector's cases at a place of that class: the row for the class, or else the one for everywhere."""
        return self._alarms.get((detector, place_class)) or self._alarms.get((detector, "")) or AlarmRule()

    def for_device(self, detector: Detector, device: Device) -> dict[str, float]:
        """The detector's numbers with the device's own in front; not to be changed."""
        return {**self.numbers(detector.clause), **device.options}


def check_policy(path: Path | str) -> Checked[PolicyFile]:
    """Read the file and find everything that is wrong with it."""
    checked = check(
        path, PolicyFile, rules=(_clauses, _priorities, _agents_can_keep_it, _footage, *DUTY_RULES, *ALARM_RULES), label=_label
    )
    return checked._replace(messages=[message.replace(f"{_GOES_ON}: ", " ") for message in checked.messages])


def _label(path: KeyPath) -> str:
    """A path within a clause is told by the clause, and the sentence begins with the rest: `GATE-7: held_s is missing`."""
    if len(path) < 2 or path[0] != "clauses":
        return dotted(path)
    inside = path[3:] if path[2:3] == ("numbers",) and len(path) > 3 else path[2:]
    return f"{path[1]}: {dotted(inside)}{_GOES_ON}" if inside else str(path[1])


def _clauses(document: Document) -> None:
    found = {path[1]: clause for path, clause in document.find("clauses.*")}
    for clause in found:
        if clause not in CLAUSES:
            known = f"write one of {', '.join(CLAUSES)}{nearest(str(clause), CLAUSES)}"
            document.wrong(("clauses", clause), "is no clause that is in use", known)
    for clause, table in CLAUSES.items():
        if clause not in found:
            if any(number.required for number in table.values()):
                document.wrong(("clauses", clause), "is missing", f"write it with {', '.join(table)}")
            continue
        body = found[clause] if isinstance(found[clause], dict) else {}
        numbers = body.get("numbers")
        _numbers(document, clause, table, numbers if isinstance(numbers, dict) else {})
        if clause in LEGAL and not body.get("legal_basis"):
            document.wrong(("clauses", clause), "names no legal basis", "write legal_basis: the law that its number rests on")


def _numbers(document: Document, clause: str, table: Mapping[str, Number], numbers: Mapping[str, object]) -> None:
    at: KeyPath = ("clauses", clause)
    for name, value in numbers.items():
        if name not in table:
            document.wrong((*at, "numbers", name), *_unknown(name, table))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            for what, instead in faults(table[name], value):
                document.wrong((*at, "numbers", name), what, instead)
    for name, number in table.items():
        if name not in numbers and number.required:
            document.wrong(at, f"{name} is missing", f"write {name}: {number.says}")


def _agents_can_keep_it(document: Document) -> None:
    if any(value is True for _, value in document.find("demonstration")):
        return
    for path, value in document.find("clauses.*.numbers.agent_silent_s"):
        if isinstance(value, int | float) and not isinstance(value, bool):
            for what, instead in too_short("agent_silent_s", value):
                document.wrong(path, what, instead)


def _footage(document: Document) -> None:
    """How long footage is kept fits together, and only one clause says what a full disk does."""
    for path, _ in document.find("clauses.*.when_full"):
        if path[1] != FOOTAGE_CLAUSE:
            document.wrong(path, "does not belong here", f"write when_full under {FOOTAGE_CLAUSE}")
    days: dict[str, float] = {}
    for name in ("footage_days", "key_footage_days", "footage_days_max"):
        for _, value in document.find(f"clauses.{FOOTAGE_CLAUSE}.numbers.{name}"):
            if isinstance(value, int | float) and not isinstance(value, bool):
                days[name] = value
    at: KeyPath = ("clauses", FOOTAGE_CLAUSE, "numbers")
    least = days.get("footage_days", 0)
    if days.get("key_footage_days", least) < least:
        document.wrong((*at, "key_footage_days"), "is shorter than footage_days", f"write {least:g} at least")
    most = max(least, days.get("key_footage_days", 0))
    if days.get("footage_days_max", most) < most:
        document.wrong((*at, "footage_days_max"), "is shorter than what is owed", f"write {most:g} at least")


def _unknown(name: str, table: Mapping[str, Number]) -> tuple[str, str]:
    stem = name.rpartition("_")[0]
    other = next((known for known in table if stem and known.rpartition("_")[0] == stem), None)
    if other is not None:
        return "has another unit than this number is told in", f"write {other}: {table[other].says}"
    return "is no number of this clause", f"write one of {', '.join(table)}{nearest(name, table)}"


def _priorities(document: Document) -> None:
    found = {str(path[1]) for path, _ in document.find("priorities.*")}
    for priority in PRIORITIES:
        if str(priority) not in found:
            document.wrong(("priorities",), f"priority {priority} is missing", f"write {priority}: with zh and en")
    for extra in sorted(found - {str(priority) for priority in PRIORITIES}):
        document.wrong(("priorities", extra), "is no priority", "write 1, 2, 3 and 4")
