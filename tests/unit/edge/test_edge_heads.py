"""What an agent keeps of the hub's audit log: what fits is written down and synced, what does not is told."""

import json
from pathlib import Path

import pytest

from contract.orders import KeepHead
from contract.readings import AuditHeadConflict
from edge import heads as heads_module
from edge.heads import FILE, Heads, kept_heads
from tests.support.agent_rig import running


def head(no: int, hash_: str = "a", *, epoch: int = 0, key: str = "k") -> KeepHead:
    return KeepHead(f"o{no}", epoch, no, no * 1_000, hash_ * 64, key, "s")


def numbers(folder: Path) -> list[int]:
    return [json.loads(line)["no"] for line in kept_heads(folder)]


def test_heads_are_kept_in_their_order_and_come_back_after_a_restart(tmp_path: Path):
    assert [Heads(tmp_path).keep(head(no)) for no in (1, 5, 9)] == [None, None, None]
    assert numbers(tmp_path) == [1, 5, 9]
    assert json.loads(next(kept_heads(tmp_path)))["signature"] == "s"


def test_a_head_that_is_told_again_is_no_conflict_and_is_not_written_again(tmp_path: Path):
    kept = Heads(tmp_path)
    for no in (1, 2, 3, 2, 3, 1):
        assert kept.keep(head(no)) is None
    assert Heads(tmp_path).keep(head(2)) is None
    assert numbers(tmp_path) == [1, 2, 3]
    assert kept.counters.repeated == 3


@pytest.mark.parametrize(
    ("told", "reason"),
    [(head(4), "older"), (head(5, "b"), "differs"), (head(3, "b"), "differs"), (head(9, key="x"), "other_key")],
)
def test_a_head_that_does_not_fit_is_told(tmp_path: Path, told: KeepHead, reason: str):
    kept = Heads(tmp_path)
    kept.keep(head(3))
    kept.keep(head(5))
    found = Heads(tmp_path).keep(told)
    assert found is not None
    assert (found.reason, found.no, found.hash, found.kept_no) == (reason, told.no, told.hash, 9 if reason == "other_key" else 5)
    assert numbers(tmp_path) == ([3, 5, 9] if reason == "other_key" else [3, 5])


def test_after_a_restore_of_a_backup_lower_numbers_of_a_higher_epoch_fit(tmp_path: Path):
    kept = Heads(tmp_path)
    assert kept.keep(head(9)) is None
    assert kept.keep(head(4, "b", epoch=7)) is None
    found = kept.keep(head(11))
    assert found is not None
    assert found.reason == "older"


def test_half_a_line_of_a_power_cut_is_cut_off_and_the_next_one_is_whole(tmp_path: Path):
    Heads(tmp_path).keep(head(1))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"order":"keep_')
    assert Heads(tmp_path).keep(head(2)) is None
    assert numbers(tmp_path) == [1, 2]


def test_over_its_limit_the_oldest_half_goes(tmp_path: Path):
    kept = Heads(tmp_path, lines_max=10)
    for no in range(1, 36):
        assert kept.keep(head(no)) is None
        kept = kept if no % 7 else Heads(tmp_path, lines_max=10)
    assert numbers(tmp_path) == list(range(21, 36))


def test_a_disk_that_takes_nothing_is_counted_and_ends_nothing(tmp_path: Path, monkeypatch):
    def fails(_: int) -> None:
        raise OSError("no room")

    kept = Heads(tmp_path)
    monkeypatch.setattr(heads_module.os, "fsync", fails)
    assert kept.keep(head(1)) is None
    assert kept.counters.unwritten == 1


def test_an_agent_keeps_what_the_hub_orders_it_to_and_reports_what_does_not_fit(tmp_path: Path):
    with running(tmp_path) as rig:
        rig.order(head(5))
        rig.order(head(3))
        (told,) = rig.wait("audit_head_conflict")
        assert told.device == rig.config.agent
        assert told.reading == AuditHeadConflict("older", 3, "a" * 64, 5)
        assert numbers(tmp_path) == [5]
        assert rig.agent.counters()["heads"] == {"kept": 1, "repeated": 0, "conflicts": 1, "unwritten": 0}
        assert rig.agent.counters()["orders"]["heads"] == 2
