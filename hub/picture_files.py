"""The files of pictures beneath the data folder. Each is named by its row in the database, and reached by that alone."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

PICTURE_NAME = r"^[A-Za-z0-9_-]{1,64}$"


def picture_file(folder: Path, picture: str) -> Path:
    """Where a picture is kept. Raises ValueError for what cannot be a picture's name."""
    if not re.fullmatch(PICTURE_NAME, picture):
        raise ValueError(f"{picture!r} is no picture's name")
    return folder / f"{picture}.jpg"


def write_durably(path: Path, data: bytes) -> None:
    """The file is there whole and on disk, or not at all: temporary name → sync → rename → sync the folder. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def remove_unfinished(folder: Path) -> int:
    """Delete what was being written when the hub was killed. Only before the API starts. Returns how many files there were."""
    found = list(folder.glob("*.part")) if folder.is_dir() else []
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def remove_picture(folder: Path, picture: str) -> None:
    """Delete a file that no row awaits. One that is not there is no matter. Raises OSError."""
    picture_file(folder, picture).unlink(missing_ok=True)


def remove_durably(folder: Path, pictures: Iterable[str]) -> None:
    """Delete the files, and return once no power cut can bring one back. One that is not there is no matter. Raises OSError."""
    for picture in pictures:
        remove_picture(folder, picture)
    if folder.is_dir():
        _sync_folder(folder)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
