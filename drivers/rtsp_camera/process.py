"""The child process as its parent sees it: start, send, receive, stop. No child is left behind."""

import os
import select
import subprocess
import sys
from io import RawIOBase
from threading import Lock
from typing import cast

from drivers.rtsp_camera.messages import BadFrame, Received, Reports, Request, framed

_READ_BYTES = 256 * 1024
_SEND_ROUND_S = 0.5
_SEND_ROUNDS = 40
_STOP_S = 0.3


class ChildDied(Exception):
    """The child has ended, or no longer makes sense. The message is a name: child_died, child_broken, child_stuck."""


class Child:
    """A running `drivers.rtsp_camera.child`. `first` tells it what to do. `send` may be called from any thread,
    `receive` and `stop` from the owner's."""

    def __init__(self, first: Request, body: bytes = b"") -> None:
        self._reports = Reports()
        self._sending = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "drivers.rtsp_camera.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the libraries write addresses there, with their passwords
            bufsize=0,
            start_new_session=True,  # an interrupt at the terminal is for the agent alone, which stops its children
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = cast(RawIOBase, self._process.stdin), cast(RawIOBase, self._process.stdout)
        os.set_blocking(self._in.fileno(), False)
        os.set_blocking(self._out.fileno(), False)
        try:
            self.send(first, body)
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, request: Request, body: bytes = b"") -> None:
        """Write one request. Raises ChildDied."""
        with self._sending:
            if self._in.closed:
                raise ChildDied("child_died")
            self._write(framed(request, len(body)))
            self._write(body)

    def receive(self, timeout_s: float) -> list[Received]:
        """What has come, waiting for `timeout_s` at most. Raises ChildDied when nothing more will come."""
        readable, _, _ = select.select([self._out], [], [], timeout_s)
        if not readable:
            return []
        data = self._out.read(_READ_BYTES)
        if data is None:
            return []
        if not data:
            raise ChildDied("child_died")
        try:
            return self._reports.feed(data)
        except BadFrame as error:
            raise ChildDied("child_broken") from error

    def stop(self) -> None:
        """End the child and reap it, within a second. May be called twice."""
        if not self._sending.acquire(timeout=_STOP_S):
            self._process.kill()  # a sender hangs in a child that does not read; this frees it
            self._sending.acquire()
        try:
            self._in.close()
        finally:
            self._sending.release()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        rounds = 0
        while left:
            try:
                _, writable, _ = select.select([], [self._in], [], _SEND_ROUND_S)
                written = self._in.write(left[: 1 << 20]) if writable else None
            except (BrokenPipeError, ConnectionResetError) as error:
                raise ChildDied("child_died") from error
            if written:
                left, rounds = left[written:], 0
                continue
            rounds += 1
            if rounds >= _SEND_ROUNDS:
                raise ChildDied("child_stuck")
