"""A disk whose power can be cut: ext4 on a loop device over a file. And a small disk that can be full: tmpfs.

A power cut is a copy of the backing file, taken while the writer is stopped: what is not on the backing file then, no power
would have kept. Nothing is synced here but by what the writer itself syncs. A mounted backing file is never written to.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

SIZE_BYTES = 48 * 1024 * 1024
ABSENT = "loop devices or the right to mount are not here"


class NoMount(Exception):
    """This machine cannot mount."""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise NoMount(f"{' '.join(command)}: {done.stderr.strip()}")


def make_image(path: Path) -> Path:
    """A fresh file with an empty ext4 on it. Raises NoMount."""
    with path.open("xb") as file:
        file.truncate(SIZE_BYTES)
    if shutil.which("mkfs.ext4") is None:
        raise NoMount("mkfs.ext4 is not installed")
    _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", str(path))
    return path


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    """`image` mounted at `at`, and gone afterwards whatever happens. Raises NoMount."""
    at.mkdir(exist_ok=True)
    _run("mount", "-t", "ext4", "-o", "loop,commit=300", str(image), str(at))
    try:
        yield at
    finally:
        _unmount(at)


@contextmanager
def small_disk(at: Path, size_bytes: int) -> Iterator[Path]:
    """A tmpfs of that size. Raises NoMount."""
    at.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(at))
    try:
        yield at
    finally:
        _unmount(at)


def _unmount(at: Path) -> None:
    """The loop device goes with its mount, as `mount -o loop` made it; a lazy unmount is the fallback of a busy one."""
    if subprocess.run(["umount", str(at)], capture_output=True, check=False, timeout=120).returncode:
        subprocess.run(["umount", "--lazy", str(at)], capture_output=True, check=False, timeout=120)


def copy_image(image: Path, to: Path) -> Path:
    """What stands on the backing file now. Sparse."""
    with image.open("rb") as source, to.open("xb") as target:
        size = os.fstat(source.fileno()).st_size
        target.truncate(size)
        at = 0
        while at < size:
            try:
                at = os.lseek(source.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(source.fileno(), at, os.SEEK_HOLE)
            while at < end:
                sent = os.copy_file_range(source.fileno(), target.fileno(), min(end - at, 1 << 24), at, at)
                if not sent:
                    raise OSError(f"{image} ended at {at}")
                at += sent
    return to


@cache
def can_mount() -> bool:
    """Whether this machine can do all of it. Tried once."""
    with tempfile.TemporaryDirectory(prefix="wkdisk") as name:
        folder = Path(name)
        try:
            image = make_image(folder / "try.img")
            with mounted(image, folder / "try"), small_disk(folder / "try-small", 65536):
                return True
        except (NoMount, OSError):
            return False
