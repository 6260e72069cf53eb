"""The board's relays that unlock: each is switched off again in its time, whatever happens to the command that switched it on."""

from collections.abc import Callable, Iterable
from threading import Lock

from contract.clock import US_PER_S, Clock
from drivers.modbus.unit import Board, NoAnswer
from drivers.port import CommandFailed, DeviceLost, Finding

RETRY_US = 1 * US_PER_S
"""How soon a relay that could not be switched off is tried again."""
_WAIT_S = 3.0


class Locks:
    """The relays of one connection. `unlock` comes from the agent's thread, all else from the driver's.

    At first every relay counts as on and overdue: one may be on since an earlier connection was lost. `report` gets a finding
    for each try that does not switch a relay off.
    """

    def __init__(self, board: Board, numbers: Iterable[int], clock: Clock, report: Callable[[Finding], None]) -> None:
        self._board = board
        self._clock = clock
        self._report = report
        self._off_at_us = dict.fromkeys(numbers, clock.mono_us())
        self._turn = Lock()
        self._shut = False

    def unlock(self, number: int, for_us: int) -> None:
        """Switch a relay on. Returns when the board has confirmed it; the relay goes off `for_us` later, or at the time of an
        earlier unlock if that is later still. Raises CommandFailed; the relay then goes off as soon as the board answers."""
        if not self._turn.acquire(timeout=_WAIT_S):
            raise CommandFailed("another command is under way")
        try:
            if self._shut:
                raise CommandFailed("the connection was lost")
            # Before the question: its answer may be lost while the relay is on.
            until_us = self._off_at_us.setdefault(number, self._clock.mono_us())
            self._board.write_coil(number, True)
            self._off_at_us[number] = max(until_us, self._clock.mono_us() + for_us)
        except (NoAnswer, DeviceLost) as error:
            raise CommandFailed(f"the board did not confirm: {error}") from error
        finally:
            self._turn.release()

    def is_due(self, now_us: int) -> bool:
        """Whether a relay is to go off."""
        return any(at_us <= now_us for at_us in tuple(self._off_at_us.values()))

    def release_due(self, now_us: int) -> None:
        """Switch off what is due; one that does not go off keeps the others from nothing. Raises DeviceLost."""
        if not self.is_due(now_us) or not self._turn.acquire(blocking=False):
            return
        try:
            for number, at_us in sorted(self._off_at_us.items()):
                if at_us <= now_us:
                    self._try_off(number, now_us)
        finally:
            self._turn.release()

    def shut(self) -> None:
        """Refuse further commands, and switch everything off at once. Never raises."""
        self._shut = True
        with self._turn:
            for number in sorted(self._off_at_us):
                try:
                    self._switch_off(number)
                except (NoAnswer, DeviceLost) as error:
                    if str(error) == "timeout" or isinstance(error, DeviceLost):
                        return  # nobody answers; the next connection begins with all of them

    def _try_off(self, number: int, now_us: int) -> None:
        try:
            self._switch_off(number)
        except NoAnswer as error:
            self._off_at_us[number] = now_us + RETRY_US
            self._report(Finding(str(error), 0, number.to_bytes(2, "big")))

    def _switch_off(self, number: int) -> None:
        self._board.write_coil(number, False)
        if self._board.coil(number):
            raise NoAnswer("relay_stays_on")
        del self._off_at_us[number]
