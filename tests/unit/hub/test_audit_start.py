"""A whole hub and its audit log: what it notes at its start, what agents hear by the broker, and that all of it verifies."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from contract.envelope import unseal
from contract.orders import KeepHead, decode_order
from contract.topics import agent_topic
from hub.config import load_config
from hub.main import Hub
from hub.store.audit_reads import AuditFilter, AuditReads
from tests.support.broker import broker
from tests.support.site_rig import ESTATE_FILE, KEY, SITE
from tests.unit.hub.test_hub_main import Wire, until, wire
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.cli import main

__all__ = ["broker", "wire"]


@pytest.fixture
def settings(tmp_path: Path, broker: EmbeddedBroker) -> Path:
    (tmp_path / "estate.yaml").write_text(ESTATE_FILE, encoding="utf-8")
    file = tmp_path / "hub.yaml"
    file.write_text(f"estate: estate.yaml\nbroker: {{url: '{broker.url}'}}\nhttp: {{port: 0}}\n", encoding="utf-8")
    return file


def heads_heard(wire: Wire) -> list[KeepHead]:
    topic = agent_topic(SITE, "gatehouse", "order")
    orders = [decode_order(unseal(KEY, topic, payload)) for at, payload in wire.heard if at == topic]
    return [order for order in orders if isinstance(order, KeepHead)]


def acts(hub: Hub) -> list[tuple[str, str]]:
    return [(one.act, one.topic) for one in AuditReads(hub.engine, SITE).entries(AuditFilter(), 100)][::-1]


def verify(settings: Path, *more: str):
    return CliRunner().invoke(main, ["audit", "verify", str(settings.parent / "data/hub.db"), *more])


def test_a_start_and_a_changed_estate_are_on_the_log_and_agents_hear_of_it(settings: Path, wire: Wire, tmp_path: Path):
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: heads_heard(wire))
        until(lambda: len(acts(hub)) > 2)
        assert acts(hub) == [("hub.started", "hub"), ("policy.loaded", "policy"), ("estate.set", "estate")]
    estate = settings.with_name("estate.yaml")
    estate.write_text(estate.read_text(encoding="utf-8").replace("name_en: ", "name_en: New ", 1), encoding="utf-8")
    before = len(heads_heard(wire))
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: len(heads_heard(wire)) > before)
        until(lambda: len(acts(hub)) > 4)
        assert acts(hub)[3:] == [("hub.started", "hub"), ("estate.set", "estate")]
        newest, first = AuditReads(hub.engine, SITE).entries(AuditFilter(act="estate.set"), 2)
        assert json.loads(newest.after)["digest"] != json.loads(first.after)["digest"]
        running = verify(settings)
        assert running.exit_code == 0, running.output
    witness = tmp_path / "witness.jsonl"
    lines = [{name: getattr(head, name) for name in head.__struct_fields__} for head in heads_heard(wire)]
    witness.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    told = json.loads(verify(settings, "--witness", str(witness)).stdout)
    assert (told["checked"], told["problems"], told["key_pinned"]) == (5, [], True)
    assert told["witnessed"] >= 2


def test_what_admin_does_beside_a_running_hub_is_in_the_same_chain(settings: Path):
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: len(acts(hub)) > 2)
        made = CliRunner().invoke(main, ["admin", "create", str(settings), "李伟"], input="a lamp in the rain\n")
        assert made.exit_code == 0, made.output
        (entry,) = AuditReads(hub.engine, SITE).entries(AuditFilter(act="account.create"), 10)
        assert (entry.actor, entry.reason, entry.no) == ("local", "watchkeeper admin", 4)
    assert verify(settings).exit_code == 0


def test_the_command_that_restores_a_backup_signs_for_it(settings: Path, tmp_path: Path):
    file = tmp_path / "backup.zip"
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: len(acts(hub)) > 2)
        done = CliRunner().invoke(main, ["backup", str(settings), str(file)])
        assert "audit.key" in done.output
    assert CliRunner().invoke(main, ["restore", str(settings), str(file), "--force"]).exit_code == 0
    told = json.loads(verify(settings).stdout)
    assert told["problems"] == []
    assert [one["base"] for one in told["restored"]] == [3]
