"""Secrets in the hub's data folder: a file that its owner alone may read, made once."""

import os
import stat
from pathlib import Path


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may do anything with it. Raises OSError."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def make_secret(path: Path, text: str) -> None:
    """The file is there whole and on disk, or not at all: temporary name → sync → link → sync the folder. A link, unlike a
    rename, does not put it over one that somebody has made meanwhile. Raises OSError."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # of a hub that was killed here
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.link(part, path)
    part.unlink()
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
