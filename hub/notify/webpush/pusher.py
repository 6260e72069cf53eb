"""Tells phones that somebody was sent, by the browsers' push services: one thread.

A push is a hint. Whoever is not told by it sees the task with the phone's next contact, and the incident's clocks run whatever
becomes of it. So a push is tried a few times within two minutes, and then left.
"""

import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import US_PER_S, Clock
from hub.ingest.ports import Ask, ChangeRow, Unavailable, Write
from hub.notify.delivery import Failure
from hub.notify.posting import Answered, verdict
from hub.notify.webpush.crypto import SALT_BYTES, authorization, base64url, point, private_key, receiver, sealed
from hub.store import phone_rows
from hub.store.phone_rows import PushRow

TEXT = b'{"kind":"task"}'
"""All that is told: what it is stands at the hub. No name of anybody, and no place, passes the push service."""
TTL_S = 120
QUEUE_MAX = 1_000
TRIES_MAX = 4
RETRY_S = (2.0, 8.0, 30.0)
IDLE_S, STOP_S, ANSWER_S = 30.0, 15.0, 10.0
GONE = frozenset((404, 410))
_TELLS = frozenset(("sent", "recalled"))
_log = logging.getLogger(__name__)


class Reads(Protocol):
    """The tables."""

    def pushes(self, person: str) -> Sequence[PushRow]:
        """Where a guard's phones can be told."""
        ...


class Sends(Protocol):
    """Sends a request to an address from outside."""

    def post(self, address: str, headers: dict[str, str], body: bytes) -> Answered | Failure:
        """See hub/notify/posting.py."""
        ...

    def close(self) -> None:
        """Close kept connections."""
        ...


class _Due(NamedTuple):
    row: PushRow
    tries: int
    at_us: int


class Pusher:
    """See the module. `secret`: of the VAPID key; `contact`: whom a service may write to."""

    def __init__(
        self,
        secret: bytes,
        contact: str,
        site: str,
        reads: Reads,
        poster: Sends,
        ask: Callable[[Ask], "Future[Any]"],
        clock: Clock,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._key, self._contact, self._site = private_key(secret), contact, site
        self.public_key = base64url(point(self._key.public_key()))
        """What a browser subscribes with."""
        self._reads, self._poster, self._ask, self._clock = reads, poster, ask, clock
        self._people: deque[str] = deque(maxlen=QUEUE_MAX)
        self._due: list[_Due] = []
        self._lock, self._wake, self._stop = Lock(), Event(), Event()
        self._thread = Thread(target=self._run, name="push", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the push under way."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
        self._poster.close()

    def on_changes(self, rows: Sequence[ChangeRow]) -> None:
        """Something was committed. Neither waits nor raises."""
        people = [str(msgspec.json.decode(row.body)["person"]) for row in rows if row.topic == "dispatch" and row.act in _TELLS]
        with self._lock:
            for person in people:
                self.counters["dropped"] += len(self._people) == QUEUE_MAX
                self._people.append(person)
        if people:
            self._wake.set()

    def round(self) -> float:
        """Send what is due. Returns after how many seconds to look again. Raises what the database raises, Unavailable."""
        with self._lock:
            people = list(dict.fromkeys(self._people))
            self._people.clear()
        now_us = self._clock.now_us()
        self._due += [_Due(row, 0, now_us) for person in people for row in self._reads.pushes(person)]
        waiting, self._due = self._due, []
        for one in waiting:
            if self._stop.is_set():
                break
            again = self._send(one) if one.at_us <= now_us else one
            self._due += [] if again is None else [again]
        self.counters["dropped"] += max(0, len(self._due) - QUEUE_MAX)
        self._due = self._due[-QUEUE_MAX:]
        soonest = min((one.at_us for one in self._due), default=now_us + int(IDLE_S * US_PER_S))
        return min(IDLE_S, max(0.05, (soonest - now_us) / US_PER_S))

    def _send(self, one: _Due) -> _Due | None:
        """What to try again, later."""
        row, now_us = one.row, self._clock.now_us()
        try:
            body = sealed(TEXT, receiver(row.p256dh, row.auth), private_key(os.urandom(32)), os.urandom(SALT_BYTES))
        except ValueError:
            self._forget(row, "unfit")
            return None
        headers = {
            "Authorization": authorization(row.endpoint, self._key, self._contact, now_us // US_PER_S),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Urgency": "high",
        }
        done = self._poster.post(row.endpoint, headers, body)
        if isinstance(done, Answered) and done.status in GONE:
            self._forget(row, "gone")
            return None
        failure = verdict(done.status) if isinstance(done, Answered) else done
        self.counters["sent" if failure is None else "failures"] += 1
        if failure is None or failure.sort == "permanent" or one.tries + 1 >= TRIES_MAX:
            if failure is not None:
                self.counters["given_up"] += 1
                _log.warning("push_given_up", extra={"binding": row.token, "error": failure.error})
            return None
        return _Due(row, one.tries + 1, now_us + int(RETRY_S[one.tries] * US_PER_S))

    def _forget(self, row: PushRow, why: str) -> None:
        """The browser has taken it back, or it never was an address."""
        self.counters[why] += 1

        def run(connection: Connection) -> None:
            phone_rows.drop_push(connection, self._site, row.token, row.endpoint)

        self._ask(Write(run)).result(ANSWER_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            wait_s = IDLE_S
            try:
                wait_s = self.round()
            except (Unavailable, SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
                _log.warning("pushes_not_sent", extra={"error": type(error).__name__})
            except Exception:  # a bug of ours must not end the thread
                self.counters["rounds_failed"] += 1
                _log.exception("push_round_failed")
            self._wake.wait(wait_s)
