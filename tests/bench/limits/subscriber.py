"""The bare limit of a hub: subscribe at QoS 1, decode JSON, dedupe by id, commit with SQLite FULL in batches of up to 2,000, and
acknowledge after the commit. With ALERTS, publish the id of each event in which a barrier's arm is off.

    subscriber.py PORT TOPIC DATABASE [ALERTS]

Prints `ready` once it is subscribed, and after each commit how many events are committed in all.
"""

import json
import queue
import signal
import socket
import sqlite3
import sys
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

BATCH_MAX = 2_000


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(port: int, topic: str, database: str, alerts: str = "") -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, device TEXT, kind TEXT, at_us INTEGER, body TEXT)")
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    client: Any = paho.Client(CallbackAPIVersion.VERSION2, "bare", clean_session=False, manual_ack=True)
    client.on_socket_open = lambda _client, _data, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.on_connect = lambda *_: client.subscribe(topic, qos=1)
    client.on_subscribe = lambda *_: say("ready")
    client.on_message = lambda _client, _data, message: waiting.put(message)
    client.connect("127.0.0.1", port)
    client.loop_start()
    committed = 0
    while True:
        messages = [waiting.get()]
        while len(messages) < BATCH_MAX and not waiting.empty():
            messages.append(waiting.get())
        events = [json.loads(message.payload) for message in messages]
        rows = [(one["id"], one["device"], one["reading"]["kind"], one["at_us"], json.dumps(one["reading"])) for one in events]
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?)", rows)
        db.execute("COMMIT")
        for message in messages:
            client.ack(message.mid, message.qos)
        committed += len(messages)
        say(committed)
        for one in events if alerts else ():
            if one["reading"]["kind"] == "arm_state" and not one["reading"]["attached"]:
                client.publish(alerts, one["id"], qos=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
