"""The verifier by itself: what it says of each thing that is wrong, and how the command ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.audit.heads import sign_end
from hub.audit.keyfile import HeadKey
from hub.audit.types import Act
from hub.store.backup import backup, restore
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.faults.audits import rehashed
from tests.support.audit_rig import SITE, AuditLog, write_entries
from watchkeeper.audit_verify.check import PROBLEMS_MAX
from watchkeeper.cli import main


@pytest.fixture
def log(tmp_path: Path):
    made = AuditLog(tmp_path / "data")
    made.fill(4)
    made.sign()
    made.fill(3)
    made.sign()
    yield made
    made.close()


def run(log: AuditLog, *more: str):
    found = CliRunner().invoke(main, ["audit", "verify", str(log.path), *more])
    return found.exit_code, found.stdout, found.stderr


def test_a_clean_log_has_no_problems_and_the_command_ends_well(log):
    code, out, _ = run(log, "--witness", str(log.witness()))
    told = json.loads(out)
    assert code == 0
    assert told == {
        "checked": 7, "heads": 2, "witnessed": 2, "restored": [], "unmatched": 0, "problems": [], "key_pinned": True,
    }  # fmt: skip


def test_a_problem_names_the_entry_and_ends_the_command_with_1(log):
    log.as_owner("UPDATE audit_entry SET reason = 'another' WHERE no = 3")
    code, out, _ = run(log)
    (problem,) = json.loads(out)["problems"]
    assert code == 1
    assert (problem["site"], problem["problem"], problem["no"]) == (SITE, "edited", 3)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("DELETE FROM audit_entry WHERE no = 2", "missing"),
        ("UPDATE audit_entry SET prev = hash WHERE no = 2", "broken_chain"),
        ("DELETE FROM audit_entry WHERE no = 7", "cut"),
        ("UPDATE audit_head SET signature = replace(signature, '0', '1')", "bad_signature"),
        ("UPDATE audit_head SET no = 5 WHERE no = 4", "bad_signature"),
        ("DELETE FROM audit_head WHERE no = 4", "head_removed"),
        ("UPDATE audit_head SET epoch = 9", "bad_signature"),
        ("UPDATE audit_entry SET at_us = 'noon' WHERE no = 2", "edited"),
        ("UPDATE audit_head SET at_us = 'noon'", "bad_signature"),
        ("UPDATE audit_entry SET act = 'log.restored' WHERE no = 2", "edited"),
    ],
)
def test_each_thing_that_is_wrong_has_a_name(log, sql: str, problem: str):
    log.as_owner(sql)
    assert problem in log.problems()


def test_another_key_than_the_pinned_one_has_signed_nothing(log, tmp_path: Path):
    other = AuditLog(tmp_path / "other")
    told = run(log, "--public-key", str(other.folder / "audit.pub"))
    other.close()
    assert {one["problem"] for one in json.loads(told[1])["problems"]} == {"foreign_key"}


def test_a_chain_made_anew_is_seen_by_the_witness_alone_where_its_heads_are_gone(log):
    rows = log.rows()
    rows[1]["reason"] = "another"
    write_entries(log.path, rehashed(rows))
    log.as_owner("DELETE FROM audit_head")
    assert log.problems(witnessed=False) == []
    assert "rewritten" in log.problems()


def test_of_very_many_problems_so_many_are_told_and_the_rest_is_counted(log):
    log.fill(PROBLEMS_MAX + 20)
    log.as_owner("UPDATE audit_entry SET reason = reason || 'x'")
    found = log.verified(witnessed=False)["problems"]
    assert len(found) == PROBLEMS_MAX + 1
    assert found[-1]["detail"] == "27 more"


@pytest.mark.parametrize(
    "content", ["nonsense", '{"epoch": 1}', '{"epoch": "1", "no": 1, "at_us": 1, "hash": "", "key": "", "signature": ""}']
)
def test_a_witness_that_is_none_is_wrong_use(log, tmp_path: Path, content: str):
    file = tmp_path / "witness"
    file.write_text(content)
    code, _, err = run(log, "--witness", str(file))
    assert code == 2
    assert f"{file}:1" in err


@pytest.mark.parametrize("more", [("--witness", "absent"), ("--public-key", "absent"), ("--site", "absent")])
def test_what_is_not_there_is_wrong_use(log, more: tuple[str, str]):
    assert run(log, *more)[0] == 2


def test_a_database_that_is_none_is_wrong_use(tmp_path: Path):
    (tmp_path / "x.db").write_text("no database at all, whatever its name says")
    for name in ("x.db", "absent.db"):
        found = CliRunner().invoke(main, ["audit", "verify", str(tmp_path / name)])
        assert found.exit_code == 2, found.output


def test_a_restored_backup_is_shown_and_is_no_problem_and_agents_take_its_head(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.engine.dispose()
    log.path.unlink()
    engine = open_engine(log.url)
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO site VALUES ('garden', 1, '', 0, 0, 0, NULL)")
    log.engine = engine
    log.fill(5)
    log.sign()
    backup(log.url, tmp_path / "backup.zip")
    log.fill(5)
    log.sign()
    log.engine.dispose()
    restore(tmp_path / "backup.zip", log.url, log.clock.now_us(), force=True, head_key=log.key)
    log.restart()
    log.fill(2)
    log.sign()
    told = log.verified()
    assert told["problems"] == []
    assert told["unmatched"] == 1
    assert [(one["no"], one["base"]) for one in told["restored"]] == [(6, 5)]
    assert log.conflicts == []
    log.close()


def test_a_restore_that_nobody_has_signed_is_a_problem(log):
    log.note(Act("local", "log.restored", "audit", SITE, after={"epoch": 5, "base": 7}))
    assert log.problems() == ["restore_not_signed"]


def test_a_backup_may_hold_an_entry_without_the_head_that_was_signed_over_it(log):
    log.fill(2)
    backup_file = log.snapshot()
    log.sign()
    log.restore(backup_file)
    log.sign()
    assert log.problems() == []


def test_an_epoch_that_an_older_backup_has_thrown_away_is_no_problem_whatever_its_numbers_were(log):
    early = log.snapshot("early.db")
    log.fill(9)
    late = log.snapshot("late.db")
    log.restore(early)
    log.fill(2)
    log.sign()
    log.restore(late)
    log.fill(1)
    log.sign()
    told = log.verified()
    assert told["problems"] == []
    assert told["unmatched"] == 1
    assert log.conflicts == []


def test_a_restore_does_not_excuse_what_is_rewritten_before_it(log):
    log.restore(log.snapshot())
    log.sign()
    rows = log.rows()
    rows[1]["reason"] = "another"
    write_entries(log.path, rehashed(rows))
    assert "rewritten" in log.problems()


def test_where_no_key_is_pinned_the_one_that_witnesses_have_seen_must_have_signed(log, tmp_path: Path):
    """Who owns the database cuts the log, says that a backup was restored, and signs that with a key of their own."""
    rows = log.rows()[:3]
    told = {**rows[-1], "act": "log.restored", "after": json.dumps({"epoch": 10**16, "base": 3})}
    write_entries(log.path, rehashed([*rows, told]))
    log.as_owner("DELETE FROM audit_head")
    own = HeadKey(tmp_path / "own.key")
    with log.engine.begin() as connection:
        sign_end(connection, SITE, own, log.clock.now_us(), 10**16)
    (log.folder / "audit.pub").unlink()
    witness = log.witness()
    assert {one["problem"] for one in json.loads(run(log, "--witness", str(witness))[1])["problems"]} >= {"foreign_key", "cut"}
