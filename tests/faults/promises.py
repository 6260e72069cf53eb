"""All faults in full, and a table at the end: `python -m tests.faults.promises`, with `--hours H`, `--scale 0.1`, `--only TEXT`.

Each row is first tried a few times, which tells how long all of it takes. With `--hours` the quickest rows are tried in full, and
the table tells how far the others came. Exit code 1 when any promise was broken, or a row could not be tried.
"""

# ruff: noqa: T201 - a program that prints
import argparse
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random

from contract.clock import US_PER_S, Clock, SystemClock
from tests.faults import (
    audits,
    cameras,
    devices,
    disks,
    duties,
    duty_zones,
    footage,
    gates,
    interlocks,
    kills,
    network,
    payloads,
    powercuts,
    settings,
    syncs,
)
from tests.faults.row import Row, Tally
from tests.support.loop_disk import can_mount

ROWS: tuple[Row, ...] = (
    *kills.ROWS, *powercuts.ROWS, *disks.ROWS, *syncs.ROWS, *network.ROWS,
    *devices.ROWS, *cameras.ROWS, *payloads.ROWS, *settings.ROWS,
    *duties.ROWS, *duty_zones.ROWS, *audits.ROWS, *interlocks.ROWS, *gates.ROWS, *footage.ROWS,
)  # fmt: skip
SHOWN = 10
PORTIONS = 20
"""A row's tries are made in about so many portions: what runs over `--hours` is one of them at most."""


def try_row(row: Row, tries: int, seed: str) -> Tally:
    """Run one row in a folder of its own. Whatever goes wrong in it is a violation: a try that ended early proves nothing."""
    if row.needs and not can_mount():
        return Tally(0, [f"not tried: {row.needs}"])
    with tempfile.TemporaryDirectory(prefix="wkfault") as folder:
        try:
            return row.run(Path(folder), tries, Random(seed))
        except Exception:
            return Tally(tries, [traceback.format_exc()])


def table(results: Sequence[tuple[Row, Tally]]) -> str:
    """Plain text, one line a row."""
    lines = [("promise", "fault", "tries", "of", "violations")]
    lines += [(row.promise, row.fault, str(tally.tries), str(row.full), str(len(tally.violations))) for row, tally in results]
    widths = [max(len(line[at]) for line in lines) for at in range(5)]
    return "\n".join(
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, "<<>>>", widths, strict=True)) for line in lines
    )


class Progress:
    """How far one row is. It is run in portions, each with a random source of its own, so that its time can be foreseen."""

    def __init__(self, row: Row, tries: int, seed: int) -> None:
        self.row = row
        self.wanted = tries
        self.violations: list[str] = []
        self._seed = seed
        self._portions = self._tries = 0
        self._took_us = 0

    @property
    def tally(self) -> Tally:
        """What came of it so far."""
        return Tally(self._tries, self.violations)

    @property
    def left_s(self) -> float:
        """What the rest will take, by what a try has taken so far."""
        return (self.wanted - self._tries) * self._took_us / max(1, self._tries) / US_PER_S

    @property
    def done(self) -> bool:
        """Whether there is nothing left to try: all is tried, or something is broken."""
        return bool(self.violations) or self._tries >= self.wanted

    def portion(self, clock: Clock) -> None:
        """Try a few more. The first portion is small."""
        size = self.row.ci if not self._portions else max(self.row.ci, self.row.full // PORTIONS)
        began_us = clock.mono_us()
        tally = try_row(self.row, min(size, self.wanted - self._tries), f"{self._seed}:{self.row.fault}:{self._portions}")
        self._took_us += clock.mono_us() - began_us
        self._portions += 1
        self._tries += tally.tries
        self.violations += tally.violations
        print(f"{self.row.fault}: {self._tries} of {self.wanted}, {self.left_s / 60:.1f} min left", file=sys.stderr, flush=True)
        for violation in tally.violations[:SHOWN]:
            print(f"  {violation}", file=sys.stderr, flush=True)


def try_all(rows: Sequence[Progress], clock: Clock, until_us: int | None) -> None:
    """A first portion of each row, then one row after another, those first that take the least time, until all is done or the
    time is up: a portion that has begun is ended."""
    for one in rows:
        one.portion(clock)
    print(f"all of it takes {sum(one.left_s for one in rows) / 3600:.1f} h more", file=sys.stderr, flush=True)
    for one in sorted(rows, key=lambda one: one.left_s):
        while not one.done and (until_us is None or clock.mono_us() < until_us):
            one.portion(clock)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.promises", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="so much of each row's tries, one at least")
    parser.add_argument(
        "--hours", type=float, help="begin nothing after so many hours; the table tells what was not tried in full"
    )
    parser.add_argument("--only", default="", help="rows whose fault holds this text")
    parser.add_argument("--seed", type=int, default=1, help="replays a failure, as far as processes can be replayed")
    asked = parser.parse_args()
    clock = SystemClock()
    until_us = None if asked.hours is None else clock.mono_us() + int(asked.hours * 3600 * US_PER_S)
    rows = [Progress(row, max(1, round(row.full * asked.scale)), asked.seed) for row in ROWS if asked.only in row.fault]
    try_all(rows, clock, until_us)
    print(table([(one.row, one.tally) for one in rows]))
    return 1 if not rows or any(one.violations for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
