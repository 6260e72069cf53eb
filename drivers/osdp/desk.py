"""Where the agent's threads leave what a reader is to do, and the reader's own thread takes it."""

from collections.abc import Sequence
from queue import Empty, Full, Queue
from threading import Event, Lock
from typing import Final

from contract.clock import US_PER_S, Clock
from drivers.osdp.orders import Command
from drivers.port import CommandFailed

WAITING_MAX: Final = 8
WAIT_S: Final = 4.0
INSTALL_US: Final = 600 * US_PER_S
"""How long a reader with the factory's key is let in after a command, at most."""


class Job:
    """Commands that are sent one after the other. `fault` is empty when all of them were confirmed."""

    def __init__(self, commands: Sequence[Command], until_us: int) -> None:
        self.commands = tuple(commands)
        self.until_us = until_us
        self._done = Event()
        self.fault = "the reader did not confirm in time"

    def finish(self, fault: str) -> None:
        """Tell whoever waits."""
        self.fault = fault
        self._done.set()

    def wait(self, seconds: float) -> None:
        """Until it is finished, or for so long."""
        self._done.wait(seconds)


class Desk:
    """Of one connection. `do`, `open_install` and `unlocked_for` come from the agent's threads, all else from the reader's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: Queue[Job] = Queue(WAITING_MAX)
        self._lock = Lock()
        self._shut = False
        self._install_until_us = 0
        self._has_key = False
        self._unlocked_until_us: dict[int, int] = {}

    def do(self, commands: Sequence[Command]) -> None:
        """Returns when the reader has confirmed all of them. Raises CommandFailed."""
        job = Job(commands, self._clock.mono_us() + round(WAIT_S * US_PER_S))
        with self._lock:
            if self._shut:
                raise CommandFailed("the connection was lost")
            try:
                self._waiting.put_nowait(job)
            except Full:
                raise CommandFailed("too many commands are under way") from None
        job.wait(WAIT_S)
        if job.fault:
            raise CommandFailed(job.fault)

    def unlocked_for(self, output: int, for_us: int) -> int:
        """How long an output is to be on so that an earlier unlock is not cut short."""
        now_us = self._clock.mono_us()
        with self._lock:
            until_us = max(self._unlocked_until_us.get(output, 0), now_us + for_us)
            self._unlocked_until_us[output] = until_us
        return until_us - now_us

    def next(self) -> Job | None:
        """The next job whose time is not over; nobody waits for the others any more."""
        while True:
            try:
                job = self._waiting.get_nowait()
            except Empty:
                return None
            if self._clock.mono_us() < job.until_us:
                return job

    def open_install(self) -> None:
        """Let a reader that has the factory's key be given its own, for INSTALL_US from now. Raises CommandFailed."""
        if self._has_key:
            raise CommandFailed("the reader has its key already")
        self._install_until_us = self._clock.mono_us() + INSTALL_US

    def close_install(self) -> None:
        """It has its key, and needs none for as long as this connection lasts."""
        self._has_key = True
        self._install_until_us = 0

    @property
    def installing(self) -> bool:
        """Whether a reader may be given its key now."""
        return self._clock.mono_us() < self._install_until_us

    def refuse(self, why: str) -> None:
        """Fail everything that waits."""
        while (job := self.next()) is not None:
            job.finish(why)

    def shut(self) -> None:
        """Take nothing more."""
        with self._lock:
            self._shut = True
        self.refuse("the connection was lost")
