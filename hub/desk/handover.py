"""A shift's handover: who leaves and who comes, the items between them, and what keeps either from signing. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.desk.words import refused

HandoverState = Literal["draft", "completed", "cancelled"]
ItemKind = Literal["incident", "device", "key", "maintenance"]
Decision = Literal["", "accepted", "rejected", "gone"]
ITEMS_TOLD_MAX = 5


class Party(NamedTuple):
    """One of the two. `account`: its key; `person`: of the staff, or empty."""

    account: str
    name: str
    person: str

    def is_same(self, other: "Party") -> bool:
        """Whether both are one person: one account, or two accounts of one person."""
        return self.account == other.account or (bool(self.person) and self.person == other.person)


NOBODY = Party("", "", "")


class Handover(msgspec.Struct, frozen=True):
    """A row of `handover`. `coming_session`: the sign-in in which whoever takes over has joined; at it items may be accepted in
    their name."""

    handover: str
    place: str
    state: HandoverState
    begun_us: int
    leaving_account: str
    leaving_name: str
    leaving_person: str
    note: str = ""
    leaving_signed_us: int | None = None
    coming_account: str = ""
    coming_name: str = ""
    coming_person: str = ""
    coming_session: str = ""
    coming_signed_us: int | None = None
    ended_us: int | None = None
    ended_by: str = ""

    @property
    def leaving(self) -> Party:
        """Who hands over."""
        return Party(self.leaving_account, self.leaving_name, self.leaving_person)

    @property
    def coming(self) -> Party:
        """Who takes over; NOBODY until somebody has joined."""
        return Party(self.coming_account, self.coming_name, self.coming_person)


class ItemKey(NamedTuple):
    """A handover, and an item of it, such as `incident:17`."""

    handover: str
    item: str


class HandoverItem(msgspec.Struct, frozen=True):
    """A row of `handover_item`. `stamp`: what it was when it was decided about; another stamp asks for another decision.
    `added_us`: when it came to the list, or changed last."""

    handover: str
    item: str
    kind: ItemKind
    about: str
    zh: str
    en: str
    stamp: str
    added_us: int
    decision: Decision = ""
    decided_us: int | None = None
    decided_by: str = ""
    reason: str = ""

    @property
    def key(self) -> ItemKey:
        """Its key."""
        return ItemKey(self.handover, self.item)


class Found(NamedTuple):
    """What is open at the post now: one item. `about`: the case's number, the device, the key, the window."""

    kind: ItemKind
    about: str
    zh: str
    en: str
    stamp: str

    @property
    def item(self) -> str:
        """The item's name on the list."""
        return f"{self.kind}:{self.about}"


class Refreshed(NamedTuple):
    """The rows that change, and the names of those that have to be accepted now."""

    rows: tuple[HandoverItem, ...]
    news: tuple[str, ...]


def refreshed(handover: str, there: Mapping[str, HandoverItem], found: Sequence[Found], now_us: int) -> Refreshed:
    """The list against what is open now: what came or changed is undecided, what is over is `gone`, all else stands."""
    rows, news, present = [], [], set()
    for one in found:
        present.add(one.item)
        was = there.get(one.item)
        if was is not None and was.decision != "gone" and was.stamp == one.stamp:
            continue
        rows.append(HandoverItem(handover, one.item, one.kind, one.about, one.zh, one.en, one.stamp, now_us))
        news.append(one.item)
    for name, was in there.items():
        if name not in present and was.decision != "gone":
            rows.append(replace(was, decision="gone", decided_us=now_us, decided_by="hub"))
    return Refreshed(tuple(rows), tuple(news))


def unaccepted(items: Sequence[HandoverItem]) -> list[HandoverItem]:
    """What nobody has accepted; what was rejected is among them."""
    return [one for one in items if one.decision in ("", "rejected")]


def may_join(handover: Handover, who: Party) -> Refusal | None:
    """Why somebody may not be the one who takes over."""
    if handover.coming_account and handover.coming_account != who.account:
        return refused("not_coming")
    return refused("same_person") if handover.leaving.is_same(who) else None


def may_decide(handover: Handover, account: str, session: str) -> Refusal | None:
    """Why an item may not be decided about from there: by whoever takes over, or where they have joined."""
    mine = bool(handover.coming_account) and account == handover.coming_account
    return None if mine or (handover.coming_session and session == handover.coming_session) else refused("not_coming")


def may_complete(handover: Handover, who: Party, items: Sequence[HandoverItem]) -> Refusal | None:
    """Why whoever takes over may not sign."""
    if handover.leaving.is_same(who):
        return refused("same_person")
    if handover.coming_account != who.account:
        return refused("not_coming")
    if handover.leaving_signed_us is None:
        return refused("unsigned")
    open_ = unaccepted(items)
    return refused("items_unaccepted", count=len(open_), items=named([one.item for one in open_])) if open_ else None


def named(items: Sequence[str]) -> str:
    """The first of them, for a message."""
    return ", ".join(items[:ITEMS_TOLD_MAX]) + (" ..." if len(items) > ITEMS_TOLD_MAX else "")
