"""Where a stream is cut into segments. Pure."""

from typing import Literal, NamedTuple

from contract.clock import US_PER_S

GOP_MAX_US = 60 * US_PER_S
"""A stream without a key picture for so long is cut anyway: what cannot be played from its start is better than nothing."""
SEGMENT_BYTES_MAX = 512 * 1024 * 1024
_EARLY_US = US_PER_S // 10
"""A key picture may come so much early and cut still, or a camera with one a second would have segments of 11 s."""
CLOCK_STEP_US = US_PER_S
"""A clock that was set by more than this ends the segment at the next key picture."""

Verdict = Literal["wait", "begin", "begin_anyway", "go_on", "cut", "cut_anyway"]
"""`anyway`: not at a key picture."""


class Sight(NamedTuple):
    """What the rule looks at. `open_us`: how long the segment has been open, or how long a stream without one has been waited
    for; `size_bytes`: of the segment; `changed`: the parameter sets are others than in its header; `clock_us`: by how much the
    agent's clock was set since it began."""

    writing: bool
    key: bool
    open_us: int
    size_bytes: int = 0
    changed: bool = False
    clock_us: int = 0


def verdict(seen: Sight, segment_us: int) -> Verdict:
    """What is done with the next picture: a cut comes in front of it."""
    if not seen.writing:
        return "begin" if seen.key else "begin_anyway" if seen.open_us >= GOP_MAX_US else "wait"
    if seen.key and (seen.open_us >= segment_us - _EARLY_US or seen.changed or abs(seen.clock_us) > CLOCK_STEP_US):
        return "cut"
    if seen.open_us >= max(GOP_MAX_US, segment_us) or seen.size_bytes >= SEGMENT_BYTES_MAX:
        return "cut" if seen.key else "cut_anyway"
    return "go_on"
