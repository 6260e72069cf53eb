"""`watchkeeper edge heads CONFIG`: what an agent has kept of the audit log, as whoever verifies it takes it."""

from pathlib import Path

from click.testing import CliRunner

from tests.support.audit_rig import AuditLog
from tests.unit.watchkeeper.test_watchkeeper_run_edge import write
from watchkeeper.cli import main


def test_what_an_agent_prints_is_a_witness(tmp_path: Path):
    log = AuditLog(tmp_path)
    log.fill(3)
    log.sign()
    config = write(tmp_path, 1)
    printed = CliRunner().invoke(main, ["edge", "heads", str(config)])
    assert printed.exit_code == 0, printed.output
    witness = tmp_path / "printed.jsonl"
    witness.write_text(printed.stdout, encoding="utf-8")
    log.as_owner("DELETE FROM audit_entry WHERE no = 3")
    log.as_owner("DELETE FROM audit_head")
    log.close()
    assert CliRunner().invoke(main, ["audit", "verify", str(log.path)]).exit_code == 0
    assert CliRunner().invoke(main, ["audit", "verify", str(log.path), "--witness", str(witness)]).exit_code == 1


def test_settings_that_are_wrong_print_nothing_and_end_with_2(tmp_path: Path):
    found = CliRunner().invoke(main, ["edge", "heads", str(tmp_path / "absent.yaml")])
    assert (found.exit_code, found.stdout) == (2, "")


def test_an_agent_that_has_heard_of_no_head_prints_nothing(tmp_path: Path):
    found = CliRunner().invoke(main, ["edge", "heads", str(write(tmp_path, 1))])
    assert (found.exit_code, found.output) == (0, "")
