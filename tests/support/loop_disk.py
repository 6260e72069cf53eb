"""A disk whose power can be cut: ext4 on a loop device over a file. A small disk that can be full: tmpfs. And a disk that fails:
the first on the second.

A power cut is a copy of the backing file, taken while the writer is stopped: what is not on the backing file then, no power
would have kept. Nothing is synced here but by what the writer itself syncs. A mounted backing file is never written to.

A failing disk is a sparse backing file on a tmpfs that has become full. The file system above still has room and takes every
write; what cannot be written is noticed when it is synced, as on a disk that dies. Each request to it is one page: of a longer
one a loop device may write the beginning alone and call it done, and a disk that lies proves nothing.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

MIB = 1024 * 1024
SIZE_BYTES = 48 * MIB
BALLAST = "ballast"
PAGE_KIB = 4
ABSENT = "loop devices or the right to mount are not here"


class NoMount(Exception):
    """This machine cannot mount."""


def _run(*command: str, worst: int = 0) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode > worst:
        raise NoMount(f"{' '.join(command)}: {done.stderr.strip()}")


def make_image(path: Path) -> Path:
    """A fresh file with an empty ext4 on it, in blocks of a page. Raises NoMount."""
    with path.open("xb") as file:
        file.truncate(SIZE_BYTES)
    if shutil.which("mkfs.ext4") is None:
        raise NoMount("mkfs.ext4 is not installed")
    _run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", str(path))
    return path


@contextmanager
def mounted(image: Path, at: Path, *options: str) -> Iterator[Path]:
    """`image` mounted at `at`, and gone afterwards whatever happens. Raises NoMount."""
    at.mkdir(exist_ok=True)
    _run("mount", "-t", "ext4", "-o", ",".join(("loop", "commit=300", *options)), str(image), str(at))
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


class FailingDisk:
    """A disk at `at` whose syncs fail from `fail` to `repair`. Raises NoMount."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.at = folder / "disk"
        self._below = ExitStack()
        self._mount = ExitStack()
        self._under = self._below.enter_context(small_disk(folder / "under", SIZE_BYTES + MIB))
        try:
            self._image = make_image(self._under / "disk.img")
            self._come_up()
        except BaseException:
            self.close()
            raise

    def fail(self) -> None:
        """From now on a block that was never written to cannot be."""
        fill(self._under)

    def repair(self) -> None:
        """The machine comes up again with a disk that works, and checks it. Nobody may have a file open."""
        _run("umount", str(self.at))
        self._mount.pop_all()
        (self._under / BALLAST).unlink(missing_ok=True)
        _run("fsck.ext4", "-fp", str(self._image), worst=1)  # 1: something was put right
        self._come_up()

    def close(self) -> None:
        """Unmount. May be called twice."""
        self._mount.close()
        self._below.close()

    def _come_up(self) -> None:
        self._mount.enter_context(mounted(self._image, self.at, "data_err=abort"))
        device = self.at.stat().st_dev
        queue = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/queue/max_sectors_kb")
        try:
            queue.write_text(str(PAGE_KIB), encoding="ascii")
        except OSError as error:
            raise NoMount(f"{queue}: {error}") from error
        _run("fstrim", str(self.at))  # what is free is no part of the backing file, so that it can fail again


def fill(disk: Path) -> Path:
    """Take all the room that is left on the disk."""
    ballast = disk / BALLAST
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


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
