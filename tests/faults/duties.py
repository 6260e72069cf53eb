"""Patrol gaps: raised within a second of their windows' ends and once, through restarts, downtimes, clocks that are set or slew,
and evidence in any order. In one process, on a manual clock; judged by tests/support/patrol_reference.py."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.kills import STEPS
from tests.faults.row import Row, Tally, in_memory, lives
from tests.support.duty_rig import PLACES
from tests.support.patrol_reference import SECOND
from tests.support.patrol_rig import START, Patrol, TurnRefused, new_database

MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
Fault = Callable[[Patrol, Random], None]


def _next_end(patrol: Patrol) -> int:
    """The true time of the next end of a window."""
    return patrol.true + patrol.every - patrol.wall % patrol.every


def _between(random: Random, low_s: float, high_s: float) -> float:
    """As often in each order of magnitude."""
    return math.exp(random.uniform(math.log(low_s), math.log(high_s)))


def restart(patrol: Patrol, random: Random) -> None:
    """The hub is killed within 2 s of an end: as it stands, at a step of the turn with the gaps, or of one with a read-out."""
    end = _next_end(patrol) + (patrol.every if random.random() < 0.3 else 0)
    way = random.random()
    patrol.run(end + random.randint(-2 * SECOND, 0 if way < 0.4 else 2 * SECOND))
    if way < 0.4:
        patrol.die_at(random.choice(STEPS))
        patrol.run(end + 2 * SECOND)
    elif way < 0.7:
        patrol.die_at(random.choice(STEPS))
        patrol.read_out()
    else:
        patrol.crash(random.choice((0.0, random.uniform(0.0, 3.0))))


def down(patrol: Patrol, random: Random) -> None:
    """No hub runs while a window ends."""
    end = _next_end(patrol)
    patrol.run(max(patrol.true, end - int(_between(random, 0.001, 900) * SECOND)))
    patrol.crash((end - patrol.true) / SECOND + _between(random, 0.001, 3 * 3_600))


def step(patrol: Patrol, random: Random) -> None:
    """The hub's clock is set by a second to a day, and as often as not back again. It is never wrong by more than a day."""
    patrol.run(patrol.true + int(_between(random, 0.2, 1_200) * SECOND))
    by = int(_between(random, 1, 86_400) * SECOND) * random.choice((-1, 1))
    if random.random() < 0.3 and abs(patrol.ahead) >= SECOND:
        by = -patrol.ahead
    elif abs(patrol.ahead + by) > DAY:
        by = -by
    patrol.step_clock(by)
    if random.random() < 0.1:
        patrol.crash(random.uniform(0, 60))


def again_and_again(fault: Fault, longest: int, **more: int) -> Callable[[Path, int, Random], Tally]:
    """A run that injects `fault` into patrols, over and over."""

    def run(folder: Path, tries: int, random: Random) -> Tally:
        violations: list[str] = []
        for count in lives(tries, longest):
            with in_memory() as memory:
                patrol = Patrol(memory / "life.db", new_database(memory), random, **more)
                try:
                    patrol.walk()
                    for _ in range(count):
                        fault(patrol, random)
                    patrol.run(patrol.true + 1_300 * SECOND)
                except TurnRefused as refused:
                    violations.append(str(refused))
                violations += patrol.verdict()
                patrol.close()
        return Tally(tries, violations)

    return run


def slewed(folder: Path, tries: int, random: Random) -> Tally:
    """The agent's clock is 500 ppm faster or slower than the hub's. A try is an hour."""
    violations: list[str] = []
    for chapter, hours in enumerate(lives(tries, 24)):
        with in_memory() as memory:
            patrol = Patrol(memory / "life.db", new_database(memory), random, slew_ppm=500 if chapter % 2 else -500)
            patrol.walk()
            patrol.run(patrol.true + hours * HOUR)
            violations += patrol.verdict()
            patrol.close()
    return Tally(tries, violations)


Made = tuple[str, str, int]
"""A scan: its name, its place, when it was made."""


def _made(count: int, random: Random) -> list[Made]:
    """A day's scans, more where two windows overlap."""
    scans = []
    for number in range(count):
        at = random.randint(0, DAY)
        if random.random() < 0.4:
            at += -at % HOUR + random.randint(-MINUTE, 11 * MINUTE)
        scans.append((f"w:{number}", random.choice(PLACES), START + at))
    return sorted(scans, key=lambda scan: scan[2])


def _in_order(patrol: Patrol, scans: list[Made]) -> None:
    """Each is told when it is made, and the wand has then told all."""
    for scan in scans:
        patrol.after((scan[2] - patrol.true) / SECOND, partial(patrol.tell_now, *scan, whole=True))


def _out_of_order(patrol: Patrol, scans: list[Made], random: Random) -> None:
    """Each is told up to 60 hours late, alone or in a batch with others, and some of them again and again."""
    now = patrol.true
    batches = [random.randint(0, 84 * HOUR) for _ in range(len(scans) // 10)]
    for scan in scans:
        late = [now + at for at in batches if 0 <= now + at - scan[2] <= 60 * HOUR]
        alone = scan[2] + int(_between(random, 0.1, 60 * 3_600) * SECOND)
        told = [random.choice(late) if late and random.random() < 0.5 else alone]
        while random.random() < 0.2:
            told.append(scan[2] + random.randint(SECOND, 70 * HOUR))
        for at in told:
            patrol.after((at - now) / SECOND, partial(patrol.tell_now, *scan))
    for at in batches:
        patrol.after(at / SECOND, patrol.mark_now)


def evidence_in_any_order(folder: Path, tries: int, random: Random) -> Tally:
    """The same scans in order and in any order leave the same windows. A try is a scan."""
    violations: list[str] = []
    for count in lives(tries, 200):
        scans = _made(count, random)
        first, second = (_end(scans, random, in_order=in_order, violations=violations) for in_order in (True, False))
        differ = sorted(str((name, first.get(name), second.get(name))) for name in first if first[name] != second.get(name))
        violations += [f"P4: another end after another order: {one}" for one in differ]
    return Tally(tries, violations)


def _end(scans: list[Made], random: Random, *, in_order: bool, violations: list[str]) -> dict[object, object]:
    """What may not depend on the order: whether each window is kept and by what, and the flags of each scan."""
    with in_memory() as memory:
        patrol = Patrol(memory / "life.db", new_database(memory), random, every_s=3_600)
        patrol.answers = 0.0
        if in_order:
            _in_order(patrol, scans)
        else:
            _out_of_order(patrol, scans, random)
        patrol.run(START + 94 * HOUR)
        patrol.mark_now()
        violations += patrol.verdict()
        found: dict[object, object] = {row[:2]: row[2] for row in patrol.hub.rows("scan", "source", "key", "flags")}
        found |= {window: (one.state in ("kept", "withdrawn"), one.evidence) for window, one in patrol.windows().items()}
        patrol.close()
    return found


ROWS = (
    Row("P4", "hub killed within 2 s of a window's end", 500, 50, again_and_again(restart, 100)),
    Row("P4", "hub down across a window's end", 200, 20, again_and_again(down, 40)),
    Row("P4", "hub's clock set by a second to a day", 1_000, 60, again_and_again(step, 60)),
    Row("P4", "clocks that slew by 500 ppm, hours", 480, 24, slewed),
    Row("P4", "evidence late and in any order", 10_000, 400, evidence_in_any_order),
)
