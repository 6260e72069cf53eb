"""The recording child as the agent sees it: start, receive, stop. No child is left behind."""

import os
import select
import subprocess
import sys
from contextlib import suppress
from io import RawIOBase
from typing import cast

import msgspec

from edge.recorder.messages import MAX_LINE_BYTES, Order, Report, decode_report, encode

_READ_BYTES = 256 * 1024
STOP_S = 6.0
"""How long a child has to close and sync what it writes."""


class ChildDied(Exception):
    """The child has ended, or no longer makes sense. The message is a name: child_died, child_broken, child_stuck."""


class Wake:
    """Ends a `receive` that waits, from any thread."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def set(self) -> None:
        """For good: every wait ends at once from now on."""
        with suppress(BlockingIOError):
            os.write(self._in, b"!")

    def fileno(self) -> int:
        """What is waited for."""
        return self._out

    def __del__(self) -> None:
        os.close(self._out)
        os.close(self._in)


class Child:
    """A running `edge.recorder.child`. For one thread."""

    def __init__(self, order: Order) -> None:
        self._kept = b""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "edge.recorder.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold an address with its password
            bufsize=0,
            start_new_session=True,  # an interrupt at the terminal is for the agent alone, which stops its children
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = cast(RawIOBase, self._process.stdin), cast(RawIOBase, self._process.stdout)
        os.set_blocking(self._out.fileno(), False)
        try:
            left = memoryview(encode(order) + b"\n")
            while left:
                left = left[self._in.write(left) or 0 :]
        except BrokenPipeError:
            pass  # it has died already, which `receive` tells
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def receive(self, timeout_s: float, wake: Wake | None = None) -> list[Report]:
        """What has come, waiting for `timeout_s` at most, or until `wake`. Raises ChildDied when nothing more will come."""
        waited = [self._out.fileno(), *([] if wake is None else [wake.fileno()])]
        readable, _, _ = select.select(waited, [], [], timeout_s)
        if self._out.fileno() not in readable:
            return []
        data = self._out.read(_READ_BYTES)
        if data is None:
            return []
        if not data:
            raise ChildDied("child_died")
        *lines, self._kept = (self._kept + data).split(b"\n")
        if len(self._kept) > MAX_LINE_BYTES:
            raise ChildDied("child_broken")
        try:
            return [decode_report.decode(line) for line in lines]
        except msgspec.MsgspecError as error:
            raise ChildDied("child_broken") from error

    def hush(self) -> None:
        """Ask the child to end; what it closes is still received."""
        self._in.close()

    def stop(self) -> None:
        """End the child and reap it. May be called twice."""
        self._in.close()
        try:
            self._process.wait(STOP_S if self._process.poll() is None else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()

    def kill(self) -> None:
        """End a child that no longer answers, and reap it."""
        self._process.kill()
        self.stop()
