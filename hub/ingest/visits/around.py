"""What the parts of visits share in a turn."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from hub.access.types import Credential, Holder, Household
from hub.desk.calls import masked_in
from hub.detectors.types import Detector, Device, Finding, Raise
from hub.ingest.access.book import Accessbook
from hub.ingest.casebook import Casebook
from hub.ingest.ports import SiteBook
from hub.ingest.site import Deadline, DeadlineKey, Site
from hub.visits.flow import Moment
from hub.visits.numbers import VISIT_OWNER, Limits
from hub.visits.types import Delivery, Link, Notice, ResidentLink, Visit, VisitEntry

VISIT_TOPIC, DELIVERY_TOPIC = "visit", "delivery"
_encode = msgspec.json.Encoder().encode


class VisitArchive(Protocol):
    """What is committed and not in memory. Raises DatabaseGone."""

    def visit(self, visit: str) -> Visit | None:
        """A visit that is over."""
        ...

    def delivery(self, delivery: str) -> Delivery | None:
        """A delivery that is over."""
        ...

    def visit_link(self, digest: str) -> Link | None:
        """The link whose token has that digest."""
        ...

    def resident_link(self, digest: str) -> ResidentLink | None:
        """The resident's own link whose token has that digest."""
        ...

    def link_of_resident(self, holder: str) -> ResidentLink | None:
        """The newest own link of a resident."""
        ...

    def visit_notice(self, notice: str) -> Notice | None:
        """A notice."""
        ...

    def access_live(self, names: Sequence[str]) -> Sequence[Credential]:
        """The live credentials that have these names."""
        ...

    def residents_of(self, room: str) -> Sequence[Holder]:
        """Who lives in that household."""
        ...


class Around(NamedTuple):
    """`access`: the book of permits as this turn has left it. `link_digest`: of the token that a link's name makes."""

    site: Site
    casebook: Casebook
    book: SiteBook
    archive: VisitArchive
    access: Accessbook
    link_digest: Callable[[str], str]
    zone: ZoneInfo
    limits: Limits
    now_us: int
    late_us: int
    counters: Counter[str]
    new_id: Callable[[], str]

    @property
    def moment(self) -> Moment:
        """For what decides."""
        return Moment(self.now_us, self.zone, self.limits)

    def household(self, room: str) -> Household | None:
        """Who lives there, where they have not moved out."""
        found = self.access.get("household", room)
        return found if isinstance(found, Household) and found.ended_us is None else None

    def resident(self, room: str, person: str) -> Holder | None:
        """Somebody of the household."""
        found = self.access.get("holder", person)
        fits = isinstance(found, Holder) and found.household == room and found.ended_us is None and bool(room)
        return found if fits and isinstance(found, Holder) else None

    def place_of(self, room: str) -> str:
        """Where a case about that room's visitor stands: the household's place, or the estate's first."""
        household = self.household(room) if room else None
        return household.place if household is not None and household.place else next(iter(self.book.places))

    def put_visit(self, visit: Visit, act: str, actor: str, note: str = "", at_us: int | None = None) -> Visit:
        """Its row, its deadline, its history and the change log, in which nothing personal stands."""
        at_us = self.now_us if at_us is None else at_us
        visit = replace(visit, version=visit.version + 1, entries=visit.entries + 1)
        self.site.guests.visits.put(visit.visit, visit)
        self._entry(VisitEntry(visit.visit, visit.entries, at_us, act, actor, note))
        self._deadline(f"visit/{visit.visit}", visit.due_us)
        body = {"visit": visit.visit, "kind": visit.kind, "state": visit.state, "room": visit.room, "actor": actor}
        self._tell(at_us, VISIT_TOPIC, visit.visit, act, body | {"space": visit.space, "until_us": visit.until_us})
        return visit

    def put_delivery(self, delivery: Delivery, act: str, actor: str, note: str = "", at_us: int | None = None) -> Delivery:
        """As `put_visit`."""
        at_us = self.now_us if at_us is None else at_us
        delivery = replace(delivery, version=delivery.version + 1, entries=delivery.entries + 1)
        self.site.guests.deliveries.put(delivery.delivery, delivery)
        self._entry(VisitEntry(delivery.delivery, delivery.entries, at_us, act, actor, note))
        self._deadline(f"delivery/{delivery.delivery}", delivery.due_us)
        body = {"delivery": delivery.delivery, "state": delivery.state, "room": delivery.room, "consent": delivery.consent}
        self._tell(at_us, DELIVERY_TOPIC, delivery.delivery, act, body | {"place": delivery.place, "actor": actor})
        return delivery

    def find(self, detector: Detector, subject: str, place: str, finding: Finding) -> None:
        """A case is raised, ends or is taken back. What was to be known long ago is late."""
        if isinstance(finding, Raise):
            finding = finding._replace(late=self.now_us - finding.at_us > self.late_us)
        device = Device(place, "other", place, "", place, {})
        self.casebook.apply(detector, subject, device, finding, self.now_us)

    def _entry(self, entry: VisitEntry) -> None:
        note = replace(entry, note=masked_in(entry.note))
        self.site.guests.entries.put(f"{entry.about}/{entry.entry_no}", note)

    def _deadline(self, subject: str, due_us: int | None) -> None:
        key, due = DeadlineKey(VISIT_OWNER, subject), None if due_us is None else Deadline(due_us, None)
        if due != self.site.deadlines.get(key):
            self.site.deadlines.put(key, due)

    def _tell(self, at_us: int, topic: str, key: str, act: str, body: dict[str, Any]) -> None:
        self.casebook.change(at_us, topic, key, act, _encode(body))
        self.counters[f"{topic}_{act}"] += 1
