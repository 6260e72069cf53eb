"""Times and cursors in a query string."""

import base64
import binascii
from typing import TypeVar

import msgspec

from contract.clock import parse_rfc3339
from hub.api.errors import ApiError
from hub.api.models import NUMBER_MAX, plain
from hub.store.duty_reads import ScanCursor, WindowCursor
from hub.store.footage_view_reads import ViewCursor
from hub.store.passage_reads import PassageCursor
from hub.store.read import EventCursor

AnyCursor = EventCursor | WindowCursor | ScanCursor | PassageCursor | ViewCursor
C = TypeVar("C", EventCursor, WindowCursor, ScanCursor, PassageCursor, ViewCursor)


def time_us(text: str | None) -> int | None:
    """An RFC 3339 time, or None. Raises ApiError."""
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise ApiError("bad_time") from error


def event_cursor(text: str | None) -> EventCursor | None:
    """The cursor that a page of events gave out. Raises ApiError."""
    return None if text is None else cursor_of(text, EventCursor)


def cursor_of(text: str, type_: type[C]) -> C:
    """The cursor of that type that a page gave out. Raises ApiError."""
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=type_)
        for one in cursor:
            if isinstance(one, str):
                plain(one)
            elif abs(one) > NUMBER_MAX:
                raise ValueError("no number of ours")
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise ApiError("bad_cursor") from error
    return cursor


def cursor_text(cursor: AnyCursor | None) -> str | None:
    """A cursor for a query string."""
    return None if cursor is None else base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()
