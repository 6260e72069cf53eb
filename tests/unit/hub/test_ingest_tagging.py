"""Tags in turns: in memory what is committed, and nothing else, whatever fails."""

import json
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from hub.cases.types import Refusal
from hub.duties.types import Tag
from hub.ingest import tagging
from hub.ingest.ports import StepName, TagAct, Unavailable
from hub.ingest.site import Journal, Rows, TagKey, Tags
from hub.tags.tagbook import TagChange
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import Hub, HubMaker, sqlite_url

A, B = "04A22B7C", "04FFFFFF"
ENROL = TagAct("enrol", A, "李伟", "新装 installed", place="gate")


def memory(hub: Hub) -> list[Tag]:
    tags = hub.core._loaded(hub.clock.now_us()).tags
    return [row for key in tags if (row := tags.get(key)) is not None]


def told(hub: Hub) -> list[tuple[str, str]]:
    return [(key, act) for topic, key, act in hub.rows("change", "topic", "key", "act") if topic == "tag"]


def test_an_enrolled_tag_is_committed_told_counted_and_known_after_a_restart(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    now_us = hub.clock.now_us()
    row = Tag(A, "nfc", "gate", "", now_us)
    assert hub.ask(ENROL) == TagChange(begun=row)
    assert hub.rows("tag") == [("garden", A, now_us, "nfc", "gate", "", None, "")]
    assert told(hub) == [(A, "enrolled")]
    body = json.loads(hub.changes[-1].body)
    assert (body["tag"]["place"], body["actor"], body["reason"]) == ("gate", "李伟", "新装 installed")
    assert hub.core.counters["tags_enrolled"] == 1
    hub.crash_and_reopen()
    assert memory(hub) == [row]
    assert hub.core._loaded(hub.clock.now_us()).tags.at(A, now_us) == row


def test_a_replacement_is_one_commit_with_no_time_between(hub: Hub):
    hub.ask(ENROL)
    hub.clock.advance_us(5)
    hub.ask(TagAct("replace", A, "li", "broken", "rfid", new_tag=B))
    now_us = hub.clock.now_us()
    assert hub.rows("tag", "tag", "medium", "place", "from_us", "until_us", "reason") == [
        (A, "nfc", "gate", now_us - 5, now_us, "broken"),
        (B, "rfid", "gate", now_us, None, ""),
    ]
    assert told(hub) == [(A, "enrolled"), (A, "replaced"), (B, "enrolled")]
    assert hub.core.counters["tags_replaced"] == 1


def test_a_revoked_tag_may_be_enrolled_anew_in_the_same_moment(hub: Hub):
    hub.ask(ENROL)
    hub.ask(TagAct("revoke", A, "li", "lost"))
    again = hub.ask(ENROL)
    rows = hub.rows("tag", "from_us", "until_us", "reason")
    assert [until_us is None for _, until_us, _ in rows] == [False, True]
    assert rows[0][2] == "lost"
    hub.crash_and_reopen()
    assert hub.core._loaded(hub.clock.now_us()).tags.history(A)[-1] == again.begun


def test_a_refused_act_leaves_everything_as_it_is(hub: Hub):
    hub.ask(ENROL)
    before = hub.rows("tag"), hub.rows("change"), memory(hub)
    acts = {
        "tag_enrolled": ENROL,
        "unknown_place": ENROL._replace(tag=B, place="gata"),
        "unknown_person": ENROL._replace(tag=B, place="", person="li"),
        "unknown_tag": TagAct("revoke", B, "li", "lost"),
        "bad_tag": ENROL._replace(tag="a" * 300),
        "same_tag": TagAct("replace", A, "li", "lost", new_tag=A),
    }
    assert {name: hub.ask(act).reason for name, act in acts.items()} == {name: name for name in acts}
    assert (hub.rows("tag"), hub.rows("change"), memory(hub)) == before
    assert hub.core.counters["tag_acts_refused"] == len(acts)


def test_there_is_a_limit_and_ending_a_tag_is_possible_beyond_it(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tagging, "TAG_ROWS_MAX", 1)
    hub.ask(ENROL)
    for act in (ENROL._replace(tag=B), TagAct("replace", A, "li", "lost", new_tag=B)):
        answer = hub.ask(act)
        assert isinstance(answer, Refusal)
        assert answer.reason == "too_many_tags"
    assert isinstance(hub.ask(TagAct("revoke", A, "li", "lost")), TagChange)


def test_words_that_no_database_holds_are_made_ones_that_it_does(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    hub.ask(ENROL)
    hub.ask(TagAct("revoke", A, "l\0i", "lost\ud800\0"))
    assert hub.rows("tag", "reason") == ["lost?"]


@pytest.mark.parametrize("step", STEPS)
def test_an_enrolment_that_a_kill_interrupts_is_there_whole_or_not_at_all(any_url: str, make_hub: HubMaker, step: StepName):
    hub = make_hub(any_url)
    hub.take()

    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.ask(ENROL)
    hub.crash_and_reopen()
    committed = step in {"committed", "receipts"}
    assert len(memory(hub)) == len(hub.rows("tag")) == len(told(hub)) == committed


def test_an_enrolment_whose_turn_fails_is_not_in_memory(hub: Hub):
    hub.take()
    site = hub.core._loaded(hub.clock.now_us())

    def fail(at: StepName) -> None:
        if at == "commit":
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("database is locked"))

    hub.hook = fail
    with pytest.raises(Unavailable):
        hub.ask(ENROL)
    assert list(site.tags) == []  # undone, before anybody reads the site again
    assert site.tags.history(A) == ()
    hub.hook = lambda _: None
    assert isinstance(hub.ask(ENROL), TagChange)


def test_an_act_that_trips_over_a_bug_is_undone_alone(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    hub.ask(ENROL)
    monkeypatch.setattr(tagging.msgspec.json, "encode", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hub.ask(TagAct("replace", A, "li", "lost", new_tag=B))
    assert [(row.tag, row.until_us) for row in memory(hub)] == [(A, None)]
    assert hub.rows("tag", "tag") == [A]


def test_every_table_of_the_site_is_settled_by_a_commit(hub: Hub):
    """One that is left out of `tables` would be written again by each turn, for ever."""
    hub.ask(ENROL)
    site = hub.core._loaded(hub.clock.now_us())
    rooms = (site, *(room for room in vars(site).values() if hasattr(room, "tables")))
    assert {id(table) for room in rooms for table in vars(room).values() if isinstance(table, Rows)} == {
        id(table) for table in site.tables()
    }
    assert list(site.tags.changed()) == []


def test_histories_follow_what_is_put_and_undone():
    journal = Journal()
    tags = Tags(journal)
    late, early = Tag(A, "nfc", "gate", "", 20), Tag(A, "nfc", "gate", "", 10, 20)
    tags.load(TagKey(A, 20), late)
    tags.put(TagKey(A, 10), early)
    assert tags.history(A) == (early, late)
    tags.put(TagKey(A, 20), None)
    assert tags.history(A) == (early,)
    journal.rollback()
    assert tags.history(A) == (late,)
    tags.put(TagKey(A, 20), None)
    assert tags.history(A) == ()
    assert tags.at(A, 25) is None


def test_two_sites_of_one_database_keep_their_tags_apart(tmp_path, make_hub: HubMaker):
    hub = make_hub(sqlite_url(tmp_path))
    with hub.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO tag VALUES ('other', '{B}', 1, 'nfc', 'gate', '', NULL, '')")
    hub.crash_and_reopen()
    assert memory(hub) == []
