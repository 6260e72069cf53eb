"""Bytes that a camera sends become records and pictures. Sans-IO.

A record ends where its own text ends: an XML document with its root, a JSON object with its brace, a line with its end. So it is
told when it is whole, and not when the next one comes, which may be in an hour; and a length that lies, or a boundary that is
missing, costs nothing. Only a picture cannot say where it ends: its part's length does, where that is believable, and the next
boundary where it is not. How the bytes are cut changes nothing.

What is damaged is a finding, and the next record is found by a boundary, or by what records begin with.
"""

import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from drivers.port import MAX_EXAMPLE_BYTES, Finding

Kind = Literal["xml", "json", "event", "fields", "beat", "picture"]

XML_BYTES_MAX: Final = 256 * 1024
JSON_BYTES_MAX: Final = 8 * 1024 * 1024
"""Pushed records hold their pictures as text."""
FIELDS_BYTES_MAX: Final = 256 * 1024
PICTURE_BYTES_MAX: Final = 4 * 1024 * 1024
LINE_BYTES_MAX: Final = 4096
DEPTH_MAX: Final = 64
HEAD_LINES_MAX: Final = 32

_BLANKS: Final = re.compile(rb"(?:[ \t\r\n\0]|\xef\xbb\xbf)+")
_BOUNDARY: Final = re.compile(rb"--([!-~](?:[ -~]{0,198}[!-~])?)[ \t]*\r?\n")
_HEADER: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,63}[ \t]*:")
_HTTP: Final = re.compile(rb"(?:HTTP/1\.[01] \d{3}|(?:POST|PUT|GET) \S+ HTTP/1\.[01])")
_PROLOGUE: Final = rb"(?:\s|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->|<!(?!--)[^>\[]*+(?:\[[^\]]*+\][^>]*+)?>)*+"
_ROOT: Final = re.compile(_PROLOGUE + rb"<([A-Za-z_][\w.:-]{0,80}+)(?=[\s/>])")
_AFTER_LESS: Final = tuple(bytes((one,)) for one in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_?!")
_NO_ROOT: Final = re.compile(rb"\n--[!-~]")
_SHORT: Final = re.compile(rb"[^<>]{0,2000}/>")
_JSON_MARK: Final = re.compile(rb'\\.|["{}\[\]]|\n(?:--|\{)', re.DOTALL)
_EVENT: Final = re.compile(rb"Code=[\w.-]{1,64};[ \t]*action=\w{1,16}(?:;[ \t]*index=-?\d{1,6})?", re.IGNORECASE)
_DATA: Final = re.compile(rb";[ \t]*data=[ \t]*\{")
_SKIP_TO: Final = re.compile(rb"\n|<\?xml|<(?:[\w.-]{1,40}:)?EventNotificationAlert\b|Code=")
_RESUME: Final = re.compile(rb"\n--|<\?xml|<(?:[\w.-]{1,40}:)?EventNotificationAlert\b|Code=\w{1,64};action=|\n\{")
_HEAD_BEGUN: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,63}[ \t]*")
_NAME: Final = re.compile(r'(?:file)?name="?([^";]{1,100})')
_SOME_BOUNDARY: Final = re.compile(rb"\r?\n--[!-~]{1,100}\r?\n")
_SURE_BOUNDARY: Final = re.compile(rb"\r?\n--[!-~]{1,100}\r?\nContent-[A-Z]")
_BEHIND: Final = re.compile(rb"--|\r?\n")
_TOO_SHORT: Final = (b"-", b"\xff", b"<", b"\xef", b"\xef\xbb")
_OVERLAP: Final = 160


class Unit(NamedTuple):
    """One record, or one picture. `name`: the part's, where it has one. `offset` counts from the first byte ever pushed."""

    kind: Kind
    data: bytes
    offset: int
    name: str = ""


class _Head(NamedTuple):
    """What a part's head says."""

    length: int = 0
    type: str = ""
    name: str = ""


class Units:
    """Cuts bytes into units. Findings: `truncated` (the next record began inside), `too_long`, `too_deep`, `noise`,
    `unknown_part`, `bad_head`."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._offset = 0
        self._head: _Head | None = None
        self._mark = b""
        """The boundary's line, as it stands in the middle of the bytes."""
        self._seen = 0
        """Up to where the unit that begins the bytes was searched for its end."""
        self._root = b""
        self._depth = 0
        self._quoted = False
        self._skipping = False
        self._end = False

    @property
    def pending(self) -> int:
        """How many bytes wait for more."""
        return len(self._data)

    @property
    def offset(self) -> int:
        """How many bytes were pushed and are done with."""
        return self._offset

    def push(self, data: bytes, *, end: bool = False) -> list[Unit | Finding]:
        """What `data` made whole, in order. `end`: nothing more will come; what is left is told as far as it goes."""
        self._data += data
        self._end = end
        items: list[Unit | Finding] = []
        while self._data:
            before = self._offset, self._skipping, self._head
            items += self._step()
            if (self._offset, self._skipping, self._head) == before:
                break
        if end and self._data:
            items += self._lose(len(self._data), "truncated")
        return items

    # What comes next

    def _step(self) -> list[Unit | Finding]:
        if self._skipping:
            return self._skip()
        data = self._data
        blank = _BLANKS.match(data)
        if blank:
            self._drop(blank.end())
            return []
        begins = bytes(data[:3])
        if begins in _TOO_SHORT and not self._end:
            return []
        if begins.startswith(b"--"):
            reader = self._boundary
        elif begins.startswith(b"\xff\xd8") or (self._head and self._head.type.startswith("image/")):
            reader = self._picture
        else:
            reader = {b"<": self._xml, b"{": self._object, b"[": self._object}.get(begins[:1], self._text)
        return reader()

    def _boundary(self) -> list[Unit | Finding]:
        line = self._line()
        if line is None:
            return []
        found = _BOUNDARY.match(line if line.endswith(b"\n") else line + b"\n")
        if found is None:
            return self._lose(len(line), "noise")
        name = found[1]
        if self._mark and name in (self._mark[3:], self._mark[3:] + b"--"):
            name = self._mark[3:]
            closing = found[1] != name
        else:
            closing = len(name) > 2 and name.endswith(b"--")
            name = name[:-2] if closing else name
        if not closing:
            return self._part_head(len(line), b"\n--" + name)
        self._mark, self._head = b"\n--" + name, None
        self._drop(len(line))
        return []

    def _part_head(self, at: int, mark: bytes) -> list[Unit | Finding]:
        """Read the head behind a boundary's line. A head of which the first line is none is empty: the body begins there."""
        data, head = self._data, _Head()
        for _ in range(HEAD_LINES_MAX):
            stop = data.find(b"\n", at, at + LINE_BYTES_MAX)
            if stop < 0 and not self._end and len(data) - at < LINE_BYTES_MAX and _may_be_head(data, at):
                return []
            line = bytes(data[at:stop]).rstrip(b"\r") if stop >= 0 else b""
            if stop < 0 or not line or _HEADER.match(line) is None:
                at = stop + 1 if stop >= 0 and not line else at
                break
            head = _with_header(head, line)
            at = stop + 1
        else:
            self._mark = mark
            return self._lose(at, "bad_head")
        self._mark, self._head = mark, head
        self._drop(at)
        return []

    # Units

    def _xml(self) -> list[Unit | Finding]:
        data = self._data
        if not self._root:
            found = _ROOT.match(data, 0, LINE_BYTES_MAX)
            if found is None:
                return self._no_root()
            if _SHORT.match(data, found.end(), found.end() + 2002):
                short = data.index(b"/>", found.end()) + 2
                return self._take("xml", short)
            if b">" not in data[found.end() : found.end() + 2002] and len(data) < found.end() + 2002 and not self._end:
                return []
            self._root, self._seen = bytes(found[1]), found.end()
        root = re.escape(self._root)
        stops = re.compile(rb"(</" + root + rb"\s{0,8}>)|<\?xml|<" + root + rb"[\s>]|\n--[!-~]")
        found = stops.search(data, max(self._seen, 1))
        if found is None or found.end() > XML_BYTES_MAX:
            self._seen = max(self._seen, len(data) - _OVERLAP)
            return self._give_up("too_long") if len(data) > XML_BYTES_MAX else []
        if found[1] is None:
            return self._lose(found.start() + (found[0][:1] == b"\n"), "truncated")
        return self._take("xml", found.end())

    def _no_root(self) -> list[Unit | Finding]:
        """What begins like a document, and has no root so far."""
        data = self._data
        if data[1:2] not in _AFTER_LESS:
            return self._lose_to_next("noise") if self._line() is not None else []
        found = _NO_ROOT.search(data, 0, LINE_BYTES_MAX)
        if found is not None:
            return self._lose(found.start() + 1, "truncated")
        return self._lose_to_next("noise") if len(data) >= LINE_BYTES_MAX else []

    def _json(self, start: int, kind: Kind) -> list[Unit | Finding]:
        """A record that ends with the brace that closes the one at `start`."""
        stop, reason = self._closed(max(self._seen, start))
        if reason == "truncated":
            return self._lose(stop, reason)
        if reason or stop > JSON_BYTES_MAX:
            return self._give_up(reason or "too_long")
        if stop:
            return self._take(kind, stop)
        return self._give_up("too_long") if len(self._data) > JSON_BYTES_MAX else []

    def _closed(self, at: int) -> tuple[int, str]:
        """Where the record closes, or why it does not and where; 0: more is needed. It is searched from `at` on."""
        data = self._data
        while (mark := _JSON_MARK.search(data, at)) is not None:
            token, begin, at = mark[0], mark.start(), mark.end()
            if token[:1] == b"\n":
                if token == b"\n--" or self._quoted or not _goes_on(data, begin):
                    return begin + 1, "truncated"
                token = b"{"
            if token == b'"':
                self._quoted = not self._quoted
            elif not self._quoted and token in (b"{", b"["):
                self._depth += 1
                if self._depth > DEPTH_MAX:
                    return at, "too_deep"
            elif not self._quoted and token in (b"}", b"]"):
                self._depth -= 1
                if not self._depth:
                    return at, ""
        # A mark may be cut: a backslash from what it hides, a line's end from what begins the next line.
        tail = 1 if data.endswith((b"\\", b"\n")) else 2 if data.endswith(b"\n-") else 0
        self._seen = max(at, len(data) - tail)
        return 0, ""

    def _object(self) -> list[Unit | Finding]:
        return self._json(0, "json")

    def _text(self) -> list[Unit | Finding]:
        """A line that is a record, several of `name=value`, or noise."""
        line = b"" if self._depth else self._line()
        if line is None:
            return []
        bare = line.strip()
        if self._depth or bare[:5].lower() == b"code=":
            return self._event()
        if line.startswith(b"Events["):
            return self._fields()
        return self._take("beat", len(line)) if bare.lower() == b"heartbeat" else self._strange(line)

    def _strange(self, line: bytes) -> list[Unit | Finding]:
        if self._head is not None:
            return self._give_up("unknown_part", len(line))
        if _HEADER.match(line) or _HTTP.match(line):
            self._drop(len(line))
            return []
        return self._lose_to_next("noise")

    def _event(self) -> list[Unit | Finding]:
        """`Code=…;action=…;index=…`, with or without `;data={…}`."""
        data = self._data
        found = _EVENT.match(data)
        line = self._line() or b""
        if found is None:
            return self._lose(len(line), "noise")
        begun = _DATA.match(data, found.end())
        if begun is None:
            return self._take("event", len(line))
        return self._json(begun.end() - 1, "event")

    def _fields(self) -> list[Unit | Finding]:
        data = self._data
        stop = self._body_end(
            lambda at: data[at - 1 : at] == b"\n" or bytes(data[at : at + 1]) in (b"\r", b"\n"), _SOME_BOUNDARY, behind=1
        )
        if stop is not None and stop <= FIELDS_BYTES_MAX:
            return self._take("fields", stop)
        return self._give_up("too_long") if stop is not None or len(data) > FIELDS_BYTES_MAX else []

    def _picture(self) -> list[Unit | Finding]:
        data = self._data
        if self._head and self._head.length > PICTURE_BYTES_MAX:
            return self._give_up("too_long", 1)
        stop = self._body_end(lambda at: b"\xff\xd9" in data[max(at - 1024, 0) : at], _SURE_BOUNDARY)
        if stop is not None and stop <= PICTURE_BYTES_MAX:
            return self._take("picture", stop)
        return self._give_up("too_long") if stop is not None or len(data) > PICTURE_BYTES_MAX else []

    def _body_end(self, is_end: Callable[[int], bool], other: re.Pattern[bytes], *, behind: int = 0) -> int | None:
        """Where a body ends that cannot say so itself; None: more is needed. Its length counts where `is_end`, which looks at
        `behind` bytes after it, says that a body may end there, and no boundary comes before; otherwise the next boundary."""
        length, data = (self._head.length if self._head else 0), self._data
        again = self._next_boundary(self._seen, other)
        if length and (again is None or again > length):
            if len(data) < length + behind + self._cut_mark(length) and not self._end:
                self._seen = max(0, len(data) - _OVERLAP - len(self._mark))
                return None
            if len(data) >= length and is_end(length):
                return length
        if again is not None:
            return again
        self._seen = max(0, len(data) - _OVERLAP - len(self._mark))
        return len(data) if self._end else None

    def _cut_mark(self, length: int) -> int:
        """How many bytes after `length` it takes to see that no boundary begins before it."""
        mark = b"\r" + self._mark
        for skip in (0, 1):
            for size in range(len(mark) - skip, 0, -1):
                if self._mark and self._data[length - size : length] == mark[skip : skip + size]:
                    return len(mark) - skip - size + 2
        return 0

    def _next_boundary(self, start: int, other: re.Pattern[bytes]) -> int | None:
        """Where the line's end before the next boundary stands, a CR with it: of the boundary that is known, or of one that looks
        like `other`; None: there is none yet."""
        some = (_SOME_BOUNDARY if not self._mark else other).search(self._data, start)
        at = self._data.find(self._mark, start) if self._mark else -1
        while at >= 0 and (some is None or at < some.start()):
            if _BEHIND.match(self._data, at + len(self._mark)):
                return at - (self._data[at - 1 : at] == b"\r") if at else 0
            at = self._data.find(self._mark, at + 1)
        return None if some is None else some.start()

    # Moving on

    def _line(self) -> bytes | None:
        """The line that the bytes begin with, its end with it; None: more is needed. One that is too long is cut."""
        stop = self._data.find(b"\n", 0, LINE_BYTES_MAX)
        if stop >= 0:
            return bytes(self._data[: stop + 1])
        if len(self._data) >= LINE_BYTES_MAX or self._end:
            return bytes(self._data[:LINE_BYTES_MAX])
        event = _EVENT.match(self._data)
        return bytes(self._data) if event and _DATA.match(self._data, event.end()) else None

    def _take(self, kind: Kind, stop: int) -> list[Unit | Finding]:
        unit = Unit(kind, bytes(self._data[:stop]), self._offset, self._head.name if self._head else "")
        self._drop(stop)
        self._head = None
        return [unit]

    def _lose(self, stop: int, reason: str) -> list[Unit | Finding]:
        found = Finding(reason, self._offset, bytes(self._data[: min(stop, MAX_EXAMPLE_BYTES)]))
        self._drop(stop)
        return [found]

    def _lose_to_next(self, reason: str) -> list[Unit | Finding]:
        found = _SKIP_TO.search(self._data, 1, LINE_BYTES_MAX)
        stop = (found.end() if found[0] == b"\n" else found.start()) if found else min(len(self._data), LINE_BYTES_MAX)
        return self._lose(stop, reason)

    def _give_up(self, reason: str, shown: int = MAX_EXAMPLE_BYTES) -> list[Unit | Finding]:
        """Skip what is here, up to the next boundary or record."""
        found = Finding(reason, self._offset, bytes(self._data[: min(shown, MAX_EXAMPLE_BYTES)]))
        self._drop(1)
        self._skipping = True
        self._head = None
        return [found]

    def _skip(self) -> list[Unit | Finding]:
        found = _RESUME.search(self._data)
        if found is None:
            self._drop(len(self._data) if self._end else max(0, len(self._data) - _OVERLAP))
            return []
        self._drop(found.start() + (found[0][:1] == b"\n"))
        self._skipping = False
        return []

    def _drop(self, count: int) -> None:
        del self._data[:count]
        self._offset += count
        self._seen, self._root, self._quoted, self._depth = 0, b"", False, 0


def _goes_on(data: bytearray, at: int) -> bool:
    """Whether the line that begins with a brace behind `at` belongs to what stands before it."""
    before = bytes(data[max(0, at - 200) : at]).rstrip()
    return before[-1:] in (b":", b",", b"[", b"")


def _may_be_head(data: bytearray, at: int) -> bool:
    """Whether what stands at `at` may become a line of a head, once it is whole."""
    begun = bytes(data[at:])
    return begun in (b"", b"\r") or _HEAD_BEGUN.fullmatch(begun) is not None or _HEADER.match(begun) is not None


def _with_header(head: _Head, line: bytes) -> _Head:
    key, _, value = line.partition(b":")
    key, text = key.strip().lower(), value.strip()[:200].decode("latin-1")
    if key == b"content-length":
        return head._replace(length=int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0)
    if key == b"content-type":
        return head._replace(type=text.lower())
    if key == b"content-disposition":
        found = _NAME.search(text)
        return head._replace(name=found[1] if found else "")
    return head
