"""Agents are told of heads that fit and of heads that do not; what must come of it is written down when the agent shows it."""

from math import ceil
from pathlib import Path

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.envelope import unseal
from contract.orders import KeepHead, decode_order
from contract.topics import agent_topic
from edge.heads import Heads
from watchkeeper.demo import forgery
from watchkeeper.demo.estate import GATE, SITE
from watchkeeper.demo.forgery import CONFLICT, TRIES_MAX, TRY_S, Forger, ToldAgent
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import Record

KEY = bytes(32)


def head(no: int, digit: str = "a") -> KeepHead:
    return KeepHead("", 0, no, no, digit * 64, "k", "s")


class Patience(Stage):
    """A stage on which time passes at once."""

    def rest(self, seconds: float) -> None:
        self.clock.advance_us(int(max(0.0, seconds) * US_PER_S))  # type: ignore[attr-defined]


class Wire(Forger):
    """Straight into what an agent keeps. `deaf`: so many orders are lost before one arrives."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.heads, self.log, self.deaf = Heads(folder), log, 0
        self.sent: list[KeepHead] = []

    def send(self, agent: str, key: bytes, head: KeepHead) -> None:
        assert (agent, key) == (GATE, KEY)
        self.sent.append(head)
        self.deaf -= 1
        if self.deaf < 0 and self.heads.keep(head) is not None:
            with self.log.open("a", encoding="utf-8") as out:
                out.write(f'{{"event": "{CONFLICT}"}}\n')


@pytest.fixture
def stage() -> Patience:
    return Patience(ManualClock(), Record(), {"quiet_s": 50.0, "agent_silent_s": 10.0})


@pytest.fixture
def wire(tmp_path) -> Wire:
    (tmp_path / "gate.log").write_text(f"before: {CONFLICT}\n", encoding="utf-8")
    (tmp_path / "agent.key").write_text(KEY.hex() + "\n", encoding="ascii")
    return Wire(tmp_path, tmp_path / "gate.log")


@pytest.fixture
def agent(tmp_path, wire) -> ToldAgent:
    return ToldAgent(GATE, tmp_path, tmp_path / "gate.log", wire)


def test_genuine_heads_are_near_misses_told_once_and_once_again(agent, wire, stage):
    forgery.head_told(agent, lambda: head(7), stage)
    forgery.head_told(agent, lambda: head(9), stage)
    assert [one.no for one in agent.kept()] == [7, 9]
    assert wire.heads.counters.repeated == 2
    assert stage.record.tally() == ({}, {CONFLICT: 4}, [])


def test_a_number_with_another_hash_is_an_episode_once_in_a_quiet_time(agent, wire, stage):
    wire.heads.keep(head(7))
    forgery.log_forked(agent, stage)
    forgery.log_forked(agent, stage)
    assert wire.heads.counters.conflicts == 1
    assert stage.record.tally().episodes == {CONFLICT: 1}
    stage.rest(90.0)
    forgery.log_forked(agent, stage)
    assert stage.record.tally().episodes == {CONFLICT: 2}
    assert [one.hash for one in agent.kept()] == [head(7).hash]


def test_a_lower_number_that_was_never_told_is_an_episode_of_its_own(agent, wire, stage):
    for no in (5, 6, 7):
        wire.heads.keep(head(no))
    forgery.log_forked(agent, stage)
    forgery.log_put_back(agent, stage)
    assert [one.no for one in wire.sent] == [7, 4]
    assert stage.record.tally().episodes == {CONFLICT: 2}


def test_an_agent_that_hears_nothing_is_told_again(agent, wire, stage):
    wire.heads.keep(head(7))
    wire.deaf = 3
    forgery.log_forked(agent, stage)
    assert (len(wire.sent), stage.record.tally().episodes) == (4, {CONFLICT: 1})


def test_an_agent_is_told_for_longer_than_its_cable_is_cut_in_a_slow_demo(agent, wire, stage):
    stage.limits["agent_silent_s"] = 90.0
    wire.heads.keep(head(7))
    wire.deaf = ceil(1.7 * 90.0 / TRY_S)
    forgery.log_forked(agent, stage)
    assert stage.record.tally().episodes == {CONFLICT: 1}


def test_an_agent_that_never_shows_a_sign_ends_the_demo(agent, wire, stage):
    wire.heads.keep(head(7))
    wire.deaf = 10 * TRIES_MAX
    with pytest.raises(RuntimeError, match="read its log"):
        forgery.log_forked(agent, stage)
    assert stage.record.tally().episodes == {}


def test_where_the_hub_was_quicker_with_a_newer_head_it_is_an_episode(agent, wire, stage):
    wire.heads.keep(head(9))
    forgery.head_told(agent, lambda: head(7), stage)
    assert stage.record.tally() == ({CONFLICT: 1}, {}, [])


def test_before_the_hub_has_signed_a_head_nothing_is_told(agent, wire, stage):
    forgery.head_told(agent, lambda: None, stage)
    forgery.log_forked(agent, stage)
    forgery.log_put_back(agent, stage)
    assert wire.sent == []


def test_an_order_is_sealed_for_the_agent_under_a_name_of_its_own(monkeypatch):
    said: list[tuple[str, bytes]] = []

    class Client:
        def publish(self, topic: str, payload: bytes, qos: int) -> "Client":
            assert qos == 1
            said.append((topic, payload))
            return self

        def wait_for_publish(self, _limit_s: float) -> None:
            pass

    forger = Forger(1, "password")
    monkeypatch.setattr(forger, "_client", Client())
    forger.send(GATE, KEY, head(7))
    forger.send(GATE, KEY, head(7))
    topics, payloads = zip(*said, strict=True)
    assert {*topics} == {agent_topic(SITE, GATE, "order")}
    orders = [decode_order(unseal(KEY, topics[0], payload)) for payload in payloads]
    assert [msgspec.structs.replace(one, id="") for one in orders] == [head(7)] * 2
    assert len({one.id for one in orders} - {""}) == 2
