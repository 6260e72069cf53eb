"""Why an act on footage's keeping was refused: each reason with its status, and what to do in both languages."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
HOLD_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "reason_missing": (422, "请填写理由", "the reason is missing: say why"),
    "no_camera": (
        422, "没有摄像机“{device}”，或未选摄像机（最多 {most} 台）",
        "there is no camera {device!r}, or none was named: name 1 to {most} of the estate's"),
    "hold_ends_before": (422, "起始须早于结束", "from must lie before to"),
    "hold_until": (
        422, "留存须有期限：晚于现在，最长 {days} 天",
        "a hold has an end: until must lie after now, {days} days at most"),
    "too_many_holds": (409, "留存已满 {most} 条，请先解除", "there are {most} holds already: release some"),
    "unknown_hold": (404, "没有这条留存，或已结束", "there is no such hold, or it is over: GET /footage/holds"),
    "hold_is_over": (409, "该留存已结束", "the hold is over"),
    "incident_is_open": (
        409, "{no} 号事件未办结，录像不能解除留存",
        "incident {no} is open: close it before its footage is released"),
    "sweep_not_halted": (409, "录像清理未停", "the sweep is not halted: there is nothing to confirm"),
    "days_not_fewer": (409, "保存天数没有缩短", "no camera's days are to be fewer: there is nothing to confirm"),
}
# fmt: on

STATUS: dict[str, int] = {reason: row[0] for reason, row in HOLD_REFUSALS.items()}
FINAL: frozenset[str] = frozenset(reason for reason, status in STATUS.items() if status == 409)
"""Conflicts that asking again will not solve."""


def refused(reason: str, **words: object) -> Refusal:
    """The refusal, its message Chinese, ` / `, English."""
    _, chinese, english = HOLD_REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
