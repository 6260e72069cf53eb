"""A hub restored from a backup knows what it knew then, and agents give it the rest again."""

import os
import zipfile
from pathlib import Path

import pytest

from contract.clock import ManualClock
from contract.readings import ArmState, DoorContact
from hub.ingest.lease import LeaseLost
from hub.store.backup import BadBackup, DatabaseInUse, backup, restore
from tests.support.outward_rig import NAMES, make_accounts
from tests.support.site_rig import Hub, HubMaker, ModelAgent, sqlite_url

NOW_US = ManualClock().now_us()


def filled(hub: Hub) -> ModelAgent:
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", ArmState(attached=False)), agent.says("stranger", DoorContact(open=False)))
    return agent


def test_what_the_backup_lacks_is_asked_for_again_and_nothing_is_doubled(any_url: str, make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(any_url)
    agent = filled(hub)
    written = backup(any_url, tmp_path / "backup.zip")
    assert (written.rows["event"], written.rows["quarantine"]) == (2, 1)
    hub.take(agent.says("door-1", ArmState(attached=True)))
    hub.take(agent.says("door-1", ArmState(attached=False)))
    seen = hub.changes[-1].pos
    newest = max(hub.rows("case_", "case_no"))
    hub.core.close(hub.clock.now_us())

    assert restore(tmp_path / "backup.zip", any_url, NOW_US, force=True) == written
    hub.crash_and_reopen()
    assert hub.seqs() == [1]
    receipt = hub.take(agent.batch([]))[0]
    assert (receipt.verdict, receipt.up_to) == ("want", 2)
    hub.changes.clear()
    hub.take(agent.batch(agent.log[2:]))
    assert hub.seqs() == [1, 3, 4]
    assert [row.pos > seen for row in hub.changes] == [True] * len(hub.changes)
    arms = [no for no, detector in hub.rows("case_", "case_no", "detector") if detector == "arm_knocked_off"]
    assert len(arms) == 2
    assert arms[1] > newest


def test_a_backup_that_is_restored_twice_gives_no_position_and_no_number_twice(any_url: str, make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(any_url)
    agent = filled(hub)
    backup(any_url, tmp_path / "backup.zip")
    positions: list[int] = []
    for _ in range(2):
        hub.core.close(hub.clock.now_us())
        restore(tmp_path / "backup.zip", any_url, NOW_US, force=True)
        hub.crash_and_reopen()
        hub.changes.clear()
        hub.take(agent.says("door-1", ArmState(attached=True)), agent.says("door-1", ArmState(attached=False)))
        hub.take(agent.batch(agent.log[2:]))
        assert hub.changes
        positions += [row.pos for row in hub.changes]
    assert len(set(positions)) == len(positions)


def test_a_backup_of_one_database_is_restored_into_the_other(make_hub: HubMaker, tmp_path: Path, postgres_url: str):
    hub = make_hub(sqlite_url(tmp_path))
    filled(hub)
    backup(hub.url, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", postgres_url, NOW_US)
    backup(postgres_url, tmp_path / "second.zip")
    restore(tmp_path / "second.zip", sqlite_url(tmp_path / "other"), NOW_US)
    other = make_hub(sqlite_url(tmp_path / "other"), hub.clock)
    for table in ("event", "quarantine", "case_", "case_entry", "case_clock", "change"):
        assert other.rows(table) == hub.rows(table)


def test_a_hub_that_still_runs_can_write_nothing_into_a_restored_database(any_url: str, make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(any_url)
    agent = filled(hub)
    backup(any_url, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", any_url, NOW_US, force=True)
    with pytest.raises(LeaseLost):
        hub.take(agent.says("door-1", DoorContact(open=False)))


def test_accounts_come_back_and_what_they_were_signed_in_with_does_not(any_url: str, make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(any_url)
    filled(hub)
    make_accounts(hub.engine, hub.clock.now_us())
    assert backup(any_url, tmp_path / "backup.zip").rows["session"] == len(NAMES)
    hub.core.close(hub.clock.now_us())
    restore(tmp_path / "backup.zip", any_url, hub.clock.now_us(), force=True)
    assert set(hub.rows("account", "name")) == set(NAMES.values())
    assert hub.rows("session", "label") == []


def test_a_database_that_holds_a_site_is_not_overwritten_unless_forced(make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(sqlite_url(tmp_path))
    filled(hub)
    backup(hub.url, tmp_path / "backup.zip")
    with pytest.raises(DatabaseInUse, match="--force"):
        restore(tmp_path / "backup.zip", hub.url, NOW_US)
    assert hub.seqs() == [1]


def test_a_damaged_backup_changes_nothing(make_hub: HubMaker, tmp_path: Path):
    hub = make_hub(sqlite_url(tmp_path))
    filled(hub)
    whole = tmp_path / "backup.zip"
    backup(hub.url, whole)
    damaged = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        at = archive.getinfo("event.jsonl").header_offset + 90
    damaged[at] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(damaged)
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:-50])
    (tmp_path / "text.zip").write_text("not a zip")
    for name in ("damaged.zip", "cut.zip", "text.zip", "absent.zip"):
        with pytest.raises(BadBackup):
            restore(tmp_path / name, hub.url, NOW_US, force=True)
    assert hub.seqs() == [1]


def test_a_backup_that_fails_leaves_the_older_one(make_hub: HubMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hub = make_hub(sqlite_url(tmp_path))
    filled(hub)
    target = tmp_path / "backup.zip"
    backup(hub.url, target)
    before = target.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space"):
        backup(hub.url, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.zip"]


def test_only_its_owner_may_read_a_backup(hub: Hub, tmp_path: Path):
    (tmp_path / "backup.zip.part").write_bytes(b"left behind by a backup that was killed")
    before = os.umask(0o022)
    try:
        backup(hub.url, tmp_path / "backup.zip")
    finally:
        os.umask(before)
    assert (tmp_path / "backup.zip").stat().st_mode & 0o777 == 0o600
