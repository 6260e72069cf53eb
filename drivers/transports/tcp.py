"""A TCP connection to a serial server, or to a device that listens."""

import errno
import select
import socket

from drivers.port import DeviceLost
from drivers.transports.address import Address

CONNECT_TIMEOUT_S = 0.9
"""Below the second in which a driver that is told to stop must end, even while it connects. The agent tries again."""

WRITE_TIMEOUT_S = 0.9
KEEPALIVE: dict[str, int] = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
"""A peer without power is noticed after 11 s of silence, where the system has these options (Linux has all)."""

_NAMES = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "ended",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
}


class TcpTransport:
    """An open connection, with keepalive and without Nagle's delay."""

    def __init__(self, address: Address) -> None:
        """Connect. Raises DeviceLost: `refused`, `timeout`, `unreachable`, `no_such_host` or `network`."""
        try:
            self._socket = socket.create_connection((address.host, address.port), timeout=CONNECT_TIMEOUT_S)
        except UnicodeError as error:  # what a name that cannot be looked up raises
            raise DeviceLost("no_such_host") from error
        except OSError as error:
            raise _lost(error) from error
        self._closed = False
        self._socket.settimeout(WRITE_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            if hasattr(socket, option):
                self._socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """See `Transport.read`. The peer's end of the connection is DeviceLost(`ended`)."""
        if self._closed:
            raise DeviceLost("closed")
        if not self._poll.poll(timeout_s * 1000):
            return b""
        try:
            data = self._socket.recv(max_bytes)
        except OSError as error:
            raise _lost(error) from error
        if not data:
            raise DeviceLost("ended")
        return data

    def write(self, data: bytes) -> None:
        """See `Transport.write`."""
        if self._closed:
            raise DeviceLost("closed")
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise _lost(error) from error

    def close(self) -> None:
        """See `Transport.close`."""
        self._closed = True
        self._socket.close()


def _lost(error: OSError) -> DeviceLost:
    if isinstance(error, TimeoutError):
        return DeviceLost("timeout")
    if isinstance(error, socket.gaierror):
        return DeviceLost("no_such_host")
    return DeviceLost(_NAMES.get(error.errno or 0, "network"))
