"""What was enrolled when. Pure: from a tag's rows to the rows that an act makes of them, or a Refusal that says what to do.

A tag's history is its rows in the order of time; they never overlap, and the last one may go on. So where a scan was made is
known for any time, also after the tag was put elsewhere.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from contract.settings import nearest, nearest_zh
from hub.cases.types import Refusal
from hub.duties.types import Medium, Tag
from hub.tags.labels import is_name

History = Sequence[Tag]


class Owner(NamedTuple):
    """Where a tag stands, or whose it is: one of them."""

    place: str = ""
    person: str = ""


class Known(NamedTuple):
    """What the estate knows."""

    places: Collection[str]
    persons: Collection[str]


class TagChange(NamedTuple):
    """What an act did: the row that it ended, and the one that it began."""

    ended: Tag | None = None
    begun: Tag | None = None

    @property
    def rows(self) -> tuple[Tag, ...]:
        """The new rows; one with the key of an old one takes its place."""
        return tuple(row for row in self if row is not None)


def at(history: History, us: int) -> Tag | None:
    """What the tag was at that time."""
    return next((row for row in reversed(history) if row.from_us <= us and (row.until_us is None or us < row.until_us)), None)


def enrol(history: History, tag: str, medium: Medium, owner: Owner, known: Known, now_us: int) -> TagChange | Refusal:
    """Begin a tag's life at a place or with a person. One that was revoked, or replaced, may begin anew."""
    refusal = _wrong_name(tag, medium) or _wrong_owner(owner, known) or _still_enrolled(history)
    if refusal is not None:
        return refusal
    return TagChange(begun=Tag(tag, medium, owner.place, owner.person, _next_us(history, now_us)))


def revoke(history: History, tag: str, reason: str, now_us: int) -> TagChange | Refusal:
    """End it: from now on its scans are flagged."""
    last = _current(history)
    if last is None:
        return _not_enrolled(history, tag)
    return TagChange(ended=_ended(last, max(now_us, last.from_us), reason))


def replace(
    history: History, tag: str, other: History, new_tag: str, medium: Medium, reason: str, now_us: int
) -> TagChange | Refusal:
    """Put another tag where this one is. `other`: the new tag's own history. The one ends when the other begins, so that the
    place is never without a tag, and never has both."""
    last = _current(history)
    if last is None:
        return _not_enrolled(history, tag)
    if new_tag == tag:
        return Refusal("same_tag", "新旧标签相同 / a tag cannot replace itself: give the new tag's number")
    refusal = _wrong_name(new_tag, medium) or _still_enrolled(other)
    if refusal is not None:
        return refusal
    when_us = max(now_us, last.from_us, _next_us(other, now_us))
    return TagChange(_ended(last, when_us, reason), Tag(new_tag, medium, last.place, last.person, when_us))


def _current(history: History) -> Tag | None:
    return history[-1] if history and history[-1].until_us is None else None


def _ended(row: Tag, when_us: int, reason: str) -> Tag:
    return msgspec.structs.replace(row, until_us=when_us, reason=reason)


def _next_us(history: History, now_us: int) -> int:
    """When the next row may begin: after the last, also where the clock was set back, and never at the same time as it began."""
    if not history:
        return now_us
    last = history[-1]
    return max(now_us, last.from_us + 1, last.until_us or 0)


def _still_enrolled(history: History) -> Refusal | None:
    row = _current(history)
    if row is None:
        return None
    owner = row.place or row.person
    return Refusal(
        "tag_enrolled", f"标签已登记在“{owner}”，请先注销 / the tag is enrolled at {owner!r} already: revoke it there first"
    )


def _not_enrolled(history: History, tag: str) -> Refusal:
    if history:
        return Refusal("tag_ended", f"标签 {tag} 已注销 / the tag {tag} was revoked or replaced already: enrol it anew")
    return Refusal("unknown_tag", f"标签 {tag} 未登记 / the tag {tag} was never enrolled: see the list of tags")


def _wrong_name(tag: str, medium: Medium) -> Refusal | None:
    if is_name(tag, medium):
        return None
    return Refusal("bad_tag", f"标签号与介质“{medium}”不符 / {tag[:40]!r} is no name of a tag of the medium {medium!r}")


def _wrong_owner(owner: Owner, known: Known) -> Refusal | None:
    if bool(owner.place) == bool(owner.person):
        return Refusal("wrong_owner", "请填写位置或人员，二者选一 / give a place or a person: one of the two")
    if owner.place and owner.place not in known.places:
        near, near_zh = nearest(owner.place, known.places), nearest_zh(owner.place, known.places)
        return Refusal("unknown_place", f"没有位置“{owner.place}”{near_zh} / the estate has no place {owner.place!r}{near}")
    if owner.person and owner.person not in known.persons:
        near, near_zh = nearest(owner.person, known.persons), nearest_zh(owner.person, known.persons)
        return Refusal("unknown_person", f"没有人员“{owner.person}”{near_zh} / the estate has nobody {owner.person!r}{near}")
    return None
