"""The faults find what they are there to find: bugs that are planted here must turn them red."""

import os
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from contract.clock import SystemClock
from contract.readings import BadBytes
from edge import access
from edge import interlocks as edge_interlocks
from edge.spool import Spool, SpoolLimits
from tests.faults import audits, gates, interlocks
from tests.faults.powercuts import write_carelessly
from tests.faults.syncs import Log, failing_database, how_it_ended
from tests.support.fault_books import Books, promises_broken
from tests.support.fault_stand import Stand, pause
from tests.support.lives import Life, wait_for
from tests.support.loop_disk import ABSENT, MIB, FailingDisk, can_mount, small_disk
from watchkeeper.audit_verify import check


def test_a_hub_that_receipts_before_it_commits_is_caught_by_a_kill(tmp_path: Path):
    with Stand(tmp_path, lying=True) as stand:
        stand.start_agent()
        for nth in range(2, 12):
            hub = stand.start_hub("commit", nth)
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


def test_a_failing_disk_fails_a_sync_and_keeps_all_that_it_had_synced(tmp_path: Path):
    if not can_mount():
        pytest.skip(ABSENT)
    disk = FailingDisk(tmp_path)
    try:
        for number in range(5):
            synced = write_until_it_fails(disk, f"file-{number}")
            disk.repair()
            kept = (disk.at / f"file-{number}").read_bytes()
            assert synced > 0
            assert kept[:synced] == b"x" * synced
    finally:
        disk.close()


SIZES = (100, 4_096, 4_120, 1_000)


def write_until_it_fails(disk: FailingDisk, name: str) -> int:
    synced = 0
    with (disk.at / name).open("wb", buffering=0) as file:
        for turn in range(20_000):
            if turn == 50:
                filling = Thread(target=disk.fail)  # meanwhile a request may find room for its beginning alone
                filling.start()
            size = SIZES[turn % len(SIZES)]
            assert file.write(b"x" * size) == size  # no write fails, only a sync does
            try:
                os.fdatasync(file.fileno())
            except OSError:
                filling.join()
                return synced
            synced += size
    raise AssertionError("no sync failed")


def test_a_hub_that_receipts_before_it_commits_is_caught_by_a_failing_disk(tmp_path: Path):
    if not can_mount():
        pytest.skip(ABSENT)
    for attempt in range(5):
        tally = failing_database(tmp_path / str(attempt), 2, Random(attempt), lying=True)
        if any("receipted up to" in one for one in tally.violations):
            return
    raise AssertionError("the planted bug was not seen")


@pytest.mark.parametrize(
    ("code", "words", "says"),
    [
        (1, "SQLITE_IOERR_FSYNC", ""),
        (0, "SQLITE_IOERR_FSYNC", "ended with 0"),
        (1, "all is well", "did not say"),
        (None, "SQLITE_IOERR_FSYNC", "waited"),
    ],
)
def test_a_process_must_end_after_a_failed_sync_with_a_word_about_it(code: int | None, words: str, says: str, tmp_path: Path):
    said = tmp_path / "log"
    log = Log(said)
    life = Life(end_with, (said, words, code))
    wait_for(lambda: said.exists() and said.read_text() == words, "the process to speak")
    assert says in "".join(how_it_ended(life, log, "hub", 10 if code is not None else 0.2))
    assert bool(says) == bool(how_it_ended(life, log, "hub", 0.2))


def end_with(told: tuple[Path, str, int | None]) -> None:
    path, words, code = told
    path.write_text(words)
    if code is None:
        pause(60)
    os._exit(code or 0)


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


@pytest.mark.parametrize(
    ("tamper", "bug"),
    [
        ("cut_tail", "head not witnessed"),
        ("old_snapshot", "head not witnessed"),
        ("forked_view", "head not witnessed"),
        ("rehash_all", "head not witnessed"),
        ("edit", "hash not computed"),
        ("forge_restore", "restore believed unsigned"),
        ("move_heads", "signature not checked"),
    ],
)
def test_an_audit_verifier_with_a_bug_lets_a_tamper_through(tamper: str, bug: str, tmp_path: Path, monkeypatch):
    assert unseen(tamper, tmp_path / "right", witnessed=True) == 0
    planted = {
        "head not witnessed": (),
        "hash not computed": (("entry_digest", lambda entry: entry["hash"]), ("_match", lambda *_: None)),
        "restore believed unsigned": (("_is_confirmed", lambda *_: True),),
        "signature not checked": (("signature_holds", lambda _: True), ("_compare", lambda *_: None)),
    }[bug]
    for name, wrong in planted:
        monkeypatch.setattr(check, name, wrong)
    witnessed = bug not in ("head not witnessed", "signature not checked")
    assert unseen(tamper, tmp_path / "wrong", witnessed=witnessed) > 0


def unseen(tamper: str, folder: Path, *, witnessed: bool) -> int:
    """How many of some tampers the verifier does not see."""
    missed, random = 0, Random(3)
    for number in range(12):
        log = audits.make_log(folder / str(number), random)
        getattr(audits, tamper)(log, audits.last_witnessed(log), random)
        missed += not log.problems(witnessed=witnessed)
        log.close()
    return missed


def test_a_hub_that_tells_no_agent_of_its_heads_is_seen_to_have_no_witness(tmp_path: Path):
    log = audits.make_log(tmp_path / "log", Random(1))
    assert log.verified()["witnessed"] > 0
    assert log.verified(witnessed=False)["witnessed"] == 0
    log.close()


@pytest.mark.parametrize("check", ["_dates", "_hard_passback", "_plate"])
def test_a_gate_that_forgets_a_check_is_caught_by_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str):
    kept = tuple(one for one in access._CHECKS if one.__name__ != check)
    assert len(kept) == len(access._CHECKS) - 1
    monkeypatch.setattr(access, "_CHECKS", kept)
    monkeypatch.setattr(gates, "OUTAGES", {"link down": gates.OUTAGES["link down"]})
    assert any(gates.outages(tmp_path / f"{seed}", 250, Random(seed)).violations for seed in range(8))  # a table each


def test_a_barrier_that_trusts_a_faulty_beam_is_caught_by_the_model(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(edge_interlocks._CLEAR, "beam", lambda seen: "allowed" if seen.beam else "beam_unknown")
    assert interlocks.sequences(Path(), 300, Random(1)).violations
