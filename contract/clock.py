"""The only place that reads a clock. Times are integers in microseconds, `_us`; wall times count from the Unix epoch, UTC."""

import re
import time
from datetime import UTC, datetime
from typing import Protocol

US_PER_S = 1_000_000
US_PER_MS = 1_000

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Clock(Protocol):
    """What a loop holds. It reads the clock once a turn and passes the time down."""

    def now_us(self) -> int:
        """Wall time, UTC. May step backwards."""
        ...

    def mono_us(self) -> int:
        """Monotonic time since an arbitrary start. Never steps."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now_us(self) -> int:
        """Wall time of this machine."""
        return time.time_ns() // 1_000

    def mono_us(self) -> int:
        """Monotonic time of this machine."""
        return time.monotonic_ns() // 1_000


class ManualClock:
    """A clock that moves when it is told to: for tests and the simulation."""

    def __init__(self, now_us: int = 1_767_225_600_000_000, mono_us: int = 0) -> None:
        self._now_us = now_us
        self._mono_us = mono_us

    def now_us(self) -> int:
        """Wall time as last set."""
        return self._now_us

    def mono_us(self) -> int:
        """Monotonic time as last advanced."""
        return self._mono_us

    def advance_us(self, by_us: int) -> None:
        """Let time pass on both clocks. `by_us` may not be negative."""
        if by_us < 0:
            raise ValueError("time does not pass backwards: use step_wall_us for a clock that is set")
        self._now_us += by_us
        self._mono_us += by_us

    def step_wall_us(self, by_us: int) -> None:
        """Set the wall clock, as NTP or a person does; monotonic time goes on."""
        self._now_us += by_us


def rfc3339(at_us: int) -> str:
    """`at_us` as RFC 3339 in UTC with microseconds, such as `2026-01-01T00:00:00.000000Z`."""
    seconds, rest_us = divmod(at_us, US_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest_us:06d}Z"


def parse_rfc3339(text: str) -> int:
    """The time in microseconds that `text` names. Raises ValueError for anything but RFC 3339 with an offset."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"{text!r} is not an RFC 3339 time with an offset, such as 2026-01-01T08:00:00+08:00")
    moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * US_PER_S + moment.microsecond
