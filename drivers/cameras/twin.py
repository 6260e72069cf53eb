"""A camera that is called: an HTTP server on this machine whose answer to one request is a stream without an end."""

import secrets
import socket
from threading import Event, Lock, Thread
from typing import Final, Self

from contract.clock import Clock, SystemClock
from drivers.digest import Asked, Nonces, challenge, digest_ok

HEAD_BYTES_MAX: Final = 16_384
CLIENTS_MAX: Final = 8
REALM: Final = "camera"
_TURN_S: Final = 0.1


class StreamTwin:
    """Serves its stream at `target` from `start` to `stop`; also a context manager. `login`: what it asks for by Digest; none: it
    asks for nothing. `status`: what it answers instead of a stream, where it is not 200. Any thread may call any method."""

    def __init__(
        self,
        target: str,
        *,
        boundary: str,
        kind: str = "multipart/mixed",
        login: tuple[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.login = login
        self.status = 200
        self.boundary = boundary
        self.asked: list[str] = []
        """The targets that were asked for, and let in."""
        self._target = target
        self._kind = kind
        self._clock = clock or SystemClock()
        self._nonces = Nonces(secrets.token_bytes(32))
        self._stopped = Event()
        self._lock = Lock()
        self._listeners: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._port = socket.create_server(("127.0.0.1", 0))
        self._port.settimeout(_TURN_S)
        self.address = f"127.0.0.1:{self._port.getsockname()[1]}"

    @property
    def listeners(self) -> int:
        """How many read the stream."""
        with self._lock:
            return len(self._listeners)

    def start(self) -> Self:
        """Take calls."""
        self._threads.append(Thread(target=self._accept, daemon=True))
        self._threads[0].start()
        return self

    def stop(self) -> None:
        """Hang up, and take no more calls."""
        self._stopped.set()
        self.hang_up()
        for thread in self._threads:
            thread.join(2.0)
        self._port.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def say(self, data: bytes) -> None:
        """Any bytes, to all who listen."""
        with self._lock:
            for line in list(self._listeners):
                try:
                    line.sendall(data)
                except OSError:
                    self._listeners.remove(line)

    def part(self, body: bytes, kind: str, *, length: int | None = -1, name: str = "") -> None:
        """A part of the stream. `length`: what its head says; -1: the truth; None: nothing."""
        lines = [f"--{self.boundary}", f"Content-Type: {kind}"]
        if name:
            lines.append(f'Content-Disposition: form-data; name="{name}"')
        if length is not None:
            lines.append(f"Content-Length: {len(body) if length < 0 else length}")
        self.say("\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n")

    def cut(self, body: bytes, kind: str) -> None:
        """A part of which half comes, and then the line is dead."""
        head = f"--{self.boundary}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.say(head.encode() + body[: len(body) // 2])
        self.hang_up()

    def hang_up(self) -> None:
        """End all streams."""
        with self._lock:
            lines, self._listeners = self._listeners, []
        for line in lines:
            line.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                line, _ = self._port.accept()
            except OSError:
                continue
            if len(self._threads) > CLIENTS_MAX * 8 or self.listeners >= CLIENTS_MAX:
                line.close()
                continue
            thread = Thread(target=self._answer, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _answer(self, line: socket.socket) -> None:
        """Ask whoever calls who he is until he says it, then let him listen."""
        line.settimeout(_TURN_S)
        pending = b""
        while not self._stopped.is_set():
            try:
                data = line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                break
            pending += data
            if not data or len(pending) > HEAD_BYTES_MAX:
                break
            head, end, rest = pending.partition(b"\r\n\r\n")
            if end:
                pending = rest
                if self._request(line, head.decode("latin-1")):
                    return
        line.close()

    def _request(self, line: socket.socket, head: str) -> bool:
        """Answer one request; whether it is let in to the stream."""
        first, *rest = head.split("\r\n")
        method, target, _ = f"{first}  ".split(" ", 2)
        headers = {key.lower(): value.strip() for key, _, value in (one.partition(":") for one in rest)}
        now_us = self._clock.now_us()
        if self.login is not None:
            shown = headers.get("authorization", "")
            if digest_ok(shown, Asked(method, target), *self.login, REALM, self._nonces, now_us) != "ok":
                asks = challenge(REALM, self._nonces.fresh(now_us))
                line.sendall(f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {asks}\r\nContent-Length: 0\r\n\r\n".encode())
                return False
        if self.status != 200 or not target.startswith(self._target):
            status = self.status if self.status != 200 else 404
            line.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
            return False
        line.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {self._kind}; boundary={self.boundary}\r\n\r\n".encode())
        line.settimeout(2.0)
        with self._lock:
            self.asked.append(target)
            self._listeners.append(line)
        return True
