"""What is known of who is where, on disk: lines of a file that only grows, each with its checksum, written anew when it is long.

A line is written and synced right after the decision's rows in the log, some milliseconds after the gate was asked to open.
Until then the gate's journal has it, which survives a kill but no power cut: what a cut takes is who went through within the last
20 ms. That one person may then be let through the same way once more; everybody else is where he was, and the opening that nobody
can explain is an incident at the hub. Nobody is ever shut in or out by it.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import msgspec
import structlog

from edge.whereabouts import Change, Forgot, Whereabouts

FILE, NEW, DAMAGED = "whereabouts", "whereabouts.new", "whereabouts.damaged"
LINES_MIN = 10_000
"""A file is not written anew before it has so many lines, nor before three quarters of them say what is no longer so."""
_decode: "msgspec.json.Decoder[Change]" = msgspec.json.Decoder(Change)
_encode = msgspec.json.Encoder().encode
_SUM_CHARS = 8


class Counters(msgspec.Struct):
    """Since the start. `unwritten`: the disk would not take them. `bad_lines`: of a damaged file."""

    written: int = 0
    unwritten: int = 0
    rewritten: int = 0
    bad_lines: int = 0


class WhereaboutsFile:
    """The file in a folder. For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines = 0
        self._handle = -1
        self._log = structlog.get_logger("edge.whereabouts")
        self.counters = Counters()

    def load(self, *, expected: bool) -> Whereabouts:
        """What the file says. `expected`: one must be there, as this agent has worked before; where it is not, or holds damaged
        lines, the memory counts as lost. A last line that a power cut tore is no damage."""
        found = Whereabouts()
        path = self._folder / FILE
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            lines = [b""]
            self._lost(found, expected)
        except OSError as error:
            self._log.error("whereabouts_unread", error=str(error)[:200])
            lines = [b""]
            self._lost(found, True)
        torn = lines.pop()
        for line in lines:
            change = _read(line)
            if change is None:
                self.counters.bad_lines += 1
            else:
                found.apply(change)
        self._lines = len(lines)
        if self.counters.bad_lines:
            self._log.error("whereabouts_damaged", bad_lines=self.counters.bad_lines, good_lines=len(found))
            self._lost(found, True)
        if torn or self.counters.bad_lines:
            self.rewrite(found)
        return found

    def _lost(self, found: Whereabouts, lost: bool) -> None:
        if lost:
            found.apply(Forgot(found.last_us))

    def append(self, changes: Sequence[Change], *, sync: bool = True) -> bool:
        """Write changes down. Whether the disk has them: where it has not they count in memory alone, until the file is written
        anew."""
        try:
            if self._handle < 0:
                self._handle = os.open(self._folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            data = b"".join(map(_line, changes))
            if os.write(self._handle, data) != len(data):
                raise OSError("written in part")
            if sync:
                os.fdatasync(self._handle)
        except OSError as error:
            self.counters.unwritten += len(changes)
            self._log.error("whereabouts_unwritten", error=str(error)[:200])
            self._lines = max(self._lines, 1 << 40)  # half a line may stand there: the file is written anew as soon as it can be
            return False
        self._lines += len(changes)
        self.counters.written += len(changes)
        return True

    def is_due(self, known: Whereabouts) -> bool:
        """Whether the file should be written anew."""
        return self._lines > max(LINES_MIN, 4 * len(known))

    def rewrite(self, known: Whereabouts) -> bool:
        """Write the file anew, from what is known. Whether the disk has it."""
        changes = known.changes()
        new = self._folder / NEW
        try:
            with new.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.writelines(map(_line, changes))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / FILE)
            _sync_folder(self._folder)
        except OSError as error:
            self._log.error("whereabouts_unwritten", error=str(error)[:200])
            return False
        self.close()
        self._lines = len(changes)
        self.counters.rewritten += 1
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _line(change: Change) -> bytes:
    body = _encode(change)
    return b"%08x %s\n" % (crc32(body), body)


def _read(line: bytes) -> Change | None:
    try:
        if int(line[:_SUM_CHARS], 16) != crc32(line[_SUM_CHARS + 1 :]):
            return None
        return _decode.decode(line[_SUM_CHARS + 1 :])
    except ValueError:
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
