"""The far end of a serial wire, as a pseudo-terminal: a driver opens it like any other port."""

import contextlib
import errno
import os
import select
import tty
from pathlib import Path
from threading import Lock

from drivers.port import DeviceLost


class PtyLine:
    """See `drivers.transports.Line`. `path` is a symbolic link that points to the port of the moment, so that the address stays
    the same when the line is unplugged and plugged again. Nothing may stand at `path` but an earlier link."""

    def __init__(self, path: Path, *, baud: int = 9600) -> None:
        """Make the link and plug the line. Raises FileExistsError when something else stands at `path`."""
        if path.exists() and not path.is_symlink():
            raise FileExistsError(f"{path} is in the way: a twin's port is a symbolic link")
        self.baud = baud
        self.lost_bytes = 0
        self._path = path
        self._lock = Lock()
        self._reading = Lock()
        self._master = -1
        self._slave = -1
        self.plug()

    @property
    def address(self) -> str:
        """What a driver opens."""
        return f"serial://{self._path}?baud={self.baud}"

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What the driver has sent. Raises DeviceLost(`unplugged`)."""
        with self._reading:
            if self._master < 0:
                raise DeviceLost("unplugged")
            poll = select.poll()
            poll.register(self._master, select.POLLIN)
            if not poll.poll(timeout_s * 1000):
                return b""
            try:
                return os.read(self._master, max_bytes)
            except BlockingIOError:
                return b""
            except OSError as error:
                raise DeviceLost("unplugged") from error

    def write(self, data: bytes) -> None:
        """Send to whoever has the port open. A full port loses the rest, counted, as a wire without flow control does."""
        with self._lock:
            sent = 0
            try:
                while self._master >= 0 and sent < len(data):
                    sent += os.write(self._master, data[sent:])
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EIO, errno.EBADF):
                    raise
            self.lost_bytes += len(data) - sent

    def unplug(self) -> None:
        """Remove the link and hang up. Waits for a `read` under way, lest it read from a file that has its number by then."""
        with self._reading, self._lock:
            for fd in (self._master, self._slave):
                if fd >= 0:
                    os.close(fd)
            self._master = self._slave = -1
            self._path.unlink(missing_ok=True)

    def plug(self) -> None:
        """Open a new pair, raw, and point the link at it."""
        with self._lock:
            if self._master >= 0:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            fresh = self._path.with_name(self._path.name + ".new")
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self._path)

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()
