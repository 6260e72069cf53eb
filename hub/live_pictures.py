"""What cameras show just now: the newest picture of each camera that somebody looks at, in memory alone.

A camera is asked at most every 2 s, and only when somebody asks for its picture; all who look at it share one. A camera that
nobody looks at costs nothing. Nothing of this is stored, and no event tells of it.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from contract.clock import US_PER_S, Clock
from contract.orders import ShowPicture
from hub.orders import OrderSender

CAMERAS_MAX = 64
"""Of which pictures are held: 64 MiB at most. The one that was looked at longest ago goes."""
EVERY_US = 2 * US_PER_S
ANSWER_US = 10 * US_PER_S
"""How long an order is waited for before the camera is asked again: an agent gives a snapshot up after 5 s."""
KEPT_US = 60 * US_PER_S
VIEW_US = 60 * US_PER_S
"""Who asks for a camera's picture again within this time still looks."""
VIEWS_MAX = 4_096

Later = Callable[[float, Callable[[], None]], None]


class Frame(NamedTuple):
    """A picture, when it was taken by the hub's time line, and its name, the order's."""

    name: str
    jpeg: bytes
    at_us: int


class View(NamedTuple):
    """Somebody has begun to look at a camera."""

    actor: str
    role: str
    device: str


class _Camera:
    """What is known of one camera: the newest picture, and what was asked for. Times are monotonic."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.frame: Frame | None = None
        self.held_us = 0
        self.order = ""
        self.asked_us: int | None = None


def later(seconds: float, run: Callable[[], None]) -> None:
    """Have it run once, on a thread that keeps no program alive."""
    timer = threading.Timer(seconds, run)
    timer.daemon = True
    timer.start()


class LivePictures:
    """The pictures of one hub. Safe from any thread. `on_view`: told when somebody begins to look at a camera, once for as long
    as he goes on: the one place from which views of live pictures are recorded. Where it raises, nothing is shown."""

    def __init__(
        self,
        sender: OrderSender,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        on_view: Callable[[View], None] = lambda _: None,
        later: Later = later,
    ) -> None:
        self._sender, self._clock, self._new_id, self._on_view, self._later = sender, clock, new_id, on_view, later
        self._lock = Lock()
        self._cameras: OrderedDict[str, _Camera] = OrderedDict()
        self._views: OrderedDict[View, int] = OrderedDict()
        self._sweeps = False
        self.counters: Counter[str] = Counter()

    def look(self, view: View, agent: str) -> Frame | None:
        """The newest picture of the view's camera, or None where none is held. The next one is asked for when it is time."""
        now_us = self._clock.mono_us()
        with self._lock:
            begun = self._begins(view, now_us)
            camera = self._cameras.setdefault(view.device, _Camera(agent))
            self._cameras.move_to_end(view.device)
            self._make_room()
            self._forget_old(now_us)
            order = self._due(camera, now_us)
            frame = camera.frame
            self.counters["looks"] += 1
        if begun:
            self._tell(view)
        if order:
            self._sender.order(agent, ShowPicture(order, view.device))
        return frame

    def _tell(self, view: View) -> None:
        """Before anything is shown. Where it cannot be told he has not begun, and is told of the next time."""
        try:
            self._on_view(view)
        except BaseException:
            with self._lock:
                self._views.pop(view, None)
            raise

    def wanted(self, agent: str, order: str) -> bool:
        """Whether a picture of this order is waited for: asked before its body is read."""
        with self._lock:
            return self._asked(agent, order) is not None

    def take(self, agent: str, order: str, jpeg: bytes, age_us: int) -> bool:
        """An agent brings a picture, taken `age_us` ago. False where it is not waited for (any more)."""
        with self._lock:
            camera = self._asked(agent, order)
            if camera is None:
                self.counters["refused"] += 1
                return False
            camera.order = ""
            camera.frame = Frame(order, jpeg, self._clock.now_us() - age_us)
            camera.held_us = self._clock.mono_us()
            self.counters["taken"] += 1
            sweeps, self._sweeps = self._sweeps, True
        if not sweeps:
            self._later(KEPT_US / US_PER_S, self.sweep)
        return True

    def sweep(self) -> None:
        """Drop what is too old, and come back while anything is held."""
        with self._lock:
            self._forget_old(self._clock.mono_us())
            self._sweeps = any(camera.frame is not None for camera in self._cameras.values())
            again = self._sweeps
        if again:
            self._later(KEPT_US / US_PER_S, self.sweep)

    @property
    def held(self) -> int:
        """How many pictures are in memory."""
        with self._lock:
            return sum(camera.frame is not None for camera in self._cameras.values())

    def _begins(self, view: View, now_us: int) -> bool:
        was_us = self._views.pop(view, None)
        self._views[view] = now_us
        if len(self._views) > VIEWS_MAX:
            self._views.popitem(last=False)
        return was_us is None or now_us - was_us > VIEW_US

    def _due(self, camera: _Camera, now_us: int) -> str:
        """The order to send, or empty where it is not time."""
        if camera.asked_us is not None:
            waited_us = now_us - camera.asked_us
            if waited_us < (ANSWER_US if camera.order else EVERY_US):
                return ""
            self.counters["unanswered"] += bool(camera.order)
        camera.order, camera.asked_us = self._new_id(), now_us
        self.counters["asked"] += 1
        return camera.order

    def _asked(self, agent: str, order: str) -> _Camera | None:
        found = (one for one in self._cameras.values() if order and one.order == order and one.agent == agent)
        return next(found, None)

    def _make_room(self) -> None:
        while len(self._cameras) > CAMERAS_MAX:
            self._cameras.popitem(last=False)
            self.counters["dropped_for_room"] += 1

    def _forget_old(self, now_us: int) -> None:
        for camera in self._cameras.values():
            if camera.frame is not None and now_us - camera.held_us > KEPT_US:
                camera.frame = None
                self.counters["dropped_as_old"] += 1
