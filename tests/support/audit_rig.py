"""An audit log on a database of its own, with what an agent keeps of it, and who verifies it by other code."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from contract.clock import US_PER_S, ManualClock
from edge.heads import FILE, kept_heads
from edge.heads import Heads as KeptHeads
from hub.audit.heads import Heads
from hub.audit.keyfile import HeadKey
from hub.audit.log import append
from hub.audit.restored import ends_of, note_restore
from hub.audit.types import Act
from hub.store import schema
from hub.store.engine import open_engine
from watchkeeper.audit_verify.run import verify

SITE = "garden"
ACTORS = ("李伟", "王芳", "张三", "hub", "local")


class AuditLog:
    """A log in `folder`: `note` adds entries, `sign` a head that its agent keeps, `problems` verifies all of it."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.path = folder, folder / "hub.db"
        self.url = url or f"sqlite:///{self.path}"
        is_copy = url is None and self.path.exists()
        self.engine = open_engine(self.url)
        if not is_copy:
            self._make_tables()
        self.clock = ManualClock()
        self.key = HeadKey(folder / "audit.key")
        self.key.load()
        self.heads = Heads(SITE, self.key, lambda: "order")
        self.agent = KeptHeads(folder)
        self.conflicts: list[str] = []

    def _make_tables(self) -> None:
        schema.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            first = {"site": SITE, "lease_epoch": 1, "lease_owner": "", "lease_until_us": 0, "change_pos": 0, "case_no": 0}
            connection.execute(insert(schema.site).values(**first))

    def note(self, *acts: Act) -> None:
        """Entries, in one transaction."""
        self.clock.advance_us(US_PER_S)
        with self.engine.begin() as connection:
            append(connection, SITE, acts, self.clock.now_us())

    def fill(self, count: int) -> None:
        """So many entries of several people."""
        for number in range(count):
            actor = ACTORS[number % len(ACTORS)]
            self.note(
                Act(actor, "case.acknowledge", "case", str(number), f"因为 {number}", {"state": "open"}, {"state": "taken"})
            )

    def sign(self) -> None:
        """A minute passes: the log's end is signed and the agent told."""
        self.clock.advance_us(60 * US_PER_S)
        with self.engine.begin() as connection:
            self.heads.tend(connection, 0, self.clock.now_us())
        order = self.heads.settle()
        conflict = None if order is None else self.agent.keep(order)
        if conflict is not None:
            self.conflicts.append(conflict.reason)

    def sign_unheard(self) -> None:
        """The same while the agent is away."""
        self.clock.advance_us(60 * US_PER_S)
        with self.engine.begin() as connection:
            self.heads.tend(connection, 0, self.clock.now_us())
        self.heads.settle()

    def restart(self) -> None:
        """Hub and agent begin anew on what is there."""
        self.engine.dispose()
        self.heads, self.agent = Heads(SITE, self.key, lambda: "order"), KeptHeads(self.folder)

    def witness(self) -> Path:
        """What the agent prints."""
        file = self.folder / "witness.jsonl"
        file.write_bytes(b"".join(line + b"\n" for line in kept_heads(self.folder)))
        return file

    def verified(self, *, witnessed: bool = True) -> dict[str, Any]:
        """What the verifier prints."""
        key = self.folder / "audit.pub"
        return verify(self.url, [self.witness()] if witnessed else [], key, SITE)

    def problems(self, *, witnessed: bool = True) -> list[str]:
        """The names of what the verifier finds."""
        return [str(one["problem"]) for one in self.verified(witnessed=witnessed)["problems"]]

    def as_owner(self, sql: str, *values: object) -> None:
        """What the owner of the database can do to it."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(sql, values)
            connection.commit()

    def copy_to(self, folder: Path, *, heads: bool = True) -> "AuditLog":
        """The same log, its key and what its agent keeps, elsewhere; without `heads` an agent that has heard nothing."""
        folder.mkdir(parents=True)
        with closing(sqlite3.connect(self.path)) as here, closing(sqlite3.connect(folder / "hub.db")) as there:
            here.backup(there)
        for name in ("audit.key", "audit.pub", *((FILE,) if heads else ())):
            if (self.folder / name).exists():
                shutil.copy2(self.folder / name, folder / name)
        made = AuditLog(folder)
        made.clock.advance_us(self.clock.now_us() - made.clock.now_us())
        return made

    def put_back(self, snapshot: Path) -> None:
        """Have an older copy of the database in place of this one, as who owns its file can."""
        self.engine.dispose()
        with closing(sqlite3.connect(snapshot)) as there, closing(sqlite3.connect(self.path)) as here:
            there.backup(here)
        self.heads = Heads(SITE, self.key, lambda: "order")

    def snapshot(self, name: str = "snapshot.db") -> Path:
        """A copy of the database as it is now."""
        file = self.folder / name
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.path)) as here, closing(sqlite3.connect(file)) as there:
            here.backup(there)
        return file

    def restore(self, snapshot: Path) -> None:
        """Go back to the copy as `watchkeeper restore` does, by who has the key."""
        with self.engine.begin() as connection:
            was = ends_of(connection)
        self.put_back(snapshot)
        self.clock.advance_us(US_PER_S)
        with self.engine.begin() as connection:
            note_restore(connection, was, self.key, self.clock.now_us())

    def rows(self) -> list[dict[str, Any]]:
        """All entries."""
        return entries_in(self.path)

    def close(self) -> None:
        """Release the database."""
        self.engine.dispose()


def entries_in(path: Path) -> list[dict[str, Any]]:
    """All entries of a SQLite file, in the order of their numbers."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM audit_entry ORDER BY no")]


def write_entries(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Put these in place of all entries, as the owner of the database can."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM audit_entry")
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO audit_entry ({names}) VALUES ({marks})", tuple(row.values()))
        connection.commit()
