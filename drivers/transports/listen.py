"""The far end of a TCP device, on loopback: a driver connects to it like to any serial server."""

import contextlib
import select
import socket
from threading import Lock

from drivers.port import DeviceLost

_SEND_TIMEOUT_S = 2.0


class TcpLine:
    """See `drivers.transports.Line`. Listens on 127.0.0.1, on a free port when `port` is 0; serves the newest connection."""

    def __init__(self, port: int = 0) -> None:
        """Bind and listen. Raises OSError when the port is taken."""
        self.lost_bytes = 0
        self._port = port
        self._lock = Lock()
        self._listener: socket.socket | None = None
        self._peer: socket.socket | None = None
        self.plug()

    @property
    def address(self) -> str:
        """What a driver opens."""
        return f"tcp://127.0.0.1:{self._port}"

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What the driver has sent. Raises DeviceLost(`unplugged`)."""
        with self._lock:
            self._accept()
            listener, peer = self._listener, self._peer
        if listener is None:
            raise DeviceLost("unplugged")
        poll = select.poll()
        for one in (listener, peer):
            if one is not None:
                poll.register(one, select.POLLIN)
        try:
            ready = {fd for fd, _ in poll.poll(timeout_s * 1000)}
            if peer is None or peer.fileno() not in ready:
                return b""
            data = peer.recv(max_bytes)
        except OSError:
            data = b""
        if not data:
            self._drop(peer)
        return data

    def write(self, data: bytes) -> None:
        """Send to the driver; lost and counted while none is connected."""
        with self._lock:
            self._accept()
            peer = self._peer
        try:
            if peer is None:
                raise ConnectionError
            peer.sendall(data)
        except OSError:
            self.lost_bytes += len(data)
            self._drop(peer)

    def unplug(self) -> None:
        """Stop listening and hang up."""
        with self._lock:
            for one in (self._listener, self._peer):
                if one is not None:
                    with contextlib.suppress(OSError):
                        one.shutdown(socket.SHUT_RDWR)
                    one.close()
            self._listener = self._peer = None

    def plug(self) -> None:
        """Listen again, on the same port as before."""
        with self._lock:
            if self._listener is not None:
                return
            self._listener = socket.create_server(("127.0.0.1", self._port), backlog=4)
            self._listener.setblocking(False)
            self._port = self._listener.getsockname()[1]

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()

    def _accept(self) -> None:
        """Take the newest waiting connection. Called with the lock held."""
        while self._listener is not None:
            try:
                fresh, _ = self._listener.accept()
            except OSError:
                return
            if self._peer is not None:
                self._peer.close()
            fresh.settimeout(_SEND_TIMEOUT_S)
            fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peer = fresh

    def _drop(self, peer: socket.socket | None) -> None:
        with self._lock:
            if peer is not None and peer is self._peer:
                self._peer = None
            if peer is not None:
                peer.close()
