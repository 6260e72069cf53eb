"""Whether anything may move, by the sizes of a stream's packets alone: what does not move costs an encoder next to nothing.

Sizes are a hint and no proof: an encoder with a constant rate fills whatever there is. So the gate learns how large a still
picture's packets are, and it is held to account: who decodes a key picture now and then and finds motion that the sizes did not
tell says so, and the gate stays open for a while, longer each time.
"""

from collections import deque

_WINDOW = 3
"""So many packets are taken together."""
_LEARNT = 12
"""Windows of a still scene before the gate may close."""
_FOLLOW = 0.04
_LEAST_RISE = 0.12
_SPREADS = 4.0
_RISE_MAX = 0.8
_HOLD_S = 6.0
"""How long the gate stays open after what opened it."""
_MISTRUST_S = (15.0, 60.0, 300.0)


class Gate:
    """Takes each packet's size, and what was seen. It is open in the beginning.

    `missed` counts the times that motion was seen while it was closed.
    """

    def __init__(self) -> None:
        self._sizes: deque[int] = deque(maxlen=_WINDOW)
        self._usual = 0.0
        self._spread = 0.0
        self._learnt = 0
        self._open_until_s = float("-inf")
        self.missed = 0

    @property
    def knows(self) -> bool:
        """Whether it has seen enough of a still scene to close."""
        return self._learnt >= _LEARNT

    def take(self, at_s: float, size: int, *, key: bool, still: bool) -> bool:
        """One more packet; returns whether the gate is open. `still`: as far as pictures tell, nothing moves, so this may be
        learnt from."""
        if not key:
            self._sizes.append(size)
            if len(self._sizes) == _WINDOW:
                self._judge(at_s, sum(self._sizes) / _WINDOW, still=still)
        return not self.knows or at_s < self._open_until_s

    def saw_motion(self, at_s: float) -> None:
        """A decoded picture shows motion. If the gate was closed, its sizes are trusted less from now on."""
        if self.knows and at_s >= self._open_until_s:
            self._open_until_s = at_s + _MISTRUST_S[min(self.missed, len(_MISTRUST_S) - 1)]
            self.missed += 1
        self._open_until_s = max(self._open_until_s, at_s + _HOLD_S)

    def _judge(self, at_s: float, mean: float, *, still: bool) -> None:
        if not self._learnt:
            self._usual = mean
        rise = mean / max(self._usual, 1.0) - 1.0
        limit = min(_RISE_MAX, max(_LEAST_RISE, _SPREADS * self._spread))
        if self.knows and abs(rise) > limit:  # a drop too: what hangs or is covered needs less
            self._open_until_s = max(self._open_until_s, at_s + _HOLD_S)
        if still:
            follow = _FOLLOW if self.knows else 0.2
            self._usual *= 1 + follow * max(-0.5, min(0.5, rise))
            self._spread += follow * (min(abs(rise), _RISE_MAX) - self._spread)
            self._learnt += 1
