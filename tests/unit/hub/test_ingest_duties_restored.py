"""After a restore: what phones and people reported since the backup is lost, and nobody is blamed for that."""

import pytest

from hub.duties.explain import Known, explain
from hub.duties.lookup import PlanView
from hub.duties.plan import plan_from
from hub.duties.types import Seen
from hub.ingest.ports import Item, Report
from hub.store.backup import backup, restore
from hub.store.duty_reads import DutyReads
from tests.support.duty_rig import Rounds, seen, us
from tests.support.site_rig import SITE, sqlite_url
from tests.unit.hub.test_duties_explain import Named

END = 4 + 1 / 6


@pytest.fixture
def rounds(tmp_path):
    """A phone that had told up to 2:24; a backup of 2:30; it told more until the database was lost; restored at 3:30."""
    made = Rounds.on(sqlite_url(tmp_path), sources=("phone-1",))
    made.at(2.4)
    made.phone(up_to=2.4)
    made.at(2.5)
    backup(made.hub.url, tmp_path / "backup.zip")
    made.at(3)
    made.phone(seen("phone-1", "a", "gate", 2.9, person="zhang"), up_to=3)
    made.at(3.5)
    restored(made, tmp_path)
    yield made
    made.hub.close()


def restored(rounds, folder):
    rounds.hub.core.close(rounds.hub.clock.now_us())
    restore(folder / "backup.zip", rounds.hub.url, rounds.hub.clock.now_us(), force=True)
    rounds.hub.crash_and_reopen()
    rounds.hub.take()


def note(rounds, place, opens):
    rows = rounds.hub.rows("duty_window", "duty", "place", "opens_us", "note")
    return next(row[3] for row in rows if row[:3] == ("patrol", place, us(opens)))


def test_a_window_whose_evidence_may_be_lost_stays_unproven_though_its_phone_has_reported(rounds):
    assert rounds.hub.rows("scan") == []
    rounds.at(6.5)
    rounds.phone(up_to=6.5)
    assert [rounds.state("gate", opens) for opens in (2, 4)] == ["unproven", "missed"]
    assert [note(rounds, "gate", opens) for opens in (2, 4)] == ["records_lost", ""]
    rounds.hub.crash_and_reopen()
    rounds.at(END + 73)
    rounds.phone(up_to=END + 73)
    assert rounds.state("gate", 2) == "unproven", "and no time makes it missed"


def test_what_was_scanned_and_told_after_the_restore_counts_as_ever(rounds):
    rounds.at(5)
    rounds.phone(up_to=5)
    assert rounds.state("gate", 2) == "unproven"
    rounds.phone(seen("phone-1", "a", "gate", 2.9, person="zhang"))
    assert rounds.state("gate", 2) == "withdrawn"


def test_the_reason_is_told_in_words(rounds):
    rounds.at(5)
    rounds.phone(up_to=5)
    reads = DutyReads(rounds.hub.engine, SITE)
    page = reads.window(rounds.window_id("gate", 2), lambda window: (window.opens_us, window.ends_us), 10)
    assert page is not None
    assert page.plan is not None
    view = PlanView(plan_from(page.plan))
    known = Known(page.window, view.rules_of(page.window), view.staff, page.scans, {}, us(5), view.zone, 0)
    told = explain(known, Named())
    assert "备份恢复" in told.zh
    assert "restored from a backup" in told.en


def test_what_was_entered_at_the_hub_itself_may_be_lost_too(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path))
    form = Seen("hub", "r", us(6.9), "hand", place="gate", duty="box", fields={"slips": 1})
    rounds.at(6.8)
    backup(rounds.hub.url, tmp_path / "backup.zip")
    rounds.at(7)
    rounds.hub.ask(Report("hub", (Item("r", us(6.9), form),)))
    rounds.at(7.1)
    restored(rounds, tmp_path)
    rounds.at(7.3 + 24)
    states = {row[1]: row[2] for row in rounds.hub.rows("duty_window", "duty", "opens_us", "state") if row[0] == "box"}
    assert (states[us(6.75)], states[us(6.75 + 24)]) == ("unproven", "missed")
    rounds.hub.close()


def test_an_agents_wand_sends_again_and_is_judged_as_ever(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path))
    rounds.at(2.5, rounds.beat(wand_1=2.5))
    backup(rounds.hub.url, tmp_path / "backup.zip")
    rounds.at(3.5)
    restored(rounds, tmp_path)
    rounds.at(5, rounds.beat(wand_1=5))
    assert rounds.state("gate", 2) == "missed"
    rounds.hub.close()


def test_what_an_earlier_restore_has_lost_is_still_known_after_another(rounds, tmp_path):
    rounds.at(3.7)
    rounds.phone(up_to=3.7)
    backup(rounds.hub.url, tmp_path / "backup.zip")
    rounds.at(3.8)
    restored(rounds, tmp_path)
    rounds.at(10.3)
    rounds.phone(up_to=10.3)
    assert [rounds.state("gate", opens) for opens in (2, 4)] == ["unproven", "missed"]
    assert len(rounds.hub.core._site.restores) == 2
