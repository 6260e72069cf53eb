"""All that a turn changed, written in one transaction: the lease first, the streams' marks last."""

import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection

from hub.ingest import auditing
from hub.ingest import lease as leases
from hub.ingest.desk.rows import write_desk
from hub.ingest.guards.rows import write_phones
from hub.ingest.lease import Lease
from hub.ingest.load import case_row, scan_row
from hub.ingest.outcome import Outcome
from hub.ingest.passages.rows import write_gates
from hub.ingest.planrows import write_plans
from hub.ingest.ports import Hook
from hub.ingest.retention.rows import write_keeping
from hub.ingest.rows import Rows
from hub.ingest.site import Site
from hub.ingest.tagging import tag_row
from hub.ingest.visits.rows import write_visits
from hub.store import bulk, device_states, schema, tally
from hub.store.access_rows import write_access
from hub.store.estate_rows import write_estate
from hub.store.footage_rows import write_footage

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def is_empty(site: Site, outcome: Outcome) -> bool:
    """Whether there is nothing at all to write."""
    lists = (
        outcome.events,
        outcome.quarantine,
        outcome.entries,
        outcome.changes,
        outcome.pictures,
        outcome.writes,
        outcome.floods,
        outcome.estates,
        outcome.drawings,
        outcome.acts,
        outcome.access,
        outcome.footage,
        outcome.footage_words,
        outcome.footage_gone,
    )
    return not any(lists) and not any(next(table.changed(), None) for table in site.tables())


def write(connection: Connection, lease: Lease, site: Site, outcome: Outcome, *, now_us: int, hook: Hook) -> None:
    """Write the turn into the open transaction. Raises LeaseLost, and whatever the database raises."""
    hook("lease")
    counters = site.counters
    leases.hold(connection, lease, now_us, change_pos=counters.change_pos, case_no=counters.case_no)
    hook("events")
    bulk.insert(connection, schema.event, outcome.events)
    bulk.insert(connection, schema.quarantine, list(outcome.quarantine.values()))
    device_states.tell(connection, lease.site, outcome.events)
    hook("states")
    _write_states(connection, lease.site, site)
    _write_duties(connection, lease.site, site, outcome)
    hook("cases")
    _write_cases(connection, lease.site, site)
    _write_alarms(connection, lease.site, site, outcome)
    write_plans(connection, lease.site, site)
    write_desk(connection, lease.site, site, outcome.key_moves)
    write_gates(connection, lease.site, site.gates, outcome.presences)
    bulk.insert(connection, schema.case_entry, outcome.entries)
    bulk.insert(connection, schema.case_clock, outcome.clocks)
    bulk.upsert(connection, schema.picture, list(outcome.pictures.values()))
    write_estate(connection, lease.site, outcome.estates, outcome.drawings)
    write_access(connection, lease.site, outcome.access, outcome.access_history)
    write_visits(connection, lease.site, site)
    outcome.counted = write_footage(connection, lease.site, outcome.footage, outcome.footage_words)
    write_keeping(connection, lease.site, site.keeping, outcome)
    write_phones(connection, lease.site, site)
    _run_writes(connection, outcome)
    hook("changes")
    bulk.insert(connection, schema.change, [(lease.site, *row) for row in outcome.changes])
    auditing.write(connection, lease.site, outcome, now_us)
    hook("mark")
    rows, _ = _split(site.streams)
    bulk.upsert(connection, schema.stream, [(lease.site, *msgspec.structs.astuple(row)) for _, row in rows])


def disk_failure(failure: Exception) -> str:
    """SQLite's own I/O error, or one that the failure was raised from, by its name and in words; empty for anything else.
    (PostgreSQL ends itself, and connections to it with it.)"""
    one: BaseException | None = failure
    while one is not None:
        error = getattr(one, "orig", None)
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(code, int) and code & 0xFF == sqlite3.SQLITE_IOERR:
            return f"{getattr(error, 'sqlite_errorname', 'SQLITE_IOERR')}: {error}"
        one = one.__cause__
    return ""


def _write_states(connection: Connection, site_id: str, site: Site) -> None:
    marks, _ = _split(site.watermarks)
    bulk.upsert(connection, schema.watermark, [(site_id, source, up_to_us) for source, up_to_us in marks])
    states, gone = _split(site.states)
    rows = [(site_id, *key, row.device, _encode(row.state).decode()) for key, row in states]
    bulk.upsert(connection, schema.detector_state, rows)
    bulk.delete(connection, schema.detector_state, [(site_id, *key) for key in gone])
    due, over = _split(site.deadlines)
    bulk.upsert(connection, schema.deadline, [(site_id, *key, *row) for key, row in due])
    bulk.delete(connection, schema.deadline, [(site_id, *key) for key in over])
    tags, _ = _split(site.tags)
    bulk.upsert(connection, schema.tag, [tag_row(site_id, tag) for _, tag in tags])


def _write_duties(connection: Connection, site_id: str, site: Site, outcome: Outcome) -> None:
    plans, _ = _split(site.plans)
    bulk.upsert(connection, schema.duty_plan, [(site_id, *plan) for _, plan in plans])
    windows, gone = _split(site.windows)
    bulk.upsert(connection, schema.window, [(site_id, *msgspec.structs.astuple(window)) for _, window in windows])
    bulk.delete(connection, schema.window, [(site_id, window_id) for window_id in gone])
    scans, _ = _split(site.scans)
    bulk.upsert(connection, schema.scan, [scan_row(site_id, scan) for _, scan in scans])
    shifts, over = _split(site.roster)
    bulk.upsert(connection, schema.roster, [(site_id, *msgspec.structs.astuple(shift)) for _, shift in shifts])
    bulk.delete(connection, schema.roster, [(site_id, *key) for key in over])
    occasions, off = _split(site.occasions)
    bulk.upsert(connection, schema.occasion, [(site_id, *msgspec.structs.astuple(one)) for _, one in occasions])
    bulk.delete(connection, schema.occasion, [(site_id, name) for name in off])
    tally.add(connection, site_id, outcome.tallies, outcome.unvisited)


def _write_cases(connection: Connection, site_id: str, site: Site) -> None:
    changed = list(site.cases.changed())
    new = [case_row(site_id, case) for _, was, case in changed if was is None and case is not None]
    bulk.insert(connection, schema.case, new)
    moved = [(case_row(site_id, case), was.version) for _, was, case in changed if was is not None and case is not None]
    bulk.replace_version(connection, schema.case, [row for row, _ in moved], [version for _, version in moved])


def _write_alarms(connection: Connection, site_id: str, site: Site, outcome: Outcome) -> None:
    alarms, gone = _split(site.alarms)
    bulk.upsert(connection, schema.alarm_state, [(site_id, *key, _encode(row).decode()) for key, row in alarms])
    bulk.delete(connection, schema.alarm_state, [(site_id, *key) for key in gone])
    windows, _ = _split(site.maintenance)
    bulk.upsert(connection, schema.maintenance, [(site_id, *msgspec.structs.astuple(window)) for _, window in windows])
    floods = [(*row[:-1], _encode(row.groups).decode()) for row in outcome.floods.values()]
    bulk.upsert(connection, schema.alarm_flood, floods)


def _run_writes(connection: Connection, outcome: Outcome) -> None:
    """Each in a savepoint of its own: one that fails is undone alone, and its future told why. The disk's failure is everybody's:
    it is raised."""
    for future, asked in outcome.writes:
        savepoint = connection.begin_nested()
        try:
            answer = asked.run(connection)
        except Exception as error:
            if disk_failure(error):
                raise
            savepoint.rollback()
            outcome.futures.append((future, error))
        else:
            savepoint.commit()
            outcome.futures.append((future, answer))


def _split(table: Rows[Any, Any]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """What the turn has put, and the keys of committed rows that it has removed. In the order of keys, so that two databases
    given the same turn do the same."""
    put: list[tuple[Any, Any]] = []
    gone: list[Any] = []
    for key, was, now in _changed(table):
        if now is not None:
            put.append((key, now))
        elif was is not None:
            gone.append(key)
    return put, gone


def _changed(table: Rows[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    return iter(sorted(table.changed(), key=lambda change: change[0]))
