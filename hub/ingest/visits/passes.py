"""A visit's pass: a holder, a permit and credentials in the book of permits, by which gates decide alone."""

from hub.access.asks import By, Conflict
from hub.access.types import AnyThing, Holder, Kind, Permit, Proof
from hub.cases.types import Refusal
from hub.ingest.access.book import Accessbook
from hub.store.visit_rows import PERMIT_PREFIX
from hub.visits.personal import masked_plate
from hub.visits.types import Route, Visit
from hub.visits.words import refused


def permit_of(visit: str) -> str:
    """The visit's permit, and its holder."""
    return PERMIT_PREFIX + visit


def visit_of(permit: str) -> str:
    """The visit whose permit it is, or empty."""
    return permit.removeprefix(PERMIT_PREFIX) if permit.startswith(PERMIT_PREFIX) else ""


def issue(access: Accessbook, visit: Visit, route: Route, by: By) -> Refusal | None:
    """The pass begins: its code opens once, and so does the plate, at the route's gates while it lasts. No name stands in it."""
    name = permit_of(visit.visit)
    holder = Holder(holder=name, kind="vehicle" if visit.plate else "visitor", household=visit.room)
    permit = Permit(
        permit=name,
        holder=name,
        groups=route.groups,
        from_us=visit.from_us,
        until_us=visit.until_us,
        uses=1,
        origin=f"visit:{visit.visit}"[:64],
    )
    steps: list[AnyThing] = [holder, permit]
    for thing in steps:
        wrong = _refusal(access.put(thing, 0, by))
        if wrong is not None:
            return wrong
    proofs = [Proof("qr", visit.qr)] if visit.qr else []
    if visit.plate_name:
        proofs.append(Proof("plate", visit.plate_name, masked_plate(visit.plate)))
    for proof in proofs:
        wrong = _refusal(access.issue(name, proof, by))
        if wrong is not None:
            return wrong
    return None


def extend(access: Accessbook, visit: Visit, by: By) -> Refusal | None:
    """The pass lasts longer. One that was let in unconfirmed has none, and gets none."""
    was = access.get("permit", permit_of(visit.visit))
    if not isinstance(was, Permit) or was.ended_us is not None:
        return None
    new = Permit(
        permit=was.permit,
        holder=was.holder,
        groups=was.groups,
        from_us=was.from_us,
        until_us=visit.until_us,
        uses=was.uses,
        origin=was.origin,
    )
    return _refusal(access.put(new, was.version, by))


def end(access: Accessbook, visit: str, by: By) -> None:
    """The pass opens nothing any more, and its names are free: a vehicle may come again. Twice is harmless."""
    name = permit_of(visit)
    for credential in access.live_of(name):
        access.act_on(credential.credential, "revoke", by)
    kinds: tuple[Kind, ...] = ("permit", "holder")
    for kind in kinds:
        if access.get(kind, name) is not None:
            access.end(kind, name, None, by)


def _refusal(made: object) -> Refusal | None:
    if isinstance(made, Refusal):
        zh, _, en = made.message.partition(" / ")
        return refused("pass_not_issued", why_zh=zh, why_en=en or zh)
    return refused("pass_not_issued", why_zh="通行证已被修改", why_en="it was changed") if isinstance(made, Conflict) else None
