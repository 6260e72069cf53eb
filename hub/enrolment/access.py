"""Keeps the broker's files in step with who is known: written when that changes, and the broker told to read them again."""

import logging
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Literal, NamedTuple

from contract.clock import US_PER_S
from contract.enrolment import broker_password
from hub.enrolment.authority import Authority, ended_list
from hub.enrolment.brokers import HubUser, User, mosquitto_passwords, mosquitto_rights, nats_users
from hub.enrolment.ring import FILE_KEY, Admitted, KeyRing

RENEW_US = 86_400 * US_PER_S
PASSWORDS, RIGHTS, ENDED, NATS_USERS = "passwd", "acl", "ended.pem", "users.conf"
_log = logging.getLogger(__name__)


class AccessTo(NamedTuple):
    """A broker whose files are kept. `hub`: the hub's own user there."""

    program: Literal["mosquitto", "nats"]
    folder: Path
    pid_file: Path | None = None
    hub: HubUser | None = None
    devices: bool = False


def user_of(agent: str, key_id: str) -> str:
    """The user name, and the certificate's common name, that goes with a key. No agent's id has a dot in it."""
    return agent if key_id == FILE_KEY else f"{agent}.{key_id}"


def users_of(admitted: list[Admitted]) -> list[User]:
    """Those who have a key, as the broker knows them."""
    return [User(a.agent, user_of(a.agent, a.key_id), broker_password(a.key), certified=bool(a.serial)) for a in admitted]


def broker_files(site: str, to: AccessTo, ring: KeyRing) -> dict[str, str]:
    """Name and content of each file, without the list of ended certificates."""
    users = users_of(ring.admitted())
    if to.program == "nats":
        return {NATS_USERS: nats_users(site, to.hub, users, devices=to.devices)}
    return {
        PASSWORDS: mosquitto_passwords(to.hub, users),
        RIGHTS: mosquitto_rights(site, to.hub, users, devices=to.devices),
    }


class Access:
    """See the module. `authority` None: there are no certificates. Any thread."""

    def __init__(self, site: str, to: AccessTo, ring: KeyRing, authority: Callable[[], Authority | None]) -> None:
        self.counters: Counter[str] = Counter()
        self._site, self._to, self._ring, self._authority = site, to, ring, authority
        self._lock = Lock()
        self._ended: list[tuple[str, int]] | None = None
        self._renewed_us = 0

    def write(self, now_us: int) -> bool:
        """Bring the files up to date; where one has changed the broker is told. Whether one has. Raises OSError."""
        with self._lock:
            changed = [write_private(self._to.folder / name, text) for name, text in self._files().items()]
            if self._ended_is_old(now_us):
                changed.append(self._write_ended(now_us))
            if not any(changed):
                return False
            self.counters["broker_files_written"] += 1
            self._tell()
            return True

    def _files(self) -> dict[str, str]:
        return broker_files(self._site, self._to, self._ring)

    def _ended_is_old(self, now_us: int) -> bool:
        return self._ended != self._ring.ended_serials() or not 0 <= now_us - self._renewed_us < RENEW_US

    def _write_ended(self, now_us: int) -> bool:
        authority, ended = self._authority(), self._ring.ended_serials()
        self._ended, self._renewed_us = ended, now_us
        if authority is None:
            return False
        return write_private(self._to.folder / ENDED, ended_list(authority, ended, now_us).decode())

    def _tell(self) -> None:
        """SIGHUP. A broker that is not there reads the files when it starts."""
        if self._to.pid_file is None:
            return
        try:
            os.kill(int(self._to.pid_file.read_text(encoding="ascii")), signal.SIGHUP)
        except (OSError, ValueError) as error:
            self.counters["broker_not_told"] += 1
            _log.warning("broker_not_told", extra={"pid_file": str(self._to.pid_file), "error": str(error)})


def write_private(file: Path, text: str) -> bool:
    """Put the text there whole, for its owner alone, and its group where it was so before. Whether it has changed. Raises
    OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = 0o600
    if file.exists():
        if file.read_text(encoding="utf-8") == text:
            return False
        mode |= file.stat().st_mode & 0o040
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.chmod(mode)
    part.replace(file)
    return True
