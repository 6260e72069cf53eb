"""Readers at the other end of an OSDP line, with the secure channel."""

import struct
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Final

from drivers.osdp.codes import (
    ACK,
    BUSY,
    BUZ,
    CAP,
    CCRYPT,
    CHLNG,
    ENCRYPTED,
    ID,
    ISTAT,
    ISTATR,
    KEY_DEFAULT,
    KEY_OWN,
    KEYPAD,
    KEYSET,
    LED,
    LSTAT,
    LSTATR,
    NAK,
    OUT,
    PDCAP,
    PDID,
    POLL,
    RAW,
    RMAC_I,
    SCRYPT,
    SCS_12,
    SCS_14,
    SCS_15,
    SCS_16,
    SCS_17,
    SCS_18,
)
from drivers.osdp.frames import MAC_BYTES, Frame, Splitter, build, checked
from drivers.osdp.secure import KEY_BYTES, SCBK_D, Channel, Keys, same
from drivers.port import DeviceLost
from drivers.transports import Line
from drivers.transports.pace import write_paced
from drivers.wiegand.formats import BY_NAME, DEFAULTS, encode

UID: Final = bytes.fromhex("00e0c10102030405")
RND_B: Final = bytes.fromhex("a1b2c3d4e5f60718")
WAITING_MAX: Final = 16
_READ_S: Final = 0.02
_UNPLUGGED_S: Final = 0.05
_WRONG_SEQUENCE: Final = 4
_WANTS_CHANNEL: Final = 6
_UNKNOWN: Final = 3
_CANNOT: Final = 9
_OPENLY: Final = frozenset((ID, CAP, CHLNG, SCRYPT))
"""What a reader that wants the secure channel answers without."""


class ReaderTwin:
    """One reader: frames in, the reply out. `key`: its own, None as it leaves the factory. `insists`: it answers nothing that
    matters outside the secure channel, once it has a key. `can_secure`: it knows the channel at all."""

    def __init__(
        self, address: int = 0, *, key: bytes | None = None, inputs: int = 0, can_secure: bool = True, insists: bool = True
    ) -> None:
        self.address = address
        self.key = key
        self.can_secure = can_secure
        self.insists = insists
        self.lights: deque[int] = deque(maxlen=WAITING_MAX)
        self.tones: deque[int] = deque(maxlen=WAITING_MAX)
        self.outputs: dict[int, tuple[int, int]] = {}
        """Of each output what it was told last: the control code, and for how many tenths of a second."""
        self.busy = 0
        """How many questions it has no time for."""
        self.plain = False
        """A thief's box in its place: it answers plainly whatever comes."""
        self.refuses: set[int] = set()
        """Commands that it cannot carry out."""
        self.polls = 0
        self.challenges = 0
        """How often somebody has begun to open the secure channel."""
        self._local = [0, 0]
        self._inputs = bytearray(inputs)
        self._waiting: deque[tuple[int, bytes]] = deque(maxlen=WAITING_MAX)
        self._lock = Lock()
        self._channel: Channel | None = None
        self._keys: Keys | None = None
        self._asked = b""
        self._replied = b""
        self._sequence = 0

    # What happens at the reader

    def present(self, facility: int | None, number: int, bits: int = 26, *, name: str | None = None) -> None:
        """Hold a card to it. Raises ValueError when the card does not fit the format."""
        one = BY_NAME[name] if name else DEFAULTS[bits]
        frame = encode(one, facility, number)
        self.tell(RAW, raw_card(frame, one.bits))

    def type(self, keys: bytes) -> None:
        """Press keys: digits, 7F for *, 0D for #."""
        self.tell(KEYPAD, bytes((0, len(keys))) + keys)

    def tamper(self, active: bool) -> None:
        """Open its housing, or close it."""
        self._local[0] = int(active)
        self.tell(LSTATR, bytes(self._local))

    def power(self, failing: bool) -> None:
        """Let its supply fail, or come back."""
        self._local[1] = int(failing)
        self.tell(LSTATR, bytes(self._local))

    def set_input(self, number: int, active: bool) -> None:
        """Close the circuit of an input, or open it."""
        self._inputs[number] = int(active)
        self.tell(ISTATR, bytes(self._inputs))

    def tell(self, code: int, data: bytes) -> None:
        """Answer the next poll with this."""
        with self._lock:
            self._waiting.append((code, data))

    @property
    def waiting(self) -> int:
        """How much it still has to tell."""
        return len(self._waiting)

    def restart(self) -> None:
        """Lose the power for a moment: an open channel is gone."""
        with self._lock:
            self._forget()

    # What comes over the wire

    def answer(self, frame: Frame) -> bytes:
        """The reply to a command."""
        with self._lock:
            if frame.raw == self._asked and self._replied:
                return self._replied
            if self.busy:
                self.busy -= 1
                return self._plain(0, BUSY, b"")
            self._asked, self._replied = frame.raw, self._reply(frame)
            return self._replied

    def _reply(self, frame: Frame) -> bytes:
        if frame.sequence == 0:
            self._forget()
        elif frame.sequence != self._sequence % 3 + 1:
            return self._plain(frame.sequence, NAK, bytes((_WRONG_SEQUENCE,)))
        self._asked, self._sequence = frame.raw, frame.sequence
        self.challenges += frame.code == CHLNG
        if self.plain:
            return self._plain(frame.sequence, *self._do(frame.code, frame.data))
        if frame.block_type in (SCS_15, SCS_17):
            return self._in_channel(frame)
        if frame.code in (CHLNG, SCRYPT) and self.can_secure:
            return self._handshake(frame)
        if self.key and self.insists and frame.code not in _OPENLY:
            return self._plain(frame.sequence, NAK, bytes((_WANTS_CHANNEL,)))
        return self._plain(frame.sequence, *self._do(frame.code, frame.data))

    def _in_channel(self, frame: Frame) -> bytes:
        channel = self._channel
        if channel is None:
            return self._plain(frame.sequence, NAK, bytes((_WANTS_CHANNEL,)))
        before_mac = frame.raw[: -MAC_BYTES - (2 if frame.crc else 1)]
        data = channel.open_command(before_mac, frame.mac, frame.data, encrypted=frame.block_type in ENCRYPTED)
        if data is None:
            self._forget()
            return self._plain(frame.sequence, NAK, bytes((_WANTS_CHANNEL,)))
        code, said = self._do(frame.code, data)
        block = bytes((SCS_18 if said else SCS_16,))
        sealed = channel.encrypt_reply(said) if said else b""
        unchecked = self._frame(frame.sequence, code, sealed, block, MAC_BYTES)
        return checked(unchecked + channel.seal_reply(unchecked))

    def _handshake(self, frame: Frame) -> bytes:
        if frame.code == CHLNG:
            which = KEY_OWN if self.key and frame.block[1:2] == bytes((KEY_OWN,)) else KEY_DEFAULT
            # A reader that has its own key does not open to the one that everybody knows.
            scbk = self.key or SCBK_D
            self._keys = Keys(scbk, frame.data, RND_B)
            said = UID + RND_B + self._keys.client_cryptogram
            return checked(self._frame(frame.sequence, CCRYPT, said, bytes((SCS_12, which))))
        keys = self._keys
        if keys is None or not same(keys.server_cryptogram, frame.data):
            return checked(self._frame(frame.sequence, RMAC_I, bytes(16), bytes((SCS_14, 0xFF))))
        self._channel = Channel(keys)
        return checked(self._frame(frame.sequence, RMAC_I, keys.first_mac, bytes((SCS_14, 1))))

    def _do(self, code: int, data: bytes) -> tuple[int, bytes]:
        """Carry a command out: what to reply."""
        if code in self.refuses:
            return NAK, bytes((_CANNOT,))
        if code == POLL:
            self.polls += 1
            return self._waiting.popleft() if self._waiting else (ACK, b"")
        if code == KEYSET and self._channel is not None and len(data) == 2 + KEY_BYTES:
            self.key = data[2:]
        if code == LED:
            self.lights.append(data[5])
        if code == BUZ:
            self.tones.append(data[4])
        if code == OUT:
            self.outputs[data[0]] = (data[1], int.from_bytes(data[2:4], "little"))
        replies = {
            ID: (PDID, struct.pack("<3sBBIBBB", b"\x00\xe0\xc1", 1, 1, 7, 1, 0, 0)),
            CAP: (PDCAP, bytes((9, int(self.can_secure), int(self.can_secure and self.key is None), 1, 1, len(self._inputs)))),
            LSTAT: (LSTATR, bytes(self._local)),
            ISTAT: (ISTATR, bytes(self._inputs)),
        }
        known = code in (KEYSET, LED, BUZ, OUT)
        return replies.get(code, (ACK, b"") if known else (NAK, bytes((_UNKNOWN,))))

    def _forget(self) -> None:
        self._channel = self._keys = None
        self._sequence = 0
        self._asked = self._replied = b""

    def _plain(self, sequence: int, code: int, data: bytes) -> bytes:
        return checked(self._frame(sequence, code, data, b""))

    def _frame(self, sequence: int, code: int, data: bytes, block: bytes, mac_bytes: int = 0) -> bytes:
        return build(address=self.address, reply=True, sequence=sequence, code=code, data=data, block=block, mac_bytes=mac_bytes)


def raw_card(frame: int, bits: int) -> bytes:
    """The data of a RAW reply."""
    size = -(-bits // 8)
    return struct.pack("<BBH", 0, 1, bits) + (frame << size * 8 - bits).to_bytes(size, "big")


class OsdpTwin:
    """Readers on `line`, from `start` to `stop`. `baud` paces the replies, None does not. `bend`, when set, changes each reply
    on its way, damage included; the readers in `silent`, by address, hear and say nothing."""

    def __init__(
        self,
        line: Line,
        readers: Iterable[ReaderTwin],
        *,
        baud: int | None = 9600,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.line = line
        self.readers = {one.address: one for one in readers}
        self.silent: set[int] = set()
        self.bend: Callable[[bytes], bytes] | None = None
        self.answered = 0
        self.bad_frames = 0
        self._baud = baud
        self._sleep = sleep
        self._stop = Event()
        self._thread = Thread(target=self._serve, name="osdp-readers", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; returns when the thread has ended. The line stays."""
        self._stop.set()
        self._thread.join()

    def send(self, data: bytes) -> None:
        """Any bytes, as noise would be."""
        if self._baud is None:
            self.line.write(data)
        else:
            write_paced(self.line.write, data, self._baud, self._sleep)

    def _serve(self) -> None:
        splitter, pending = Splitter(), b""
        while not self._stop.is_set():
            try:
                data = self.line.read(256, _READ_S)
            except DeviceLost:
                splitter, pending = Splitter(), b""
                self._stop.wait(_UNPLUGGED_S)
                continue
            pending += data
            used, items = splitter.split(pending, end=not data)
            pending = pending[used:]
            for item in items:
                if isinstance(item, Frame):
                    self._answer(item)
                else:
                    self.bad_frames += 1

    def _answer(self, frame: Frame) -> None:
        reader = self.readers.get(frame.address)
        if reader is None or frame.reply or frame.address in self.silent:
            return
        reply = reader.answer(frame)
        self.answered += 1
        self.send(self.bend(reply) if self.bend else reply)
