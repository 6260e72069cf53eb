"""Files opened beneath a folder: no name leads out of it, and no symbolic link is followed on the way."""

import os
from collections.abc import Iterable
from errno import ELOOP
from pathlib import Path, PurePosixPath


class NotBeneath(OSError):
    """The name leads out of the folder, or by a symbolic link."""


def parts_of(relative: str) -> tuple[str, ...]:
    """The names of a relative path. Raises NotBeneath for one that is absolute, empty, has a NUL or goes up."""
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or ".." in parts or "\0" in relative:
        raise NotBeneath(f"{relative[:200]!r} is no path beneath a folder")
    return parts


def open_folder_beneath(root: Path, parts: tuple[str, ...]) -> int:
    """A handle on the folder `parts` under `root`; the caller closes it. Raises NotBeneath, OSError."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
        except NotADirectoryError as error:
            raise NotBeneath(f"{part[:200]!r} is a link or no folder") from error
        finally:
            os.close(handle)
        handle = below
    return handle


def open_beneath(root: Path, relative: str, flags: int = os.O_RDONLY) -> int:
    """A handle on the file `relative` under `root`; the caller closes it. Raises NotBeneath, OSError."""
    *folders, name = parts_of(relative)
    folder = open_folder_beneath(root, tuple(folders))
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno == ELOOP:
            raise NotBeneath(f"{name[:200]!r} is a link") from error
        raise
    finally:
        os.close(folder)


def unlink_beneath(root: Path, relative: str) -> None:
    """Delete the file `relative` under `root` and sync its folder. Raises NotBeneath, OSError."""
    *folders, name = parts_of(relative)
    folder = open_folder_beneath(root, tuple(folders))
    try:
        os.unlink(name, dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)


def unlink_all_beneath(root: Path, folder: str, names: Iterable[str]) -> list[str]:
    """Delete these files of one folder under `root` and sync the folder once. Returns the names that the disk would not let go; a
    file that is not there is gone. Raises NotBeneath, OSError: FileNotFoundError where the folder is not there."""
    stay: list[str] = []
    handle = open_folder_beneath(root, parts_of(folder))
    try:
        for name in names:
            (plain,) = parts_of(name)
            try:
                os.unlink(plain, dir_fd=handle)
            except FileNotFoundError:
                continue
            except OSError:
                stay.append(name)
        os.fsync(handle)
    finally:
        os.close(handle)
    return stay
