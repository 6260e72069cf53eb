"""Segments that somebody looks at, on the hub's disk for a while: files with random names, which no request ever says.

A cache belongs to one run of the hub. It is emptied at the start, so that what retention has deleted since does not live on here.
"""

import os
import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from contract.clock import US_PER_S, Clock

BYTES_MAX = 1024 * 1024 * 1024
ENTRIES_MAX = 10_000
KEPT_US = 30 * 60 * US_PER_S
"""What nobody has looked at for so long goes: what retention deletes at an agent does not outlive it here by more."""
_NAME = re.compile(r"[0-9a-f]{16,64}\.segment")


class Key(NamedTuple):
    """A segment, by whose it is and its number. `grown`: how long it was when it was asked for, of one that is being written; 0:
    it is whole."""

    device: str
    stream: str
    no: int
    grown: int = 0


class Incoming:
    """A file that is being written, by one thread. As a context manager it is deleted at the end, where it was not kept."""

    def __init__(self, path: Path) -> None:
        self.path, self.size_bytes = path, 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        self.kept = False

    def write(self, data: bytes) -> None:
        """The next bytes. Raises OSError."""
        self._file.write(data)
        self.size_bytes += len(data)

    def close(self) -> None:
        """All is written. Raises OSError. Twice is harmless."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with suppress(OSError):
            self.close()
        if not self.kept:
            self.path.unlink(missing_ok=True)


class _Held:
    """`used_us`: the monotonic time at which it was looked at last."""

    def __init__(self, path: Path, size_bytes: int, used_us: int) -> None:
        self.path, self.size_bytes, self.used_us = path, size_bytes, used_us


class Cache:
    """At most `bytes_max` in `folder`; what was looked at longest ago goes first. Any thread. `token`: random names, hex."""

    def __init__(self, folder: Path, token: Callable[[], str], clock: Clock, bytes_max: int = BYTES_MAX) -> None:
        self._folder, self._token, self._clock, self._bytes_max = folder, token, clock, bytes_max
        self._held: OrderedDict[Key, _Held] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self.counters: Counter[str] = Counter()

    def open(self) -> None:
        """Make the folder, readable by the hub alone, and delete what an earlier run left there. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self._folder.iterdir():
            if _NAME.fullmatch(path.name):
                path.unlink()

    @property
    def bytes_held(self) -> int:
        """How much is on disk."""
        with self._lock:
            return self._bytes

    def begin(self) -> Incoming:
        """A file for what comes. Raises OSError."""
        return Incoming(self._folder / f"{self._token()}.segment")

    def keep(self, key: Key, come: Incoming) -> None:
        """What came is the segment from now on, in the place of what was held of it. Raises OSError."""
        come.close()
        with self._lock:
            come.kept = True
            self._drop(key)
            self._held[key] = _Held(come.path, come.size_bytes, self._clock.mono_us())
            self._bytes += come.size_bytes
            while (self._bytes > self._bytes_max or len(self._held) > ENTRIES_MAX) and len(self._held) > 1:
                self._drop(next(iter(self._held)))
                self.counters["dropped_for_room"] += 1

    def has(self, key: Key) -> bool:
        """Whether it is held."""
        with self._lock:
            return key in self._held

    def read(self, key: Key) -> bytes | None:
        """The segment; None where it is not held (any more). Raises OSError."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            self._held.move_to_end(key)
            held.used_us = self._clock.mono_us()
        try:
            return held.path.read_bytes()
        except FileNotFoundError:
            with self._lock:
                if self._held.get(key) is held:
                    self._drop(key)
            return None

    def forget(self, key: Key) -> None:
        """It is not wanted any more."""
        with self._lock:
            self._drop(key)

    def sweep(self) -> None:
        """Drop what nobody has looked at for long."""
        now_us = self._clock.mono_us()
        with self._lock:
            while self._held:
                key, held = next(iter(self._held.items()))
                if now_us - held.used_us <= KEPT_US:
                    break
                self._drop(key)
                self.counters["dropped_as_old"] += 1

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            for key in list(self._held):
                self._drop(key)

    def _drop(self, key: Key) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._bytes -= held.size_bytes
            held.path.unlink(missing_ok=True)
