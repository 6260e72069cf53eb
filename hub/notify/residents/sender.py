"""Tells residents what waits to be told, and destroys the keys of days that are over: one thread.

A notice is a row, made in the turn that asks. It is marked after the delivery, so that a crash tells again and never skips. What
cannot be told soon is given up by name, which the desk sees: a visitor waits at the gate.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Event, Thread
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from contract.clock import US_PER_S, Clock, rfc3339
from hub.ingest.ports import Ask, ChangeRow, Unavailable
from hub.keyfile import BadKeyFile
from hub.notify.backoff import delay_s
from hub.notify.residents.channel import Way
from hub.notify.residents.message import WITH_LINK, text_of
from hub.visits.asks import NoticeDone
from hub.visits.types import Notice

IDLE_S = 5.0
STOP_S = 15.0
ANSWER_S = 10.0
AT_ONCE = 50
HELD_MAX = 1_000
"""Notices whose next try is remembered; over it the oldest are tried at once."""
HOLD_US = {"confirm": 90 * US_PER_S, "consent": 90 * US_PER_S, "dropped": 3_600 * US_PER_S, "register": 3_600 * US_PER_S}
"""So long a notice is tried: while somebody waits, somebody else rings up sooner."""
KEYS_EVERY_US = 3_600 * US_PER_S
_DAY_US = 86_400 * US_PER_S
_TOPICS = frozenset(("visit", "delivery"))
_log = logging.getLogger(__name__)


class Reads(Protocol):
    """The tables."""

    def notices_of(self, state: str, limit: int) -> Sequence[Notice]:
        """Notices in that state, oldest first."""
        ...

    def phone_of(self, holder: str) -> str:
        """Their number, or empty."""
        ...

    def oldest_sealed_us(self) -> int | None:
        """When the oldest visit was registered that still says who came."""
        ...


class Keys(Protocol):
    """What makes links, and what destroys keys."""

    def link_url(self, link: str) -> str:
        """The whole address; empty where the settings say none."""
        ...

    def destroy_before(self, day: str) -> int:
        """Destroy the keys of all days before that one."""
        ...


class _Held(NamedTuple):
    tries: int
    next_us: int


class ResidentSender:
    """See the module. `ways`: in the order in which they are tried. `erase_us`: how long visits keep what is personal."""

    def __init__(
        self,
        ways: Sequence[Way],
        reads: Reads,
        keys: Keys,
        ask: Callable[[Ask], "Future[Any]"],
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        erase_us: Callable[[], int],
        chance: Callable[[], float],
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._ways, self._reads, self._keys, self._ask, self._clock = tuple(ways), reads, keys, ask, clock
        self._zone, self._erase_us, self._chance = zone, erase_us, chance
        self._held: dict[str, _Held] = {}
        self._keys_us: int | None = None
        self._wake, self._stop = Event(), Event()
        self._thread = Thread(target=self._run, name="residents", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier run has left waiting."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message under way."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def on_changes(self, rows: Sequence[ChangeRow]) -> None:
        """Something was committed."""
        if any(row.topic in _TOPICS for row in rows):
            self._wake.set()

    def round(self) -> float:
        """Tell what is due. Returns after how many seconds to look again. Raises what the database raises, Unavailable."""
        now_us = self._clock.now_us()
        waiting = self._reads.notices_of("waiting", AT_ONCE)
        names = {notice.notice for notice in waiting}
        self._held = {name: held for name, held in list(self._held.items())[-HELD_MAX:] if name in names}
        for notice in waiting:
            held = self._held.get(notice.notice, _Held(0, 0))
            if self._stop.is_set():
                break
            if held.next_us <= now_us or held.next_us > now_us + _DAY_US:  # a clock that was set back
                self._try(notice, held.tries, now_us)
        soonest = min((held.next_us for held in self._held.values()), default=now_us + round(IDLE_S * US_PER_S))
        return min(IDLE_S, max(0.05, (soonest - now_us) / US_PER_S))

    def destroy_keys(self) -> None:
        """Once an hour: the keys of days of which no box is left. Raises OSError, and what the database raises."""
        now_us = self._clock.now_us()
        if self._keys_us is not None and 0 <= now_us - self._keys_us < KEYS_EVERY_US:
            return
        self._keys_us = now_us
        oldest_us = self._reads.oldest_sealed_us()
        before_us = now_us - self._erase_us() if oldest_us is None else min(oldest_us, now_us - self._erase_us())
        gone = self._keys.destroy_before(rfc3339(max(0, before_us))[:10])
        if gone:
            self.counters["day_keys_destroyed"] += gone
            _log.info("visit_keys_destroyed", extra={"days": gone})

    def _try(self, notice: Notice, tries: int, now_us: int) -> None:
        error, final = self._send(notice)
        self.counters["sent" if not error else "failures"] += 1
        over = now_us >= min(notice.until_us, notice.made_us + HOLD_US[notice.what])
        if not error or final or over:
            self._ask(NoticeDone(notice.notice, tries + 1, error)).result(ANSWER_S)
            self._held.pop(notice.notice, None)
            return
        wait_us = round(delay_s(tries + 1, self._chance()) * US_PER_S)
        self._held[notice.notice] = _Held(tries + 1, now_us + wait_us)

    def _send(self, notice: Notice) -> tuple[str, bool]:
        """Why it was not taken, empty where it was; and whether trying again is no use."""
        link = self._keys.link_url(notice.link) if notice.link else ""
        ways = [way for way in self._ways if way.takes(notice.what)]
        if not ways or (notice.what in WITH_LINK and not link):
            return "no_channel", True
        if self._clock.now_us() >= notice.until_us:
            return "too_late", True
        phone = self._reads.phone_of(notice.person)
        if not phone:
            return "no_phone", True
        text, errors = text_of(notice, link, self._zone()), []
        for way in ways:
            failure = way.send(phone, text)
            if failure is None:
                return "", True
            errors.append(failure)
        return errors[-1].error, all(one.sort == "permanent" for one in errors)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            wait_s = IDLE_S
            try:
                wait_s = self.round()
                self.destroy_keys()
            except (Unavailable, SQLAlchemyError, BadKeyFile, OSError) as error:  # TimeoutError is an OSError
                _log.warning("residents_not_told", extra={"error": type(error).__name__})
            except Exception:  # a channel's bug must not end the thread
                self.counters["rounds_failed"] += 1
                _log.exception("residents_round_failed")
            self._wake.wait(wait_s)
