"""The control panel's half of a talk with one reader: sequence numbers and the secure channel. Sans-IO."""

from typing import NamedTuple

from drivers.osdp.codes import BUSY, ENCRYPTED, NAK, SCS_15, SCS_16, SCS_17, SCS_18
from drivers.osdp.frames import MAC_BYTES, Frame, build, checked
from drivers.osdp.secure import Channel

_UNPROVEN = frozenset((NAK, BUSY))
"""What a reader may say outside an open channel: that it does not understand, as after a restart, or has no time."""


class Reply(NamedTuple):
    """What a reader answered, in plain. `block`: its security block; `proven`: it came through the open channel."""

    code: int
    data: bytes
    block: bytes = b""
    proven: bool = False


class Session:
    """From `restart` to the next one. A question that is put again is the same bytes again: the reader then says its answer
    again, and the chain of MACs stays whole."""

    def __init__(self, address: int, *, crc: bool = True) -> None:
        self._address = address
        self._crc = crc
        self._next = 0
        self._asked = b""
        self._sequence = 0
        self.channel: Channel | None = None

    def restart(self) -> None:
        """Begin anew: sequence 0 makes the reader forget what was, an open channel too."""
        self._next = 0
        self.channel = None

    def question(self, code: int, data: bytes = b"", block: bytes = b"") -> bytes:
        """The frame of the next command. In an open channel it is sealed, and its data encrypted."""
        self._sequence, self._next = self._next, self._next % 3 + 1
        if self.channel is not None:
            block = bytes((SCS_17 if data else SCS_15,))
            data = self.channel.encrypt_command(data) if data else b""
        unchecked = build(
            address=self._address,
            reply=False,
            sequence=self._sequence,
            code=code,
            data=data,
            block=block,
            crc=self._crc,
            mac_bytes=MAC_BYTES if self.channel else 0,
        )
        if self.channel is not None:
            unchecked += self.channel.seal_command(unchecked)
        self._asked = checked(unchecked, crc=self._crc)
        return self._asked

    def answer(self, frame: Frame) -> Reply | str:
        """The answer to the last question, or the name of why `frame` is none: `echo`, `other_panel` (a command, and not ours),
        `wrong_address`, `wrong_sequence`, `not_secure` (plain, in an open channel), `bad_mac`."""
        if not frame.reply:
            return "echo" if frame.raw == self._asked else "other_panel"
        if frame.address != self._address:
            return "wrong_address"
        if frame.sequence != self._sequence and frame.code != BUSY:
            return "wrong_sequence"
        if self.channel is None:
            return Reply(frame.code, frame.data, frame.block)
        return self._opened(frame, self.channel)

    def _opened(self, frame: Frame, channel: Channel) -> Reply | str:
        if frame.block_type not in (SCS_16, SCS_18):
            return Reply(frame.code, frame.data) if frame.code in _UNPROVEN else "not_secure"
        before_mac = frame.raw[: -MAC_BYTES - (2 if frame.crc else 1)]
        encrypted = frame.block_type in ENCRYPTED
        # A reply that came twice has the MAC of the one before, and is none to this question.
        opened = channel.open_reply(before_mac, frame.mac, frame.data, encrypted=encrypted)
        if opened is None:
            return "bad_mac"
        return Reply(frame.code, opened, frame.block, proven=True)
