"""A small agent of another make: it speaks the wire protocol, keeps a log in memory, and fails in the ways that agents fail."""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import US_PER_S, Clock
from contract.envelope import BadSeal, RawBatch, decode_receipt, encode, seal, unseal
from contract.orders import Status
from contract.readings import AgentStarted, Dropped, Heartbeat, Measurement, Reading
from contract.topics import agent_topic
from watchkeeper.demo.known import TwinsKey

BEAT_US = US_PER_S
RESEND_US = 3 * US_PER_S
BATCH_RECORDS_MAX = 100
LOG_RECORDS_MAX = 1_000_000
_TURN_S = 0.1
_TAKE_S = 5.0
BACK_OFF_S = 2
"""An agent that was thrown out comes back so much later: the hub counts one coming in a second, and NATS lets nobody in who is
back within one."""


class AgentTwin:
    """Agent `agent` of `site` with one meter, `device`. Sends once a second unless it is `silent`. Any thread may call it.

    `start` and `close`, or a context manager. `names(size)` makes random names of so many bytes, in hex."""

    def __init__(
        self, site: str, agent: str, known: TwinsKey, device: str, *, port: int, clock: Clock, names: Callable[[int], str]
    ) -> None:
        self.agent, self.device, self.stream = agent, device, names(16)
        self.silent = False
        self.acked = 0
        self.last_sent_us = 0
        self.accepted: list[int] = []
        """The numbers of the rows that its log holds, in order: its own count."""
        self._key, self._clock, self._boot = known.key, clock, names(8)
        self._topic = agent_topic(site, agent, "batch")
        self._status = agent_topic(site, agent, "status")
        self._client_id = f"{site}-{agent}"
        self.connects = 0
        """How often the broker has let it in."""
        self.came_us = 0
        """When it did so last."""
        self._receipts = agent_topic(site, agent, "receipt")
        self._lock = Lock()
        self._log: list[tuple[int, int, bytes]] = []
        self._next = 1
        self._floor = 1
        self._sent = 0
        self._sent_mono_us = 0
        self._beat_us = 0
        self._at_us = 0
        self._last_payload = b""
        self._stop = Event()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=self._client_id, clean_session=True)
        self._client.username_pw_set(known.user, known.password)
        self._client.reconnect_delay_set(BACK_OFF_S, BACK_OFF_S)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._port = port
        self._thread = Thread(target=self._run, name=f"agent-twin-{agent}", daemon=True)

    def start(self) -> None:
        """Connect and begin. Raises OSError when no broker is there."""
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self.note(self.agent, AgentStarted(version="twin"))
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def settled(self) -> bool:
        """Whether the hub has said that it holds everything."""
        with self._lock:
            return self.acked >= self._next - 1

    def note(self, device: str, reading: Reading) -> int:
        """Append a reading to the log. Returns its number."""
        return self._append(device, msgspec.to_builtins(reading))

    def note_about(self, device: str) -> int:
        """Append a measurement of any device, also of one that is not this agent's. Returns its number."""
        return self.note(device, Measurement("water_pressure", 280.0, "kPa"))

    def note_unknown_kind(self) -> int:
        """Append what no hub of today understands. Returns its number."""
        return self._append(self.device, {"kind": "ultrasound_level", "value": 3})

    def note_dropped(self, rows: int) -> None:
        """The log was full: one row that stands for `rows` measurements, as a full spool writes it."""
        with self._lock:
            last = self._next + rows - 1
            self._put(self.agent, msgspec.to_builtins(Dropped(last_seq=last, measurements=rows)), last)

    def lose(self, rows: int) -> bool:
        """The log's storage was damaged: `rows` numbers that nobody has sent are gone. False while older ones wait."""
        with self._lock:
            if self.acked < self._next - 1:
                return False
            self._next += rows
            self._floor = self._next
            self._sent = self._next - 1
            self.acked = self._sent
            self._put(self.device, self._measured(), self._next)
            return True

    def repeat(self) -> None:
        """Send the last batch once more, byte by byte, as somebody would who has recorded it."""
        self._publish(self._last_payload)

    def overtake(self) -> None:
        """Send the newest row before the one in front of it, as a bad network would; both come again in order."""
        with self._lock:
            first, second = (self._put(self.device, self._measured(), self._next) for _ in range(2))
            assert first < second
            self._publish(self._batch(self._log[-1:]))

    def forge(self, how: str) -> None:
        """Somebody else sends in this agent's name: `wrong_mac` with a key of his own, `no_seal` without any."""
        body = encode({"stream": self.stream})
        payload = seal(bytes(len(self._key)), self._topic, body) if how == "wrong_mac" else body
        self._publish(payload)

    def take_connection(self) -> None:
        """Somebody connects under this agent's client id, whom the broker throws it out for, and goes away again."""
        stranger = Client(CallbackAPIVersion.VERSION2, client_id=self._client_id, clean_session=True)
        taken = Event()
        stranger.on_connect = lambda *_: taken.set()
        stranger.connect("127.0.0.1", self._port)
        stranger.loop_start()
        taken.wait(_TAKE_S)
        stranger.disconnect()
        stranger.loop_stop()

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            return
        self.came_us = self._clock.now_us()
        client.subscribe(self._receipts, 1)
        client.publish(self._status, encode(Status(online=True)), qos=1, retain=True)
        self.connects += 1

    def _run(self) -> None:
        while not self._stop.wait(_TURN_S):
            if not self.silent:
                self._turn(self._clock.mono_us())

    def _turn(self, mono_us: int) -> None:
        with self._lock:
            if mono_us - self._beat_us >= BEAT_US:
                self._beat_us = mono_us
                self._put(self.device, self._measured(), self._next)
                now_us = self._clock.now_us()
                beat = Heartbeat(sources={self.agent: now_us, self.device: now_us})
                self._put(self.agent, msgspec.to_builtins(beat), self._next)
            if self.acked < self._sent and mono_us - self._sent_mono_us >= RESEND_US:
                self._sent = self.acked
            rows = [row for row in self._log if row[0] > self._sent][:BATCH_RECORDS_MAX]
            if not rows:
                return
            self._sent, self._sent_mono_us = rows[-1][1], mono_us
            payload = self._last_payload = self._batch(rows)
            self.last_sent_us = self._clock.now_us()
        self._publish(payload)

    def _publish(self, payload: bytes) -> None:
        self._client.publish(self._topic, payload, qos=1)

    def _measured(self) -> dict[str, Any]:
        level: dict[str, Any] = msgspec.to_builtins(Measurement("water_pressure", 280.0, "kPa"))
        return level

    def _append(self, device: str, reading: dict[str, Any]) -> int:
        with self._lock:
            return self._put(device, reading, self._next)

    def _put(self, device: str, reading: dict[str, Any], last: int) -> int:
        """Called with the lock held."""
        if len(self.accepted) >= LOG_RECORDS_MAX:
            raise RuntimeError(f"{self.agent} holds {LOG_RECORDS_MAX} rows: the demo has run for too long, start it again")
        seq = self._next
        self._at_us = max(self._clock.now_us(), self._at_us + 1)
        body = encode({"seq": seq, "device": device, "at_us": self._at_us, "reading": reading})
        self._log.append((seq, last, body))
        self.accepted.append(seq)
        self._next = last + 1
        return seq

    def _batch(self, rows: list[tuple[int, int, bytes]]) -> bytes:
        raw = [msgspec.Raw(body) for _, _, body in rows]
        head = self._next - 1
        sent_us = self._clock.now_us()
        return seal(
            self._key, self._topic, encode(RawBatch(self.stream, 1, self._boot, 0, self._floor, head, sent_us, 1, 0, raw))
        )

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        try:
            receipt = decode_receipt(unseal(self._key, message.topic, bytes(message.payload)))
        except (BadSeal, msgspec.MsgspecError):
            return
        if receipt.stream != self.stream or receipt.boot != self._boot:
            return
        with self._lock:
            self.acked = max(self.acked, min(receipt.up_to, self._next - 1))
            if receipt.verdict == "want":
                self._sent = min(self._sent, self.acked)
            self._log = [row for row in self._log if row[1] > self.acked]
