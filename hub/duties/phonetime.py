"""When something was made at a phone, on the hub's time line. Pure.

A phone's wall clock may be off by hours, and may be set between the making and the sending. Its monotonic clock cannot be
set, but begins anew with each boot. So the monotonic clock goes first where it counts, and the wall clock otherwise.
"""

from typing import NamedTuple


class Sent(NamedTuple):
    """The phone's clocks when it sent. `boot`: what the monotonic clock counts from, a name."""

    wall_us: int
    mono_us: int
    boot: str


class Made(NamedTuple):
    """The phone's clocks when the thing was made. `mono_us` None: not known."""

    wall_us: int
    mono_us: int | None
    boot: str


class Placed(NamedTuple):
    """`at_us`: when it was made, on the hub's time line; `clock_off_us`: the phone's wall clock then, less that."""

    at_us: int
    clock_off_us: int


def placed(made: Made, sent: Sent, hub_now_us: int) -> Placed:
    """When it was made. What the wall clock says is corrected by how far that clock is off now: nobody knows whether it was set
    in between. A monotonic clock that went backwards is another boot's, whatever its name."""
    if made.mono_us is not None and made.boot == sent.boot and made.mono_us <= sent.mono_us:
        at_us = hub_now_us - (sent.mono_us - made.mono_us)
    else:
        at_us = made.wall_us - (sent.wall_us - hub_now_us)
    return Placed(at_us, made.wall_us - at_us)


def up_to_us(told: Made, sent: Sent, hub_now_us: int) -> int:
    """Up to when a phone has reported everything: the moment at which it says so, and never later than now."""
    return min(hub_now_us, placed(told, sent, hub_now_us).at_us)
