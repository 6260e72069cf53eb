"""A sync fails, under the spool and under the hub's database: the process ends and never tries again.

After a failed sync nobody knows what is on the disk, and the next sync may well succeed without it. So whoever saw one must stop;
what it had promised before is what its next life finds, on the repaired disk.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.faults.powercuts import spool_lost
from tests.faults.row import Row, Tally, lives
from tests.support.fault_books import promises_broken, read_hub, read_ordinals, read_receipts
from tests.support.fault_stand import Stand, pause
from tests.support.lives import WAIT_S, Life
from tests.support.loop_disk import ABSENT, FailingDisk

CHAPTER = 20
AT_START = 0.2
"""So often the disk fails while the process is still starting."""
SYNC = "SQLITE_IOERR_FSYNC"
ERRORS = (SYNC, "SQLITE_IOERR", "disk I/O error", "unable to open database file", "readonly database")
"""What a process may say: the disk of one that has just begun may fail before its first sync."""


class Log:
    """What a process says, from here on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._from = path.stat().st_size if path.exists() else 0

    def said(self) -> str:
        """All of it."""
        with self._path.open("rb") as file:
            file.seek(self._from)
            return file.read().decode(errors="replace")


def how_it_ended(life: Life, log: Log, name: str, within_s: float = WAIT_S) -> list[str]:
    """What is wrong with how a process ended whose disk has failed."""
    try:
        life.wait_end(f"a sync of the {name} failed", within_s)
    except AssertionError as error:
        life.kill()
        return [str(error)]
    found = [] if life.code == 1 else [f"after a failed sync the {name} ended with {life.code}"]
    said = log.said()
    if not any(error in said for error in ERRORS):
        found.append(f"the {name} did not say what failed: {said[-300:]!r}")
    return found


def _failing(
    folder: Path,
    tries: int,
    random: Random,
    name: str,
    look: Callable[[Stand], list[str]],
    stand_on: Callable[[Path, Path], Stand],
) -> Tally:
    """Fail the disk of the process `name` again and again. `look`: what a fresh start would not find of what was promised."""
    violations: list[str] = []
    syncs = 0
    for chapter, count in enumerate(lives(tries, CHAPTER)):
        with ExitStack() as stack:
            disk = FailingDisk(folder / f"disk-{chapter}")
            stack.callback(disk.close)
            stand = stack.enter_context(stand_on(folder / f"stand-{chapter}", disk.at))
            starts: dict[str, Callable[[], Life]] = {"hub": stand.start_hub, "agent": stand.start_agent}
            lives_by = {other: start() for other, start in starts.items()}
            for _ in range(count):
                log = Log(stand.folder / f"{name}.log")
                if random.random() >= AT_START:
                    stand.wait_for_commits(random.randint(1, 40))
                pause(random.random() * 0.1)
                disk.fail()
                violations += how_it_ended(lives_by[name], log, name)
                syncs += SYNC in log.said()
                disk.repair()
                violations += look(stand)
                lives_by[name] = starts[name]()
            violations += stand.verdict()
    if not syncs:
        violations.append("no sync failed: nothing was tested")
    return Tally(tries, violations)


def failing_spool(folder: Path, tries: int, random: Random) -> Tally:
    """Each reading that the agent accepted is in the spool on the repaired disk."""

    def look(stand: Stand) -> list[str]:
        accepted = read_ordinals(stand.accepted)
        return spool_lost(stand.spool, accepted) if accepted else []

    return _failing(folder, tries, random, "agent", look, lambda own, disk: Stand(own, spool=disk / "spool.db"))


def failing_database(folder: Path, tries: int, random: Random, *, lying: bool = False) -> Tally:
    """All that the hub has receipted is in the database on the repaired disk."""

    def look(stand: Stand) -> list[str]:
        receipts = read_receipts(stand.receipts)
        return promises_broken(read_hub(stand.database), receipts) if receipts else []

    return _failing(folder, tries, random, "hub", look, lambda own, disk: Stand(own, hub_data=disk / "data", lying=lying))


ROWS = (
    Row("P1", "a sync fails under the spool", 200, 5, failing_spool, ABSENT),
    Row("P1 P2", "a sync fails under the hub's database", 200, 5, failing_database, ABSENT),
)
