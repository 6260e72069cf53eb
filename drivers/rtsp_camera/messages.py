"""What the driver and its child process say to each other, and how a message is framed on the pipe.

A frame is two big-endian lengths of 4 bytes, a JSON message of the first length, and a body of the second (a JPEG, a file).
Both lengths are bounded, so that a child gone wrong cannot make the agent swallow memory.
"""

import struct
from typing import NamedTuple

import msgspec

from contract.readings import (
    CameraLink,
    MotionSeen,
    ObjectSeen,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    PlateRead,
)
from drivers.analysis.told import TamperKind, ZoneKind
from drivers.rtsp_camera.settings import Options

MAX_MESSAGE_BYTES = 16 * 1024
MAX_PICTURE_BYTES = 512 * 1024
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_WAITING_SNAPSHOTS = 4

_LENGTHS = struct.Struct(">II")


class _Message(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    pass


class Watch(_Message, frozen=True):
    """To the child, first: open this address and stay with it."""

    address: str
    options: Options


class JudgeFile(_Message, frozen=True):
    """To the child, first: the body is a video file; say what is in it and end."""

    options: Options


class Analyse(_Message, frozen=True):
    """To the child, first: say what the analysis finds in a file, or in a camera's stream for `seconds`, and end."""

    target: str
    """The path of a file, or a checked address."""
    is_file: bool
    options: Options
    seconds: float = 0.0


class Snapshot(_Message, frozen=True):
    """To the child: send the next picture."""

    order: str


class Alive(_Message, frozen=True):
    """From the child: the stream's packets have arrived since the last of these, a second ago."""


class Shot(_Message, frozen=True):
    """From the child: the body is the JPEG that `order` asked for."""

    order: str
    width: int
    height: int


class Passage(_Message, frozen=True):
    """From the child: a vehicle's plate; the body is a JPEG of it, or empty."""

    reading: PlateRead
    width: int = 0
    height: int = 0


class Trouble(_Message, frozen=True):
    """From the child: a part of the stream was not understood; the body is its beginning. `offset`: in the file, or 0."""

    reason: str
    offset: int = 0


class Done(_Message, frozen=True):
    """From the child: the file has been read to its end."""


class Noticed(_Message, frozen=True):
    """From the child: what `Analyse` asked for; see `drivers.analysis.told.Told`."""

    what: ZoneKind | TamperKind
    active: bool
    since_s: float
    zone: str = ""


class Analysed(_Message, frozen=True):
    """From the child: how far it has come, in seconds from the first picture. `whole`: that was all. `bad`: packets that could
    not be decoded."""

    duration_s: float
    frames: int
    bad: int = 0
    whole: bool = False


Seen = PictureDark | PictureFrozen | PictureBlinded | PictureDefocused | PictureMoved | PictureOccluded | MotionSeen | ObjectSeen
"""What the analysis makes of pictures."""
Request = Watch | JudgeFile | Analyse | Snapshot
Report = CameraLink | Seen | Alive | Shot | Passage | Trouble | Noticed | Analysed | Done


class BadFrame(ValueError):
    """Bytes on the pipe that are no frame of this protocol."""


class Received(NamedTuple):
    """One whole frame from the child."""

    report: Report
    body: bytes


_encode = msgspec.json.Encoder().encode
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_decode_report = msgspec.json.Decoder(Report).decode


def framed(message: Request | Report, body_bytes: int = 0) -> bytes:
    """The frame's head and message; the caller writes a body of `body_bytes` after it."""
    text = _encode(message)
    if len(text) > MAX_MESSAGE_BYTES:
        raise BadFrame(f"a message of {len(text)} bytes is over the limit of {MAX_MESSAGE_BYTES}")
    return _LENGTHS.pack(len(text), body_bytes) + text


def lengths(head: bytes, max_body_bytes: int) -> tuple[int, int]:
    """The lengths of message and body that a frame's first HEAD_BYTES tell. Raises BadFrame over the limits."""
    message_bytes, body_bytes = _LENGTHS.unpack(head)
    if message_bytes > MAX_MESSAGE_BYTES or body_bytes > max_body_bytes:
        raise BadFrame("a length is over its limit")
    return message_bytes, body_bytes


HEAD_BYTES = _LENGTHS.size


def parse_request(text: bytes) -> Request:
    """Raises msgspec.MsgspecError for anything else."""
    return _requests.decode(text)


class Reports:
    """Cuts the child's bytes into whole reports. Holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def feed(self, data: bytes) -> list[Received]:
        """The frames that `data` completes. Raises BadFrame; the stream is of no use afterwards."""
        self._kept += data
        found: list[Received] = []
        while (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _next(self) -> Received | None:
        if len(self._kept) < HEAD_BYTES:
            return None
        message_bytes, body_bytes = lengths(bytes(self._kept[:HEAD_BYTES]), MAX_PICTURE_BYTES)
        body_at = HEAD_BYTES + message_bytes
        end = body_at + body_bytes
        if len(self._kept) < end:
            return None
        text, body = bytes(self._kept[HEAD_BYTES:body_at]), bytes(self._kept[body_at:end])
        del self._kept[:end]
        try:
            return Received(_decode_report(text), body)
        except msgspec.MsgspecError as error:
            raise BadFrame(str(error)) from error
