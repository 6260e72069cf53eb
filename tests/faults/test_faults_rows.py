"""Each row of the table of promises, a tenth of it or less: real processes, real files, real faults."""

from pathlib import Path
from random import Random

import pytest

from tests.faults.promises import ROWS, table
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
    assert lines[0].split() == ["promise", "fault", "tries", "violations"]
    assert lines[1].split()[-2:] == ["7", "1"]
    assert lines[2].split()[-2:] == ["9", "0"]
