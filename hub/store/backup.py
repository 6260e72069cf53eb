"""Backup and restore: all rows of all sites at one moment, in one portable file, from either database into either.

The file is a zip: `manifest.json`, and for each table `TABLE.jsonl` with one row a line as a JSON list in the order of the
columns that the manifest names. Its owner alone may read it. It is written beside its name, synced, and only then given its
name.
"""

import base64
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.types import LargeBinary

from hub.audit.keyfile import HeadKey
from hub.audit.restored import ends_of, note_restore
from hub.duties.restored import RESTORED, Restore, restores_from, restores_text
from hub.store import schema
from hub.store.access_rows import forget_marks
from hub.store.accounts import end_all
from hub.store.engine import is_sqlite, open_engine
from hub.store.enrolments import end_all_tokens
from hub.store.migrate import VERSION, migrate, version_of
from hub.store.phone_rows import expire_all

FORMAT = 1
CHUNK_ROWS = 2_000
POSITIONS_SKIPPED = 1_000_000
"""A restored hub counts on from so far beyond the backup, and beyond the database that it replaces: what was committed after the
backup had positions and numbers that readers and people have seen, and they may not come to mean something else, not even when
one backup is restored twice."""
CASES_SKIPPED = 10_000


class BadBackup(ValueError):
    """The file is no backup that this program can restore. The database was not touched."""


class DatabaseInUse(RuntimeError):
    """The database that is to be restored into holds rows already."""


class Summary(NamedTuple):
    """How many rows of each table were written."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def backup(url: str, file: Path) -> Summary:
    """Write everything in the database at `url` into `file`, as of one moment, while a hub may go on writing. An older `file` is
    replaced only by a whole new one."""
    engine = open_engine(url, read_only=True)
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with (
            engine.connect() as connection,
            os.fdopen(_make_private(part), "wb") as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            version = version_of(connection)
            if version != VERSION:
                raise BadBackup(f"the database is at version {version}, this program at {VERSION}: start the hub on it once")
            rows = {table.name: _dump(connection, archive, table) for table in _tables()}
            manifest = {"format": FORMAT, "version": version, "columns": _columns(), "rows": rows}
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        _sync(part)
        part.replace(file)
        _sync(file.parent)
    finally:
        engine.dispose()
        part.unlink(missing_ok=True)
    return Summary(rows)


def restore(file: Path, url: str, now_us: int, *, force: bool = False, head_key: HeadKey | None = None) -> Summary:
    """Put the rows of the backup into the database at `url`, in one transaction. With `force` what it holds is thrown away, else
    it must hold no site. No hub may run on it. Raises BadBackup, DatabaseInUse.

    The lease's epoch goes up, so that a hub that still runs can write nothing more. Agents are asked again for what the backup
    lacks. What phones and people reported since is lost, and a row of each site says so to whoever judges. Positions of the
    change log and case numbers skip ahead. The audit log says that it was put back, under a head that `head_key` signs. All
    sessions and tokens end, those of phones too: what was ended since the backup does not come back. Agents' tables of permits
    are numbered anew.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive)
        engine = open_engine(url)
        try:
            migrate(engine)
            with engine.begin() as connection:
                logs = ends_of(connection)
                was = _clear(connection, force)
                rows = {table.name: _fill(connection, archive, table, manifest) for table in _tables()}
                _skip_ahead(connection, was)
                _note_loss(connection, now_us)
                note_restore(connection, logs, head_key, now_us)
                end_all(connection)
                expire_all(connection)
                end_all_tokens(connection)
                forget_marks(connection)
        finally:
            engine.dispose()
    return Summary(rows)


def _tables() -> Sequence[Table]:
    return schema.metadata.sorted_tables


def _columns() -> dict[str, list[str]]:
    return {table.name: [column.name for column in table.columns] for table in _tables()}


def _dump(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    blobs = _blobs(table)
    count = 0
    rows = connection.execution_options(yield_per=CHUNK_ROWS).execute(select(table).order_by(*table.primary_key.columns))
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in rows:
            values = list(row)
            for at in blobs:
                values[at] = base64.b64encode(values[at]).decode()
            out.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _fill(connection: Connection, archive: zipfile.ZipFile, table: Table, manifest: dict[str, Any]) -> int:
    chunk: list[dict[str, Any]] = []
    count = 0
    for values in _lines(archive, table):
        chunk.append(dict(zip(manifest["columns"][table.name], values, strict=True)))
        count += 1
        if len(chunk) == CHUNK_ROWS:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)
    if count != manifest["rows"][table.name]:
        raise BadBackup(f"{table.name} has {count} rows, and the manifest says {manifest['rows'][table.name]}: take another file")
    return count


def _lines(archive: zipfile.ZipFile, table: Table) -> Iterator[list[Any]]:
    blobs = _blobs(table)
    with archive.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            values = json.loads(line)
            for at in blobs:
                values[at] = base64.b64decode(values[at])
            yield values


def _blobs(table: Table) -> list[int]:
    return [at for at, column in enumerate(table.columns) if isinstance(column.type, LargeBinary)]


def _opened(file: Path) -> zipfile.ZipFile:
    """The archive, whole: each member's checksum is right."""
    try:
        archive = zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadBackup(f"{file} cannot be read as a backup ({reason}): name a file that `backup` wrote") from error
    try:
        damaged = archive.testzip()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        damaged = f"a member ({error})"
    if damaged is not None:
        archive.close()
        raise BadBackup(f"{file}: {damaged} is damaged: take another backup")
    return archive


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        form, version, columns = manifest["format"], manifest["version"], manifest["columns"]
    except (KeyError, ValueError, TypeError) as error:
        raise BadBackup("there is no manifest in it: name a file that `backup` wrote") from error
    if form != FORMAT or version != VERSION or columns != _columns():
        raise BadBackup(
            f"it was made by version {version}, and this program is at {VERSION}: restore it with that one, then upgrade"
        )
    return manifest


class _Highest(NamedTuple):
    """The highest numbers that the replaced database had given."""

    epoch: int
    change_pos: int
    case_no: int


def _clear(connection: Connection, force: bool) -> _Highest:
    """Empty all tables."""
    site = schema.site.c
    row = connection.execute(select(func.max(site.lease_epoch), func.max(site.change_pos), func.max(site.case_no))).one()
    was = _Highest(*(int(value or 0) for value in row))
    if was.epoch and not force:
        raise DatabaseInUse("the database holds a site already: stop its hub, and restore with --force to throw its rows away")
    for table in reversed(_tables()):
        connection.execute(delete(table))
    return was


def _skip_ahead(connection: Connection, was: _Highest) -> None:
    site = schema.site.c
    higher = func.max if is_sqlite(connection) else func.greatest
    connection.execute(
        update(schema.site).values(
            lease_epoch=higher(site.lease_epoch, was.epoch) + 1,
            lease_owner="",
            change_pos=higher(site.change_pos, was.change_pos) + POSITIONS_SKIPPED,
            case_no=higher(site.case_no, was.case_no) + CASES_SKIPPED,
        )
    )


def _note_loss(connection: Connection, now_us: int) -> None:
    """Leave for each site what judging has to know of this restore, after those that the backup knows of."""
    state, mark = schema.detector_state, schema.watermark.c
    for site in connection.execute(select(schema.site.c.site)).scalars().all():
        here = state.c.site == site, state.c.detector == RESTORED
        before = connection.execute(select(state.c.body).where(*here)).scalar()
        told = connection.execute(select(mark.source, mark.up_to_us).where(mark.site == site)).all()
        newest = max(
            int(connection.execute(select(func.max(column)).where(column.table.c.site == site)).scalar() or 0)
            for column in (schema.stream.c.heard_us, schema.scan.c.received_us, schema.window.c.settled_us)
        )
        restores = [
            *(restores_from(before) if before else ()),
            Restore(now_us, min(newest, now_us), {str(source): int(up_to_us) for source, up_to_us in told}),
        ]
        connection.execute(delete(state).where(*here))
        row = {"site": site, "detector": RESTORED, "subject": "", "device": "", "body": restores_text(restores)}
        connection.execute(insert(state).values(row))


def _make_private(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
