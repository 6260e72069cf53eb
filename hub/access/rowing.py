"""Rows of a file as what is to be there: households, holders, permits and credentials. Pure: what is there already comes in."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from contract.names import Medium
from hub.access.asks import ImportRow
from hub.access.naming import proof_of
from hub.access.sheet import COLUMNS, CellWrong, Line
from hub.access.types import SPACES_MAX, Group, Holder, HolderKind, Household, Permit, Proof
from hub.cases.types import Refusal
from hub.duties.localtime import day_us, instant_us

_LIST = re.compile(r"[;；、\n]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()+-]{2,38}")
_KINDS: Mapping[str, HolderKind] = {
    "": "resident", "业主": "resident", "住户": "resident", "租户": "resident", "员工": "staff", "施工": "contractor",
    "施工人员": "contractor", "访客": "visitor", "车辆": "vehicle", "resident": "resident", "staff": "staff",
    "contractor": "contractor", "visitor": "visitor", "vehicle": "vehicle",
}  # fmt: skip
_MEDIA: tuple[tuple[str, Medium], ...] = (("card", "card"), ("plate", "plate"), ("qr", "qr"), ("face", "face"))


class Known(NamedTuple):
    """What is there already. `holders`: by household, name and phone; `permits`: those in force, by holder."""

    holders: Mapping[tuple[str, str, str], str]
    permits: Mapping[str, Sequence[Permit]]


class _WrongCell(Exception):
    def __init__(self, column: str, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.told = (column, code, zh, en)


def household_id(building: str, unit: str, room: str) -> str:
    """The same door's in every file."""
    return f"h{blake2b(f'{building}|{unit}|{room}'.encode(), digest_size=10).hexdigest()}"


def households_of(lines: Sequence[Line]) -> list[str]:
    """The ids of all doors that the lines name; the empty one stands for none."""
    return sorted({_door(line)[0] for line in lines})


def rows_of(
    lines: Sequence[Line],
    groups: Sequence[Group],
    known: Known,
    *,
    key: bytes | None,
    zone: ZoneInfo,
    new_id: Callable[[], str],
) -> tuple[list[ImportRow], list[CellWrong]]:
    """What the lines mean, and what is wrong with those that mean nothing: each line is in one of both."""
    rows: list[ImportRow] = []
    wrong: list[CellWrong] = []
    names = {name: group.group for group in groups for name in (group.group, group.name_zh, group.name_en) if name}
    made: dict[tuple[str, str, str], str] = {}
    permits: dict[tuple[str, Permit], str] = {}
    for line in lines:
        try:
            rows.append(_row(line, names, known, made, permits, key=key, zone=zone, new_id=new_id))
        except _WrongCell as found:
            wrong.append(CellWrong(line.row, *found.told))
    return rows, wrong


def _row(
    line: Line,
    groups: Mapping[str, str],
    known: Known,
    made: dict[tuple[str, str, str], str],
    permits: dict[tuple[str, Permit], str],
    *,
    key: bytes | None,
    zone: ZoneInfo,
    new_id: Callable[[], str],
) -> ImportRow:
    cells = line.cells
    door, household = _door(line)
    name, phone = _needed(cells, "name"), cells.get("phone", "")
    if len(name) > 100:
        raise _wrong("name", "too_long")
    if phone and not _PHONE.fullmatch(phone):
        raise _wrong("phone", "wrong_phone")
    kind = _KINDS.get(cells.get("kind", "").lower())
    if kind is None:
        raise _wrong("kind", "unknown_kind")
    who = (door, name, phone)
    holder_id = known.holders.get(who) or made.setdefault(who, new_id())
    holder = Holder(holder=holder_id, kind=kind, name=name, phone=phone, household=door)
    wanted = _permit(cells, groups, holder_id, zone)
    same = next((one.permit for one in known.permits.get(holder_id, ()) if _alike(one, wanted)), None)
    permit = msgspec.structs.replace(wanted, permit=same or permits.setdefault((holder_id, wanted), new_id()))
    proofs = tuple(_proofs(cells, key))
    return ImportRow(line.row, household, holder, permit, proofs)


def _door(line: Line) -> tuple[str, Household | None]:
    building, unit, room = (line.cells.get(name, "")[:100] for name in ("building", "unit", "room"))
    if not (building or unit or room):
        return "", None
    door = household_id(building, unit, room)
    return door, Household(household=door, building=building, unit=unit, room=room)


def _permit(cells: Mapping[str, str], groups: Mapping[str, str], holder: str, zone: ZoneInfo) -> Permit:
    named: list[str] = []
    for one in _split(_needed(cells, "groups")):
        if one not in groups:
            raise _wrong("groups", "unknown_group")
        named.append(groups[one])
    spaces = cells.get("spaces", "0")
    if not (spaces.isascii() and spaces.isdigit() and int(spaces[:6]) <= SPACES_MAX):
        raise _wrong("spaces", "wrong_number")
    from_us = _time_us(cells, "valid_from", zone, end=False)
    until_us = _time_us(cells, "valid_until", zone, end=True)
    if from_us is not None and until_us is not None and from_us >= until_us:
        raise _wrong("valid_until", "wrong_times")
    note, wanted = cells.get("note", ""), tuple(dict.fromkeys(named))
    if len(wanted) > 8:
        raise _wrong("groups", "too_many_groups")
    return Permit(permit="new", holder=holder, groups=wanted, from_us=from_us, until_us=until_us, spaces=int(spaces), note=note)


def _alike(one: Permit, wanted: Permit) -> bool:
    names = ("groups", "from_us", "until_us", "spaces")
    return all(getattr(one, name) == getattr(wanted, name) for name in names)


def _proofs(cells: Mapping[str, str], key: bytes | None) -> list[tuple[str, Proof]]:
    found: list[tuple[str, Proof]] = []
    for column, medium in _MEDIA:
        for text in _split(cells.get(column, "")):
            proof = proof_of(key, medium, text)
            if isinstance(proof, Refusal):
                zh, _, en = proof.message.partition(" / ")
                raise _WrongCell(column, proof.reason, zh, en)
            found.append((column, proof))
    return found


def _split(text: str) -> list[str]:
    return [part for one in _LIST.split(text) if (part := one.strip())]


def _time_us(cells: Mapping[str, str], column: str, zone: ZoneInfo, *, end: bool) -> int | None:
    """A local day or minute; the end of a day is its last moment."""
    text = cells.get(column, "").replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "").strip()
    if not text:
        return None
    try:
        day_text, _, minute_text = text.partition(" ")
        year, month, day_no = (int(part) for part in day_text.split("-"))
        day = date(year, month, day_no)
        if not 2000 <= day.year <= 2199:
            raise ValueError("no such year")
        if not minute_text:
            return day_us(zone, day + timedelta(days=1) if end else day)
        at = datetime.strptime(minute_text[:5], "%H:%M")
        return instant_us(zone, day, at.hour * 60 + at.minute)
    except (ValueError, OverflowError):
        raise _wrong(column, "wrong_time") from None


def _needed(cells: Mapping[str, str], column: str) -> str:
    if not cells.get(column):
        raise _wrong(column, "missing")
    return cells[column]


def _wrong(column: str, code: str) -> _WrongCell:
    name, zh, en = COLUMNS[column]
    return _WrongCell(column, code, f"“{name}”有误：{zh}", f"{column} is wrong: write {en}")
