"""What is asked of the worker about guards' phones. Each is answered after its commit; a Refusal writes nothing."""

from typing import Any, Literal, NamedTuple

from hub.cases.types import Refusal
from hub.duties.phonetime import Boot

Answered = Literal["on_way", "on_spot", "found", "declined"]
ACT_OF: dict[Answered, str] = {"on_way": "answer", "on_spot": "arrive", "found": "finding", "declined": "decline"}
"""The act on the incident that each answer of a guard is."""


class TaskAnswer(NamedTuple):
    """What a guard who was sent says. `fields`: of the act on the incident."""

    case_no: int
    answered: Answered
    fields: dict[str, str]


class Entry(NamedTuple):
    """One entry of an outbox. What it holds is `what`: an Item of hub.ingest.ports, a TaskAnswer, or a Refusal where it cannot
    be taken. The times are those of EntryRow."""

    key: str
    seq: int
    kind: str
    at_us: int
    device_at_us: int | None
    mono_ms: int | None
    boot: str
    skew_ms: int | None
    what: Any


class OutboxSent(NamedTuple):
    """A guard's outbox on a phone has sent a batch. `up_to_us`: everything that the guard made up to then has come with it;
    `on_duty` False: and nothing more will. Answered by an OutboxTaken."""

    phone: str
    person: str
    actor: str
    role: str
    entries: tuple[Entry, ...]
    up_to_us: int | None
    boot: Boot | None
    on_duty: bool


class EntryTaken(NamedTuple):
    """What became of an entry. `place`: of an item that is new, where its TakenItem stands in `OutboxTaken.items`, which is whole
    once the turn is judged. `case_no`: the incident that it is about, or has raised."""

    outcome: Literal["accepted", "duplicate", "refused"]
    place: int | None = None
    case_no: int | None = None
    refusal: Refusal | None = None


class OutboxTaken(NamedTuple):
    """One `EntryTaken` for each entry. `seq`: the highest number that came of this outbox."""

    entries: tuple[EntryTaken, ...]
    items: list[Any]
    seq: int


class StreamSet(NamedTuple):
    """A guard has bound the phone (`on`), or the token of one ended. Answered True."""

    phone: str
    person: str
    state: Literal["on", "ended"]


class GuardSent(NamedTuple):
    """Somebody at the console sends a guard by the app. `name`: the guard's, for people. Answered by a Change, or a Refusal."""

    case_no: int
    person: str
    name: str
    note: str
    actor: str
    role: str
    version: int | None = None


class MediaWhole(NamedTuple):
    """A photo or a voice note is whole and synced. Answered by the number of the incident that it belongs to, or None; it is
    then a picture."""

    media: str


PhoneAsk = OutboxSent | StreamSet | GuardSent | MediaWhole
