"""The core of `watchkeeper decode`: bytes in, JSON lines out, as an installer needs them to find a fault.

A line is `{"reading": kind, …fields}` or `{"finding": reason, "offset": n, "bytes_hex": …}`, of a table in text with `line` and
`column`. What a device tells with its own time has that as `device_at`. The offset counts the input's bytes from its start; with
hex input it counts the bytes that the text stands for, except for the finding `bad_hex`, where it is the place in the text. It
streams, and keeps one unit at most, so that a port may be read for days.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from contract.clock import rfc3339
from contract.readings import CardRead, Reading, TamperContact
from contract.settings import check_plain
from drivers.feed import Feed
from drivers.port import Dated, Decoder, DriverKind, Finding
from drivers.table import DRIVERS, driver_kind
from watchkeeper.hextext import HexText

MAX_PENDING_BYTES = 65 * 1024 * 1024
"""The largest unit of all is a video file of 64 MiB. Decoders of lines and frames keep far less of their own accord."""

_SHOWN: dict[type[Reading], tuple[str, ...]] = {CardRead: ("facility", "number", "bits", "parity")}
"""The fields to print, where not all: a card has no keyed hash before an agent has made it."""

_IF_SAID: dict[type[Reading], tuple[str, ...]] = {TamperContact: ("name",)}
"""Fields that a kind got later. What is printed is a contract, so that they are left out where they are empty."""


def decode_stream(
    driver_name: str,
    chunks: Iterable[bytes],
    *,
    hex_input: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Iterator[str]:
    """The JSON lines, without line ends, that `chunks` make; each as soon as its bytes are there. How the input is cut does
    not matter. `hex_input`: the input is hex text of the bytes, blanks anywhere; drivers whose unit is a line of text take
    the same lines either way. `options` are the driver's part of a device's settings.

    Raises UnknownDriver, ImportError, or ValueError for options that do not fit, before the first line; never for the input."""
    kind = driver_kind(driver_name)
    settings = _settings(kind, options or {})
    show = partial(line_of, shows=partial(kind.shows, settings))
    return _lines(lambda: kind.decoder(settings), chunks, HexText() if hex_input and not kind.lines else None, show)


def list_drivers() -> Iterator[str]:
    """One JSON line a driver: its name, what one input unit is, the reading kinds it makes. A driver whose libraries cannot be
    loaded here has `error` instead."""
    for name in DRIVERS:
        try:
            kind = driver_kind(name)
        except ImportError as error:
            yield _json({"driver": name, "error": str(error)})
            continue
        kinds = [str(one.__struct_config__.tag) for one in kind.readings]
        yield _json({"driver": name, "unit": kind.unit, "readings": kinds})


def line_of(item: Reading | Finding, shows: Callable[[Reading], Mapping[str, Any]] | None = None) -> str:
    """The JSON line for one thing that a decoder said. `shows`: what is printed besides a reading's fields."""
    if isinstance(item, Finding):
        place = {} if item.line is None else {"line": item.line, "column": item.column or None}
        return _json({"finding": item.reason, "offset": item.offset, **place, "bytes_hex": item.data.hex()})
    if isinstance(item, Dated):
        return line_of(
            item.reading, lambda reading: {**(shows(reading) if shows else {}), "device_at": rfc3339(item.device_at_us)}
        )
    fields = _SHOWN.get(type(item), item.__struct_fields__)
    shown = [field for field in fields if field not in _IF_SAID.get(type(item), ()) or getattr(item, field)]
    said = {field: getattr(item, field) for field in shown}
    return _json({"reading": item.kind, **said, **(shows(item) if shows else {})})


def _lines(
    make: Callable[[], Decoder], chunks: Iterable[bytes], text: HexText | None, show: Callable[[Reading | Finding], str]
) -> Iterator[str]:
    feed = Feed(make, max_bytes=MAX_PENDING_BYTES)
    for chunk in chunks:
        for part in text.push(chunk) if text else (chunk,):
            yield from map(show, (part,) if isinstance(part, Finding) else feed.push(part))
    yield from map(show, feed.end())
    yield from map(show, text.end() if text else ())


def _settings(kind: DriverKind, options: Mapping[str, Any]) -> msgspec.Struct:
    checked = check_plain(f"options of {kind.name}", options, kind.options)
    if checked.value is None:
        raise ValueError("\n".join(checked.messages))
    return checked.value


def _json(line: Mapping[str, Any]) -> str:
    return msgspec.json.encode(line).decode()
