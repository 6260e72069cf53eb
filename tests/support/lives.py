"""Processes that are killed, again and again, forked from a server that has imported everything: a life begins at once."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.support import fault_agent, fault_hub  # what the server imports beforehand

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([fault_agent.__name__, fault_hub.__name__])
REAP_S = 60.0
WAIT_S = 120.0


class Life:
    """One process."""

    def __init__(self, target: Callable[[Any], None], told: Any) -> None:
        self._process: BaseProcess = _context.Process(target=target, args=(told,), daemon=True)
        self._process.start()

    @property
    def alive(self) -> bool:
        """Whether it lives."""
        return self._process.is_alive()

    @property
    def code(self) -> int | None:
        """Its exit code; minus the signal's number where one ended it."""
        return self._process.exitcode

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash would, and wait until it is gone. Does nothing when it is."""
        with suppress(ProcessLookupError):
            if self.alive:
                os.kill(self.pid, signal.SIGKILL)
        self._process.join(REAP_S)
        assert not self._process.is_alive(), "a killed process did not end"

    def wait_end(self, why: str, within_s: float = WAIT_S) -> None:
        """Wait until it ends by itself. Raises AssertionError."""
        wait_for(lambda: not self.alive, f"the process to end: {why}", within_s)

    def freeze(self) -> None:
        """Stop it where it stands, until `thaw` or `kill`, and wait until it stands still."""
        os.kill(self.pid, signal.SIGSTOP)
        wait_for(lambda: _state(self.pid) in {"T", "t", ""}, "the process to stop")

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)


def _state(pid: int) -> str:
    """The states of all its threads, when they are the same: T is stopped."""
    states = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            states.add((thread / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0])
    return "" if not states else states.pop() if len(states) == 1 else "mixed"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = WAIT_S) -> Any:
    """Poll until `condition()` is truthy, and return it. The limit is for a machine that is very busy, not for the promise."""
    for _ in range(int(seconds / 0.02)):
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")
