"""What is wrong with a row of the estate, by a name that stays the same and in Chinese. Pure.

The rules of settings files say what is wrong in English; here each of their sentences has a row.
"""

import re
from typing import NamedTuple

from contract.settings import Mistake, dotted
from hub.estates.instead import instead_zh


class Told(NamedTuple):
    """A mistake for people: where, its code, and what is wrong in both languages."""

    at: str
    code: str
    zh: str
    en: str


# fmt: off
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"is missing", "missing", "缺少此项"),
    (r"is an unknown key", "unknown_key", "没有此项"),
    (r"(?P<x>.*) is not known", "unknown_name", "“{x}”不存在"),
    (r"(?P<x>.*) is taken by (?P<y>.*)", "taken", "“{x}”已被 {y} 使用"),
    (r"(?P<x>.*) is (?:the hub's own|an agent's|a device's|a phone's) id", "taken", "“{x}”已被占用"),
    (r"(?P<x>.*) is not an id", "not_an_id", "{x} 不是有效编号：只能用小写字母、数字、- 和 _"),
    (r"(?P<x>.*) is no time zone", "no_time_zone", "{x} 不是时区，例如 Asia/Shanghai"),
    (r"(?P<x>.*) lies within itself", "within_itself", "“{x}”的上级位置成环"),
    (r"(?P<x>.*) is no door and no barrier", "no_gate", "“{x}”不是门也不是道闸"),
    (r"stands at a device that is no camera", "no_camera", "只有摄像机可以填写监视位置"),
    (r"is a position on no floor", "no_floor", "填写了图上位置，但没有楼层"),
    (r"(?P<x>.*) is no device and no phone", "unknown_source", "“{x}”不是设备也不是手机"),
    (r"(?P<x>.*) stands twice in this route", "twice", "“{x}”在本路线中重复"),
    (r"is no number that a device can have.*", "unknown_option", "设备没有这个参数"),
    (r"(?P<x>.*) is no duty of the policy .*", "unknown_duty", "制度中没有任务“{x}”"),
    (r"(?P<x>.*) is no place class of the policy .*", "unknown_class", "制度中没有位置类别“{x}”"),
    (r"(?P<x>.*) is no post of the policy .*", "unknown_post", "制度中没有岗位“{x}”"),
    (r"(?P<x>.*) brings no (?:scans|answers|reports)", "wrong_source", "该来源不能为此任务提供凭证：{x}"),
    (r"cannot be changed while the hub runs", "site_is_fixed", "小区编号不能修改"),
    (r"may not stand in the document", "secret", "密钥和图纸文件名不写入此文档"),
    (r"leads out of the estate file's folder", "outside", "文件必须位于小区文件所在目录内"),
    (r"is no number|holds characters that are none", "wrong_value", "填写的内容无效"),
    (r"(?P<x>\S+) is out of range", "out_of_range", "{x} 超出范围"),
    (r"(?P<x>\S+) is not a whole number", "out_of_range", "{x} 不是整数"),
    (r"(?P<x>\S+) is too short", "out_of_range", "{x} 过短"),
    (r"(?P<x>\S+) has a window from .*", "windows_overlap", "时钟调整之夜，任务“{x}”的时段互相重叠"),
    (r"is nested too deeply", "too_deep", "嵌套过深"),
    (r"has (?P<x>\d+) entries", "wrong_length", "共有 {x} 项，数量不符"),
    (r"is (?:the number .*|text|true|false|a list|a mapping|empty|not .*|shorter.*|longer.*)", "wrong_value", "填写的内容无效"),
)
# fmt: on
_ROWS = tuple((re.compile(pattern, re.DOTALL), code, zh) for pattern, code, zh in _SENTENCES)


def told(mistake: Mistake) -> Told:
    """The mistake in both languages. One that has no row here is told in English after a Chinese head."""
    english = ": ".join(part for part in (mistake.what, mistake.instead) if part)
    for pattern, code, zh in _ROWS:
        found = pattern.fullmatch(mistake.what)
        if found is not None:
            better = instead_zh(mistake.instead)
            chinese = "，".join(part for part in (zh.format(**found.groupdict()), better) if part)
            return Told(dotted(mistake.path), code, chinese, english)
    return Told(dotted(mistake.path), "wrong", f"有误：{english}", english)
