"""The hub and the agents as processes of their own, as an estate runs them."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

STOP_S = 15.0
_LOG_TAIL = 800


class ChildFailed(RuntimeError):
    """A process ended by itself. The message holds the end of what it said."""


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Child:
    """`watchkeeper ARGUMENTS` as a child process; what it says goes to a file."""

    def __init__(self, log: Path, *arguments: str) -> None:
        """Start it."""
        self._log = log
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it again after it was stopped."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from watchkeeper.cli import main; main()", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which ends its children in order
            )

    def check(self) -> None:
        """Raises ChildFailed when it is not running."""
        if self._process is None or self._process.poll() is not None:
            said = self._log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
            raise ChildFailed(f"watchkeeper {self._arguments[0]} has ended: {said.strip() or 'it said nothing'}")

    def stop(self) -> None:
        """Ask it to end, wait, and end it where it does not. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
