"""What `watchkeeper decode` reads of a device that pushes: a body, bodies a line each, or whole requests. Sans-IO."""

import re
from collections.abc import Iterator
from typing import Final

from contract.readings import Reading
from drivers.http.callers import Caller
from drivers.http.requests import BODY_BYTES_MAX, Bad, Request, Requests
from drivers.http.talk import Meaning
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding

UNIT: Final = "a body as it was pushed (or one a line, where they are JSON), or whole HTTP requests with their heads"
LINES_MAX: Final = 100_000

_METHOD: Final = re.compile(rb"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE) /")
_METHOD_BYTES: Final = len("OPTIONS /")


class CaptureDecoder:
    """See `drivers.port.Decoder`. `meaning` is what the driver's talk asks; nobody's password is asked for. It keeps one body."""

    def __init__(self, meaning: Meaning, caller: Caller | None = None) -> None:
        self._meaning = meaning
        self._caller = caller or Caller()
        self._requests: Requests | None = None
        self._kept = bytearray()
        self._at = 0
        self._over = False

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """All of `data` is taken at once; an item's place may lie before it."""
        items: list[Reading | Finding] = []
        begin = self._at
        self._at += len(data)
        if self._requests is None and not self._over:
            self._kept += data
            if _METHOD.match(self._kept):
                self._requests, data = Requests(), bytes(self._kept)
                self._kept.clear()
            elif len(self._kept) > BODY_BYTES_MAX:
                items.append(Finding("too_long", 0, bytes(self._kept[:MAX_EXAMPLE_BYTES])))
                self._kept.clear()
                self._over = True
        if self._requests is not None:
            items += self._heard(self._requests, data, end)
        elif end and self._kept:
            for offset, body in _bodies(bytes(self._kept)):
                items += self._meant(Request(body=body, offset=offset, start=body[:MAX_EXAMPLE_BYTES]))
        placed = [one._replace(offset=one.offset - begin) if isinstance(one, Finding) else one for one in items]
        return Decoded(self._at - begin, placed)

    def _heard(self, requests: Requests, data: bytes, end: bool) -> Iterator[Reading | Finding]:
        for one in requests.hear(data, 0, end=end):
            if isinstance(one, Bad):
                yield Finding(one.reason, one.offset, one.start)
            elif isinstance(one, Request):
                yield from self._meant(one, requests)

    def _meant(self, request: Request, requests: Requests | None = None) -> Iterator[Reading | Finding]:
        taken = self._meaning(request, self._caller, 0)
        if requests is not None:
            requests.answered(taken.reply)
        yield from (said.reading for said in taken.said)
        for reason in taken.reasons:
            yield Finding(reason, request.offset, request.start)


def _bodies(data: bytes) -> Iterator[tuple[int, bytes]]:
    """A body; or JSON lines, each one."""
    lines = data.split(b"\n", LINES_MAX)
    full = [line for line in lines if line.strip()]
    if len(full) < 2 or not all(line.lstrip()[:1] == b"{" and line.rstrip()[-1:] == b"}" for line in full):
        if data.strip():
            yield 0, data
        return
    at = 0
    for line in lines:
        if line.strip():
            yield at, line
        at += len(line) + 1
