"""paho's client, reading more than one packet a turn of its loop.

By itself it asks the system three times a packet for bytes and once whether there are any: half of what a small message
costs the hub. Reading from a buffer nearly doubles what one connection takes in (measured by `bench ingest`).
"""

import socket
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

from contract.tls import connection_failure

CHUNK_BYTES = 65_536
READS_MAX = 1_000
"""Packets in one turn at most, so that what is to be sent, and the keepalive, get theirs."""


class BufferedSocket:
    """A socket that is read in chunks. Everything but reading goes to the socket itself."""

    def __init__(self, below: Any) -> None:
        self._below = below
        self._chunk = b""
        self._at = 0

    def recv(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end. Raises what the socket raises, BlockingIOError when there is nothing."""
        if self._at >= len(self._chunk):
            self._chunk, self._at = self._below.recv(CHUNK_BYTES), 0
        taken: bytes = self._chunk[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def pending(self) -> int:
        """How many bytes can be had without waiting for the wire. The client asks this before it waits."""
        inside = self._below.pending() if hasattr(self._below, "pending") else 0
        return len(self._chunk) - self._at + int(inside)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


class Client(paho.Client):
    """Reads all that has come before it looks at anything else. Sends without Nagle's delay: a receipt is small, and an agent
    waits for it."""

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
        """Take in up to READS_MAX packets. Returns the first error."""
        for _ in range(READS_MAX):
            code = super().loop_read(max_packets)
            sock: Any = self.socket()
            if code != paho.MQTT_ERR_SUCCESS or not isinstance(sock, BufferedSocket) or not sock.pending():
                return code
        return paho.MQTT_ERR_SUCCESS

    def _create_socket(self) -> Any:  # a hook of paho: without it reading is slower, and nothing else
        made: Any = super()._create_socket()
        if made.family in (socket.AF_INET, socket.AF_INET6):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return BufferedSocket(made)
