"""The far end of a port where devices dial in: a device that connects, speaks, and waits for its answer."""

import select
import socket
from collections.abc import Callable

READ_MAX_BYTES = 4096
CONNECT_S = 5.0


class NotAnswered(Exception):
    """Nobody took the call, it was hung up, or no whole answer came in time. The message is a name."""


class Dialler:
    """One device on its way to a port of this machine. It connects when it has something to say, and stays connected."""

    def __init__(self, port: int, *, host: str = "127.0.0.1", udp: bool = False) -> None:
        self.calls = 0
        """How often it has connected."""
        self._where = (host, port)
        self._kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
        self._line: socket.socket | None = None
        self._pending = b""

    def say(self, data: bytes) -> None:
        """Send any bytes. Raises NotAnswered."""
        try:
            if self._line is None:
                self._line = self._call()
            self._line.sendall(data)
        except OSError as error:
            self.hang_up()
            raise NotAnswered("refused") from error

    def answer(self, size: Callable[[bytes], int], timeout_s: float) -> bytes:
        """The next whole answer: `size` says how long the one is that the bytes begin with, 0 where more is needed. Raises
        NotAnswered: `timeout`, `ended`."""
        while not (used := size(self._pending)):
            line = self._line
            if line is None:
                raise NotAnswered("ended")
            ready, _, _ = select.select([line], [], [], timeout_s)
            if not ready:
                raise NotAnswered("timeout")
            try:
                data = line.recv(READ_MAX_BYTES)
            except OSError:
                data = b""
            if not data:
                self.hang_up()
                raise NotAnswered("ended")
            self._pending += data
        answer, self._pending = self._pending[:used], self._pending[used:]
        return answer

    def hang_up(self) -> None:
        """End the connection; what was not read of the answers is lost."""
        line, self._line, self._pending = self._line, None, b""
        if line is not None:
            line.close()

    def _call(self) -> socket.socket:
        line = socket.socket(socket.AF_INET, self._kind)
        try:
            line.settimeout(CONNECT_S)
            line.connect(self._where)
        except OSError:
            line.close()
            raise
        self.calls += 1
        return line


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port
