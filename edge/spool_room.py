"""What a full spool drops: pure planning over rows, oldest first. No database."""

from collections.abc import Iterable
from typing import NamedTuple

from contract.envelope import Record, encode
from contract.readings import Dropped, Reading
from edge.spool_file import ALARM, EVENT, MEASUREMENT, TOMB

ROW_BYTES = 24
"""What a row costs beyond its body: key, columns, its place in the page."""

TOMB_BYTES = 256 + ROW_BYTES
"""No tomb is larger: ids are short and numbers have at most 19 digits."""

SORT_OF = {"measurement": MEASUREMENT, "event": EVENT, "alarm": ALARM}


class Row(NamedTuple):
    """One row of the log as the planner sees it. `dropped` is a tomb's reading."""

    seq: int
    span: int
    sort: int
    at_us: int
    size_bytes: int
    dropped: Dropped | None = None


class Tomb(NamedTuple):
    """Rows from `first` to `last` to be replaced by one. `rows` are those that go away, tombs among them; `lost` counts
    the readings dropped now, by sort."""

    first: int
    last: int
    at_us: int
    counts: tuple[int, int, int]
    rows: int
    size_bytes: int
    lost: tuple[int, int, int]


class Plan(NamedTuple):
    """`freed_bytes` is the net gain. The next scan at this level may begin at row `resume`."""

    tombs: list[Tomb]
    freed_bytes: int
    resume: int


def tomb_body(agent: str, first: int, at_us: int, dropped: Dropped) -> bytes:
    """The JSON of the record that says `first` to the reading's `last_seq` were dropped."""
    return encode(Record(first, agent, at_us, dropped))


def sort_of(reading: Reading) -> int:
    """The row's sort for a reading."""
    return SORT_OF[reading.SORT]


def plan(rows: Iterable[Row], level: int, want_bytes: int) -> Plan:
    """Which runs of `rows` (contiguous, oldest first) to replace by tombs, until `want_bytes` are freed.

    Rows of a sort up to `level` may go, and tombs join with what lies beside them. A run goes only when it is larger than
    any tomb; what is left between others at one level goes with them at the next.
    """
    tombs: list[Tomb] = []
    freed = resume = run_bytes = 0
    run: list[Row] = []
    for row in rows:
        if row.sort > level and row.sort != TOMB:
            freed += _close(run, run_bytes, tombs)
            run, run_bytes = [], 0
            resume = row.seq + row.span
            continue
        run.append(row)
        run_bytes += row.size_bytes
        if freed + run_bytes - TOMB_BYTES >= want_bytes:
            break
    if run:
        resume = run[0].seq
        freed += _close(run, run_bytes, tombs)
    return Plan(tombs, freed, resume)


def _close(run: list[Row], run_bytes: int, tombs: list[Tomb]) -> int:
    if run_bytes <= TOMB_BYTES or len(run) < 2:
        return 0
    tombs.append(_tomb(run, run_bytes))
    return run_bytes - TOMB_BYTES


def _tomb(run: list[Row], run_bytes: int) -> Tomb:
    lost = [0, 0, 0]
    told = [0, 0, 0]
    for row in run:
        if row.dropped is not None:
            told[MEASUREMENT] += row.dropped.measurements
            told[EVENT] += row.dropped.events
            told[ALARM] += row.dropped.alarms
        else:
            lost[row.sort] += 1
    last = run[-1]
    return Tomb(
        first=run[0].seq,
        last=last.seq + last.span - 1,
        at_us=last.at_us,
        counts=(lost[0] + told[0], lost[1] + told[1], lost[2] + told[2]),
        rows=len(run),
        size_bytes=run_bytes,
        lost=(lost[0], lost[1], lost[2]),
    )
