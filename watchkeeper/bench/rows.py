"""What a bench reports. `ratio` is ours to the limit: as a rate where there is one, else as p50."""

from collections.abc import Sequence
from math import ceil
from statistics import median

import msgspec

from watchkeeper.bench.machine import Machine


class Figures(msgspec.Struct, frozen=True):
    """One side. `rate` is per second; p50 and p99 are in the row's unit. None: not measured."""

    p50: float | None = None
    p99: float | None = None
    rate: float | None = None


class Row(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    unit: str
    ours: Figures
    limit: Figures
    ratio: float | None
    machine: Machine


def quantile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` of all do not exceed."""
    return sorted(samples)[ceil(share * len(samples)) - 1]


def spread(samples: Sequence[float]) -> Figures:
    """The figures of times, or of amounts that were measured several times."""
    return Figures(p50=round(median(samples), 4), p99=round(quantile(samples, 0.99), 4)) if samples else Figures()


def rates(samples: Sequence[float]) -> Figures:
    """The figures of several rounds' rates."""
    return Figures(rate=round(median(samples), 1))


def row(name: str, unit: str, ours: Figures, limit: Figures, machine: Machine, ratio: float | None = None) -> Row:
    """A row, its ratio computed unless it is given."""
    if ratio is None:
        mine, bare = (ours.rate, limit.rate) if ours.rate is not None else (ours.p50, limit.p50)
        ratio = mine / bare if mine is not None and bare else None
    return Row(name, unit, ours, limit, None if ratio is None else round(ratio, 3), machine)
