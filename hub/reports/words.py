"""What is printed in reports, in both languages: tables of words."""

from collections.abc import Mapping
from typing import Literal

from hub.duties.words import STATES

Lang = Literal["zh", "en", "both"]
Pair = tuple[str, str]

LABELS: Mapping[str, Pair] = {
    "title": ("巡逻日志", "Patrol record"),
    "as_of": ("截至", "As of"),
    "summary": ("小结", "Summary"),
    "due": ("应完成", "Due"),
    **{state: (zh, en.capitalize()) for state, (zh, en) in STATES.items()},
    "rate": ("完成率", "Done"),
    "weekday": ("星期", "Weekday"),
    "hour": ("时", "Hour"),
    "day": ("日期", "Day"),
    "unvisited": ("最长未巡时间", "Longest time unvisited"),
    "ended": ("已结束", "Ended"),
    "ongoing": ("持续中", "Goes on"),
    "last": ("最近到位", "Last visit"),
    "never": ("无到位记录", "no visit on record"),
    "shifts": ("班次与值班人员", "Shifts and who was on duty"),
    "shift": ("班次", "Shift"),
    "window": ("时段", "Window"),
    "hours": ("时间", "Hours"),
    "on_duty": ("值班人员", "On duty"),
    "rounds": ("巡逻轮次", "Rounds"),
    "route": ("路线", "Route"),
    "duty": ("任务", "Duty"),
    "place": ("巡更点", "Checkpoint"),
    "time": ("到位时间", "Visited"),
    "person": ("人员", "Person"),
    "medium": ("方式", "By"),
    "result": ("结果", "Result"),
    "flags": ("标记", "Flags"),
    "gaps": ("缺口与处理", "Gaps and how they were handled"),
    "incident": ("事件号", "Incident"),
    "state": ("状态", "State"),
    "handling": ("处理情况", "Handling"),
    "observations": ("巡查发现与处理", "Findings and how they were handled"),
    "finding": ("发现", "Finding"),
    "seen": ("时间", "Time"),
    "late": ("迟到凭证与撤回", "Late evidence and withdrawals"),
    "made": ("打卡时间", "Made"),
    "received": ("收到时间", "Received"),
    "effect": ("结果与理由", "Outcome and reason"),
    "from": ("开始", "From"),
    "until": ("截止", "Until"),
    "section": ("类别", "Section"),
    "none": ("无", "None"),
    "nothing": ("当日没有应巡记录", "No round is on record for this day"),
    "handed": ("交班人", "Handed over by"),
    "took": ("接班人", "Taken over by"),
    "signed": ("签字时间", "Date and time"),
    "signatures": ("交接班签字", "Signatures at the change of shifts"),
    "checked": ("项目负责人审核", "Checked by the manager"),
    "page": ("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
}

MEDIA: Mapping[str, Pair] = {
    "nfc": ("NFC", "NFC"),
    "rfid": ("射频卡", "RFID"),
    "ibutton": ("信息钮", "iButton"),
    "qr": ("二维码", "QR code"),
    "card": ("门禁卡", "card"),
    "hand": ("人工", "by hand"),
}

FLAGS: Mapping[str, Pair] = {
    "unknown_tag": ("未登记标签", "unknown tag"),
    "revoked_tag": ("标签已注销", "revoked tag"),
    "out_of_order": ("顺序不符", "out of order"),
    "too_fast": ("过快", "too fast"),
    "wrong_person": ("非当班人员", "not on the roster"),
    "two_places": ("同时两处", "at two places"),
    "weak_medium": ("可翻拍方式", "weak medium"),
    "clock_off": ("设备时钟不准", "clock off"),
    "from_the_future": ("时间超前", "from the future"),
    "too_late": ("超过补传期限", "came too late"),
    "altered": ("内容不一致", "altered"),
    "unknown_person": ("人员不明", "person not known"),
    "time_unproven": ("时间无法证实", "time not proven"),
}

NOTES: Mapping[str, Pair] = {
    "early": ("提前到位", "visited early"),
    "visited_late": ("迟到", "visited late"),
    "detected_late": ("事后发现", "found late"),
    "source_away": ("读卡设备曾离线", "its reader was out of reach"),
    "records_lost": ("恢复备份，记录可能丢失", "records may be lost with a restore"),
    "source_silent": ("设备久未上报", "its source stayed silent"),
}

EFFECTS: Mapping[str, Pair] = {
    "evidence_made_in_time": ("打卡在时段内，缺口撤回", "made in time: the gap is withdrawn"),
    "kept": ("打卡在时段内，按时计", "made in time: kept"),
    "no_effect": ("不改变结果", "changes no result"),
    "too_late": ("超过补传期限，不改变结果", "came too late: changes no result"),
}

UNKNOWN: Pair = ("不详", "not known")
TOLD: Pair = ("“{told}”（不在人员名单）", "“{told}” (not of the staff)")
"""Who is said to have made a scan, where the staff has nobody of that id."""
WEEKDAYS: tuple[Pair, ...] = (
    ("星期一", "Monday"), ("星期二", "Tuesday"), ("星期三", "Wednesday"), ("星期四", "Thursday"), ("星期五", "Friday"),
    ("星期六", "Saturday"), ("星期日", "Sunday"),
)  # fmt: skip


def say(pair: Pair, lang: Lang) -> str:
    """In the language, or in both with a space between; once, where both are the same."""
    if lang == "both":
        return pair[0] if pair[0] == pair[1] else f"{pair[0]} {pair[1]}"
    return pair[0] if lang == "zh" else pair[1]


def word(table: Mapping[str, Pair], name: str, lang: Lang) -> str:
    """The word for a name; the name itself where there is none."""
    return say(table.get(name, (name, name)), lang)
