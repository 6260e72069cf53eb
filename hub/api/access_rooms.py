"""Rooms for a guard, who registers visitors: found by the door, counted, and with no more than the form needs."""

from hub.access.types import Household
from hub.accounts.types import Identity
from hub.api import access_models as m
from hub.api.access_views import view_of
from hub.api.ports import Backend
from hub.api.routes import allowed, answer
from hub.store.access_reads import Filter
from hub.visits.asks import VisitLook, Who
from hub.visits.personal import masked_name
from hub.visits.words import refused

NARROWED = frozenset(("guard",))
"""Roles that see no more of a household."""
ROOMS_MAX = 20


def rooms_for(backend: Backend, who: Identity, wanted: str, found_by: Filter, reason: str) -> m.HouseholdPage:
    """The rooms that fit, never more than ROOMS_MAX, and no next page. Raises Refused."""
    if not wanted.strip():
        allowed(refused("field_missing", fields="text"))
    looked = allowed(answer(backend.worker.ask(VisitLook("rooms", "", Who(who.name, who.role), reason))))
    if not looked.allowed:
        allowed(refused("too_many_looks", limit=looked.limit))
    homes = backend.access.page("household", found_by, "", ROOMS_MAX)
    return m.HouseholdPage(households=[_room(backend, one) for one in homes if isinstance(one, Household)], next=None)


def _room(backend: Backend, home: Household) -> m.HouseholdView:
    people = [m.RoomPerson(id=one.holder, name=masked_name(one.name)) for one in backend.reads.visits.residents(home.household)]
    shown: m.HouseholdView = view_of(home)
    return shown.model_copy(update={"note": "", "residents": people})
