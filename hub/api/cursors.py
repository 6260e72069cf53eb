"""Times and cursors in a query string."""

import base64
import binascii

import msgspec

from contract.clock import parse_rfc3339
from hub.api.errors import ApiError
from hub.api.models import NUMBER_MAX, plain
from hub.store.read import EventCursor


def time_us(text: str | None) -> int | None:
    """An RFC 3339 time, or None. Raises ApiError."""
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise ApiError("bad_time") from error


def event_cursor(text: str | None) -> EventCursor | None:
    """The cursor that a page gave out. Raises ApiError."""
    if text is None:
        return None
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=EventCursor)
        plain(cursor.stream)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise ApiError("bad_cursor") from error
    if max(abs(cursor.at_us), abs(cursor.seq)) > NUMBER_MAX:
        raise ApiError("bad_cursor")
    return cursor


def cursor_text(cursor: EventCursor | None) -> str | None:
    """A cursor for a query string."""
    return None if cursor is None else base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()
