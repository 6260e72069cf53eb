"""Orders to the camera's output: each is sent once at most, whatever becomes of its answer. Safe from any thread."""

from collections.abc import Mapping
from threading import Condition
from typing import Any, Final

from drivers.port import CommandFailed

SENT_WITHIN_S: Final = 2.0
"""An order that could not be sent by then is taken back: whoever stood at the gate has gone."""
ANSWER_S: Final = 5.0


class Orders:
    """One order at a time: asked for by `carry_out`, sent by whoever `take`s it, and ended by `answered` or by time."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting = self._sent = self._outcome = ""
        self._count = 0
        self.open = False

    def carry_out(self) -> None:
        """Have the output switched, and wait until the camera has said so. Raises CommandFailed."""
        with self._changed:
            if not self.open:
                raise CommandFailed("the camera is not connected")
            if self._waiting or self._sent:
                raise CommandFailed("another order is being carried out")
            self._count += 1
            self._waiting, self._outcome = f"watchkeeper-{self._count}", ""
            sent = self._changed.wait_for(lambda: not self._waiting, SENT_WITHIN_S)
            if not sent:
                self._waiting = ""
                raise CommandFailed("it could not be sent in time and was taken back")
            self._changed.wait_for(lambda: bool(self._outcome), ANSWER_S)
            outcome, self._sent = self._outcome, ""
        if outcome != "done":
            raise CommandFailed(outcome or "the camera did not confirm: it may have opened")

    def take(self) -> str:
        """The order that is to be sent now, by its name; empty: none. It is never given twice."""
        with self._changed:
            name, self._waiting = self._waiting, ""
            self._sent = name or self._sent
            if name:
                self._changed.notify_all()
            return name

    def answered(self, message: Mapping[str, Any]) -> bool:
        """Whether the message is the camera's answer to the order that was sent."""
        with self._changed:
            if not self._sent or message.get("id") != self._sent:
                return False
            code = message.get("state_code", 200)
            self._outcome = "done" if code == 200 else f"the camera refused it: {str(code)[:20]}"
            self._changed.notify_all()
            return True

    def connected(self, is_open: bool) -> None:
        """The connection is there, or is gone, and what was sent over it with it."""
        with self._changed:
            self.open = is_open
            if not is_open and (self._sent or self._waiting):
                self._outcome = "the connection ended: it may have opened" if self._sent else "the connection ended"
                self._sent = self._sent or self._waiting
                self._waiting = ""
                self._changed.notify_all()
