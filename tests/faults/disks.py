"""Disks that are full, that refuse writes, and that fail: under the spool and under the hub's database."""

import resource
from pathlib import Path
from random import Random

from tests.faults.row import Row, Tally, lives
from tests.support.fault_books import promises_broken, read_hub, read_receipts
from tests.support.fault_stand import Stand, pause
from tests.support.loop_disk import ABSENT, MIB, fill, small_disk

CHAPTER = 20


def full_spool_disk(folder: Path, tries: int, random: Random) -> Tally:
    """The disk under the spool fills up while the hub is away. What is accepted all the same is there at the end, or the log says
    itself which numbers it had to drop; and when there is room again the agent goes on."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, CHAPTER)):
        with (
            small_disk(folder / f"disk-{chapter}", 16 * MIB) as disk,
            Stand(folder / f"s-{chapter}", spool=disk / "spool.db") as stand,
        ):
            more = {"pause_s": 0.0005, "reserve_bytes": 8 * MIB}
            stand.start_agent(**more)
            for _ in range(count):
                stand.wait_for_more(random.randint(1, 200))
                ballast = fill(disk)
                pause(0.1 + random.random() * 0.3)
                assert stand.agent is not None
                if random.random() < 0.3:
                    stand.agent.kill()
                ballast.unlink()
                if not stand.agent.alive:
                    stand.start_agent(**more)
            violations += stand.verdict()
    return Tally(tries, violations)


def full_hub_disk(folder: Path, tries: int, random: Random) -> Tally:
    """The disk under the hub's database fills up: nothing is receipted that is not committed, and the hub goes on by itself when
    there is room again."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, CHAPTER)):
        with (
            small_disk(folder / f"disk-{chapter}", 24 * MIB) as disk,
            Stand(folder / f"s-{chapter}", hub_data=disk / "data") as stand,
        ):
            stand.start_hub()
            stand.start_agent()
            for _ in range(count):
                stand.wait_for_commits(random.randint(1, 50))
                ballast = fill(disk)
                pause(0.2 + random.random() * 0.5)
                receipts = read_receipts(stand.receipts)
                violations += promises_broken(read_hub(stand.database), receipts)
                assert stand.hub is not None
                if not stand.hub.alive:
                    violations.append("a full disk ended the hub")
                ballast.unlink()
                if random.random() < 0.2:
                    stand.hub.kill()
                    stand.start_hub()
            violations += stand.verdict()
    return Tally(tries, violations)


def refused_writes(folder: Path, tries: int, random: Random) -> Tally:
    """SQLite refuses every write of the hub for a while, as on a disk that was remounted read-only."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with Stand(folder / f"stand-{chapter}") as stand:
            stand.start_hub()
            stand.start_agent()
            for _ in range(count):
                stand.wait_for_commits()
                stand.read_only.touch()
                pause(0.05)
                pause(random.random() * 0.3)
                # The ledger is read before the books, so that what it promises must be in them.
                receipts = read_receipts(stand.receipts)
                violations += promises_broken(read_hub(stand.database), receipts)
                stand.read_only.unlink()
            violations += stand.verdict()
    return Tally(tries, violations)


def failing_disk(folder: Path, tries: int, random: Random) -> Tally:
    """The disk fails a write of the hub or of the agent (the process may not write any file any longer). It must end, not try
    again; its next life has lost nothing."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with Stand(folder / f"stand-{chapter}") as stand:
            stand.start_hub()
            stand.start_agent()
            for number in range(count):
                stand.wait_for_commits()
                pause(random.random() * 0.1)
                life = stand.hub if number % 2 else stand.agent
                assert life is not None
                resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
                try:
                    life.wait_end("its disk fails")
                except AssertionError as error:
                    violations.append(str(error))
                life.kill()
                if number % 2:
                    stand.start_hub()
                else:
                    stand.start_agent()
            violations += stand.verdict()
    return Tally(tries, violations)


ROWS = (
    Row("P1", "disk full under the spool", 300, 6, full_spool_disk, ABSENT),
    Row("P1 P2", "disk full under the hub's database", 300, 6, full_hub_disk, ABSENT),
    Row("P1 P2", "database refuses writes", 300, 8, refused_writes),
    Row("P1 P2", "disk fails a write", 200, 6, failing_disk),
)
