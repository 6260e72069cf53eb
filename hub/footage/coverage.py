"""What a camera's stream is covered by, run by run, and what lies between: its holes. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from contract.clock import US_PER_S
from hub.footage.packing import Piece

JOIN_US = US_PER_S
"""What is missing for no longer is no hole: where one segment's last picture ends and the next one's first begins is known no
better, and an agent's clock is set right by less than that while nothing is lost."""

Gone = Literal["due", "missing", "drop_oldest"]
"""Why footage that was there is not: deleted on its day, found missing, or the oldest on a full disk."""
GONE: tuple[Gone, ...] = get_args(Gone)


class Run(NamedTuple):
    """From then until then footage is there, or was. Runs of one stream never overlap."""

    from_us: int
    until_us: int
    what: Literal["there", Gone] = "there"


class Hole(NamedTuple):
    """Nothing shows this time. `cause`: see hub/footage/causes.py; empty: nobody has said why."""

    from_us: int
    until_us: int
    cause: str = ""


def runs_of(pieces: Iterable[Piece]) -> list[Run]:
    """What these segments cover."""
    return joined(Run(one.start_us, one.end_us) for one in pieces)


def joined(runs: Iterable[Run]) -> list[Run]:
    """The same as few runs, in order. What is there counts before what says that it is gone."""
    ordered = sorted(runs)
    there = _joined_alike(run for run in ordered if run.what == "there")
    gone = sorted(without((run for run in ordered if run.what != "there"), there))
    found: list[Run] = []
    for what in GONE:
        alike = _joined_alike(run for run in gone if run.what == what)
        found += without(alike, sorted([*there, *found]))
    return sorted(there + found)


def without(runs: Iterable[Run], cuts: Sequence[Run]) -> list[Run]:
    """The runs less the time of the cuts, which are in order."""
    found = []
    for run in runs:
        from_us = run.from_us
        for cut in cuts:
            if cut.until_us <= from_us or cut.from_us >= run.until_us:
                continue
            if cut.from_us > from_us:
                found.append(Run(from_us, cut.from_us, run.what))
            from_us = max(from_us, cut.until_us)
        if from_us < run.until_us:
            found.append(Run(from_us, run.until_us, run.what))
    return found


def within(runs: Iterable[Run], from_us: int, until_us: int) -> list[Run]:
    """What of the runs lies in that time."""
    clipped = (Run(max(run.from_us, from_us), min(run.until_us, until_us), run.what) for run in runs)
    return [run for run in clipped if run.from_us < run.until_us]


def holes(runs: Iterable[Run], from_us: int, until_us: int) -> list[Hole]:
    """What nothing shows in that time, by the runs in their order. What was deleted on its day is no hole."""
    found, seen_us = list[Hole](), from_us
    for run in within(runs, from_us, until_us):
        if run.from_us - seen_us > JOIN_US:
            found.append(Hole(seen_us, run.from_us))
        if run.what in ("missing", "drop_oldest"):
            found.append(Hole(run.from_us, run.until_us, run.what))
        seen_us = max(seen_us, run.until_us)
    if until_us - seen_us > JOIN_US:
        found.append(Hole(seen_us, until_us))
    return found


def _joined_alike(runs: Iterable[Run]) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        if found and run.from_us - found[-1].until_us <= JOIN_US:
            found[-1] = found[-1]._replace(until_us=max(found[-1].until_us, run.until_us))
        else:
            found.append(run)
    return found
