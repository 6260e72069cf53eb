"""What to write instead, in Chinese, for the English sentences of the rules. Pure."""

import re

# fmt: off
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"write one of (?P<x>[^,]*\.\*\..*?), perhaps (?P<y>\S+)", "请填已有的编号（{x}），是否为 {y}？"),
    (r"write one of (?P<x>[^,]*\.\*\..*)", "请填已有的编号（{x}）"),
    (r"write one of (?P<x>.*), perhaps (?P<y>\S+)", "可填：{x}；是否为 {y}？"),
    (r"write one of (?P<x>.*)", "可填：{x}"),
    (r"write a device of those kinds, perhaps (?P<x>\S+)", "请填门或道闸的编号，是否为 {x}？"),
    (r"write a device of those kinds", "请填门或道闸的编号"),
    (r"write another one", "请换一个"),
    (r"keep one of the two", "请保留一个"),
    (r"write text, of at least (?P<x>\d+) entries or characters, of at most (?P<y>\d+) .*", "请填文字，{x} 到 {y} 个字"),
    (r"write text.*", "请填文字"),
    (r"write a number, at least (?P<x>\S+), at most (?P<y>\S+)", "请填 {x} 到 {y} 之间的数"),
    (r"write a whole number.*", "请填整数"),
    (r"write a number", "请填数"),
    (r"write a list, of at least (?P<x>\d+) .*", "至少填 {x} 项"),
    (r"write a list.*", "请填列表"),
    (r"write .*, from (?P<x>\S+) to (?P<y>[^,\s]+)(?:, .*)?", "范围为 {x} 到 {y}"),
    (r"write (?P<x>\d+) at least.*", "至少 {x}"),
    (r"write a wand, a reader or a phone", "请填巡更棒、读卡器或手机"),
    (r"write a phone, or hub", "请填手机，或 hub（人工登记）"),
    (r"write the floor, one of .*", "请填楼层编号"),
    (r"delete it, or write kind: camera", "请删除，或将类型改为摄像机"),
    (r"write the place around it, or no parent", "请填其上级位置，或留空"),
    (r"write a number of the policy, or .*", "可用制度中的参数名，或 量_max、量_min、量_hysteresis、量_hold_s"),
)
# fmt: on
_ROWS = tuple((re.compile(pattern, re.DOTALL), zh) for pattern, zh in _SENTENCES)


def instead_zh(instead: str) -> str:
    """The sentence in Chinese; empty where there is no row for it: it stands in English beside it all the same."""
    for pattern, zh in _ROWS:
        found = pattern.fullmatch(instead)
        if found is not None:
            return zh.format(**found.groupdict())
    return ""
