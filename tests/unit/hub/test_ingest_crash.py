"""The hub is killed between any two steps of a turn, or its database fails: nothing is lost and nothing doubled."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError

from contract.clock import US_PER_S, ManualClock
from contract.readings import AlarmInput, ArmState, DoorContact
from hub.ingest import core as cores
from hub.ingest import load, writer
from hub.ingest.casebook import DatabaseGone
from hub.ingest.core import DiskFailed, Request
from hub.ingest.lease import LEASE_US, LeaseHeld, LeaseLost
from hub.ingest.ports import CaseAct, StepName, Unavailable, Write
from hub.ingest.site import CaseKey
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import OTHER_KEY, SITE, STREAM, Hub, HubMaker, ModelAgent, sqlite_url


def day(agent: ModelAgent) -> None:
    """Twelve records: an arm is knocked off and put back, doors open and close."""
    for number in range(6):
        agent.note("door-1", ArmState(attached=number % 2 == 0))
        agent.note("door-1", DoorContact(open=False))


def seen(hub: Hub) -> tuple[object, ...]:
    """What is committed, as far as people and agents can tell. A gate that stands otherwise is a hint, few a second, and
    a hub that was killed does not know when it gave the last."""
    told = [row[1:] for row in hub.rows("change", "topic", "key", "act") if row[0] != "gate"]
    cases = hub.rows("case_", "case_no", "detector", "episode", "state", "version")
    return hub.seqs(), cases, told, hub.rows("case_entry", "case_no", "entry_no", "act")


def send_all(hub: Hub, agent: ModelAgent) -> None:
    """What an agent does: send what is not receipted, until it is."""
    up_to = hub.take(agent.batch([]))[0].up_to
    hub.take(agent.batch(agent.log[up_to:]))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_hub_comes_to_the_same_end(any_url: str, make_hub: HubMaker, tmp_path: Path, step: StepName):
    reference = make_hub(sqlite_url(tmp_path / "reference"))
    agent = ModelAgent(reference.clock)
    day(agent)
    for at in (0, 4, 8):
        reference.take(agent.batch(agent.log[at : at + 4]))

    hub = make_hub(any_url, reference.clock)
    hub.take(agent.batch(agent.log[:4]))
    hub.hook = kill_at(step)
    receipts_before = len(hub.said.receipts)
    with pytest.raises(Killed):
        hub.take(agent.batch(agent.log[4:8]))
    assert len(hub.said.receipts) == receipts_before
    hub.crash_and_reopen()
    committed = step in {"committed", "receipts"}
    assert hub.seqs() == list(range(1, 9 if committed else 5))
    hub.take(agent.batch(agent.log[4:8]))
    send_all(hub, agent)
    assert seen(hub) == seen(reference)


@pytest.mark.parametrize("step", STEPS)
def test_a_deadline_that_fires_while_the_hub_is_killed_fires_once(any_url: str, make_hub: HubMaker, step: StepName):
    hub = make_hub(any_url)
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", ArmState(attached=False)))
    hub.hook = kill_at(step)
    hub.clock.advance_us(130 * US_PER_S)
    with pytest.raises(Killed):
        hub.take()
    hub.crash_and_reopen()
    hub.take()
    hub.later(1)
    acts = [act for key, act in hub.rows("change", "key", "act") if key == "1"]
    assert acts == ["raised", "escalated"]


def test_a_report_of_a_turn_that_was_not_committed_is_made_by_the_next(hub: Hub):
    forged = ModelAgent(hub.clock, key=OTHER_KEY).says("door-1", DoorContact(open=True))
    hub.take()

    def fails(at: StepName) -> None:
        if at == "commit":
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("database is locked"))

    hub.hook = fails
    hub.take(forged)
    assert hub.incidents() == []
    hub.hook = lambda _: None
    hub.take(forged)
    assert hub.incidents() == [("foreign_report", "open")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 11), st.integers(1, 6), st.sampled_from([None, None, *STEPS]), st.integers(0, 3)), max_size=12
    )
)
def test_any_batches_in_any_order_with_kills_between_commit_each_record_once(tmp_path_factory, moves):
    hub = Hub(sqlite_url(tmp_path_factory.mktemp("hub")), ManualClock())
    agent = ModelAgent(hub.clock)
    day(agent)
    try:
        for first, count, step, pause_s in moves:
            hub.clock.advance_us(pause_s * US_PER_S)
            if step is not None:
                hub.hook = kill_at(step)
            try:
                hub.take(agent.batch(agent.log[first : first + count]))
            except Killed:
                hub.crash_and_reopen()
            hub.hook = lambda _: None
            assert hub.seqs() == list(range(1, len(hub.seqs()) + 1))
        send_all(hub, agent)
        assert hub.seqs() == list(range(1, 13))
        raised = [(detector, episode) for detector, episode in hub.rows("case_", "detector", "episode")]
        assert sorted(raised) == sorted(("arm_knocked_off", f"{agent.stream}:{seq}") for seq in (3, 7, 11))
        assert hub.rows("change", "pos") == list(range(1, len(hub.rows("change", "pos")) + 1))
    finally:
        hub.close()


def fail_with(error: Callable[[], Exception], times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next `times` transactions fail after everything is written."""
    left = [times]
    real = writer.write

    def write(*args, **kwargs) -> None:
        real(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise error()

    monkeypatch.setattr(cores, "write", write)


def test_while_the_database_fails_nothing_is_acknowledged_and_the_hub_says_so(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", ArmState(attached=True)))
    fail_with(lambda: OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full")), 1, monkeypatch)
    message = agent.says("door-1", ArmState(attached=False))
    told = list(hub.changes)
    asked: Future[object] = Future()
    receipts = hub.take(message, Request(CaseAct(1, "acknowledge", "li", "operator", {}), asked))
    assert [(one.verdict, one.up_to) for one in receipts] == [("paused", 1)]
    assert (hub.core.state.ready, hub.core.state.reason) == (False, "database_failed")
    assert isinstance(asked.exception(timeout=0), Unavailable)
    assert hub.changes == told
    assert [(one.verdict, one.up_to) for one in hub.take(message)] == [("committed", 2)]
    assert hub.core.state.ready
    assert hub.incidents() == [("arm_knocked_off", "open")]


def disk_error() -> Exception:
    original = sqlite3.OperationalError("disk I/O error")
    original.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    return OperationalError("COMMIT", None, original)


def test_a_disk_that_fails_while_the_site_is_taken_over_stops_the_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    hub.crash_and_reopen()

    def fails(*_: object) -> None:
        raise disk_error()

    monkeypatch.setattr(cores.leases, "take", fails)
    with pytest.raises(DiskFailed):
        hub.core.open(hub.clock.now_us())


def test_a_disk_that_fails_in_a_request_stops_the_hub_and_commits_nothing_of_the_turn(hub: Hub):
    def fails(_: object) -> None:
        raise disk_error()

    asked: Future[object] = Future()
    with pytest.raises(DiskFailed):
        hub.take(ModelAgent(hub.clock).says("door-1", ArmState(attached=True)), Request(Write(fails), asked))
    assert isinstance(asked.exception(timeout=0), Unavailable)
    assert hub.said.receipts == []
    hub.crash_and_reopen()
    assert hub.seqs() == []


def test_a_disk_that_does_not_sync_stops_the_hub_at_once(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    fail_with(disk_error, 1, monkeypatch)
    agent = ModelAgent(hub.clock)
    with pytest.raises(DiskFailed):
        hub.take(agent.says("door-1", ArmState(attached=True)))
    assert hub.said.receipts == []
    hub.crash_and_reopen()
    send_all(hub, agent)
    assert hub.seqs() == [1]


def test_a_disk_that_fails_while_a_closed_case_is_looked_up_stops_the_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", ArmState(attached=True)))
    told = len(hub.said.receipts)

    def fails(*_: object) -> None:
        raise disk_error()

    monkeypatch.setattr(load, "_cases", fails)
    asked: Future[object] = Future()
    with pytest.raises(DiskFailed):
        hub.take(agent.says("door-2", DoorContact(open=False)), Request(CaseAct(7, "comment", "li", "operator", {}), asked))
    assert isinstance(asked.exception(timeout=0), Unavailable)
    assert len(hub.said.receipts) == told


def test_a_disk_that_fails_there_while_the_database_is_away_stops_the_hub_too(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", ArmState(attached=True)))
    fail_with(lambda: OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full")), 1, monkeypatch)
    looked = load.DatabaseArchive.by_key
    asked = []

    def fails_the_second_time(archive: load.DatabaseArchive, key: CaseKey) -> object:
        asked.append(key)
        if len(asked) > 1:
            raise DatabaseGone("gone") from disk_error()
        return looked(archive, key)

    monkeypatch.setattr(load.DatabaseArchive, "by_key", fails_the_second_time)
    with pytest.raises(DiskFailed):
        hub.take(agent.says("door-1", ArmState(attached=False)))


@pytest.fixture
def read_only(hub: Hub) -> Callable[[bool], None]:
    """Makes the database's file read-only to the hub, and writable again. (Root is not held by a file's mode.)"""
    switch = [False]

    def check_out(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(switch[0])}").close()

    listen(hub.engine, "checkout", check_out)
    return lambda on: switch.__setitem__(0, on)


def test_an_idle_turn_that_commits_nothing_does_not_call_the_database_well(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    hub.take()
    fail_with(lambda: OperationalError("UPDATE", None, sqlite3.OperationalError("database or disk is full")), 2, monkeypatch)
    hub.take(ModelAgent(hub.clock).says("door-1", DoorContact(open=False)))
    hub.take()
    assert not hub.core.state.ready
    hub.take()
    assert hub.core.state.ready


def test_a_read_only_database_pauses_and_is_used_again_when_it_is_writable(hub: Hub, read_only: Callable[[bool], None]):
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", DoorContact(open=False)))
    read_only(True)
    message = agent.says("door-1", DoorContact(open=False))
    for receipts in (hub.take(message), hub.take(message)):
        assert [(one.verdict, one.up_to) for one in receipts] == [("paused", 1)]
    hub.take()
    assert (hub.core.state.ready, hub.core.state.reason) == (False, "database_failed")
    assert "readonly" in hub.core.state.detail
    read_only(False)
    assert hub.seqs() == [1]
    hub.take()
    assert hub.core.state.ready
    assert hub.take(message)[0].up_to == 2


def test_a_full_database_pauses_and_goes_on_when_there_is_room(hub: Hub):
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", DoorContact(open=False)))
    with hub.engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    set_limit(hub, pages)
    verdict, messages = "committed", []
    while verdict == "committed":
        messages.append(agent.batch([agent.note("door-1", DoorContact(open=False)) for _ in range(300)]))
        verdict = hub.take(messages[-1])[0].verdict
        assert len(messages) < 100
    assert verdict == "paused"
    assert not hub.core.state.ready
    set_limit(hub, 1_000_000)
    assert hub.take(messages[-1])[0].verdict == "committed"
    assert hub.seqs() == [record.seq for record in agent.log]


def set_limit(hub: Hub, pages: int) -> None:
    """Let the database grow to so many pages, on the connection that the hub uses."""
    with hub.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()


def test_a_commit_whose_answer_was_lost_is_found_out(hub: Hub):
    agent = ModelAgent(hub.clock)
    left = [1]

    def lose_answer(step: StepName) -> None:
        if step == "committed" and left[0]:
            left[0] = 0
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("connection lost"))

    hub.hook = lose_answer
    message = agent.says("door-1", ArmState(attached=False))
    assert hub.take(message)[0].verdict == "paused"
    assert [(one.verdict, one.up_to) for one in hub.take(message)] == [("committed", 1)]
    assert hub.seqs() == [1]
    assert len(hub.incidents()) == 1


def test_what_the_database_will_not_have_is_put_aside_and_stops_nobody_else(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    real = writer.write

    def write(connection, lease, site, outcome, **more) -> None:
        real(connection, lease, site, outcome, **more)
        if any("door-2" in row for row in outcome.events):
            raise ValueError("this row cannot be written")

    monkeypatch.setattr(cores, "write", write)
    agent = ModelAgent(hub.clock)
    good, bad = agent.says("door-1", DoorContact(open=False)), agent.says("door-2", DoorContact(open=False))
    last = agent.says("door-1", DoorContact(open=False))
    receipts = hub.take(good, bad, last)
    assert receipts[-1].up_to == 3
    assert hub.seqs() == [1, 3]
    assert hub.rows("quarantine", "seq", "reason") == [(2, "uncommittable")]
    assert hub.core.state.ready


def test_a_worker_whose_lease_was_taken_writes_nothing_more(any_url: str, make_hub: HubMaker):
    old = make_hub(any_url, owner="hub-a")
    agent = ModelAgent(old.clock)
    old.take(agent.says("door-1", DoorContact(open=False)))
    old.clock.advance_us(LEASE_US + 1)
    new = make_hub(any_url, old.clock, owner="hub-b")
    message = agent.says("door-1", DoorContact(open=False))
    with pytest.raises(LeaseLost):
        old.take(message)
    assert old.seqs() == [1]
    assert old.core.state.reason == "lease_lost"
    assert new.take(message)[0].up_to == 2


def test_a_lease_that_is_held_is_not_taken_by_another_hub(any_url: str, make_hub: HubMaker):
    make_hub(any_url, owner="hub-a")
    with pytest.raises(LeaseHeld, match=f"site {SITE} is run by hub-a"):
        make_hub(any_url, owner="hub-b")


def test_a_lease_given_back_can_be_taken_at_once(any_url: str, make_hub: HubMaker):
    first = make_hub(any_url, owner="hub-a")
    first.core.close(first.clock.now_us())
    make_hub(any_url, first.clock, owner="hub-b")


def test_an_idle_worker_keeps_its_lease(hub: Hub):
    for _ in range(4):
        hub.later(LEASE_US / 2 / US_PER_S)
    assert hub.rows("site", "lease_until_us")[0] > hub.clock.now_us()


class Told(Exception):
    """What psycopg raises, as far as the hub looks at it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("told")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "outage"),
    [
        *((sqlstate, True) for sqlstate in (None, "08006", "40P01", "53100", "55P03", "57P01", "58030")),
        *((sqlstate, False) for sqlstate in ("54000", "22001", "23505")),
    ],
)
def test_of_what_postgresql_says_only_its_own_trouble_is_an_outage(sqlstate: str | None, outage: bool):
    told = Told(sqlstate)
    assert cores._is_outage(OperationalError("INSERT", None, told)) is outage
    assert cores._is_outage(told) is outage


def test_one_agents_text_that_the_database_will_not_have_stops_nobody_else(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    other = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    insert = writer.bulk.insert

    def refuses(connection, table, rows):
        if any("too much" in str(row[-1]) for row in rows if table.name == "event"):
            raise OperationalError("INSERT", None, Told("54000"))
        insert(connection, table, rows)

    monkeypatch.setattr(writer.bulk, "insert", refuses)
    bad = ModelAgent(hub.clock).says("door-1", AlarmInput(active=True, name="too much"))
    receipts = hub.take(bad, other.says("door-9", DoorContact(open=False)))
    assert [(one.verdict, one.up_to) for one in receipts] == [("committed", 1), ("committed", 1)]
    assert hub.rows("quarantine", "stream", "reason") == [(STREAM, "uncommittable")]
    assert hub.seqs("f" * 32) == [1]
