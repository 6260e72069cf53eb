"""What is personal goes on its day: from the rows, from the permits, and with its key from every old copy."""

import zipfile

from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.ingest.sweeping import SweepGuard
from hub.store.backup import backup
from hub.store.visit_rows import find_visit
from hub.visit_vault import Vault
from hub.visits import asks
from hub.visits.personal import Personal
from tests.support.site_rig import SITE, HubMaker, sqlite_url
from tests.support.visit_rig import ALL_GIVEN, DAY_S, GUARD, IDENTITY, WHOM, Gatehouse

CANARIES = [text.encode() for text in WHOM]


def contents(folder) -> bytes:
    """All files of the database, and of backups what is in them."""
    found = b"".join(path.read_bytes() for path in folder.glob("hub.db*"))
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            found += b"".join(archive.read(name) for name in archive.namelist())
    return found


def test_after_its_day_an_identity_number_is_nowhere_and_no_old_backup_can_be_opened(tmp_path, make_hub: HubMaker):
    gate = Gatehouse(make_hub, sqlite_url(tmp_path))
    vault = Vault(tmp_path / "visits")
    draft = gate.draft("truck", room="")
    where, day = f"{SITE}/{draft.visit}", "2024-10-04"
    box = vault.seal(where, WHOM, day)
    gate.hub.ask(asks.VisitRegister(replace(draft, sealed=box), ALL_GIVEN, GUARD))
    gate.act(draft.visit, "cancel", "改天")
    backup(gate.hub.url, tmp_path / "old.zip")
    assert vault.open(where, box) == WHOM
    assert not [canary for canary in CANARIES if canary in contents(tmp_path)], "it is encrypted from the beginning"

    gate.hub.clock.advance_us(179 * DAY_S * US_PER_S)
    swept(gate)
    assert box in gate.hub.rows("visit", "sealed"), "not before its day"
    gate.hub.clock.advance_us(2 * DAY_S * US_PER_S)
    swept(gate)
    with gate.hub.engine.connect() as connection:
        visit = find_visit(connection, SITE, draft.visit)
    assert visit is not None
    assert (visit.sealed, visit.plate, visit.plate_name, visit.qr) == ("", "", "", "")
    assert visit.erased_us is not None
    assert "visit.erase" in gate.hub.rows("audit_entry", "act")
    assert {note for about, note in gate.hub.rows("visit_entry", "about", "note") if about == draft.visit} == {""}
    assert vault.destroy_before("2024-10-05") == 1
    for fresh in (vault, Vault(tmp_path / "visits")):
        assert fresh.open(where, box) is None, "the old backup still has the box, and nobody has its key"
    assert not [canary for canary in CANARIES if canary in contents(tmp_path)]


def swept(gate: Gatehouse) -> None:
    """The hub has been up for long: its sweep is let."""
    core = gate.hub.core
    core._sweep_guard = SweepGuard(None, gate.now_us, gate.hub.clock.mono_us())
    core._sweep_us = 0
    gate.register()


def test_a_box_opens_in_its_own_row_alone_and_a_days_key_is_its_own(tmp_path):
    vault = Vault(tmp_path)
    box = vault.seal("garden/a", Personal("王", IDENTITY, ""), "2026-01-01")
    assert vault.open("garden/b", box) is None
    assert vault.open("garden/a", box.replace("2026-01-01", "2026-01-02")) is None
    assert vault.open("garden/a", "../../etc:x") is None
    assert vault.destroy_before("2026-01-01") == 0
    assert vault.open("garden/a", box) is not None
