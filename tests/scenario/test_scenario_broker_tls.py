"""Agent and hub speak with their broker over TLS, and with no broker that anybody else has certified."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.envelope import KEY_BYTES
from hub.accounts.local import LOCAL_TOKEN_FILE
from tests.support.fault_stand import ESTATE
from tests.support.lives import wait_for
from tests.support.tls_broker import Authority, TlsBroker, make_authority, make_identity
from watchkeeper.broker import Program

KEY = bytes(range(KEY_BYTES)).hex()
UNTRUSTED = "the broker's certificate is refused"


class Side:
    """A hub or an agent as a process of its own."""

    def __init__(self, command: str, settings: Path) -> None:
        self.log = settings.with_suffix(".log")
        with self.log.open("wb") as log:
            words = [sys.executable, "-c", "from watchkeeper.cli import main; main()", command, str(settings)]
            self._process = subprocess.Popen(words, stdout=log, stderr=log)

    def wait_for(self, said: Callable[[dict[str, object]], object]) -> dict[str, object]:
        """The first line of its log of which `said` is true."""

        def look() -> dict[str, object] | None:
            assert self._process.poll() is None, self.log.read_text()
            whole = self.log.read_text().rpartition("\n")[0]
            lines = (json.loads(line) for line in whole.splitlines() if line.startswith("{"))
            return next((line for line in lines if said(line)), None)

        found: dict[str, object] = wait_for(look, f"a line in {self.log.read_text()}", 60)
        return found

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(60) == 0, self.log.read_text()


@contextmanager
def sides(folder: Path, url: str, ca: Path) -> Iterator[tuple[Side, Side]]:
    """A hub and an agent that were given this broker and this CA."""
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    hub, agent = folder / "hub.yaml", folder / "agent.yaml"
    hub.write_text(
        f"estate: estate.yaml\ndata: data\nbroker: {{url: '{url}', ca_file: '{ca}'}}\nhttp: {{port: 0}}\n", encoding="utf-8"
    )
    agent.write_text(
        f"site: garden\nagent: gatehouse\nkey: {KEY}\ncard_key: {KEY}\nspool: {{path: spool.db}}\n"
        f"broker: {{url: '{url}', ca_file: '{ca}'}}\n",
        encoding="utf-8",
    )
    agent.chmod(0o600)
    both = [Side("hub", hub)]
    try:
        both.append(Side("edge", agent))
        yield both[0], both[1]
    finally:
        for one in both:
            one.stop()


def asked(hub: Side, path: str) -> urllib.request.Request:
    """A request to the hub by its local token."""
    url = hub.wait_for(lambda line: line["event"] == "listening")["url"]
    token = (hub.log.parent / "data" / LOCAL_TOKEN_FILE).read_text().strip()
    return urllib.request.Request(f"{url}{path}", headers={"Authorization": f"Bearer {token}"})


def broker_health(hub: Side) -> dict[str, object]:
    try:
        with urllib.request.urlopen(asked(hub, "/healthz"), timeout=30) as reply:
            told = json.load(reply)
    except urllib.error.HTTPError as error:
        told = json.load(error)
    found: dict[str, object] = told["checks"]["broker"]
    return found


def agents_heard(hub: Side) -> list[dict[str, object]]:
    with urllib.request.urlopen(asked(hub, "/events?device=gatehouse&kind=agent_started"), timeout=30) as reply:
        found: list[dict[str, object]] = json.load(reply)["events"]
    return found


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"), "estate")


@pytest.mark.parametrize("program", ["mosquitto", "nats"])
def test_what_an_agent_says_reaches_the_hub_over_tls(program: Program, authority: Authority, tmp_path: Path):
    identity = make_identity(tmp_path, authority, "IP:127.0.0.1")
    with (
        TlsBroker(tmp_path / "broker", identity, program) as broker,
        sides(tmp_path, broker.url, authority.certificate) as (hub, agent),
    ):
        agent.wait_for(lambda line: line.get("state") == "connected")
        wait_for(lambda: agents_heard(hub), "the hub to commit what the agent said", 60)
        assert broker_health(hub)["ok"] is True


@pytest.mark.parametrize("trusted", ["another CA", "the right CA, another host"])
def test_a_broker_that_others_have_certified_is_refused_by_both_with_the_reason(
    trusted: str, authority: Authority, tmp_path: Path
):
    host = "DNS:elsewhere.example" if "host" in trusted else "IP:127.0.0.1"
    ca = make_authority(tmp_path, "stranger") if trusted == "another CA" else authority
    with (
        TlsBroker(tmp_path / "broker", make_identity(tmp_path, authority, host), "mosquitto") as broker,
        sides(tmp_path, broker.url, ca.certificate) as (hub, agent),
    ):
        refused = agent.wait_for(lambda line: line.get("state") == "waiting")
        assert str(refused["reason"]).startswith(UNTRUSTED)
        told = hub.wait_for(lambda line: line["event"] == "broker_unreachable")
        assert str(told["reason"]).startswith(UNTRUSTED)
        health = broker_health(hub)
        assert health["reason"] == "not_connected"
        assert UNTRUSTED in str(health["detail"])
        assert "connected" not in (json.loads(line).get("state") for line in agent.log.read_text().splitlines())


def test_an_agent_comes_back_to_a_broker_over_tls_that_was_away(authority: Authority, tmp_path: Path):
    identity = make_identity(tmp_path, authority, "IP:127.0.0.1")
    with (
        TlsBroker(tmp_path / "broker", identity, "mosquitto") as broker,
        sides(tmp_path, broker.url, authority.certificate) as (hub, agent),
    ):
        agent.wait_for(lambda line: line.get("state") == "connected")
        broker.kill()
        agent.wait_for(lambda line: line.get("state") == "waiting")
        hub.wait_for(lambda line: line["event"] == "broker_unreachable" and "refused" in str(line["reason"]))
        broker.start()
        wait_for(lambda: agent.log.read_text().count('"connected"') == 2, "the agent to come back", 60)
        wait_for(lambda: broker_health(hub)["ok"], "the hub to come back", 60)
