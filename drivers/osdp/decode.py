"""A capture of an OSDP line, both directions: each frame, what it says of itself, and the readings in it. Sans-IO."""

from typing import Literal

from contract.readings import Reading
from drivers.contacts_modbus.decode import Said
from drivers.osdp.codes import ENCRYPTED, NAK, NAKS, name_of
from drivers.osdp.content import Content
from drivers.osdp.frames import Frame, Splitter
from drivers.osdp.options import OsdpOptions
from drivers.port import Decoded, Finding


class OsdpFrame(Reading, frozen=True):
    """One frame whose length and check are right, for people alone: it is never sent. `code` and `data` are hex; `data` is as it
    came, so that what is encrypted stays so, and is followed by the MAC in `mac`."""

    address: int
    reply: bool
    name: str
    code: str
    sequence: int
    length: int
    check: Literal["crc", "checksum"]
    block: str = ""
    data: str = ""
    mac: str = ""
    nak: str = ""


class OsdpDecoder:
    """Findings: those of `frames.Splitter`, `unknown_code` (no command or reply of the standard), and those of `content.Content`.
    A capture has no times, so no PIN times out; what is encrypted cannot be read here."""

    def __init__(self, options: OsdpOptions) -> None:
        self._options = options
        self._splitter = Splitter()
        self._contents: dict[int, Content] = {}

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`."""
        used, parts = self._splitter.split(data, end=end)
        items: list[Reading | Finding] = []
        for part in parts:
            items += [part] if isinstance(part, Finding) else self._frame(part)
        return Decoded(used, items)

    def _frame(self, frame: Frame) -> list[Reading | Finding]:
        name = name_of(frame.code, reply=frame.reply)
        items: list[Reading | Finding] = [_shown(frame, name)]
        if not name:
            items.append(Finding("unknown_code", frame.offset, frame.raw))
        if not frame.reply or frame.block_type in ENCRYPTED:
            return items
        content = self._contents.setdefault(frame.address, Content(self._options))
        return items + [_placed(one, frame) for one in content.take(frame.code, frame.data, 0)]


def _placed(one: Said | Finding, frame: Frame) -> Reading | Finding:
    return one._replace(offset=frame.offset, data=frame.raw) if isinstance(one, Finding) else one.reading


def _shown(frame: Frame, name: str) -> OsdpFrame:
    return OsdpFrame(
        address=frame.address,
        reply=frame.reply,
        name=name,
        code=f"{frame.code:02X}",
        sequence=frame.sequence,
        length=len(frame.raw),
        check="crc" if frame.crc else "checksum",
        block=f"SCS_{frame.block_type:02X}" if frame.block else "",
        data=frame.data.hex(),
        mac=frame.mac.hex(),
        nak=NAKS.get(frame.data[0], "unknown") if frame.reply and frame.code == NAK and frame.data else "",
    )


def shows(_options: OsdpOptions, reading: Reading) -> dict[str, str]:
    """The verdict on the check: a frame whose check is wrong is a finding and never here."""
    return {reading.check: "ok"} if isinstance(reading, OsdpFrame) else {}
