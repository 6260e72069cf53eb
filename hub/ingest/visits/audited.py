"""What is asked of visits, as entries of the audit log. Nothing of whom comes stands there but the visit's random name; who of a
household has answered is sealed under a key of theirs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.audit.types import Act
from hub.visits import asks
from hub.visits.rules import Rules
from hub.visits.types import ResidentLink


def resident(person: str) -> str:
    """Whose key seals what a resident does."""
    return f"holder:{person}"


def _register(asked: asks.VisitRegister, _: None, answer: Any) -> Iterator[Act]:
    by = resident(asked.by_resident) if asked.by_resident else asked.who.name
    after = {"kind": answer.kind, "room": answer.room, "state": answer.state, "route": answer.route, "space": answer.space}
    after |= {"entered_by": asked.who.name} if asked.by_resident else {}
    yield Act(by, "visit.register", "visit", answer.visit, answer.reason, after=after, role=_role(asked.by_resident, asked.who))


def _role(person: str, who: asks.Who) -> str:
    return "resident" if person else who.role


def _ask(asked: asks.VisitAsk, _: None, answer: asks.VisitAsked) -> Iterator[Act]:
    after = {"told": answer.told, "unreachable": answer.unreachable}
    yield Act(asked.who.name, "visit.ask", "visit", asked.visit, after=after, role=asked.who.role)


def _call(asked: asks.VisitCall, _: None, answer: Any) -> Iterator[Act]:
    after = {"person": resident(asked.person), "direction": asked.direction, "yes": asked.yes, "state": answer.state}
    yield Act(asked.who.name, "visit.call", "visit", asked.visit, asked.said, after=after, role=asked.who.role)


def _by_link(asked: asks.LinkAnswer, _: None, answer: asks.LinkSeen) -> Iterator[Act]:
    """A second tap has changed nothing, and is nobody's act."""
    if not answer.person:
        return
    about = answer.visit or answer.delivery
    assert about is not None
    topic = "visit" if answer.visit is not None else "delivery"
    name = answer.visit.visit if answer.visit is not None else "" if answer.delivery is None else answer.delivery.delivery
    yield Act(resident(answer.person), f"{topic}.answer", topic, name, after={"yes": asked.yes}, role="resident")


def _send(asked: asks.ResidentLinkSend, _: None, answer: ResidentLink) -> Iterator[Act]:
    after = {"person": resident(asked.person), "expires_us": answer.expires_us}
    yield Act(asked.who.name, "resident_link.send", "resident_link", answer.link, after=after, role=asked.who.role)


def _revoke(asked: asks.ResidentLinkRevoke, _: None, answer: ResidentLink) -> Iterator[Act]:
    after = {"person": resident(asked.person)}
    yield Act(
        asked.who.name, "resident_link.revoke", "resident_link", answer.link, asked.reason, after=after, role=asked.who.role
    )


def _take(_asked: asks.ResidentLinkTake, _: None, answer: ResidentLink) -> Iterator[Act]:
    after = {"expires_us": answer.expires_us}
    yield Act(resident(answer.holder), "resident_link.take", "resident_link", answer.link, after=after, role="resident")


def _registers(_asked: asks.ResidentRegister, _: None, answer: Any) -> Iterator[Act]:
    after = {"kind": answer.kind, "room": answer.room, "state": answer.state, "route": answer.route, "space": answer.space}
    by = resident(answer.answered_by)
    after |= {"people": answer.people, "until_us": answer.until_us}
    yield Act(by, "visit.register", "visit", answer.visit, answer.reason, after=after, role="resident")


def _cancels(asked: asks.ResidentCancel, _: None, answer: Any) -> Iterator[Act]:
    yield Act(resident(answer.answered_by), "visit.cancel", "visit", asked.visit, after={"state": answer.state}, role="resident")


def _act(asked: asks.VisitAct, _: None, answer: Any) -> Iterator[Act]:
    after = {"state": answer.state, "until_us": answer.until_us}
    after |= {"rules": asked.rules} if asked.rules else {}
    after |= {"space": asked.space} if asked.space else {}
    yield Act(asked.who.name, f"visit.{asked.act}", "visit", asked.visit, asked.reason, after=after, role=asked.who.role)


def _drop(asked: asks.DeliveryDrop, _: None, answer: asks.DeliveryTold) -> Iterator[Act]:
    new = answer.delivery
    after = {"room": new.room, "place": new.place, "parcels": new.parcels, "told": answer.told}
    yield Act(asked.who.name, "delivery.drop", "delivery", new.delivery, after=after, role=asked.who.role)


def _deed(asked: asks.DeliveryAct, _: None, answer: asks.DeliveryTold) -> Iterator[Act]:
    after: dict[str, Any] = {"state": answer.delivery.state, "consent": answer.delivery.consent}
    after |= {"person": resident(asked.person)} if asked.person else {}
    name, who = f"delivery.{asked.deed}", asked.who
    yield Act(who.name, name, "delivery", asked.delivery, asked.note, after=after, role=who.role)


def _space(asked: asks.SpaceSet, _: None, _answer: Any) -> Iterator[Act]:
    after = {} if asked.space is None else {"place": asked.space.place, "holds": asked.space.holds}
    name = "visit_space.remove" if asked.space is None else "visit_space.set"
    yield Act(asked.who.name, name, "visit_space", asked.name, after=after, role=asked.who.role)


def _route(asked: asks.RouteSet, _: None, _answer: Any) -> Iterator[Act]:
    after = {} if asked.route is None else {"groups": asked.route.groups}
    name = "visit_route.remove" if asked.route is None else "visit_route.set"
    yield Act(asked.who.name, name, "visit_route", asked.name, after=after, role=asked.who.role)


def _rules(asked: asks.RulesSet, _: None, answer: Rules) -> Iterator[Act]:
    after = {"version": answer.version, "lines": [[line.zh, line.en] for line in answer.lines]}
    yield Act(asked.who.name, "visit_rules.set", "visit_rules", answer.version, after=after, role=asked.who.role)


def _look(asked: asks.VisitLook, _: None, answer: asks.Looked) -> Iterator[Act]:
    after = {"allowed": answer.allowed, "left": answer.left}
    yield Act(asked.who.name, f"visit.{asked.what}", "visit", asked.about, asked.reason, after=after, role=asked.who.role)


ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {
    asks.VisitRegister: _register,
    asks.VisitAsk: _ask,
    asks.VisitCall: _call,
    asks.LinkAnswer: _by_link,
    asks.VisitAct: _act,
    asks.DeliveryDrop: _drop,
    asks.DeliveryAct: _deed,
    asks.SpaceSet: _space,
    asks.RouteSet: _route,
    asks.RulesSet: _rules,
    asks.VisitLook: _look,
    asks.ResidentLinkSend: _send,
    asks.ResidentLinkRevoke: _revoke,
    asks.ResidentLinkTake: _take,
    asks.ResidentRegister: _registers,
    asks.ResidentCancel: _cancels,
}
NOT_AUDITED: Mapping[type, str] = {asks.NoticeDone: "the hub has told somebody, or has given it up: a row of its own says which"}
