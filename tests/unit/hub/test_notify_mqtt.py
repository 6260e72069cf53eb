"""The MQTT channel on a real broker."""

import json
from collections.abc import Iterator
from queue import Queue

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import SystemClock
from hub.ingest.broker import Broker, BrokerAddress
from hub.notify.mqtt.channel import MqttChannel
from tests.support.broker import broker
from tests.support.outward_rig import WAIT_S, until
from tests.unit.hub.test_notify_webhook import notice, titles
from watchkeeper.broker import EmbeddedBroker

__all__ = ["broker"]
TOPIC = "watchkeeper/garden/incidents/3"


@pytest.fixture
def channel(broker: EmbeddedBroker) -> Iterator[MqttChannel]:
    connection = Broker(BrokerAddress("127.0.0.1", broker.port), "garden", lambda _: None, lambda _: None, client_id="hub")
    connection.start()
    until(lambda: connection.connected, "the connection")
    yield MqttChannel(connection, "garden", titles, SystemClock())
    connection.stop()


class Listener:
    """Somebody who subscribes to the site's incidents."""

    def __init__(self, port: int) -> None:
        self.heard: Queue[tuple[str, bytes, bool]] = Queue()
        ready: Queue[bool] = Queue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self._client.on_connect = lambda client, *_: client.subscribe("watchkeeper/garden/incidents/+", qos=1)
        self._client.on_subscribe = lambda *_: ready.put(True)
        self._client.on_message = lambda _client, _data, one: self.heard.put((one.topic, bytes(one.payload), one.retain))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert ready.get(timeout=WAIT_S)

    def next(self) -> tuple[str, bytes, bool]:
        return self.heard.get(timeout=WAIT_S)

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def test_whoever_subscribes_sees_what_is_open_and_not_what_is_over(broker, channel):
    assert channel.deliver([notice(1)]) == (1, None)
    with Listener(broker.port) as listener:
        topic, payload, retained = listener.next()
        assert (topic, retained) == (TOPIC, True)
        assert json.loads(payload)["key"] == "garden:1"
        assert channel.deliver([notice(2, state="closed")]) == (1, None)
        assert json.loads(listener.next()[1])["incident"]["state"] == "closed"
        assert listener.next()[1] == b""
    assert channel.deliver([notice(3)._replace(again=True)]) == (1, None)
    with Listener(broker.port) as listener:
        assert channel.deliver([notice(4)]) == (1, None)
        assert json.loads(listener.next()[1])["key"] == "garden:4"


def test_many_changes_arrive_in_their_order(broker, channel):
    with Listener(broker.port) as listener:
        many = [notice(pos) for pos in range(1, 101)]
        assert channel.deliver(many) == (100, None)
        assert [json.loads(listener.next()[1])["pos"] for _ in many] == list(range(1, 101))


def test_a_broker_that_went_is_a_transient_failure(broker, channel):
    broker.stop()
    done = channel.deliver([notice(1)])
    assert done.done == 0
    assert done.failure is not None
    assert done.failure.sort == "transient"
