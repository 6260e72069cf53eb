"""When something was made at a phone, on the hub's time line. Pure.

A phone's wall clock may be off by hours, and may be set between the making and the sending. Its monotonic clock cannot be
set, but begins anew with each boot. So the monotonic clock goes first where it counts, and the wall clock otherwise: what is
made of that alone is not proven, since whoever sets it back before a scan and right again after the sending fills an old window.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from contract.clock import US_PER_S

AGREES_US = 120 * US_PER_S
"""So far apart the beginnings of one boot may lie, as two reports tell them: the network took its time with one of them, and in
days a quartz is off by half a minute. A monotonic clock that stands still while the phone sleeps is not one."""


class Sent(NamedTuple):
    """The phone's clocks when it sent. `boot`: what the monotonic clock counts from, a name."""

    wall_us: int
    mono_us: int
    boot: str


class Boot(NamedTuple):
    """A boot of a phone by its name, and when its monotonic clock began, on the hub's time line."""

    boot: str
    began_us: int


class Made(NamedTuple):
    """The phone's clocks when the thing was made. `mono_us` None: not known."""

    wall_us: int
    mono_us: int | None
    boot: str


class Placed(NamedTuple):
    """`at_us`: when it was made, on the hub's time line; `clock_off_us`: the phone's wall clock then, less that; `proven`: a
    monotonic clock says so."""

    at_us: int
    clock_off_us: int
    proven: bool


Began = Mapping[str, int]
"""When the monotonic clocks of the phone's last boots began, by their names, on the hub's time line: as earlier reports told."""
_NONE: Began = MappingProxyType({})


def began_us(sent: Sent, hub_now_us: int) -> int:
    """When the monotonic clock began that the phone sent by."""
    return hub_now_us - sent.mono_us


def placed(made: Made, sent: Sent, hub_now_us: int, began: Began = _NONE) -> Placed:
    """When it was made. What the wall clock says is corrected by how far that clock is off now: nobody knows whether it was set
    in between. A monotonic clock that went backwards is another boot's, whatever its name. What was made in an earlier boot, of
    which it is known when it began, is as well known as what was made in this one."""
    began_now_us, mono_us = began_us(sent, hub_now_us), made.mono_us
    if mono_us is not None and made.boot == sent.boot and mono_us <= sent.mono_us:
        at_us = began_now_us + mono_us
        was_us = began.get(made.boot, began_now_us)
        proven = bool(made.boot) and abs(was_us - began_now_us) <= AGREES_US
        return Placed(at_us, made.wall_us - at_us, proven)
    if mono_us is not None and made.boot and made.boot != sent.boot and made.boot in began:
        at_us = began[made.boot] + mono_us
        if at_us <= began_now_us + AGREES_US:
            return Placed(at_us, made.wall_us - at_us, True)
    at_us = made.wall_us - (sent.wall_us - hub_now_us)
    return Placed(at_us, made.wall_us - at_us, False)


def up_to_us(told: Made, sent: Sent, hub_now_us: int) -> int:
    """Up to when a phone has reported everything: the moment at which it says so, and never later than now."""
    return min(hub_now_us, placed(told, sent, hub_now_us).at_us)
