"""Runs one driver in a thread of its own, and starts it again when its device or the driver itself is lost."""

from collections.abc import Callable
from random import Random
from threading import Lock
from typing import NamedTuple, Protocol

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from drivers.port import DeviceLost, Driver, Sink
from edge.loop import Loop
from edge.spool import SpoolFailed, SpoolFull

MAX_REASON = 80


class BackOff(NamedTuple):
    """How long to wait before the next run: doubled each time up to `max_s`, of which `jitter` at most is taken off; back to
    `first_s` after a run that was up for `good_s`."""

    first_s: float = 0.5
    max_s: float = 30.0
    good_s: float = 10.0
    jitter: float = 0.5

    def pause_s(self, failures: int, random: Random) -> float:
        """The pause after so many failures in a row, at least one."""
        whole: float = min(self.max_s, self.first_s * 2 ** min(failures - 1, 30))
        return whole * (1.0 - self.jitter * random.random())


BACKOFF = BackOff()


class Counters(msgspec.Struct):
    """Since the start. `faults` are runs that ended with anything but DeviceLost."""

    runs: int = 0
    losses: int = 0
    faults: int = 0


class RunSink(Sink, Protocol):
    """The sink of one run, which can be cut off when the run has ended."""

    def cut(self) -> None:
        """From now on every call raises DeviceLost: a thread that the driver left behind may not speak."""
        ...


class Supervisor(Loop):
    """One device. `build` makes a fresh driver for each run; `tell(up, reason)` appends the device_link."""

    def __init__(
        self,
        device: str,
        *,
        build: Callable[[], Driver],
        sink: Callable[[Callable[[], None]], RunSink],
        tell: Callable[[bool, str], None],
        clock: Clock,
        random: Random,
        backoff: BackOff = BACKOFF,
    ) -> None:
        super().__init__(f"driver-{device}")
        self._device = device
        self._build = build
        self._sink = sink
        self._tell = tell
        self._clock = clock
        self._random = random
        self._backoff = backoff
        self._lock = Lock()
        self._driver: Driver | None = None
        self._sink_now: RunSink | None = None
        self._told: bool | None = None
        self._up_us: int | None = None
        self._log = structlog.get_logger("edge.supervisor").bind(device=device)
        self.counters = Counters()

    def abandon(self) -> None:
        """Leave a driver that does not return to itself: it may not speak any more."""
        with self._lock:
            sink = self._sink_now
        if sink is not None:
            sink.cut()

    def driver(self) -> Driver | None:
        """The driver while it runs and its device answers, for acting; else None."""
        with self._lock:
            return self._driver if self._up_us is not None else None

    def _loop(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                reason, was_good = self._run()
                if self._stop.is_set():
                    return
                failures = 1 if was_good else failures + 1
                self._told_once(False, reason)
            except SpoolFailed:
                return  # the journal has told the agent, which ends
            except SpoolFull as error:
                self._log.error("link_untold", error=str(error))
            pause_s = self._backoff.pause_s(failures, self._random)
            self._log.warning("driver_ended", reason=reason, failures=failures, pause_s=round(pause_s, 3))
            self._stop.wait(pause_s)

    def _run(self) -> tuple[str, bool]:
        """One run: why it ended, and whether it had been up for a good while."""
        self.counters.runs += 1
        sink = self._sink(self._up)
        try:
            driver = self._build()
            with self._lock:
                self._driver, self._sink_now = driver, sink
            driver.run(sink, self._stop)
            reason = "ended"
        except DeviceLost as error:
            self.counters.losses += 1
            reason = str(error)[:MAX_REASON] or "lost"
        except SpoolFailed:
            raise
        except SpoolFull:
            self.counters.faults += 1
            reason = "spool_full"
        except Exception:  # whatever a driver does, the others must not notice
            self.counters.faults += 1
            self._log.exception("driver_died")
            reason = "driver_died"
        finally:
            sink.cut()
            with self._lock:
                up_us, self._up_us, self._driver = self._up_us, None, None
        good = up_us is not None and self._clock.mono_us() - up_us >= self._backoff.good_s * US_PER_S
        return reason, good

    def _up(self) -> None:
        self._told_once(True, "opened")
        with self._lock:
            self._up_us = self._clock.mono_us()

    def _told_once(self, up: bool, reason: str) -> None:
        if self._told is not up:
            self._tell(up, reason)
            self._told = up
