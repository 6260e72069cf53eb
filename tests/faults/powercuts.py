"""The power goes, under the spool and under the hub's database.

The writer is stopped, the disk's backing file is copied, and the copy is mounted: that is what a machine would find when it
comes up again. The writer then goes on, so that the next cut comes at another moment; every so often the life goes on from the
copy instead, with a new process, as after a real cut.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from tests.faults.row import Row, Tally, lives
from tests.support.fault_books import (
    promises_broken,
    read_hub,
    read_ordinals,
    read_receipts,
    read_spool,
)
from tests.support.fault_stand import Stand, pause
from tests.support.lives import Life
from tests.support.loop_disk import ABSENT, copy_image, make_image, mounted

COME_UP_EVERY = 5
CHAPTER = 25


class Disk:
    """A disk at `at`, whose power can be cut."""

    def __init__(self, folder: Path) -> None:
        self.at = folder / "disk"
        self._folder = folder
        self._cuts = 0
        self._mount = ExitStack()
        folder.mkdir(parents=True, exist_ok=True)
        self.image = make_image(folder / "disk.img")
        self._mount.enter_context(mounted(self.image, self.at))

    def cut(self, writer: Life, during: Callable[[], None] = lambda: None) -> Path:
        """What the disk keeps when the power goes now. `during` runs while the writer stands still. The writer stays stopped."""
        writer.freeze()
        during()
        self._cuts += 1
        return copy_image(self.image, self._folder / f"cut-{self._cuts}.img")

    @contextmanager
    def look(self, image: Path) -> Iterator[Path]:
        """A cut's image, mounted elsewhere."""
        with mounted(image, self._folder / "look") as there:
            yield there

    def come_up(self, image: Path) -> None:
        """The machine comes up again with this image. Nobody may have a file open."""
        self._mount.close()
        self.image.unlink()
        self.image = image
        self._mount.enter_context(mounted(image, self.at))

    def close(self) -> None:
        """Unmount."""
        self._mount.close()


def cut_the_agent(folder: Path, tries: int, random: Random) -> Tally:
    """Each reading that the agent accepted is in the spool that the disk kept."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, CHAPTER)):
        with ExitStack() as stack:
            disk = Disk(folder / f"disk-{chapter}")
            stack.callback(disk.close)
            stand = stack.enter_context(Stand(folder / f"stand-{chapter}", spool=disk.at / "spool.db"))
            stand.start_hub()
            stand.start_agent()
            for number in range(1, count + 1):
                stand.wait_for_more(random.randint(1, 40))
                pause(random.random() * 0.02)
                assert stand.agent is not None
                image = disk.cut(stand.agent)
                accepted = read_ordinals(stand.accepted)
                with disk.look(image) as kept:
                    violations += spool_lost(kept / "spool.db", accepted)
                if number % COME_UP_EVERY:
                    stand.agent.thaw()
                    image.unlink()
                else:
                    stand.agent.kill()
                    disk.come_up(image)
                    stand.start_agent()
            violations += stand.verdict()
    return Tally(tries, violations)


def spool_lost(spool: Path, accepted: list[int]) -> list[str]:
    """What is wrong with a spool that was found after a fault."""
    kept, intact = read_spool(spool)
    found = [] if intact == "ok" else [f"the spool is damaged: {intact}"]
    lost = [ordinal for ordinal in accepted if ordinal not in kept]
    return [*found, *([f"the spool lost {len(lost)} accepted readings: {lost[:5]}"] if lost else [])]


def cut_the_hub(folder: Path, tries: int, random: Random, *, lying: bool = False) -> Tally:
    """All that the hub has receipted is in the database that the disk kept, and each incident with its cause."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, CHAPTER)):
        with ExitStack() as stack:
            disk = Disk(folder / f"disk-{chapter}")
            stack.callback(disk.close)
            stand = stack.enter_context(Stand(folder / f"stand-{chapter}", hub_data=disk.at / "data", lying=lying))
            stand.start_hub()
            stand.start_agent()
            for number in range(1, count + 1):
                stand.wait_for_commits(random.randint(1, 40))
                pause(random.random() * 0.02)
                assert stand.hub is not None
                image = disk.cut(stand.hub)
                receipts = read_receipts(stand.receipts)
                with disk.look(image) as kept:
                    violations += promises_broken(read_hub(kept / "data" / "hub.db"), receipts)
                if number % COME_UP_EVERY:
                    stand.hub.thaw()
                    image.unlink()
                else:
                    stand.hub.kill()
                    disk.come_up(image)
                    stand.start_hub()
            violations += stand.verdict()
    return Tally(tries, violations)


def write_carelessly(folder: Path, cuts: int, pragma: str) -> int:
    """How many of so many cuts lose committed rows of a writer that does not sync: whether this test can see a loss at all."""
    disk = Disk(folder)
    lost = 0
    try:
        writer = Life(_careless, (disk.at / "careless.db", folder / "ledger", pragma))
        try:
            for _ in range(cuts):
                pause(0.1)
                image = disk.cut(writer)
                told = len((folder / "ledger").read_bytes()) if (folder / "ledger").exists() else 0
                with disk.look(image) as kept:
                    lost += _rows(kept / "careless.db") < told
                writer.thaw()
                image.unlink()
        finally:
            writer.kill()
    finally:
        disk.close()
    return lost


def _careless(told: tuple[Path, Path, str]) -> None:
    path, ledger, pragma = told
    db = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", pragma, "CREATE TABLE t (n INTEGER PRIMARY KEY)"):
        db.execute(statement).fetchall()
    with ledger.open("ab", buffering=0) as out:
        while True:
            db.execute("INSERT INTO t DEFAULT VALUES")
            out.write(b".")
            pause(0.0005)


def _rows(path: Path) -> int:
    """Rows in the image; a file that is no database yet has none."""
    if not path.exists():
        return 0
    db = sqlite3.connect(path)
    try:
        return int(db.execute("SELECT count(*) FROM t").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0
    finally:
        db.close()


ROWS = (
    Row("P1", "power cut under the spool", 1000, 15, cut_the_agent, ABSENT),
    Row("P1 P2", "power cut under the hub's database", 1000, 15, cut_the_hub, ABSENT),
)
