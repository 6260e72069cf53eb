"""The link over a real broker, with the model hub at the other end of it."""

import queue
import random
import socket
import time
from threading import Lock

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import SystemClock
from contract.readings import DoorContact
from edge.link import BrokerSettings, Link, LinkState, parse_broker
from edge.spool import Entry, Spool, SpoolLimits
from edge.uplink import Uplink
from tests.support.broker import broker
from tests.support.model_hub import ModelHub
from watchkeeper.broker import EmbeddedBroker

__all__ = ["broker"]

KEY = b"k" * 32
BATCH, RECEIPT, ORDER, NONCE, STATUS = (
    f"watchkeeper/estate/agents/gate-1/{leaf}" for leaf in ("batch", "receipt", "order", "nonce", "status")
)
OPEN = DoorContact(True)


def until(condition, what):
    for _ in range(6_000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError(f"{what} did not come about in 30 s")


def no_delay(_client, _data, sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class HubClient:
    """The model hub behind an ordinary MQTT client."""

    def __init__(self, port, hub, name="hub"):
        self.hub = hub
        self.lock = Lock()
        self.seen: queue.SimpleQueue[tuple[str, bytes, bool]] = queue.SimpleQueue()
        self.subscribed = False
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe([(BATCH, 1), (NONCE, 1), (STATUS, 1)])
        self.client.on_subscribe = lambda *_: setattr(self, "subscribed", True)
        self.client.on_message = self.take
        self.client.on_socket_open = no_delay
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        until(lambda: self.subscribed, "the hub's subscription")

    def take(self, client, _data, message):
        if message.topic == BATCH:
            with self.lock:
                receipt = self.hub.take(message.payload, SystemClock().now_us())
            client.publish(RECEIPT, receipt, qos=0)
        else:
            self.seen.put((message.topic.rpartition("/")[2], message.payload, message.retain))

    def numbers(self):
        with self.lock:
            return [seq for _, seq, _, _ in self.hub.committed]

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Rig:
    """An agent's half: spool, uplink, link."""

    def __init__(self, folder, port):
        clock = SystemClock()
        self.spool = Spool.open(folder / "spool.db", "gate-1", SpoolLimits(bytes_max=8 << 20), clock)
        rng = random.Random(1)
        self.uplink = Uplink("estate", "gate-1", KEY, self.spool, random=rng.random)
        self.orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.states: list[tuple[LinkState, str]] = []
        settings = BrokerSettings(f"mqtt://127.0.0.1:{port}", keepalive_s=5)
        self.link = Link(
            self.uplink,
            settings,
            clock,
            random=rng.random,
            on_order=self.orders.put,
            on_state=lambda state, reason: self.states.append((state, reason)),
        )
        self.spool.listen(self.link.wake)

    def close(self):
        ended = self.link.close(5.0)
        self.spool.close()
        return ended


@pytest.fixture
def hub(broker):
    client = HubClient(broker.port, ModelHub("estate", "gate-1", KEY))
    yield client
    client.close()


@pytest.fixture
def rig(tmp_path, broker):
    rig = Rig(tmp_path, broker.port)
    yield rig
    rig.close()


def test_appended_readings_reach_the_hub_and_are_receipted(rig, hub):
    rig.spool.append("d", OPEN, 1)
    rig.link.start()
    until(lambda: rig.spool.acked == 1, "the first receipt")
    for n in range(50):
        rig.spool.append("d", OPEN, n)
    until(lambda: rig.spool.acked == 51, "the last receipt")
    assert hub.numbers() == list(range(1, 52))
    assert rig.link.state is LinkState.CONNECTED
    assert rig.link.counters.connects == 1


def test_a_backlog_arrives_whole(rig, hub):
    rig.spool.append_many([Entry("d", OPEN, n) for n in range(5_000)])
    rig.link.start()
    until(lambda: rig.spool.acked == 5_000, "the backlog's receipt")
    assert hub.numbers() == list(range(1, 5_001))


def test_the_status_is_online_then_offline_and_retained(rig, hub):
    rig.link.start()
    assert hub.seen.get(timeout=30)[:2] == ("status", b'{"online":true}')
    assert rig.close()
    assert hub.seen.get(timeout=30)[:2] == ("status", b'{"online":false}')
    assert rig.states[-1] == (LinkState.CLOSED, "closed")
    late = HubClient(hub.client.port, ModelHub("estate", "gate-1", KEY), name="late")
    try:
        assert late.seen.get(timeout=30) == ("status", b'{"online":false}', True)
    finally:
        late.close()


def test_closing_sends_what_is_left(rig, hub):
    rig.link.start()
    until(lambda: rig.link.state is LinkState.CONNECTED, "the connection")
    rig.spool.append_many([Entry("d", OPEN, n) for n in range(700)])
    assert rig.close()
    assert hub.numbers() == list(range(1, 701))


def test_orders_come_through_and_retained_ones_do_not(rig, hub):
    hub.client.publish(ORDER, b"planted", qos=1, retain=True).wait_for_publish(30)
    rig.link.start()
    until(lambda: rig.link.counters.retained == 1, "the retained order")
    hub.client.publish(ORDER, b"fresh", qos=1)
    assert rig.orders.get(timeout=30) == b"fresh"
    assert rig.orders.empty()


def test_a_handler_that_raises_does_not_end_the_link(rig, hub):
    def refuse(_: bytes) -> None:
        raise RuntimeError("planted")

    rig.link._on_order = refuse
    rig.link.start()
    until(lambda: rig.link.state is LinkState.CONNECTED, "the connection")
    until(lambda: rig.uplink.counters.receipts > 0, "the first answer")
    hub.client.publish(ORDER, b"x", qos=1)
    until(lambda: rig.link.counters.handler_errors == 1, "the error")
    rig.spool.append("d", OPEN, 1)
    until(lambda: rig.spool.acked == 1, "the receipt")


def test_a_nonce_goes_out_sealed(rig, hub):
    rig.link.start()
    until(lambda: rig.uplink.counters.receipts > 0, "the first answer")
    rig.link.send("nonce", b"{}")
    while (seen := hub.seen.get(timeout=30))[0] != "nonce":
        pass
    assert seen[1].startswith(b"WK1")
    assert seen[1].endswith(b"{}")


def test_a_broker_that_is_killed_and_wiped_loses_nothing(rig, hub, broker):
    rig.link.start()
    rig.spool.append_many([Entry("d", OPEN, n) for n in range(100)])
    until(lambda: rig.spool.acked == 100, "the first receipts")
    broker.kill()
    broker.wipe()
    rig.spool.append_many([Entry("d", OPEN, n) for n in range(100)])
    until(lambda: rig.link.state is LinkState.WAITING, "the loss")
    hub.subscribed = False
    broker.start()
    until(lambda: hub.subscribed, "the hub's return")
    until(lambda: rig.spool.acked == 200, "the rest")
    assert hub.numbers() == list(range(1, 201))
    assert rig.link.counters.connects >= 2


def test_nobody_listening_is_a_state_with_a_reason_and_closing_is_quick(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        rig = Rig(tmp_path, probe.getsockname()[1])
        rig.link.start()
        until(lambda: rig.link.state is LinkState.WAITING, "the refusal")
        assert "refused" in rig.link.reason.lower()
        assert rig.close()


def test_a_failed_spool_ends_the_link_loudly(rig, hub):
    rig.link.start()
    until(lambda: rig.uplink.counters.receipts > 0, "the first answer")
    rig.spool._failed = "the disk is gone"
    rig.spool._file.head += 1  # there is something to read
    rig.link.wake()
    until(lambda: rig.link.state is LinkState.FAILED, "the end")
    assert rig.states[-1] == (LinkState.FAILED, "the disk is gone")
    assert hub.seen.get(timeout=30)[1] == b'{"online":true}'
    assert hub.seen.get(timeout=30)[1] == b'{"online":false}', "the last will"
    rig.spool._failed = None


@pytest.mark.parametrize(
    ("url", "parts"),
    [("mqtt://broker", ("broker", 1883, False)), ("mqtts://b:1", ("b", 1, True)), ("mqtt://[::1]:18", ("::1", 18, False))],
)
def test_a_broker_address_has_three_parts(url, parts):
    assert parse_broker(url) == parts


@pytest.mark.parametrize(
    "url", ["broker", "http://b", "mqtt://", "mqtt://b:x", "mqtt://u:p@b", "mqtt://b/path", "mqtt://b:99999"]
)
def test_a_bad_broker_address_says_what_to_write(url):
    with pytest.raises(ValueError, match="write mqtt://HOST:PORT"):
        parse_broker(url)


def test_the_other_broker_serves_as_well(tmp_path):
    with EmbeddedBroker(tmp_path / "nats", program="nats") as nats:
        hub = HubClient(nats.port, ModelHub("estate", "gate-1", KEY))
        rig = Rig(tmp_path, nats.port)
        rig.link.start()
        rig.spool.append_many([Entry("d", OPEN, n) for n in range(1_000)])
        until(lambda: rig.spool.acked == 1_000, "the receipt")
        assert rig.close()
        hub.close()
        assert hub.numbers() == list(range(1, 1_001))
    assert not nats.running
