"""A dump that the maker's own program wrote: a table in text, its columns found by their names. Sans-IO."""

import csv
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

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


Tell = Callable[[str, int | None, int, str, str | None], Reading]
"""Makes the reading of a wand's name, a scan's number, its time by the wand's clock, the tag, and the guard's tag."""


class CsvDecoder:
    """Findings: `no_column` (the header lacks the tag or the time), `no_header` (a line under such a header), `columns` (a line
    with too few), `malformed` (quotes), `encoding`, `bad_time`, `bad_number`, `blank_tag`, `bad_tag`, `mangled` (a spreadsheet
    has rounded the number), `too_long`. Quoted line ends are not understood."""

    def __init__(self, columns: CsvColumns, zone: Zone, tell: Tell) -> None:
        self._columns = columns
        self._zone = zone
        self._tell = tell
        self._header: dict[str, int] | None = None

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(data):
            stop = data.find(b"\n", at, at + MAX_LINE_BYTES)
            if stop < 0 and len(data) - at >= MAX_LINE_BYTES:
                items.append(Finding("too_long", at, data[at : at + MAX_EXAMPLE_BYTES]))
                at += MAX_LINE_BYTES
                continue
            if stop < 0 and not end:
                break
            line = data[at:] if stop < 0 else data[at:stop]
            item = self._line(line.rstrip(b"\r"))
            if isinstance(item, str):
                items.append(Finding(item, at, line[:MAX_EXAMPLE_BYTES]))
            elif item is not None:
                items.append(item)
            at = len(data) if stop < 0 else stop + 1
        return Decoded(at, items)

    def _line(self, line: bytes) -> Reading | str | None:
        try:
            text = line.decode(self._columns.encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            return "encoding"
        if not text.strip():
            return None
        try:
            (cells,) = csv.reader([text], delimiter=self._columns.delimiter, strict=True)
        except (csv.Error, ValueError):
            return "malformed"
        cells = [cell.strip() for cell in cells]
        if self._header is None:
            return self._take_header(cells)
        return self._row(cells, self._header)

    def _take_header(self, cells: Sequence[str]) -> str | None:
        names = {cell: index for index, cell in reversed(list(enumerate(cells)))}
        found = {key: names.get(getattr(self._columns, key), -1) for key in ("tag", "time", "guard", "number", "wand")}
        complete = found["tag"] >= 0 and found["time"] >= 0
        self._header = found if complete else {}
        return None if complete else "no_column"

    def _row(self, cells: Sequence[str], header: dict[str, int]) -> Reading | str:
        if not header:
            return "no_header"
        if max(header.values()) >= len(cells):
            return "columns"
        cell = {key: "" if index < 0 else cells[index] for key, index in header.items()}
        at_us = self._time(cell["time"])
        if at_us is None:
            return "bad_time"
        wrong = _wrong_tag(cell["tag"]) or (cell["guard"] and _wrong_tag(cell["guard"]))
        if wrong:
            return wrong
        if cell["number"] and not (cell["number"].isascii() and cell["number"].isdecimal() and len(cell["number"]) <= 10):
            return "bad_number"
        number = int(cell["number"]) if cell["number"] else None
        return self._tell(cell["wand"][:MAX_WAND], number, at_us, cell["tag"].upper(), cell["guard"].upper() or None)

    def _time(self, text: str) -> int | None:
        try:
            moment = datetime.strptime(text, self._columns.time_format)
        except ValueError:
            return None
        if not YEAR_MIN <= moment.year <= YEAR_MAX:
            return None
        return int(moment.timestamp()) * US_PER_S if moment.tzinfo else self._zone.us(moment)


def _wrong_tag(text: str) -> str:
    """The name of what is wrong with a tag, or empty."""
    if not text:
        return "blank_tag"
    if _MANGLED.fullmatch(text):
        return "mangled"
    return "" if len(text) <= MAX_TAG and text.isprintable() else "bad_tag"
