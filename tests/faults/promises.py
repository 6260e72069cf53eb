"""All faults in full, and a table at the end: `python -m tests.faults.promises [--scale 0.1] [--only TEXT] [--seed N]`.

Exit code 1 when any promise was broken, or a row could not be tried.
"""

# ruff: noqa: T201 - a program that prints
import argparse
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.faults import devices, disks, duties, duty_zones, kills, network, payloads, powercuts, settings
from tests.faults.row import Row, Tally
from tests.support.loop_disk import can_mount

ROWS: tuple[Row, ...] = (
    *kills.ROWS, *powercuts.ROWS, *disks.ROWS, *network.ROWS, *devices.ROWS, *payloads.ROWS, *settings.ROWS,
    *duties.ROWS, *duty_zones.ROWS,
)  # fmt: skip
SHOWN = 10


def try_row(row: Row, tries: int, seed: int) -> Tally:
    """Run one row in a folder of its own. Whatever goes wrong in it is a violation: a try that ended early proves nothing."""
    if row.needs and not can_mount():
        return Tally(0, [f"not tried: {row.needs}"])
    with tempfile.TemporaryDirectory(prefix="wkfault") as folder:
        try:
            return row.run(Path(folder), tries, Random(f"{seed}:{row.fault}"))
        except Exception:
            return Tally(tries, [traceback.format_exc()])


def table(results: Sequence[tuple[Row, Tally]]) -> str:
    """Plain text, one line a row."""
    lines = [("promise", "fault", "tries", "violations")]
    lines += [(row.promise, row.fault, str(tally.tries), str(len(tally.violations))) for row, tally in results]
    widths = [max(len(line[at]) for line in lines) for at in range(4)]
    return "\n".join(
        f"{line[0]:<{widths[0]}}  {line[1]:<{widths[1]}}  {line[2]:>{widths[2]}}  {line[3]:>{widths[3]}}" for line in lines
    )


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.promises", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="so much of each row's tries, one at least")
    parser.add_argument("--only", default="", help="rows whose fault holds this text")
    parser.add_argument("--seed", type=int, default=1, help="replays a failure, as far as processes can be replayed")
    asked = parser.parse_args()
    results = []
    for row in ROWS:
        if asked.only not in row.fault:
            continue
        tries = max(1, round(row.full * asked.scale))
        print(f"{row.fault}: {tries} tries …", file=sys.stderr, flush=True)
        tally = try_row(row, tries, asked.seed)
        results.append((row, tally))
        for violation in tally.violations[:SHOWN]:
            print(f"  {violation}", file=sys.stderr, flush=True)
    print(table(results))
    return 1 if not results or any(tally.violations for _, tally in results) else 0


if __name__ == "__main__":
    sys.exit(main())
