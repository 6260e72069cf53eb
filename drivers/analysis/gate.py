"""Whether anything may move, by the sizes of a stream's packets alone: what does not move costs an encoder next to nothing.

Sizes are a hint and no proof: an encoder with a constant rate fills whatever there is. So the gate learns how large a still
picture's packets are, and it is held to account: who decodes a key picture now and then and finds motion that the sizes did not
tell says so, and the gate stays open for a while, longer each time.
"""

_LEARNT = 36
"""Packets of a still scene before the gate may close."""
_PLACES = 3
"""The first packets after a key picture are of another size than those that follow: each has its own usual one."""
_FOLLOW = 0.03
_FOLLOW_FIRST = 0.2
_RISE_MAX = 0.5
_SLACK = 0.6
_OPENS = 6.0
_OPENS_LEAST = 0.25
"""In mean deviations: what a packet may be off, and to what the rest must sum up (a cumulative sum) to open the gate."""
_HOLD_S = 3.0
"""How long the gate stays open after what opened it."""
_MISTRUST_S = (_HOLD_S, _HOLD_S, _HOLD_S, 8.0, 30.0, 120.0)
"""The same after motion that the sizes had not told: it may have begun only just now, and time after time it has not."""


class Gate:
    """Takes each packet's size, and what was seen. It is open in the beginning.

    `missed` counts the times that motion was seen while it was closed.
    """

    def __init__(self) -> None:
        self._usual = [0.0] * _PLACES
        self._place = 0
        self._spread = 0.0
        self._more = self._less = 0.0
        self._learnt = 0
        self._open_until_s = float("-inf")
        self._mistrust = 0
        self.missed = 0

    @property
    def knows(self) -> bool:
        """Whether it has seen enough of a still scene to close."""
        return self._learnt >= _LEARNT

    def take(self, at_s: float, size: int, *, key: bool, still: bool) -> bool:
        """One more packet; returns whether the gate is open. `still`: as far as pictures tell, nothing moves, so this may be
        learnt from."""
        if key:
            self._place = 0
        else:
            self._judge(at_s, size, still=still)
            self._place = min(self._place + 1, _PLACES - 1)
        return not self.knows or at_s < self._open_until_s

    def saw_motion(self, at_s: float) -> None:
        """A decoded picture shows motion. If the gate was closed, its sizes are trusted less from now on."""
        if self.knows and at_s >= self._open_until_s:
            self._open_until_s = at_s + _MISTRUST_S[min(self._mistrust, len(_MISTRUST_S) - 1)]
            self._mistrust += 1
            self.missed += 1
        self._open_until_s = max(self._open_until_s, at_s + _HOLD_S)

    def _judge(self, at_s: float, size: int, *, still: bool) -> None:
        usual = self._usual[self._place] or float(max(size, 1))
        rise = max(-_RISE_MAX, min(_RISE_MAX, size / usual - 1.0))
        slack = _SLACK * self._spread
        self._more = max(0.0, self._more + rise - slack)
        self._less = max(0.0, self._less - rise - slack)
        if self.knows and max(self._more, self._less) > max(_OPENS_LEAST, _OPENS * self._spread):
            # fewer bytes too: a sensor that hangs and a lens that is covered need less
            if at_s >= self._open_until_s:
                self._mistrust = max(0, self._mistrust - 1)
            self._open_until_s = max(self._open_until_s, at_s + _HOLD_S)
            self._more = self._less = 0.0
        if still:
            follow = _FOLLOW if self.knows else _FOLLOW_FIRST
            self._usual[self._place] = max(1.0, usual * (1 + follow * rise))
            self._spread += follow * (abs(rise) - self._spread)
            self._learnt += 1
