"""How bytes get to a device and back, by URL.

serial:///dev/ttyUSB0?baud=9600&parity=N&stop=1&bits=8   a serial port
tcp://host:port                                          a serial server, or a device that listens
null:NAME                                                the near end of a `drivers.transports.null.NullLine` in this process
listen://host:port, listen-udp://host:port               this machine's own port, where devices dial in: `drivers.transports.hall`

`open_transport` gives the driver's end. The far ends, for twins, are lines: `pty.PtyLine`, `listen.TcpLine`, `null.NullLine`.
"""

from typing import Protocol

from drivers.transports.address import Address, parse_address

__all__ = ["Address", "Line", "Transport", "open_transport", "parse_address"]


class Transport(Protocol):
    """An open way to a device. `read` and `close` belong to one thread; `write` may come from another one."""

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What has come, as soon as anything has: 1 to `max_bytes` bytes, or b"" after `timeout_s` without any.
        Raises DeviceLost."""
        ...

    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises DeviceLost."""
        ...

    def close(self) -> None:
        """Let go of the device. May be called twice."""
        ...


class Line(Protocol):
    """The far end of a wire, where a twin sits. What is written while nobody reads is lost and counted, as on a real wire."""

    lost_bytes: int

    @property
    def address(self) -> str:
        """What a driver opens. It stays the same when the line is unplugged and plugged again."""
        ...

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What the driver has sent: up to `max_bytes` bytes, or b"" after `timeout_s` without any."""
        ...

    def write(self, data: bytes) -> None:
        """Send `data` to whoever has the address open."""
        ...

    def unplug(self) -> None:
        """Take the device away: whoever reads it gets DeviceLost, and opening fails."""
        ...

    def plug(self) -> None:
        """Put the device back under the same address."""
        ...

    def close(self) -> None:
        """Unplug for good."""
        ...


def open_transport(address: str | Address) -> Transport:
    """Open `address`. Raises ValueError with a message for an installer when it is not an address (see `parse_address`), and
    DeviceLost (`unplugged`, `busy`, `no_permission`, `refused`, `timeout`…) when the device cannot be reached."""
    where = parse_address(address) if isinstance(address, str) else address
    # Imported here: an agent that reads over TCP alone needs no pyserial.
    if where.scheme == "serial":
        from drivers.transports.serial import SerialTransport

        return SerialTransport(where)
    if where.scheme == "tcp":
        from drivers.transports.tcp import TcpTransport

        return TcpTransport(where)
    if where.scheme != "null":
        raise ValueError(f"{where.scheme} is where devices dial in: open it with drivers.transports.hall.open_hall")
    from drivers.transports.null import open_null

    return open_null(where.path)
