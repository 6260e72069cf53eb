"""The versions of an estate, and its floors' drawings, as rows."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, literal, or_, select

from hub.store import bulk
from hub.store.schema import estate_version, plan_drawing, roster, tag, window

VERSIONS_KEPT = 1_000
"""Older ones go with the next edit: at 5,000 devices each is 0.75 MB."""


class VersionRow(NamedTuple):
    """A row of `estate_version`, without its site. `origin`: file, edit or restore; `body`: the document as JSON."""

    version: int
    at_us: int
    actor: str
    reason: str
    origin: str
    digest: str
    body: str


class DrawingRow(NamedTuple):
    """A row of `plan_drawing`, without its site."""

    floor: str
    media_type: str
    body: bytes
    digest: str
    width: float
    height: float
    at_us: int


class DrawingHead(NamedTuple):
    """What is known of a drawing without its body."""

    floor: str
    media_type: str
    digest: str
    width: float
    height: float
    size_bytes: int


class Ahead(NamedTuple):
    """How many windows have not opened yet, shifts are not over, and tags are enrolled."""

    windows: int
    shifts: int
    tags: int


_VERSION = tuple(estate_version.c[name] for name in VersionRow._fields)
_HEAD = (*_VERSION[:-1], literal("").label("body"))
_TOO_OLD = f"DELETE FROM {estate_version.name} WHERE site = ? AND version <= ?"  # noqa: S608
_DRAWING = tuple(plan_drawing.c[name] for name in DrawingRow._fields)


def newest_version(connection: Connection, site: str) -> VersionRow | None:
    """The estate in force; None: no hub has run with one yet."""
    query = select(*_VERSION).where(estate_version.c.site == site).order_by(estate_version.c.version.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else VersionRow(*row)


def newest_number(connection: Connection, site: str) -> int:
    """Its number alone; 0: there is none."""
    query = select(func.max(estate_version.c.version)).where(estate_version.c.site == site)
    return int(connection.execute(query).scalar() or 0)


def digests(connection: Connection, site: str) -> set[str]:
    """Of every version there was."""
    return set(connection.execute(select(estate_version.c.digest).where(estate_version.c.site == site)).scalars())


def write_estate(connection: Connection, site: str, versions: list[VersionRow], drawings: dict[str, DrawingRow | None]) -> None:
    """Add versions, of which the newest are kept; put drawings, or None to take one away."""
    bulk.insert(connection, estate_version, [(site, *row) for row in versions])
    for row in versions:
        bulk.run(connection, _TOO_OLD, (site, row.version - VERSIONS_KEPT))
    bulk.upsert(connection, plan_drawing, [(site, *row) for row in drawings.values() if row is not None])
    bulk.delete(connection, plan_drawing, [(site, floor) for floor, row in drawings.items() if row is None])


class EstateReads:
    """What is asked of those tables by who only looks."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def version(self, version: int) -> VersionRow | None:
        """One version, with its document."""
        where = (estate_version.c.site == self._site, estate_version.c.version == version)
        row = self._one(select(*_VERSION).where(*where))
        return None if row is None else VersionRow(*row)

    def versions(self, limit: int, before: int | None = None) -> list[VersionRow]:
        """The newest first, without their documents."""
        table = estate_version.c
        query = select(*_HEAD).where(table.site == self._site).order_by(table.version.desc()).limit(limit)
        if before is not None:
            query = query.where(table.version < before)
        with self._engine.connect() as connection:
            return [VersionRow(*row) for row in connection.execute(query)]

    def drawing(self, floor: str) -> DrawingRow | None:
        """A floor's drawing."""
        row = self._one(select(*_DRAWING).where(plan_drawing.c.site == self._site, plan_drawing.c.floor == floor))
        return None if row is None else DrawingRow(*row)

    def drawings(self) -> list[DrawingHead]:
        """All of them, without their bodies."""
        c = plan_drawing.c
        columns = (c.floor, c.media_type, c.digest, c.width, c.height, func.length(c.body))
        query = select(*columns).where(c.site == self._site).order_by(c.floor)
        with self._engine.connect() as connection:
            return [DrawingHead(*row) for row in connection.execute(query)]

    def ahead(self, routes: Collection[str], people: Collection[str], places: Collection[str], now_us: int) -> Ahead:
        """What is still to come, or hangs, on what is to be removed. Never over 5,000 names each."""
        w, r, t = window.c, roster.c, tag.c
        with self._engine.connect() as connection:

            def count(table: Any, *where: Any) -> int:
                found = connection.execute(select(func.count()).select_from(table).where(table.c.site == self._site, *where))
                return int(found.scalar() or 0)

            return Ahead(
                count(window, w.route.in_(routes), w.state == "open", w.opens_us > now_us) if routes else 0,
                count(roster, r.person.in_(people), r.until_us > now_us) if people else 0,
                count(tag, or_(t.place.in_(places), t.person.in_(people)), t.until_us.is_(None)) if people or places else 0,
            )

    def _one(self, query: Any) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(query).first()
