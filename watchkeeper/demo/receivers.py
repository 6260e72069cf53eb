"""Who is notified in the demo: a duty desk behind a webhook, and a subscriber at the broker."""

import hmac
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from contract.topics import ROOT
from watchkeeper.demo.estate import SITE

BODY_BYTES_MAX = 256 * 1024


class DutyDesk:
    """Takes signed requests on loopback at `url`. A context manager."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._lock = Lock()
        self._keys: set[str] = set()
        self.refused = 0
        """Requests with a wrong signature."""
        desk = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                """Take it in."""
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(min(size, BODY_BYTES_MAX))
                good = desk.take(self.headers.get("Idempotency-Key", ""), self.headers.get("X-Watchkeeper-Signature", ""), body)
                self.send_response(204 if good else 403)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Nothing: what is received is counted."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="duty-desk", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/incidents"

    @property
    def received(self) -> int:
        """Different notices so far; one that comes again counts once."""
        with self._lock:
            return len(self._keys)

    def take(self, key: str, signature: str, body: bytes) -> bool:
        """Whether the request is signed as it should be; it is counted then."""
        parts = dict(part.partition("=")[::2] for part in signature.split(","))
        wanted = hmac.new(self._secret, parts.get("t", "").encode() + b"." + body, sha256).hexdigest()
        good = bool(key) and hmac.compare_digest(wanted, parts.get("v1", ""))
        with self._lock:
            if good:
                self._keys.add(key)
            else:
                self.refused += 1
        return good

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Subscriber:
    """Counts what is published about incidents. A context manager."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.received = 0
        self._port = port
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="demo-subscriber", clean_session=True)
        self._client.username_pw_set(user, password)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/{SITE}/incidents/+", 1)
        self._client.on_message = self._on_message

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.payload and not message.retain:
            self.received += 1

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
