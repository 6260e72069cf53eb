"""Abuse cases 1 to 7: agents are known, and nobody else speaks for them. Each with a whole hub and a real broker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from contract.envelope import MAX_PAYLOAD_BYTES, encode, seal
from contract.orders import Command
from contract.readings import DoorContact
from contract.topics import agent_topic
from hub.ingest.limits import RECORDS_PER_S
from hub.store.engine import open_engine
from hub.store.enrolments import revoke_keys
from tests.scenario.test_scenario_agent_and_broker import BrokerRig, kinds_at
from tests.scenario.test_scenario_agent_and_broker import Hub as ModelHubAtBroker
from tests.scenario.test_scenario_broker_tls import Side
from tests.support.agent_rig import device
from tests.support.known_rig import SITE, Known, Speaker
from tests.support.lives import wait_for
from watchkeeper.broker import EmbeddedBroker, Program
from watchkeeper.cli import main
from watchkeeper.edge_enrol import enrol

PROGRAMS: tuple[Program, ...] = ("mosquitto", "nats")


@pytest.fixture(params=PROGRAMS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Known]:
    """A broker that asks for passwords."""
    with Known(tmp_path, request.param) as known:
        yield known


@pytest.fixture(params=PROGRAMS)
def mutual(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Known]:
    """A broker that asks for certificates."""
    with Known(tmp_path, request.param, mutual=True) as known:
        yield known


def heard(site: Known, agent: str, what: list[bool]) -> None:
    wait_for(lambda: site.doors(agent) == what, f"the hub to commit {what}, not {site.doors(agent)}", 60)


def counted(site: Known, name: str) -> int:
    return site.hub.worker.counters[name]


# 1


def test_what_agent_a_publishes_as_b_is_dropped_by_the_broker(site: Known):
    with site.enrolled("gate-a") as a, site.enrolled("gate-b") as b:
        a.await_connected()
        b.await_connected()
        a.publish(b.topic, b.batch(DoorContact(open=True)))  # even sealed as it should be
        a.publish(agent_topic(SITE, "gate-b", "status"), b'{"online":false}')
        b.seq = 0
        a.says(opened=True)
        b.says(opened=False)
        heard(site, "gate-a", [True])
        heard(site, "gate-b", [False])
    assert not site.reasons()


def test_what_agent_a_publishes_as_b_at_an_open_broker_is_refused_by_its_seal_and_told_to_people(tmp_path: Path):
    with Known(tmp_path, "mosquitto", open_broker=True) as site, site.enrolled("gate-a") as a, site.enrolled("gate-b") as b:
        a.await_connected()
        a.publish(b.topic, seal(a.key, b.topic, b.body(DoorContact(open=True))))
        wait_for(lambda: ("gate-b", "wrong_mac") in site.reasons(), "people to be told", 60)
        assert site.doors("gate-b") == []


# 2


def test_a_token_that_is_used_again_is_refused_and_told_to_people(site: Known):
    first, second = site.settings("gate-a"), site.settings("gate-a", "thief")
    token = site.invite("gate-a")
    enrol(first, site.anybody, token)
    with pytest.raises(click.ClickException, match="used already"):
        enrol(second, site.anybody, token)
    assert not (second.parent / "agent.key").exists()
    wait_for(lambda: ("gate-a", "enrolment_reused") in site.reasons(), "people to be told", 60)


def test_who_has_a_stolen_card_is_out_as_soon_as_it_is_revoked_and_the_new_one_is_in(site: Known):
    with site.enrolled("gate-a") as thief:
        thief.await_connected()
        thief.says(opened=True)
        heard(site, "gate-a", [True])
        site.admin.post("/agents/gate-a/revoke", {"reason": "card stolen"})
        thief.await_refused()  # it was thrown out, and comes back every second
        with site.enrolled("gate-a", "new-card") as agent:
            agent.await_connected()
            agent.says(opened=False)
            heard(site, "gate-a", [True, False])
            assert thief.states.count("connected") == 1


def test_a_revoked_key_is_refused_by_the_hub_though_a_broker_lets_it_through(tmp_path: Path):
    with Known(tmp_path, "mosquitto", open_broker=True) as site, site.enrolled("gate-a") as thief:
        thief.await_connected()
        site.admin.post("/agents/gate-a/revoke", {"reason": "card stolen"})
        thief.says(opened=True)
        wait_for(lambda: ("gate-a", "revoked") in site.reasons(), "people to be told", 60)
        assert site.doors("gate-a") == []


def test_what_is_revoked_beside_the_running_hub_is_out_within_a_minute(tmp_path: Path):
    """Another hub of the pair has done it, and has written it to the database that both share."""
    with Known(tmp_path, "mosquitto") as site, site.enrolled("gate-a") as agent:
        agent.await_connected()
        engine = open_engine(site.hub.config.database)
        with engine.begin() as connection:
            revoke_keys(connection, SITE, "gate-a", "card stolen", SystemClock().now_us())
        engine.dispose()
        agent.await_refused()
        wait_for(lambda: state_of(site, "gate-a")["state"] == "revoked", "the hub to see it", 30)


def test_mosquittos_files_are_written_by_command_as_the_hub_writes_them(tmp_path: Path):
    with Known(tmp_path, "mosquitto") as site, site.enrolled("gate-a"):
        done = CliRunner().invoke(main, ["agents", "mosquitto", str(tmp_path / "hub.yaml"), str(tmp_path / "out")])
        assert done.exit_code == 0, done.output
        for name in ("passwd", "ended.pem"):
            assert (tmp_path / "out" / name).exists()
        assert (tmp_path / "out" / "passwd").read_text() == (site.access / "passwd").read_text()
        assert "user gate-a." in (tmp_path / "out" / "acl").read_text()


def test_nothing_that_a_stolen_database_holds_lets_anybody_in(site: Known):
    with site.enrolled("gate-a") as a:
        held = b"".join(file.read_bytes() for file in (site.folder / "data").glob("hub.db*"))
    for secret in (a.key, a.key.hex().encode(), (a.config.broker.password or "").encode()):
        assert secret not in held


# 3


def test_whoever_takes_the_connection_again_and_again_is_noticed_and_nothing_is_lost(tmp_path: Path):
    with Known(tmp_path, "nats") as site, site.enrolled("gate-a") as agent, site.enrolled("gate-b") as thief:
        agent.await_connected()
        thief.takes(agent)  # this broker binds no client id to a user
        said = []
        for opened in (True, False) * 4:
            wait_for(lambda: agent.states[-1] == "connected", "the agent to be back", 60)
            said.append(opened)
            agent.says(opened=opened)
            heard_or_sent_again(site, agent, said)
            wait_for(lambda: agent.states[-1] == "lost", "the thief to take the connection", 60)
        assert [one["device"] for one in site.incidents("agent_takeover")] == ["gate-a"]
        thief.stops_taking()
        agent.await_connected()
        heard(site, "gate-a", said)


def heard_or_sent_again(site: Known, agent: Speaker, said: list[bool]) -> None:
    """As the agent's log does: what is not committed goes again once it is connected."""

    def look() -> bool:
        if site.doors(agent.agent) != said and agent.states[-1] == "connected":
            agent.says_again()
        return site.doors(agent.agent) == said

    wait_for(look, f"the hub to commit {said}", 60)


def test_mosquitto_binds_the_client_id_so_that_another_agents_certificate_takes_no_connection(tmp_path: Path):
    with Known(tmp_path, "mosquitto", mutual=True) as site, site.enrolled("gate-a") as agent, site.enrolled("gate-b") as thief:
        agent.await_connected()
        with Speaker(site, thief.config, client_id=f"{SITE}-gate-a") as taker, Speaker(site, thief.config, "gate-a") as other:
            taker.await_connected()
            other.await_connected()
            agent.says(opened=True)
            heard(site, "gate-a", [True])
        assert agent.states == ["connected"]


# 4


def test_an_open_that_somebody_plants_on_an_order_topic_is_dropped_by_the_broker(site: Known):
    with site.enrolled("gate-a") as a, site.enrolled("gate-b") as b:
        b.await_connected()
        a.await_connected()
        topic = agent_topic(SITE, "gate-b", "order")
        order = seal(b.key, topic, encode(Command("planted", "n", "barrier-b", "open", "x", "x")))
        for speaker in (a, b):  # nor may an agent order itself
            speaker.publish(topic, order, retain=True)
        b.says(opened=True)
        heard(site, "gate-b", [True])
        with Speaker(site, b.config) as again:
            again.await_connected()
            again.says(opened=True)
            wait_for(lambda: again.receipts, "its receipt", 60)
            assert not [one for one in (*b.got, *again.got) if one.topic == topic]


# 5


def test_a_captured_command_that_is_sent_again_is_carried_out_once(tmp_path: Path):
    with EmbeddedBroker(tmp_path / "broker", program="mosquitto") as broker:
        hub, rig = ModelHubAtBroker(broker.url), BrokerRig(tmp_path, (device("barrier", commands=("open",)),), broker.url)
        try:
            rig.up()
            wait_for(lambda: "agent_started" in kinds_at(hub), "the agent", 60)
            captured = Command("c1", hub.nonce("n1"), "barrier", "open", "li", "delivery")
            for _ in range(3):
                hub.order(captured)
            hub.order(Command("c2", captured.nonce, "barrier", "open", "li", "delivery"))  # its nonce is used up, under any id
            wait_for(lambda: kinds_at(hub).count("command_done") == 2, "what became of both", 60)
            assert [name for name, _ in rig.devices["barrier"].acts] == ["open"]
        finally:
            rig.agent.stop()
            hub.close()


# 6


def test_a_last_will_in_anothers_name_is_dropped_and_silence_alarms_whatever_a_will_says(site: Known):
    with site.enrolled("gate-b") as b:
        b.await_connected()
        b.says(opened=True)
        heard(site, "gate-b", [True])
        a = site.enrolled("gate-a")
        a.client.will_set(agent_topic(SITE, "gate-b", "status"), b'{"online":false}', qos=1)
        with a:
            a.await_connected()
            a.breaks()
        with Speaker(site, a.config) as back:
            back.await_connected()
            back.says(opened=True)
            heard(site, "gate-a", [True])
        lost = site.get("/events", device="gate-b", kind="agent_lost")["events"]
        assert lost == []


# 7


def test_floods_and_monsters_of_one_agent_leave_the_others_alone(site: Known):
    with site.enrolled("gate-a") as bad, site.enrolled("gate-b") as good:
        bad.await_connected()
        good.await_connected()
        monsters = [
            b"x" * (MAX_PAYLOAD_BYTES + 1),
            seal(bad.key, bad.topic, b"[" * (MAX_PAYLOAD_BYTES - 100)),
            seal(bad.key, bad.topic, b'{"stream":' * 6_000),
            b"WK1" + b"\xff" * 1_000,
        ]
        for payload in monsters:
            bad.publish(bad.topic, payload)
        while counted(site, "over_quota") == 0:
            bad.floods(RECORDS_PER_S)
        good.says(opened=True)
        heard(site, "gate-b", [True])
        reasons = {reason for agent, reason in site.reasons() if agent == "gate-a"}
        assert {"too_long", "undecodable", "wrong_mac"} <= reasons
        assert not [agent for agent, _ in site.reasons() if agent == "gate-b"]
        assert site.hub.worker.state.ready


# certificates


def test_an_agent_is_let_in_by_its_certificate_and_by_none_once_that_is_revoked(mutual: Known):
    with mutual.enrolled("gate-a") as agent, mutual.enrolled("gate-b") as other:
        agent.await_connected()
        other.await_connected()
        agent.publish(other.topic, other.batch(DoorContact(open=True)))
        other.seq = 0
        agent.says(opened=True)
        other.says(opened=False)
        heard(mutual, "gate-a", [True])
        heard(mutual, "gate-b", [False])
        mutual.admin.post("/agents/gate-a/revoke", {"reason": "card stolen"})
        agent.says(opened=False)  # Mosquitto leaves the connection that is open, but without any rights
        with Speaker(mutual, agent.config, "anew") as anew:
            anew.await_refused()
            assert "connected" not in anew.states
        other.says(opened=True)
        heard(mutual, "gate-b", [False, True])
        assert mutual.doors("gate-a") == [True]
        assert other.states == ["connected"]


def test_an_agent_that_enrols_again_goes_on_by_its_old_key_until_it_has_started_anew(site: Known):
    with site.enrolled("gate-a") as before:
        before.await_connected()
        before.says(opened=True)
        heard(site, "gate-a", [True])
        after = site.enrolled("gate-a", "again")
        before.says(opened=False)
        heard(site, "gate-a", [True, False])
        assert state_of(site, "gate-a")["state"] == "changing"
        before.client.disconnect()
        with after:
            after.await_connected()
            after.says(opened=True)
            heard(site, "gate-a", [True, False, True])
            assert state_of(site, "gate-a")["state"] == "enrolled"
            with Speaker(site, before.config) as old:
                old.await_refused()


def state_of(site: Known, agent: str) -> dict[str, Any]:
    return next(row for row in site.get("/agents/keys")["agents"] if row["agent"] == agent)


def test_an_agent_that_has_enrolled_runs_by_what_it_was_given_and_by_nothing_else(mutual: Known):
    speaker = mutual.enrolled("gate-a")
    folder = speaker.config.spool_path.parent
    for name in ("agent.key", "agent.pem", "agent-tls.key", "broker.password"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    agent = Side("edge", folder / "agent.yaml")
    try:
        wait_for(lambda: mutual.get("/events", device="gate-a", kind="agent_started")["events"], "the hub to hear it", 60)
    finally:
        agent.stop()
