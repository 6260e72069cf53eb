"""An agent with scripted devices and a real broker, and the hub's half of the protocol at the other end."""

from random import Random
from threading import Lock

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import SystemClock
from contract.envelope import encode, seal, unseal
from contract.orders import AskNonce, Command, Flush, decode_nonce
from contract.readings import CardRead, DoorContact
from contract.topics import agent_topic
from edge.agent import Agent
from edge.broker_address import BrokerSettings
from edge.line import line_maker
from edge.spool import Spool, SpoolLimits
from tests.support.agent_rig import KEY, Rig, device, wait_for
from tests.support.broker import broker  # noqa: F401
from tests.support.model_hub import ModelHub


class BrokerRig(Rig):
    """The rig, with a real line and real time."""

    def __init__(self, tmp_path, devices, url):
        super().__init__(tmp_path, devices, broker=BrokerSettings(url))
        self.agent.stop()  # the rig's own agent was never started: a real one takes its place
        clock = SystemClock()
        self.spool = Spool.open(self.config.spool_path, "gate", SpoolLimits(reserve_bytes=1024), clock)
        ports = self.ports()._replace(clock=clock, line=line_maker(clock, Random(1)))
        self.agent = Agent(self.config, self.spool, ports)


class Hub:
    """Answers batches and sends orders."""

    def __init__(self, url):
        host, port = url.removeprefix("mqtt://").split(":")
        self.model = ModelHub("lake", "gate", KEY)
        self.nonces = []
        self._lock = Lock()
        self._clock = SystemClock()
        self.subscribed = False
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="hub")
        self.client.on_message = self._message
        self.client.on_subscribe = self._subscribed
        self.client.connect(host, int(port))
        self.client.subscribe([(agent_topic("lake", "gate", leaf), 1) for leaf in ("batch", "nonce")])
        self.client.loop_start()
        wait_for(lambda: self.subscribed, "the subscription")

    def _subscribed(self, *_args):
        self.subscribed = True

    def _message(self, client, _data, message):
        with self._lock:
            if message.topic.endswith("/nonce"):
                self.nonces.append(decode_nonce(unseal(KEY, message.topic, message.payload)))
            else:
                receipt = self.model.take(message.payload, self._clock.now_us())
                client.publish(agent_topic("lake", "gate", "receipt"), receipt, qos=1)

    def order(self, order, *, retain=False):
        topic = agent_topic("lake", "gate", "order")
        self.client.publish(topic, seal(KEY, topic, encode(order)), qos=1, retain=retain).wait_for_publish(30)

    def nonce(self, name):
        self.order(AskNonce(name))
        return wait_for(lambda: [n.nonce for n in self.nonces if n.order == name], "a nonce")[0]

    def committed(self):
        with self._lock:
            return [row[-1] for row in self.model.committed]

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def hub(broker):  # noqa: F811
    hub = Hub(broker.url)
    yield hub
    hub.close()


def kinds_at(hub):
    return [getattr(getattr(row, "reading", row), "kind", "") for row in hub.committed()]


def test_what_devices_say_reaches_the_hub_and_what_the_hub_asks_comes_back_as_readings(tmp_path, broker, hub):  # noqa: F811
    hub.order(Command("planted", "n", "barrier", "open", "x", "x"), retain=True)
    rig = BrokerRig(tmp_path, (device("barrier", commands=("open",)), device("door")), broker.url)
    try:
        rig.up()
        rig.devices["door"].say(DoorContact(open=True), CardRead(bits=26, facility=1, number=2))
        wait_for(lambda: {"agent_started", "door_contact", "card_read"} <= set(kinds_at(hub)), "the readings")
        hub.order(Flush("f1"))
        wait_for(lambda: "heartbeat" in kinds_at(hub), "the heartbeat")
        hub.order(Command("c1", hub.nonce("n1"), "barrier", "open", "li", "delivery"))
        wait_for(lambda: "command_done" in kinds_at(hub), "the command's result")
        assert [name for name, _ in rig.devices["barrier"].acts] == ["open"]
        wait_for(lambda: rig.spool.acked >= rig.spool.head, "the receipt")
    finally:
        rig.agent.stop()
    assert len(kinds_at(hub)) == rig.spool.head
