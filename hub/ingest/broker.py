"""The hub's connection to its MQTT broker: a thin shell. What comes in is queued at once, what goes out is sealed here.

Batches come and receipts go at QoS 0: an agent sends again what is not receipted, so a broker's acknowledgement adds nothing but
work, and each receipt is cumulative and the next repeats it. Orders go at QoS 1 and never wait for a connection: late is
worse than never. Nothing here is durable, and nothing needs to be.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as paho

from contract.envelope import MAX_PAYLOAD_BYTES, Receipt, encode, seal
from contract.orders import AnyOrder
from contract.tls import Identity, broker_trust
from contract.topics import Leaf, agent_topic, all_agents
from hub.ingest.client import Client
from hub.ingest.packets import Publication

KEEPALIVE_S = 15
BACK_OFF_S = (1, 30)
PENDING_MAX = 2_000
IN_FLIGHT_MAX = 200
_LEAVES: dict[Leaf, int] = {"batch": 0, "nonce": 1, "status": 1}
"""What is listened to, and at which QoS."""
_log = logging.getLogger(__name__)


Submit = Callable[[Sequence[tuple[str, bytes]]], object]
"""Takes topics with their payloads, in the order in which they came. Called in the client's thread; must not wait."""


class BrokerAddress(NamedTuple):
    """Where the broker is, and who we are to it. `ca_file`: the certificates that a `tls` broker's must descend from; None: the
    system's. `identity`: what we show to one that asks for a certificate."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    identity: Identity | None = None


class NotConnected(RuntimeError):
    """There is no broker at the moment: nothing was published."""


class Broker:
    """Hands the messages of the site's agents to `submit`, as many at a time as have come. Any thread may publish."""

    def __init__(
        self,
        address: BrokerAddress,
        site: str,
        key_of: Callable[[str], bytes | None],
        submit: Submit,
        *,
        client_id: str,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_connected` is called in the client's thread each time that messages will come and go from then on."""
        self.counters: Counter[str] = Counter()
        self._address = address
        self._site = site
        self._key_of = key_of
        self._submit = submit
        self._on_connected = on_connected
        self.why_away = ""
        """Why there is no connection, for people; empty where nobody knows, or there is one."""
        self._connected = threading.Event()
        self._started = False
        self._waiting: dict[int, Callable[[], None]] = {}
        self._early: set[int] = set()
        self._publishing = 0
        self._lock = threading.Lock()
        self._client = self._new_client(client_id)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us, our subscriptions were sent, and somebody listens."""
        return self._connected.is_set() and self._client.alive

    @property
    def died(self) -> bool:
        """Whether the client's thread has ended by itself: an error that nobody foresaw. Only a new Broker connects again."""
        return self._started and not self._client.alive

    def start(self) -> None:
        """Begin to connect, and go on trying for ever. Returns at once."""
        self._client.connect_async(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()
        self._started = True

    def stop(self) -> None:
        """Say goodbye and end the thread."""
        self._started = False
        self._client.disconnect()
        self._client.loop_stop()
        self._connected.clear()

    def receipt(self, agent: str, receipt: Receipt) -> None:
        """Publish the hub's answer to a batch."""
        self._seal_and_send(agent, "receipt", encode(receipt), qos=0)

    def order(self, agent: str, order: AnyOrder) -> None:
        """Publish an order."""
        self._seal_and_send(agent, "order", encode(order), qos=1)

    def publish(self, topic: str, payload: bytes, *, retain: bool, done: Callable[[], None] = lambda: None) -> None:
        """Publish at QoS 1. `done` is called in the client's thread once the broker has taken it, and never if the connection
        is lost before. Raises NotConnected."""
        if not self.connected:
            raise NotConnected("the broker is away")
        with self._lock:
            self._publishing += 1
        # The lock is not held meanwhile: the client calls `_on_publish` under a lock of its own, which `publish` takes too.
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        with self._lock:
            self._publishing -= 1
            taken = sent.mid in self._early
            if not self._publishing:
                self._early.clear()
            if sent.rc == paho.MQTT_ERR_SUCCESS and not taken:
                self._waiting[sent.mid] = done
        if sent.rc != paho.MQTT_ERR_SUCCESS:
            raise NotConnected(paho.error_string(sent.rc))
        self.counters["published"] += 1
        if taken:
            done()

    def _seal_and_send(self, agent: str, leaf: Leaf, body: bytes, *, qos: int) -> None:
        key = self._key_of(agent)
        topic = agent_topic(self._site, agent, leaf)
        if key is None or not self.connected:
            self.counters[f"{leaf}_unsent"] += 1
            return
        sent = self._client.publish(topic, seal(key, topic, body), qos=qos)
        self.counters[f"{leaf}_sent" if sent.rc == paho.MQTT_ERR_SUCCESS else f"{leaf}_unsent"] += 1

    def _new_client(self, client_id: str) -> Client:
        client = Client(client_id, self._on_publications)
        client.reconnect_delay_set(*BACK_OFF_S)
        client.max_queued_messages_set(PENDING_MAX)
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        if self._address.user is not None:
            client.username_pw_set(self._address.user, self._address.password)
        if self._address.tls:
            client.tls_set_context(broker_trust(self._address.ca_file, self._address.identity))
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(self, client: paho.Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            self.counters["connections_refused"] += 1
            self._away(f"refused: {reason}")
            return
        self.why_away = ""
        client.subscribe([(all_agents(self._site, leaf), qos) for leaf, qos in _LEAVES.items()])
        self.counters["connections"] += 1
        self._connected.set()
        self._on_connected()

    def _on_connect_fail(self, _client: object, _data: object) -> None:
        self.counters["connections_failed"] += 1
        self._away(self._client.why_away)

    def _away(self, why: str) -> None:
        """Say why there is no connection: in the log when it is another reason than before."""
        if why != self.why_away:
            _log.warning("broker_unreachable", extra={"reason": why})
        self.why_away = why

    def _on_disconnect(self, _client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        self._connected.clear()
        with self._lock:
            self._waiting.clear()
        _log.info("broker_lost", extra={"reason": str(reason)})

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        """Retained messages are old news, or planted: nothing an agent says is retained, but its status, which is a hint."""
        if message.retain:
            self.counters["retained_ignored"] += 1
            return
        topic = bytes(message._topic)  # as it came: `message.topic` raises where that is no text
        self._on_publications([Publication(topic, bytes(message.payload))])

    def _on_publications(self, publications: Sequence[Publication]) -> None:
        """A payload over the limit is cut, but so that it can be seen that it was too long."""
        said = []
        for topic, payload in publications:
            try:
                said.append((topic.decode(), payload[: MAX_PAYLOAD_BYTES + 1]))
            except UnicodeDecodeError:
                self.counters["topic_undecodable"] += 1
        self.counters["received"] += len(said)
        self._submit(said)

    def _on_publish(self, _client: object, _data: object, mid: int, _reason: object, _properties: object) -> None:
        with self._lock:
            done = self._waiting.pop(mid, None)
            if done is None and self._publishing:
                self._early.add(mid)
        if done is not None:
            done()
