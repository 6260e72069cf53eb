"""A snapshot comes whole, sealed by the key, or not at all."""

from random import Random
from threading import Event

import pytest

from contract.clock import ManualClock
from contract.orders import TakePermits
from contract.permits import Chunk, Credential
from edge.permits import fetching
from edge.permits.book import HubTable
from edge.permits.fetching import TRIES_MAX, Answer, Fetcher, Unfetched, http_get, snapshot
from edge.permits.table import Table
from edge.pictures import Destination
from tests.support.agent_rig import wait_for
from tests.support.permit_rig import Hub, many, name, nobody

KEY = b"k" * 32
TO = Destination("http://hub", "lake", "gate", KEY)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE_S", (0.001, 0.002))


@pytest.fixture
def hub():
    return Hub(KEY, "gate", list(many(6)))


@pytest.fixture
def started():
    loops = []

    def start(loop):
        loops.append(loop)
        loop.start()
        return loop

    yield start
    for loop in loops:
        loop.stop()
        assert loop.join(5)


def test_all_parts_of_a_snapshot_are_fetched_and_come_to_its_hash(hub):
    table = snapshot(TO, hub.get)
    assert (table.head, table.hash, len(table)) == (hub.table().head, hub.hash, 10)
    assert hub.asked == [("gate", "-", 0, 0), *(("gate", "e1", 1, part) for part in range(1, 4))]


def bent(hub, number, **more):
    """The chunk `number`, changed, under the right seal."""
    chunk = hub.chunks()[number]
    fields = {field: getattr(chunk, field) for field in Chunk.__struct_fields__} | more
    path = hub.path("-", 0, 0) if number == 0 else hub.path(hub.epoch, hub.no, number)
    return hub.answer(path, Chunk(**fields))


def good(hub, part):
    return bent(hub, part)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (lambda hub: [Answer(404, "", b"")], "status_404"),
        (lambda hub: [good(hub, 0), Answer(410, "", b"")], "status_410"),
        (lambda hub: [good(hub, 0)._replace(mac="0" * 32)], "forged"),
        (lambda hub: [good(hub, 0)._replace(body=good(hub, 0).body + b" ")], "forged"),
        (lambda hub: [good(hub, 0), good(hub, 0)], "forged"),
        (lambda hub: [Answer(200, "", b"x" * 300_000)], "too_long"),
        (lambda hub: [bent(hub, 0, parts=0)], "bad_parts"),
        (lambda hub: [bent(hub, 0, part=1)], "bad_parts"),
        (lambda hub: [good(hub, 0), bent(hub, 1, no=2)], "other_table"),
        (lambda hub: [good(hub, 0), bent(hub, 1, parts=5)], "other_table"),
        (lambda hub: [good(hub, 0), bent(hub, 1, part=2)], "other_table"),
        (lambda hub: [bent(hub, 0, entries=[])], "wrong_hash"),
        (lambda hub: [bent(hub, 0, hash="0" * 32, parts=1)], "wrong_hash"),
    ],
)
def test_anything_else_brings_no_table(hub, answers, reason):
    hub.answers = answers(hub)
    with pytest.raises(Unfetched, match=reason):
        snapshot(TO, hub.get)


def test_what_is_no_json_brings_no_table(hub):
    body = b"\xff{"
    hub.answers = [
        hub.answer(hub.path("-", 0, 0), hub.chunks()[0])._replace(
            body=body, mac=fetching.bulk_mac(KEY, hub.path("-", 0, 0), body)
        )
    ]
    with pytest.raises(Unfetched, match="undecodable"):
        snapshot(TO, hub.get)


def taker(taken):
    def take(table):
        taken.append(table)
        return True

    return take


def test_a_hub_that_does_not_answer_is_asked_again_but_not_for_ever(hub, started):
    taken: list[Table] = []
    tidied = Event()
    fetcher = started(Fetcher(TO, nobody, Random(1), taker(taken), tidied.set))
    fetcher.ask()
    wait_for(lambda: fetcher.counters.given_up, "giving up")
    assert fetcher.counters.failed == TRIES_MAX
    assert tidied.wait(5)
    assert not taken


def test_a_fetch_that_failed_is_tried_again_until_it_succeeds(hub, started):
    hub.answers = [OSError("refused"), Answer(503, "", b"")]
    taken: list[Table] = []
    fetcher = started(Fetcher(TO, hub.get, Random(1), taker(taken), lambda: None))
    fetcher.ask()
    wait_for(lambda: taken, "the table")
    assert (fetcher.counters.failed, fetcher.counters.fetched) == (2, 1)


def test_an_agent_without_a_hub_fetches_nothing(hub, started):
    fetcher = started(Fetcher(None, hub.get, Random(1), lambda _: True, lambda: None))
    fetcher.ask()
    fetcher.stop()
    assert fetcher.join(5)
    assert hub.asked == []


def test_http_get_tells_what_is_not_there():
    with pytest.raises(OSError, match="Connect"):
        http_get("http://127.0.0.1:1/agents/gate/permits/-/0/0", {})


def book(tmp_path, get, started):
    made = HubTable(tmp_path, TO, get, Random(1), ManualClock())
    made.load()
    started(made.fetcher)
    return made


def no_of(made):
    held = made.held()
    return None if held is None else held.no


def test_a_table_is_fetched_followed_and_there_again_after_a_restart(tmp_path, hub, started):
    made = book(tmp_path, hub.get, started)
    assert made.held() is None
    made.told(hub.tell())
    wait_for(lambda: no_of(made) == 1, "the snapshot")
    for number in range(3):
        made.changed(hub.change(Credential(name(number), "p", "h", state="lost")))
    held = made.held()
    assert held is not None
    assert (held.epoch, held.no, held.hash, held.entries) == ("e1", 4, hub.hash, 10)
    assert len(hub.asked) == 4  # changes need no snapshot
    again = book(tmp_path, nobody, started)
    assert (no_of(again), again.table.hash if again.table else "") == (4, hub.hash)


def test_a_change_that_does_not_fit_changes_nothing_and_has_the_snapshot_fetched(tmp_path, hub, started):
    made = book(tmp_path, hub.get, started)
    made.told(hub.tell())
    wait_for(lambda: no_of(made) == 1, "the snapshot")
    hub.change(Credential(name(1), "p", "h"))
    made.changed(hub.change(Credential(name(2), "p", "h", state="lost")))
    wait_for(lambda: no_of(made) == 3, "the snapshot")
    assert made.table is not None
    assert made.table.hash == hub.hash
    made.told(hub.tell())
    assert made.counters.ignored >= 1


def test_changes_that_come_while_a_snapshot_is_on_its_way_count_on_top_of_it(tmp_path, hub, started):
    release, asked = Event(), Event()

    def slow(url, headers):
        answer = hub.get(url, headers)
        asked.set()
        assert release.wait(10)
        return answer

    made = book(tmp_path, slow, started)
    hub.per_chunk = 100
    made.told(hub.tell())
    assert asked.wait(10)
    for number in (2, 1, 3):
        made.changed(hub.change(Credential(name(number), "p", "h", state="lost")))
    release.set()
    wait_for(lambda: no_of(made) == 4, "the snapshot and three changes")
    assert made.table is not None
    assert made.table.hash == hub.hash
    again = HubTable(tmp_path, None, nobody, Random(1), ManualClock())
    wait_for(lambda: again.load() is not None and no_of(again) == 4, "the file")


def test_an_older_agent_s_order_about_another_hub_has_it_fetch_anew(tmp_path, hub, started):
    made = book(tmp_path, hub.get, started)
    made.told(TakePermits("o", "e0", 9, "", 0))
    wait_for(lambda: no_of(made) == 1, "the snapshot")
    hub.epoch = "e2"
    made.told(hub.tell())
    wait_for(lambda: (made.held() or hub).epoch == "e2", "the restored hub's table")
