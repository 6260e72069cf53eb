"""Acts on tags in a turn: the tagbook says what an act makes of a tag's rows; here they are put, counted and told."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Row

from hub.cases.types import Refusal
from hub.duties.types import Tag
from hub.ingest.ports import SiteBook, TagAct
from hub.ingest.site import Site, TagKey
from hub.tags import tagbook
from hub.tags.tagbook import Known, Owner, TagChange

TOPIC = "tag"
TAG_ROWS_MAX = 50_000
"""Rows of a site's tags, the ended ones with them: all are in memory."""

ACT_NAMES = {"enrol": "enrolled", "replace": "replaced", "revoke": "revoked"}
"""Each act as the counters name it, and the change log: there a replaced tag is followed by the enrolled one."""

Tell = Callable[[int, str, str, str, bytes], None]
"""Append to the change log: when, topic, key, act, body."""


def act_on_tag(asked: TagAct, site: Site, book: SiteBook, tell: Tell, count: Counter[str], now_us: int) -> TagChange | Refusal:
    """Do it in the site's memory, for this turn to write. A Refusal leaves everything as it is."""
    answer = _answer(asked, site, book, now_us)
    if isinstance(answer, Refusal):
        count["tag_acts_refused"] += 1
        return answer
    for row in answer.rows:
        site.tags.put(TagKey(row.tag, row.from_us), row)
    name = ACT_NAMES[asked.act]
    count[f"tags_{name}"] += 1
    for row in answer.rows:
        body = {"tag": row, "actor": asked.actor, "reason": asked.reason}
        tell(now_us, TOPIC, row.tag, "enrolled" if row is answer.begun else name, msgspec.json.encode(body))
    return answer


def tag_row(site_id: str, tag: Tag) -> tuple[Any, ...]:
    """A row of `tag`, in the table's order of columns."""
    return (site_id, tag.tag, tag.from_us, tag.medium, tag.place, tag.person, tag.until_us, tag.reason)


def tag_of_row(row: Row[Any]) -> Tag:
    """The same from the database."""
    return Tag(row.tag, row.medium, row.place, row.person, row.from_us, row.until_us, row.reason)


def _answer(asked: TagAct, site: Site, book: SiteBook, now_us: int) -> TagChange | Refusal:
    history = site.tags.history(asked.tag)
    if asked.act == "revoke":
        return tagbook.revoke(history, asked.tag, asked.reason, now_us)
    if len(site.tags) >= TAG_ROWS_MAX:
        return Refusal("too_many_tags", f"标签记录已达 {TAG_ROWS_MAX} 条 / there are {TAG_ROWS_MAX} rows of tags already")
    if asked.act == "replace":
        other = site.tags.history(asked.new_tag)
        return tagbook.replace(history, asked.tag, other, asked.new_tag, asked.medium, asked.reason, now_us)
    known = Known(book.places, book.staff)
    return tagbook.enrol(history, asked.tag, asked.medium, Owner(asked.place, asked.person), known, now_us)
