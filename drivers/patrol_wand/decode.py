"""What comes out of a patrol wand becomes scans: frames from its cradle, or the dump of the maker's own program. Sans-IO.

A scan's name is `WAND-NUMBER`: the wand's number in hex and the record's own, which never restarts; where a dump has no numbers
it is made of the wand, the time and the tag. So what is read out twice has the same names.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from contract.clock import US_PER_S
from contract.readings import MAX_TEXT, Reading, TagScanned
from contract.topics import is_id
from drivers.patrol_wand.csvdump import CsvColumns, CsvDecoder, Row
from drivers.patrol_wand.frames import READ_RECORDS, REFUSED, STX, Frame, cut, wand_name
from drivers.patrol_wand.layout import Layout, Scan, scan_of
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Decoder, Finding
from drivers.zones import zone_of

SNIFFED_BYTES: Final = 512
NUMBER_BYTES: Final = 4
_PAYLOAD_AT: Final = 7

Medium = Literal["nfc", "rfid", "ibutton", "qr", "card", "hand"]
Input = Literal["auto", "frames", "csv"]
WandNumber = Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{8}$")]


class PatrolWandOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The driver's settings.

    wands: the device of each wand that may stand in this cradle, by the number it tells, eight hex digits. The cradle's own id
    may be one of them, where there is but one wand. layout: what a record looks like. zone: what the wand's clock shows. poll_ms:
    how often a wand is looked for. timeout_ms: how long it may say nothing. clock_off_max_s: by how much its clock may be off
    before it is set.

    input and csv are for `watchkeeper decode`: frames, a dump, or what the input looks like.
    """

    wands: dict[WandNumber, str] = {}
    medium: Medium = "rfid"
    layout: Layout = Layout()
    zone: str = "Asia/Shanghai"
    poll_ms: Annotated[int, msgspec.Meta(ge=100, le=1000)] = 500
    timeout_ms: Annotated[int, msgspec.Meta(ge=50, le=800)] = 300
    clock_off_max_s: Annotated[float, msgspec.Meta(ge=2, le=3600)] = 5.0
    input: Input = "auto"
    csv: CsvColumns = CsvColumns()

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for number, device in self.wands.items():
            if not is_id(device):
                raise ValueError(
                    f"wands.{number} is {device[:40]!r}, which is no id: write a device of the estate, such as wand-1"
                )
        if len(set(self.wands.values())) < len(self.wands):
            raise ValueError("two wands have one device: give each of them its own")

    @property
    def brings(self) -> tuple[str, ...]:
        """The devices whose readings come by this cradle; see `edge.config_types.spoken_for`."""
        return tuple(self.wands.values())


class Told(NamedTuple):
    """One record of an answer: its number, its bytes and where they stand in the payload, and its scan or what is wrong.
    `rises`: its number is higher than those in front of it."""

    number: int
    at: int
    data: bytes
    scan: Scan | str
    rises: bool


def records_of(payload: bytes, options: PatrolWandOptions) -> list[Told] | None:
    """The records of an answer to READ_RECORDS; None where its length is wrong."""
    size = options.layout.size
    if len(payload) < NUMBER_BYTES or (len(payload) - NUMBER_BYTES) % size:
        return None
    first = int.from_bytes(payload[:NUMBER_BYTES])
    return list(_records(payload, first, options))


def _records(payload: bytes, first: int, options: PatrolWandOptions) -> Iterator[Told]:
    layout, zone = options.layout, zone_of(options.zone)
    last = first - 1
    for index, at in enumerate(range(NUMBER_BYTES, len(payload), layout.size)):
        data = payload[at : at + layout.size]
        scan = scan_of(data, first + index, layout, zone)
        number = scan.number if isinstance(scan, Scan) else first + index
        yield Told(number, at, data, scan, rises=number > last)
        last = max(last, number)


def scanned(medium: Medium, wand: str, number: int | None, at_us: int, tag: str, guard: str | None) -> TagScanned:
    """The reading of a scan, as the wand's clock has it."""
    name = scan_name(wand, number, at_us, tag)[:MAX_TEXT]
    return TagScanned(tag=tag[:MAX_TEXT], medium=medium, scan=name, guard=guard, made_at_us=at_us)


def scan_name(wand: str, number: int | None, at_us: int, tag: str) -> str:
    """The name of a scan, the same however it is read out. `at_us`: by the wand's clock."""
    return f"{wand}@{at_us // US_PER_S}-{tag}" if number is None else f"{wand}-{number}"


def _of_row(medium: Medium, row: Row) -> TagScanned:
    return scanned(medium, row.wand, row.number, row.at_us, row.tag, row.guard)


def shown(options: PatrolWandOptions, reading: Reading) -> Mapping[str, str]:
    """What people want to see of a scan besides its fields: its time as the wand's clock showed it."""
    if not isinstance(reading, TagScanned) or reading.made_at_us is None:
        return {}
    return {"made_at_local": zone_of(options.zone).text(reading.made_at_us)}


class PatrolWandDecoder:
    """Findings: those of `frames.cut` and `layout.scan_of`, `out_of_order` (the scan is told all the same), `bad_length` (an
    answer that holds no whole number of records), `refused` (the wand said no); or those of `csvdump.CsvDecoder`. Questions, and
    answers without records, say nothing."""

    def __init__(self, options: PatrolWandOptions) -> None:
        self._options = options
        self._inner: Decoder | None = None if options.input == "auto" else self._decoder(options.input)

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        if self._inner is None:
            kind = _looks_like(data[:SNIFFED_BYTES], end, self._options.csv.delimiter)
            if kind is None:
                return Decoded(0, [])
            self._inner = self._decoder(kind)
        return self._inner.decode(data, end=end)

    def _decoder(self, kind: Input) -> Decoder:
        options = self._options
        if kind == "frames":
            return FrameDecoder(options)
        return CsvDecoder(options.csv, zone_of(options.zone), partial(_of_row, options.medium))


class FrameDecoder:
    """The frames alone; see PatrolWandDecoder."""

    def __init__(self, options: PatrolWandOptions) -> None:
        self._options = options

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(data):
            used, frame, finding = cut(data, at, end=end)
            if not used:
                break
            if finding is not None:
                items.append(finding)
            elif frame is not None:
                items += self._frame(frame, at, data[at : at + used])
            at += used
        return Decoded(at, items)

    def _frame(self, frame: Frame, at: int, whole: bytes) -> Iterator[Reading | Finding]:
        if frame.answer and frame.command == REFUSED:
            yield Finding("refused", at, whole[:MAX_EXAMPLE_BYTES])
        if not frame.answer or frame.command != READ_RECORDS:
            return
        records = records_of(frame.payload, self._options)
        if records is None:
            yield Finding("bad_length", at, whole[:MAX_EXAMPLE_BYTES])
        for told in records or ():
            reason = told.scan if isinstance(told.scan, str) else "" if told.rises else "out_of_order"
            if reason:
                yield Finding(reason, at + _PAYLOAD_AT + told.at, told.data[:MAX_EXAMPLE_BYTES])
            if isinstance(told.scan, Scan):
                yield reading_of(frame.wand, told.scan, self._options)


def reading_of(wand: int, scan: Scan, options: PatrolWandOptions) -> TagScanned:
    """The reading of a record, as the wand's clock has it."""
    return scanned(options.medium, wand_name(wand), scan.number, scan.at_us, scan.tag, scan.guard)


def _looks_like(data: bytes, end: bool, delimiter: str) -> Input | None:
    """Whether the input begins with a line of text that has a delimiter, or not; None while that cannot be said."""
    line, newline, _ = data.partition(b"\n")
    if STX in line:
        return "frames"
    if not newline and len(data) < SNIFFED_BYTES and not end:
        return None
    is_text = delimiter.encode() in line and all(byte >= 0x20 or byte in b"\t\r" for byte in line)
    return "csv" if is_text else "frames"


def devices_of(options: PatrolWandOptions) -> Mapping[int, str]:
    """The device of each wand, by its number."""
    return {int(number, 16): device for number, device in options.wands.items()}
