"""What `watchkeeper decode` reads of a camera: a pushed body, records alone, or a captured stream. Sans-IO."""

from typing import Final

from contract.envelope import TIME_MAX_US
from contract.readings import Reading
from drivers.cameras.heard import Heard, Reader
from drivers.cameras.units import Units
from drivers.jpeg import picture_of
from drivers.port import MAX_EXAMPLE_BYTES, Dated, Decoded, Finding

UNIT: Final = "what the camera sent: a record alone, a multipart body (its boundary is found), or a stream as it was captured"


class CameraDecoder:
    """See `drivers.port.Decoder`. Each record is told when it is whole; all of `data` is taken at once, so that an item's place
    may lie before it. Pictures are looked at, and not shown. Findings: those of `Units`, `bad_picture`, and the reader's."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._units = Units()
        self._at = 0

    @property
    def pending(self) -> int:
        """How many bytes wait for more."""
        return self._units.pending

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        begin, self._at = self._at, self._at + len(data)
        items: list[Heard | Finding] = []
        for unit in self._units.push(data, end=end):
            if isinstance(unit, Finding):
                items.append(unit)
            elif unit.kind != "picture":
                items += self._reader.heard(unit)
            elif picture_of(unit.data) is None:
                items.append(Finding("bad_picture", unit.offset, unit.data[:MAX_EXAMPLE_BYTES]))
        return Decoded(len(data), [_shown(one, begin) for one in items])


def _shown(one: Heard | Finding, begin: int) -> Reading | Finding:
    if isinstance(one, Finding):
        return one._replace(offset=one.offset - begin)
    at_us = one.said.device_at_us
    return one.said.reading if at_us is None or not 0 <= at_us <= TIME_MAX_US else Dated(one.said.reading, at_us)
