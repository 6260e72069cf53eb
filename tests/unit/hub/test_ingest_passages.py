"""What a turn makes of events at gates: passages, openings with what explains them, who is in, the watch list, what is told."""

import json
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.readings import AccessDecided, DoorContact, ExitRequested
from hub.cases.types import Refusal
from hub.ingest.passages import book
from hub.ingest.passages.book import WATCHED_MAX, Passagebook
from hub.ingest.passages.rows import MEMORY_US
from hub.passages.asks import WatchEnd, WatchPut
from hub.store import sweep
from tests.support.gate_rig import CLOSED, MOVING, OFF, ON, PLATE, Gate, by_hand, granted, refused
from tests.support.site_rig import SITE, HubMaker, sqlite_url


@pytest.fixture
def gate(make_hub: HubMaker, tmp_path: Any) -> Gate:
    return Gate(make_hub, sqlite_url(tmp_path))


def test_each_decision_is_a_passage_whether_it_lets_through_or_not(gate):
    first = gate.say("lane-1", granted(picture="p1"))
    second = gate.say("reader-1", refused("expired", to_zone="", medium="card", plate=""))
    rows = gate.hub.rows("passage", "passage", "gate", "device", "direction", "medium", "plate", "granted", "reason", "picture")
    assert rows == [
        (first, "barrier-1", "lane-1", "in", "plate", PLATE, True, "permit", "p1"),
        (second, "barrier-1", "reader-1", "out", "card", "", False, "expired", ""),
    ]


def test_of_a_decision_by_no_table_nobody_knows_where_it_leads(gate):
    gate.say("reader-1", AccessDecided(card="a", granted=True, reason="permit"))
    assert gate.hub.rows("passage", "direction") == [""]
    assert gate.hub.rows("presence") == []


@pytest.mark.parametrize(
    ("device", "reading", "explained", "who"),
    [
        ("lane-1", granted(), "plate", "p-1"),
        ("reader-1", granted(medium="card", plate=""), "card", "p-1"),
        ("barrier-1", by_hand("李"), "command", "李"),
    ],
)
def test_an_opening_is_explained_by_what_came_before_or_after_it(gate, device, reading, explained, who):
    gate.say(device, reading)
    gate.say("barrier-1", MOVING)
    gate.later(30)
    gate.say("barrier-1", CLOSED)
    gate.later(60)
    gate.say("barrier-1", MOVING)
    gate.say(device, reading)
    gate.later(5)
    assert gate.openings() == [("barrier-1", explained, who)] * 2
    assert "barrier_unexplained" not in dict(gate.hub.incidents())


def test_an_opening_that_nothing_explains_is_one_and_an_incident_of_its_name(gate):
    name = gate.say("barrier-1", MOVING)
    gate.later(5)
    gate.say("barrier-1", CLOSED)
    assert gate.openings() == [("barrier-1", "", "")]
    cases = gate.hub.rows("case_", "detector", "subject", "episode")
    assert ("barrier_unexplained", "barrier-1", name) in cases
    assert gate.hub.rows("opening", "closed_us") == [gate.hub.clock.now_us()]


def test_a_pass_out_of_a_backlog_explains_an_opening_that_has_left_memory(gate):
    gate.say("barrier-1", MOVING)
    gate.say("barrier-1", CLOSED)
    gate.later(2 * MEMORY_US / US_PER_S)
    gate.later(3600)
    site = gate.hub.core._site
    assert site is not None
    assert not site.gates.openings.near("barrier-1", 0, 2**62)
    gate.say("reader-1", granted(medium="card", plate=""), ago_s=3600 + 2 * MEMORY_US / US_PER_S + 3)
    assert gate.openings() == [("barrier-1", "card", "p-1")]
    assert dict(gate.hub.incidents())["barrier_unexplained"] == "withdrawn"


def test_a_fire_frees_both_gates_and_explains_them_until_it_is_over(gate):
    gate.say("door-1", DoorContact(False))
    gate.fire(True)
    gate.say("barrier-1", MOVING)
    gate.say("door-1", DoorContact(True))
    assert gate.openings() == [("barrier-1", "fire", ""), ("door-1", "fire", "")]
    gate.later(30)
    gate.say("barrier-1", CLOSED)
    gate.fire(False)
    gate.later(60)
    gate.say("barrier-1", MOVING)
    gate.later(5)
    assert gate.openings()[-1] == ("barrier-1", "", "")


def test_a_button_explains_a_door_and_a_person_with_a_right_is_told_before_it(gate):
    gate.say("door-1", DoorContact(False))
    gate.say("exit-1", ExitRequested())
    gate.say("door-1", DoorContact(True))
    assert gate.openings() == [("door-1", "button", "")]
    gate.say("reader-2", granted(medium="face", plate=""))
    assert gate.openings() == [("door-1", "face", "p-1")]


def test_what_was_before_a_restart_explains_what_comes_after_it(gate):
    gate.say("lane-1", granted())
    gate.hub.crash_and_reopen()
    gate.say("barrier-1", MOVING)
    assert gate.openings() == [("barrier-1", "plate", "p-1")]


def test_an_event_that_is_told_again_changes_nothing(gate):
    gate.say("lane-1", granted())
    record = gate.agent.log[-1]
    gate.hub.take(gate.agent.batch([record]))
    assert len(gate.hub.rows("passage")) == 1


def test_a_bug_in_the_book_puts_one_event_aside_and_the_stream_goes_on(gate, monkeypatch):
    monkeypatch.setattr(Passagebook, "_passed", lambda *_: 1 / 0)
    gate.say("lane-1", granted())
    monkeypatch.undo()
    gate.say("lane-1", granted())
    assert len(gate.hub.rows("passage")) == 1
    assert gate.hub.core.counters["detector_failed_passages"] == 1


# Who is in


def presence(gate):
    return [tuple(row) for row in gate.hub.rows("presence", "sort", "who", "zone", "gate")]


def test_a_granted_passage_moves_a_vehicle_and_a_person_and_a_refused_one_moves_nobody(gate):
    gate.say("lane-1", granted())
    gate.say("reader-2", granted(medium="card", plate="", permit="p-2"))
    gate.say("reader-2", refused("passback", medium="card", plate="", permit="p-3"))
    assert presence(gate) == [("person", "p-2", "estate", "door-1"), ("vehicle", PLATE, "estate", "barrier-1")]
    gate.later(60)
    gate.say("lane-1", granted(to_zone="", reason="leaving"))
    assert presence(gate)[1] == ("vehicle", PLATE, "", "barrier-1")


def test_what_a_backlog_brings_late_moves_nobody_back(gate):
    gate.say("lane-1", granted(to_zone=""))
    gate.say("lane-1", granted(), ago_s=60)
    assert presence(gate) == [("vehicle", PLATE, "", "barrier-1")]


def test_since_when_somebody_is_in_is_not_moved_by_another_door_of_the_same_zone(gate):
    gate.say("lane-1", granted())
    since_us = gate.hub.clock.now_us()
    gate.later(60)
    gate.say("lane-1", granted())
    assert gate.hub.rows("presence", "since_us", "at_us") == [(since_us, gate.hub.clock.now_us())]


# The watch list


def put(gate, plate=PLATE, **more):
    known: dict[str, Any] = {"reason": "盗抢", "until_us": None, "priority": 1, "actor": "li"}
    return gate.hub.ask(WatchPut(plate, **(known | more)))


def test_a_watched_plate_is_an_incident_however_it_is_written(gate):
    put(gate, "粤b·12345")
    gate.read("粤B 12345", picture="p1")
    (found,) = [row for row in gate.hub.rows("case_", "detector", "priority", "facts") if row[0] == "plate_watched"]
    facts = json.loads(found[2])
    assert (found[1], facts["plate"], facts["why"], facts["picture"]) == (1, PLATE, "盗抢", "p1")


def test_a_plate_that_only_looks_alike_is_not_the_watched_one(gate):
    put(gate)
    for plate in ("粤B12346", "粤В12345", ""):
        gate.read(plate)
    assert "plate_watched" not in dict(gate.hub.incidents())


def test_an_entry_that_was_ended_or_is_over_is_looked_for_no_more(gate):
    made = put(gate)
    gate.hub.ask(WatchEnd(made.watch, "found", "li"))
    gate.read()
    put(gate, until_us=gate.hub.clock.now_us() + 10 * US_PER_S)
    gate.later(11)
    gate.read()
    assert "plate_watched" not in dict(gate.hub.incidents())
    assert gate.hub.ask(WatchEnd(made.watch, "again", "li")).reason == "unknown_watch"


def test_the_list_outlives_a_restart(gate):
    put(gate)
    gate.hub.crash_and_reopen()
    gate.read()
    assert dict(gate.hub.incidents())["plate_watched"] == "open"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"plate": "粤Б12345"}, "no_plate"),
        ({"plate": ""}, "no_plate"),
        ({"until_us": 0}, "until_is_over"),
        ({}, "watched_already"),
    ],
)
def test_what_cannot_be_watched_is_refused_and_leaves_no_entry(gate, more, reason):
    if reason == "watched_already":
        put(gate)
    before = len(gate.hub.rows("watched_plate"))
    refusal = put(gate, **more)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert len(gate.hub.rows("watched_plate")) == before


def test_the_list_has_a_limit(gate, monkeypatch):
    monkeypatch.setattr("hub.ingest.passages.book.WATCHED_MAX", 1)
    assert WATCHED_MAX > 1
    put(gate)
    assert put(gate, "粤B12346").reason == "too_many_watched"


def test_who_watches_which_plate_stands_on_the_audit_log_and_not_in_the_change_log(gate):
    made = put(gate)
    gate.hub.ask(WatchEnd(made.watch, "found", "li"))
    assert [row for row in gate.hub.rows("audit_entry", "act") if row.startswith("watch")] == ["watch.put", "watch.end"]
    told = [row for row in gate.hub.changes if row.topic == "watch"]
    assert [row.act for row in told] == ["set", "ended"]
    assert not any(PLATE in row.body for row in told)


# What is told live


def told(gate):
    return [row for row in gate.hub.changes if row.topic == "gate"]


def test_a_gate_is_told_of_once_a_turn_and_the_plate_is_masked(gate):
    gate.later(1)
    gate.later(1)
    before = len(told(gate))
    gate.say("lane-1", granted())
    (row,) = told(gate)[before:]
    assert (row.key, row.act) == ("barrier-1", "passage")
    assert json.loads(row.body)["passage"]["plate"] == "粤B***45"
    assert PLATE not in row.body


def test_a_loop_that_chatters_is_told_of_four_times_a_second_and_its_last_state_always(gate):
    gate.later(1)
    gate.later(1)
    before = len(told(gate))
    for number in range(10):
        gate.hub.clock.advance_us(US_PER_S // 100)
        gate.say("barrier-1", ON if number % 2 else OFF)
    assert len(told(gate)) == before + 1
    site = gate.hub.core._site
    assert site is not None
    assert min(site.due_us()) <= gate.hub.clock.now_us() + US_PER_S // 4
    gate.hub.later(0.25)
    assert len(told(gate)) == before + 2
    gate.hub.later(1)
    assert len(told(gate)) == before + 2


# How long it is kept


def test_what_is_past_its_days_goes_and_the_watch_list_stays(gate):
    put(gate)
    gate.say("lane-1", granted())
    gate.say("barrier-1", MOVING)
    old_us = gate.hub.clock.now_us()
    days = 181
    gate.hub.clock.advance_us(days * 86_400 * US_PER_S)
    gate.say("lane-1", granted(plate="粤B54321"))
    for _ in range(4):
        gate.hub.later(61)
    assert min(gate.hub.rows("passage", "at_us")) > old_us
    assert gate.hub.rows("opening") == []
    assert gate.hub.rows("presence", "who") == ["粤B54321"]
    assert len(gate.hub.rows("watched_plate")) == 1


def test_a_chunk_is_swept_at_a_time(gate, monkeypatch):
    for _ in range(3):
        gate.say("lane-1", granted())
    monkeypatch.setattr(sweep, "CHUNK_ROWS", 2)
    with gate.hub.engine.begin() as connection:
        assert sweep.sweep_passages(connection, SITE, gate.hub.clock.now_us() + 1) == 3, "two passages and a presence"
        assert sweep.sweep_passages(connection, SITE, gate.hub.clock.now_us() + 1) == 1
        assert sweep.sweep_passages(connection, SITE, gate.hub.clock.now_us() + 1) == 0


def test_a_crowd_at_an_opening_is_looked_at_one_by_one(gate, monkeypatch):
    looked: list[int] = []
    real = book.explained

    def counted(opening, passages, window):
        found = list(passages)
        looked.append(len(found))
        return real(opening, found, window)

    gate.say("barrier-1", MOVING)
    monkeypatch.setattr(book, "explained", counted)
    for _ in range(30):
        gate.say("reader-1", granted(medium="card", plate=""))
    assert len(looked) == 30
    assert max(looked) == 2
