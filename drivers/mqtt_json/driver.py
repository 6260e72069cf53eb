"""Listens at a broker of other systems, over a connection of its own."""

import contextlib
import socket
import ssl
from collections.abc import Mapping
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from contract.readings import DeviceLink
from drivers.mqtt_json.decode import MESSAGE_BYTES_MAX, MqttJsonDecoder, MqttJsonOptions, News, told
from drivers.mqtt_json.mapping import KINDS, TOPIC_CHARS_MAX
from drivers.port import MAX_EXAMPLE_BYTES, CommandFailed, DeviceLost, DriverKind, Finding, Sink

CONNECT_TIMEOUT_S = 5.0
TURN_S = 0.2
ANSWER_TURNS_MAX = 50
"""Turns without a word from the broker before it is connected and has taken the subscription: 10 s."""

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_EXAMPLE = "write for example mqtt://192.168.1.60:1883/frigate/events"


class BrokerAddress(NamedTuple):
    """Where a broker is, and the topic filter to listen to; empty: those of the mapping."""

    host: str
    port: int
    tls: bool
    topic: str


def parse_broker(address: str) -> BrokerAddress:
    """`mqtt://host:port/topic/filter`, or mqtts. Raises ValueError with a message for an installer."""
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as error:
        raise ValueError(f"{address!r}: {error}: {_EXAMPLE}") from None
    if url.scheme not in _PORTS or not url.hostname or url.query:
        raise ValueError(f"{address!r} is not a broker's address: {_EXAMPLE}")
    if url.username is not None:
        raise ValueError("a broker's user and password stand in the options user and password, not in its address")
    # A # needs no escape here, as nobody would write one: what looks like a fragment is the end of the filter.
    topic = unquote(url.path[1:]) + ("#" if address.endswith("#") else "")
    if len(topic) > TOPIC_CHARS_MAX or "\0" in topic or url.fragment:
        raise ValueError(f"{address!r}: # stands last in a topic filter: {_EXAMPLE}")
    return BrokerAddress(url.hostname, port or _PORTS[url.scheme], url.scheme == "mqtts", topic)


class MqttJsonDriver:
    """One broker. See `drivers.port.Driver`."""

    def __init__(self, address: str, options: MqttJsonOptions) -> None:
        """Raises ValueError with a message for an installer on a bad address."""
        self._where = parse_broker(address)
        self._options = options
        wanted = dict.fromkeys(row.topic for row in options.rows if row.reading)
        self._topics = [self._where.topic] if self._where.topic else list(wanted)
        if not self._topics:
            raise ValueError("no row of the mapping makes a reading: give at least one row its reading")

    def run(self, sink: Sink, stop: Event) -> None:
        """Listen until `stop`. Raises DeviceLost."""
        session = _Session(self._options, self._topics, sink)
        try:
            session.connect(self._where)
            waited = 0
            while not stop.is_set():
                session.turn()
                waited = 0 if session.listening else waited + 1
                if waited > ANSWER_TURNS_MAX:
                    raise DeviceLost("timeout")
                if session.listening:
                    sink.alive()
        finally:
            session.close()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Nothing is done at other systems. Raises CommandFailed."""
        raise CommandFailed(f"mqtt_json knows no action {action}")


class _Session:
    """One connection. Everything happens in `turn`, in the driver's thread."""

    def __init__(self, options: MqttJsonOptions, topics: list[str], sink: Sink) -> None:
        self.listening = False
        self._options = options
        self._topics = topics
        self._sink = sink
        self._news = News()
        self._fault: BaseException | None = None
        self._client = Client(CallbackAPIVersion.VERSION2, clean_session=True)
        self._client.connect_timeout = CONNECT_TIMEOUT_S
        if options.user:
            self._client.username_pw_set(options.user, options.password or None)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def connect(self, where: BrokerAddress) -> None:
        """Raises DeviceLost."""
        if where.tls:
            self._client.tls_set_context(ssl.create_default_context())
        try:
            self._client.connect(where.host, where.port, keepalive=self._options.keepalive_s)
        except ssl.SSLError as error:
            raise DeviceLost("tls") from error
        except socket.gaierror as error:
            raise DeviceLost("no_such_host") from error
        except TimeoutError as error:
            raise DeviceLost("timeout") from error
        except OSError as error:
            raise DeviceLost("refused") from error

    def turn(self) -> None:
        """Read and write for a while. Raises DeviceLost, and what a callback raised."""
        code = self._client.loop(TURN_S)
        if self._fault is not None:
            raise self._fault
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceLost("timeout" if code == MQTTErrorCode.MQTT_ERR_KEEPALIVE else "ended")

    def close(self) -> None:
        """Say goodbye, if anybody listens, and let go of the socket."""
        self._client.on_message = None
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
            self._client.loop(0)
        left = self._client.socket()
        if left is not None:
            left.close()

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            self._fault = DeviceLost("not_authorised" if "auth" in str(reason).lower() else "refused")
            return
        client.subscribe([(topic, 1) for topic in self._topics])

    def _on_subscribe(self, _client: Client, _data: object, _mid: int, reasons: list[Any], _properties: object) -> None:
        if any(reason.is_failure for reason in reasons):
            self._fault = DeviceLost("not_authorised")
            return
        self._sink.up()
        self.listening = True

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        """paho would swallow or scatter what is raised here: it is kept for `turn`."""
        if self._fault is not None or not self.listening:
            return
        try:
            self._told(message.topic, bytes(message.payload[: MESSAGE_BYTES_MAX + 1]))
        except Exception as error:
            self._fault = error

    def _told(self, topic: str, payload: bytes) -> None:
        for one in told(self._options, topic, payload):
            if isinstance(one, Finding):
                self._sink.finding(one._replace(data=one.data[:MAX_EXAMPLE_BYTES]))
            elif isinstance(one.reading, DeviceLink) and one.device is None:
                continue  # whether this device itself is reached is for the agent to say
            elif self._news.is_new(topic, one.reading):
                self._sink.reading(one.reading, one.device_at_us, one.device)


KIND = DriverKind(
    name="mqtt_json",
    unit="a line of a topic, a blank and a JSON message; or what `mosquitto_sub -F %j` prints; or a JSON object alone, on the "
    "option `topic` or the mapping's own",
    readings=KINDS,
    options=MqttJsonOptions,
    schemes=("mqtt", "mqtts"),
    make=MqttJsonDriver,
    decoder=MqttJsonDecoder,
    lines=True,
)
