"""What people look up in the book of permits: pages by id, each going on after the last id of the one before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, or_, select

from hub.access.types import AnyThing, Group, Holder, Household, Kind, Permit
from hub.store import access_rows, schema
from hub.store.access_rows import TABLES, HistoryRow, thing_of

HISTORY_MAX = 500
EXPORT_MAX = 200_000
_h, _p, _c, _d = schema.holder.c, schema.permit.c, schema.credential.c, schema.household.c


class Filter(NamedTuple):
    """What a page is to hold; empty: no matter. `id`: that one thing. `text`: in a name, a phone, a door, or what a credential is
    recognised by."""

    id: str = ""
    text: str = ""
    kind: str = ""
    household: str = ""
    holder: str = ""
    permit: str = ""
    group: str = ""
    state: str = ""
    medium: str = ""
    name: str = ""
    live: bool = False


class ExportRow(NamedTuple):
    """A permit in force with all that a file has of it. `shown`: of its live credentials, by medium."""

    household: Household | None
    holder: Holder
    permit: Permit
    shown: Mapping[str, list[str]]


class AccessReads:
    """See the module. Raises SQLAlchemy's errors."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def find(self, kind: Kind, name: str) -> AnyThing | None:
        """One thing."""
        with self._engine.connect() as connection:
            return access_rows.find(connection, self._site, kind, name)

    def page(self, kind: Kind, wanted: Filter, after: str, limit: int) -> list[AnyThing]:
        """Things of a kind that fit, by their ids, from behind `after` on."""
        table = TABLES[kind]
        key = table.c.rule if table is schema.access_rule else table.c[kind]
        one = [key == wanted.id] if wanted.id else []
        query = select(table).where(table.c.site == self._site, key > after, *one, *_fitting(kind, wanted, self._site))
        with self._engine.connect() as connection:
            return [thing_of(kind, row) for row in connection.execute(query.order_by(key).limit(limit))]

    def holders_by_permit(self, permits: Sequence[str]) -> dict[str, Holder]:
        """Whose each of these permits is."""
        if not permits:
            return {}
        wanted = (_p.site == self._site, _p.permit.in_(sorted(set(permits))))
        with self._engine.connect() as connection:
            pairs = connection.execute(select(_p.permit, _p.holder).where(*wanted)).all()
            ids = sorted({str(pair.holder) for pair in pairs})
            rows = connection.execute(select(schema.holder).where(_h.site == self._site, _h.holder.in_(ids))).all()
        known = {one.holder: one for row in rows if isinstance(one := thing_of("holder", row), Holder)}
        return {str(pair.permit): known[str(pair.holder)] for pair in pairs if str(pair.holder) in known}

    def history(self, kind: Kind, name: str) -> list[HistoryRow]:
        """What became of a thing, the newest first."""
        t = schema.access_history.c
        columns = (t.kind, t.id, t.version, t.at_us, t.act, t.actor, t.reason, t.body)
        query = select(*columns).where(t.site == self._site, t.kind == kind, t.id == name)
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(t.at_us.desc(), t.version.desc()).limit(HISTORY_MAX))
            return [HistoryRow(*row) for row in found]

    def counts(self) -> dict[Kind, int]:
        """How many there are of each kind."""
        with self._engine.connect() as connection:
            return {kind: access_rows.count(connection, self._site, kind) for kind in TABLES}

    def portals(self) -> list[str]:
        """The devices that are portals."""
        t = schema.access_rule.c
        with self._engine.connect() as connection:
            found = connection.execute(select(t.rule).where(t.site == self._site, t.kind == "portal").order_by(t.rule))
            return [str(device) for device in found.scalars()]

    def groups(self) -> list[Group]:
        """All groups."""
        with self._engine.connect() as connection:
            return [one for one in access_rows.rules(connection, self._site) if isinstance(one, Group)]

    def known(self, households: Sequence[str]) -> tuple[dict[tuple[str, str, str], str], dict[str, list[Permit]]]:
        """The holders of these households who are not gone, by household, name and phone; and the permits in force of each."""
        holders: dict[tuple[str, str, str], str] = {}
        permits: dict[str, list[Permit]] = {}
        with self._engine.connect() as connection:
            for at in range(0, len(households), 500):
                some = households[at : at + 500]
                here = (_h.site == self._site, _h.household.in_(some), _h.ended_us.is_(None))
                for row in connection.execute(select(_h.household, _h.name, _h.phone, _h.holder).where(*here)):
                    holders[row[0], row[1], row[2]] = row[3]
                joined = schema.permit.join(schema.holder, (_h.site == _p.site) & (_h.holder == _p.holder))
                query = select(schema.permit).select_from(joined).where(*here, _p.ended_us.is_(None))
                for row in connection.execute(query):
                    found = thing_of("permit", row)
                    assert isinstance(found, Permit)
                    permits.setdefault(found.holder, []).append(found)
        return holders, permits

    def export(self) -> Iterator[ExportRow]:
        """All permits in force of holders who are not gone."""
        with self._engine.connect() as connection:
            shown = self._shown(connection)
            households = self._all(connection, "household")
            holders = self._all(connection, "holder")
            query = select(schema.permit).where(_p.site == self._site, _p.ended_us.is_(None)).order_by(_p.holder, _p.permit)
            for row in connection.execute(query.limit(EXPORT_MAX)):
                permit = thing_of("permit", row)
                assert isinstance(permit, Permit)
                holder = holders.get(permit.holder)
                if isinstance(holder, Holder) and holder.ended_us is None:
                    household = households.get(holder.household)
                    door = household if isinstance(household, Household) else None
                    yield ExportRow(door, holder, permit, shown.get(permit.permit, {}))

    def _shown(self, connection: Connection) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        where = (_c.site == self._site, _c.ended_us.is_(None))
        for permit, medium, name, shown in connection.execute(select(_c.permit, _c.medium, _c.name, _c.shown).where(*where)):
            found.setdefault(permit, {}).setdefault(medium, []).append(shown if medium == "plate" else name)
        return found

    def _all(self, connection: Connection, kind: Kind) -> dict[str, AnyThing]:
        table = TABLES[kind]
        rows = connection.execute(select(table).where(table.c.site == self._site))
        return {str(row._mapping[kind]): thing_of(kind, row) for row in rows}


def _fitting(kind: Kind, wanted: Filter, site: str) -> list[Any]:
    table = TABLES[kind]
    if table is schema.access_rule:
        said = [table.c.body.contains(wanted.text, autoescape=True)] if wanted.text else []
        return [table.c.kind == kind, *said]
    found: list[Any] = [table.c.ended_us.is_(None)] if wanted.live else []
    equal = {
        "kind": "kind",
        "household": "household",
        "holder": "holder",
        "permit": "permit",
        "state": "state",
        "medium": "medium",
    }
    for name, column in {**equal, "name": "name"}.items():
        value = getattr(wanted, name)
        if value and column in table.c and (kind == "credential" or name != "name"):
            found.append(table.c[column] == value)
    if wanted.group and kind == "permit":
        found.append(_p.group_ids.contains(f'"{wanted.group}"', autoescape=True))
    if wanted.text:
        found.append(_text(kind, wanted.text, site))
    return found


def _text(kind: Kind, text: str, site: str) -> Any:
    if kind == "holder":
        doors = select(_d.household).where(_d.site == site, _door(text))
        said = (column.contains(text, autoescape=True) for column in (_h.name, _h.phone))
        return or_(*said, _h.household.in_(doors), _h.holder.in_(_of_plate(text, site)))
    if kind == "household":
        return _door(text)
    if kind == "credential":
        return _c.shown.contains(text.upper(), autoescape=True)
    holders = select(_h.holder).where(_h.site == site, _h.name.contains(text, autoescape=True))
    return or_(_p.holder.in_(holders), _p.note.contains(text, autoescape=True))


def _of_plate(text: str, site: str) -> Any:
    """Holders with a live plate that holds the text."""
    joined = schema.credential.join(schema.permit, (_p.site == _c.site) & (_p.permit == _c.permit))
    plates = (_c.site == site, _c.medium == "plate", _c.ended_us.is_(None), _c.shown.contains(text.upper(), autoescape=True))
    return select(_p.holder).select_from(joined).where(*plates)


def _door(text: str) -> Any:
    """By `3-2-501` or any part of it."""
    door = func.coalesce(_d.building, "") + "-" + _d.unit + "-" + _d.room
    return or_(door.contains(text, autoescape=True), _d.room == text)
