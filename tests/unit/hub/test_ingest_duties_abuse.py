"""What may not harm duties: odd numbers, names used twice, junk, a plan nobody can read, a clock that jumps for weeks."""

import json

import pytest
from sqlalchemy import text

from contract.readings import CardRead, DoorContact, PanicPressed, TagScanned
from hub.duties import flags
from hub.ingest.duties import dutybook
from hub.ingest.ports import Item, Report
from tests.support.duty_rig import HOUR_S, Rounds, seen, tag_of, us
from tests.support.site_rig import STREAM, sqlite_url

END = 4 + 1 / 6
SECOND = 1 / HOUR_S


@pytest.fixture
def rounds(tmp_path):
    made = Rounds.on(sqlite_url(tmp_path))
    yield made
    made.hub.close()


@pytest.mark.parametrize(
    "odd", [{"clock_off_s": 1e305}, {"clock_off_s": -1e305}, {"made_at_us": 10**18}, {"made_at_us": -(10**18)}]
)
def test_a_scan_with_an_impossible_time_harms_no_place_and_no_stream(rounds, odd):
    rounds.at(3, lambda: rounds.agent.says("wand-1", TagScanned(tag=tag_of("roof"), scan="w:0", **odd)), rounds.scan("roof"))
    assert rounds.hub.seqs(STREAM), "the stream went on"
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert rounds.state("roof", 2) == "kept"
    assert rounds.hub.core.counters["lanes_failed"] == 0


def test_scans_whose_flags_cannot_be_found_are_tried_again_and_keep_no_others_from_theirs(rounds, monkeypatch):
    real = flags.two_places

    def broken(scan, *about):
        if scan.place == "roof":
            raise RuntimeError("a bug")
        return real(scan, *about)

    def found():
        return {row[0]: json.loads(row[1]) for row in rounds.hub.rows("scan", "key", "flags")}

    monkeypatch.setattr(flags, "two_places", broken)
    fast = rounds.scan("gate", 3, name="g"), rounds.scan("pump", 3 + SECOND, name="p")
    late = rounds.scan("pump", 3.5, name="q", device="wand-2"), rounds.scan("roof", 3.5 + SECOND, name="r", device="wand-2")
    rounds.at(4, *fast, *late)
    assert found() == {"g": [], "p": ["too_fast"], "q": [], "r": []}
    assert rounds.hub.core.counters["flags_failed"] == 2
    rounds.at(4 + 30 * SECOND)
    assert rounds.hub.core.counters["flags_failed"] == 2, "not turn after turn"
    rounds.at(4 + 70 * SECOND)
    assert rounds.hub.core.counters["flags_failed"] == 4
    monkeypatch.setattr(flags, "two_places", real)
    rounds.at(4 + 140 * SECOND)
    assert found()["r"] == ["too_fast"]
    assert not rounds.hub.core._site.scans.redo


def test_a_scan_that_trips_over_a_bug_is_put_aside_and_the_rest_of_its_batch_is_taken(rounds, monkeypatch):
    monkeypatch.setattr("hub.ingest.duties.dutybook.seen_of", lambda *_: 1 / 0)
    rounds.at(3)
    records = [rounds.agent.note("wand-1", TagScanned(tag=tag_of("roof"))), rounds.agent.note("reader-1", DoorContact(open=True))]
    rounds.at(3, lambda: rounds.agent.batch(records))
    assert rounds.hub.rows("quarantine", "reason") == ["detector:duties"]
    assert records[-1].seq in rounds.hub.seqs(STREAM)


def test_a_name_that_was_used_days_ago_does_not_write_over_what_it_named(rounds):
    rounds.at(3)
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "1", "roof", 2.5),)))
    rounds.at(122)
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "1", "gate", 121.9),)))
    rows = rounds.hub.rows("scan", "place", "flags")
    assert sorted((row[0], json.loads(row[1])) for row in rows) == [("gate", ["altered"]), ("roof", [])]


def test_a_card_that_is_nobodys_of_the_staff_opens_a_door_and_keeps_no_window(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("reader-1",))
    rounds.at(3, lambda: rounds.agent.says("reader-1", CardRead(bits=26, card="f" * 32)), rounds.beat(reader_1=3))
    rounds.at(END + 0.1, rounds.beat(reader_1=END + 0.1))
    assert rounds.state("pump", 2) == "missed"
    assert rounds.hub.rows("scan") == []
    rounds.hub.close()


def test_a_call_for_help_under_a_name_that_was_used_before_is_a_call_for_help(rounds):
    rounds.at(3)
    rounds.phone(seen("phone-1", "a", "roof", 2.9))
    rounds.phone(Item("a", us(3), reading=PanicPressed()))
    assert "panic" in rounds.hub.rows("case_", "detector")


def test_junk_before_a_walk_does_not_hide_that_it_was_impossibly_fast(rounds):
    rounds.at(3)
    junk = tuple(seen("phone-1", f"j{n}", "gate", 2.9 + n * SECOND / 100) for n in range(220))
    rounds.phone(*junk, seen("phone-1", "a", "roof", 2.9 + 10 * SECOND), seen("phone-1", "b", "pump", 2.9 + 11 * SECOND))
    flags = {row[0]: json.loads(row[1]) for row in rounds.hub.rows("scan", "key", "flags")}
    assert "too_fast" in flags["b"]


def test_a_plan_that_cannot_be_read_is_replaced_and_its_windows_are_left_as_they_are(rounds):
    rounds.at(3)
    with rounds.hub.engine.begin() as connection:
        connection.execute(text('UPDATE duty_plan SET body = \'{"zone": "Mars/Base"}\''))
    rounds.hub.crash_and_reopen()
    rounds.at(3.001)
    rounds.at(END + 0.1, rounds.scan("gate"), rounds.beat(wand_1=END + 0.1))
    assert rounds.state("roof", 2) == "open", "nobody knows what was asked of it"
    rounds.at(6 + 1 / 6 + 0.1, rounds.beat(wand_1=6 + 1 / 6 + 0.1))
    assert not rounds.hub.core.counters["duties_failed"], rounds.hub.core.counters
    assert rounds.state("roof", 4) == "missed", "the new plan's windows are judged"
    assert len(rounds.hub.rows("duty_plan")) == 2


def test_after_a_clock_that_was_weeks_ahead_is_set_right_scans_count_again(rounds):
    rounds.at(3)
    rounds.hub.clock.advance_us(us(3 + 24 * 10) - us(3))
    rounds.hub.take()
    rounds.hub.clock.step_wall_us(us(3.01) - us(243))
    rounds.hub.take()
    rounds.at(3.1, rounds.scan("roof"))
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert rounds.state("roof", 2) in ("kept", "withdrawn")


def test_a_source_that_is_switched_off_gains_nothing_by_a_restart_of_the_hub_either(rounds):
    rounds.at(END + 0.1)
    rounds.hub.crash_and_reopen()
    rounds.at(END + 71.99)
    assert rounds.state("roof", 2) == "unproven"
    rounds.at(END + 72.001)
    assert rounds.state("roof", 2) == "missed"


def test_evidence_that_a_bug_kept_from_being_judged_counts_when_the_hub_starts_without_the_bug(rounds, monkeypatch):
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.05))
    assert rounds.state("roof", 2) == "missed"
    with monkeypatch.context() as broken:
        broken.setattr(dutybook, "fill", lambda *_: 1 / 0)
        rounds.at(END + 0.2, rounds.scan("roof", 3), rounds.scan("gate", END + 0.15))
        assert rounds.hub.core.counters["lanes_failed"]
    rounds.hub.crash_and_reopen()
    rounds.at(END + 0.3)
    assert rounds.state("roof", 2) == "withdrawn"
    notes = {row[:2]: row[2] for row in rounds.hub.rows("duty_window", "place", "opens_us", "note")}
    assert "visited_late" in notes["gate", us(2)]
