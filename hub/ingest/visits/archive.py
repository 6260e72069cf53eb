"""What a turn looks up of visits that is not in memory."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from hub.access.types import Holder
from hub.store import visit_rows
from hub.visits.types import Delivery, Link, Notice, ResidentLink, Visit

T = TypeVar("T")


class VisitLookups:
    """For an archive that has a site and asks questions on a connection of its own. Raises DatabaseGone."""

    _site_id: str

    def _ask(self, question: Callable[[Connection], T]) -> T:
        raise NotImplementedError

    def visit(self, visit: str) -> Visit | None:
        """A visit that is over."""
        return self._ask(lambda connection: visit_rows.find_visit(connection, self._site_id, visit))

    def delivery(self, delivery: str) -> Delivery | None:
        """A delivery that is over."""
        return self._ask(lambda connection: visit_rows.find_delivery(connection, self._site_id, delivery))

    def visit_link(self, digest: str) -> Link | None:
        """The link whose token has that digest."""
        return self._ask(lambda connection: visit_rows.find_link(connection, self._site_id, digest))

    def resident_link(self, digest: str) -> ResidentLink | None:
        """The resident's own link whose token has that digest."""
        return self._ask(lambda connection: visit_rows.find_resident_link(connection, self._site_id, digest))

    def link_of_resident(self, holder: str) -> ResidentLink | None:
        """The newest own link of a resident."""
        return self._ask(lambda connection: visit_rows.link_of_resident(connection, self._site_id, holder))

    def visit_notice(self, notice: str) -> Notice | None:
        """A notice."""
        return self._ask(lambda connection: visit_rows.find_notice(connection, self._site_id, notice))

    def residents_of(self, room: str) -> Sequence[Holder]:
        """Who lives in that household."""
        return self._ask(lambda connection: visit_rows.residents(connection, self._site_id, room))
