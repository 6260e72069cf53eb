"""Files of permits, read again when they change: whole or not at all. One that is wrong changes nothing and is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from contract.settings import BadSettings, Document, check
from edge.config_files import read_permits
from edge.config_types import AccessRule, PermitSettings
from edge.permits.local import Permit, local_table
from edge.permits.table import Table

MISTAKES_TOLD = 10


class PermitsFile(msgspec.Struct, frozen=True):
    """A file of permits."""

    permits: list[PermitSettings]


def read_permits_file(path: Path) -> dict[str, Permit]:
    """The permits in a file, by card. Raises BadSettings with every mistake, and OSError."""
    found: dict[str, Permit] = {}

    def rule(document: Document) -> None:
        rows = document.built.get(("permits",))
        if isinstance(rows, list):
            table, mistakes = read_permits(rows)
            found.update(table)
            for index, key, what, instead in mistakes:
                document.wrong(("permits", index, key), what, instead)

    checked = check(path, PermitsFile, (rule,))
    if checked.messages:
        raise BadSettings(checked.messages)
    return found


class _Stamp(NamedTuple):
    """What tells that a file is another one, or has been written again."""

    mtime_ns: int
    size_bytes: int
    inode: int


class PermitBook:
    """The permits of each reader whose settings name some. `look` is called by one thread; `of` and `table` by any."""

    def __init__(self, access: Mapping[str, AccessRule]) -> None:
        self._inline = {
            reader: rule.permits for reader, rule in access.items() if rule.permits_file is None and rule.permits is not None
        }
        self._path = {reader: rule.permits_file for reader, rule in access.items() if rule.permits_file is not None}
        self._tables = {rule.permits_file: rule.permits or {} for rule in access.values() if rule.permits_file is not None}
        self._made: dict[str, tuple[Mapping[str, Permit], Table]] = {}
        # Nothing is known to be read: the settings were loaded a while ago, and a file may have changed since.
        self._tried: dict[Path, _Stamp | None] = {}
        self._log = structlog.get_logger("edge.permits")

    def of(self, reader: str) -> Mapping[str, Permit]:
        """The permits that count now at a reader that has a rule."""
        return self._inline[reader] if reader in self._inline else self._tables[self._path[reader]]

    def table(self, reader: str) -> Table:
        """The same as a table to decide by, made once for each set of permits."""
        permits = self.of(reader)
        made = self._made.get(reader)
        if made is None or made[0] is not permits:
            made = self._made[reader] = (permits, local_table(reader, permits.values()))
        return made[1]

    def look(self, *, asked: bool = False) -> None:
        """Read the files that have changed since they were last tried; `asked`: all of them. Never raises for what is there."""
        for path in tuple(self._tables):
            before = _stamp(path)
            if not asked and path in self._tried and self._tried[path] == before:
                continue
            self._tried[path] = before
            try:
                table = read_permits_file(path)
            except BadSettings as error:
                self._refused(path, list(error.messages))
            except OSError as error:
                self._refused(path, [f"{path}: cannot be read ({error.strerror or type(error).__name__})"])
            else:
                self._take(path, table, before)

    def _take(self, path: Path, table: dict[str, Permit], before: _Stamp | None) -> None:
        if _stamp(path) != before:
            del self._tried[path]  # it was being written: half a file may look like a whole one
            self._log.warning("permits_changing", file=str(path), kept=len(self._tables[path]))
            return
        self._tables[path] = table
        self._log.info("permits_read", file=str(path), permits=len(table))

    def _refused(self, path: Path, messages: list[str]) -> None:
        told = {"mistakes": messages[:MISTAKES_TOLD], "mistakes_total": len(messages), "kept": len(self._tables[path])}
        self._log.error("permits_refused", file=str(path), **told)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
