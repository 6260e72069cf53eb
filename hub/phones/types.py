"""What is known of guards' phones. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

EndedWhy = Literal["replaced", "left", "revoked", "lost", "account"]
"""Why a token ended: the same guard bound the phone again; signed off by the guard; ended by somebody in charge, or with the
whole phone; the guard's account was changed."""
StreamState = Literal["on", "rest", "ended"]
DispatchState = Literal["sent", "on_way", "on_spot", "found", "declined", "recalled"]
UNDER_WAY: frozenset[str] = frozenset(("sent", "on_way", "on_spot"))
"""The states of a dispatch in which the guard still has it."""
SILENT_MAX_US = 72 * 3_600 * 1_000_000
"""A stream that was not heard for so long keeps nothing back any more: its windows are settled by then."""


class PhoneToken(NamedTuple):
    """A row of `phone_token` without its digest."""

    token: str
    phone: str
    account: str
    person: str
    created_us: int
    used_us: int
    expires_us: int
    ended_us: int | None = None
    ended_why: str = ""


class StreamKey(NamedTuple):
    """A phone, and who carries it."""

    phone: str
    person: str


class PhoneStream(msgspec.Struct, frozen=True):
    """A row of `phone_stream`: what one guard's outbox on one phone has told. `seq`: its highest number that came; `up_to_us`:
    everything made up to then has come."""

    phone: str
    person: str
    seq: int
    up_to_us: int | None
    heard_us: int
    state: StreamState

    @property
    def key(self) -> StreamKey:
        """Its key."""
        return StreamKey(self.phone, self.person)


class EntryRow(NamedTuple):
    """A row of `phone_entry`, in the table's order of columns, without the site."""

    phone: str
    key: str
    person: str
    seq: int
    kind: str
    at_us: int
    device_at_us: int | None
    mono_ms: int | None
    boot: str
    skew_ms: int | None
    received_us: int
    outcome: str
    code: str
    case_no: int | None


class DispatchKey(NamedTuple):
    """A case, and which time somebody was sent for it."""

    case_no: int
    dispatch_no: int


class Dispatch(msgspec.Struct, frozen=True):
    """A row of `dispatch`."""

    case_no: int
    dispatch_no: int
    person: str
    actor: str
    note: str
    sent_us: int
    state: DispatchState
    state_us: int

    @property
    def key(self) -> DispatchKey:
        """Its key."""
        return DispatchKey(self.case_no, self.dispatch_no)


class MediaRow(NamedTuple):
    """A row of `phone_media`, in the table's order of columns, without the site."""

    media: str
    phone: str
    person: str
    entry: str
    kind: str
    sha256: str
    size_bytes: int
    at_us: int
    created_us: int
    stored_us: int | None


def told_up_to(streams: Iterable[PhoneStream], now_us: int) -> int | None:
    """Up to when a phone has told everything, by what each guard's outbox on it has told: the earliest of those that are on duty.
    An outbox that was not heard for 72 h keeps nothing back. None: one of them has never said; `now_us` where nobody carries
    it."""
    counted = [one.up_to_us for one in streams if one.state == "on" and now_us - one.heard_us < SILENT_MAX_US]
    known = [up_to_us for up_to_us in counted if up_to_us is not None]
    return None if len(known) < len(counted) else min(known, default=now_us)


def reported_us(streams: Sequence[PhoneStream], now_us: int, nobody_us: int) -> int | None:
    """Up to when a phone counts as having told everything, by all outboxes on it: -1 where one on duty has never said,
    `nobody_us` where nobody carries it. None: it was never bound, and what it said itself counts."""
    if not streams:
        return None
    if all(one.state != "on" for one in streams):
        return nobody_us
    told_us = told_up_to(streams, now_us)
    return -1 if told_us is None else told_us
