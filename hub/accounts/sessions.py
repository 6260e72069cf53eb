"""Who a token is: looked up, remembered for seconds, and found dead soon after it was ended by whomever."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from contract.clock import US_PER_S
from hub.accounts.settings import AccountsSettings
from hub.accounts.types import Identity
from hub.store import accounts as rows
from hub.store import phone_rows

REMEMBERED_S = 5
"""What `watchkeeper admin` or another hub ends is dead after this; what this hub ends is dead at once."""
REMEMBERED_MAX = 1_000
TOUCH_S = 30
Later = Callable[[Callable[[Connection], Any]], object]
"""Has a write done some time soon; it neither waits nor raises."""


class _Known(NamedTuple):
    identity: Identity
    used_us: int
    looked_us: int


class Sessions:
    """The sessions of a site, as requests ask for them. Any thread may call it; what is not remembered costs a query."""

    def __init__(self, engine: Engine, site: str, settings: AccountsSettings, later: Later) -> None:
        self._engine, self._site, self._settings, self._later = engine, site, settings, later
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = Lock()
        self._turn = 0

    def remembered(self, digest: str, now_us: int) -> Identity | None:
        """Who it is, where that was looked up seconds ago: no query."""
        with self._lock:
            known = self._known.get(digest)
        if known is None or now_us - known.looked_us >= REMEMBERED_S * US_PER_S or not self._lasts(known, now_us):
            return None
        return self._used(known, now_us)

    def find(self, digest: str, now_us: int) -> Identity | None:
        """Who it is; None for a token that is unknown, has ended, or whose account is disabled. Raises SQLAlchemyError, and
        TokenEnded for a phone's that was good once."""
        with self._lock:
            turn = self._turn
        with self._engine.connect() as connection:
            found = rows.identity_of(connection, self._site, digest)
            found = found or phone_rows.identity_of(connection, self._site, digest)
        if found is None:
            return None
        with self._lock:
            before = self._known.get(digest)
        used_us = max(found[1], 0 if before is None else before.used_us)
        known = _Known(found[0], used_us, now_us)
        if not self._lasts(known, now_us):
            return None
        with self._lock:
            if turn == self._turn:  # else something was ended while it was looked up
                self._known[digest] = known
                self._known.move_to_end(digest)
                while len(self._known) > REMEMBERED_MAX:
                    self._known.popitem(last=False)
        return self._used(known, now_us)

    def forget(self) -> None:
        """Something was ended or changed: look everything up anew."""
        with self._lock:
            self._turn += 1
            self._known.clear()

    def _lasts(self, known: _Known, now_us: int) -> bool:
        idle_us = self._settings.idle_minutes * 60 * US_PER_S
        is_idle = known.identity.kind == "cookie" and now_us - known.used_us >= idle_us
        return now_us < known.identity.expires_us and not is_idle

    def _used(self, known: _Known, now_us: int) -> Identity:
        """Note, now and then, that it is used."""
        identity = known.identity
        if now_us - known.used_us >= TOUCH_S * US_PER_S:
            with self._lock:
                if identity.digest in self._known:
                    self._known[identity.digest] = known._replace(used_us=now_us)
            touch = phone_rows.touch_token if identity.kind == "phone" else rows.touch
            self._later(lambda connection: touch(connection, self._site, identity.digest, now_us))
        return identity
