"""The wire under the uplink: one thread, one MQTT connection at a time, made anew whenever it is lost.

A new client for each connection, as an old one would send again what it had queued; the log already knows better. The thread
drives the client's socket itself, so that an append reaches the wire without a hop through another thread.
"""

import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from enum import Enum
from threading import Event, Lock, Thread
from typing import Any, Literal

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from contract.clock import US_PER_S, Clock
from contract.envelope import encode
from contract.orders import Status
from contract.tls import connection_failure
from contract.topics import agent_topic
from edge.broker_address import BrokerSettings, parse_broker, tls_context
from edge.offset import Now
from edge.uplink import Message, Uplink

__all__ = ["BrokerSettings", "Link", "LinkCounters", "LinkState", "parse_broker"]

BACK_OFF_MIN_S = 1.0
BACK_OFF_MAX_S = 30.0
GOOD_SESSION_US = 10 * US_PER_S
ANSWER_US = 10 * US_PER_S
TURN_S = 1.0
IN_FLIGHT_MAX = 20
QUEUED_MAX = 64
INBOX_MAX = 1_000
OUTBOX_MAX = 256


class LinkState(Enum):
    """Where the connection stands. `failed`: the thread has ended, as the spool failed or the link has a fault."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    CLOSED = "closed"
    FAILED = "failed"


class LinkCounters(msgspec.Struct):
    """Since the start. `unsent`: refused by the full queue of the client; `retained`: orders that a broker had kept."""

    connects: int = 0
    losses: int = 0
    published: int = 0
    unsent: int = 0
    received: int = 0
    retained: int = 0
    inbox_dropped: int = 0
    outbox_dropped: int = 0
    handler_errors: int = 0


class Link:
    """Owns the thread that turns `Uplink.next` into publishes. `append` wakes it through `wake`."""

    def __init__(
        self,
        uplink: Uplink,
        settings: BrokerSettings,
        clock: Clock,
        *,
        random: Callable[[], float],
        on_order: Callable[[bytes], None],
        on_state: Callable[[LinkState, str], None] = lambda _state, _reason: None,
        on_clock: Callable[[int, int], None] = lambda _mono_us, _hub_us: None,
    ) -> None:
        """`on_order` gets each payload of the order topic, still sealed; `on_state` each change with its reason, a name or the
        system's words; `on_clock` the monotonic time, and what receipts tell of the hub's clock then. All are called in the
        link's thread and return at once. Raises ValueError for a bad address, and this or OSError for a bad CA file."""
        self._address = parse_broker(settings.url)
        self._tls: ssl.SSLContext | None = tls_context(settings)
        self._uplink = uplink
        self._settings = settings
        self._clock = clock
        self._random = random
        self._on_order = on_order
        self._on_state = on_state
        self._on_clock = on_clock
        self._order_topic = agent_topic(uplink.site, uplink.agent, "order")
        self._status_topic = agent_topic(uplink.site, uplink.agent, "status")
        self._inbox: deque[MQTTMessage] = deque()
        self._outbox: deque[Message] = deque()
        self._outbox_lock = Lock()
        self._woken = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._stop = Event()
        self._drain_until_us: int | None = None
        self._answer: str | None = None
        self._attempts = 0
        self._thread = Thread(target=self._run, name=f"link-{uplink.agent}", daemon=True)
        self.state = LinkState.WAITING
        self.reason = "not_started"
        self.counters = LinkCounters()

    def start(self) -> None:
        """Begin to connect, and go on for ever."""
        self._thread.start()

    def wake(self) -> None:
        """Something was appended: look at the log now. From any thread; cheap."""
        if not self._woken:
            self._woken = True
            try:
                self._wake_in.send(b"w")
            except OSError:
                return  # full: it will wake; closed: nobody to wake

    def send(self, leaf: Literal["nonce"], body: bytes) -> None:
        """Seal and publish a small message; the oldest goes when many wait. From any thread. Lost when not connected."""
        message = self._uplink.sealed(leaf, body)
        with self._outbox_lock:
            if len(self._outbox) >= OUTBOX_MAX:
                self._outbox.popleft()
                self.counters.outbox_dropped += 1
            self._outbox.append(message)
        self.wake()

    def close(self, timeout_s: float) -> bool:
        """Send what the hub still lacks for at most `timeout_s`, say goodbye, end the thread. Whether the thread has ended."""
        self._drain_until_us = self._clock.mono_us() + int(timeout_s * US_PER_S)
        self._stop.set()
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s + 10.0)
        ended = not self._thread.is_alive()
        if ended:
            self._wake_in.close()
            self._wake_out.close()
        return ended

    # The thread

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                started_us = self._clock.mono_us()
                reason = self._session()
                self._uplink.on_disconnected()
                if self._stop.is_set():
                    break
                if self._clock.mono_us() - started_us >= GOOD_SESSION_US:
                    self._attempts = 0
                self._enter(LinkState.WAITING, reason)
                self._stop.wait(self._back_off_s())
        except Exception as err:
            self._enter(LinkState.FAILED, str(err) or type(err).__name__)
        else:
            self._enter(LinkState.CLOSED, "closed")

    def _back_off_s(self) -> float:
        limit_s: float = min(BACK_OFF_MIN_S * (1 << min(self._attempts, 10)), BACK_OFF_MAX_S)
        self._attempts += 1
        return limit_s * (0.5 + self._random() / 2)

    def _enter(self, state: LinkState, reason: str) -> None:
        self.state, self.reason = state, reason
        self._on_state(state, reason)

    def _now(self) -> Now:
        return Now(self._clock.now_us(), self._clock.mono_us())

    def _session(self) -> str:
        """One connection from its beginning to its end. Returns why it ended."""
        self._enter(LinkState.CONNECTING, "")
        self._answer = None
        self._inbox.clear()
        client = self._client()
        try:
            client.connect(self._address.host, self._address.port, self._settings.keepalive_s)
            reason = self._await_answer(client) or self._converse(client)
        except (OSError, ValueError) as err:  # ValueError: a host name that no resolver takes
            reason = connection_failure(err)
        finally:
            sock: Any = client.socket()
            if sock is not None:
                sock.close()  # without a goodbye the broker publishes the last will
        return reason

    def _client(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"{self._uplink.site}-{self._uplink.agent}", clean_session=True)
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        client.max_queued_messages_set(QUEUED_MAX)
        client.will_set(self._status_topic, encode(Status(online=False)), qos=1, retain=True)
        if self._settings.user is not None:
            client.username_pw_set(self._settings.user, self._settings.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.on_socket_open = _no_delay
        client.on_connect = self._connected
        client.on_message = self._message
        return client

    def _connected(self, _client: Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        self._answer = f"refused: {code}" if code.is_failure else "welcome"

    def _message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if len(self._inbox) >= INBOX_MAX:
            self.counters.inbox_dropped += 1
            return
        self._inbox.append(message)

    def _await_answer(self, client: Client) -> str | None:
        """Until the broker lets us in. Returns why it did not."""
        until_us = self._clock.mono_us() + ANSWER_US
        while self._answer is None:
            if self._stop.is_set():
                return "closing"
            if self._clock.mono_us() >= until_us:
                return "timeout"
            lost = self._turn(client, TURN_S)
            if lost is not None and self._answer is None:
                return lost
        return None if self._answer == "welcome" else self._answer

    def _converse(self, client: Client) -> str:
        self.counters.connects += 1
        client.subscribe([(self._uplink.receipt_topic, 1), (self._order_topic, 1)])
        self._publish(client, self._status_topic, encode(Status(online=True)), retain=True)
        with self._outbox_lock:
            self._outbox.clear()  # what waited for another connection is too old to mean anything
        self._uplink.on_connected(self._now())
        self._enter(LinkState.CONNECTED, "")
        while True:
            now = self._now()
            self._handle_inbox(now)
            if self._is_drained(now):
                break
            for message in self._uplink.next(now):
                self._publish(client, *message)
            self._send_outbox(client)
            lost = self._turn(client, self._timeout_s(now))
            if lost is not None:
                self.counters.losses += 1
                return lost
        self._publish(client, self._status_topic, encode(Status(online=False)), retain=True)
        until_us = self._clock.mono_us() + US_PER_S
        while client.want_write() and self._clock.mono_us() < until_us and self._turn(client, 0.1) is None:
            pass
        client.disconnect()
        return "closed"

    def _is_drained(self, now: Now) -> bool:
        if not self._stop.is_set():
            return False
        assert self._drain_until_us is not None
        return self._uplink.idle or now.mono_us >= self._drain_until_us

    def _timeout_s(self, now: Now) -> float:
        limits_us = [now.mono_us + int(TURN_S * US_PER_S), self._uplink.wake_at, self._drain_until_us]
        until_us = min(limit_us for limit_us in limits_us if limit_us is not None)
        return max(0.0, (until_us - now.mono_us) / US_PER_S)

    def _turn(self, client: Client, timeout_s: float) -> str | None:
        """Wait for the socket or a wake-up, then let the client read and write. Returns why the connection was lost."""
        sock: Any = client.socket()
        if sock is None:
            return "closed_by_broker"
        pending = self._tls is not None and sock.pending() > 0
        writers = [sock] if client.want_write() else []
        readable, writable, _ = select.select([sock, self._wake_out], writers, [], 0 if pending else timeout_s)
        if self._wake_out in readable:
            self._wake_out.recv(4096)
            self._woken = False
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        if sock in readable or pending:
            code = client.loop_read()
        if code == MQTTErrorCode.MQTT_ERR_SUCCESS and writable:
            code = client.loop_write()
        if code == MQTTErrorCode.MQTT_ERR_SUCCESS:
            code = client.loop_misc()
        return None if code == MQTTErrorCode.MQTT_ERR_SUCCESS else code.name.removeprefix("MQTT_ERR_").lower()

    def _handle_inbox(self, now: Now) -> None:
        while self._inbox:
            message = self._inbox.popleft()
            self.counters.received += 1
            if message.retain:
                self.counters.retained += 1
            elif message.topic == self._uplink.receipt_topic:
                self._uplink.on_receipt(bytes(message.payload), now)
                self._tell_clock(now)
            elif message.topic == self._order_topic:
                self._give_order(bytes(message.payload))

    def _tell_clock(self, now: Now) -> None:
        offset_us = self._uplink.offset.at(now)
        if offset_us is not None:
            self._on_clock(now.mono_us, now.wall_us - offset_us)

    def _give_order(self, payload: bytes) -> None:
        try:
            self._on_order(payload)
        except Exception:  # an order that nobody can handle must not end the conversation
            self.counters.handler_errors += 1

    def _send_outbox(self, client: Client) -> None:
        while self._outbox:
            with self._outbox_lock:
                message = self._outbox.popleft()
            self._publish(client, *message)

    def _publish(self, client: Client, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if client.publish(topic, payload, qos=1, retain=retain).rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.counters.published += 1
        else:
            self.counters.unsent += 1


def _no_delay(_client: Client, _data: Any, sock: Any) -> None:
    if sock.family in {socket.AF_INET, socket.AF_INET6}:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
