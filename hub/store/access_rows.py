"""Things of hub/access/types.py as rows, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, delete, func, select

from hub.access.types import LIVE, TYPES, AnyThing, Credential, Kind, Permit, id_of, kind_of
from hub.store import bulk, schema

TABLES: Mapping[Kind, Table] = {
    "household": schema.household,
    "holder": schema.holder,
    "permit": schema.permit,
    "credential": schema.credential,
    "group": schema.access_rule,
    "zone": schema.access_rule,
    "portal": schema.access_rule,
    "schedule": schema.access_rule,
}
_KEYS_AT_ONCE = 500
_RULE_HEAD = frozenset(("version", "changed_us"))
_encode = msgspec.json.Encoder().encode


class HistoryRow(NamedTuple):
    """A row of `access_history`, without its site."""

    kind: Kind
    id: str
    version: int
    at_us: int
    act: str
    actor: str
    reason: str
    body: str


def row_of(site: str, thing: AnyThing) -> tuple[Any, ...]:
    """Its row, in the order of its table's columns."""
    kind = kind_of(thing)
    if TABLES[kind] is schema.access_rule:
        body = {name: value for name, value in msgspec.to_builtins(thing).items() if name not in _RULE_HEAD}
        return site, kind, id_of(thing), thing.version, thing.changed_us, _encode(body).decode()
    values = msgspec.structs.asdict(thing)
    if isinstance(thing, Permit):
        values["group_ids"] = _encode(thing.groups).decode()
    return (site, *(values[column.name] for column in TABLES[kind].columns if column.name != "site"))


def thing_of(kind: Kind, row: Any) -> AnyThing:
    """The thing that a whole row of its table is."""
    values = dict(row._mapping)
    values.pop("site")
    if TABLES[kind] is schema.access_rule:
        head = {"version": values["version"], "changed_us": values["changed_us"]}
        return msgspec.convert({**msgspec.json.decode(values["body"]), **head}, TYPES[kind])
    if kind == "permit":
        values["groups"] = tuple(msgspec.json.decode(values.pop("group_ids")))
        values["exempt"] = bool(values["exempt"])
    return TYPES[kind](**values)


def find(connection: Connection, site: str, kind: Kind, name: str) -> AnyThing | None:
    """The thing of that kind and id."""
    return next(iter(find_all(connection, site, kind, [name])), None)


def find_all(connection: Connection, site: str, kind: Kind, names: Sequence[str]) -> Iterable[AnyThing]:
    """Those of them that are there, in no order."""
    table = TABLES[kind]
    key = table.c.rule if table is schema.access_rule else table.c[kind]
    where = [table.c.site == site, *([table.c.kind == kind] if table is schema.access_rule else [])]
    for at in range(0, len(names), _KEYS_AT_ONCE):
        query = select(table).where(*where, key.in_(names[at : at + _KEYS_AT_ONCE]))
        yield from (thing_of(kind, row) for row in connection.execute(query))


def rules(connection: Connection, site: str) -> list[AnyThing]:
    """All groups, zones, portals and schedules."""
    table = schema.access_rule
    rows = connection.execute(select(table).where(table.c.site == site).order_by(table.c.kind, table.c.rule))
    return [thing_of(row.kind, row) for row in rows]


def live_credentials(connection: Connection, site: str, names: Sequence[str]) -> Iterable[Credential]:
    """Who has these names now."""
    c = schema.credential.c
    for at in range(0, len(names), _KEYS_AT_ONCE):
        some = names[at : at + _KEYS_AT_ONCE]
        query = select(schema.credential).where(c.site == site, c.name.in_(some), c.ended_us.is_(None))
        for row in connection.execute(query):
            thing = thing_of("credential", row)
            assert isinstance(thing, Credential)
            yield thing


def count(connection: Connection, site: str, kind: Kind) -> int:
    """How many there are, those that are over as well."""
    table = TABLES[kind]
    where = [table.c.site == site, *([table.c.kind == kind] if table is schema.access_rule else [])]
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar() or 0)


def live_of_permits(connection: Connection, site: str, permits: Sequence[str]) -> list[tuple[str, str]]:
    """A permit's id and that of a live credential, for all of these permits."""
    c, found = schema.credential.c, []
    for at in range(0, len(permits), _KEYS_AT_ONCE):
        some = permits[at : at + _KEYS_AT_ONCE]
        query = select(c.permit, c.credential).where(c.site == site, c.permit.in_(some), c.ended_us.is_(None))
        found += [(str(row[0]), str(row[1])) for row in connection.execute(query)]
    return found


def users_of_group(connection: Connection, site: str, group: str) -> str:
    """A permit in force that names the group, or empty."""
    c = schema.permit.c
    said = c.group_ids.contains(f'"{group}"', autoescape=True)
    found = connection.execute(select(c.permit).where(c.site == site, c.ended_us.is_(None), said).limit(1)).scalar()
    return str(found or "")


def write_access(
    connection: Connection, site: str, things: Mapping[tuple[Kind, str], AnyThing | None], history: Sequence[HistoryRow]
) -> None:
    """Put things, or take away the rules that are None; add their history. Credentials that end go before those that begin, as a
    name may go over from one to the other."""
    by_table: dict[Table, list[AnyThing]] = {}
    gone = [(site, kind, name) for (kind, name), thing in things.items() if thing is None]
    for _, thing in sorted(things.items()):
        if thing is not None:
            by_table.setdefault(TABLES[kind_of(thing)], []).append(thing)
    for table, some in by_table.items():
        some.sort(key=lambda thing: isinstance(thing, Credential) and thing.state in LIVE)
        bulk.upsert(connection, table, [row_of(site, thing) for thing in some])
    bulk.delete(connection, schema.access_rule, gone)
    bulk.insert(connection, schema.access_history, [(site, *row) for row in history])


def forget_marks(connection: Connection) -> None:
    """The database was restored: numbers of tables that agents have seen may not come to mean something else."""
    connection.execute(delete(schema.permit_table))
