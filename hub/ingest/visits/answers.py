"""Residents are asked, and answer: by a link, once, or in a call that the desk enters."""

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.ingest.visits.around import Around
from hub.visits.asks import LinkSeen
from hub.visits.types import Delivery, Link, Notice, Purpose, Visit
from hub.visits.words import refused
from hub.visits.workflow import DELIVERY_LIVE

CONTACTS_MAX = 5
"""So many of a household are told at most."""
SHOWN_US = 86_400_000_000
"""So long after its end a link still shows what was answered by it."""


class Told:
    """How many are being told, and how many of the household cannot be."""

    def __init__(self, told: int, unreachable: int) -> None:
        self.told, self.unreachable = told, unreachable


def tell(around: Around, about: str, room: str, what: str, until_us: int, purpose: Purpose | None, round_no: int) -> Told:
    """Notices to those of the household who have a phone, each with a link of its own where there is something to answer. Of the
    link the digest of its token is kept, and the name from which the token is made."""
    people = around.archive.residents_of(room)
    reached = [one for one in people if one.phone][:CONTACTS_MAX]
    for one in reached:
        link = "" if purpose is None else around.new_id()
        if purpose is not None:
            row = Link(around.link_digest(link), link, purpose, about, one.holder, round_no, around.now_us, until_us)
            around.site.guests.links.put(row.digest, row)
        notice = Notice(around.new_id(), about, what, room, one.holder, link, around.now_us, until_us)
        around.site.guests.notices.put(notice.notice, notice)
    around.counters["visit_notices"] += len(reached)
    return Told(len(reached), len(people) - len(reached))


def find_link(around: Around, digest: str) -> Link | None:
    """The link whose token has that digest."""
    return around.site.guests.links.get(digest) or around.archive.visit_link(digest)


def seen(link: Link, visit: Visit | None, delivery: Delivery | None, now_us: int) -> LinkSeen | Refusal:
    """What the link shows. One that nobody has used and that is over is as one that never was."""
    if visit is None and delivery is None:
        return refused("unknown_link")
    unanswered = link.used_us is None and now_us >= link.expires_us
    if unanswered or now_us >= link.expires_us + SHOWN_US:
        return refused("unknown_link")
    asks = (visit is not None and visit.state == "asked") or (
        delivery is not None and delivery.state in DELIVERY_LIVE and delivery.consent == "asked"
    )
    is_open = asks and link.used_us is None and now_us < link.expires_us
    return LinkSeen(visit, delivery, is_open, link.made_us, link.expires_us, used=link.used_us is not None)


def use(around: Around, link: Link) -> Link:
    """Somebody has answered by it: never again."""
    used = replace(link, used_us=around.now_us)
    around.site.guests.links.put(link.digest, used)
    return used
