"""Measurement over its threshold, for each quantity of a device.

A device's options name the thresholds: `QUANTITY_max`, `QUANTITY_min`, and where the policy's are not right for it
`QUANTITY_hysteresis` (in the quantity's unit) and `QUANTITY_hold_s`. A quantity without a threshold is never judged.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from contract.readings import Measurement
from hub.detectors.lasting import Numbers, Says
from hub.detectors.types import Device, Event


class Names(NamedTuple):
    """The names of one quantity's numbers."""

    max: str
    min: str
    hysteresis: str
    hold_s: str


@lru_cache(maxsize=256)
def names(quantity: str) -> Names:
    """The names of the numbers of `quantity`."""
    return Names(f"{quantity}_max", f"{quantity}_min", f"{quantity}_hysteresis", f"{quantity}_hold_s")


def over(event: Event, _device: Device, numbers: Numbers) -> Says:
    """The value is beyond a threshold; it is back when it is inside both by the hysteresis."""
    reading = event.reading
    if not isinstance(reading, Measurement):
        return None
    name = names(reading.quantity)
    high, low = numbers.get(name.max), numbers.get(name.min)
    if (high is not None and reading.value > high) or (low is not None and reading.value < low):
        return "holds"
    if high is not None and not reading.value <= high - _margin(name, high, numbers):
        return None
    if low is not None and not reading.value >= low + _margin(name, low, numbers):
        return None
    return "ends" if high is not None or low is not None else None


def _margin(name: Names, limit: float, numbers: Numbers) -> float:
    given = numbers.get(name.hysteresis)
    return abs(limit) * numbers["hysteresis_percent"] / 100 if given is None else given


def hold_s(facts: dict[str, Any], numbers: Numbers) -> float:
    """How long the value must stay beyond."""
    return numbers.get(names(facts["quantity"]).hold_s, numbers["hold_s"])


def facts(event: Event, numbers: Numbers) -> dict[str, Any]:
    """What people are shown: the first value beyond, and the threshold."""
    reading = event.reading
    assert isinstance(reading, Measurement)
    name = names(reading.quantity)
    high = numbers.get(name.max)
    side = {"max": high} if high is not None and reading.value > high else {"min": numbers.get(name.min)}
    return {"quantity": reading.quantity, "value": reading.value, "unit": reading.unit, **side}


def subject(event: Event, device: Device) -> str:
    """A quantity of a device."""
    return f"{device.id}/{getattr(event.reading, 'quantity', '')}"
