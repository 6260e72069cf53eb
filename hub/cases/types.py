"""A case: something that must be brought to an end, through states, before clocks run out."""

from typing import Any, Literal, NamedTuple

import msgspec

ClockEventName = Literal["start", "pause", "resume", "stop", "expire"]


class ClockEvent(NamedTuple):
    """One row of a clock's life. Elapsed time is a pure function of these rows and now."""

    clock: str
    event: ClockEventName
    at_us: int


class Case(msgspec.Struct, frozen=True):
    """A row of `case_`, with its clocks. Changed by `msgspec.structs.replace` only; `version` grows by one each time."""

    case_no: int
    kind: str
    detector: str
    clause: str
    subject: str
    device: str
    place: str
    episode: str
    priority: int
    state: str
    opened_us: int
    raised_us: int
    facts: dict[str, Any]
    active: bool = True
    proven: bool = True
    late: bool = False
    returned_us: int | None = None
    closed_us: int | None = None
    merged: int = 0
    version: int = 1
    entries: int = 0
    """How many timeline entries there are: the next has this number plus one."""
    clocks: tuple[ClockEvent, ...] = ()


class Entry(NamedTuple):
    """One line of a case's timeline."""

    at_us: int
    act: str
    actor: str
    body: dict[str, Any]


class Alarm(NamedTuple):
    """A running clock's end: a deadline row of owner `case` and subject `CASE_NO/CLOCK`."""

    clock: str
    due_at_us: int


class Change(NamedTuple):
    """The outcome of one act on one case. `act` names it in the change log; `alarms` are all the clocks that now run
    (they replace the case's deadline rows). `new_clock_events` are the rows to add."""

    case: Case
    act: str
    entry: Entry
    new_clock_events: tuple[ClockEvent, ...]
    alarms: tuple[Alarm, ...]


class Refusal(NamedTuple):
    """An act that may not be. `reason` is a name (`unknown_act`, `wrong_state`, `field_missing`, `field_unknown`,
    `field_wrong`, `not_allowed`, `changed_meanwhile`); `message` says what to do, in Chinese and then English."""

    reason: str
    message: str
