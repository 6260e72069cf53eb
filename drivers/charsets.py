"""The text that a Chinese device's bytes stand for. Pure.

Devices declare a charset that they do not use, or none. UTF-8 proves itself, but for one trap: in GBK 鲁, 豫 and 学 alone between
ASCII are valid UTF-8 too, of Latin and Cyrillic letters that no such device writes. So what reads as Chinese counts.
"""

import codecs
import re
from typing import Final

_EXPECTED: Final = re.compile(
    "[\x00-\x7f\u00b7\u00b0\u00d7\u2010-\u203b\u2190-\u22ff\u2460-\u24ff\u3000-\u33ff\u3400-\u9fff\uff00-\uffef]*"
)
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PROVED: Final = ("", "utf-8", "gb18030", "gbk", "gb2312", "ascii")


def text_of(raw: bytes, declared: str = "") -> str | None:
    """The text, or None where it is none in any charset that counts. `declared` is believed where it is neither UTF-8 nor one of
    the GB family."""
    for bom, charset in _BOMS:
        if raw.startswith(bom):
            return _decoded(raw[len(bom) :], charset)
    if raw.isascii():
        return raw.decode("ascii")
    if (name := _known(declared)) not in _PROVED:
        return _decoded(raw, name)
    utf8, gb = _decoded(raw, "utf-8"), _decoded(raw, "gb18030")
    if utf8 is None or gb is None:
        return gb if utf8 is None else utf8
    return gb if not _EXPECTED.fullmatch(utf8) and _EXPECTED.fullmatch(gb) else utf8


def _known(declared: str) -> str:
    try:
        return codecs.lookup(declared.strip()).name if declared.strip() else ""
    except (LookupError, ValueError):
        return ""


def _decoded(raw: bytes, charset: str) -> str | None:
    try:
        text, _ = codecs.lookup(charset).decode(raw, "strict")
    except (UnicodeError, ValueError):
        return None
    return text if isinstance(text, str) else None
