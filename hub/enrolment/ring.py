"""The keys of a site's agents as they count now: from the estate file, or from the database once an agent has enrolled."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

from sqlalchemy import Engine

from contract.clock import Clock
from hub.enrolment.rules import Held, KeyRow, held
from hub.enrolment.vault import Vault
from hub.keyfile import BadKeyFile
from hub.store.enrolments import key_rows

FILE_KEY = "file"
"""The id of a key that stands in the estate file."""
_log = logging.getLogger(__name__)


class KeyBook(Protocol):
    """The estate, as far as keys go."""

    @property
    def site(self) -> str:
        """The site's id."""
        ...

    @property
    def agents(self) -> Collection[str]:
        """The ids of its agents."""
        ...

    def key_of(self, agent: str) -> bytes | None:
        """The key that the estate file gives the agent."""
        ...


class Admitted(NamedTuple):
    """A key that counts, and so a user at the broker. `serial`: of the certificate that was given with it, or empty."""

    agent: str
    key_id: str
    key: bytes
    serial: str


class KeyRing:
    """See hub.ingest.keys.Keys. What changes in the database counts from the next `refresh`. Any thread."""

    def __init__(self, book: KeyBook, engine: Engine, vault: Vault, clock: Clock) -> None:
        self.counters: Counter[str] = Counter()
        self._book, self._engine, self._vault, self._clock = book, engine, vault, clock
        self._lock = Lock()
        self._rows: dict[str, tuple[KeyRow, ...]] = {}
        self._keys: dict[tuple[str, str], bytes] = {}
        self._held: dict[str, Held] = {}
        self._used: dict[tuple[str, str], int] = {}
        self._unreadable: set[tuple[str, str]] = set()

    @property
    def agents(self) -> Collection[str]:
        """The ids of the estate's agents."""
        return self._book.agents

    def refresh(self) -> None:
        """Read what the database says. Raises SQLAlchemy's errors, and then everything stays as it was."""
        with self._engine.connect() as connection:
            found = key_rows(connection, self._book.site)
        rows: dict[str, list[KeyRow]] = {}
        for row in found:
            rows.setdefault(row.agent, []).append(row)
        keys = self._opened(found)
        with self._lock:
            self._rows = {agent: tuple(mine) for agent, mine in rows.items()}
            self._keys = keys
            self._held = {}
            for row in found:
                if row.used_us is not None:
                    self._used.pop((row.agent, row.key_id), None)

    def key_of(self, agent: str) -> bytes | None:
        """What the agent is spoken to by."""
        row = self._now(agent).present
        return None if row is None else self._key(row)

    def coming_key_of(self, agent: str) -> bytes | None:
        """What it may speak by as well."""
        row = self._now(agent).coming
        return None if row is None else self._key(row)

    def coming_key_used(self, agent: str) -> None:
        """The old key ends now; the database hears of it by `used`."""
        row = self._now(agent).coming
        if row is None:
            return
        with self._lock:
            self._used[agent, row.key_id] = self._clock.now_us()
            self._held.pop(agent, None)
        self.counters["keys_changed"] += 1

    def is_revoked(self, agent: str) -> bool:
        """Whether somebody has taken its keys away."""
        return self._now(agent).revoked

    def used(self) -> list[tuple[str, str, int]]:
        """Keys that came into use and of which the database does not know: agent, key and when."""
        with self._lock:
            return [(agent, key_id, us) for (agent, key_id), us in self._used.items()]

    def newest(self, agent: str) -> KeyRow | None:
        """The agent's newest key, whether it counts or not; None: it never had one."""
        rows = self._rows_of(agent)
        return rows[-1] if rows else None

    def admitted(self) -> list[Admitted]:
        """Who may connect to the broker: an agent that has enrolled again may by either key until it has started anew."""
        found = []
        for agent in sorted(self._book.agents):
            now = self._now(agent)
            for row in (now.present, now.coming):
                key = None if row is None else self._key(row)
                if row is not None and key is not None:
                    found.append(Admitted(agent, row.key_id, key, row.serial))
        return found

    def ended_serials(self) -> list[tuple[str, int]]:
        """The certificates that do not count any more, and since when."""
        good = {one.serial for one in self.admitted()}
        with self._lock:
            rows = [row for mine in self._rows.values() for row in mine]
        return [(row.serial, row.revoked_us or row.since_us) for row in rows if row.serial and row.serial not in good]

    def _now(self, agent: str) -> Held:
        if agent not in self._book.agents:
            return Held()
        found = self._held.get(agent)
        if found is not None and (found.until_us is None or self._clock.now_us() < found.until_us):
            return found
        rows = self._rows_of(agent)
        found = held(rows, self._clock.now_us())
        with self._lock:
            self._held[agent] = found
        return found

    def _rows_of(self, agent: str) -> tuple[KeyRow, ...]:
        """The one of the estate file is the oldest, unless it was taken away by name."""
        with self._lock:
            rows = tuple(
                row._replace(used_us=row.used_us or self._used.get((agent, row.key_id))) for row in self._rows.get(agent, ())
            )
        if self._book.key_of(agent) is None or any(row.key_id == FILE_KEY for row in rows):
            return rows
        return (KeyRow(agent, FILE_KEY, "", 0, 0), *rows)

    def _key(self, row: KeyRow) -> bytes | None:
        return self._book.key_of(row.agent) if row.key_id == FILE_KEY else self._keys.get((row.agent, row.key_id))

    def _opened(self, rows: Sequence[KeyRow]) -> dict[tuple[str, str], bytes]:
        """Those that can be opened. What cannot be is told once in the log."""
        keys = {}
        for row in rows:
            if row.key_id == FILE_KEY or row.revoked_us is not None:
                continue
            known = self._keys.get((row.agent, row.key_id))
            try:
                keys[row.agent, row.key_id] = known or self._vault.open(self._book.site, row.agent, row.key_id, row.sealed)
            except BadKeyFile as error:
                if (row.agent, row.key_id) in self._unreadable:
                    continue
                self._unreadable.add((row.agent, row.key_id))
                self.counters["keys_unreadable"] += 1
                _log.error("key_unreadable", extra={"agent": row.agent, "error": str(error)})
        return keys
