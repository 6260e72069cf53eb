"""The parts of a turn that deal with duties, put together."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol

from hub.duties.lookup import PlanView
from hub.duties.types import HUB_SOURCE
from hub.ingest.casebook import Casebook
from hub.ingest.desk.book import Deskbook
from hub.ingest.desk.phone import OldCalls
from hub.ingest.duties.acts import DutyActs, Heard
from hub.ingest.duties.dutybook import Dutybook, Times
from hub.ingest.duties.planning import Planner, WantedPlan, view_of
from hub.ingest.duties.scanning import OldScans, Scanning
from hub.ingest.outcome import Outcome
from hub.ingest.ports import SiteBook
from hub.ingest.site import Site


class OldRecords(OldScans, OldCalls, Protocol):
    """What duties and the desk look up."""


class TurnParts(NamedTuple):
    """What a turn has. `plan`: what policy and estate say now."""

    site: Site
    outcome: Outcome
    casebook: Casebook
    book: SiteBook
    archive: OldRecords
    counters: Counter[str]
    plan: WantedPlan | None
    new_id: Callable[[], str]


class Duties(NamedTuple):
    """What a turn gets."""

    book: Dutybook
    acts: DutyActs
    desk: Deskbook


def duties_of(parts: TurnParts, times: Times, heard: Heard, order_flush: Callable[[str], None]) -> Duties:
    """The duties as the turn sees them."""
    planner = Planner(parts.site, parts.plan, times.now_us, parts.counters, parts.new_id)

    def view() -> PlanView | None:
        row = planner.newest
        return None if row is None else view_of(row.body)

    def says_who(source: str) -> bool:
        device = parts.book.detector_device(source)
        return source == HUB_SOURCE or (device is not None and device.kind == "phone")

    scanning = Scanning(parts.site, parts.archive, view, says_who, times.now_us, parts.counters)
    book = Dutybook(
        parts.site,
        parts.outcome,
        parts.casebook,
        scanning,
        planner,
        parts.book,
        times=times,
        order_flush=order_flush,
        count=parts.counters,
    )
    desk = Deskbook(
        parts.site, parts.outcome, parts.casebook, parts.book, parts.archive, view, times, parts.counters, parts.new_id
    )
    acts = DutyActs(
        parts.site,
        parts.casebook,
        scanning,
        planner,
        heard,
        book.effect,
        desk.answer,
        now_us=times.now_us,
        count=parts.counters,
    )
    return Duties(book, acts, desk)
