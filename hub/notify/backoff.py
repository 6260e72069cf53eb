"""How long to wait after a failure: pure."""

FIRST_S = 1.0
LAST_S = 300.0
_DOUBLINGS_MAX = 10


def delay_s(failures: int, chance: float, longest_s: float = LAST_S) -> float:
    """The wait after so many failures in a row: 1 s, doubled each time, `longest_s` at most, and between half and all of that.
    `chance`: 0 to 1, so that readers that failed together do not come back together."""
    if failures <= 0:
        return 0.0
    whole = min(longest_s, FIRST_S * float(1 << min(failures - 1, _DOUBLINGS_MAX)))
    return whole * (0.5 + chance / 2)
