"""What no agent should publish, thrown at the real `watchkeeper hub` by way of a real broker, among an agent's own stream."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from contract.clock import SystemClock
from contract.envelope import MAX_PAYLOAD_BYTES, Batch, Record, encode, seal
from contract.readings import Measurement
from contract.topics import agent_topic
from tests.faults.row import Row, Tally, lives
from tests.support.fault_agent import AGENT, DEVICE, KEY, SITE
from tests.support.fault_books import read_hub
from tests.support.fault_stand import Stand
from tests.support.lives import wait_for

STRANGE = "f" * 32
AHEAD = "e" * 32
"""The log of an agent whose clock is off: genuine, so that it is committed, at the hub's time."""
TOPIC = agent_topic(SITE, AGENT, "batch")
Message = tuple[str, bytes, bool]


def _batch(random: Random, **more: object) -> bytes:
    """A batch of a stream that nobody has; whatever of it is committed is a violation."""
    now_us = SystemClock().now_us()
    record = Record(1, DEVICE, now_us, Measurement(quantity="ordinal", value=-float(random.randint(1, 10**6))))
    head: dict[str, object] = {
        "stream": STRANGE,
        "epoch": 1,
        "boot": "x",
        "boot_head": 0,
        "floor": 1,
        "head": 1,
        "sent_us": now_us,
    }
    return encode(Batch(**(head | {"records": [record]} | more)))  # type: ignore[arg-type]


def _sealed(body: bytes) -> Message:
    return TOPIC, seal(KEY, TOPIC, body), False


MAKE: dict[str, Callable[[Random], Message]] = {
    "empty": lambda _: (TOPIC, b"", False),
    "noise": lambda r: (TOPIC, r.randbytes(r.randint(1, 2000)), False),
    "huge": lambda r: (TOPIC, b"WK1" + bytes(MAX_PAYLOAD_BYTES + r.randint(1, 200_000)), False),
    "nested": lambda r: _sealed(b"[" * r.randint(1000, 30_000)),
    "not UTF-8": lambda r: _sealed(b'{"stream":"' + r.randbytes(40).replace(b'"', b"\xff") + b'\xff"}'),
    "from the future": lambda r: _sealed(_batch(r, stream=AHEAD, sent_us=2**52)),
    "numbers beyond all": lambda r: _sealed(_batch(r, head=2**60, floor=2**60)),
    "unknown agent": lambda r: (t := agent_topic(SITE, "stranger", "batch"), seal(KEY, t, _batch(r)), False),
    "wrong MAC": lambda r: (TOPIC, seal(r.randbytes(32), TOPIC, _batch(r)), False),
    "another topic's seal": lambda r: (TOPIC, seal(KEY, agent_topic(SITE, AGENT, "nonce"), _batch(r)), False),
    "another site": lambda r: (t := agent_topic("elsewhere", AGENT, "batch"), seal(KEY, t, _batch(r)), False),
    "retained": lambda r: (TOPIC, seal(r.randbytes(32), TOPIC, _batch(r)), True),
    "cut": lambda r: (TOPIC, seal(KEY, TOPIC, _batch(r))[: r.randint(3, 100)], False),
    "turned bit": lambda r: (TOPIC, _turned(seal(KEY, TOPIC, _batch(r)), r), False),
    "status noise": lambda r: (agent_topic(SITE, AGENT, "status"), r.randbytes(r.randint(0, 3000)), False),
    "nonce noise": lambda r: (agent_topic(SITE, AGENT, "nonce"), r.randbytes(r.randint(0, 3000)), False),
}


def _turned(payload: bytes, random: Random) -> bytes:
    at = random.randrange(len(payload))
    return payload[:at] + bytes((payload[at] ^ (1 << random.randrange(8)),)) + payload[at + 1 :]


def malformed(folder: Path, tries: int, random: Random) -> Tally:
    """The hub lives through all of it, commits none of it, and goes on with the agent's own stream."""
    violations: list[str] = []
    names = list(MAKE)
    done = 0
    for chapter, count in enumerate(lives(tries, 2000)):
        with Stand(folder / f"stand-{chapter}") as stand, (stand.folder / "hub-output").open("wb") as said:
            command = [sys.executable, "-c", "from watchkeeper.cli import main; main()", "hub", str(stand.settings)]
            hub = subprocess.Popen(command, stdout=said, stderr=said)
            publisher = paho.Client(CallbackAPIVersion.VERSION2)
            publisher.connect("127.0.0.1", stand.broker.port)
            publisher.loop_start()
            try:
                stand.start_agent()
                stand.wait_for_commits()
                for number in range(done, done + count):
                    topic, payload, retain = MAKE[names[number % len(names)]](random)
                    publisher.publish(topic, payload, qos=1, retain=retain).wait_for_publish(60)
                done += count
                stand.wait_for_commits(20)
                stand.quiet.touch()
                _wait_for_all(stand)
            except AssertionError as error:
                violations.append(str(error))
            finally:
                publisher.disconnect()
                publisher.loop_stop()
                if hub.poll() is not None:
                    violations.append(f"the hub ended with {hub.returncode}")
                hub.terminate()
                hub.wait(120)
            if hub.returncode != 0:
                violations.append(f"asked to stop, the hub ended with {hub.returncode}")
            violations += stand.check()
            if strange := [row for row in read_hub(stand.database).events if row[0] == STRANGE]:
                violations.append(f"{len(strange)} forged records are committed")
    return Tally(tries, violations)


def _wait_for_all(stand: Stand) -> None:
    head = stand.accepted_count()
    wait_for(lambda: _own(stand) >= head, "the agent's own readings")


def _own(stand: Stand) -> int:
    events = read_hub(stand.database).events
    return sum(1 for stream, *_, body in events if body.get("quantity") == "ordinal" and stream not in {STRANGE, AHEAD})


ROWS = (Row("P1 P6", "malformed, forged and foreign MQTT payloads", 10_000, 160, malformed),)
