"""The owner of the database rewrites the audit log, with the writer's own code at hand but not its key; and nobody does."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from edge.heads import FILE, kept_heads
from hub.audit.chain import START, Entry, hash_of
from hub.audit.log import erase_person
from hub.audit.restored import RESTORED
from tests.faults.row import Row, Tally, in_memory, lives
from tests.support.audit_rig import ACTORS, SITE, AuditLog, entries_in, write_entries

EDITABLE = ("at_us", "actor", "role", "act", "topic", "subject", "reason", "before", "after", "sealed", "prev", "hash")
Rows = list[dict[str, Any]]


def rehashed(rows: Rows) -> Rows:
    """The chain anew over whatever the rows say, numbered from one."""
    before, made = START, []
    for no, row in enumerate(rows, 1):
        entry = Entry(**{**row, "no": no, "prev": before, "hash": ""})
        before = hash_of(entry)
        made.append(entry._replace(hash=before)._asdict())
    return made


def _edited(row: dict[str, Any], random: Random) -> dict[str, Any]:
    field = random.choice(EDITABLE)
    value = row["at_us"] + 1 if field == "at_us" else f"{row[field]}x"
    return {**row, field: value}


def edit(log: AuditLog, witnessed: int, random: Random) -> None:
    """One field of one entry."""
    rows, at = log.rows(), random.randrange(witnessed)
    rows[at] = _edited(rows[at], random)
    write_entries(log.path, rows)


def edit_and_hash(log: AuditLog, witnessed: int, random: Random) -> None:
    """The same, and its own hash fits again."""
    rows, at = log.rows(), random.randrange(witnessed)
    entry = Entry(**{**rows[at], "reason": "another"})
    rows[at] = entry._replace(hash=hash_of(entry))._asdict()
    write_entries(log.path, rows)


def delete(log: AuditLog, witnessed: int, random: Random) -> None:
    """One entry is gone."""
    log.as_owner("DELETE FROM audit_entry WHERE no = ?", random.randint(1, witnessed))


def swap(log: AuditLog, witnessed: int, random: Random) -> None:
    """Two entries change places."""
    rows = log.rows()
    one, other = random.sample(range(witnessed), 2)
    rows[one], rows[other] = {**rows[other], "no": one + 1}, {**rows[one], "no": other + 1}
    write_entries(log.path, rows)


def cut_tail(log: AuditLog, witnessed: int, random: Random) -> None:
    """The newest are gone, and the heads that named them."""
    last = random.randrange(witnessed)
    log.as_owner("DELETE FROM audit_entry WHERE no > ?", last)
    log.as_owner("DELETE FROM audit_head WHERE no > ?", last)


def rehash_all(log: AuditLog, witnessed: int, random: Random) -> None:
    """An entry is edited, taken out or put in, and the whole chain made anew; heads that do not fit are gone."""
    rows, at = log.rows(), random.randrange(witnessed)
    how = random.choice(("edit", "take", "put"))
    if how == "edit":
        rows[at] = {**rows[at], "reason": "another"}
    elif how == "take":
        del rows[at]
    else:
        rows.insert(at, {**rows[at], "reason": "never happened"})
    write_entries(log.path, rehashed(rows))
    log.as_owner("DELETE FROM audit_head WHERE no > ?", at)


def move_heads(log: AuditLog, witnessed: int, random: Random) -> None:
    """The chain is made anew, and the heads are made to name what is there now."""
    rows, at = log.rows(), random.randrange(witnessed)
    rows[at] = {**rows[at], "reason": "another"}
    made = rehashed(rows)
    write_entries(log.path, made)
    for row in made:
        log.as_owner("UPDATE audit_head SET hash = ? WHERE no = ?", row["hash"], row["no"])


def old_snapshot(log: AuditLog, _witnessed: int, random: Random) -> None:
    """A copy from before is put in its place, and the hub goes on from there, signing what it finds."""
    log.put_back(log.folder / "old.db")
    for _ in range(random.randint(0, 3)):
        log.fill(random.randint(1, 8))
        log.sign()


def forked_view(log: AuditLog, witnessed: int, random: Random) -> None:
    """Who verifies is shown another log than the agent was told of, with genuine heads of its own."""
    with_agent = log.folder / FILE
    kept = with_agent.read_bytes()
    log.put_back(log.folder / "old.db")
    while len(log.rows()) <= witnessed + random.randint(0, 3):
        log.fill(3)
        log.sign()
    with_agent.write_bytes(kept)


def forge_restore(log: AuditLog, witnessed: int, random: Random) -> None:
    """The tail is cut, and an entry says that a backup was restored; nobody has signed it."""
    rows = log.rows()[: random.randrange(1, witnessed)]
    told = {**rows[-1], "act": RESTORED, "after": f'{{"epoch":{log.clock.now_us()},"base":{len(rows)}}}'}
    write_entries(log.path, rehashed([*rows, told]))
    log.as_owner("DELETE FROM audit_head WHERE no > ?", len(rows))
    if random.random() < 0.5:  # the hub goes on and signs what it finds
        log.fill(2)
        log.sign()


TAMPERS: tuple[Callable[[AuditLog, int, Random], None], ...] = (
    edit, edit_and_hash, delete, swap, cut_tail, rehash_all, move_heads, old_snapshot, forked_view, forge_restore,
)  # fmt: skip


def make_log(folder: Path, random: Random) -> AuditLog:
    """A log with a witness, and a copy from before its last heads as `old.db`."""
    log = AuditLog(folder)
    for part in range(4):
        log.fill(random.randint(2, 6))
        log.sign()
        if part == random.randint(0, 2) or part == 0:
            log.snapshot("old.db")
    log.fill(random.randint(0, 2))
    return log


def tamper(folder: Path, tries: int, random: Random) -> Tally:
    """Every kind of tamper in turn; what is found must be found with the witness's file, by other code."""
    violations = []
    with in_memory() as memory:
        for chapter, count in enumerate(lives(tries)):
            log = make_log(memory / f"log-{chapter}", random)
            witnessed = last_witnessed(log)
            for number in range(count):
                how = TAMPERS[number % len(TAMPERS)]
                there = log.copy_to(memory / "try")
                shutil.copy2(log.folder / "old.db", there.folder / "old.db")
                how(there, witnessed, random)
                if not there.problems():
                    violations.append(f"{how.__name__} of a log of {len(entries_in(log.path))} entries was not seen")
                there.close()
                shutil.rmtree(memory / "try")
            log.close()
            shutil.rmtree(log.folder)
    return Tally(tries, violations)


def last_witnessed(log: AuditLog) -> int:
    """The number of the newest entry that the witness knows of."""
    return max(int(json.loads(line)["no"]) for line in kept_heads(log.folder))


def leave_alone(folder: Path, tries: int, random: Random) -> Tally:
    """Logs that nobody has touched: agents that were away, people erased, hubs restarted, backups restored. No alarm."""
    violations = []
    with in_memory() as memory:
        empty = AuditLog(memory / "empty")
        for number in range(tries):
            log = empty.copy_to(memory / "try")
            _live(log, random)
            told = log.verified(witnessed=random.random() < 0.9)
            if told["problems"] or log.conflicts:
                violations.append(f"clean log {number}: {told['problems'][:2]} {log.conflicts[:2]}")
            log.close()
            shutil.rmtree(memory / "try")
        empty.close()
    return Tally(tries, violations)


def _live(log: AuditLog, random: Random) -> None:
    backup: Path | None = None
    for _ in range(random.randint(1, 7)):
        what = random.choice(("fill", "fill", "sign", "away", "erase", "backup", "restore", "restart"))
        if what == "fill":
            log.fill(random.randint(1, 5))
        elif what == "sign":
            log.sign()
        elif what == "away":
            log.sign_unheard()
        elif what == "erase":
            with log.engine.begin() as connection:
                erase_person(connection, SITE, random.choice(ACTORS), log.clock.now_us())
        elif what == "backup":
            backup = log.snapshot()
        elif what == "restore" and backup is not None:
            log.restore(backup)
        else:
            log.restart()


ROWS = (
    Row("P7", "the audit log is rewritten by the owner of its database", 10_000, 100, tamper),
    Row("P7", "clean audit logs raise no alarm", 10_000, 60, leave_alone),
)
