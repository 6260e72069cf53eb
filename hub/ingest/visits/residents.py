"""Residents register visitors themselves, by a link of their own: who has one, how long it lasts, and how much it may."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.duties.localtime import day_us, local_day
from hub.ingest.visits.answers import find_link
from hub.ingest.visits.around import Around
from hub.ingest.visits.setting import free_space, needs_space
from hub.visits import asks
from hub.visits.asks import Who
from hub.visits.sealing import RESIDENT
from hub.visits.types import Notice, ResidentLink, Visit
from hub.visits.words import refused

ROLE = "resident"
TAKEN = "link:"
"""How `made_by` begins of a link that was taken behind an answer."""
NOT_ASKED = frozenset(("identity", "reason"))
"""Of what a visit needs: a resident has no business with a guest's identity number, and is the reason."""
TAKEN_BACK = "住户撤回 taken back by the resident"


class Residents:
    """The residents' own links in one turn. `register` and `act`: the book's, for a visit."""

    def __init__(
        self,
        around: Around,
        register: Callable[[asks.VisitRegister], Visit | Refusal],
        act: Callable[[asks.VisitAct], Visit | Refusal],
    ) -> None:
        self._around, self._register, self._act = around, register, act

    def answers(self) -> dict[type, Callable[[Any], Any]]:
        """What is answered here."""
        return {
            asks.ResidentLinkSend: self._send,
            asks.ResidentLinkRevoke: self._revoke,
            asks.ResidentLinkTake: self._take,
            asks.ResidentRegister: self._registers,
            asks.ResidentCancel: self._cancels,
        }

    # Who has a link

    def _send(self, asked: asks.ResidentLinkSend) -> ResidentLink | Refusal:
        around, holder = self._around, self._around.access.get("holder", asked.person)
        room = getattr(holder, "household", "")
        resident = around.resident(room, asked.person)
        if resident is None or around.household(room) is None:
            return refused("unknown_resident", person=asked.person)
        if not resident.phone:
            return refused("resident_has_no_phone")
        made = self._make(asked.person, room, asked.who.name)
        if isinstance(made, Refusal):
            return made
        notice = Notice(around.new_id(), made.link, "register", room, asked.person, made.link, around.now_us, made.expires_us)
        around.site.guests.notices.put(notice.notice, notice)
        around.counters["visit_notices"] += 1
        return made

    def _revoke(self, asked: asks.ResidentLinkRevoke) -> ResidentLink | Refusal:
        was = self._of(asked.person)
        if was is None:
            return refused("no_resident_link")
        if not asked.reason.strip():
            return refused("reason_missing")
        return was if was.revoked_us is not None else self._put(replace(was, revoked_us=self._around.now_us))

    def _take(self, asked: asks.ResidentLinkTake) -> ResidentLink | Refusal:
        """A link is taken as long as the answer could have been given, so that one that is found later gives nothing."""
        around, link = self._around, find_link(self._around, asked.digest)
        if link is None or link.purpose != "confirm" or around.now_us >= link.expires_us:
            return refused("unknown_link")
        visit = around.site.guests.visits.get(link.about) or around.archive.visit(link.about)
        if link.used_us is None or visit is None or visit.answered_how != "link" or visit.state == "refused":
            return refused("not_agreed")
        if around.resident(visit.room, link.person) is None:
            return refused("unknown_link")
        was = self._of(link.person)
        if was is not None and was.revoked_us is not None:
            return refused("link_withdrawn")
        if was is not None and was.room == visit.room and around.now_us < was.expires_us:
            return was
        return self._make(link.person, visit.room, TAKEN + link.link)

    def _make(self, person: str, room: str, made_by: str) -> ResidentLink | Refusal:
        around = self._around
        if not around.limits.resident_per_day:
            return refused("residents_register_none")
        was, name = self._of(person), RESIDENT + around.new_id()
        expires_us = around.now_us + around.limits.resident_link_us
        made = ResidentLink(person, room, name, around.link_digest(name), around.now_us, made_by, expires_us)
        return self._put(made if was is None else replace(made, day_us=was.day_us, count=was.count))

    # What it does

    def _registers(self, asked: asks.ResidentRegister) -> Visit | Refusal:
        around, link = self._around, self._by(asked.digest)
        if link is None:
            return refused("unknown_link")
        counted = self._count(link)
        if isinstance(counted, Refusal):
            return counted
        draft = replace(asked.visit, room=link.room, made_by=link.holder, made_as="resident")
        if needs_space(around, draft):
            draft = replace(draft, space=free_space(around, draft))
            if not draft.space:
                return refused("no_space_free")
        given = asked.given | NOT_ASKED | (frozenset() if around.limits.resident_phone else {"phone"})
        who = Who(link.holder, ROLE)
        visit = self._register(asks.VisitRegister(draft, given, who, link.holder, until_us=asked.until_us))
        if not isinstance(visit, Refusal):
            self._put(counted)
        return visit

    def _count(self, link: ResidentLink) -> ResidentLink | Refusal:
        around = self._around
        today_us = day_us(around.zone, local_day(around.zone, around.now_us))
        count = link.count if link.day_us == today_us else 0
        if count >= around.limits.resident_per_day:
            return refused("resident_day_full", limit=around.limits.resident_per_day)
        visits = (around.site.guests.visits.get(name) for name in around.site.guests.visits)
        waiting = sum(1 for one in visits if one is not None and one.ended_us is None and is_of(one, link.holder))
        if waiting >= around.limits.resident_open:
            return refused("resident_open_full", limit=around.limits.resident_open)
        return replace(link, day_us=today_us, count=count + 1)

    def _cancels(self, asked: asks.ResidentCancel) -> Visit | Refusal:
        around, link = self._around, self._by(asked.digest)
        if link is None:
            return refused("unknown_link")
        visit = around.site.guests.visits.get(asked.visit) or around.archive.visit(asked.visit)
        if visit is None or not is_of(visit, link.holder):  # another's is told as one that is not there
            return refused("unknown_visit")
        return self._act(asks.VisitAct(asked.visit, "cancel", Who(link.holder, ROLE), TAKEN_BACK))

    def _by(self, digest: str) -> ResidentLink | None:
        """The link that is in force with that token; None: there is none, or the resident does not live there any more."""
        around, found = self._around, self._around.archive.resident_link(digest)
        link = None if found is None else self._of(found.holder)  # as this turn has left it
        if link is None or not in_force(link, digest, around.now_us):
            return None
        lives = around.resident(link.room, link.holder) is not None and around.household(link.room) is not None
        return link if lives else None

    def _of(self, person: str) -> ResidentLink | None:
        return self._around.site.guests.resident_links.get(person) or self._around.archive.link_of_resident(person)

    def _put(self, row: ResidentLink) -> ResidentLink:
        self._around.site.guests.resident_links.put(row.holder, row)
        return row


def in_force(link: ResidentLink, digest: str, now_us: int) -> bool:
    """Whether that token still registers."""
    return link.digest == digest and link.revoked_us is None and now_us < link.expires_us


def is_of(visit: Visit, person: str) -> bool:
    """Whether that resident has had the visit registered."""
    return visit.answered_how == "resident" and visit.answered_by == person
