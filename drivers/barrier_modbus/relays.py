"""The barrier's relays: each is pressed like a button, and every one that was pressed is let go."""

from collections.abc import Callable
from functools import partial
from threading import Event, Lock

from drivers.barrier_modbus.decode import Coils
from drivers.modbus.unit import Board, NoAnswer
from drivers.port import CommandFailed, DeviceLost

CUTS: dict[str, frozenset[str]] = {"open": frozenset(("close",)), "stop": frozenset(("open", "close"))}
"""Which pulses under way an action ends instead of waiting for them."""

_WAIT_S = 3.0


class Relays:
    """The relays of one connection. `press` and `begin` come from the agent's threads, all else from the driver's."""

    def __init__(self, board: Board, coils: Coils, pulse_s: float) -> None:
        self._board = board
        self._coils = {"open": coils.open, "close": coils.close, "stop": coils.stop}
        self._pulse_s = pulse_s
        self._pressed: set[int] = set()
        self._under_way = ""
        self._turn = Lock()
        self._cut = Event()
        self._shut = False

    def release_all(self) -> None:
        """Let go of every relay: one may be on since an earlier connection was lost. Raises NoAnswer and DeviceLost."""
        self._pressed.update(coil for coil in self._coils.values() if coil is not None)
        self._release()

    def release_pressed(self) -> None:
        """Let go of relays that could not be let go before. Raises NoAnswer and DeviceLost."""
        if self._pressed and self._turn.acquire(blocking=False):
            try:
                self._release()
            finally:
                self._turn.release()

    def press(self, action: str) -> None:
        """One pulse. Returns when the board has confirmed it and the relay is off again. Raises CommandFailed; the relay is then
        let go as soon as the board answers."""
        coil = self._coils.get(action)
        if coil is None:
            raise CommandFailed(f"no relay is set for {action}: name it under coils")
        if self._under_way in CUTS.get(action, ()):
            self._cut.set()
        if not self._turn.acquire(timeout=_WAIT_S):
            raise CommandFailed("another command is under way")
        try:
            self._cut.clear()
            if self._shut:
                raise CommandFailed("the connection was lost")
            self._under_way = action
            self._pulse(coil, partial(self._board.write_coil, coil, True))
        finally:
            self._under_way = ""
            self._turn.release()

    def begin(self, action: str) -> Callable[[], None] | None:
        """Press at once, where nothing has to be waited for. What is returned must be called once, from any thread: it returns
        and raises as `press` does, and no other relay is pressed before. None: nothing was pressed."""
        coil = self._coils.get(action)
        if coil is None or not self._turn.acquire(blocking=False):
            return None
        self._cut.clear()
        was_pressed = coil in self._pressed
        self._pressed.add(coil)
        confirmed = None if self._shut else self._board.begin_coil(coil, True)
        if confirmed is None:
            if not was_pressed:
                self._pressed.discard(coil)
            self._turn.release()
            return None
        self._under_way = action
        return partial(self._finish, coil, confirmed)

    def _finish(self, coil: int, confirmed: Callable[[], None]) -> None:
        try:
            self._pulse(coil, confirmed)
        finally:
            self._under_way = ""
            self._turn.release()

    def shut(self) -> None:
        """End a pulse under way, refuse further ones, and try once more to let go of what is pressed. Never raises."""
        self._shut = True
        self._cut.set()
        with self._turn:
            try:
                self._release()
            except (NoAnswer, DeviceLost):
                return  # the next connection begins with release_all

    def _pulse(self, coil: int, write: Callable[[], None]) -> None:
        self._pressed.add(coil)  # before the question: its answer may be lost while the relay is on
        cut = False
        try:
            write()
            cut = self._cut.wait(self._pulse_s)
        except (NoAnswer, DeviceLost) as error:
            raise CommandFailed(f"the board did not confirm: {error}") from error
        finally:
            self._release_or_fail()
        if cut:
            raise CommandFailed("cut short by another command, or by the end of the connection")

    def _release_or_fail(self) -> None:
        try:
            self._release()
        except (NoAnswer, DeviceLost) as error:
            raise CommandFailed(f"the relay could not be let go yet: {error}") from error

    def _release(self) -> None:
        for coil in sorted(self._pressed):
            self._board.write_coil(coil, False)
            if self._board.coil(coil):
                raise NoAnswer("relay_stays_on")
            self._pressed.discard(coil)
