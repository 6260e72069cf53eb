"""What the worker shows to others, and what it needs from them."""

from collections.abc import Callable, Collection
from typing import Any, Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contract.envelope import Receipt
from contract.orders import AnyOrder
from contract.readings import PermitsHeld, Reading
from hub.access.asks import AccessAsk
from hub.cases.limits import Numbers
from hub.cases.titles import Lang
from hub.desk.asks import DeskAsk
from hub.detectors.types import Detector, Device
from hub.duties.effect import Effect
from hub.duties.phonetime import Boot
from hub.duties.plan import Plan
from hub.duties.types import Flag, Medium, Occasion, Seen, Shift, Taken
from hub.footage.asks import FootageAsk
from hub.footage.retention import FootageRules
from hub.footage.views import FootageOver
from hub.passages.asks import GateAsk
from hub.phones.asks import PhoneAsk
from hub.plans.asks import PlanAsk
from hub.plans.types import Plan as EmergencyPlan
from hub.store.estate_rows import DrawingRow
from hub.visits.asks import VisitsAsk


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


class CaseActs(NamedTuple):
    """The same act on an explicit selection of cases, in one transaction. Answered by a list with a Change or a Refusal for each,
    in their order."""

    acts: tuple[CaseAct, ...]


class SilenceAct(NamedTuple):
    """The sound alone is off for a while, at one post (empty: everywhere). Answered by a Silence or a Refusal."""

    post: str
    actor: str


class MaintenanceAct(NamedTuple):
    """What is found at a place, at a device or by a detector is held back from `from_us` (None: now) until `until_us`. Answered
    by a Maintenance or a Refusal."""

    place: str
    device: str
    detector: str
    from_us: int | None
    until_us: int
    reason: str
    actor: str


class MaintenanceEnd(NamedTuple):
    """Somebody ends a maintenance window early. Answered by a Maintenance or a Refusal."""

    window_id: str
    actor: str


AlarmAsk = SilenceAct | MaintenanceAct | MaintenanceEnd


class PictureStored(NamedTuple):
    """A promised picture's file is synced at the hub. Answered True, or False where no such picture is awaited: it was
    never promised, or its days are over."""

    picture: str


class Suspicion(NamedTuple):
    """Somebody seems to act in the agent's name, elsewhere than on the wire. `reason`: as of ForeignReport. Answered None."""

    agent: str
    reason: str


class TagAct(NamedTuple):
    """Somebody enrols, replaces or revokes the tag of that name (see hub/tags/labels.py). Enrolling takes its `medium` and a
    place or a person; replacing, the `new_tag` and its medium. Answered by a TagChange, or a Refusal with nothing written."""

    act: Literal["enrol", "replace", "revoke"]
    tag: str
    actor: str
    reason: str
    medium: Medium = "nfc"
    place: str = ""
    person: str = ""
    new_tag: str = ""


class Write(NamedTuple):
    """Any other change of the site's rows, made in the turn's transaction under the lease. `run` gets the connection and may
    return what the future is to answer; it raises to have only itself undone."""

    run: Callable[[Connection], Any]


class Item(NamedTuple):
    """One thing that a phone, or a person at the hub, reports. `key`: the reporter's own name for it, the same each time it is
    sent. `at_us`: when it was made, on the hub's time line. At least one of `seen` and `reading` is set; with both, `seen` is
    what is kept of the reading. `told`: as what a scan stands among the source's events; else it is a sign of life."""

    key: str
    at_us: int
    seen: Seen | None = None
    reading: Reading | None = None
    told: Reading | None = None


class TakenItem(NamedTuple):
    """What became of an item, what is odd about it, and which window it keeps or why it keeps none."""

    taken: Taken
    flags: tuple[Flag, ...] = ()
    effect: Effect = Effect()


class Report(NamedTuple):
    """What a source reports at once: a phone, the hub itself, or a wand by its dump. `up_to_us`: it has reported everything up to
    then; `read`: as what that stands among its events, where it is news; `boot`: the phone's present one, where it has a name.
    Answered by a list of TakenItem, one for each item."""

    source: str
    items: tuple[Item, ...]
    up_to_us: int | None = None
    boot: Boot | None = None
    read: Reading | None = None


class RosterAct(NamedTuple):
    """Put a shift on the roster, or with `remove` take it off. Answered True, or False where there was nothing to take off,
    or a Refusal with nothing written."""

    shift: Shift
    actor: str
    remove: bool = False


class OccasionAct(NamedTuple):
    """Announce something that schedules go by, or with `remove` call it off. Answered by the number of windows that are made, or
    taken back; None where there was nothing to call off."""

    occasion: Occasion
    actor: str
    remove: bool = False


class EstateAct(NamedTuple):
    """Another estate, found right, takes the place of version `seen`. `at_start`: the hub asks for the file that its settings
    name, which is taken by EstateNow's verdict whatever was seen. Answered by EstateDone once it is in force, or a Refusal with
    nothing written."""

    seen: int
    body: str
    digest: str
    origin: Literal["file", "edit", "restore"]
    actor: str
    reason: str
    at_start: bool = False
    drawings: tuple[DrawingRow, ...] = ()


class DrawingAct(NamedTuple):
    """A floor's drawing is put in place, or with None taken away. Answered True."""

    floor: str
    row: DrawingRow | None
    actor: str


class EstateDone(NamedTuple):
    """Which version is in force, and why: `changed`; of a file at the start `import`, `same`, or `differs` where it was not
    taken, since the estate was edited meanwhile."""

    version: int
    outcome: Literal["changed", "import", "same", "differs"]


EstateAsk = EstateAct | DrawingAct
OfPeople = (
    CaseAct | CaseActs | AlarmAsk | PlanAsk | PictureStored | TagAct | EstateAsk | GateAsk | VisitsAsk | FootageAsk | FootageOver
    | PhoneAsk
)  # fmt: skip
Ask = OfPeople | Suspicion | Write | Report | RosterAct | OccasionAct | DeskAsk | AccessAsk


class Unavailable(RuntimeError):
    """The hub cannot commit now. The message says why; nothing of what was asked is done."""


class TableHeld(NamedTuple):
    """An agent has told by which table of permits it decides. `at_us`: when, on the hub's time line."""

    agent: str
    held: PermitsHeld | None
    at_us: int


class Passed(NamedTuple):
    """An agent let a known credential through at the reader `device`, which leads `to_zone`."""

    agent: str
    device: str
    card: str
    permit: str
    to_zone: str
    at_us: int


GateNews = TableHeld | Passed


class State(NamedTuple):
    """How the worker is. `reason` is empty when it is ready, else a name: `starting`, `waiting_for_lease`,
    `database_failed`, `lease_lost`, `stopped`; `detail` is for people."""

    ready: bool
    reason: str
    detail: str = ""


class Ailing(NamedTuple):
    """What bugs keep from being done. `planning_failures`: how often in a row windows could not be made; `lanes`: how many lanes
    wait to be judged again; `failed_us`: when planning or judging last failed, None: not since the site was read."""

    planning_failures: int = 0
    lanes: int = 0
    failed_us: int | None = None


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
    def timezone(self) -> ZoneInfo:
        """The zone of its clocks on the wall."""
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

    def place_name(self, place: str, lang: Lang) -> str:
        """The place's name in the language."""
        ...

    def device_name(self, device: str, lang: Lang) -> str:
        """The device's or agent's name in the language."""
        ...

    @property
    def staff(self) -> Collection[str]:
        """The ids of the site's staff."""
        ...

    @property
    def places(self) -> Collection[str]:
        """The ids of the site's places."""
        ...

    def places_around(self, place: str) -> tuple[str, ...]:
        """The place and those it lies in, from the inside out."""
        ...

    def class_of(self, place: str) -> str:
        """The place's class in the policy, or empty."""
        ...

    def cameras_at(self, place: str) -> tuple[str, ...]:
        """The cameras that watch a place."""
        ...

    @property
    def cameras(self) -> Collection[str]:
        """The ids of the site's cameras."""
        ...


class EstateNow(NamedTuple):
    """The estate in force, with the rules that it makes. `verdict`: what is to become of a file with this digest at the start."""

    version: int
    book: SiteBook
    rules: "Rules"
    verdict: Callable[[str], Literal["import", "same", "differs"]]


class EstateSource(Protocol):
    """Where the estate in force is read."""

    def read(self, connection: Connection) -> EstateNow:
        """The newest version."""
        ...

    def adopt(self, now: EstateNow) -> None:
        """The worker goes by it from now on, and so does everybody else. Called in the worker's thread."""
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
    plan: Plan | None = None
    """What the policy and the estate say of duties; None: nothing."""
    record_us: int | None = None
    """How long windows, scans and tallies are kept; None: for ever."""
    passage_keep_us: int | None = None
    """How long what happened at gates is kept; None: for ever."""
    emergency: tuple[EmergencyPlan, ...] = ()
    """The emergency plans that hold where no manager has made others."""
    footage: FootageRules | None = None
    """How footage is kept; None: the policy does not say, and none is deleted."""
