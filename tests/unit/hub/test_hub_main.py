"""A whole hub on a real broker: from an agent's batch to the API, and again after a restart."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy.event import listen

from contract.clock import ManualClock, SystemClock
from contract.envelope import Receipt, decode_receipt, unseal
from contract.readings import DoorContact, TamperContact
from contract.settings import BadSettings
from contract.topics import agent_topic, incident_topic
from hub.accounts.local import LOCAL_TOKEN_FILE
from hub.config import load_config, read_card_key
from hub.estates.document import body_of
from hub.ingest.ports import EstateAct
from hub.main import DataFolderTaken, Hub
from hub.notify.reader import ChangeReader
from hub.policy.load import RESIDENTIAL
from hub.store.read import SiteReads
from hub.tags.keyfile import KEY_FILE, LabelKey
from tests.support.broker import broker
from tests.support.site_rig import ESTATE_FILE, KEY, SITE, ModelAgent
from watchkeeper.broker import EmbeddedBroker

__all__ = ["broker"]

TAG = "KRUGS4ZANFZSAYJO"


def until(condition: Callable[[], object]) -> None:
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


class Wire:
    """An agent's client, and everything it hears."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self.subscribed = False
        self.client.on_connect = lambda client, *_: client.subscribe("watchkeeper/#")
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = lambda _client, _data, message: self.heard.append((message.topic, bytes(message.payload)))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        until(lambda: self.subscribed)

    def _on_subscribe(self, *_: object) -> None:
        self.subscribed = True

    def receipts(self) -> list[Receipt]:
        topic = agent_topic(SITE, "gatehouse", "receipt")
        return [decode_receipt(unseal(KEY, topic, payload)) for at, payload in self.heard if at == topic]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def settings(tmp_path: Path, broker: EmbeddedBroker) -> Path:
    (tmp_path / "estate.yaml").write_text(ESTATE_FILE, encoding="utf-8")
    file = tmp_path / "hub.yaml"
    file.write_text(f"estate: estate.yaml\nbroker: {{url: '{broker.url}'}}\nhttp: {{port: 0}}\n", encoding="utf-8")
    return file


@pytest.fixture
def wire(broker: EmbeddedBroker) -> Iterator[Wire]:
    made = Wire(broker.port)
    yield made
    made.close()


def get(hub: Hub, path: str) -> dict[str, object]:
    token = (hub.config.data / LOCAL_TOKEN_FILE).read_text().strip()
    with urlopen(Request(hub.url + path, headers={"Authorization": f"Bearer {token}"}), timeout=30) as reply:
        found: dict[str, object] = json.load(reply)
        return found


def test_an_agents_batch_becomes_an_incident_on_the_broker_and_in_the_api(settings: Path, wire: Wire):
    clock = ManualClock(SystemClock().now_us())
    agent = ModelAgent(clock)
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: hub.worker.state.ready and hub.broker.connected)
        message = agent.says("door-1", TamperContact(active=True))
        until(lambda: send(wire, message.topic, message.payload) and wire.receipts())
        assert wire.receipts()[-1].up_to == 1
        until(lambda: any(topic == incident_topic(SITE, 1) for topic, _ in wire.heard))
        assert get(hub, "/healthz")["ready"] is True
        items = get(hub, "/incidents")
        assert "tamper" in json.dumps(items)
    receipts = len(wire.receipts())
    with Hub(load_config(settings), SystemClock()) as again:
        until(lambda: again.worker.state.ready and again.broker.connected)
        until(lambda: send(wire, message.topic, message.payload) and len(wire.receipts()) > receipts)
        assert wire.receipts()[-1].up_to == 1
        assert again.worker.counters["events"] == 0


def test_a_new_channels_position_is_in_the_first_commit(settings: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ChangeReader, "start", lambda _: None)
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: hub.worker.state.ready and hub.worker.counters["turns"])
        assert SiteReads(hub.read_engine, SITE).reader_pos("mqtt") == 0


@pytest.mark.parametrize("trouble", ["PRAGMA query_only = 1", "PRAGMA max_page_count = 1"])
def test_a_database_that_takes_nothing_is_told_and_nothing_is_receipted_until_it_does(settings: Path, wire: Wire, trouble: str):
    agent = ModelAgent(ManualClock(SystemClock().now_us()))
    pragma = ["PRAGMA query_only = 0"]

    def check_out(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(pragma[0]).close()

    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: hub.worker.state.ready and hub.broker.connected)
        listen(hub.engine, "checkout", check_out)
        pragma[0] = trouble
        message = agent.batch([agent.note("door-1", DoorContact(open=False)) for _ in range(500)])
        until(lambda: send(wire, message.topic, message.payload) and not hub.worker.state.ready and status(hub) == 503)
        until(wire.receipts)
        assert {(one.verdict, one.up_to) for one in wire.receipts()} == {("paused", 0)}
        assert hub.worker.counters["events"] == 0
        pragma[0] = "PRAGMA query_only = 0" if "query_only" in trouble else "PRAGMA max_page_count = 1000000"
        until(lambda: send(wire, message.topic, message.payload) and wire.receipts()[-1].verdict == "committed")
        assert wire.receipts()[-1].up_to == 500
        until(lambda: status(hub) == 200)


def status(hub: Hub) -> int:
    token = (hub.config.data / LOCAL_TOKEN_FILE).read_text().strip()
    try:
        with urlopen(Request(hub.url + "/healthz", headers={"Authorization": f"Bearer {token}"}), timeout=30) as reply:
            return int(reply.status)
    except HTTPError as refused:
        with refused:
            told = json.load(refused)
        assert told["checks"]["database"]["reason"] == "database_failed"
        assert told["checks"]["database"]["detail"]
        return refused.code


def send(wire: Wire, topic: str, payload: bytes) -> bool:
    """Publish; an agent repeats until it is answered, as the hub may not have subscribed yet."""
    wire.client.publish(topic, payload, qos=1).wait_for_publish(30)
    time.sleep(0.05)
    return True


def test_a_second_hub_on_the_same_folder_is_refused(settings: Path):
    second = Hub(load_config(settings), SystemClock())
    with Hub(load_config(settings), SystemClock()), pytest.raises(DataFolderTaken, match="another hub runs"), second:
        pass


def test_labels_begin_with_the_public_address_and_are_signed_with_the_data_folders_key(tmp_path: Path):
    (tmp_path / "estate.yaml").write_text(ESTATE_FILE, encoding="utf-8")
    settings = tmp_path / "hub.yaml"
    for line, begins in (("{public_url: 'https://hub.example:8443/'}", "https://hub.example:8443/t/"), ("{port: 8080}", TAG)):
        settings.write_text(f"estate: estate.yaml\nhttp: {line}\n", encoding="utf-8")
        hub = Hub(load_config(settings), SystemClock())
        text = hub.outward.settings.labels.text(TAG)
        hub.stop()
        assert text.startswith(begins + TAG if begins != TAG else f"{TAG}.")
        assert LabelKey(tmp_path / "data" / KEY_FILE).read(text) == TAG


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("http: {host: 0.0.0.0}", "watchkeeper tls init"),
        ("http: {host: hub.local}", "is no address"),
        ("http: {certificate: cert.pem}", "write both certificate and key"),
        ("card_key_file: nowhere.key", "card_key_file: cannot be read"),
        ("card_key_file: hub.yaml", "card_key_file: may be read by everybody"),
        ("http: {certificate: nowhere.pem, key: hub.yaml}", "http.certificate: cannot be read"),
        ("http: {certificate: hub.yaml, key: hub.yaml}", "belong together"),
        ("broker: {url: 'http://x'}", "write mqtt://HOST:PORT"),
        ("broker: {url: 'mqtt://u:p@x'}", "password_file"),
        ("broker: {url: 'mqtts://x', ca_file: nowhere.pem}", "broker.ca_file: cannot be read"),
        ("broker: {url: 'mqtts://x', ca_file: hub.yaml}", "broker.ca_file: holds no certificate"),
        ("broker: {url: 'mqtt://x', user: hub, password_file: nowhere}", "broker.password_file: cannot be read"),
        ("database: mysql://x/y", "sqlite:///"),
        ("colour: red", "unknown key"),
        ("http: {public_url: 'hub.example'}", "write https://HOST"),
        ("http: {public_url: 'https://hub.example/?a=b'}", "write https://HOST"),
        ("http: {public_url: 'https://me@hub.example'}", "write https://HOST"),
        ("http: {public_url: 'https:// hub.example'}", "write https://HOST"),
        (
            "notify: [{type: webhook, name: a, url: 'https://x.cn', secret_file: s}, {type: apprise, name: a, url_file: u}]",
            "is taken",
        ),
    ],
)
def test_wrong_settings_are_told_with_their_line(tmp_path: Path, line: str, says: str):
    (tmp_path / "hub.yaml").write_text(f"estate: estate.yaml\n{line}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"hub\.yaml:2") as told:
        load_config(tmp_path / "hub.yaml")
    assert says in str(told.value)


def test_a_password_that_everybody_may_read_is_refused_and_the_message_names_its_path(tmp_path: Path):
    (tmp_path / "pw").write_text("secret\n", encoding="utf-8")
    (tmp_path / "pw").chmod(0o644)
    settings = tmp_path / "hub.yaml"
    settings.write_text("estate: estate.yaml\nbroker: {url: 'mqtt://x', user: hub, password_file: pw}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=rf"2: broker\.password_file: may be read by everybody: run chmod o= {tmp_path}/pw"):
        load_config(settings)
    (tmp_path / "pw").chmod(0o640)
    with pytest.raises(BadSettings) as told:
        load_config(settings)
    assert "password_file" not in str(told.value)


def restarted(settings: Path, *, name: str = "", edit: str = "") -> tuple[str, str, dict[str, object]]:
    """The hub runs once more, with another name in its estate file or edited while it runs. The name in force at the end, what
    became of the file, and the check."""
    file = settings.with_name("estate.yaml")
    if name:
        file.write_text(re.sub("name_zh: .*", f"name_zh: {name}", ESTATE_FILE, count=1), encoding="utf-8")
    with Hub(load_config(settings), SystemClock()) as hub:
        until(lambda: hub.worker.state.ready and hub.book.file_state != "unknown")
        if edit:
            plain = msgspec.structs.replace(hub.book.current.file, name_zh=edit)
            body = body_of(plain)
            act = EstateAct(hub.book.version, body.text, body.digest, "edit", "李伟", "")
            hub.worker.ask(act).result(30)
        checks = get(hub, "/healthz")["checks"]
        assert isinstance(checks, dict)
        return hub.book.current.name_zh, hub.book.file_state, checks["estate"]


def test_the_file_counts_until_somebody_edits_the_estate_and_then_the_database_does(settings: Path):
    assert restarted(settings, name="一")[:2] == ("一", "import")
    assert restarted(settings)[:2] == ("一", "same")
    assert restarted(settings, name="二")[:2] == ("二", "import")
    assert restarted(settings, edit="三")[:2] == ("三", "same")
    assert restarted(settings)[:2] == ("三", "same")
    name, state, check = restarted(settings, name="四")
    assert (name, state, check["ok"], check["reason"]) == ("三", "differs", True, "file_differs")
    assert restarted(settings, name="三")[:2] == ("三", "same")


def test_an_estate_in_the_database_that_does_not_fit_the_policy_any_more_is_told_at_the_start(settings: Path):
    classed = ESTATE_FILE.replace("name_en: Gate}", "name_en: Gate, place_class: perimeter}")
    settings.with_name("estate.yaml").write_text(classed, encoding="utf-8")
    restarted(settings, edit="三")
    policy = settings.with_name("policy.yaml")
    policy.write_text(RESIDENTIAL.read_text(encoding="utf-8").replace("perimeter", "rim"), encoding="utf-8")
    settings.with_name("estate.yaml").write_text(ESTATE_FILE, encoding="utf-8")
    settings.write_text(settings.read_text() + "policy: policy.yaml\n")
    with pytest.raises(BadSettings) as told, Hub(load_config(settings), SystemClock()):
        pass
    assert "places[0].place_class" in str(told.value)
    assert "version 2" in str(told.value)


def test_the_card_key_is_the_agents_own_and_nothing_else_will_do(tmp_path: Path):
    file = tmp_path / "card.key"
    for text, key in ((bytes(range(32)).hex() + "\n", bytes(range(32))), ("ab", None), ("not a key", None)):
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        if key is None:
            with pytest.raises(ValueError, match="write 64 hex digits"):
                read_card_key(file)
        else:
            assert read_card_key(file) == key
