"""A case's clocks, as pure functions of their rows. A clock that has expired runs on, so that the time taken can be told."""

from collections.abc import Iterable, Sequence

from hub.cases.types import ClockEvent


def life(events: Iterable[ClockEvent], clock: str) -> list[ClockEvent]:
    """The rows of `clock` from its last start on; empty when it never started."""
    rows: list[ClockEvent] = []
    for row in events:
        if row.clock == clock:
            rows = [row] if row.event == "start" else [*rows, row] if rows else []
    return rows


def runs(events: Iterable[ClockEvent], clock: str) -> bool:
    """Whether `clock` has been started and not stopped. A paused clock counts as running."""
    rows = life(events, clock)
    return bool(rows) and all(row.event != "stop" for row in rows)


def elapsed_us(events: Iterable[ClockEvent], clock: str, now_us: int) -> int:
    """How long `clock` has run since its last start, without its pauses. Never negative, whatever the wall clock did."""
    total, since = _spans(life(events, clock))
    return total if since is None else total + max(0, now_us - since)


def due_us(events: Iterable[ClockEvent], clock: str, limit_us: int) -> int | None:
    """When `clock` reaches `limit_us`; None when it does not run, is paused, or has expired."""
    rows = life(events, clock)
    if any(row.event == "expire" for row in rows):
        return None
    total, since = _spans(rows)
    return None if since is None else since + max(0, limit_us - total)


def _spans(rows: Sequence[ClockEvent]) -> tuple[int, int | None]:
    """The time of all finished spans, and when the present one began."""
    total, since = 0, None
    for row in rows:
        if row.event in ("start", "resume"):
            since = row.at_us if since is None else since
        elif row.event in ("pause", "stop") and since is not None:
            total, since = total + max(0, row.at_us - since), None
        if row.event == "stop":
            break
    return total, since
