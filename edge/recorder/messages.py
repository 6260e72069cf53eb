"""What the agent and a recording child say to each other: JSON, one message a line. The first line says what to record; when it
ends, so does the child. Passwords go this way only."""

import msgspec

from contract.footage import Codec, FootageStream, RecorderReason

MAX_LINE_BYTES = 1024 * 1024


class Camera(msgspec.Struct, frozen=True):
    """One stream to record. `last_no`: its highest number so far."""

    device: str
    stream: FootageStream
    address: str
    last_no: int = 0


class Order(msgspec.Struct, frozen=True):
    """To the child, first. Nothing is begun while less than `reserve_bytes` of the disk is free."""

    folder: str
    cameras: list[Camera]
    segment_us: int
    reserve_bytes: int
    open_timeout_s: float = 10.0
    silence_timeout_s: float = 5.0


class _Report(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    pass


class Began(_Report, frozen=True):
    """Segment `no` is being written."""

    device: str
    stream: FootageStream
    no: int
    codec: Codec


class Ended(_Report, frozen=True):
    """Segment `no` is whole, and its file and folder are synced."""

    device: str
    stream: FootageStream
    no: int
    start_us: int
    end_us: int
    size_bytes: int
    codec: Codec
    init_bytes: int


class State(_Report, frozen=True):
    """As contract.footage.RecorderState. `detail` is for the agent's log: why a camera was lost."""

    device: str
    stream: FootageStream
    recording: bool
    reason: RecorderReason
    detail: str = ""


class Alive(_Report, frozen=True):
    """Every five seconds. Counts are since the child's start: pictures that were written and dropped, packets that never came."""

    pictures: int = 0
    dropped: int = 0
    lost_packets: int = 0


Report = Began | Ended | State | Alive


encode = msgspec.json.Encoder().encode
decode_order = msgspec.json.Decoder(Order).decode
decode_report: "msgspec.json.Decoder[Report]" = msgspec.json.Decoder(Report)
