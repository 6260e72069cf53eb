"""Bodies that hold several things: multipart and forms. Pure, with limits; damage costs the damaged part alone."""

import base64
import codecs
import re
from email.message import Message
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from drivers.charsets import text_of

PARTS_MAX: Final = 64
PART_HEAD_BYTES_MAX: Final = 4096
BOUNDARY_CHARS_MAX: Final = 200
FIELDS_MAX: Final = 256
FORM_BYTES_MAX: Final = 256 * 1024

_TYPE: Final = re.compile(r"[a-z0-9.+*-]+(?:/[a-z0-9.+*-]+)?")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_SNIFFED: Final = re.compile(rb"(?:\r?\n)*--([^\r\n]{1,200})\r?\n")
"""Bounded, as the one below is: whoever may push could make an expression that tries again and again hold up all gates."""


class Part(NamedTuple):
    """One part. `name` and `filename` are of its Content-Disposition, `type` is its content's, in small letters; empty where
    there is none."""

    name: str
    filename: str
    type: str
    body: bytes


class Parts(NamedTuple):
    """The parts of a body, and what is wrong with it: `no_boundary`, `no_end` (it breaks off), `bad_part`, `too_many_parts`."""

    parts: tuple[Part, ...]
    reasons: tuple[str, ...] = ()


def media_type(content_type: str) -> tuple[str, dict[str, str]]:
    """`text/xml; charset="gbk"` as its type, in small letters, and its parameters. A header that is none has an empty type."""
    header = Message()
    try:
        header["Content-Type"] = content_type[:1000]
        params = header.get_params(failobj=[])
    except ValueError:  # a line's end in it
        return "", {}
    kind = params[0][0].strip().lower() if params else ""
    if not _TYPE.fullmatch(kind):
        return "", {}
    return kind, {name.lower(): str(value) for name, value in params[1:]}


def parts_of(body: bytes, content_type: str = "") -> Parts:
    """The parts of a multipart body. Where the header names no boundary, the body's first line does."""
    boundary = media_type(content_type)[1].get("boundary", "").encode("latin-1", "replace")
    if not boundary or b"--" + boundary not in body:
        found = _SNIFFED.match(body)
        if found is None:
            return Parts((), ("no_boundary",))
        boundary = found[1].rstrip(b" \t")
    if not 0 < len(boundary) <= BOUNDARY_CHARS_MAX:
        return Parts((), ("no_boundary",))
    return _cut(body, b"--" + boundary)


def _cut(body: bytes, mark: bytes) -> Parts:
    line = re.compile(rb"(?:^|\r?\n)" + re.escape(mark) + rb"(--|[ \t]{0,64}(?:\r?\n|$))")
    parts: list[Part] = []
    reasons: list[str] = []
    begin: int | None = None
    for found in line.finditer(body):
        if begin is not None:
            part = _part(body[begin : found.start()])
            reasons += [] if part else ["bad_part"]
            parts += [part] if part else []
        if found[1] == b"--":
            return Parts(tuple(parts), tuple(reasons))
        if len(parts) + len(reasons) >= PARTS_MAX:
            return Parts(tuple(parts), (*reasons, "too_many_parts"))
        # The line's end may belong to an empty head: it is left in place for it.
        begin = found.end()
    return Parts(tuple(parts), (*reasons, "no_end"))


def _part(data: bytes) -> Part | None:
    if data.startswith((b"\r\n", b"\n")):
        return Part("", "", "", data[2 if data[:1] == b"\r" else 1 :])
    cut = _HEAD_END.search(data, 0, PART_HEAD_BYTES_MAX)
    if cut is None:
        return None
    head: dict[str, str] = {}
    for one in data[: cut.start()].splitlines():
        key, colon, value = one.partition(b":")
        if colon:
            head[key.strip().lower().decode("latin-1")] = _text(value.strip())
    disposition = media_type(head.get("content-disposition", ""))[1]
    kind = media_type(head.get("content-type", ""))[0]
    return Part(disposition.get("name", ""), disposition.get("filename", ""), kind, data[cut.end() :])


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def json_of(body: bytes, content_type: str = "") -> Any:
    """What a JSON body says, in whatever charset. Raises ValueError: it says nothing."""
    text = text_of(body, media_type(content_type)[1].get("charset", ""))
    if text is None:
        raise ValueError("no text")
    try:
        return msgspec.json.decode(text.strip("\0 \t\r\n"))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError("no JSON") from error


def base64_of(text: object) -> bytes:
    """The bytes that a text of base64 stands for, also one with line ends or a `data:` in front. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("no text")
    bare = text.partition(",")[2] if text.startswith("data:") else text
    return base64.b64decode("".join(bare.split()), validate=True)


def form_of(text: str, charset: str = "utf-8") -> dict[str, str] | None:
    """The fields of a query or an urlencoded body; of one that comes twice the first counts. None: too many, or too long."""
    if len(text) > FORM_BYTES_MAX:
        return None
    try:
        codecs.lookup(charset)
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX, encoding=charset, errors="replace")
    except (ValueError, LookupError):
        return None
    fields: dict[str, str] = {}
    for key, value in pairs:
        fields.setdefault(key, value)
    return fields
