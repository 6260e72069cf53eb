"""A file of permits as rows of cells: CSV as spreadsheets write it in China, or a workbook. Pure; everything in it has a limit.

A cell that a spreadsheet would compute is taken by nobody: what it comes to is not in the file that a person has checked.
"""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hub.reports.csvfile import safe

ROWS_MAX = 20_000
COLUMNS_MAX = 60
CELL_CHARS_MAX = 500
BYTES_MAX = 4 * 1024 * 1024
UNPACKED_BYTES_MAX = 64 * 1024 * 1024
MEMBERS_MAX = 300
TAGS_MAX = 3_000_000
STRINGS_MAX = 320_000
"""Of a workbook: a full file has fewer. Each costs the reader time, and a few kilobytes of zip hold millions."""
_PIECE_BYTES = 1024 * 1024
_STRING = re.compile(rb"[<:]si[\s/>]")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([^"']{0,40})""")
_DEFINES = ("not_a_workbook", "文件含有外部定义", "it holds definitions of its own: save it anew")
_COMPUTED = ("=", "＝")

# fmt: off
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    # column: its Chinese name, and what to write into it
    "building": ("楼栋", "如 3", "such as 3"),
    "unit": ("单元", "如 2", "such as 2"),
    "room": ("房号", "如 501", "such as 501"),
    "name": ("姓名", "持有人姓名，必填", "the holder's name"),
    "phone": ("电话", "数字，可带 + - 空格", "digits, with + - and blanks"),
    "kind": ("类别", "业主、员工、施工、访客、车辆；空为业主", "resident, staff, contractor, visitor, vehicle; empty: resident"),
    "card": ("卡号", "如 12,34567；多张用分号隔开", "such as 12,34567; several apart by semicolons"),
    "plate": ("车牌", "如 京A12345；多个用分号隔开", "such as 京A12345; several apart by semicolons"),
    "qr": ("二维码", "二维码内容", "the code's text"),
    "face": ("人脸编号", "人脸终端上的人员编号", "the person's number at the face terminal"),
    "groups": ("权限组", "权限组编号或名称，多个用分号隔开，必填", "ids or names of groups, apart by semicolons"),
    "valid_from": ("有效期自", "如 2026-01-01", "such as 2026-01-01"),
    "valid_until": ("有效期至", "如 2026-12-31，当日有效", "such as 2026-12-31, that day included"),
    "spaces": ("车位数", "0 到 50 的整数，0 为不限", "a whole number from 0 to 50; 0: no limit"),
    "note": ("备注", "500 字以内", "500 characters at most"),
}
# fmt: on
_BY_NAME = {name: name for name in COLUMNS} | {row[0]: name for name, row in COLUMNS.items()}
_BY_NAME |= {"手机": "phone", "手机号": "phone", "卡": "card", "车牌号": "plate", "房间": "room", "楼": "building"}
_BY_NAME |= {"有效期": "valid_until", "valid until": "valid_until", "valid from": "valid_from", "group": "groups"}
NEEDED = ("name", "groups")


class CellWrong(NamedTuple):
    """What is wrong with a file. `row`: as a spreadsheet counts it, the header being 1; 0: no row of it."""

    row: int
    column: str
    code: str
    zh: str
    en: str


class Line(NamedTuple):
    """A row that holds something, by the names of the columns."""

    row: int
    cells: dict[str, str]


class Read(NamedTuple):
    """A file's rows, and what is wrong with the file itself or with single cells. A row with a wrong cell is not in `lines`."""

    lines: list[Line]
    wrong: list[CellWrong]


def read_file(data: bytes) -> Read:
    """The rows. A workbook is known by its first bytes; of it the first sheet counts."""
    if len(data) > BYTES_MAX:
        return _refused("too_large", f"文件不得超过 {BYTES_MAX} 字节", f"a file has {BYTES_MAX} bytes at most: split it")
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook(data)
    text = _decoded(data)
    if text is None:
        return _refused(
            "not_text",
            "不是 UTF-8 或 GB18030 文本",
            "it is neither text in UTF-8 or GB18030 nor a workbook: save it as CSV or xlsx",
        )
    sample = text.partition("\n")[0]
    delimiter = max(",;\t", key=sample.count)
    try:
        return _read_rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return _refused(
            "not_csv", "引号不成对或单元格过长", "its quotes do not match, or a cell is too long: save it anew as CSV"
        )


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _read_workbook(data: bytes) -> Read:
    wrong = _wrong_archive(data)
    if wrong is not None:
        return wrong
    import openpyxl  # half a second; few need it

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except Exception:  # whatever a damaged file makes it trip over is the file's
        return _refused("not_a_workbook", "不是可读取的 xlsx 文件", "it cannot be read as an xlsx workbook: save it anew")
    try:
        sheet = next((one for one in book.worksheets if hasattr(one, "iter_rows")), None)
        if sheet is None:
            return _refused("empty_file", "文件中没有工作表", "there is no sheet in it")
        return _read_rows(_cells(sheet))
    except Exception:
        return _refused("not_a_workbook", "不是可读取的 xlsx 文件", "it cannot be read as an xlsx workbook: save it anew")
    finally:
        book.close()


def _wrong_archive(data: bytes) -> Read | None:
    """A zip that unpacks into more than a file of permits may hold, or into what expands itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_MAX or sum(one.file_size for one in members) > UNPACKED_BYTES_MAX:
                return _refused("too_large", "解压后过大", "it unpacks into too much: keep one sheet of plain cells")
            return _wrong_members(archive, members)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return _refused("not_a_workbook", "不是可读取的 xlsx 文件", "it cannot be read as an xlsx workbook: save it anew")


def _wrong_members(archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]) -> Read | None:
    """What is told of text that is not UTF-8, as that hides what is looked for here, of definitions, and of too much of it."""
    tags = strings = 0
    for one in members:
        with archive.open(one) as file:
            piece = b""
            while more := file.read(_PIECE_BYTES):
                if not piece and _is_veiled(more):
                    return _refused("not_a_workbook", "不是可读取的 xlsx 文件", "its parts are not in UTF-8: save it anew")
                tags += more.count(b"<")
                piece = piece[-16:] + more
                strings += len(_STRING.findall(piece))
                if b"<!DOCTYPE" in piece.upper():
                    return _refused(*_DEFINES)
                if tags > TAGS_MAX or strings > STRINGS_MAX:
                    return _refused("too_large", "解压后过大", "it unpacks into too much: keep one sheet of plain cells")
    return None


def _is_veiled(start: bytes) -> bool:
    """Whether XML begins here whose bytes are not what they are in UTF-8."""
    declared = _ENCODING.match(start)
    return start.startswith(_WIDE) or (declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii"))


def _cells(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(max_col=COLUMNS_MAX, max_row=ROWS_MAX + 2):
        yield [_text(cell.value) for cell in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == value.min.time() else "%Y-%m-%d %H:%M")
    return str(value)


def _read_rows(rows: Iterable[Sequence[str]]) -> Read:
    numbered = iter(enumerate(rows, start=1))
    _, header = next(numbered, (0, []))
    columns = [_BY_NAME.get(str(cell).strip().lstrip("*").strip().lower(), "") for cell in header[:COLUMNS_MAX]]
    wrong = [
        CellWrong(1, name, "column_missing", f"缺少“{COLUMNS[name][0]}”列", f"the column {name} is missing: take the template")
        for name in NEEDED
        if name not in columns
    ]
    for at, cell in enumerate(header[:COLUMNS_MAX]):
        if cell.strip() and not columns[at]:
            told = "，".join(row[0] for row in COLUMNS.values())
            wrong.append(
                CellWrong(1, cell.strip()[:40], "column_unknown", f"没有这一列，可用：{told}", "there is no such column")
            )
        elif columns[at] and columns[at] in columns[:at]:
            wrong.append(CellWrong(1, columns[at], "column_twice", "该列出现两次", "the column stands twice: keep one"))
    if wrong:
        return Read([], wrong)
    lines: list[Line] = []
    for number, row in numbered:
        if number > ROWS_MAX + 1:
            wrong.append(
                CellWrong(number, "", "too_many_rows", f"最多 {ROWS_MAX} 行", f"a file has {ROWS_MAX} rows at most: split it")
            )
            break
        cells = {name: str(cell).strip() for name, cell in zip(columns, row, strict=False) if name and str(cell).strip()}
        bad = [found for name, cell in cells.items() if (found := _wrong_cell(number, name, cell))]
        wrong += bad
        if cells and not bad:
            lines.append(Line(number, {name: _plain(cell) for name, cell in cells.items()}))
    return Read(lines, wrong)


def _plain(cell: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would compute."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and safe(cell[1:]) == cell else cell


def _wrong_cell(row: int, column: str, cell: str) -> CellWrong | None:
    if len(cell) > CELL_CHARS_MAX:
        return CellWrong(row, column, "too_long", f"超过 {CELL_CHARS_MAX} 字", f"it is longer than {CELL_CHARS_MAX} characters")
    if cell.startswith(_COMPUTED):
        return CellWrong(row, column, "computed", "不接受公式，请改为数值", "formulas are not taken: paste it as a value")
    if any(ord(char) < 32 and char not in "\t\r\n" for char in cell):
        return CellWrong(row, column, "not_text", "含有控制字符", "it holds characters that are no text")
    return None


def _refused(code: str, zh: str, en: str) -> Read:
    return Read([], [CellWrong(0, "", code, zh, en)])
