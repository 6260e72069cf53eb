"""What is past its days goes, a chunk at a time, from the front: events, changes, dead letters, and the record of duties.

In a stream the hub's time grows with the number. Pictures are condemned here and go by `hub/picture_sweep.py`, file first.
Cases with their timelines are records and stay.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, func, or_, select, update
from sqlalchemy.sql import Select

from hub.duties.types import ScanKey
from hub.phones.types import UNDER_WAY
from hub.store import bulk
from hub.store.desk_tables import handover, handover_item, phone_call
from hub.store.duty_reads import unprovable
from hub.store.footage_tables import footage_run, footage_track, footage_word
from hub.store.passage_tables import opening, passage, presence, watched
from hub.store.phone_tables import dispatch, phone_entry
from hub.store.schema import case, change, dead_letter, event, picture, quarantine, reader, roster, scan, tally, window
from hub.store.schema import site as site_table

CHUNK_ROWS = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEHIND_MAX = 1_000_000
"""A reader so many changes behind no longer keeps old ones: it belongs to a channel that was taken out of the settings."""


def sweep_stream(connection: Connection, site: str, stream: str, before_us: int) -> int:
    """Remove a chunk of the stream's events and quarantined records that the hub took in before `before_us`. Returns how many."""
    return sum(_sweep(connection, table, site, stream, before_us) for table in (event, quarantine))


def sweep_changes(connection: Connection, site: str, newest_pos: int, before_us: int) -> int:
    """Remove a chunk of the change log: rows from before `before_us` that every reader has passed; and of what was put aside
    before then. A live client that comes back with a position from before then is given a snapshot. Returns how many."""
    return _sweep_log(connection, site, newest_pos, before_us) + _sweep_letters(connection, site, before_us)


def condemn_pictures(connection: Connection, site: str, before_us: int, now_us: int) -> int:
    """Mark a chunk of the pictures that were stored before `before_us`, or were promised then and never came, as to be deleted;
    but none whose case is open. Returns how many. Nothing shows them from then on."""
    p = picture.c
    of_open_case = exists().where(case.c.site == p.site, case.c.case_no == p.case_no, case.c.closed_us.is_(None))
    old = (p.at_us < before_us) & (func.coalesce(p.stored_us, p.at_us) < before_us)  # the first half is indexed
    wanted = select(p.picture).where(p.site == site, p.condemned_us.is_(None), old, ~of_open_case)
    names = connection.execute(wanted.order_by(p.at_us).limit(CHUNK_ROWS)).scalars().all()
    if not names:
        return 0
    mine = (p.site == site) & p.picture.in_(names)
    return connection.execute(update(picture).where(mine).values(condemned_us=now_us)).rowcount


def drop_condemned(connection: Connection, site: str, names: Sequence[str]) -> int:
    """Remove the rows of condemned pictures whose files are gone. Returns how many."""
    p = picture.c
    gone = (p.site == site) & p.picture.in_(names) & p.condemned_us.is_not(None)
    return connection.execute(delete(picture).where(gone)).rowcount


def sweep_desk(connection: Connection, site: str, before_us: int) -> int:
    """Remove a chunk of the calls from before then, which hold people's numbers, and of the handovers that ended before then with
    their items. Returns how many. The register's history stays."""
    c, h, i = phone_call.c, handover.c, handover_item.c
    old_calls = select(c.call).where(c.site == site, c.at_us < before_us).order_by(c.at_us).limit(CHUNK_ROWS)
    calls = delete(phone_call).where(c.site == site, c.call.in_(old_calls))
    ended = (h.site == site) & (h.begun_us < before_us) & h.ended_us.is_not(None)
    names = connection.execute(select(h.handover).where(ended).order_by(h.begun_us).limit(20)).scalars().all()
    gone = connection.execute(calls).rowcount
    if names:
        connection.execute(delete(handover_item).where(i.site == site, i.handover.in_(names)))
        gone += connection.execute(delete(handover).where(h.site == site, h.handover.in_(names))).rowcount
    return gone


def sweep_phones(connection: Connection, site: str, before_us: int) -> int:
    """Remove a chunk of what phones sent before then, and of whom was sent where by them; what it was about stays with the record
    of duties and with the incidents. Returns how many."""
    e, d = phone_entry.c, dispatch.c
    entries = select(*phone_entry.primary_key.columns).where(e.site == site, e.received_us < before_us).order_by(e.received_us)
    sent = select(*dispatch.primary_key.columns).where(d.site == site, d.state_us < before_us, d.state.not_in(sorted(UNDER_WAY)))
    return _sweep_keys(connection, phone_entry, entries) + _sweep_keys(connection, dispatch, sent)


def sweep_passages(connection: Connection, site: str, before_us: int) -> int:
    """Remove a chunk of what happened at gates before then: passages, openings, where nobody was seen since, and entries of the
    watch list that were ended before then. Returns how many."""
    ended = (watched.c.site == site) & (watched.c.at_us < before_us) & (watched.c.ended_us < before_us)
    queries = (
        *((table, (table.c.site == site) & (table.c.at_us < before_us)) for table in (passage, opening, presence)),
        (watched, ended),
    )
    return sum(
        _sweep_keys(connection, table, select(*table.primary_key.columns).where(old).order_by(table.c.at_us))
        for table, old in queries
    )


def sweep_footage(connection: Connection, site: str, before_us: int) -> int:
    """Remove a chunk of what recorders said before then, but the last word of each, and of the times before then whose footage
    is gone. Footage that is there is not touched. Returns how many."""
    w = footage_word.c
    newer = footage_word.alias("newer")
    later = exists().where(
        newer.c.site == site,
        newer.c.device == w.device,
        newer.c.stream == w.stream,
        newer.c.at_us > w.at_us,
        newer.c.at_us < before_us,
    )
    words = select(*footage_word.primary_key.columns).where(w.site == site, w.at_us < before_us, later).order_by(w.at_us)
    swept = _sweep_keys(connection, footage_word, words)
    t, r = footage_track.c, footage_run.c
    for device, stream in connection.execute(select(t.device, t.stream).where(t.site == site)).all():
        mine = (r.site == site) & (r.device == device) & (r.stream == stream) & (r.from_us < before_us)
        gone = mine & (r.until_us < before_us) & (r.what != "there")
        runs = select(*footage_run.primary_key.columns).where(gone).order_by(r.from_us)
        swept += _sweep_keys(connection, footage_run, runs)
    return swept


def sweep_duties(connection: Connection, site: str, before_us: int, needed: Collection[ScanKey] = ()) -> int:
    """Remove a chunk of the windows and shifts that ended, the scans that were made and the tallies of days before `before_us`.
    Returns how many.

    A window that is not settled stays. So do the scans of `needed`, which are evidence of windows that may still be judged, and
    of each place the last scan before then: the time that it goes unvisited counts from there. A tally stays up to two days
    longer, whatever the estate's zone."""
    w, s = window.c, scan.c
    newer = scan.alias("newer")
    passed = exists().where(newer.c.site == site, newer.c.place == s.place, newer.c.at_us > s.at_us, newer.c.at_us < before_us)
    # In the order of an index, so that the chunk is at its front.
    old_windows = (
        select(w.site, w.window_id)
        .where(w.site == site, w.ends_us < before_us, w.state != "open", or_(w.state != "unproven", unprovable()))
        .order_by(w.ends_us)
    )
    old_scans = (
        select(s.site, s.source, s.key).where(s.site == site, s.at_us < before_us, or_(s.place == "", passed)).order_by(s.at_us)
    )
    day = str((_EPOCH + timedelta(microseconds=before_us)).date() - timedelta(days=1))
    keys = list(tally.primary_key.columns)
    old_tallies = select(*keys).where(tally.c.site == site, tally.c.day < day).order_by(*keys)
    keys = list(roster.primary_key.columns)
    old_shifts = select(*keys).where(roster.c.site == site, roster.c.until_us < before_us).order_by(*keys)
    stay = frozenset((site, *key) for key in needed)
    rows = ((window, old_windows), (scan, old_scans), (tally, old_tallies), (roster, old_shifts))
    return sum(_sweep_keys(connection, table, query, stay) for table, query in rows)


def doubted_us(connection: Connection, site: str) -> int | None:
    """Since when the hub's clock is in doubt; None: it is not."""
    found: int | None = connection.execute(select(site_table.c.doubted_us).where(site_table.c.site == site)).scalar()
    return found


def note_doubt(connection: Connection, site: str, since_us: int | None) -> None:
    """Write it down."""
    connection.execute(update(site_table).where(site_table.c.site == site).values(doubted_us=since_us))


def _sweep_keys(
    connection: Connection, table: Table, query: Select[*tuple[Any, ...]], stay: Collection[tuple[str, ...]] = frozenset()
) -> int:
    """`stay`: keys of rows that the query may find, and that stay."""
    rows = connection.execute(query.limit(CHUNK_ROWS + len(stay)))
    found = list(islice((key for row in rows if (key := tuple(row)) not in stay), CHUNK_ROWS))
    bulk.delete(connection, table, found)
    return len(found)


def _sweep_letters(connection: Connection, site: str, before_us: int) -> int:
    """Each reader's from its front, up to the first that is younger: a letter that was sent again in vain is as young as that."""
    letter = dead_letter.c
    swept = 0
    for name in connection.execute(select(reader.c.reader).where(reader.c.site == site)).scalars().all():
        mine = (letter.site == site) & (letter.reader == name)
        last = None
        for row in connection.execute(select(letter.pos, letter.at_us).where(mine).order_by(letter.pos).limit(CHUNK_ROWS)):
            if row.at_us >= before_us:
                break
            last = row.pos
        if last is not None:
            swept += connection.execute(delete(dead_letter).where(mine, letter.pos <= last)).rowcount
    return swept


def _sweep_log(connection: Connection, site: str, newest_pos: int, before_us: int) -> int:
    slowest = connection.execute(select(func.min(reader.c.pos)).where(reader.c.site == site)).scalar()
    passed = newest_pos if slowest is None else max(int(slowest), newest_pos - BEHIND_MAX)
    first = select(change.c.pos, change.c.at_us).where(change.c.site == site, change.c.pos <= passed)
    last = None
    for row in connection.execute(first.order_by(change.c.pos).limit(CHUNK_ROWS)):
        if row.at_us >= before_us:
            break
        last = row.pos
    if last is None:
        return 0
    return connection.execute(delete(change).where(change.c.site == site, change.c.pos <= last)).rowcount


def _sweep(connection: Connection, table: Table, site: str, stream: str, before_us: int) -> int:
    columns = table.c
    of_stream = (columns.site == site) & (columns.stream == stream)
    first = select(columns.seq, columns.hub_at_us).where(of_stream).order_by(columns.seq).limit(CHUNK_ROWS)
    last = None
    for row in connection.execute(first):
        if row.hub_at_us >= before_us:
            break
        last = row.seq
    if last is None:
        return 0
    return connection.execute(delete(table).where(of_stream, columns.seq <= last)).rowcount
