"""How large a JPEG is, by its head alone: nothing is decoded. Pure."""

from typing import Final, NamedTuple

_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9


class Picture(NamedTuple):
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def picture_of(jpeg: bytes) -> Picture | None:
    """The picture, or None where the bytes do not begin as a JPEG with a size does, or do not end as one."""
    if not jpeg.startswith(b"\xff\xd8") or b"\xff\xd9" not in jpeg[-1024:]:
        return None
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        mark = jpeg[at + 1]
        if mark == 0xFF:  # a fill byte
            at += 1
        elif mark in _ALONE:
            at += 2
        elif mark in (_SCAN, _END):
            return None
        elif mark in _FRAMES:
            return _sized(jpeg, at)
        else:
            at += 2 + max(2, int.from_bytes(jpeg[at + 2 : at + 4]))
    return None


def _sized(jpeg: bytes, at: int) -> Picture | None:
    height, width = int.from_bytes(jpeg[at + 5 : at + 7]), int.from_bytes(jpeg[at + 7 : at + 9])
    return Picture(jpeg, width, height) if at + 9 <= len(jpeg) and width and height else None
