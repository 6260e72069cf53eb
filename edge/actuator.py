"""One thread a device that carries out what cards and commands ask, behind the interlocks, one thing at a time."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Full, Queue
from threading import Event, Thread
from typing import Literal, NamedTuple

import msgspec
import structlog

from contract.clock import Clock
from contract.readings import MAX_TEXT
from drivers.port import CommandFailed, Driver
from edge.interlocks import Reason

QUEUE_MAX = 8

Outcome = Literal["done", "refused", "failed"]
Done = Callable[[Outcome, str], None]


class Job(NamedTuple):
    """An action to carry out before `until_us` of the monotonic clock. `done` is told what became of it, in the actuator's
    thread."""

    action: str
    args: Mapping[str, str]
    done: Done
    until_us: int | None = None


class Counters(msgspec.Struct):
    """Since the start. `busy`: the queue was full."""

    done: int = 0
    refused: int = 0
    failed: int = 0
    busy: int = 0


class Actuator:
    """See the module. `judge(action)` is asked last of all, right before the device is."""

    def __init__(self, device: str, *, driver: Callable[[], Driver | None], judge: Callable[[str], Reason], clock: Clock) -> None:
        self._driver = driver
        self._judge = judge
        self._clock = clock
        self._queue: Queue[Job | None] = Queue(QUEUE_MAX)
        self._stop = Event()
        self._thread = Thread(target=self._loop, name=f"actuator-{device}", daemon=True)
        self._log = structlog.get_logger("edge.actuator").bind(device=device)
        self.counters = Counters()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being done and nothing more; does not wait."""
        self._stop.set()
        with suppress(Full):  # a full queue wakes the thread by itself
            self._queue.put_nowait(None)

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended within the time."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def ask(self, job: Job) -> bool:
        """Queue a job. False when the queue is full: the job is dropped, as a gate that opens late opens for somebody else."""
        try:
            self._queue.put_nowait(job)
        except Full:
            self.counters.busy += 1
            return False
        return True

    def _loop(self) -> None:
        while not self._stop.is_set():
            job = self._queue.get()
            if job is None or self._stop.is_set():
                return
            outcome, reason = self._carry_out(job)
            setattr(self.counters, outcome, getattr(self.counters, outcome) + 1)
            try:
                job.done(outcome, reason)
            except Exception:  # the log could not take the result: the agent knows, and ends or counts it
                self._log.exception("result_untold", action=job.action, outcome=outcome, reason=reason)

    def _carry_out(self, job: Job) -> tuple[Outcome, str]:
        driver = self._driver()
        if driver is None:
            return "failed", "device_down"
        if job.until_us is not None and self._clock.mono_us() > job.until_us:
            return "refused", "expired"
        verdict = self._judge(job.action)
        if verdict != "allowed":
            return "refused", verdict
        try:
            driver.act(job.action, job.args)
        except CommandFailed as error:
            return "failed", str(error)[:MAX_TEXT] or "device_refused"
        except Exception:  # a driver's fault ends this job and nothing else
            self._log.exception("act_died", action=job.action)
            return "failed", "driver_fault"
        return "done", ""
