"""The programs that are measured, as processes, and what they use."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

LIMITS = Path(__file__).resolve().parents[2] / "tests" / "bench" / "limits"
_STOP_S = 20.0


class NoLimits(RuntimeError):
    """The limits' code is not there: it stands in the repository, beside the tests."""


class Child:
    """A running program with its output in a file, or in a pipe."""

    def __init__(self, arguments: list[str], log: Path, *, pipe: bool = False) -> None:
        self.began = time.monotonic()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipe else out,
                stderr=out,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | TracebackType | BaseException | None) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and see to it that it does."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def cpu_s(self) -> float:
        """Processor time used so far by all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def running_s(self) -> float:
        """The same to the nanosecond, of the threads that are still there."""
        told = [task.read_text().split()[0] for task in Path(f"/proc/{self.pid}/task").glob("*/schedstat")]
        return sum(map(int, told)) / 1e9

    def pss_mb(self) -> float:
        """Its share of memory: what it has alone, and its part of what it shares (PSS)."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        raise OSError("the system does not tell the Pss")


def start_hub(settings: Path) -> Child:
    """`watchkeeper hub SETTINGS`."""
    return Child([*_watchkeeper("hub"), str(settings)], settings.with_suffix(".log"))


def start_agent(settings: Path) -> Child:
    """`watchkeeper edge SETTINGS`."""
    return Child([*_watchkeeper("edge"), str(settings)], settings.with_suffix(".log"))


class Counter:
    """What a limit says on its standard output: `ready`, then a line for each commit, how many events are committed in all."""

    def __init__(self, child: Child) -> None:
        assert child.process.stdout is not None
        self.fd = child.process.stdout.fileno()
        os.set_blocking(self.fd, False)
        self._text = b""
        self.count = 0
        self.ready = False

    def look(self) -> int:
        """Take in what it has said; the number of committed events."""
        try:
            self._text += os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return self.count
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            if line == b"ready":
                self.ready = True
            else:
                self.count = int(line)
        return self.count

    def wait_ready(self, timeout_s: float = 30.0) -> None:
        """Until it has subscribed."""
        until = time.monotonic() + timeout_s
        while not self.ready:
            if time.monotonic() > until:
                raise TimeoutError("the limit did not start: see its log")
            self.look()
            time.sleep(0.005)


def start_limit(name: str, log: Path, *arguments: str) -> Child:
    """A program of tests/bench/limits. Raises NoLimits."""
    script = limit_script(name)
    return Child([str(script), *arguments], log, pipe=True)


def limit_script(name: str) -> Path:
    """Where the limit's code stands. Raises NoLimits."""
    script = LIMITS / f"{name}.py"
    if not script.is_file():
        raise NoLimits(f"{script} is not there: run the bench in a checkout of the repository")
    return script


def _watchkeeper(command: str) -> list[str]:
    return ["-c", "from watchkeeper.cli import main; main()", command]
