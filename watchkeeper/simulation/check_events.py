"""P1: every reading that an agent accepted is committed once, as it was, or is in the spool still, or was told as dropped."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from contract.envelope import decode_record
from contract.readings import Dropped
from hub.detectors.types import SequenceJumped
from hub.ingest.site import HUB_STREAM
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.ledger import Ledger

PAGE_BYTES, PAGE_RECORDS = 1 << 24, 1 << 20
_jumped = msgspec.json.Decoder(SequenceJumped).decode
_dropped = msgspec.json.Decoder(Dropped).decode


class EventCheck:
    """Remembers how far each stream was found right, so that each row is looked at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: dict[str, int] = {}
        self.dropped: dict[str, list[tuple[int, int]]] = {}
        """By agent, the ranges that were told as dropped or gone."""
        self.settled_us: dict[str, int] = {}
        """By agent, when it made the last heartbeat that the hub has: everything before is committed too."""

    def forget(self) -> None:
        """The database was put back."""
        self._seen.clear()
        self.dropped.clear()
        self.settled_us.clear()

    def hub(self, database: sqlite3.Connection) -> Iterator[str]:
        """What is wrong with the rows."""
        streams = database.execute("SELECT stream, agent, mark FROM stream WHERE stream <> ?", (HUB_STREAM,)).fetchall()
        gone = self._gone(database)
        for stream, agent, mark in streams:
            yield from self._stream(database, stream, agent, mark, gone)
            promised = self._ledger.promised.get(stream, 0)
            if promised > mark:
                yield f"P1: receipts named stream {stream[:8]} of {agent} up to {promised}, and {mark} is committed"
        for stream, seq, reason in database.execute("SELECT stream, seq, reason FROM quarantine").fetchall():
            yield f"P1: {stream[:8]}:{seq} was put aside as {reason}"

    def agent(self, agent: SimAgent) -> Iterator[str]:
        """What is wrong with a running agent's log, against what the hub has of it."""
        spool = agent.spool
        mark = self._seen.get(spool.stream, spool.start - 1)
        if spool.floor > mark + 1 and not self._ledger.undone:
            yield f"P1: agent {agent.id} holds {spool.floor} and above, and the hub has {mark}: what lies between is lost"
        expected = max(mark + 1, spool.floor)
        for body in spool.page(expected, PAGE_BYTES, PAGE_RECORDS).records:
            record = decode_record(body)
            if record.seq != expected:
                yield f"P1: agent {agent.id}'s log goes from {expected - 1} to {record.seq}"
            if isinstance(record.reading, Dropped):
                expected = record.reading.last_seq + 1
                continue
            told = self._ledger.told.get((spool.stream, record.seq))
            if told is None or told.device != record.device or told.reading != record.reading:
                yield f"P1: agent {agent.id}'s log holds another reading as {record.seq} than was accepted"
            expected = record.seq + 1
        if (spool.stream, expected) in self._ledger.told:
            yield f"P1: agent {agent.id} accepted {expected}, and its log ends before"

    def _gone(self, database: sqlite3.Connection) -> dict[str, list[tuple[int, int]]]:
        rows = database.execute("SELECT device, body FROM event WHERE stream = ? AND kind = 'sequence_jumped'", (HUB_STREAM,))
        gone: dict[str, list[tuple[int, int]]] = {}
        for agent, body in rows.fetchall():
            jump = _jumped(body)
            gone.setdefault(agent, []).append((jump.first, jump.last))
        return gone

    def _stream(
        self, database: sqlite3.Connection, stream: str, agent: str, mark: int, gone: dict[str, list[tuple[int, int]]]
    ) -> Iterator[str]:
        expected = self._seen.get(stream, 0) + 1
        query = "SELECT seq, device, kind, body, hub_at_us FROM event WHERE stream = ? AND seq >= ? ORDER BY seq"
        for row in database.execute(query, (stream, expected)).fetchall():
            seq = row[0]
            if seq != expected:
                yield from self._hole(stream, agent, expected, seq - 1, gone)
            wrong, expected = self._row(stream, agent, row)
            if wrong:
                yield wrong
        if expected <= mark:
            yield from self._hole(stream, agent, expected, mark, gone)
        elif expected > mark + 1:
            yield f"P1: stream {stream[:8]} of {agent} is committed up to {expected - 1}, and its mark says {mark}"
        self._seen[stream] = mark

    def _hole(self, stream: str, agent: str, first: int, last: int, gone: dict[str, list[tuple[int, int]]]) -> Iterator[str]:
        told = any(since <= first and last <= until for since, until in gone.get(agent, ()))
        if told and self._ledger.undone:
            self.dropped.setdefault(agent, []).append((first, last))
        else:
            yield f"P1: {first} to {last} of stream {stream[:8]} of {agent} are neither committed nor told as dropped"

    def _row(self, stream: str, agent: str, row: tuple[Any, ...]) -> tuple[str, int]:
        """What is wrong with the row, and the number that comes next."""
        seq, device, kind, body, hub_at_us = row
        if kind == "dropped":
            last: int = _dropped(body).last_seq
            self.dropped.setdefault(agent, []).append((seq, last))
            return "", last + 1
        told = self._ledger.told.get((stream, seq))
        if told is None:
            return f"P1: {stream[:8]}:{seq} of {agent} is committed, and no agent has accepted it", seq + 1
        told.hub_at_us = hub_at_us
        if kind == "heartbeat":
            self.settled_us[agent] = max(self.settled_us.get(agent, 0), told.true_us)
        if told.device != device or told.body != body:
            return f"P1: {stream[:8]}:{seq} of {agent} is committed as something else than was accepted: {body[:80]}", seq + 1
        return "", seq + 1
