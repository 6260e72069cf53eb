"""Handovers in a turn: the list is made of the site's memory, and completing one is its duty's evidence, in one transaction."""

from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.desk import handover as pure
from hub.desk.asks import HandoverAsk, HandoverBegin, HandoverCancel, HandoverJoin, HandoverSign, ItemDecision
from hub.desk.entered import HANDOVER_DUTY
from hub.desk.handover import Handover, HandoverItem, ItemKey, Party
from hub.desk.words import refused
from hub.ingest.desk.around import Around
from hub.ingest.desk.items import open_items
from hub.ingest.ports import Item

TOPIC = "handover"
Report = Callable[[Item], None]
"""Has evidence taken in."""


class Handing:
    """The handovers of one turn."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def answer(self, asked: HandoverAsk, report: Report) -> Handover | HandoverItem | Refusal:
        """See each ask."""
        if isinstance(asked, HandoverBegin):
            return self._begin(asked)
        found = self._around.site.handovers.get(asked.handover)
        if found is None or found.state != "draft":
            return refused("unknown_handover")
        if isinstance(asked, HandoverJoin):
            return self._join(found, asked)
        if isinstance(asked, ItemDecision):
            return self._decide(found, asked)
        return self._cancel(found, asked) if isinstance(asked, HandoverCancel) else self._sign(found, asked, report)

    def _begin(self, asked: HandoverBegin) -> Handover | Refusal:
        site, now_us = self._around.site, self._around.now_us
        rows = (site.handovers.get(name) for name in site.handovers)
        if any(row is not None and row.state == "draft" and row.place == asked.place for row in rows):
            return refused("handover_open")
        who = asked.who
        new = Handover(self._around.new_id(), asked.place, "draft", now_us, who.account, who.name, who.person, asked.note)
        self._refresh(new)
        return self._put(new, "begun", who.name)

    def _join(self, was: Handover, asked: HandoverJoin) -> Handover | Refusal:
        wrong = pure.may_join(was, asked.who)
        if wrong is not None:
            return wrong
        who = asked.who
        new = replace(
            was, coming_account=who.account, coming_name=who.name, coming_person=who.person, coming_session=asked.session
        )
        return self._put(new, "joined", who.name)

    def _decide(self, was: Handover, asked: ItemDecision) -> HandoverItem | Refusal:
        wrong = pure.may_decide(was, asked.account, asked.session)
        if wrong is not None:
            return wrong
        item = self._around.site.handover_items.get(ItemKey(was.handover, asked.item))
        if item is None:
            return refused("unknown_item")
        if item.decision == "gone":
            return refused("item_gone")
        new = replace(
            item,
            decision="accepted" if asked.accept else "rejected",
            decided_us=self._around.now_us,
            decided_by=was.coming_name,
            reason=asked.reason,
        )
        self._around.site.handover_items.put(new.key, new)
        self._around.tell(TOPIC, was.handover, f"item_{new.decision}", new, was.coming_name)
        return new

    def _sign(self, was: Handover, asked: HandoverSign, report: Report) -> Handover | Refusal:
        """Whoever leaves signs the list as it is now; whoever comes, what was accepted, if that is still what is open."""
        news = self._refresh(was)
        now_us = self._around.now_us
        if asked.who.account == was.leaving_account:
            if was.leaving_signed_us is not None:
                return refused("signed_already")
            return self._put(replace(was, leaving_signed_us=now_us), "signed", was.leaving_name)
        items = self._items(was)
        wrong = pure.may_complete(was, asked.who, items)
        if wrong is not None and not (news and wrong.reason == "items_unaccepted"):
            return wrong
        if news:
            return refused("stale", count=len(news), items=pure.named(news))
        new = replace(was, state="completed", coming_signed_us=now_us, ended_us=now_us, ended_by=was.coming_name)
        self._give_evidence(new, items, report)
        return self._put(new, "completed", was.coming_name)

    def _cancel(self, was: Handover, asked: HandoverCancel) -> Handover | Refusal:
        if asked.who.account != was.leaving_account and not asked.leads:
            return refused("not_leaving")
        new = replace(was, state="cancelled", ended_us=self._around.now_us, ended_by=asked.who.name)
        return self._put(new, "cancelled", asked.who.name)

    def _give_evidence(self, done: Handover, items: list[HandoverItem], report: Report) -> None:
        """The report of the duty, where a route has it at this post. Without one the handover is a record all the same."""
        if self._around.route_of(HANDOVER_DUTY, done.place) is None:
            return
        counts = Counter(one.kind for one in items if one.decision == "accepted")
        fields = {
            "open_incidents": counts["incident"],
            "devices_out_of_order": counts["device"],
            "keys_and_equipment": counts["key"],
            "maintenance": counts["maintenance"],
            "signed_by_leaving": done.leaving_name,
            "signed_by_coming": done.coming_name,
            "handover": done.handover,
        }
        who = done.coming if done.coming_person else Party(done.leaving_account, done.leaving_name, done.leaving_person)
        report(self._around.item(f"handover-{done.handover}", HANDOVER_DUTY, done.place, who, fields))

    def _refresh(self, handover: Handover) -> tuple[str, ...]:
        """Bring the list to what is open now. The names of what came or changed."""
        there = {one.item: one for one in self._items(handover)}
        found = pure.refreshed(handover.handover, there, open_items(self._around.site, self._around.book), self._around.now_us)
        for row in found.rows:
            self._around.site.handover_items.put(row.key, row)
        if found.rows and there:
            self._around.tell(TOPIC, handover.handover, "changed", _told(handover), "hub", items=[row.item for row in found.rows])
        return found.news

    def _items(self, handover: Handover) -> list[HandoverItem]:
        rows = (self._around.site.handover_items.get(key) for key in self._around.site.handover_items)
        return [row for row in rows if row is not None and row.handover == handover.handover]

    def _put(self, handover: Handover, act: str, actor: str) -> Handover:
        self._around.site.handovers.put(handover.handover, handover)
        self._around.tell(TOPIC, handover.handover, act, _told(handover), actor)
        return handover


def _told(handover: Handover) -> Handover:
    """For the change log, which all who watch read: nobody's sign-in."""
    return replace(handover, coming_session="")
