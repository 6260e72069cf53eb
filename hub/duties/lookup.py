"""A plan's rows, found by what is asked of them. Pure; made once a plan."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from hub.duties.flags import Limits
from hub.duties.plan import Plan
from hub.duties.types import Duty, Person, Route, Scan, Window


class PlanView:
    """What judging needs of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.zone = ZoneInfo(plan.zone)
        self.duties: Mapping[str, Duty] = {duty.duty: duty for duty in plan.duties}
        self.routes: Mapping[str, Route] = {route.id: route for route in plan.routes}
        self.staff: Mapping[str, Person] = {person.id: person for person in plan.staff}
        self.sources = frozenset(source for route in plan.routes for source in route.sources)
        numbers = plan.numbers
        self.limits = Limits(
            checkpoint_min_us=int(numbers["checkpoint_min_s"] * US_PER_S),
            apart_us=int(numbers["apart_s"] * US_PER_S),
            clock_off_us=int(numbers["scan_clock_off_s"] * US_PER_S),
            late_max_us=int(numbers["late_scan_max_s"] * US_PER_S),
        )
        self._routes_at: dict[str, list[Route]] = {}
        for route in plan.routes:
            for place in route.places:
                self._routes_at.setdefault(place, []).append(route)

    def routes_of(self, scan: Scan) -> Sequence[Route]:
        """The routes that the scan may belong to: they have its place and its source."""
        return [route for route in self._routes_at.get(scan.place, ()) if scan.source in route.sources]

    def order_of(self, route: Route, opens_us: int) -> Sequence[str] | None:
        """In which order the route's places are visited in the round that opens then; None: in any."""
        if route.order == "free":
            return None
        if route.order == "set":
            return route.places
        return sorted(route.places, key=lambda place: self._draw(route.id, opens_us, place))

    def rules_of(self, window: Window) -> tuple[Duty, Route] | None:
        """The duty and the route that the window was made from; None for a window of another plan."""
        duty, route = self.duties.get(window.duty), self.routes.get(window.route)
        return None if duty is None or route is None else (duty, route)

    def _draw(self, route: str, opens_us: int, place: str) -> bytes:
        """Guessed by nobody who does not know the seed."""
        return blake2b(f"{self.plan.seed}/{route}/{opens_us}/{place}".encode(), digest_size=16).digest()
