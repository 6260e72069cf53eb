"""A floor's drawing: an SVG rewritten from what is known to be harmless, or a PNG whose parts are in order. Pure."""

import hashlib
import struct
import zlib
from typing import Literal, NamedTuple

from hub.estates.svg import clean_svg

SVG_BYTES_MAX = 2 * 1024 * 1024
PNG_BYTES_MAX = 8 * 1024 * 1024
PNG_SIDE_MAX = 8_000
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"))
"""What it takes to show the picture. Texts, times and other programs' notes stay outside."""
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


class BadDrawing(ValueError):
    """The file is no drawing that is taken. `reason` is a name; the message says what to do, in Chinese and then English."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.reason = reason


class Drawing(NamedTuple):
    """A drawing that may be shown. `width`, `height`: its own units; `dropped`: how many parts of the file were left out."""

    media_type: Literal["image/svg+xml", "image/png"]
    data: bytes
    width: float
    height: float
    dropped: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what is kept."""
        return hashlib.sha256(self.data).hexdigest()


def drawing_of(data: bytes) -> Drawing:
    """The drawing in a file, by what it holds and not by what it is called. Raises BadDrawing."""
    if data.startswith(_PNG_START):
        return _png(data)
    if len(data) > SVG_BYTES_MAX:
        raise BadDrawing("too_large", f"SVG 超过 {SVG_BYTES_MAX} 字节", f"the SVG is over {SVG_BYTES_MAX} bytes: simplify it")
    try:
        found = clean_svg(data)
    except ValueError as error:
        zh, _, en = str(error).partition(" / ")
        raise BadDrawing("bad_svg", zh, en) from None
    if len(found.data) > SVG_BYTES_MAX:
        raise BadDrawing("too_large", f"SVG 超过 {SVG_BYTES_MAX} 字节", f"the SVG is over {SVG_BYTES_MAX} bytes: simplify it")
    return Drawing("image/svg+xml", found.data, found.width, found.height, found.dropped)


def _png(data: bytes) -> Drawing:
    if len(data) > PNG_BYTES_MAX:
        raise BadDrawing("too_large", f"PNG 超过 {PNG_BYTES_MAX} 字节", f"the PNG is over {PNG_BYTES_MAX} bytes: make it smaller")
    chunks = _chunks(data)
    width, height = _head(chunks[0]) if chunks and chunks[0][0] == b"IHDR" else (0, 0)
    names = [name for name, _ in chunks]
    if not width or b"IDAT" not in names or names[-1] != b"IEND" or names.count(b"IHDR") != 1 or names.count(b"IEND") != 1:
        raise _broken()
    if max(width, height) > PNG_SIDE_MAX:
        raise BadDrawing(
            "too_many_pixels",
            f"PNG 边长超过 {PNG_SIDE_MAX} 像素",
            f"the PNG has a side of over {PNG_SIDE_MAX} pixels: make it smaller",
        )
    kept = [_chunk(name, body) for name, body in chunks if name in _PNG_KEPT]
    return Drawing("image/png", _PNG_START + b"".join(kept), width, height, len(chunks) - len(kept))


def _head(chunk: tuple[bytes, bytes]) -> tuple[int, int]:
    """Width and height; nothing where the head is none."""
    if len(chunk[1]) != 13:
        return 0, 0
    width, height, depth, colour, packing, filtering, lacing = struct.unpack(">IIBBBBB", chunk[1])
    good = depth in _PNG_DEPTHS.get(colour, ()) and packing == filtering == 0 and lacing < 2
    return (width, height) if good and width and height else (0, 0)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The parts, each with a check that fits. Raises BadDrawing."""
    found, at = [], len(_PNG_START)
    while at < len(data):
        if len(data) - at < 12:
            raise _broken()
        length = int.from_bytes(data[at : at + 4])
        name, body, check = data[at + 4 : at + 8], data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(body) != length or len(check) != 4 or int.from_bytes(check) != zlib.crc32(name + body):
            raise _broken()
        found.append((name, body))
        at += 12 + length
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def _broken() -> BadDrawing:
    return BadDrawing("bad_png", "PNG 文件已损坏", "the PNG is damaged or cut off: save it again")
