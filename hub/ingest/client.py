"""paho's client, but batches do not go through it one by one.

By itself it asks the system four times for each packet, makes an object of it, and calls back under three locks: for a small
message that was as much as the hub's whole work on it. So the connection is read in chunks; what stands in a chunk whole and asks
for no answer is handed over in one list; every other packet, and one that is cut by the chunk's end, is paho's.
"""

import socket
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from contract.tls import connection_failure
from hub.ingest.packets import Publication, plain_publications

CHUNK_BYTES = 65_536
READS_MAX = 1_000
"""Packets in one turn, about, so that what is to be sent, and the keepalive, get theirs."""

OnPublications = Callable[[list[Publication]], None]


class BufferedSocket:
    """A socket that is read in chunks. Everything but reading goes to the socket itself."""

    def __init__(self, below: Any) -> None:
        self._below = below
        self._chunk = b""
        self._at = 0

    def recv(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end. Raises what the socket raises, BlockingIOError when there is nothing."""
        self._fill()
        taken: bytes = self._chunk[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def publications(self) -> list[Publication]:
        """The plain publications that are next. Only between two packets. What the socket raises is left for `recv` to raise."""
        try:
            self._fill()
        except OSError:
            return []
        found, self._at = plain_publications(self._chunk, self._at)
        return found

    def pending(self) -> int:
        """How many bytes can be had without waiting for the wire. The client asks this before it waits."""
        inside = self._below.pending() if hasattr(self._below, "pending") else 0
        return len(self._chunk) - self._at + int(inside)

    def _fill(self) -> None:
        if self._at >= len(self._chunk):
            self._chunk, self._at = self._below.recv(CHUNK_BYTES), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


class Client(paho.Client):
    """Reads all that has come before it looks at anything else. `on_publications` gets what was published at QoS 0, in order, in
    the client's thread; what it raises ends that thread. Sends without Nagle's delay: a receipt is small, and is waited for."""

    def __init__(self, client_id: str, on_publications: OnPublications) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id, clean_session=True, protocol=paho.MQTTv311)
        self._on_publications = on_publications

    why_away = ""
    """Why the last attempt to connect failed; empty after one that did not."""

    @property
    def alive(self) -> bool:
        """Whether the thread that `loop_start` began still runs. An error in it ends it, and nothing else tells."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def reconnect(self) -> MQTTErrorCode:
        """Connect. What it raises is told in `why_away`, as the thread goes on and tells nobody."""
        try:
            code = super().reconnect()
        except OSError as error:
            self.why_away = connection_failure(error)
            raise
        self.why_away = ""
        return code

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Take in up to READS_MAX packets, or what one chunk more has. Returns the first error."""
        taken = 0
        while taken < READS_MAX:
            plain = self._take_publications()
            taken += len(plain)
            if not plain:
                code = super().loop_read(max_packets)
                taken += 1
                if code != paho.MQTT_ERR_SUCCESS:
                    return code
            sock: Any = self.socket()
            if not isinstance(sock, BufferedSocket) or not sock.pending():
                break
        return paho.MQTT_ERR_SUCCESS

    def _take_publications(self) -> list[Publication]:
        """The keepalive does not hear of these bytes: it asks the broker for a sign of life every 15 s, and hears the answer."""
        sock: Any = self.socket()
        if not isinstance(sock, BufferedSocket) or self._in_packet["command"]:  # paho is within a packet
            return []
        plain = sock.publications()
        if plain:
            self._on_publications(plain)
        return plain

    def _create_socket(self) -> Any:  # a hook of paho: without it reading is slower, and nothing else
        made: Any = super()._create_socket()
        if made.family in (socket.AF_INET, socket.AF_INET6):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return BufferedSocket(made)
