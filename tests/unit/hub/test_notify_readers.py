"""Readers of the change log: at least once, in order, each on its own."""

import json
import threading
from collections.abc import Callable, Sequence

import msgspec
import pytest

from contract.clock import SystemClock
from hub.feed import ChangeFeed
from hub.ingest.ports import CaseAct, ChangeRow
from hub.notify import reader as readers
from hub.notify.backoff import LAST_S, delay_s
from hub.notify.delivery import Delivered, Failure, Filter, Notice, wanted
from hub.notify.ledger import Ledger
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.reader import ChangeReader, Patience
from hub.notify.webhook.settings import WebhookSettings
from hub.policy.load import Policy
from hub.store.read import SiteReads
from hub.views import decode_case
from tests.support.outward_rig import SITE, Receiver, Site, running_site, until

EVERYTHING = Filter()
TWO_TRIES = Patience(tries_max=2)


class Spy:
    """A channel that does what it is told. `does`: from the notices to what came of them."""

    longest_wait_s = 0.02

    def __init__(self, does: Callable[[Sequence[Notice]], Delivered] | None = None) -> None:
        self.does = does or (lambda notices: Delivered(len(notices)))
        self.got: list[int] = []
        self.calls = 0
        self.closed = False

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        self.calls += 1
        done = self.does(notices)
        self.got += [notice.row.pos for notice in notices[: done.done]]
        return done

    def close(self) -> None:
        self.closed = True


class Follower:
    """A reader on a site's log, outside of the site's own channels."""

    def __init__(
        self, site: Site, channel: Spy, chosen: Filter = EVERYTHING, *, patience: Patience = TWO_TRIES, name: str = "spy"
    ) -> None:
        self.reads = SiteReads(site.read_engine, SITE)
        self.reader = ChangeReader(
            name,
            channel,
            chosen,
            site.outward.feed,
            Ledger(SITE, name, site.worker),
            position=lambda: self.reads.reader_pos(name),
            clock=SystemClock(),
            chance=lambda: 0.0,
            patience=patience,
        )

    def __enter__(self) -> ChangeReader:
        self.reader.start()
        until(lambda: self.reads.reader_pos(self.reader.name) is not None, "the reader's row")
        return self.reader

    def __exit__(self, *_: object) -> None:
        self.reader.stop()


@pytest.fixture(autouse=True)
def _positions_are_written_soon(monkeypatch):
    monkeypatch.setattr(readers, "PERSIST_EVERY_US", 10_000)
    monkeypatch.setattr(readers, "IDLE_S", 0.05)


@pytest.fixture
def site(tmp_path):
    with running_site(tmp_path, start=False) as made:
        yield made


def act(site: Site, number: int, name: str, **fields: str) -> None:
    site.worker.ask(CaseAct(number, name, "李伟", "operator", fields)).result(30)


def position(site: Site, name: str = "spy") -> int:
    return next((int(row.pos) for row in site.rows("reader") if row.reader == name), -1)


def test_a_new_reader_begins_where_the_log_ended_when_the_hub_started(tmp_path):
    with running_site(tmp_path, start=False) as site:
        site.incident()
    with running_site(tmp_path, start=False) as site:
        site.agent.stream = "2" * 32
        second = site.incident("door-2")
        spy = Spy()
        with Follower(site, spy):
            act(site, second, "acknowledge")
            until(lambda: len(spy.got) == 2)
    assert spy.got == [2, 3]
    assert spy.closed


def test_a_new_channel_skips_nothing_though_the_hub_dies_before_it_has_begun(tmp_path):
    with running_site(tmp_path, [MqttSettings()], start=False) as site:
        number = site.incident()
        assert position(site, "mqtt") == 0
    with running_site(tmp_path, [MqttSettings()]) as site:
        until(lambda: site.broker.published, "the first run's incident")
        assert site.broker.published[0][0] == f"watchkeeper/{SITE}/incidents/{number}"


def test_a_reader_goes_on_where_it_stood(site):
    first = Spy()
    with Follower(site, first):
        number = site.incident()
        until(lambda: first.got)
    assert position(site) == 1
    act(site, number, "acknowledge")
    act(site, number, "comment", note="x")
    second = Spy()
    with Follower(site, second):
        until(lambda: len(second.got) == 2)
    assert second.got == [2, 3]
    assert position(site) == 3


def test_the_position_never_moves_before_the_delivery(site):
    released, entered = threading.Event(), threading.Event()
    seen: list[int] = []

    def slow(notices):
        entered.set()
        seen.append(position(site))
        assert released.wait(30)
        seen.append(position(site))
        return Delivered(len(notices))

    with Follower(site, Spy(slow)):
        site.incident()
        assert entered.wait(30)
        released.set()
        until(lambda: position(site) == 1, "the position")
    assert seen == [0, 0]


def test_a_killed_reader_delivers_again_and_skips_nothing(site):
    first = Spy(lambda _: Delivered(0, Failure("transient", "cut")))
    with Follower(site, first):
        site.incident()
        until(lambda: first.calls >= 2)
    assert position(site) == 0
    second = Spy()
    with Follower(site, second):
        until(lambda: second.got)
    assert second.got == [1]


def test_a_transient_failure_holds_and_the_order_is_kept(site):
    healthy = threading.Event()
    spy = Spy(lambda notices: Delivered(len(notices)) if healthy.is_set() else Delivered(0, Failure("transient", "away")))
    with Follower(site, spy) as reader:
        number = site.incident()
        act(site, number, "acknowledge")
        until(lambda: spy.calls >= 5)
        assert reader.state.error == "away"
        assert reader.state.failures >= 1
        assert (position(site), site.rows("dead_letter")) == (0, [])
        healthy.set()
        until(lambda: spy.got == [1, 2])
        until(lambda: reader.state.error == "" and reader.state.behind == 0)


def test_what_is_refused_for_good_becomes_a_dead_letter_and_the_rest_goes_on(site):
    def choosy(notices):
        bad = next((index for index, notice in enumerate(notices) if notice.row.act == "acknowledged"), None)
        return Delivered(len(notices)) if bad is None else Delivered(bad, Failure("permanent", "HTTP 400"))

    spy = Spy(choosy)
    with Follower(site, spy) as reader:
        number = site.incident()
        act(site, number, "acknowledge")
        act(site, number, "comment", note="x")
        until(lambda: 3 in spy.got)
        assert reader.state.counters["dead_letters"] == 1
    assert spy.got == [1, 3]
    letters = site.rows("dead_letter")
    assert [(row.reader, row.pos, row.tries, row.error) for row in letters] == [("spy", 2, 2, "HTTP 400")]
    assert ChangeRow(**json.loads(letters[0].body)).act == "acknowledged"
    assert position(site) == 3


def test_a_failure_that_lasts_too_long_gives_way(site):
    spy = Spy(lambda _: Delivered(0, Failure("transient", "away")))
    with Follower(site, spy, patience=Patience(tries_max=99, hold_s=0.0)):
        site.incident()
        until(lambda: site.rows("dead_letter"))
    assert site.rows("dead_letter")[0].error == "away"


def test_a_channel_with_a_bug_is_told_and_does_not_end(site):
    broken = threading.Event()
    broken.set()

    def buggy(notices):
        if broken.is_set():
            raise KeyError("bug")
        return Delivered(len(notices))

    spy = Spy(buggy)
    with Follower(site, spy) as reader:
        site.incident()
        until(lambda: "KeyError" in reader.state.error)
        broken.clear()
        until(lambda: spy.got == [1])


def test_one_failing_channel_does_not_hold_another(site):
    bad, good = Spy(lambda _: Delivered(0, Failure("transient", "away"))), Spy()
    with Follower(site, bad, name="bad"), Follower(site, good, name="good"):
        site.incident()
        until(lambda: good.got == [1] and bad.calls)


def test_a_dead_letter_is_sent_again_once_and_gone(site):
    accepts = threading.Event()
    spy = Spy(lambda notices: Delivered(len(notices)) if accepts.is_set() else Delivered(0, Failure("permanent", "HTTP 400")))
    with Follower(site, spy) as reader:
        site.incident()
        until(lambda: site.rows("dead_letter"))
        row = ChangeRow(**json.loads(site.rows("dead_letter")[0].body))
        failure = reader.again(row).result(30)
        assert failure is not None
        assert failure.error == "HTTP 400"
        assert site.rows("dead_letter")
        accepts.set()
        assert reader.again(row).result(30) is None
        assert site.rows("dead_letter") == []
        assert reader.state.counters["resent"] == 1
    stopped = reader.again(row).result(30)
    assert stopped is not None


def test_changes_that_came_while_nobody_ran_are_read_from_the_database(site):
    with Follower(site, Spy()):
        pass
    number = site.incident()
    for _ in range(5):
        act(site, number, "comment", note="x")
    site.outward.feed._tail.clear()
    spy = Spy()
    with Follower(site, spy):
        until(lambda: len(spy.got) == 6)
    assert spy.got == [1, 2, 3, 4, 5, 6]


def test_a_filter_lets_the_position_move_past_what_it_leaves_out(site):
    spy = Spy()
    with Follower(site, spy, Filter(acts=["closed"])):
        number = site.incident()
        act(site, number, "comment", note="x")
        until(lambda: position(site) == 2)
        act(site, number, "close", cause="other", note="x")
        until(lambda: spy.got == [3])


def test_filters_choose_by_each_of_their_fields(site):
    site.incident()
    row = site.changes()[0]
    change = ChangeRow(*row[1:])
    fits = (
        Filter(),
        Filter(detectors=["arm_knocked_off"], kinds=["incident"], acts=["raised"], places=["gate"], priorities=[1, 2, 3, 4]),
    )
    others = (Filter(detectors=["tamper"]), Filter(kinds=["repair"]), Filter(acts=["closed"]), Filter(places=["x"]))
    assert all(wanted(change, one) for one in fits)
    assert not any(wanted(change, one) for one in others)
    late = change._replace(body=change.body.replace('"late":false', '"late":true'))
    told = wanted(late, Filter())
    assert told is not None
    assert told.case.late
    assert wanted(late, Filter(late=False)) is None
    assert wanted(change._replace(topic="device"), Filter()) is None


def test_a_channel_gets_the_escalations_of_its_levels_alone(site):
    site.incident()
    raised = next(row for row in SiteReads(site.read_engine, SITE).changes_after(0, 50) if row.topic == "case")
    case = msgspec.structs.replace(decode_case(raised.body), escalation=2)
    told = raised._replace(act="escalated", body=msgspec.json.encode(case).decode())
    assert wanted(told, Filter(levels=[2, 3]))
    assert wanted(told, Filter(levels=[1])) is None
    assert wanted(told, Filter())
    assert wanted(raised, Filter(levels=[1]))


def test_the_wait_doubles_to_its_limit_and_is_spread():
    assert delay_s(0, 1.0) == 0.0
    assert [delay_s(n, 1.0) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert [delay_s(n, 0.0) for n in (1, 2)] == [0.5, 1]
    assert delay_s(10_000, 1.0) == LAST_S
    assert delay_s(10_000, 1.0, 5.0) == 5.0


def rows(*positions: int) -> list[ChangeRow]:
    return [ChangeRow(pos, 0, "case", "1", "raised", "{}") for pos in positions]


class PaperLog:
    def __init__(self, *positions: int) -> None:
        self.positions, self.queries = positions, 0

    def changes_after(self, pos: int, limit: int) -> list[ChangeRow]:
        self.queries += 1
        return rows(*[one for one in self.positions if one > pos][:limit])

    def change_bounds(self) -> tuple[int, int]:
        return 0, max(self.positions, default=0)


def test_the_tail_answers_without_a_query_and_the_log_where_it_cannot():
    log = PaperLog(1, 2, 3, 4)
    feed = ChangeFeed(log, tail_rows=2)
    feed.on_change(rows(3, 4))
    assert [row.pos for row in feed.after(2)] == [3, 4]
    assert feed.after(4) == []
    assert log.queries == 0
    assert [row.pos for row in feed.after(0, 2)] == [1, 2]
    assert log.queries == 1


def test_a_hole_in_what_comes_in_empties_the_tail():
    feed = ChangeFeed(PaperLog(1, 2, 9), tail_rows=10)
    feed.on_change(rows(1, 2))
    feed.on_change(rows(9))
    assert feed.tail_after(0) is None
    assert feed.tail_after(2) is None
    assert [row.pos for row in feed.after(2)] == [9]


def test_mqtt_keeps_what_is_open_and_clears_what_is_closed(tmp_path):
    with running_site(tmp_path, [MqttSettings()]) as site:
        until(lambda: position(site, "mqtt") == 0)
        number = site.incident()
        topic = f"watchkeeper/{SITE}/incidents/{number}"
        until(lambda: len(site.broker.published) == 1)
        site.act(number, "acknowledge")
        site.act(number, "close", cause="other", note="x")
        until(lambda: len(site.broker.published) == 4)
        assert [(name, retain, bool(payload)) for name, payload, retain in site.broker.published] == [
            (topic, True, True),
            (topic, True, True),
            (topic, False, True),
            (topic, True, False),
        ]
        bodies = [json.loads(payload) for _, payload, _ in site.broker.published if payload]
        assert [body["key"] for body in bodies] == [f"{SITE}:1", f"{SITE}:2", f"{SITE}:3"]
        assert [body["incident"]["state"] for body in bodies] == ["open", "acknowledged", "closed"]
        assert bodies[0]["incident"]["title_zh"]


def test_mqtt_waits_for_its_broker(tmp_path):
    with running_site(tmp_path, [MqttSettings()]) as site:
        until(lambda: position(site, "mqtt") == 0)
        site.broker.connected = False
        site.incident()
        until(lambda: site.outward.notifiers.states()[0].error)
        assert site.broker.published == []
        site.broker.connected = True
        until(lambda: len(site.broker.published) == 1)


def test_a_dead_letter_is_listed_and_sent_again_by_the_api(tmp_path):
    with Receiver(400, 400, 200) as receiver:
        (tmp_path / "secret").write_text("s3cret\n")
        (tmp_path / "secret").chmod(0o600)
        hook = WebhookSettings("desk", receiver.url, "secret")
        policy = Policy.load()
        policy.webhook_allow_private = ("127.0.0.0/8",)
        with running_site(tmp_path, [hook], policy=policy) as site:
            assert site.http.post("/dead-letters/webhook:desk/1/retry").status_code == 404
            until(lambda: position(site, "webhook:desk") == 0)
            site.incident()
            until(lambda: site.rows("dead_letter"))
            letters = site.http.get("/dead-letters").json()["dead_letters"]
            assert [(one["reader"], one["pos"], one["error"]) for one in letters] == [
                ("webhook:desk", 1, "the receiver refused: HTTP 400")
            ]
            assert site.http.get("/healthz").json()["channels"][0]["counters"]["dead_letters"] == 1
            assert site.http.post("/dead-letters/webhook:desk/1/retry").json() == {"reader": "webhook:desk", "pos": 1}
            assert site.http.get("/dead-letters").json() == {"dead_letters": []}
        keys = {headers["idempotency-key"] for headers, _ in receiver.requests}
        assert keys == {f"{SITE}:1"}
