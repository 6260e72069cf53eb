"""A key of the hub's own in a file of its data folder, made when it is first needed, and never made anew in place of one."""

import os
import stat
from collections.abc import Callable
from pathlib import Path


class BadKeyFile(RuntimeError):
    """The key cannot be read or made. The message says what to do."""


def read_or_make(path: Path, size: int, random_bytes: Callable[[int], bytes] = os.urandom) -> bytes:
    """The `size` bytes in the file, as hex. Raises BadKeyFile."""
    try:
        return _read(path, size) if path.exists() else _make(path, random_bytes(size))
    except OSError as error:
        raise BadKeyFile(f"{path} cannot be read or made: {error.strerror or error}") from error


def _read(path: Path, size: int) -> bytes:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKeyFile(f"others may read {path}: chmod 600 {path}")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != size:
        raise BadKeyFile(f"{path} holds no key of {2 * size} hex digits: put the one of the backup there")
    return key


def _make(path: Path, key: bytes) -> bytes:
    """The file is there whole and on disk, or not at all: temporary name → sync → link → sync the folder. A link, unlike a
    rename, does not put it over one that somebody has made meanwhile."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # of a hub that was killed here
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(f"{key.hex()}\n")
        out.flush()
        os.fsync(out.fileno())
    os.link(part, path)
    part.unlink()
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
    return key
