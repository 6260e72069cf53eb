"""One thread a device that carries out what cards and commands ask, behind the interlocks, one thing at a time.

A driver that does not come back from an action keeps nobody waiting for long: `check` gives the action up, and a new thread
goes on with the queue. The old one is left to itself; so many may be left, and then nothing more is asked of the driver.

Where nothing else is under way and the device's line is free, whoever asks tells the device in its own thread, behind the same
interlocks, and the actuator's thread only waits for the answer: a card does not wait for a thread to wake.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Literal, NamedTuple, cast

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.readings import MAX_TEXT
from drivers.port import CommandFailed, Driver, Prompt
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
    """Since the start. `begun`: actions that the asking thread told the device. `busy`: the queue was full.
    `timeouts`: actions that were given up; `late`: those of them that came
    back."""

    begun: int = 0
    done: int = 0
    refused: int = 0
    failed: int = 0
    busy: int = 0
    timeouts: int = 0
    late: int = 0


class _Doing:
    """A job at the driver since `since_us` of the monotonic clock. Whoever takes it out of `Actuator._doing` tells its result.
    `finish`: what waits for the answer, where the device has been told already."""

    def __init__(self, job: Job, since_us: int) -> None:
        self.job = job
        self.since_us = since_us
        self.finish: Callable[[], None] | None = None


class Actuator:
    """See the module. `judge(action)` is asked last of all, right before the device is."""

    def __init__(self, device: str, *, driver: Callable[[], Driver | None], judge: Callable[[str], Reason], clock: Clock) -> None:
        self._driver = driver
        self._judge = judge
        self._clock = clock
        self._queue: SimpleQueue[Job | _Doing | None] = SimpleQueue()
        self._stop = Event()
        self._lock = Lock()
        self._asking = Lock()
        self._doing: _Doing | None = None
        self._owed = 0
        """Jobs that were asked for and are not over."""
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
        with self._asking:  # a job that was begun stands before the end, and is finished: it has the line
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
            self._owed -= 1
            self.counters.timeouts += 1
            self._thread = self._new_thread()
        self._log.error("act_given_up", action=doing.job.action, stuck=self.stuck)
        self._thread.start()
        self._tell(doing.job, "failed", "timeout")

    def ask(self, job: Job) -> bool:
        """Begin a job, or queue it. False when the queue is full: the job is dropped, as a gate that opens late opens for
        somebody else."""
        with self._asking:
            if self._queue.qsize() >= QUEUE_MAX:
                self.counters.busy += 1
                return False
            with self._lock:
                self._owed += 1
                is_next = self._owed == 1 and self._thread.is_alive() and not self._stop.is_set()
            begun = self._begin(job) if is_next else None
            self._queue.put(begun or job)
        if begun is None:
            time.sleep(0)  # gives up Python's lock: the device's thread goes first, and whoever asks has its log to write
        return True

    def _begin(self, job: Job) -> _Doing | None:
        """Tell the device here and now; None where the actuator's thread has to, or has to say why not."""
        driver = self._driver()
        if driver is None or not _is_prompt(type(driver)):
            return None
        doing = _Doing(job, self._clock.mono_us())
        if self._objection(job) is not None:
            return None
        try:
            doing.finish = cast("Prompt", driver).begin(job.action, job.args)
        except Exception as error:  # a driver's fault is told as one, by the thread that tells results
            doing.finish = partial(_raise, error)
        if doing.finish is None:
            return None
        with self._lock:
            self._doing = doing
        self.counters.begun += 1
        return doing

    def _new_thread(self) -> Thread:
        return Thread(target=self._loop, name=self._name, daemon=True)

    def _loop(self) -> None:
        while True:
            asked = self._queue.get()
            if asked is None or (self._stop.is_set() and isinstance(asked, Job)):
                return
            doing = asked if isinstance(asked, _Doing) else self._take_up(asked)
            job = doing.job
            outcome, reason = self._carry_out(job) if doing.finish is None else self._act(job, doing.finish)
            if not self._is_ours(doing):
                self._log.warning("act_came_back_late", action=job.action, outcome=outcome, reason=reason)
                return  # another thread has the queue
            self._tell(job, outcome, reason)

    def _take_up(self, job: Job) -> _Doing:
        doing = _Doing(job, self._clock.mono_us())
        with self._lock:
            self._doing = doing
        return doing

    def _is_ours(self, doing: _Doing) -> bool:
        """Whether the job that has come back had not been given up; it is over either way."""
        with self._lock:
            if self._doing is doing:
                self._doing = None
                self._owed -= 1
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
        return self._objection(job) or self._act(job, partial(driver.act, job.action, job.args))

    def _objection(self, job: Job) -> tuple[Outcome, str] | None:
        """Why the device is not asked; None: it may be, right now."""
        if self.stuck >= STUCK_MAX:
            return "failed", "device_stuck"
        if job.until_us is not None and self._clock.mono_us() > job.until_us:
            return "refused", "expired"
        verdict = self._judge(job.action)
        return None if verdict == "allowed" else ("refused", verdict)

    def _act(self, job: Job, act: Callable[[], None]) -> tuple[Outcome, str]:
        try:
            act()
        except CommandFailed as error:
            return "failed", str(error)[:MAX_TEXT] or "device_refused"
        except Exception:  # a driver's fault ends this job and nothing else
            self._log.exception("act_died", action=job.action)
            return "failed", "driver_fault"
        return "done", ""


@lru_cache(maxsize=64)
def _is_prompt(kind: type[Driver]) -> bool:
    """Looked at once for each kind of driver: it takes half as long as the decision."""
    return issubclass(kind, Prompt)


def _raise(error: Exception) -> None:
    raise error
