"""Readings about footage. The record's device is the camera; of FootageDisk it is the agent."""

from typing import Literal

import msgspec

from contract.reading import Reading

FootageStream = Literal["main", "sub"]
"""Which of a camera's streams: the full picture, or the small one that browsers and the analysis take."""
Codec = Literal["h264", "hevc", "other"]


class SegmentRecorded(Reading, frozen=True):
    """A piece of footage is on disk, synced. `no` names it for ever within its camera's stream: the agent's clock in microseconds
    when it began, or one more than the number before where that clock was set back; numbers grow. `start_us` and `end_us`: what
    it shows, by the agent's clock, from the stream's own timestamps. `init_bytes`: how long its header is, which a player needs
    before any fragment. A segment may be told again; it is the same one."""

    no: int
    start_us: int
    end_us: int
    size_bytes: int
    stream: FootageStream = "main"
    codec: Codec = "h264"
    init_bytes: int = 0


RecorderReason = Literal["started", "camera_lost", "disk_full", "disk_failed", "stopped", "unplayable", "planned"]


class RecorderState(Reading, frozen=True):
    """The recorder of a camera's stream began to write, or writes nothing from now on, and why. `camera_lost`: nothing comes;
    `unplayable`: what comes cannot be cut into segments, or, while it is
    recording, not so that each plays from its own start."""

    SORT = "alarm"
    recording: bool
    reason: RecorderReason
    stream: FootageStream = "main"


class NoSpan(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Segments by their numbers, from `first` to `last`, both included."""

    first: int
    last: int


class FootageDeleted(Reading, frozen=True):
    """These segments are not on disk any more. `order`: what asked for it; empty: they were found missing. `reason`: `order`,
    `missing`, or `drop_oldest` where the policy lets a full disk take the oldest."""

    SORT = "alarm"
    order: str
    spans: list[NoSpan]
    stream: FootageStream = "main"
    reason: Literal["order", "missing", "drop_oldest"] = "order"


class FootageKept(Reading, frozen=True):
    """These segments were to be deleted and are on disk still. `floor`: they are not old enough by the agent's own index;
    `clock`: the agent's clock cannot be trusted; `rescued`: the hub took it back in time; `failed`: the disk would not;
    `adopted`: a recorder of another make wrote them, and deletes them itself; `room`: the disk has room."""

    SORT = "alarm"
    order: str
    spans: list[NoSpan]
    reason: Literal["floor", "clock", "rescued", "failed", "adopted", "room"]
    stream: FootageStream = "main"


class FootageDisk(Reading, frozen=True):
    """The disk that an agent records to, every minute. `day_bytes`: what the last 24 h of recording took; `oldest_us`: when the
    oldest segment ends, by the agent's clock; None: there is none. `refusing`: nothing is recorded, as the disk is full."""

    SORT = "measurement"
    total_bytes: int
    free_bytes: int
    footage_bytes: int
    day_bytes: int
    segments: int
    oldest_us: int | None = None
    refusing: bool = False


class FootageNow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A camera's newest segments, oldest first, which the hub may not have heard of yet. `sent_us`: the agent's clock when it
    told; `growing`: the last one is being written, and its `size_bytes` can be played."""

    sent_us: int
    segments: list[SegmentRecorded]
    growing: bool = False


decode_footage_now = msgspec.json.Decoder(FootageNow).decode
