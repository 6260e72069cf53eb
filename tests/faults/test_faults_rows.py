"""Each row of the table of promises, a tenth of it or less: real processes, real files, real faults."""

from pathlib import Path
from random import Random

import pytest

from contract.clock import US_PER_S, ManualClock
from tests.faults.promises import ROWS, Progress, table, try_all, try_row
from tests.faults.row import Row, Tally
from tests.support.loop_disk import can_mount


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault.replace(" ", "_"))
def test_no_promise_is_broken_by(row: Row, tmp_path: Path):
    if row.needs and not can_mount():
        pytest.skip(row.needs)
    tally = row.run(tmp_path, row.ci, Random(row.fault))
    assert tally.tries == row.ci
    assert not tally.violations, "\n".join(tally.violations[:20])


def test_the_table_is_plain_text_with_a_line_for_each_row():
    lines = table([(ROWS[0], Tally(7, ["lost"])), (ROWS[1], Tally(9, []))]).splitlines()
    assert lines[0].split() == ["promise", "fault", "tries", "of", "violations"]
    assert lines[1].split()[-3:] == ["7", str(ROWS[0].full), "1"]
    assert lines[2].split()[-3:] == ["9", str(ROWS[1].full), "0"]


def row_of(clock: ManualClock, name: str, seconds: int, broken: str = "") -> Row:
    def run(_folder: Path, tries: int, _random: Random) -> Tally:
        clock.advance_us(tries * seconds * US_PER_S)
        return Tally(tries, [broken] if broken else [])

    return Row("P1", name, 100, 2, run)


def tried(rows: list[Row], clock: ManualClock, seconds: int | None) -> dict[str, int]:
    progress = [Progress(row, row.full, 1) for row in rows]
    try_all(progress, clock, None if seconds is None else clock.mono_us() + seconds * US_PER_S)
    return {one.row.fault: one.tally.tries for one in progress}


def test_without_a_limit_each_row_is_tried_in_full():
    clock = ManualClock()
    assert tried([row_of(clock, "slow", 10), row_of(clock, "quick", 1)], clock, None) == {"slow": 100, "quick": 100}


def test_when_the_time_is_short_each_row_is_tried_and_the_quick_ones_in_full():
    clock = ManualClock()
    assert tried([row_of(clock, "slow", 10), row_of(clock, "quick", 1)], clock, 200) == {"slow": 12, "quick": 100}


def test_a_row_that_breaks_a_promise_is_not_tried_further():
    clock = ManualClock()
    assert tried([row_of(clock, "bad", 1, "lost")], clock, None) == {"bad": 2}


def test_a_row_that_raises_is_a_violation_with_its_traceback():
    def run(_folder: Path, _tries: int, _random: Random) -> Tally:
        raise OSError("no room")

    assert "no room" in try_row(Row("P1", "x", 1, 1, run), 1, "1").violations[0]
