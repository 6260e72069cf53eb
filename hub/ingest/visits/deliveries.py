"""Deliveries in a turn: goods at the drop-off point, who is told, and whether they may be carried to the door."""

from hub.cases.types import Refusal
from hub.detectors.types import Clear, Raise
from hub.ingest.visits.answers import Told, tell
from hub.ingest.visits.around import Around
from hub.visits import delivery as pure
from hub.visits.asks import DeliveryAct, DeliveryDrop, DeliveryTold
from hub.visits.delivery import Handed
from hub.visits.numbers import UNCLAIMED
from hub.visits.types import Delivery, How
from hub.visits.words import refused

DELIVERIES_MAX = 5_000
_OF_CALLS = frozenset(("agree", "decline"))


class Deliveries:
    """The deliveries of one turn."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def drop(self, asked: DeliveryDrop) -> DeliveryTold | Refusal:
        """See DeliveryDrop."""
        around, new = self._around, asked.delivery
        if len(around.site.guests.deliveries) >= DELIVERIES_MAX:
            return refused("too_many_deliveries", limit=DELIVERIES_MAX)
        if around.household(new.room) is None:
            return refused("unknown_room", room=new.room)
        if new.place not in around.book.places:
            return refused("unknown_drop_place", place=new.place)
        if self.get(new.delivery) is not None:
            return refused("visit_exists")
        kept = self._put(pure.dropped(new, around.limits, around.now_us), asked.who.name)
        return self._tell(kept, "dropped", asked.who.name)

    def act(self, asked: DeliveryAct) -> DeliveryTold | Refusal:
        """See DeliveryAct."""
        was = self.get(asked.delivery)
        if was is None:
            return refused("unknown_delivery")
        kept = self._by_call(was, asked) if asked.deed in _OF_CALLS else self._by_staff(was, asked)
        if isinstance(kept, Refusal):
            return kept
        if asked.deed == "ask":
            until_us = self._around.now_us + self._around.limits.consent_us
            told = tell(self._around, kept.delivery, kept.room, "consent", until_us, "consent", kept.entries)
            return DeliveryTold(kept, told.told, told.unreachable)
        return self._tell(kept, "dropped", asked.who.name) if asked.deed == "tell" else DeliveryTold(kept, 0, 0)

    def _by_staff(self, was: Delivery, asked: DeliveryAct) -> Delivery | Refusal:
        if asked.deed == "tell":  # it stands in the row once somebody is being told
            return was
        return self.answer(was, asked.deed, "", asked.who.name, asked.who.name, asked.note)

    def _by_call(self, was: Delivery, asked: DeliveryAct) -> Delivery | Refusal:
        """The resident has said so; a call is the asking too."""
        if self._around.resident(was.room, asked.person) is None:
            return refused("unknown_resident", person=asked.person)
        if not asked.note.strip():
            return refused("reason_missing")
        found: Delivery | Refusal = was
        if was.consent != "asked":
            found = self.answer(was, "ask", "", "", asked.who.name)
        if isinstance(found, Refusal):
            return found
        return self.answer(found, asked.deed, "call", asked.person, asked.who.name, asked.note)

    def answer(self, was: Delivery, deed: str, how: How, by: str, actor: str, note: str = "") -> Delivery | Refusal:
        """One deed, by whomever."""
        made = pure.deed(was, deed, self._around.limits, self._around.now_us, how=how, by=by, note=note)
        return made if isinstance(made, Refusal) else self._put(made, actor)

    def expire(self, name: str, due_us: int) -> None:
        """A clock of its has run out."""
        was = self._around.site.guests.deliveries.get(name)
        made = None if was is None else pure.expire(was, due_us, self._around.limits)
        if made is not None:
            self._put(made, "hub", due_us)

    def get(self, name: str) -> Delivery | None:
        """As this turn has left it."""
        return self._around.site.guests.deliveries.get(name) or self._around.archive.delivery(name)

    def _put(self, made: Handed, actor: str, at_us: int | None = None) -> Delivery:
        around, at_us = self._around, self._around.now_us if at_us is None else at_us
        kept = around.put_delivery(made.delivery, made.done, actor, made.note, at_us)
        if made.done == "unclaimed":
            facts = {"about_zh": "投放物品", "about_en": "delivery", "delivery": kept.delivery, "room": kept.room}
            around.find(UNCLAIMED, kept.delivery, kept.place, Raise(kept.delivery, at_us, facts))
        elif kept.unclaimed and kept.ended_us is not None:
            around.find(UNCLAIMED, kept.delivery, kept.place, Clear(kept.delivery, at_us))
        return kept

    def _tell(self, delivery: Delivery, what: str, actor: str) -> DeliveryTold | Refusal:
        """The resident is told: by a notice, and where nobody has a contact, by whoever rings up."""
        around = self._around
        until_us = around.now_us + around.limits.unclaimed_us
        found: Told = tell(around, delivery.delivery, delivery.room, what, until_us, None, delivery.entries)
        if found.told:
            made = pure.deed(delivery, "tell", around.limits, around.now_us)
            if isinstance(made, Refusal):
                return made
            delivery = self._put(made, actor)
        return DeliveryTold(delivery, found.told, found.unreachable)
