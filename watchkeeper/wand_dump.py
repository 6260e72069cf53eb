"""A dump of a wand's maker's program as the hub takes it: which lines are this wand's, what each is sent as, and what the whole
proves. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from contract.clock import rfc3339
from drivers.patrol_wand.csvdump import CsvRows, Row
from drivers.patrol_wand.decode import Medium, PatrolWandOptions, scan_name
from drivers.port import Finding
from drivers.zones import zone_of
from hub.api.scan_models import KEY_CHARS_MAX, KEY_PATTERN

FILE_BYTES_MAX = 64 * 1024 * 1024
ROWS_MAX = 200_000
_NUMBER = re.compile(r"[0-9A-Fa-f]{8}")

FINDINGS: Mapping[str, tuple[str, str]] = {
    "no_column": (
        "表头没有这一列：在 --layout 的 csv 中写明列名",
        "the header has no such column: name it under csv in --layout",
    ),
    "no_header": ("表头有误，未读取", "not read, since the header is wrong"),
    "columns": ("缺少这一列及其后各列", "the line ends before this column"),
    "malformed": ("引号不成对", "a quote is not closed"),
    "encoding": ("不是所设编码：试用 encoding: gb18030", "not in the encoding of --layout: try encoding: gb18030"),
    "bad_time": ("时间与 time_format 不符", "no time of the form time_format"),
    "bad_number": ("序号不是 10 位以内的数字", "no number of ten digits at most"),
    "blank_tag": ("没有卡号", "no tag"),
    "bad_tag": ("卡号有误", "no tag that could be"),
    "mangled": ("长数字已被电子表格舍入：请将该列导出为文本", "a spreadsheet has rounded the number: export the column as text"),
    "too_long": ("行过长", "the line is too long"),
}
"""What is wrong with a line, and what to do."""


class Dump(NamedTuple):
    """What a file says: its scans, and what is wrong with other lines."""

    rows: list[Row]
    findings: list[Finding]

    @property
    def wands(self) -> list[str]:
        """The wands that it names."""
        return sorted({row.wand for row in self.rows if row.wand})


def read_dump(data: bytes, options: PatrolWandOptions) -> Dump:
    """The whole file. A wand's number is told as cradles tell it."""
    _, items = CsvRows(options.csv, zone_of(options.zone)).read(data, end=True)
    rows = [item._replace(wand=_wand(item.wand)) for item in items if isinstance(item, Row)]
    return Dump(rows, [item for item in items if isinstance(item, Finding)])


def of_wand(dump: Dump, number: str) -> list[Row]:
    """The scans of this wand; lines that name none are its own. `number` may be empty where the file names one wand at most."""
    return [row._replace(wand=row.wand or number) for row in dump.rows if not number or row.wand in ("", number)]


def item_of(row: Row, medium: Medium, guard_name: Callable[[str], str] | None) -> dict[str, Any]:
    """What is sent of a scan, under the name that it has from the cradle too. `guard_name`: what a guard's tag is told as; None:
    it is not told."""
    item = {"key": _key(row), "kind": "scan", "made_at": rfc3339(row.at_us), "tag": row.tag, "medium": medium}
    return item | ({"guard": guard_name(row.guard)} if guard_name and row.guard else {})


def chunks(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """So many at once."""
    return (rows[at : at + size] for at in range(0, len(rows), size))


class Proof(NamedTuple):
    """Up to when, by the wand's clock, the hub has everything that the wand stored; or why that is not known, a name."""

    up_to_us: int | None
    why: str = ""


WHY_UNPROVEN: Mapping[str, tuple[str, str]] = {
    "no_numbers": ("记录没有序号", "its records have no numbers"),
    "never_reported": ("该巡更棒从未经由底座上报", "the wand has never been read out in a cradle"),
    "no_overlap": ("与系统已有的记录没有重叠", "nothing in it joins what the hub has of the wand"),
    "unknown_before": ("其中有较早的记录是系统没有的", "it has scans that the hub should have had already"),
    "nothing_new": ("没有更新的记录", "it goes no further than what the hub has"),
}


def proof(rows: Sequence[Row], known: Sequence[bool], reported_us: int | None) -> Proof:
    """What the file proves by its numbers. `known`: which rows the hub had already; `reported_us`: up to when it has everything,
    by the wand's clock.

    A file begins somewhere, and may have been filtered. So its numbers count only where they are seen to be the wand's own: all
    of its rows up to `reported_us` are known. From the last of those on it proves as far as no number is missing, and time goes
    on."""
    if any(row.number is None for row in rows):
        return Proof(None, "no_numbers")
    if reported_us is None:
        return Proof(None, "never_reported")
    pairs = sorted(zip(rows, known, strict=True), key=lambda pair: (pair[0].number or 0, pair[0].line))
    before = [is_known for row, is_known in pairs if row.at_us <= reported_us]
    if not before:
        return Proof(None, "no_overlap")
    if not all(before):
        return Proof(None, "unknown_before")
    last = max((row for row, _ in pairs if row.at_us <= reported_us), key=lambda row: row.number or 0)
    for row, _ in pairs:
        if (row.number or 0) > (last.number or 0):
            if row.number != (last.number or 0) + 1 or row.at_us < last.at_us:
                break
            last = row
    return Proof(last.at_us) if last.at_us > reported_us else Proof(None, "nothing_new")


def _wand(told: str) -> str:
    return told.upper() if _NUMBER.fullmatch(told) else told


def _key(row: Row) -> str:
    """A name that the hub takes; one that is too long, or has other characters, is replaced by a digest of it."""
    name = scan_name(row.wand, row.number, row.at_us, row.tag)
    if len(name) <= KEY_CHARS_MAX and re.fullmatch(KEY_PATTERN, name):
        return name
    return f"dump-{blake2b(name.encode(), digest_size=16).hexdigest()}"
