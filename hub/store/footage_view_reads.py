"""What is asked of the register of footage and of its archives, and what is written there. Each query has a limit."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, and_, func, insert, or_, select, update

from hub.footage.views import ExportRow, ExportState, ViewRow
from hub.store.footage_view_tables import footage_export, footage_view

_v, _e = footage_view.c, footage_export.c


class ViewFilter(NamedTuple):
    """Which rows are asked for; an empty field asks for all. `device`: with this camera among theirs."""

    account: str = ""
    kind: str = ""
    device: str = ""
    incident: int | None = None
    from_us: int | None = None
    to_us: int | None = None


class ViewCursor(NamedTuple):
    """The last row of a page, newest first."""

    at_us: int
    view: str


class FootageViewReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def views(self, wanted: ViewFilter, limit: int, after: ViewCursor | None = None) -> list[ViewRow]:
        """Rows of the register, newest first."""
        query = select(footage_view).where(_v.site == self._site)
        query = query.where(*(_v[name] == value for name in ("account", "kind") if (value := getattr(wanted, name))))
        if wanted.device:
            quoted = msgspec.json.encode(wanted.device).decode()
            query = query.where(_v.devices.contains(quoted, autoescape=True))
        if wanted.incident is not None:
            query = query.where(_v.incident == wanted.incident)
        if wanted.from_us is not None:
            query = query.where(_v.at_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(_v.at_us < wanted.to_us)
        if after is not None:
            same = and_(_v.at_us == after.at_us, _v.view < after.view)
            query = query.where(_v.at_us <= after.at_us, or_(_v.at_us < after.at_us, same))
        return [_view_of(row) for row in self._all(query.order_by(_v.at_us.desc(), _v.view.desc()).limit(limit))]

    def view(self, view: str) -> ViewRow | None:
        """One row of the register."""
        row = self._one(select(footage_view).where(_v.site == self._site, _v.view == view))
        return None if row is None else _view_of(row)

    def exports(self, limit: int) -> list[ExportRow]:
        """Archives, newest first."""
        query = select(footage_export).where(_e.site == self._site).order_by(_e.asked_us.desc(), _e.export).limit(limit)
        return [_export_of(row) for row in self._all(query)]

    def export(self, export: str) -> ExportRow | None:
        """One of them."""
        row = self._one(select(footage_export).where(_e.site == self._site, _e.export == export))
        return None if row is None else _export_of(row)

    def unended(self) -> list[ExportRow]:
        """Those that are still to be made, oldest first."""
        query = select(footage_export).where(_e.site == self._site, _e.state.in_(("queued", "making"))).order_by(_e.asked_us)
        return [_export_of(row) for row in self._all(query.limit(1_000))]

    def files(self) -> set[str]:
        """The names of all archives that are kept."""
        query = select(_e.file).where(_e.site == self._site, _e.state == "done")
        return {str(row.file) for row in self._all(query)}

    def over(self, now_us: int, limit: int) -> list[ExportRow]:
        """Those whose archives are to be deleted by now."""
        query = select(footage_export).where(_e.site == self._site, _e.state == "done", _e.expires_us <= now_us)
        return [_export_of(row) for row in self._all(query.order_by(_e.expires_us).limit(limit))]

    def _all(self, query: Any) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    def _one(self, query: Any) -> Row[Any] | None:
        with self._engine.connect() as connection:
            return connection.execute(query).one_or_none()


def asked_since(connection: Connection, site: str, account: str, kind: str, from_us: int) -> int:
    """How often this account has asked for that since then."""
    mine = (_v.site == site, _v.account == account, _v.kind == kind, _v.at_us >= from_us)
    return int(connection.execute(select(func.count()).select_from(footage_view).where(*mine)).scalar_one())


def put_view(connection: Connection, site: str, row: ViewRow) -> None:
    """Enter it into the register, from which nothing is ever taken."""
    values = {**row._asdict(), "site": site, "devices": msgspec.json.encode(row.devices).decode()}
    connection.execute(insert(footage_view).values(**values))


def put_export(connection: Connection, site: str, row: ExportRow) -> None:
    """An archive that is to be made."""
    connection.execute(insert(footage_export).values(site=site, **row._asdict()))


def set_export(connection: Connection, site: str, export: str, was: Sequence[ExportState], **values: Any) -> bool:
    """Change it where its state is one of `was`. Whether it was."""
    mine = (_e.site == site, _e.export == export, _e.state.in_(was))
    return connection.execute(update(footage_export).where(*mine).values(**values)).rowcount == 1


def _view_of(row: Row[Any]) -> ViewRow:
    fields = {name: row._mapping[name] for name in ViewRow._fields}
    return ViewRow(**{**fields, "devices": tuple(msgspec.json.decode(fields["devices"], type=list[str]))})


def _export_of(row: Row[Any]) -> ExportRow:
    return ExportRow(**{name: row._mapping[name] for name in ExportRow._fields})
