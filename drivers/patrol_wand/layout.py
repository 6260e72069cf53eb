"""What a stored record looks like: a table that an installer writes for another maker's wand. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from contract.clock import US_PER_S
from drivers.zones import Zone

RECORD_BYTES_MAX: Final = 240
FIELD_BYTES_MAX: Final = 64

_At = Annotated[int, msgspec.Meta(ge=0, lt=RECORD_BYTES_MAX)]
_Size = Annotated[int, msgspec.Meta(ge=1, le=FIELD_BYTES_MAX)]
TagForm = Literal["hex", "hex_reversed", "text", "bcd"]
TimeForm = Literal["bcd", "binary", "epoch_be", "epoch_le"]

LETTERS: Final = "YMDhms"
YEAR_MIN, YEAR_MAX = 2000, 2099


class TagField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a tag stands. `form`: bytes as upper-case hex, the same from the last byte to the first, ASCII text, or decimal
    digits. `size_at`: the byte that says how many of the `size` bytes count. Bytes that are all 00 or all FF are no tag."""

    at: _At
    size: _Size
    form: TagForm = "hex"
    size_at: _At | None = None


class NumberField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a record's own number stands. Without this field it is counted from the first number of the answer."""

    at: _At
    size: Annotated[int, msgspec.Meta(ge=1, le=4)] = 4
    form: Literal["be", "le"] = "be"


class TimeField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the time stands. `bcd` and `binary` have one byte for each letter of `order` (Y, the year from 2000, M, D, h, m, s; a
    - is skipped); `epoch_be` and `epoch_le` have four bytes, seconds since 1970 UTC."""

    at: _At
    form: TimeForm = "bcd"
    order: Annotated[str, msgspec.Meta(pattern="^[YMDhms-]{5,10}$")] = LETTERS

    def __post_init__(self) -> None:
        letters = sorted(self.order.replace("-", ""))
        if letters not in (sorted(LETTERS), sorted("YMDhm")):
            raise ValueError("order has each of Y M D h m once, and s or not: write for example YMDhms")

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.order) if self.form in ("bcd", "binary") else 4


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record, `size` bytes. The defaults are the protocol's own: number, time, the guard's tag of 3 bytes, and a checkpoint's
    tag of 5 or 8, its length in front."""

    size: Annotated[int, msgspec.Meta(ge=1, le=RECORD_BYTES_MAX)] = 22
    time: TimeField = TimeField(at=4)
    tag: TagField = TagField(at=14, size=8, size_at=13)
    guard: TagField | None = TagField(at=10, size=3)
    number: NumberField | None = NumberField(at=0)

    def __post_init__(self) -> None:
        for name in ("time", "tag", "guard", "number"):
            field = getattr(self, name)
            if field is not None and field.at + field.size > self.size:
                raise ValueError(f"{name} ends behind the record's {self.size} bytes: make size larger, or at smaller")
            if isinstance(field, TagField) and field.size_at is not None and field.size_at >= self.size:
                raise ValueError(f"{name}.size_at lies behind the record's {self.size} bytes")


class Scan(NamedTuple):
    """What a record says. `at_us`: by the wand's own clock, which shows local time."""

    number: int
    at_us: int
    tag: str
    guard: str | None


def scan_of(record: bytes, number: int, layout: Layout, zone: Zone) -> Scan | str:
    """The record's scan, or the name of what is wrong: `bad_time`, `blank_tag`, `bad_tag`, `bad_guard`. `number`: what the
    record's would be by its place in the answer."""
    if layout.number is not None:
        number = number_of(record, layout.number)
    at_us = time_of(record, layout.time, zone)
    if at_us is None:
        return "bad_time"
    tag = _tag_of(record, layout.tag)
    if not tag:
        return "bad_tag" if tag is None else "blank_tag"
    guard = "" if layout.guard is None else _tag_of(record, layout.guard)
    if guard is None:
        return "bad_guard"
    return Scan(number, at_us, tag, guard or None)


def number_of(record: bytes, field: NumberField) -> int:
    """The record's own number."""
    return int.from_bytes(record[field.at : field.at + field.size], "big" if field.form == "be" else "little")


def time_of(record: bytes, field: TimeField, zone: Zone) -> int | None:
    """The time in UTC, or None where it is none that a clock shows."""
    raw = record[field.at : field.at + field.size]
    if field.form in ("epoch_be", "epoch_le"):
        return int.from_bytes(raw, "big" if field.form == "epoch_be" else "little") * US_PER_S
    parts = dict.fromkeys(LETTERS, 0)
    for letter, byte in zip(field.order, raw, strict=True):
        value = byte if field.form == "binary" else _bcd(byte)
        if value is None:
            return None
        parts[letter] = value
    try:
        local = datetime(YEAR_MIN + parts["Y"], parts["M"], parts["D"], parts["h"], parts["m"], parts["s"])
    except ValueError:
        return None
    return zone.us(local) if local.year <= YEAR_MAX else None


def time_bytes(at_us: int, field: TimeField, zone: Zone) -> bytes:
    """`at_us` as a wand writes it, the fraction of a second cut off. A year that it cannot write is written as the nearest."""
    if field.form in ("epoch_be", "epoch_le"):
        return (at_us // US_PER_S).to_bytes(4, "big" if field.form == "epoch_be" else "little")
    local = zone.local(at_us)
    year = min(max(local.year, YEAR_MIN), YEAR_MAX) - YEAR_MIN
    parts = {"Y": year, "M": local.month, "D": local.day, "h": local.hour, "m": local.minute, "s": local.second, "-": 0}
    values = (parts[letter] for letter in field.order)
    return bytes(value if field.form == "binary" else value // 10 << 4 | value % 10 for value in values)


def record_bytes(scan: Scan, layout: Layout, zone: Zone) -> bytes:
    """The record of a scan, for twins and tests. Raises ValueError for a tag that does not fit."""
    record = bytearray(layout.size)
    if layout.number is not None:
        size, form = layout.number.size, layout.number.form
        _put(record, layout.number.at, scan.number.to_bytes(size, "big" if form == "be" else "little"))
    _put(record, layout.time.at, time_bytes(scan.at_us, layout.time, zone))
    _put_tag(record, scan.tag, layout.tag)
    if layout.guard is not None:
        _put_tag(record, scan.guard or "", layout.guard)
    return bytes(record)


def _put(record: bytearray, at: int, data: bytes) -> None:
    record[at : at + len(data)] = data


def _put_tag(record: bytearray, tag: str, field: TagField) -> None:
    data = _BYTES_OF[field.form](tag)
    if len(data) > field.size:
        raise ValueError(f"the tag {tag} has more than {field.size} bytes")
    if field.size_at is not None:
        record[field.size_at] = len(data)
    _put(record, field.at, data + bytes(field.size - len(data)))


def _tag_of(record: bytes, field: TagField) -> str | None:
    """The tag as text; empty where there is none, None where its bytes are not what they should be."""
    size = field.size if field.size_at is None else record[field.size_at]
    if size > field.size:
        return None
    raw = record[field.at : field.at + size]
    if not raw or raw in (bytes(size), b"\xff" * size):
        return ""
    return _TEXT_OF[field.form](raw)


def _text(raw: bytes) -> str | None:
    text = raw.rstrip(b"\x00 ").decode("ascii", errors="replace")
    return text.strip() if text.isprintable() and text.isascii() else None


def _digits(raw: bytes) -> str | None:
    text = raw.hex()
    return text if text.isdecimal() else None


def _bcd(byte: int) -> int | None:
    tens, ones = byte >> 4, byte & 0x0F
    return tens * 10 + ones if tens < 10 and ones < 10 else None


_TEXT_OF: dict[TagForm, Callable[[bytes], str | None]] = {
    "hex": lambda raw: raw.hex().upper(),
    "hex_reversed": lambda raw: raw[::-1].hex().upper(),
    "text": _text,
    "bcd": _digits,
}
_BYTES_OF: dict[TagForm, Callable[[str], bytes]] = {
    "hex": bytes.fromhex,
    "hex_reversed": lambda tag: bytes.fromhex(tag)[::-1],
    "text": str.encode,
    "bcd": bytes.fromhex,
}

CLOCK: Final = TimeField(at=0)
"""How the clock itself is read and set."""
