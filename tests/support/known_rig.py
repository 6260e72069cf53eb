"""A hub that has agents enrol, with a real broker whose files it keeps: mutual TLS or passwords, Mosquitto or NATS."""

import json
import os
import secrets
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import yaml
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import SystemClock
from contract.envelope import MAX_BATCH_RECORDS, Batch, Record, encode, seal
from contract.readings import DoorContact
from contract.tls import broker_trust
from contract.topics import agent_topic
from edge.config import Config
from edge.config import load_config as load_agent
from hub.accounts.local import LOCAL_TOKEN_FILE
from hub.config import load_config
from hub.main import Hub
from tests.support.lives import wait_for
from watchkeeper.broker import EmbeddedBroker, Program
from watchkeeper.certificates import make_certificate, make_client_certificate
from watchkeeper.edge_enrol import enrol
from watchkeeper.hub_client import HubClient

SITE = "garden"
DEPLOYED = Path(__file__).resolve().parents[2] / "deploy" / "mosquitto.example.conf"
ESTATE = f"""
site: {SITE}
name_zh: 花园
name_en: Garden
timezone: Asia/Shanghai
places:
  - {{id: gate, name_zh: 大门, name_en: Gate}}
agents:
  - {{id: gate-a, place: gate, name_zh: 甲门, name_en: Gate A}}
  - {{id: gate-b, place: gate, name_zh: 乙门, name_en: Gate B}}
devices:
  - {{id: door-a, kind: door, place: gate, agent: gate-a, name_zh: 门甲, name_en: Door A}}
  - {{id: door-b, kind: door, place: gate, agent: gate-b, name_zh: 门乙, name_en: Door B}}
"""
"""Two agents, and neither has a key."""


class MutualBroker(EmbeddedBroker):
    """Agents come over TLS alone, and show a certificate of the authority's, from which they have their names. For Mosquitto it
    is the configuration that is shipped, in which the hub has a listener of its own."""

    def __init__(self, folder: Path, program: Program, access: Path, tls: Path, port: int, hub_port: int) -> None:
        self._tls, self._hub_port = tls, hub_port
        super().__init__(folder, port, program, access=access)

    @property
    def url(self) -> str:
        """Its address for agents and the hub."""
        return f"mqtts://127.0.0.1:{self.port}"

    def _settings(self, kept: Path) -> str:
        plain, tls = super()._settings(kept), self._tls
        if self.program == "nats":
            asked = (
                f'tls {{ cert_file: "{tls}/hub.pem", key_file: "{tls}/hub.key", ca_file: "{tls}/ca.pem", verify_and_map: true }}'
            )
            return plain.replace("no_auth_user: devices, ack_wait:", f"{asked}, ack_wait:")
        shipped = DEPLOYED.read_text(encoding="utf-8")
        for theirs, ours in (
            ("/etc/mosquitto/certs", str(tls)),
            ("/var/lib/watchkeeper/broker", str(self._access)),
            ("listener 1883 127.0.0.1", f"listener {self._hub_port} 127.0.0.1"),
            ("listener 8883", f"listener {self.port} 127.0.0.1"),
        ):
            assert theirs in shipped
            shipped = shipped.replace(theirs, ours)
        return shipped + ("user root\n" if os.geteuid() == 0 else "")


class Known:
    """A context manager: a broker, a whole hub in this process, and agents that become known to it."""

    def __init__(self, folder: Path, program: Program, *, mutual: bool = False, open_broker: bool = False) -> None:
        """`open_broker`: it lets anybody in, and say anything."""
        self.folder, self.program, self.mutual, self.open_broker = folder, program, mutual, open_broker
        self.access = folder / "who-may-connect"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        folder, enter = self.folder, self._stack.enter_context
        folder.mkdir(parents=True, exist_ok=True)
        tls, port, clock = folder / "tls", free_port(), SystemClock()
        hub_port = free_port() if self.mutual and self.program == "mosquitto" else port
        make_certificate(tls, ["127.0.0.1"], clock.now_us())
        self.hub_identity = make_client_certificate(tls, "hub", clock.now_us())
        (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
        self.password = secrets.token_hex(16)
        (folder / "hub.password").write_text(self.password)
        (folder / "hub.password").chmod(0o600)
        self.hub = enter(Hub(load_config(self._hub_settings(port, hub_port)), clock))  # it writes what the broker wants to read
        if self.mutual:
            self.broker: EmbeddedBroker = enter(MutualBroker(folder / "broker", self.program, self.access, tls, port, hub_port))
        else:
            access = None if self.open_broker else self.access
            self.broker = enter(EmbeddedBroker(folder / "broker", port, self.program, access=access))
        wait_for(lambda: self.hub.broker.connected, "the hub to connect to the broker", 60)
        self.admin = enter(HubClient(self.hub.url, folder / "data" / LOCAL_TOKEN_FILE))
        self.anybody = enter(HubClient(self.hub.url, local=False))

    def _hub_settings(self, port: int, hub_port: int) -> Path:
        tls = self.folder / "tls"
        shown = {"ca_file": f"{tls}/ca.pem", "certificate_file": str(self.hub_identity.certificate),
                 "certificate_key_file": str(self.hub_identity.key)}  # fmt: skip
        secured = self.mutual and port == hub_port
        url = f"mqtt{'s' if secured else ''}://127.0.0.1:{hub_port}"
        told = f"mqtt{'s' if self.mutual else ''}://127.0.0.1:{port}"
        kept = {"program": self.program, "folder": str(self.access), "pid_file": str(self.folder / "broker" / "broker.pid")}
        settings = {
            "estate": "estate.yaml",
            "http": {"port": 0},
            "broker": {"url": url, "user": "hub", "password_file": "hub.password", **(shown if secured else {})},
            "enrolment": {"authority": "tls", "broker_url": told, "broker_files": {**kept, "devices": not self.mutual}},
        }
        file = self.folder / "hub.yaml"
        file.write_text(json.dumps(settings), encoding="utf-8")
        return file

    def invite(self, agent: str) -> str:
        """A one-time token."""
        token: str = self.admin.post(f"/agents/{agent}/enrolment", {})["token"]
        return token

    def settings(self, agent: str, folder: str = "") -> Path:
        """An agent's settings file, in a folder of its own, as it is before it enrols."""
        here = self.folder / (folder or agent)
        here.mkdir()
        (here / "card.key").write_text("ab" * 32)
        (here / "card.key").chmod(0o600)
        file = here / "agent.yaml"
        content = {
            "site": SITE,
            "agent": agent,
            "key_file": "agent.key",
            "card_key_file": "card.key",
            "broker": {"url": self.broker.url},
            "spool": {"path": "spool.db"},
        }
        file.write_text(json.dumps(content), encoding="utf-8")
        return file

    def enrolled(self, agent: str, folder: str = "") -> "Speaker":
        """Invite the agent, have it enrol by the program, and connect in its name."""
        file = self.settings(agent, folder)
        done = enrol(file, self.anybody, self.invite(agent))
        content = json.loads(file.read_text())
        content["broker"] |= yaml.safe_load("\n".join(done.lines))["broker"]
        file.write_text(json.dumps(content), encoding="utf-8")
        return Speaker(self, load_agent(file))

    def get(self, path: str, **query: Any) -> Any:
        """What the API answers the administrator."""
        return self.admin.get(path, **query).json()

    def incidents(self, detector: str) -> list[dict[str, Any]]:
        """Those that the detector found."""
        return [one for one in self.get("/incidents")["incidents"] if one["detector"] == detector]

    def reasons(self) -> set[tuple[str, str]]:
        """Which agents' reports were refused, and why."""
        return {(one["device"], one["facts"]["reason"]) for one in self.incidents("foreign_report")}

    def doors(self, agent: str) -> list[bool]:
        """What the agent's door has said, in order."""
        door = agent.replace("gate", "door")
        found = self.get("/events", device=door, kind="door_contact", limit=500)["events"]
        return [one["reading"]["open"] for one in reversed(found)]


class Speaker:
    """Whoever has an agent's settings, key and certificate: it speaks by them, and may be told to do wrong. A context manager."""

    def __init__(self, site: Known, config: Config, client_id: str = "") -> None:
        self.site, self.config, self.key = site, config, config.key
        self.agent = config.agent
        self.stream = secrets.token_hex(16)
        self.seq = 0
        self.states: list[str] = []
        self.got: list[MQTTMessage] = []
        self._last = b""
        self._taker: Client | None = None
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id or f"{SITE}-{self.agent}", clean_session=True)
        self.client.reconnect_delay_set(1, 1)
        broker = config.broker
        if broker.user is not None:  # also with a certificate: NATS asks for both
            self.client.username_pw_set(broker.user, broker.password)
        if site.mutual:
            self.client.tls_set_context(broker_trust(broker.ca_file, broker.identity))
        self.client.on_connect = self._connected
        self.client.on_connect_fail = lambda *_: self.states.append("refused")  # by TLS
        self.client.on_disconnect = lambda *_: self.states.append("lost")
        self.client.on_message = lambda _c, _d, message: self.got.append(message)

    def __enter__(self) -> Self:
        self.client.connect_async("127.0.0.1", self.site.broker.port, keepalive=10)
        self.client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stops_taking()
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client: Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        self.states.append("refused" if reason.is_failure else "connected")
        if not reason.is_failure:
            client.subscribe([(agent_topic(SITE, self.agent, leaf), 1) for leaf in ("receipt", "order")])
            self.publish(agent_topic(SITE, self.agent, "status"), b'{"online":true}', retain=True)

    def await_connected(self) -> None:
        """Until the broker has let it in."""
        wait_for(lambda: self.states[-1:] == ["connected"], f"{self.agent} to be connected", 30)

    def await_refused(self) -> None:
        """Until the broker lets it in no more: it tries each second. (A certificate is refused once TLS stands.)"""
        since = len(self.states)
        wait_for(lambda: {"refused", "lost"} & {*self.states[since:]}, f"{self.agent} to be refused", 30)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """At QoS 1, whatever it is."""
        self.client.publish(topic, payload, qos=1, retain=retain)

    def body(self, *readings: DoorContact) -> bytes:
        """The next records of this log."""
        now_us, first = SystemClock().now_us(), self.seq + 1
        self.seq += len(readings)
        records = [Record(first + at, self.agent.replace("gate", "door"), now_us, one) for at, one in enumerate(readings)]
        return encode(Batch(self.stream, 1, "boot-1", 0, 1, self.seq, now_us, 1, 0, records))

    def batch(self, *readings: DoorContact) -> bytes:
        """The same, sealed for its own topic."""
        return seal(self.key, self.topic, self.body(*readings))

    @property
    def receipts(self) -> list[MQTTMessage]:
        """What the hub has answered."""
        return [one for one in self.got if one.topic == agent_topic(SITE, self.agent, "receipt")]

    @property
    def topic(self) -> str:
        """Where its batches go."""
        return agent_topic(SITE, self.agent, "batch")

    def says(self, *, opened: bool) -> bytes:
        """A door is open or closed. Returns what was published."""
        self._last = self.batch(DoorContact(open=opened))
        self.publish(self.topic, self._last)
        return self._last

    def says_again(self) -> None:
        """What it said last, as an agent does that has got no receipt."""
        self.publish(self.topic, self._last)

    def floods(self, records: int) -> None:
        """So many records at once, each batch as large as may be."""
        for _ in range(0, records, MAX_BATCH_RECORDS):
            self.client.publish(self.topic, self.batch(*[DoorContact(open=True)] * MAX_BATCH_RECORDS), qos=0)

    def breaks(self) -> None:
        """The connection ends without a goodbye, and the broker publishes the will."""
        sock: Any = self.client.socket()
        self.client.loop_stop()
        sock.close()

    def takes(self, other: "Speaker") -> None:
        """Connect by one's own credentials under the other's client id, again and again."""
        self._taker = Client(CallbackAPIVersion.VERSION2, client_id=f"{SITE}-{other.agent}", clean_session=True)
        self._taker.username_pw_set(self.config.broker.user, self.config.broker.password)
        self._taker.reconnect_delay_set(1, 1)
        self._taker.connect_async("127.0.0.1", self.site.broker.port)
        self._taker.loop_start()

    def stops_taking(self) -> None:
        """Go away for good."""
        if self._taker is not None:
            self._taker.disconnect()
            self._taker.loop_stop()


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
