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
    sound: str = ""
    """A tone of its own, such as `fire`; empty: the priority's."""
    acknowledged_us: int | None = None
    """When somebody took it first."""
    shelved_until_us: int | None = None
    shelf_owner: str = ""
    shelf_reason: str = ""
    held_by: str = ""
    """The maintenance window that held it back; it stays named when the window is over."""
    dispatch: str = ""
    """How far a guard who was sent has got: `sent`, `answered`, `on_spot`, `found`; empty: nobody was sent."""
    escalation: int = 0
    """The level of its latest escalation; 0: none, or a time limit of the workflow alone."""
    comebacks: int = 0
    """How often its source came back within the policy's window; over 0: it is a chattering case and stands for all of them."""
    flood: bool = False
    """It began to call in a flood: only the two upper priorities sound then."""
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
    """An act that may not be. `reason` is a name, a row of hub/refusals.py such as `wrong_state`; `message` says what to do, in
    Chinese and then English."""

    reason: str
    message: str
