"""Incidents on an MQTT broker, QoS 1, on `watchkeeper/{site}/incidents/{number}`.

The state of a live incident is retained, so that whoever subscribes sees at once what is open. When it ends, the last state is
published unretained and then the retained one is cleared with an empty payload: an empty payload means "no longer open".
A PUBACK counts as delivered. A dead letter sent again is never retained, as it may be old news.
"""

import random
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from threading import Condition

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from contract.clock import US_PER_S, Clock
from contract.envelope import MAX_PAYLOAD_BYTES
from contract.topics import incident_topic
from hub.cases.workflow import LIVE
from hub.notify.delivery import Delivered, Failure, Notice
from hub.notify.mqtt.settings import MqttSettings, parse_url
from hub.notify.secrets import read_secret
from hub.views import Titles, change_view

ACK_S = 10.0
WINDOW = 20
"""Notices on their way at a time; a broker's own window is 20 by default."""
KEEPALIVE_S = 15
RETRY_MIN_S, RETRY_MAX_S = 1, 30


class Outgoing(msgspec.Struct, frozen=True):
    """One publication."""

    topic: str
    payload: bytes
    retain: bool


class TooLong(ValueError):
    """An incident whose facts do not fit into a message."""


def publications(site: str, notice: Notice, titles: Titles) -> list[Outgoing]:
    """What is published for a change, in order. Raises TooLong."""
    payload = msgspec.json.encode(change_view(site, notice.row, titles))
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise TooLong(f"the message has {len(payload)} bytes and may have {MAX_PAYLOAD_BYTES}")
    topic = incident_topic(site, notice.case.case_no)
    if notice.again:
        return [Outgoing(topic, payload, retain=False)]
    if notice.case.state in LIVE:
        return [Outgoing(topic, payload, retain=True)]
    return [Outgoing(topic, payload, retain=False), Outgoing(topic, b"", retain=True)]


class MqttChannel:
    """Keeps a connection of its own, so that the agents' traffic and this one do not wait for each other."""

    def __init__(self, settings: MqttSettings, site: str, titles: Titles, clock: Clock) -> None:
        self._site, self._titles, self._clock = site, titles, clock
        self._name = settings.name
        self._changed = Condition()
        self._acked: set[int] = set()
        self._connected = False
        self._why = "not connected yet"
        address = parse_url(settings.url)
        client_id = settings.client_id or f"watchkeeper-{settings.name}-{random.SystemRandom().getrandbits(32):08x}"
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311)
        if address.user or settings.password_file:
            password = read_secret("", settings.password_file, "password") if settings.password_file else None
            self._client.username_pw_set(address.user, password)
        if address.tls:
            self._client.tls_set_context(ssl.create_default_context(cafile=settings.ca_file or None))
        self._client.max_inflight_messages_set(2 * WINDOW)
        self._client.max_queued_messages_set(4 * WINDOW)
        self._client.reconnect_delay_set(RETRY_MIN_S, RETRY_MAX_S)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_socket_open = _no_delay
        self._client.connect_async(address.host, address.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """Publish, WINDOW notices at a time, and wait for every PUBACK: 10 s a window at most."""
        done = 0
        while done < len(notices):
            window = self._deliver_window(notices[done : done + WINDOW])
            done += window.done
            if window.failure is not None:
                return Delivered(done, window.failure)
        return Delivered(done)

    def close(self) -> None:
        """Say goodbye to the broker and end the client's thread."""
        with suppress(ValueError, OSError):
            self._client.disconnect()
        self._client.loop_stop()

    def _deliver_window(self, notices: Sequence[Notice]) -> Delivered:
        if not self._wait_connected():
            return Delivered(0, Failure("transient", f"the broker is not connected: {self._why}"))
        with self._changed:
            self._acked.clear()
        sent: list[set[int]] = []
        failure: Failure | None = None
        for notice in notices:
            try:
                sent.append({self._publish(one) for one in publications(self._site, notice, self._titles)})
            except TooLong as error:
                failure = Failure("permanent", str(error))
                break
            except (OSError, RuntimeError, ValueError) as error:
                failure = Failure("transient", f"the broker's client refused: {error}")
                break
        acked = self._wait_acked(sent)
        if acked < len(sent):
            return Delivered(acked, Failure("transient", f"no PUBACK within {ACK_S:.0f} s"))
        return Delivered(acked, failure)

    def _publish(self, one: Outgoing) -> int:
        info = self._client.publish(one.topic, one.payload, qos=1, retain=one.retain)
        if info.rc not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN):
            raise RuntimeError(mqtt.error_string(info.rc))
        return int(info.mid)

    def _wait_connected(self) -> bool:
        with self._changed:
            return self._connected or self._changed.wait_for(lambda: self._connected, timeout=1.0)

    def _wait_acked(self, sent: list[set[int]]) -> int:
        """How many of the first notices are acknowledged, as soon as all are, the connection is lost, or time is up."""
        until_us = self._clock.mono_us() + int(ACK_S * US_PER_S)
        everything = set().union(*sent) if sent else set()
        with self._changed:
            while not everything <= self._acked and self._connected:
                left_s = (until_us - self._clock.mono_us()) / US_PER_S
                if left_s <= 0:
                    break
                self._changed.wait(left_s)
            missing = (index for index, mids in enumerate(sent) if not mids <= self._acked)
            return next(missing, len(sent))

    def _on_connect(
        self, _client: mqtt.Client, _data: object, _flags: mqtt.ConnectFlags, code: ReasonCode, _properties: object
    ) -> None:
        with self._changed:
            self._connected = not code.is_failure
            self._why = str(code)
            self._changed.notify_all()

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: mqtt.DisconnectFlags, code: ReasonCode, _properties: object
    ) -> None:
        with self._changed:
            self._connected = False
            self._why = str(code)
            self._changed.notify_all()

    def _on_publish(self, _client: mqtt.Client, _data: object, mid: int, _code: ReasonCode, _properties: object) -> None:
        with self._changed:
            self._acked.add(mid)
            self._changed.notify_all()


def _no_delay(_client: mqtt.Client, _data: object, sock: object) -> None:
    """Small messages go out at once, and do not wait for the last one's acknowledgement."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
