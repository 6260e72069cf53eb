"""The words of the figures of alarms."""

from collections.abc import Mapping

from hub.reports.words import Pair

_RATE: Pair = ("条/10 分钟", "in 10 min")
_S: Pair = ("秒", "s")
_COUNT: Pair = ("条", "")
FIGURES: Mapping[str, tuple[Pair, Pair, Pair]] = {
    "alarms": (
        ("报警数", "Alarms"),
        _COUNT,
        (
            "所选时段内发出呼叫的事件数；补报、P4 提示与检修暂缓的不计",
            "incidents of the span that called somebody; late ones, hints (P4) and what maintenance held back are not counted",
        ),
    ),
    "rate_average": (
        ("平均报警率", "Alarm rate, average"),
        _RATE,
        ("报警数 ÷ 时段长度 ÷ 值机岗位数", "alarms, by the span's length and the operators"),
    ),
    "rate_peak": (
        ("峰值报警率", "Alarm rate, peak"),
        _RATE,
        ("任意连续 10 分钟内最多的报警数 ÷ 值机岗位数", "the most in any 10 minutes, by the operators"),
    ),
    "floods": (("报警泛滥次数", "Floods"), ("次", ""), ("与时段相交的报警泛滥次数", "floods that touch the span")),
    "flood_s": (("泛滥时长", "Time in flood"), _S, ("时段内处于泛滥的时间", "how long a flood lasted within the span")),
    "flood_percent": (
        ("泛滥占比", "Share of time in flood"),
        ("%", "%"),
        ("泛滥时长 ÷ 时段长度", "time in flood, by the span's length"),
    ),
    "ack_median_s": (
        ("确认时间中位数", "Time to acknowledge, median"),
        _S,
        ("从报警到首次确认，只计已确认的", "from the alarm to the first acknowledgement, of those acknowledged"),
    ),
    "ack_p95_s": (
        ("确认时间 95 分位", "Time to acknowledge, 95 %"),
        _S,
        ("95% 的已确认报警不超过此值", "95 in 100 of those acknowledged took no longer"),
    ),
    "ack_longest_s": (
        ("确认时间最长", "Time to acknowledge, longest"),
        _S,
        ("已确认报警中最长的一次", "the longest of those acknowledged"),
    ),
    "unacknowledged": (
        ("未曾确认", "Never acknowledged"),
        _COUNT,
        ("时段内的报警中至今无人确认的", "of the span's alarms, those that nobody has acknowledged"),
    ),
    "held": (("检修暂缓", "Held back"), _COUNT, ("时段内因检修暂缓的事件", "incidents of the span that maintenance held back")),
    "stale": (
        ("陈旧报警", "Stale"),
        _COUNT,
        ("现在仍未恢复、超过规定时长的", "those that last now, longer than the policy's time"),
    ),
    "shelved": (("搁置中", "Shelved"), _COUNT, ("现在被搁置的", "those that are shelved now")),
    "chattering": (
        ("反复报警", "Chattering"),
        _COUNT,
        ("时段内因反复发生而合并的事件", "incidents of the span that stand for a source which came back again and again"),
    ),
}
"""Each figure: its name, its unit, and what it counts."""
