"""Where a reader keeps its position and what it could not deliver: rows that the site's worker writes."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from hub.ingest.ports import Ask, ChangeRow, Unavailable, Write
from hub.store import schema as t

ANSWER_S = 10.0


class Asker(Protocol):
    """The site's worker, the only writer of its rows."""

    def ask(self, asked: Ask) -> "Future[Any]":
        """Do it in the next turn; answered after the commit. Raises Unavailable, or answers with it."""
        ...


class DeadLetter(NamedTuple):
    """A change given up on."""

    row: ChangeRow
    at_us: int
    tries: int
    error: str


class Ledger:
    """One reader's rows. What waits answers whether it is committed."""

    def __init__(self, site: str, reader: str, asker: Asker) -> None:
        self._site = site
        self._reader = reader
        self._asker = asker

    def move(self, pos: int) -> "Future[Any]":
        """Everything up to `pos` is delivered. Does not wait: the future ends, well or badly, with the commit."""
        try:
            return self._asker.ask(Write(lambda connection: self._set_pos(connection, pos)))
        except Unavailable as error:
            refused: Future[Any] = Future()
            refused.set_exception(error)
            return refused

    def give_up(self, letter: DeadLetter) -> bool:
        """Put a change aside and move past it, in one transaction."""

        def run(connection: Connection) -> None:
            self._forget(connection, letter.row.pos)
            body = msgspec.json.encode(letter.row._asdict()).decode()
            row = {"site": self._site, "reader": self._reader, "pos": letter.row.pos, "at_us": letter.at_us}
            connection.execute(insert(t.dead_letter).values(row | {"tries": letter.tries, "error": letter.error, "body": body}))
            self._set_pos(connection, letter.row.pos)

        return self._write(run)

    def settle(self, pos: int) -> bool:
        """A dead letter was delivered after all."""
        return self._write(lambda connection: self._forget(connection, pos))

    def _set_pos(self, connection: Connection, pos: int) -> None:
        mine = t.reader.c.site == self._site, t.reader.c.reader == self._reader
        known = connection.execute(select(t.reader.c.pos).where(*mine)).scalar()
        if known is None:
            connection.execute(insert(t.reader).values(site=self._site, reader=self._reader, pos=pos))
        elif known < pos:
            connection.execute(update(t.reader).where(*mine, t.reader.c.pos < pos).values(pos=pos))

    def _forget(self, connection: Connection, pos: int) -> None:
        d = t.dead_letter.c
        connection.execute(delete(t.dead_letter).where(d.site == self._site, d.reader == self._reader, d.pos == pos))

    def _write(self, run: Callable[[Connection], None]) -> bool:
        try:
            future = self._asker.ask(Write(run))
            wait([future], timeout=ANSWER_S)
            if not future.done():
                future.cancel()
                return False
            future.result()
        except (Unavailable, SQLAlchemyError):
            return False
        return True


def letter_row(body: str) -> ChangeRow:
    """The change in a dead letter's body."""
    return ChangeRow(**msgspec.json.decode(body))
