"""Where agents become known and cease to be: invitations, enrolment, revocation, and what follows from each."""

import logging
import secrets
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from contract.clock import Clock
from contract.enrolment import broker_password
from contract.envelope import KEY_BYTES
from hub.accounts.secrets import digest_of, new_token
from hub.accounts.throttle import Throttle, address_key
from hub.cases.types import Refusal
from hub.enrolment.access import Access, user_of
from hub.enrolment.authority import Authority, BadRequest, Issued, read_request, sign_client
from hub.enrolment.ring import FILE_KEY, KeyRing
from hub.enrolment.rules import TOKEN_LIFE_US, KeyRow, TokenRow, why_not
from hub.enrolment.vault import Vault
from hub.ingest.ports import Suspicion
from hub.store import enrolments as rows

REUSED = "enrolment_reused"
LOOK_S = 5.0
"""How often the database is looked at for what another hub's administrator has done, and how long a revoked agent that is
connected may at most stay so."""
_KEY_ID_BYTES = 6
_log = logging.getLogger(__name__)

Commit = Callable[[Callable[[Connection], Any]], Any]
"""Has something written in the worker's transaction, and answers what it returned."""
Report = Callable[[Suspicion], object]


class Told(NamedTuple):
    """What agents are told of the broker. `ca`: PEM of whom to trust, or empty."""

    broker_url: str
    ca: str = ""


class Invitation(NamedTuple):
    """A token, which is nowhere kept, and until when it is good."""

    token: str
    until_us: int


class Enrolled(NamedTuple):
    """What an agent gets, once. `certificate`: PEM, or empty."""

    agent: str
    key: bytes
    key_id: str
    broker_url: str
    broker_user: str
    broker_password: str
    ca: str
    certificate: str


class KeyState(NamedTuple):
    """How an agent stands. `state`: none, file, enrolled, changing (it has enrolled again and not started anew), revoked."""

    state: str
    since_us: int | None = None
    used_us: int | None = None
    revoked_us: int | None = None
    reason: str = ""
    certified: bool = False
    invited_until_us: int | None = None


class EnrolmentDesk:
    """See the module. Its thread keeps keys and broker in step with the database. Any thread may call it."""

    def __init__(
        self,
        ring: KeyRing,
        vault: Vault,
        engine: Engine,
        clock: Clock,
        *,
        site: str,
        told: Told,
        authority: Callable[[], Authority | None] = lambda: None,
        access: Access | None = None,
    ) -> None:
        """`authority` raises BadAuthority where there should be one and it cannot sign."""
        self.counters: Counter[str] = Counter()
        self.ring, self.told = ring, told
        self._vault, self._engine, self._clock, self._site = vault, engine, clock, site
        self._authority, self._access = authority, access
        self._tries = Throttle()
        self._stop = Event()
        self._thread: Thread | None = None

    # Acts

    def invite(self, agent: str, actor: str, commit: Commit) -> Invitation:
        """A token by which the agent may enrol once within 15 minutes. An earlier one ends."""
        now_us, token = self._clock.now_us(), new_token()
        digest = digest_of(token)
        assert digest is not None
        row = TokenRow(agent, digest, now_us, now_us + TOKEN_LIFE_US, None, actor)
        commit(lambda c: rows.add_token(c, self._site, row))
        self.counters["invited"] += 1
        _log.info("agent_invited", extra={"agent": agent, "actor": actor})
        return Invitation(token, row.until_us)

    def wait_s(self, host: str) -> int:
        """0: somebody at that address may try to enrol. Else: in so many seconds. The try counts as failed until it did not."""
        return self._tries.admit([("address", address_key(host))], self._clock.now_us())

    def enrol(self, token: str, csr_pem: str, host: str, commit: Commit, report: Report) -> Enrolled | Refusal:
        """A key, and with a request a certificate, for whoever brings a token that is good. It is used up by this and nothing
        else. Raises BadAuthority, BadKeyFile, and OSError where the broker cannot be told."""
        now_us = self._clock.now_us()
        found = self._token(token)
        refusal = self._refused(found, now_us, report)
        if refusal is not None or found is None:
            return refusal or _unknown(now_us)
        agent, key, key_id = found.agent, secrets.token_bytes(KEY_BYTES), secrets.token_hex(_KEY_ID_BYTES)
        try:
            issued = self._certify(csr_pem, user_of(agent, key_id), now_us)
        except BadRequest as error:
            return Refusal("wrong_csr", f"证书请求无效 / the certificate request {error}: send another one, or none")
        sealed = self._vault.seal(self._site, agent, key_id, key)
        row = KeyRow(agent, key_id, sealed, now_us, serial=issued.serial)
        if not commit(lambda c: self._take(c, found.digest, row, now_us)):
            return self._refused(self._token(token), now_us, report) or _unknown(now_us)
        self._tries.succeeded([("address", address_key(host))], now_us)
        self.counters["enrolled"] += 1
        _log.info("agent_enrolled", extra={"agent": agent, "key": key_id, "from": host})
        self._follow()
        user = user_of(agent, key_id)
        told = self.told
        return Enrolled(agent, key, key_id, told.broker_url, user, broker_password(key), told.ca, issued.pem)

    def revoke(self, agent: str, reason: str, actor: str, commit: Commit) -> int:
        """From now on nothing of what the agent says is taken in, and the broker lets it in no more. How many keys ended."""
        now_us = self._clock.now_us()
        ended: int = commit(lambda c: self._end(c, agent, reason, now_us))
        self.counters["revoked"] += 1
        _log.warning("agent_revoked", extra={"agent": agent, "actor": actor, "reason": reason})
        self._follow()
        return ended

    def states(self) -> dict[str, KeyState]:
        """How the estate's agents stand."""
        now_us = self._clock.now_us()
        with self._engine.connect() as connection:
            invited = rows.open_tokens(connection, self._site, now_us)
        return {agent: self._state(agent, invited.get(agent)) for agent in self.ring.agents}

    # The thread

    def start(self) -> None:
        """Bring the broker's files up to date, and keep them so. Raises OSError, BadAuthority."""
        self._refresh()
        if self._access is not None:
            self._access.write(self._clock.now_us())
        self._thread = Thread(target=self._run, name="agent-keys", daemon=True)

    def watch(self, commit: Commit) -> None:
        """Begin to look at the database: once the worker runs."""
        self._commit = commit
        assert self._thread is not None
        self._thread.start()

    def stop(self) -> None:
        """End. May be called twice."""
        self._stop.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def look(self, commit: Commit) -> None:
        """What the thread does again and again: read what the database says, tell the broker, and then, as a database may be
        unable to, note which keys came into use."""
        self._follow()
        for agent, key_id, used_us in self.ring.used():
            commit(partial(self._note_used, agent=agent, key_id=key_id, used_us=used_us))

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                self.look(self._commit)
            except Exception as error:  # the next look may succeed, and there is one
                self.counters["looks_failed"] += 1
                _log.warning(
                    "agent_keys_not_looked_at", extra={"error": str(error).splitlines()[0] if str(error) else repr(error)}
                )

    # Parts

    def _follow(self) -> None:
        self._refresh()
        if self._access is not None:
            self._access.write(self._clock.now_us())

    def _refresh(self) -> None:
        self.ring.refresh()

    def _token(self, token: str) -> TokenRow | None:
        digest = digest_of(token)
        if digest is None:
            return None
        with self._engine.connect() as connection:
            found = rows.token_of(connection, self._site, digest)
        return found if found is not None and found.agent in self.ring.agents else None

    def _refused(self, token: TokenRow | None, now_us: int, report: Report) -> Refusal | None:
        refusal = why_not(token, now_us)
        if refusal is not None:
            self.counters[refusal.reason] += 1
        if token is not None and token.used_us is not None:
            _log.warning(REUSED, extra={"agent": token.agent})
            report(Suspicion(token.agent, REUSED))
        return refusal

    def _certify(self, csr_pem: str, name: str, now_us: int) -> Issued:
        if not csr_pem:
            return Issued("", "")
        request, authority = read_request(csr_pem), self._authority()
        return Issued("", "") if authority is None else sign_client(authority, request, name, now_us)

    def _take(self, connection: Connection, digest: str, row: KeyRow, now_us: int) -> str:
        """The agent; empty where somebody else was faster with the token."""
        if not rows.use_token(connection, self._site, digest, now_us):
            return ""
        rows.add_key(connection, self._site, row)
        return row.agent

    def _note_used(self, connection: Connection, agent: str, key_id: str, used_us: int) -> None:
        rows.note_used(connection, self._site, agent, key_id, used_us)

    def _end(self, connection: Connection, agent: str, reason: str, now_us: int) -> int:
        """Also a key of the estate file, which gets a row for it."""
        newest = self.ring.newest(agent)
        if newest is not None and newest.key_id == FILE_KEY and newest.revoked_us is None:
            rows.add_key(connection, self._site, newest)
        rows.end_tokens(connection, self._site, agent, now_us)
        return rows.revoke_keys(connection, self._site, agent, reason, now_us)

    def _state(self, agent: str, invited: TokenRow | None) -> KeyState:
        until_us = None if invited is None else invited.until_us
        newest = self.ring.newest(agent)
        if newest is None:
            return KeyState("none", invited_until_us=until_us)
        state = "file" if newest.key_id == FILE_KEY else "enrolled"
        if newest.revoked_us is not None:
            state = "revoked"
        elif self.ring.coming_key_of(agent) is not None:
            state = "changing"
        since_us = newest.since_us or None
        certified = bool(newest.serial)
        return KeyState(state, since_us, newest.used_us or None, newest.revoked_us, newest.reason, certified, until_us)


def _unknown(now_us: int) -> Refusal:
    refusal = why_not(None, now_us)
    assert refusal is not None
    return refusal
