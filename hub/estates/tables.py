"""Rows of an estate as a table: CSV as Excel writes it in China, or YAML, in and out. Pure."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from contract.settings import KeyPath
from contract.yamltree import BadYaml, read_tree, scalar

ROWS_MAX = 10_000
IMPORTED = ("devices", "places", "staff", "routes", "phones")
_LISTS = frozenset(("watches", "places", "sources"))
_SEPARATORS = re.compile(r"[;；、|\s]+")
# fmt: off
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "devices": ("id", "kind", "place", "agent", "name_zh", "name_en", "opens", "watches", "options", "floor", "x", "y"),
    "places": ("id", "name_zh", "name_en", "parent", "place_class", "floor", "x", "y"),
    "staff": ("id", "name_zh", "name_en", "post"),
    "routes": ("id", "duty", "name_zh", "name_en", "places", "sources", "order"),
    "phones": ("id", "place", "name_zh", "name_en", "floor", "x", "y"),
}
"""The columns of each table. What a table lacks, such as a place's area, is left as it is."""
NAMES_ZH: Mapping[str, str] = {
    "id": "编号", "kind": "类型", "place": "位置", "agent": "采集端", "name_zh": "名称", "name_en": "英文名称", "opens": "开启",
    "watches": "监视位置", "options": "参数", "floor": "楼层", "x": "横坐标", "y": "纵坐标", "parent": "上级位置",
    "place_class": "位置类别", "post": "岗位", "duty": "任务", "places": "途经位置", "sources": "凭证来源", "order": "顺序",
}
"""What the columns may be called as well."""
_WORDS_ZH: Mapping[str, Mapping[str, str]] = {
    "kind": {"门": "door", "道闸": "barrier", "摄像机": "camera", "读卡器": "reader", "仪表": "meter", "开关量": "contacts",
             "巡更棒": "wand", "其他": "other"},
    "order": {"固定": "set", "任意": "free"},
}
# fmt: on
_BY_ZH = {zh: name for name, zh in NAMES_ZH.items()}


class CellWrong(NamedTuple):
    """What is wrong with a table. `row`: as a spreadsheet counts it, the header being 1; 0: no row of it. `column`: empty where
    no single one is meant."""

    row: int
    column: str
    code: str
    zh: str
    en: str


class Read(NamedTuple):
    """A table's rows as the document has them, where each stands, and what is wrong with the table itself. `columns`: those that
    it has; an empty cell of one takes a value away."""

    rows: list[dict[str, Any]]
    numbers: list[int]
    columns: tuple[str, ...]
    wrong: list[CellWrong]


def read_table(kind: str, data: bytes) -> Read:
    """The table in a file: YAML where it is a list of rows, or has them under the table's name; else CSV."""
    text, wrong = _text(data)
    if wrong is not None:
        return Read([], [], (), [wrong])
    start = text.lstrip()
    if start.startswith(("-", "#", "[", f"{kind}:")):
        return _yaml(kind, text)
    return _csv(kind, text)


def merged(document: Mapping[str, Any], kind: str, read: Read, *, replace: bool) -> tuple[dict[str, Any], dict[int, int]]:
    """The document with the table's rows in it, each in the place of the one with its id, and for the index of each row from the
    table where that stands there. With `replace` rows that the table does not name are left out."""
    present = {str(row.get("id")): dict(row) for row in document.get(kind, ())}
    rows: dict[str, dict[str, Any]] = {} if replace else present
    from_table: dict[str, int] = {}
    for number, row in zip(read.numbers, read.rows, strict=True):
        name = str(row.get("id"))
        was = {key: value for key, value in present.get(name, {}).items() if key not in _covered(read.columns)}
        rows[name] = was | row
        from_table[name] = number
    at = {index: from_table[name] for index, name in enumerate(rows) if name in from_table}
    return {**document, kind: list(rows.values())}, at


def column_of(path: KeyPath) -> str:
    """The column that a key path within a row means; empty for the whole row."""
    if not path:
        return ""
    if path[0] == "at":
        return "y" if path[1:2] == (1,) else "x"
    return str(path[0])


def cells(kind: str, row: Mapping[str, Any]) -> list[str]:
    """A row of the document as cells, in the order of the columns."""
    at = row.get("at") or ("", "")
    flat = {**row, "x": at[0], "y": at[1]}
    return [_cell(flat.get(column, "")) for column in COLUMNS[kind]]


def yaml_text(plain: Any) -> str:
    """A document, or rows of one, as YAML that people read."""
    return str(yaml.dump(plain, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120))


class _Plain(yaml.SafeDumper):
    """Writes every value out: the estate file has no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def _covered(columns: Sequence[str]) -> frozenset[str]:
    return frozenset("at" if column in ("x", "y") else column for column in columns)


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={number:g}" for key, number in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text(data: bytes) -> tuple[str, CellWrong | None]:
    """UTF-8, with a mark or without, else GB18030, in which Excel writes CSV on a Chinese Windows."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", _whole("encoding", "文件为 UTF-16，请另存为“CSV UTF-8”", "the file is UTF-16: save it as CSV UTF-8")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), None
        except UnicodeDecodeError:
            continue
    return "", _whole(
        "encoding", "无法识别编码，请另存为“CSV UTF-8”", "the file is neither UTF-8 nor GB18030: save it as CSV UTF-8"
    )


def _whole(code: str, zh: str, en: str) -> CellWrong:
    return CellWrong(0, "", code, zh, en)


def _yaml(kind: str, text: str) -> Read:
    try:
        root, twice = read_tree(text.encode())
    except BadYaml as error:
        return Read(
            [],
            [],
            (),
            [CellWrong(error.line, "", "not_yaml", f"不是有效的 YAML：{error.what}", f"{error.what}: {error.instead}")],
        )
    wrong = [CellWrong(line, key, "twice", f"“{key}”重复", f"{key} stands twice: keep one of the two") for line, key in twice]
    nodes = root.value.get(kind) if isinstance(root.value, dict) else root
    if nodes is None or not isinstance(nodes.value, list) or not all(isinstance(node.value, dict) for node in nodes.value):
        told = f"write a list of rows, or {kind}: with a list of rows"
        return Read([], [], (), [*wrong, _whole("no_rows", f"应为列表，或 {kind}: 下的列表", told)])
    if len(nodes.value) > ROWS_MAX:
        return Read([], [], (), [_too_many()])
    rows = [node.plain() for node in nodes.value]
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return Read(rows, [node.line for node in nodes.value], columns, [*wrong, *_ids(rows, [node.line for node in nodes.value])])


def _csv(kind: str, text: str) -> Read:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = [line for _, line in zip(range(ROWS_MAX + 2), reader, strict=False)]
    except csv.Error as error:
        return Read([], [], (), [CellWrong(reader.line_num, "", "not_csv", "不是有效的 CSV", f"this line is no CSV ({error})")])
    if len(lines) > ROWS_MAX + 1:
        return Read([], [], (), [_too_many()])
    columns, wrong = _header(kind, lines[0] if lines else [])
    if wrong:
        return Read([], [], (), wrong)
    rows, numbers = [], []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) > len(columns) and any(cell.strip() for cell in line[len(columns) :]):
            told = (
                f"共 {len(line)} 格，表头只有 {len(columns)} 列",
                f"has {len(line)} cells under {len(columns)} headings: quote commas",
            )
            wrong.append(CellWrong(number, "", "too_many_cells", *told))
            continue
        row, odd = _row(columns, line, number)
        rows.append(row)
        numbers.append(number)
        wrong += odd
    present = tuple(column for column in columns if column)
    return Read(rows, numbers, present, [*wrong, *_ids(rows, numbers)])


def _header(kind: str, line: Sequence[str]) -> tuple[list[str], list[CellWrong]]:
    columns, wrong = [], []
    for cell in line:
        name = _BY_ZH.get(_bare(cell), _bare(cell).lower())
        if name and (name not in COLUMNS[kind] or name in columns):
            known, known_zh = ", ".join(COLUMNS[kind]), "、".join(NAMES_ZH[one] for one in COLUMNS[kind])
            odd = (f"没有这一列，可用：{known_zh}", f"is no column: write one of {known}")
            what = ("列名重复", "stands twice") if name in columns else odd
            wrong.append(CellWrong(1, _bare(cell)[:40], "unknown_column", what[0], what[1]))
        columns.append(name)
    if "id" not in columns:
        wrong.append(CellWrong(1, "id", "missing", "缺少“编号”列", "the heading has no column id"))
    return columns, wrong


def _row(columns: Sequence[str], line: Sequence[str], number: int) -> tuple[dict[str, Any], list[CellWrong]]:
    row: dict[str, Any] = {}
    wrong: list[CellWrong] = []
    for column, cell in zip(columns, line, strict=False):
        text = _bare(cell)
        if not column or not text:
            continue
        if column in _LISTS:
            row[column] = [part for part in _SEPARATORS.split(text) if part]
        elif column == "options":
            row[column], bad = _options(text)
            wrong += [
                CellWrong(number, column, "wrong_value", f"“{one}”应写为 名称=数值", f"{one}: write NAME=NUMBER") for one in bad
            ]
        elif column in ("x", "y"):
            row[column] = scalar(text)
        else:
            row[column] = _WORDS_ZH.get(column, {}).get(text, text)
    if "x" in row or "y" in row:
        row["at"] = [row.pop("x", None), row.pop("y", None)]
    return row, wrong


def _options(text: str) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    bad: list[str] = []
    for part in _SEPARATORS.split(text):
        name, equals, value = part.partition("=")
        if part and equals:
            found[name.strip()] = scalar(value.strip())
        elif part:
            bad.append(part)
    return found, bad


def _bare(cell: str) -> str:
    """The cell without the apostrophe that our own export keeps spreadsheets from computing it by."""
    text = cell.strip()
    return (
        text[1:] if text.startswith("'") and text[1:].lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else text
    )


def _ids(rows: Sequence[Mapping[str, Any]], numbers: Sequence[int]) -> list[CellWrong]:
    """Rows without an id, and ids that stand twice in the table: the rest of the document is checked when they are in it."""
    wrong: list[CellWrong] = []
    seen: dict[str, int] = {}
    for row, number in zip(rows, numbers, strict=True):
        name = row.get("id")
        if not name:
            wrong.append(CellWrong(number, "id", "missing", "缺少编号", "is missing: write the row's id"))
        elif seen.setdefault(str(name), number) != number:
            zh, en = f"编号与第 {seen[str(name)]} 行重复", f"{name} stands in row {seen[str(name)]} already: write another one"
            wrong.append(CellWrong(number, "id", "taken", zh, en))
    return wrong


def _too_many() -> CellWrong:
    return _whole("too_many_rows", f"超过 {ROWS_MAX} 行", f"the table has over {ROWS_MAX} rows: import it in parts")
