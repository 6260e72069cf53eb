"""What differs between two estates, row by row, in words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from hub.estate import EstateFile
from hub.estates.document import HEAD, KINDS, plain_of

What = Literal["added", "changed", "removed"]
KIND_NAMES: Mapping[str, tuple[str, str]] = {
    "estate": ("小区", "estate"),
    "floors": ("楼层", "floor"),
    "places": ("位置", "place"),
    "agents": ("采集端", "agent"),
    "devices": ("设备", "device"),
    "phones": ("手机", "phone"),
    "staff": ("人员", "person"),
    "routes": ("路线", "route"),
}
WHAT_NAMES: Mapping[What, tuple[str, str]] = {
    "added": ("新增", "new"),
    "changed": ("修改", "changed"),
    "removed": ("删除", "removed"),
}


class RowChange(NamedTuple):
    """A row that is new, changed or gone. `fields`: which of its values differ, of a changed one."""

    what: What
    kind: str
    id: str
    fields: tuple[str, ...]
    zh: str
    en: str


def changes(was: EstateFile, now: EstateFile) -> list[RowChange]:
    """In the order of the tables: what is gone, what is changed, what is new."""
    before, after = plain_of(was), plain_of(now)
    head = tuple(key for key in HEAD if before.get(key) != after.get(key))
    found = [_told("changed", "estate", now.site, head, after)] if head else []
    for kind in KINDS:
        found += _of_kind(kind, before.get(kind, ()), after.get(kind, ()))
    return found


def ids(rows: Sequence[RowChange], what: What, kind: str) -> list[str]:
    """The ids of such rows."""
    return [row.id for row in rows if (row.what, row.kind) == (what, kind)]


def _of_kind(kind: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[RowChange]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    gone = [_told("removed", kind, name, (), row) for name, row in old.items() if name not in new]
    changed = [
        _told("changed", kind, name, fields, row)
        for name, row in new.items()
        if name in old and (fields := tuple(key for key in {**old[name], **row} if old[name].get(key) != row.get(key)))
    ]
    return gone + changed + [_told("added", kind, name, (), row) for name, row in new.items() if name not in old]


def _told(what: What, kind: str, name: str, fields: tuple[str, ...], row: Mapping[str, Any]) -> RowChange:
    (zh, en), (kind_zh, kind_en) = WHAT_NAMES[what], KIND_NAMES[kind]
    of_zh, of_en = (f"：{'、'.join(fields)}", f": {', '.join(fields)}") if fields else ("", "")
    return RowChange(
        what, kind, name, fields, f"{zh}{kind_zh} {row.get('name_zh', '')}（{name}）{of_zh}", f"{en} {kind_en} {name}{of_en}"
    )
