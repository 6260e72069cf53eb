"""Why an act on the watch list or on who is in was refused: each reason with its status, and what to do in both languages."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
PASSAGE_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "no_plate": (422, "这不是有效车牌，请核对后重填", "this is no number plate: write it as it stands there"),
    "until_is_over": (422, "截止时间须在现在之后", "until must lie after now"),
    "watched_already": (409, "该车牌已在布控名单中", "this plate is on the watch list already: end that entry first"),
    "too_many_watched": (409, "布控名单已满 {limit} 条", "the watch list has {limit} entries already: end some"),
    "unknown_watch": (404, "布控名单中没有这一条，或已结束", "the watch list has no such entry, or it is over: GET /watch-list"),
    "unknown_presence": (404, "没有其在场记录", "nobody and no vehicle of that name is on record: see GET /presence"),
}
# fmt: on

STATUS: dict[str, int] = {reason: row[0] for reason, row in PASSAGE_REFUSALS.items()}
FINAL: frozenset[str] = frozenset(reason for reason, status in STATUS.items() if status == 409)
"""Conflicts that asking again will not solve."""


def refused(reason: str, **words: object) -> Refusal:
    """The refusal, its message Chinese, ` / `, English."""
    _, chinese, english = PASSAGE_REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
