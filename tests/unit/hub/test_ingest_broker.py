"""The hub's connection to a real broker."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contract.envelope import Receipt, decode_receipt, unseal
from contract.orders import Flush
from contract.topics import agent_topic
from hub.ingest.broker import Broker, BrokerAddress, NotConnected
from tests.support.broker import broker
from tests.support.site_rig import KEY, SITE
from watchkeeper.broker import EmbeddedBroker

__all__ = ["broker"]
RECEIPT = Receipt("0" * 32, 1, "boot-1", 7, "committed", 1)


def until(condition: Callable[[], object]) -> None:
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


class Rig:
    """The hub's side, and a client that hears everything."""

    def __init__(self, running: EmbeddedBroker) -> None:
        self.submitted: list[tuple[str, bytes]] = []
        self.heard: list[tuple[str, bytes]] = []
        self.subscribed = False
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self.client.on_connect = lambda client, *_: client.subscribe("watchkeeper/#", 1)
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = lambda _client, _data, message: self.heard.append((message.topic, bytes(message.payload)))
        self.client.connect("127.0.0.1", running.port)
        self.client.loop_start()
        until(lambda: self.subscribed)
        self.hub = Broker(
            BrokerAddress("127.0.0.1", running.port), SITE, {"gatehouse": KEY}.get, self._submit, client_id="hub-test"
        )

    def _on_subscribe(self, *_: object) -> None:
        self.subscribed = True

    def _submit(self, said: Sequence[tuple[str, bytes]]) -> None:
        self.submitted += said

    def close(self) -> None:
        self.hub.stop()
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def rig(broker: EmbeddedBroker) -> Iterator[Rig]:
    made = Rig(broker)
    yield made
    made.close()


def says(rig: Rig, leaf: str, payload: bytes, *, site: str = SITE, retain: bool = False) -> bool:
    rig.client.publish(f"watchkeeper/{site}/agents/gatehouse/{leaf}", payload, qos=1, retain=retain).wait_for_publish(30)
    return True


def heard_first(rig: Rig) -> None:
    """The subscription is there once a message comes through."""
    rig.hub.start()
    until(lambda: rig.hub.connected)
    until(lambda: says(rig, "status", b"first") and rig.submitted)


def test_what_agents_say_is_handed_over_and_nothing_else(rig: Rig):
    heard_first(rig)
    for leaf in ("batch", "nonce", "status", "receipt", "order"):
        says(rig, leaf, leaf.encode())
    says(rig, "batch", b"other", site="other")
    says(rig, "batch", b"last")
    until(lambda: rig.submitted[-1][1] == b"last")
    assert {payload for _, payload in rig.submitted} - {b"first", b"last"} == {b"batch", b"nonce", b"status"}


def test_what_was_retained_is_old_news(rig: Rig):
    says(rig, "batch", b"planted", retain=True)
    heard_first(rig)
    until(lambda: rig.hub.counters["retained_ignored"] == 1)
    assert b"planted" not in {payload for _, payload in rig.submitted}


def test_receipts_and_orders_are_sealed_for_their_topic(rig: Rig):
    heard_first(rig)
    rig.hub.receipt("gatehouse", RECEIPT)
    rig.hub.order("gatehouse", Flush(id="f1"))
    receipt, order = (agent_topic(SITE, "gatehouse", leaf) for leaf in ("receipt", "order"))
    until(lambda: {receipt, order} <= {topic for topic, _ in rig.heard})
    payloads = dict(rig.heard)
    assert decode_receipt(unseal(KEY, receipt, payloads[receipt])) == RECEIPT
    assert b'"f1"' in unseal(KEY, order, payloads[order])


def test_every_publication_is_acknowledged_once(rig: Rig):
    heard_first(rig)
    acked: list[int] = []
    for number in range(200):
        rig.hub.publish("watchkeeper/x", b"%d" % number, retain=False, done=partial(acked.append, number))
    until(lambda: len(acked) >= 200)
    assert sorted(acked) == list(range(200))


def test_a_small_receipt_does_not_wait_for_more(rig: Rig):
    heard_first(rig)
    sock: Any = rig.hub._client.socket()
    assert sock is not None
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_without_a_broker_nothing_waits(rig: Rig):
    rig.hub.receipt("gatehouse", RECEIPT)
    rig.hub.order("gatehouse", Flush(id="f1"))
    with pytest.raises(NotConnected):
        rig.hub.publish("watchkeeper/x", b"", retain=False)
    assert (rig.hub.counters["receipt_unsent"], rig.hub.counters["order_unsent"]) == (1, 1)


def test_a_broker_that_is_killed_and_comes_back_is_used_again(rig: Rig, broker: EmbeddedBroker):
    heard_first(rig)
    broker.kill()
    until(lambda: not rig.hub.connected)
    broker.start()
    until(lambda: rig.hub.connected)
    until(lambda: says_if_connected(rig) and rig.submitted[-1][1] == b"again")


def says_if_connected(rig: Rig) -> bool:
    return rig.client.is_connected() and says(rig, "status", b"again")


def publish(topic: bytes, payload: bytes, mid: bytes = b"") -> bytes:
    """A PUBLISH; with the two bytes of a packet id at QoS 1."""
    body = struct.pack(">H", len(topic)) + topic + mid + payload
    return bytes((0x32 if mid else 0x30, len(body))) + body


class StrangeBroker:
    """Takes one client, lets it subscribe, and sends it these bytes, each piece by itself."""

    def __init__(self, *packets: bytes) -> None:
        self._pieces = packets
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        taken, _ = self._listening.accept()
        with taken:
            taken.settimeout(30)
            taken.recv(65_536)
            taken.sendall(b"\x20\x02\x00\x00")
            taken.recv(65_536)
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in self._pieces:
                taken.sendall(piece)
                time.sleep(0.001)  # else the next is read with it
            while taken.recv(65_536):
                pass

    def close(self) -> None:
        self._thread.join(30)
        self._listening.close()


def strange(submit: Callable[[Sequence[tuple[str, bytes]]], None], *pieces: bytes) -> tuple[StrangeBroker, Broker]:
    running = StrangeBroker(*pieces)
    hub = Broker(BrokerAddress("127.0.0.1", running.port), SITE, {"gatehouse": KEY}.get, submit, client_id="hub-test")
    hub.start()
    return running, hub


def test_a_topic_that_is_no_text_is_counted_and_the_next_message_is_taken():
    submitted: list[tuple[str, bytes]] = []
    running, hub = strange(submitted.extend, publish(b"watchkeeper/\xff", b"bad"), publish(b"watchkeeper/x", b"good"))
    try:
        until(lambda: submitted)
        assert submitted == [("watchkeeper/x", b"good")]
        assert hub.counters["topic_undecodable"] == 1
        assert hub.connected
        assert not hub.died
    finally:
        hub.stop()
        running.close()
    assert not hub.died, "it was asked to stop"


@pytest.mark.parametrize("size", [1, 7, 23, 64, 1_000_000])
def test_wherever_the_bytes_are_cut_every_message_comes_once_and_in_order(size: int):
    mids = {number: struct.pack(">H", number) for number in range(3, 50, 7)}
    payloads = [publish(b"x", b"%d" % number) for number in range(50)]  # each looks like a packet where one begins within it
    packets = b"".join(publish(b"watchkeeper/x", payload, mids.get(number, b"")) for number, payload in enumerate(payloads))
    submitted: list[tuple[str, bytes]] = []
    running, hub = strange(submitted.extend, *(packets[at : at + size] for at in range(0, len(packets), size)))
    try:
        until(lambda: len(submitted) >= 50)
        assert submitted == [("watchkeeper/x", payload) for payload in payloads]
        assert hub.counters["received"] == 50
        assert hub.connected
    finally:
        hub.stop()
        running.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_client_whose_thread_has_died_is_not_connected():
    def submit(_: object) -> None:
        raise RuntimeError("a bug")

    running, hub = strange(submit, publish(b"watchkeeper/x", b"any"))
    try:
        until(lambda: hub.died)
        assert not hub.connected
        with pytest.raises(NotConnected):
            hub.publish("watchkeeper/x", b"", retain=False)
    finally:
        hub.stop()
        hub._client._sock_close()
        running.close()
