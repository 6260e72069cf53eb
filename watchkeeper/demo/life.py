"""Lanes of life: each does one thing after another to a twin of its own, and writes down what it did."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, Queue
from random import Random
from threading import Event, Thread
from typing import NamedTuple

from contract.clock import US_PER_S, Clock
from watchkeeper.demo.record import LONG, Happened, Lasted, Record, settled_s

NEWS_MAX = 2_000
WAIT_S = 0.02


class Curtain(Exception):
    """Life ends now."""


class News(NamedTuple):
    """What has just happened, for people."""

    at_us: int
    zh: str
    en: str


class Stage:
    """What lanes share. `limits`: the policy's number by its name. Every wait ends with Curtain when life ends early."""

    def __init__(self, clock: Clock, record: Record, limits: dict[str, float]) -> None:
        self.clock = clock
        self.record = record
        self.limits = limits
        self.curtain = Event()
        self.end_us: int | None = None
        self.unsaid = 0
        """News that nobody fetched in time."""
        self._news: Queue[News] = Queue(NEWS_MAX)
        self._last_us: dict[tuple[str, str], int] = {}

    def left_s(self) -> float:
        """How long life goes on; very long without an end."""
        return 1e9 if self.end_us is None else (self.end_us - self.clock.now_us()) / US_PER_S

    def tell(self, zh: str, en: str) -> None:
        """Say what happens. Where nobody listens, it is dropped and counted."""
        if self._news.full():
            self.unsaid += 1
        else:
            self._news.put(News(self.clock.now_us(), zh, en))

    def news(self) -> Iterator[News]:
        """What was said since the last time."""
        while True:
            try:
                yield self._news.get_nowait()
            except Empty:
                return

    def rest(self, seconds: float) -> None:
        """Let time pass. Raises Curtain."""
        if self.curtain.wait(max(0.0, seconds)):
            raise Curtain

    def until(self, condition: Callable[[], bool], limit_s: float) -> bool:
        """Wait for it; whether it came true in time. Raises Curtain."""
        until_us = self.clock.mono_us() + int(limit_s * US_PER_S)
        while not condition():
            if self.clock.mono_us() >= until_us:
                return False
            self.rest(WAIT_S)
        return True

    def since_s(self, begin_us: int) -> float:
        """Seconds since then."""
        return (self.clock.now_us() - begin_us) / US_PER_S

    @contextmanager
    def lasting(
        self, detector: str, subject: str, limit: str, begin: Callable[[], None], end: Callable[[], None]
    ) -> Iterator[int]:
        """A condition: `begin` now, `end` after the block, later where it would otherwise be ambiguous. Yields when it began."""
        limit_s = self.limits[limit] if limit else 0.0
        begin_us = self.clock.now_us()
        begin()
        try:
            yield begin_us
            self.rest(settled_s(self.since_s(begin_us), limit_s))
        finally:
            end()
        self.lasted(detector, subject, begin_us, limit_s)

    def lasted(self, detector: str, subject: str, begin_us: int, limit_s: float) -> None:
        """Write down that a condition has just ended."""
        self.record.lasted(Lasted(detector, subject, begin_us, self.clock.now_us(), int(limit_s * US_PER_S)))

    def happened(self, detector: str, subject: str, window: str, limit: str = "") -> None:
        """Write down a counted thing."""
        count = int(self.limits[limit]) if limit else 1
        window_us = int(self.limits[window] * US_PER_S)
        self._last_us[detector, subject] = self.clock.now_us()
        self.record.happened(Happened(detector, subject, self.clock.now_us(), count, window_us))

    def is_fresh(self, detector: str, subject: str, window: str) -> bool:
        """Whether a counted thing of this subject would begin an episode of its own beyond doubt."""
        last_us = self._last_us.get((detector, subject))
        return last_us is None or self.since_s(last_us) > (LONG + 0.1) * self.limits[window]


class Act(NamedTuple):
    """One thing that a lane does. `takes_s`: at most so long, on a machine that is not held up; it is not begun later."""

    takes_s: float
    play: Callable[[Stage], None]


class Lane:
    """A thread that plays its acts in turn, with pauses, until there is no time for the next one."""

    def __init__(self, name: str, acts: Sequence[Act], *, random: Random, pause_s: float = 2.0, first_s: float = 0.0) -> None:
        self.name = name
        self.error: BaseException | None = None
        self._acts = acts
        self._random = random
        self._pause_s = pause_s
        self._first_s = first_s
        self._thread: Thread | None = None

    def start(self, stage: Stage) -> None:
        """Begin."""
        self._thread = Thread(target=self._run, args=(stage,), name=f"lane-{self.name}", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it is still at it."""
        return self._thread is not None and self._thread.is_alive()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, stage: Stage) -> None:
        try:
            stage.rest(self._first_s + self._random.random())
            while True:
                for act in self._acts:
                    if stage.left_s() < act.takes_s:
                        return
                    act.play(stage)
                    stage.rest(self._pause_s * (1.0 + self._random.random() / 4))
        except Curtain:
            return
        except BaseException as error:  # told by the demo, which then fails
            self.error = error
