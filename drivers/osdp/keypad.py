"""Digits that are typed one by one become a PIN. Pure, time is an argument."""

from contract.readings import CodeRead
from drivers.osdp.codes import HASH, STAR
from drivers.osdp.options import PIN_DIGITS_MAX
from drivers.port import Finding

_DIGITS = frozenset(b"0123456789")


class Keypad:
    """`pin_digits` digits are a PIN, or with 0 those before #; * takes back what was typed. Findings have no digits in them:
    `pin_unfinished` (the next digit did not come in time), `pin_too_long`, `unknown_key`."""

    def __init__(self, pin_digits: int, timeout_us: int) -> None:
        self._pin_digits = pin_digits
        self._timeout_us = timeout_us
        self._typed = ""
        self._too_long = False
        self._last_us = 0

    def typed(self, keys: bytes, now_us: int) -> list[CodeRead | Finding]:
        """What `keys` make whole at `now_us` on a clock that never steps."""
        said = self.waited(now_us)
        self._last_us = now_us
        for key in keys:
            said += self._key(key)
        return said

    def waited(self, now_us: int) -> list[CodeRead | Finding]:
        """What has waited for too long."""
        if not self._typed or now_us - self._last_us < self._timeout_us:
            return []
        self._clear()
        return [Finding("pin_unfinished", 0, b"")]

    def _key(self, key: int) -> list[CodeRead | Finding]:
        if key == STAR:
            self._clear()
        elif key == HASH:
            return self._done() if self._typed else []
        elif key not in _DIGITS:
            return [Finding("unknown_key", 0, bytes((key,)))]
        else:
            self._too_long = self._too_long or len(self._typed) >= PIN_DIGITS_MAX
            self._typed = (self._typed + chr(key))[:PIN_DIGITS_MAX]
            if len(self._typed) == self._pin_digits:
                return self._done()
        return []

    def _done(self) -> list[CodeRead | Finding]:
        typed, too_long = self._typed, self._too_long
        self._clear()
        if too_long:
            return [Finding("pin_too_long", 0, b"")]
        if self._pin_digits and len(typed) != self._pin_digits:
            return [Finding("pin_unfinished", 0, b"")]
        return [CodeRead(medium="pin", value=typed)]

    def _clear(self) -> None:
        self._typed, self._too_long = "", False
