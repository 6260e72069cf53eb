"""A serial port, by pyserial."""

import contextlib
import errno
import os
import select

import serial

from drivers.port import DeviceLost
from drivers.transports.address import Address

WRITE_TIMEOUT_S = 0.9
"""How long a port may take nothing; below the second in which a driver that is told to stop must end."""

_OPEN_NAMES = {
    errno.ENOENT: "unplugged",
    errno.ENXIO: "unplugged",
    errno.ENODEV: "unplugged",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EBUSY: "busy",
    errno.EAGAIN: "busy",  # another process holds the lock
}


class SerialTransport:
    """An open port, locked against other programs. What had come before it was opened is thrown away."""

    def __init__(self, address: Address) -> None:
        """Open the port. Raises DeviceLost: `unplugged`, `busy`, `no_permission`, `bad_settings` or `not_a_port`."""
        try:
            self._port = serial.Serial(
                address.path,
                baudrate=address.baud,
                bytesize=address.bits,
                parity=address.parity,
                stopbits=address.stop,
                timeout=0,
                exclusive=True,
            )
        except serial.SerialException as error:
            raise DeviceLost(_OPEN_NAMES.get(error.errno or 0, "not_a_port")) from error
        except (ValueError, OverflowError) as error:
            raise DeviceLost("bad_settings") from error
        self._fd: int = self._port.fileno()
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        self._room = select.poll()
        self._room.register(self._fd, select.POLLOUT)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """See `Transport.read`. pyserial's own `read(n)` waits for all n bytes: a card would wait for the timeout."""
        if self._fd < 0:
            raise DeviceLost("closed")
        if not self._poll.poll(timeout_s * 1000):
            return b""
        try:
            data = os.read(self._fd, max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceLost("unplugged") from error
        if not data:
            raise DeviceLost("unplugged")  # readable and empty is how a port that is gone looks
        return data

    def write(self, data: bytes) -> None:
        """See `Transport.write`. pyserial's own `write` waits once more after the last byte: a relay's frame would be late."""
        if self._fd < 0:
            raise DeviceLost("closed")
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                if not self._room.poll(WRITE_TIMEOUT_S * 1000):
                    raise DeviceLost("timeout") from None
            except OSError as error:
                raise DeviceLost("unplugged") from error

    def close(self) -> None:
        """See `Transport.close`."""
        self._fd = -1
        with contextlib.suppress(OSError, serial.SerialException):
            self._port.close()
