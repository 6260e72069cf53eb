"""What guards' photos and voice notes may be. Pure."""

from collections.abc import Callable, Mapping
from typing import Literal

MediaKind = Literal["photo", "voice"]
BYTES_MAX: Mapping[str, int] = {"photo": 5 * 1024 * 1024, "voice": 2 * 1024 * 1024}
VOICE_S_MAX = 60
PIECE_BYTES_MAX = 1024 * 1024
OPEN_MAX, DAY_MAX = 60, 300
"""Uploads of one guard's phone under way, and begun in a day."""
KEEP_US = 72 * 3_600 * 1_000_000
"""An upload that is not whole by then is given up."""


def _jpeg(head: bytes) -> bool:
    return head.startswith(b"\xff\xd8\xff")


def _webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _webm(head: bytes) -> bool:
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]


def _mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _ogg(head: bytes) -> bool:
    return head.startswith(b"OggS")


_SNIFF: Mapping[str, tuple[tuple[str, Callable[[bytes], bool]], ...]] = {
    "photo": (("image/jpeg", _jpeg), ("image/webp", _webp)),
    "voice": (("audio/webm", _webm), ("audio/mp4", _mp4), ("audio/ogg", _ogg)),
}


def type_of(kind: str, head: bytes) -> str | None:
    """The media type that the first bytes are of; None: not one that such a thing may be."""
    return next((name for name, fits in _SNIFF[kind] if fits(head)), None)


def kind_of(name: str) -> MediaKind:
    """What a picture of that name is: a voice note's name says so."""
    return "voice" if name.startswith("voice-") else "photo"
