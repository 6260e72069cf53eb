"""The driving and working rules that a truck's driver is told (VEH-4): texts that the estate edits, each edit a version. Pure."""

from collections.abc import Iterable

import msgspec

LINES_MAX, LINE_CHARS = 20, 300
VERSIONS_MAX = 500


class RuleLine(msgspec.Struct, frozen=True):
    """One rule. `en` empty: it is read out in Chinese."""

    zh: str
    en: str = ""


class Rules(msgspec.Struct, frozen=True):
    """A row of `visit_rules`: all rules as they were from `made_us` on. None is ever changed, so that the version which stands
    in a visit says what was told. The hours are the policy's, and stand in no version."""

    no: int
    lines: tuple[RuleLine, ...]
    made_us: int
    made_by: str

    @property
    def version(self) -> str:
        """As it stands in a visit."""
        return f"estate-rules-{self.no}"


# fmt: off
SHIPPED = Rules(1, (
    RuleLine("按指定路线慢行，时速不超过 5 公里，礼让行人，不鸣喇叭。",
             "Drive slowly along the route given, at 5 km/h at most; people go first; no horn."),
    RuleLine("只停在指定位置，不占消防通道、出入口和他人车位，装卸完毕即离开。",
             "Stop only at the place given: on no fire lane, entrance or space of others; leave when you have unloaded."),
    RuleLine("货物捆扎、覆盖好，不遗撒；遗撒的立即清理。",
             "Loads are tied and covered; whatever falls off is cleared up at once."),
    RuleLine("施工只在物业登记的时段和部位进行；动火、停水、停电另行申请。",
             "Work only where and when it is registered; fire work, water and power cuts are applied for."),
    RuleLine("损坏设施或绿化立即告知门岗，离开时在门岗销记。",
             "Tell the gate at once about any damage; check out at the gate when you leave."),
), 0, "hub")
# fmt: on
"""What holds until the estate has its own."""


def newest(versions: Iterable[Rules]) -> Rules:
    """The version in force."""
    return max(versions, key=lambda one: one.no, default=SHIPPED)


def faults(lines: tuple[RuleLine, ...]) -> bool:
    """Whether these are no rules: none, too many, too long, or without Chinese."""
    bad = any(not one.zh.strip() or max(len(one.zh), len(one.en)) > LINE_CHARS for one in lines)
    return bad or not 0 < len(lines) <= LINES_MAX
