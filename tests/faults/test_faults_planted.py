"""The faults find what they are there to find: bugs that are planted here must turn them red."""

from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.readings import BadBytes
from edge.spool import Spool, SpoolLimits
from tests.faults.powercuts import write_carelessly
from tests.support.fault_books import Books, promises_broken
from tests.support.fault_stand import Stand
from tests.support.loop_disk import ABSENT, can_mount, small_disk

MIB = 1024 * 1024


def test_a_hub_that_receipts_before_it_commits_is_caught_by_a_kill(tmp_path: Path):
    with Stand(tmp_path) as stand:
        stand.start_agent()
        for nth in range(2, 12):
            hub = stand.start_hub("commit", nth, lying=True)
            hub.wait_end("it dies before the commit")
            broken = stand.check()
            if any("receipted up to" in one for one in broken):
                return
            stand.start_agent()
    raise AssertionError("the planted bug was not seen")


def test_a_power_cut_is_seen_by_a_writer_that_does_not_sync(tmp_path: Path):
    if not can_mount():
        pytest.skip(ABSENT)
    assert write_carelessly(tmp_path / "off", 5, "PRAGMA synchronous = OFF") > 0


def test_a_spool_that_is_itself_what_fills_the_disk_goes_on_accepting(tmp_path: Path):
    if not can_mount():
        pytest.skip(ABSENT)
    with small_disk(tmp_path / "disk", 12 * MIB) as disk:
        spool = Spool.open(disk / "spool.db", "gate", SpoolLimits(bytes_max=64 * MIB), SystemClock())
        reading = BadBytes(reason="noise", bytes_hex="ab" * 64)
        for at_us in range(1, 60_001):
            spool.append("door", reading, at_us)
        assert spool.counters.disk_full > 0
        assert spool.counters.refused == 0
        assert spool.dropped > 0
        assert spool.head == 60_000
        spool.close()


def books(**more: object) -> Books:
    events = [("s", 1, "barrier-1", "arm_state", {"attached": True}), ("s", 2, "barrier-1", "arm_state", {"attached": False})]
    right = Books(events, {"s": 2}, [("arm_knocked_off", "s:2", 0)], [1], [1], 0, "ok")
    return right._replace(**more)  # type: ignore[arg-type]


def test_right_books_break_no_promise():
    assert promises_broken(books(), {"s": 2}, []) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"marks": {"s": 1}}, "receipted up to 2"),
        ({"marks": {"s": 3}}, "missing below the mark"),
        ({"cases": [], "raised": []}, "without an incident"),
        ({"cases": [("arm_knocked_off", "s:2", 0)] * 2, "raised": [1, 2]}, "more than one incident"),
        ({"cases": [("arm_knocked_off", "s:2", 1)]}, "raised again"),
        ({"raised": [1, 1]}, "announced twice"),
        ({"cases": [("arm_knocked_off", "s:2", 0), ("arm_knocked_off", "s:1", 0)], "raised": [1, 2]}, "without a cause"),
        ({"positions": [1, 3]}, "has a hole"),
        ({"quarantined": 1}, "put aside"),
        ({"intact": "row missing"}, "damaged"),
    ],
)
def test_each_wrong_entry_in_the_books_is_a_violation(wrong: dict[str, object], says: str):
    assert any(says in one for one in promises_broken(books(**wrong), {"s": 2}, []))


def test_an_accepted_reading_that_is_nowhere_is_a_violation():
    assert any("lost" in one for one in promises_broken(books(), {}, [77]))
