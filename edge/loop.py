"""A thread that goes round until it is asked to stop."""

from abc import ABC, abstractmethod
from threading import Event, Thread


class Loop(ABC):
    """Whoever is one writes `_loop`, which returns soon after `_stop` is set."""

    def __init__(self, name: str) -> None:
        self._stop = Event()
        self._thread = Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the loop to end; does not wait."""
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended within the time, or was never started; one that has not is left to itself."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @abstractmethod
    def _loop(self) -> None: ...
