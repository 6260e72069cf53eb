"""Phones' rows: in memory what each outbox has told and who is under way, in the database all."""

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Table

from hub.ingest.rows import Journal, Rows
from hub.ingest.visits.rows import Passing
from hub.phones.types import UNDER_WAY, Dispatch, EntryRow, MediaRow, PhoneStream, StreamKey, reported_us
from hub.store import bulk, phone_rows, schema

if TYPE_CHECKING:
    from hub.ingest.site import Site


class Streams(Rows[StreamKey, PhoneStream]):
    """Every guard's outbox on every phone, found by the phone."""

    def __init__(self, journal: Journal) -> None:
        self._of_phone: dict[str, dict[str, PhoneStream]] = {}
        super().__init__(journal)

    def of_phone(self, phone: str) -> list[PhoneStream]:
        """All outboxes on that phone."""
        return list(self._of_phone.get(phone, {}).values())

    def reported_us(self, phone: str, now_us: int, ever_us: int) -> int | None:
        """See hub/phones/types.py. Where nobody carries it nothing more can come."""
        return reported_us(self.of_phone(phone), now_us, ever_us)

    def _place(self, key: StreamKey, value: PhoneStream | None) -> None:
        super()._place(key, value)
        of_phone = self._of_phone.setdefault(key.phone, {})
        if value is None:
            of_phone.pop(key.person, None)
        else:
            of_phone[key.person] = value


def entry_name(phone: str, key: str) -> str:
    """How an entry is found."""
    return f"{phone}|{key}"


def dispatch_name(row: Dispatch) -> str:
    """How a dispatch is found, and its key in the change log."""
    return f"{row.case_no}/{row.dispatch_no}"


def _is_under_way(row: Dispatch) -> bool:
    return row.state in UNDER_WAY


def _never(_: object) -> bool:
    return False


class PhoneTables:
    """All of them. `entries` and `media` hold what the present turn has made or changed."""

    def __init__(self, journal: Journal) -> None:
        self.streams = Streams(journal)
        self.dispatches: Passing[Dispatch] = Passing(journal, _is_under_way)
        self.entries: Passing[EntryRow] = Passing(journal, _never)
        self.media: Passing[MediaRow] = Passing(journal, _never)

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """For whoever goes over all of a site's tables."""
        return (self.streams, self.dispatches, self.entries, self.media)


def load_phones(connection: Connection, site_id: str, site: "Site") -> None:
    """The outboxes, and who is under way."""
    for stream in phone_rows.streams(connection, site_id):
        site.phones.streams.load(stream.key, stream)
    for row in phone_rows.dispatches(connection, site_id, states=sorted(UNDER_WAY)):
        site.phones.dispatches.load(dispatch_name(row), row)


def write_phones(connection: Connection, site_id: str, site: "Site") -> None:
    """What a turn changed."""
    tables: tuple[tuple[Table, Rows[Any, Any]], ...] = (
        (schema.phone_stream, site.phones.streams),
        (schema.dispatch, site.phones.dispatches),
        (schema.phone_entry, site.phones.entries),
        (schema.phone_media, site.phones.media),
    )
    for table, rows in tables:
        new = [(site_id, *_columns(now)) for _, _, now in sorted(rows.changed(), key=_key) if now is not None]
        bulk.upsert(connection, table, new)


def _columns(row: Any) -> tuple[Any, ...]:
    return tuple(msgspec.structs.astuple(row)) if isinstance(row, msgspec.Struct) else tuple(row)


def _key(change: tuple[Any, Any, Any]) -> Any:
    return change[0]
