"""A dump that the maker's own program wrote: a table in text, its columns found by their names. Sans-IO."""

import csv
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from contract.clock import US_PER_S
from contract.readings import Reading
from drivers.patrol_wand.layout import YEAR_MAX, YEAR_MIN
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.zones import Zone

MAX_LINE_BYTES: Final = 2000
MAX_TAG: Final = 100
MAX_WAND: Final = 40
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_MANGLED: Final = re.compile(r"\d+([.,]\d+)?[eE]\+\d+")
"""A long number that went through a spreadsheet: its last digits are gone."""


class CsvColumns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns are called, and how a time is written (as in strptime). `guard`, `number` and `wand` need not be there.
    gb18030 reads GBK and GB2312 too."""

    tag: _Name = "tag"
    time: _Name = "time"
    guard: _Name = "guard"
    number: _Name = "number"
    wand: _Name = "wand"
    time_format: _Name = "%Y-%m-%d %H:%M:%S"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    encoding: Literal["utf-8", "gb18030"] = "utf-8"

    def __post_init__(self) -> None:
        try:
            datetime.strptime(datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).strftime(self.time_format), self.time_format)
        except ValueError as error:
            raise ValueError(f"time_format cannot be read: {error}: write for example %Y-%m-%d %H:%M:%S") from None
        if self.delimiter in '"\r\n' or not self.delimiter.isascii():
            raise ValueError("delimiter cannot be a quote, a line end or a Chinese character: write , or ; or \\t")


class Row(NamedTuple):
    """One scan of a dump: its line, the wand's name, the record's number, its time by the wand's clock, the tag, and the guard's
    tag. What the dump has no column for is empty, or None."""

    line: int
    wand: str
    number: int | None
    at_us: int
    tag: str
    guard: str | None


class Wrong(NamedTuple):
    """What is wrong with a line: the finding's reason, and the name of the column."""

    reason: str
    column: str = ""


class CsvRows:
    """Findings: `no_column` (the header lacks the tag or the time), `no_header` (a line under such a header), `columns` (a line
    with too few), `malformed` (quotes), `encoding`, `bad_time`, `bad_number`, `blank_tag`, `bad_tag`, `mangled` (a spreadsheet
    has rounded the number), `too_long`. Quoted line ends are not understood."""

    def __init__(self, columns: CsvColumns, zone: Zone) -> None:
        self._columns = columns
        self._zone = zone
        self._header: dict[str, int] | None = None
        self._line_no = 1

    def read(self, data: bytes, *, end: bool = False) -> tuple[int, list[Row | Finding]]:
        """How many bytes are done with, and what they say; see `Decoder.decode`."""
        items: list[Row | Finding] = []
        at = 0
        while at < len(data):
            stop = data.find(b"\n", at, at + MAX_LINE_BYTES)
            if stop < 0 and len(data) - at >= MAX_LINE_BYTES:
                items.append(Finding("too_long", at, data[at : at + MAX_EXAMPLE_BYTES], self._line_no))
                at += MAX_LINE_BYTES
                continue
            if stop < 0 and not end:
                break
            line = data[at:] if stop < 0 else data[at:stop]
            item = self._line(line.rstrip(b"\r"))
            if isinstance(item, Wrong):
                items.append(Finding(item.reason, at, line[:MAX_EXAMPLE_BYTES], self._line_no, item.column))
            elif item is not None:
                items.append(item)
            at = len(data) if stop < 0 else stop + 1
            self._line_no += 1
        return at, items

    def _line(self, line: bytes) -> Row | Wrong | None:
        try:
            text = line.decode(self._columns.encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            return Wrong("encoding")
        if not text.strip():
            return None
        try:
            (cells,) = csv.reader([text], delimiter=self._columns.delimiter, strict=True)
        except (csv.Error, ValueError):
            return Wrong("malformed")
        cells = [cell.strip() for cell in cells]
        if self._header is None:
            return self._take_header(cells)
        return self._row(cells, self._header)

    def _take_header(self, cells: Sequence[str]) -> Wrong | None:
        names = {cell: index for index, cell in reversed(list(enumerate(cells)))}
        found = {key: names.get(self._name(key), -1) for key in ("tag", "time", "guard", "number", "wand")}
        missing = next((key for key in ("tag", "time") if found[key] < 0), None)
        self._header = {} if missing else found
        return Wrong("no_column", self._name(missing)) if missing else None

    def _row(self, cells: Sequence[str], header: dict[str, int]) -> Row | Wrong:
        if not header:
            return Wrong("no_header")
        short = [key for key, index in header.items() if index >= len(cells)]
        if short:
            return Wrong("columns", self._name(min(short, key=lambda key: header[key])))
        cell = {key: "" if index < 0 else cells[index] for key, index in header.items()}
        at_us = self._time(cell["time"])
        if at_us is None:
            return Wrong("bad_time", self._name("time"))
        for key in ("tag", "guard"):
            wrong = _wrong_tag(cell[key]) if cell[key] or key == "tag" else ""
            if wrong:
                return Wrong(wrong, self._name(key))
        if cell["number"] and not (cell["number"].isascii() and cell["number"].isdecimal() and len(cell["number"]) <= 10):
            return Wrong("bad_number", self._name("number"))
        number = int(cell["number"]) if cell["number"] else None
        return Row(self._line_no, cell["wand"][:MAX_WAND], number, at_us, cell["tag"].upper(), cell["guard"].upper() or None)

    def _name(self, key: str) -> str:
        """What the column is called in the dump."""
        name: str = getattr(self._columns, key)
        return name

    def _time(self, text: str) -> int | None:
        try:
            moment = datetime.strptime(text, self._columns.time_format)
        except ValueError:
            return None
        if not YEAR_MIN <= moment.year <= YEAR_MAX:
            return None
        return int(moment.timestamp()) * US_PER_S if moment.tzinfo else self._zone.us(moment)


class CsvDecoder:
    """The readings of a dump; findings as of `CsvRows`. `tell` makes the reading of a row."""

    def __init__(self, columns: CsvColumns, zone: Zone, tell: Callable[[Row], Reading]) -> None:
        self._rows = CsvRows(columns, zone)
        self._tell = tell

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        used, items = self._rows.read(data, end=end)
        return Decoded(used, [self._tell(item) if isinstance(item, Row) else item for item in items])


def _wrong_tag(text: str) -> str:
    """The name of what is wrong with a tag, or empty."""
    if not text:
        return "blank_tag"
    if _MANGLED.fullmatch(text):
        return "mangled"
    return "" if len(text) <= MAX_TAG and text.isprintable() else "bad_tag"
