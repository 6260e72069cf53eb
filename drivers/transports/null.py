"""A wire inside this process, with hooks that bend what goes over it."""

from collections.abc import Callable
from itertools import count
from threading import Condition, Lock
from weakref import WeakValueDictionary

from drivers.port import DeviceLost

Bend = Callable[[bytes], bytes]
"""What becomes of one write on the way: give it back changed, cut, doubled, or empty."""

MAX_PENDING_BYTES = 65_536


class _Pipe:
    """One direction. What does not fit is dropped and counted, the newest first, as a full port does."""

    def __init__(self) -> None:
        self.lost_bytes = 0
        self._pending = bytearray()
        self._changed = Condition()
        self._broken = ""

    def put(self, data: bytes) -> None:
        with self._changed:
            room = MAX_PENDING_BYTES - len(self._pending)
            self.lost_bytes += max(0, len(data) - room)
            self._pending += data[:room]
            self._changed.notify_all()

    def get(self, max_bytes: int, timeout_s: float) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._broken, timeout_s)
            if self._broken:
                raise DeviceLost(self._broken)
            data = bytes(self._pending[:max_bytes])
            del self._pending[:max_bytes]
            return data

    def break_off(self, name: str) -> None:
        with self._changed:
            self._broken = self._broken or name
            self._changed.notify_all()


class _Near:
    """The driver's end, from one plugging to the next."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.inward = _Pipe()
        self._send = send
        self._gone = ""

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        return self.inward.get(max_bytes, timeout_s)

    def write(self, data: bytes) -> None:
        if self._gone:
            raise DeviceLost(self._gone)
        self._send(data)

    def close(self) -> None:
        self.lose("closed")

    def lose(self, name: str) -> None:
        self._gone = self._gone or name
        self.inward.break_off(name)

    @property
    def open(self) -> bool:
        return not self._gone


class NullLine:
    """The far end of an in-process wire; see `drivers.transports.Line`. `bend_in` bends what the driver will read, `bend_out`
    what it has sent; both may be set at any time."""

    def __init__(self, *, bend_in: Bend = bytes, bend_out: Bend = bytes) -> None:
        self.bend_in = bend_in
        self.bend_out = bend_out
        self.lost_bytes = 0
        self._name = f"line-{next(_numbers)}"
        self._plugged = True
        self._near: _Near | None = None
        self._outward = _Pipe()
        self._lock = Lock()
        _lines[self._name] = self

    @property
    def address(self) -> str:
        """What a driver opens."""
        return f"null:{self._name}"

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What the driver has sent."""
        return self._outward.get(max_bytes, timeout_s)

    def write(self, data: bytes) -> None:
        """Send to the driver; lost and counted while it has not opened the line."""
        with self._lock:
            near = self._near
        if near is None or not near.open:
            self.lost_bytes += len(data)
            return
        before = near.inward.lost_bytes
        near.inward.put(self.bend_in(data))
        self.lost_bytes += near.inward.lost_bytes - before

    def unplug(self) -> None:
        """The driver gets DeviceLost(`unplugged`)."""
        with self._lock:
            self._plugged = False
            near, self._near = self._near, None
        if near is not None:
            near.lose("unplugged")

    def plug(self) -> None:
        """The driver can open the line again."""
        with self._lock:
            self._plugged = True

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()
        _lines.pop(self._name, None)

    def open_near(self) -> _Near:
        """The driver's end. Raises DeviceLost: `unplugged`, or `busy` while another driver has it."""
        with self._lock:
            if not self._plugged:
                raise DeviceLost("unplugged")
            if self._near is not None and self._near.open:
                raise DeviceLost("busy")
            self._near = _Near(self._from_near)
            return self._near

    def _from_near(self, data: bytes) -> None:
        self._outward.put(self.bend_out(data))


_numbers = count(1)
_lines: WeakValueDictionary[str, NullLine] = WeakValueDictionary()


def open_null(name: str) -> _Near:
    """The near end of the line whose address is `null:name`. Raises DeviceLost."""
    line = _lines.get(name)
    if line is None:
        raise DeviceLost("unplugged")
    return line.open_near()
