"""Signing in with a name and a password, without telling anybody which of both was wrong."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from hub.accounts import acts, register
from hub.accounts.secrets import Passwords, TooBusy, account_key
from hub.accounts.sessions import Later, Sessions
from hub.accounts.settings import AccountsSettings
from hub.accounts.throttle import ACCOUNT_RATE, ADDRESS_RATE, FAILURE_RATE, Key, Rates, Throttle, address_key
from hub.accounts.types import Account
from hub.cases.types import Refusal
from hub.store import accounts as rows

Commit = Callable[[Callable[[Connection], Any]], Any]
"""Runs it in a transaction, and answers with what it returns once that is committed."""
BUSY_S = 5
_log = logging.getLogger(__name__)


class Denied(NamedTuple):
    """No sign-in: `wrong_credentials`, or `too_many_tries` or `busy_signing_in` for so many seconds."""

    reason: str
    retry_s: int = 0


class Accounts:
    """Accounts of a site, as the API needs them. `engine`: the read-only one. Any thread may call it."""

    def __init__(self, engine: Engine, site: str, settings: AccountsSettings, passwords: Passwords, later: Later) -> None:
        self.site, self.settings, self.passwords = site, settings, passwords
        self._engine = engine
        self.sessions = Sessions(engine, site, settings, later)
        self.throttle = Throttle()
        self.counters: Counter[str] = self.throttle.counters
        self.by_account = Rates(ACCOUNT_RATE, "account", self.counters)
        self.by_address = Rates(ADDRESS_RATE, "address", self.counters)
        self.failures = Rates(FAILURE_RATE, "failure", Counter())

    def read(self, query: Callable[[Connection], Any]) -> Any:
        """What a query finds."""
        with self._engine.connect() as connection:
            return query(connection)

    def account(self, key: str) -> Account | None:
        """One account."""
        found: Account | None = self.read(lambda connection: rows.account_of(connection, self.site, key))
        return found

    def sign_in(
        self, name: str, password: str, *, host: str, label: str, now_us: int, commit: Commit, failed: Later
    ) -> register.Begun | Denied:
        """A session for whoever knows the password. `host`: the other end's address; `label`: which browser it says it is.
        `failed`: has written, some time soon, that it was refused."""
        key = account_key(name)
        keys = (("name", key), ("address", address_key(host)))
        account = self._prove(key, password, keys, host, now_us, failed)
        if isinstance(account, Denied):
            return account

        def begin(connection: Connection) -> register.Begun | Refusal:
            done = register.begin_sign_in(connection, self.site, account, label, self.settings, now_us)
            acts.signed_in(connection, self.site, done, host, "password", now_us)
            return done

        begun = commit(begin)
        if isinstance(begun, Refusal):
            return Denied("wrong_credentials")
        self.throttle.succeeded(keys, now_us)
        self.counters["sign_ins"] += 1
        _log.info("signed_in", extra={"account": key, "host": host, "session": begun.session.session})
        found: register.Begun = begun
        return found

    def prove(self, name: str, password: str, *, host: str, now_us: int, failed: Later) -> Account | Denied:
        """Whose name and password these are, held back as sign-ins are; nobody is signed in by it.
        `failed`: as of `sign_in`."""
        key = account_key(name)
        keys = (("name", key), ("address", address_key(host)))
        account = self._prove(key, password, keys, host, now_us, failed)
        if isinstance(account, Account):
            self.throttle.succeeded(keys, now_us)
            self.counters["credentials_proven"] += 1
        return account

    def _prove(self, key: str, password: str, keys: Sequence[Key], host: str, now_us: int, failed: Later) -> Account | Denied:
        wait_s = self.throttle.admit(keys, now_us)
        if wait_s:
            self._note_failure("too_many_tries", self._known(key), host, now_us, failed)
            return Denied("too_many_tries", wait_s)
        account = self.account(key)
        usable = account is not None and account.disabled_us is None
        try:
            fits = self.passwords.fits(password, account.password_hash if account is not None and usable else "")
        except TooBusy:
            self.counters["sign_ins_too_busy"] += 1
            return Denied("busy_signing_in", BUSY_S)
        if account is None or not fits:
            self.counters["sign_ins_wrong"] += 1
            _log.warning("sign_in_wrong", extra={"account": key, "host": host})
            self._note_failure("wrong_credentials", "" if account is None else key, host, now_us, failed)
            return Denied("wrong_credentials")
        return account

    def _known(self, key: str) -> str:
        """The account's key, where there is one: what else is written as a name may be a password."""
        return key if self.account(key) is not None else ""

    def _note_failure(self, reason: str, known: str, host: str, now_us: int, failed: Later) -> None:
        """Put it on the audit log: some of those that come in a flood, and all of them in the counters."""
        if self.failures.wait_s("all", now_us):
            self.counters["sign_ins_failed_unnoted"] += 1
        else:
            failed(lambda connection: acts.sign_in_failed(connection, self.site, known, host, reason, now_us))

    def knows(self, account: Account, password: str, host: str, now_us: int) -> Denied | None:
        """Whether somebody who is signed in knows the account's password; held back as sign-ins are."""
        keys = (("name", account.account), ("address", address_key(host)))
        wait_s = self.throttle.admit(keys, now_us)
        if wait_s:
            return Denied("too_many_tries", wait_s)
        try:
            fits = self.passwords.fits(password, account.password_hash)
        except TooBusy:
            return Denied("busy_signing_in", BUSY_S)
        if not fits:
            return Denied("wrong_password")
        self.throttle.succeeded(keys, now_us)
        return None
