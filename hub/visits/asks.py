"""What is asked of visits. Each is answered after its commit; a Refusal writes nothing, but where that is said."""

from typing import Literal, NamedTuple

from hub.visits.rules import RuleLine
from hub.visits.types import Delivery, Route, Space, Visit


class Who(NamedTuple):
    """An account that acts: its name and its role."""

    name: str
    role: str


class VisitRegister(NamedTuple):
    """A visit is registered; `given`: what the box holds of name, identity and phone. With `by_resident`, a holder of the
    household visited, the resident registers it and has so confirmed it. One that no resident is to confirm is admitted at once
    with `admit`. `until_us`: their pass ends then, where it would last longer. Answered by the Visit."""

    visit: Visit
    given: frozenset[str]
    who: Who
    by_resident: str = ""
    admit: bool = False
    until_us: int | None = None


class VisitAsk(NamedTuple):
    """Ask the resident: a link for each of the household who can be told. Answered by VisitAsked."""

    visit: str
    who: Who


class VisitAsked(NamedTuple):
    """How many are being told; 0: nobody can be, so somebody rings up. `unreachable`: of the household, have no contact."""

    visit: Visit
    told: int
    unreachable: int


class VisitCall(NamedTuple):
    """The desk has spoken to the resident: who called, whom, what was said, and the answer. One that was not asked is asked by
    it. Answered by the Visit."""

    visit: str
    who: Who
    person: str
    direction: Literal["in", "out"]
    said: str
    yes: bool


class LinkAnswer(NamedTuple):
    """Somebody answers by a link. Answered by LinkSeen; a link that was used, or whose question is answered, changes nothing.
    Refused as `unknown_link` where there is none, or it is over."""

    digest: str
    yes: bool


class ResidentLinkSend(NamedTuple):
    """A resident gets a link of their own, and any before it is over. Answered by the ResidentLink."""

    person: str
    who: Who


class ResidentLinkRevoke(NamedTuple):
    """The resident's link is over, and answering for a visitor gives no other: only the desk sends a new one. Answered by the
    ResidentLink."""

    person: str
    who: Who
    reason: str


class ResidentLinkTake(NamedTuple):
    """Whoever has just said yes by a link to confirm wants to register others: the resident's own link, which lasts on where
    there is one. Answered by the ResidentLink."""

    digest: str


class ResidentRegister(NamedTuple):
    """A resident registers a visitor by their own link, whose `digest` it is; nobody confirms it any more. The visit's room and
    space are the hub's to fill in. `given`, `until_us`: as of VisitRegister. Answered by the Visit."""

    digest: str
    visit: Visit
    given: frozenset[str]
    until_us: int


class ResidentCancel(NamedTuple):
    """A resident takes back a visit that they registered. Answered by the Visit."""

    digest: str
    visit: str


class VisitAct(NamedTuple):
    """Any other act of workflow.ACTS: admit, enter, force, leave, extend, cancel, close, tell, space. Answered by the Visit."""

    visit: str
    act: str
    who: Who
    reason: str = ""
    until_us: int | None = None
    rules: str = ""
    space: str = ""


class DeliveryDrop(NamedTuple):
    """A courier has left goods; the resident is told. Answered by DeliveryTold."""

    delivery: Delivery
    who: Who


class DeliveryTold(NamedTuple):
    """As VisitAsked."""

    delivery: Delivery
    told: int
    unreachable: int


class DeliveryAct(NamedTuple):
    """A deed of workflow.DEEDS. `ask` sends links; `agree` and `decline` are a call that the desk enters, with the `person` and
    what was said. Answered by DeliveryTold."""

    delivery: str
    deed: str
    who: Who
    person: str = ""
    note: str = ""


class SpaceSet(NamedTuple):
    """A parking space is there, or with None is not any more. Answered True."""

    name: str
    space: Space | None
    who: Who


class RouteSet(NamedTuple):
    """A visitors' route is there, or with None is not any more. Answered True."""

    name: str
    route: Route | None
    who: Who


class RulesSet(NamedTuple):
    """The rules that trucks' drivers are told are other ones from now on. `seen`: the version that was edited. Answered by the
    Rules."""

    seen: str
    lines: tuple[RuleLine, ...]
    who: Who


class VisitLook(NamedTuple):
    """Somebody wants to see what is personal whole (`unmask`, with a reason), looks for somebody (`search`), or looks a room up
    to register a visitor (`rooms`, with a reason). `about`: which visit. Answered by Looked."""

    what: Literal["unmask", "search", "rooms"]
    about: str
    who: Who
    reason: str


class Looked(NamedTuple):
    """Whether it may be shown; how many looks are left in this hour, of how many. One that may not be is written as well."""

    allowed: bool
    left: int
    limit: int


class NoticeDone(NamedTuple):
    """What became of a notice: sent, or with an `error` given up. Answered True, or False where it was settled before."""

    notice: str
    tries: int
    error: str = ""


VisitsAsk = (
    VisitRegister | VisitAsk | VisitCall | LinkAnswer | VisitAct | DeliveryDrop | DeliveryAct | SpaceSet | RouteSet | VisitLook
    | NoticeDone | ResidentLinkSend | ResidentLinkRevoke | ResidentLinkTake | ResidentRegister | ResidentCancel
    | RulesSet
)  # fmt: skip


class LinkSeen(NamedTuple):
    """What a link shows: its visit or delivery as it is, whether its question is still open, when it was asked and until when it
    can be answered. `person`: who has answered by it just now; empty: nothing was changed. `used`: the answer came by it."""

    visit: Visit | None
    delivery: Delivery | None
    open: bool
    asked_us: int
    expires_us: int
    person: str = ""
    used: bool = False
