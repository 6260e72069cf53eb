"""What the parts of the desk share in a turn."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from contract.clock import US_PER_S
from hub.desk.handover import Party
from hub.detectors.types import Detector, Device, Finding, Raise
from hub.duties.lookup import PlanView
from hub.duties.types import HUB_SOURCE, Route, Seen
from hub.ingest.casebook import Casebook
from hub.ingest.outcome import Outcome
from hub.ingest.ports import Item, SiteBook
from hub.ingest.site import Site

_encode = msgspec.json.Encoder().encode


class Around(NamedTuple):
    """`view`: the newest plan of duties; `late_us`: what is found later than this is late."""

    site: Site
    outcome: Outcome
    casebook: Casebook
    book: SiteBook
    view: Callable[[], PlanView | None]
    now_us: int
    late_us: int
    counters: Counter[str]
    new_id: Callable[[], str]

    def tell(self, topic: str, key: str, act: str, thing: msgspec.Struct, actor: str, **more: Any) -> None:
        """Append to the change log: the thing as it is then, and who did it."""
        body = {**msgspec.to_builtins(thing), "actor": actor, **more}
        self.casebook.change(self.now_us, topic, key, act, _encode(body))
        self.counters[f"desk_{topic}_{act}"] += 1

    def find(self, detector: Detector, subject: str, place: str, finding: Finding) -> None:
        """A finding of the desk's: a case is raised, ends or is taken back. What was to be known long ago is late."""
        if isinstance(finding, Raise):
            finding = finding._replace(late=self.now_us - finding.at_us > self.late_us)
        device = Device(place, "other", place, "", place, {})
        self.casebook.apply(detector, subject, device, finding, self.now_us)

    def route_of(self, duty: str, place: str) -> Route | None:
        """The route on which the duty is done there, by people at the hub."""
        view = self.view()
        if view is None:
            return None
        fits = (one for one in view.plan.routes if one.duty == duty and place in one.places and HUB_SOURCE in one.sources)
        return next(fits, None)

    def item(self, key: str, duty: str, place: str, who: Party, fields: dict[str, Any]) -> Item:
        """Evidence that somebody gives at the desk, made now."""
        seen = Seen(HUB_SOURCE, key, self.now_us, "hand", place=place, person=who.person, duty=duty, fields=fields)
        return Item(key, self.now_us, seen)


def seconds(us: int) -> float:
    """For facts that people read."""
    return round(us / US_PER_S, 1)
