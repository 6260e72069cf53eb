"""The thread: a bounded queue, requests from any thread, deadlines that wake it, a stop that answers everybody."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from contract.clock import US_PER_S, ManualClock
from contract.readings import ArmState, DoorContact
from hub.cases.types import Change
from hub.ingest import lease as leases
from hub.ingest import worker as workers
from hub.ingest.ports import CaseAct, ChangeRow, StepName, Unavailable, Write
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.policy.load import Policy
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.support.site_rig import ModelAgent, Said, estate, sqlite_url

WAIT_S = 30.0


def until(condition: Callable[[], object]) -> None:
    """Wait, generously."""
    for _ in range(int(WAIT_S / 0.01)):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def stumble(_rows: Sequence[ChangeRow]) -> None:
    """A listener's bug is its own."""
    raise RuntimeError("a bug")


class Bench:
    """Workers on one database and one manual clock."""

    def __init__(self, folder: Path) -> None:
        self.url = sqlite_url(folder)
        self.clock = ManualClock()
        self.said = Said()
        self.changes: list[ChangeRow] = []
        self.gate = threading.Event()
        self.gate.set()
        self.made: list[Worker] = []
        self.engines = [open_engine(self.url)]
        migrate(self.engines[0])

    def worker(self, owner: str = "hub-a") -> Worker:
        engine = open_engine(self.url)
        self.engines.append(engine)
        made = Worker(engine, estate(), rules_of(Policy.load()), self.said, self.clock, owner=owner, hook=self.hook)
        made.on_change(self.changes.extend)
        self.made.append(made)
        return made

    def hook(self, step: StepName) -> None:
        if step == "begin":
            self.gate.wait(WAIT_S)

    def close(self) -> None:
        self.gate.set()
        for worker in self.made:
            worker.stop()
        for engine in self.engines:
            engine.dispose()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_messages_are_committed_and_receipted(bench: Bench):
    worker = bench.worker()
    worker.start()
    agent = ModelAgent(bench.clock)
    for _ in range(20):
        message = agent.says("door-1", DoorContact(open=False))
        assert worker.submit(message.topic, message.payload)
    until(lambda: bench.said.receipts and bench.said.receipts[-1][1].up_to == 20)
    assert worker.state.ready
    assert worker.counters["events"] == 20


def test_an_act_is_answered_and_listeners_hear_of_it(bench: Bench):
    worker = bench.worker()
    worker.on_change(stumble)
    worker.start()
    message = ModelAgent(bench.clock).says("door-1", ArmState(attached=False))
    worker.submit(message.topic, message.payload)
    until(lambda: bench.changes)
    answer = worker.ask(CaseAct(1, "acknowledge", "li", "operator", {})).result(WAIT_S)
    assert isinstance(answer, Change)
    until(lambda: len(bench.changes) == 2)
    assert [(row.pos, row.act) for row in bench.changes] == [(1, "raised"), (2, "acknowledged")]


def test_a_deadline_wakes_the_worker_without_a_message(bench: Bench):
    worker = bench.worker()
    worker.start()
    message = ModelAgent(bench.clock).says("door-1", ArmState(attached=False))
    worker.submit(message.topic, message.payload)
    until(lambda: bench.changes)
    bench.clock.advance_us(121 * US_PER_S)
    worker.nudge()
    until(lambda: any(row.act == "escalated" for row in bench.changes))


def test_a_full_queue_drops_the_newest_and_counts_it(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workers, "MESSAGES_MAX", 3)
    worker = bench.worker()
    took = [worker.submit("t", b"x") for _ in range(5)]
    assert took == [True, True, True, False, False]
    assert (worker.waiting, worker.counters["queue_dropped"]) == (3, 2)


def test_too_many_requests_are_told_so_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workers, "ASKS_MAX", 1)
    worker = bench.worker()
    worker.ask(Write(lambda _: None))
    with pytest.raises(Unavailable, match="try again"):
        worker.ask(Write(lambda _: None)).result(0)
    worker.start()
    until(lambda: worker.state.ready)


def test_whoever_waits_when_the_worker_stops_is_told(bench: Bench):
    worker = bench.worker()
    worker.start()
    until(lambda: worker.state.ready)
    bench.gate.clear()
    first = worker.ask(Write(lambda _: 1))
    until(lambda: not worker._requests)
    second = worker.ask(Write(lambda _: 2))
    worker._stopping = True
    bench.gate.set()
    worker.stop()
    assert first.result(WAIT_S) == 1
    with pytest.raises(Unavailable):
        second.result(WAIT_S)
    with pytest.raises(Unavailable):
        worker.ask(Write(lambda _: 3)).result(0)
    assert worker.state.reason == "stopped"


def test_a_second_hub_waits_until_the_first_gives_the_site_back(bench: Bench):
    first, second = bench.worker("hub-a"), bench.worker("hub-b")
    first.start()
    until(lambda: first.state.ready)
    second.start()
    until(lambda: second.state.reason == "waiting_for_lease")
    assert "hub-a" in second.state.detail
    first.stop()
    until(lambda: second.state.ready)


def test_a_worker_whose_site_was_taken_over_stops_and_says_so(bench: Bench):
    worker = bench.worker()
    worker.start()
    until(lambda: worker.state.ready)
    with bench.engines[0].begin() as connection:
        connection.exec_driver_sql("UPDATE site SET lease_epoch = lease_epoch + 1")
    message = ModelAgent(bench.clock).says("door-1", DoorContact(open=False))
    worker.submit(message.topic, message.payload)
    until(lambda: worker.state.reason == "lease_lost")
    assert bench.said.receipts == []


def test_a_worker_whose_disk_fails_as_it_begins_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        original = sqlite3.OperationalError("disk I/O error")
        original.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
        raise OperationalError("SELECT", None, original)

    monkeypatch.setattr(leases, "take", fails)
    worker = bench.worker()
    worker.start()
    until(lambda: worker.state.reason == "stopped")
    assert "disk I/O error" in worker.state.detail


def test_a_database_that_comes_back_is_used_again(bench: Bench):
    worker = bench.worker()
    worker.start()
    until(lambda: worker.state.ready)
    with bench.engines[0].begin() as connection:
        connection.exec_driver_sql("ALTER TABLE event RENAME TO hidden")
    message = ModelAgent(bench.clock).says("door-1", DoorContact(open=False))
    worker.submit(message.topic, message.payload)
    until(lambda: worker.state.reason == "database_failed")
    until(lambda: bench.said.receipts)
    assert bench.said.receipts[-1][1].verdict == "paused"
    with bench.engines[0].begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO event")
    worker.submit(message.topic, message.payload)
    until(lambda: bench.said.receipts[-1][1].verdict == "committed")
    until(lambda: worker.state.ready)
