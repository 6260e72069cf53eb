"""The heads of the hub's audit log that this agent has been told: lines of a file that only grows, synced, and read by whoever
verifies the log. docs/design/audit.md.

The file is set aside when it has its number of lines, in place of the one before: at least the newest 50,000 are kept.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog

from contract.orders import KeepHead
from contract.readings import MAX_TEXT, AuditHeadConflict

FILE = "audit-heads.jsonl"
LINES_MAX = 50_000
REMEMBERED_MAX = 1_000
"""So many of the newest are known by heart: one of them that is told again is no conflict."""
_HASH_CHARS = 64


class Counters(msgspec.Struct):
    """Since the start. `unwritten`: the disk would not take them."""

    kept: int = 0
    repeated: int = 0
    conflicts: int = 0
    unwritten: int = 0


class Heads:
    """The heads in the folder. For one thread, but for the counters."""

    def __init__(self, folder: Path, lines_max: int = LINES_MAX) -> None:
        self._path = folder / FILE
        self._lines_max = lines_max
        self._known: OrderedDict[tuple[int, int], str] | None = None
        self._last: KeepHead | None = None
        self._lines = 0
        self._log = structlog.get_logger("edge.heads")
        self.counters = Counters()

    def keep(self, head: KeepHead) -> AuditHeadConflict | None:
        """Write it down, synced. A head that does not fit those that are kept is not, and what is wrong with it is answered."""
        try:
            known = self._known if self._known is not None else self._read()
            if known.get((head.epoch, head.no)) == head.hash:
                self.counters.repeated += 1
                return None
            wrong = self._wrong_with(head)
            if not wrong or wrong == "other_key":
                self._write(head)
        except OSError as error:
            self.counters.unwritten += 1
            self._log.error("head_unwritten", error=str(error))
            return None
        if not wrong:
            self.counters.kept += 1
            return None
        self.counters.conflicts += 1
        assert self._last is not None
        self._log.error("audit_head_conflict", reason=wrong, no=head.no, kept_no=self._last.no)
        return AuditHeadConflict(wrong, head.no, head.hash[:MAX_TEXT], self._last.no, head.epoch)

    def _wrong_with(self, head: KeepHead) -> str:
        """Empty: it fits. Another key is told once; what it signs from then on is kept as well."""
        last = self._last
        if last is None:
            return ""
        if (head.epoch, head.no) in (self._known or {}):
            return "differs"
        if (head.epoch, head.no) <= (last.epoch, last.no):
            return "older"
        return "" if head.key == last.key else "other_key"

    def _read(self) -> OrderedDict[tuple[int, int], str]:
        _cut_torn_line(self._path)
        self._known, self._lines = OrderedDict(), 0
        for at, path in enumerate(_files(self._path)):
            for line in _lines(path):
                self._lines = self._lines + 1 if at else 0
                self._remember(_decode(line))
        return self._known

    def _remember(self, head: KeepHead) -> None:
        assert self._known is not None
        self._last = head
        self._known[head.epoch, head.no] = head.hash
        while len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)

    def _write(self, head: KeepHead) -> None:
        if self._lines >= self._lines_max:
            self._path.replace(_before(self._path))
            self._lines = 0
        with self._path.open("ab", buffering=0) as out:
            out.write(msgspec.json.encode(head) + b"\n")
            os.fsync(out.fileno())
        self._lines += 1
        self._remember(head)


def kept_heads(folder: Path) -> Iterator[bytes]:
    """All that are kept, oldest first, each as one JSON line. Raises OSError."""
    for path in _files(folder / FILE):
        yield from _lines(path)


def _files(path: Path) -> tuple[Path, Path]:
    return _before(path), path


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _lines(path: Path) -> Iterator[bytes]:
    """The whole lines that hold a head. What a damaged disk made of others is left out."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n") and _fits(line):
                yield line[:-1]


def _fits(line: bytes) -> bool:
    try:
        return len(_decode(line).hash) == _HASH_CHARS
    except msgspec.MsgspecError:
        return False


def _cut_torn_line(path: Path) -> None:
    """A power cut may leave half a line, and the next one may not be joined to it."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)


_decode = msgspec.json.Decoder(KeepHead).decode
