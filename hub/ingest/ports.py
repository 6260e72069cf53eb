"""What the worker shows to others, and what it needs from them."""

from collections.abc import Callable, Collection
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import Connection

from contract.envelope import Receipt
from contract.orders import AnyOrder
from hub.cases.engine import Numbers
from hub.detectors.types import Detector, Device


class ChangeRow(NamedTuple):
    """A committed row of the change log. `body` is JSON text: the thing as it is after the change."""

    pos: int
    at_us: int
    topic: str
    key: str
    act: str
    body: str


class CaseAct(NamedTuple):
    """A person's act on a case. Answered after the commit by a Change, or a Refusal with nothing written."""

    case_no: int
    act: str
    actor: str
    role: str
    fields: dict[str, Any]
    version: int | None = None


class PictureStored(NamedTuple):
    """A promised picture's file is synced at the hub. Answered True, or False where no such picture is awaited: it was
    never promised, or its days are over."""

    picture: str


class Write(NamedTuple):
    """Any other change of the site's rows, made in the turn's transaction under the lease. `run` gets the connection and may
    return what the future is to answer; it raises to have only itself undone."""

    run: Callable[[Connection], Any]


Ask = CaseAct | PictureStored | Write


class Unavailable(RuntimeError):
    """The hub cannot commit now. The message says why; nothing of what was asked is done."""


class State(NamedTuple):
    """How the worker is. `reason` is empty when it is ready, else a name: `starting`, `waiting_for_lease`,
    `database_failed`, `lease_lost`, `stopped`; `detail` is for people."""

    ready: bool
    reason: str
    detail: str = ""


StepName = Literal["begin", "lease", "events", "states", "cases", "changes", "mark", "commit", "committed", "receipts"]
Hook = Callable[[StepName], None]
"""Called before each named step of a turn. What it raises stops the worker there, as a crash would."""


class Out(Protocol):
    """How the worker speaks to agents. Neither call may wait for the network; what cannot be sent is dropped and counted."""

    def receipt(self, agent: str, receipt: Receipt) -> None:
        """Publish the hub's answer to a batch."""
        ...

    def order(self, agent: str, order: AnyOrder) -> None:
        """Publish an order."""
        ...


class SiteBook(Protocol):
    """What the worker needs of the estate file."""

    @property
    def site(self) -> str:
        """The site's id."""
        ...

    @property
    def agents(self) -> Collection[str]:
        """The ids of the site's agents."""
        ...

    def key_of(self, agent: str) -> bytes | None:
        """The agent's key, or None for an agent the estate does not know."""
        ...

    def detector_device(self, device: str) -> Device | None:
        """The estate's row of a device, or of an agent under its own id; None for a stranger."""
        ...

    def cameras_at(self, place: str) -> tuple[str, ...]:
        """The cameras that watch a place."""
        ...


class Rules(NamedTuple):
    """The site's rules: detectors with their numbers for a device, and the policy that cases are dealt with by. `late_us`: what
    happened longer ago than this is late. `stall_us`: how long a silent source is waited for after a deadline."""

    detectors: tuple[Detector, ...]
    numbers: Callable[[Detector, Device], dict[str, float]]
    policy: Numbers
    late_us: int
    stall_us: int
    keep_us: int
    """How long committed events are kept."""
    picture_keep_us: int
    """How long pictures are kept."""
