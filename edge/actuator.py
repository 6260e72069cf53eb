"""One thread a device that carries out what cards and commands ask, behind the interlocks, one thing at a time.

A driver that does not come back from an action keeps nobody waiting for long: `check` gives the action up, and a new thread
goes on with the queue. The old one is left to itself; so many may be left, and then nothing more is asked of the driver.
"""

import time
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Literal, NamedTuple

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.readings import MAX_TEXT
from drivers.port import CommandFailed, Driver
from edge.interlocks import Reason

QUEUE_MAX = 8
ACT_LIMIT_US = 10 * US_PER_S
"""How long an action may take before it counts as failed."""
STUCK_MAX = 4
"""How many threads may be left in actions that do not come back."""

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
    """Since the start. `busy`: the queue was full. `timeouts`: actions that were given up; `late`: those of them that came
    back."""

    done: int = 0
    refused: int = 0
    failed: int = 0
    busy: int = 0
    timeouts: int = 0
    late: int = 0


class _Doing:
    """A job at the driver since `since_us` of the monotonic clock. Whoever takes it out of `Actuator._doing` tells its result."""

    def __init__(self, job: Job, since_us: int) -> None:
        self.job = job
        self.since_us = since_us


class Actuator:
    """See the module. `judge(action)` is asked last of all, right before the device is."""

    def __init__(self, device: str, *, driver: Callable[[], Driver | None], judge: Callable[[str], Reason], clock: Clock) -> None:
        self._driver = driver
        self._judge = judge
        self._clock = clock
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._stop = Event()
        self._lock = Lock()
        self._asking = Lock()
        self._doing: _Doing | None = None
        self._name = f"actuator-{device}"
        self._thread = self._new_thread()
        self._log = structlog.get_logger("edge.actuator").bind(device=device)
        self.counters = Counters()

    @property
    def stuck(self) -> int:
        """How many threads are in actions that were given up."""
        return self.counters.timeouts - self.counters.late

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being done and nothing more; does not wait."""
        self._stop.set()
        self._queue.put(None)

    def join(self, timeout_s: float) -> bool:
        """Whether all threads have ended within the time."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self.stuck

    def check(self, mono_us: int) -> None:
        """Give up an action that has taken ACT_LIMIT_US, and let a new thread go on with the queue."""
        with self._lock:
            doing = self._doing
            if doing is None or mono_us - doing.since_us < ACT_LIMIT_US:
                return
            self._doing = None
            self.counters.timeouts += 1
            self._thread = self._new_thread()
        self._log.error("act_given_up", action=doing.job.action, stuck=self.stuck)
        self._thread.start()
        self._tell(doing.job, "failed", "timeout")

    def ask(self, job: Job) -> bool:
        """Queue a job. False when the queue is full: the job is dropped, as a gate that opens late opens for somebody else."""
        with self._asking:
            if self._queue.qsize() >= QUEUE_MAX:
                self.counters.busy += 1
                return False
            self._queue.put(job)
        time.sleep(0)  # gives up Python's lock: the device's thread goes first, and whoever asks has its log to write
        return True

    def _new_thread(self) -> Thread:
        return Thread(target=self._loop, name=self._name, daemon=True)

    def _loop(self) -> None:
        while not self._stop.is_set():
            job = self._queue.get()
            if job is None or self._stop.is_set():
                return
            doing = _Doing(job, self._clock.mono_us())
            with self._lock:
                self._doing = doing
            outcome, reason = self._carry_out(job)
            if not self._is_ours(doing):
                self._log.warning("act_came_back_late", action=job.action, outcome=outcome, reason=reason)
                return  # another thread has the queue
            self._tell(job, outcome, reason)

    def _is_ours(self, doing: _Doing) -> bool:
        """Whether the job that has come back had not been given up; it is over either way."""
        with self._lock:
            if self._doing is doing:
                self._doing = None
                return True
            self.counters.late += 1
            return False

    def _tell(self, job: Job, outcome: Outcome, reason: str) -> None:
        with self._lock:
            setattr(self.counters, outcome, getattr(self.counters, outcome) + 1)
        try:
            job.done(outcome, reason)
        except Exception:  # the log could not take the result: the agent knows, and ends or counts it
            self._log.exception("result_untold", action=job.action, outcome=outcome, reason=reason)

    def _carry_out(self, job: Job) -> tuple[Outcome, str]:
        driver = self._driver()
        if driver is None:
            return "failed", "device_down"
        if self.stuck >= STUCK_MAX:
            return "failed", "device_stuck"
        if job.until_us is not None and self._clock.mono_us() > job.until_us:
            return "refused", "expired"
        verdict = self._judge(job.action)
        return self._act(driver, job) if verdict == "allowed" else ("refused", verdict)

    def _act(self, driver: Driver, job: Job) -> tuple[Outcome, str]:
        try:
            driver.act(job.action, job.args)
        except CommandFailed as error:
            return "failed", str(error)[:MAX_TEXT] or "device_refused"
        except Exception:  # a driver's fault ends this job and nothing else
            self._log.exception("act_died", action=job.action)
            return "failed", "driver_fault"
        return "done", ""
