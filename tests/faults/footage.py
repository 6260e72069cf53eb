"""Footage's keeping under faults (P5): it never goes early, always goes after its day, and never under a hold.

Kills here are of the steps between which everything that counts is on disk or in the database; the power cuts are of a process.
"""

import os
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageDisk
from contract.orders import RescueFootage
from edge.footage.deletion import LEGAL_DAYS
from hub.footage.asks import HoldMade, HoldPut
from hub.store.footage_rows import Track, pieces_within
from tests.faults.powercuts import Disk
from tests.faults.row import Row, Tally, in_memory, lives
from tests.simulation.footage import Estate
from tests.support.deletion_rig import DAY_US, NOW_US, OLD_US, STEPS, TEN_US, Died, Shelf
from tests.support.fault_stand import pause
from tests.support.footage_rig import HOUR_S, HOUR_US, Cellar, estate
from tests.support.killing import STEPS as HUB_STEPS
from tests.support.killing import Killed, kill_at
from tests.support.lives import Life, wait_for
from tests.support.loop_disk import ABSENT
from tests.support.site_rig import SITE, Hub, sqlite_url

CHAPTER = 50


def kill_the_agent(_folder: Path, tries: int, random: Random) -> Tally:
    """Killed after each step in turn, the next start finishes: the disk and the index agree, what is young is there, and what is
    gone was told."""
    violations: list[str] = []
    with in_memory() as memory:
        for chapter, count in enumerate(lives(tries, CHAPTER)):
            shelf = Shelf(memory / f"shelf-{chapter}")
            shelf.deletion.open()
            for number in range(count):
                violations += _one_kill(shelf, number, STEPS[number % len(STEPS)], random)
            shelf.index.close()
    return Tally(tries, violations)


def _one_kill(shelf: Shelf, number: int, step: str, random: Random) -> list[str]:
    old = shelf.record(random.randint(1, 30), from_us=OLD_US - (number + 1) * 1_000 * TEN_US)
    young = shelf.record(random.randint(1, 5), from_us=NOW_US - DAY_US - (number + 1) * 1_000 * TEN_US)
    shelf.told.clear()

    def die(at: str) -> None:
        if at == step:
            raise Died

    shelf.hook = die
    order = shelf.order([*old, *young], id=f"o{number}")
    try:
        shelf.deletion.carry_out(order)
    except Died:
        pass
    else:
        return [f"{step}: nothing was killed"]
    shelf.crash()
    shelf.deletion.open()
    shelf.deletion.carry_out(order)  # told again, as it was not answered whole
    wrong = []
    if any(one.no not in shelf.files() for one in young):
        wrong.append(f"{step}: footage went early")
    if shelf.files() != shelf.rows():
        wrong.append(f"{step}: the index and the disk do not agree")
    gone = [span for _, spans, _ in shelf.told_of(FootageDeleted) for span in spans]
    if any(not any(span.first <= one.no <= span.last for span in gone) for one in old):
        wrong.append(f"{step}: what is gone was not told")
    if any(span.first <= one.no <= span.last for span in gone for one in young):
        wrong.append(f"{step}: what is there was told to be gone")
    return wrong


def kill_the_hub(folder: Path, tries: int, random: Random) -> Tally:
    """Killed at each step of a turn that condemns, that hears answers, or that holds: it comes to the end that it would have."""
    violations: list[str] = []
    with in_memory() as memory:
        for number in range(tries):
            place = memory / f"hub-{number}"
            place.mkdir()
            cellar = Cellar(_make, sqlite_url(place))
            pieces = cellar.record("cam-1", 30 * 24)
            cellar.sweep(1)
            held = random.randrange(3)
            cellar.hub.ask(_hold(cellar, pieces[held].start_us, pieces[held].end_us))
            cellar.hub.hook = kill_at(HUB_STEPS[number % len(HUB_STEPS)])
            try:
                cellar.later(3 * HOUR_S)
                cellar.sweep(3)
            except Killed:
                cellar.hub.crash_and_reopen()
                cellar.hub.take(cellar.agent.batch(cellar.agent.log))  # what was not receipted is sent again
            cellar.hub.hook = lambda _: None
            cellar.sweep(20, pause_s=60)
            want = [pieces[held].no, *(one.no for one in pieces[3:])]
            if cellar.on_disk("cam-1") != want:
                violations.append(f"{number}: {len(cellar.on_disk('cam-1'))} hours are there in place of {len(want)}")
            violations += _agree(cellar, f"{number}")
            cellar.hub.close()
    return Tally(tries, violations)


def race_a_hold(folder: Path, tries: int, random: Random) -> Tally:
    """A hold is put at any moment of a purge, its answer read, and the orders arrive in any order, or twice: what was held when
    its order was made is there, and of what was not the hub says what became of it."""
    violations: list[str] = []
    with in_memory() as memory:
        for chapter, count in enumerate(lives(tries, 100)):
            place = memory / f"race-{chapter}"
            place.mkdir()
            cellar = Cellar(_make, sqlite_url(place), estate(1))
            cellar.record("cam-1", 30 * 24)
            cellar.sweep(1)
            for number in range(count):
                violations += _one_race(cellar, random, f"{chapter}/{number}")
            violations += _agree(cellar, f"{chapter}")
            cellar.hub.close()
    return Tally(tries, violations)


def _one_race(cellar: Cellar, random: Random, name: str) -> list[str]:
    """One hour falls due; one hold comes before, between or after."""
    oldest = cellar.on_disk("cam-1")[0]
    piece = cellar.disk["cam-1", "main"][oldest]
    moment = random.randrange(4)
    due_us = max(cellar.now_us, piece.end_us + 30 * DAY_US)
    hold = _hold(cellar, piece.start_us, piece.end_us, until_us=due_us + 6 * HOUR_US)
    made: HoldMade | None = cellar.hub.ask(hold) if moment == 0 else None
    was_lost = cellar.incidents().count("footage_lost")
    cellar.later(max(1.0, (piece.end_us + 30 * DAY_US - cellar.now_us) / US_PER_S) + 601)
    orders = cellar.orders()
    if moment == 1:
        made = cellar.hub.ask(hold)
        cellar.later(1)
    orders += cellar.orders()
    random.shuffle(orders)
    cellar.carry_out(orders + ([random.choice(orders)] if orders else []))
    if moment == 2:
        made = cellar.hub.ask(hold)
    cellar.sweep(3)
    there = oldest in cellar.on_disk("cam-1")
    lost = cellar.incidents().count("footage_lost") > was_lost or cellar.hub.rows("footage_gone", "reason").count("held") > 0
    wrong = []
    if moment == 0 and not there:
        wrong.append(f"{name}: went under a hold that was there before")
    if moment == 1 and made is not None and made.rescuing and not there and not lost:
        wrong.append(f"{name}: a hold came too late, and nobody was told")
    if any(isinstance(one, RescueFootage) for one in orders) and there and moment == 2:
        wrong.append(f"{name}: rescued without a hold")
    cellar.later(7 * HOUR_S)  # the hold is over by itself
    cellar.record("cam-1", 1)
    cellar.sweep(12, pause_s=400)
    return wrong


def jump_a_clock(_folder: Path, tries: int, random: Random) -> Tally:
    """The hub's clock, the agent's or both jump by +400 days or another way: the sweep halts and asks, and nothing goes."""
    violations: list[str] = []
    with in_memory() as memory:
        for number in range(tries):
            place = memory / f"jump-{number}"
            place.mkdir()
            by_us = random.choice((400, 400, 31, 3, -400)) * DAY_US
            who = number % 3
            if who:
                cellar = Cellar(_make, sqlite_url(place))
                pieces = cellar.record("cam-1", 24 * 28)
                cellar.sweep(2)
                cellar.hub.clock.step_wall_us(by_us)
                if random.random() < 0.5:
                    cellar.hub.crash_and_reopen()
                went = cellar.sweep(10)
                if went or len(cellar.on_disk("cam-1")) != len(pieces):
                    violations.append(f"{number}: {went} orders after the hub's clock jumped by {by_us // DAY_US} days")
                if "footage_sweep_halted" not in cellar.incidents() and by_us > 0:
                    violations.append(f"{number}: the sweep did not ask")
                cellar.hub.close()
            else:
                shelf = Shelf(place / "footage")
                young = shelf.record(5, from_us=NOW_US - random.randint(1, LEGAL_DAYS - 1) * DAY_US)
                shelf.clock.step_wall_us(by_us)
                if random.random() < 0.5:
                    shelf.sweep_clock.heard(shelf.clock.mono_us(), shelf.clock.now_us())  # the hub's jumped with it
                shelf.deletion.carry_out(shelf.order(young, floor_us=shelf.clock.now_us() + 400 * DAY_US))
                if len(shelf.files()) != len(young):
                    violations.append(f"{number}: an agent whose clock jumped by {by_us // DAY_US} days has deleted")
                shelf.index.close()
    return Tally(tries, violations)


def fill_a_disk(_folder: Path, tries: int, random: Random) -> Tally:
    """A disk fills up over days: people know days ahead, nothing goes before its day; where the policy lets the oldest go, each
    time there is an incident, and nothing that is held goes."""
    violations: list[str] = []
    gib = 2**30
    with in_memory() as memory:
        for number in range(tries):
            place = memory / f"full-{number}"
            place.mkdir()
            cellar = Cellar(_make, sqlite_url(place))
            drops = bool(number % 2)
            if drops:
                cellar.hub.policy.when_full = "drop_oldest"
                cellar.hub.crash_and_reopen()
            pieces = cellar.record("cam-1", 48)
            held = random.randrange(10)
            cellar.hub.ask(_hold(cellar, pieces[held].start_us, pieces[held].end_us))
            told_days = None
            for left in range(20, -1, -1):
                free = left * 10 * gib
                oldest_us = pieces[0].end_us
                told = FootageDisk(400 * gib, free, (20 - left) * 10 * gib, 10 * gib, 48, oldest_us, left == 0)
                if left == 0:
                    told = FootageDisk(400 * gib, 0, 24 * 1_000_000, 24 * 1_500_000, 48, oldest_us, refusing=True)
                cellar.say("gatehouse", told)
                if told_days is None and "footage_disk_short" in cellar.incidents():
                    told_days = left
            cellar.sweep(3)
            if told_days is None or told_days < 7:
                violations.append(f"{number}: told {told_days} days ahead")
            if "footage_disk_full" not in cellar.incidents():
                violations.append(f"{number}: nobody was told that nothing is recorded")
            gone = [one.no for one in pieces if one.no not in cellar.on_disk("cam-1")]
            if pieces[held].no in gone or (gone and not drops):
                violations.append(f"{number}: {len(gone)} hours went as the disk was full")
            if drops and (not gone or "footage_dropped" not in cellar.incidents()):
                violations.append(f"{number}: {len(gone)} hours went, with incidents {cellar.incidents()}")
            cellar.hub.close()
    return Tally(tries, violations)


def cut_the_purge(folder: Path, tries: int, random: Random) -> Tally:
    """The power goes under an agent that records and deletes: what it told to be gone is gone, what is young is there, and after
    the next start the index and the disk agree."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, 25)):
        with ExitStack() as stack:
            disk = Disk(folder / f"disk-{chapter}")
            stack.callback(disk.close)
            ledger = folder / f"ledger-{chapter}"
            life = Life(purge_for_ever, (disk.at / "footage", ledger))
            stack.callback(life.kill)
            wait_for(lambda ledger=ledger: ledger.exists() and ledger.read_text().count("gone") > 2, "the first deletions")
            for _ in range(count):
                pause(0.02 + random.random() * 0.1)
                image = disk.cut(life)
                lines = ledger.read_text(encoding="ascii").splitlines()
                with disk.look(image) as kept:
                    violations += _after_the_cut(kept / "footage", lines)
                life.thaw()
                image.unlink()
    return Tally(tries, violations)


def purge_for_ever(told: tuple[Path, Path]) -> None:
    """Record and delete, each told in the ledger once it is synced: what the process of a power cut does."""
    folder, ledger = told
    shelf = Shelf(folder)
    shelf.deletion.open()
    with ledger.open("a", encoding="ascii", buffering=1) as out:
        number = 0
        while True:
            number += 1
            # as the recorder does: a file is synced, and its folder, before it has a row
            old = shelf.record(5, from_us=OLD_US - number * 100 * TEN_US, sync=os.sync)
            young = shelf.record(1, from_us=NOW_US - DAY_US + number * TEN_US, sync=os.sync)
            out.write(f"kept {young[0].no}\n")
            shelf.told.clear()
            shelf.deletion.carry_out(shelf.order([*old, *young], id=f"o{number}"))
            out.writelines(f"gone {one.no}\n" for one in old)


def _after_the_cut(folder: Path, lines: list[str]) -> list[str]:
    shelf = Shelf(folder)
    try:
        shelf.deletion.open()
        files, rows = set(shelf.files()), set(shelf.rows())
        words = [line.split() for line in lines if line.count(" ") == 1 and line.split()[1].isdigit()]
        lost = [no for word, no in words if word == "kept" and int(no) not in files]
        back = [no for word, no in words if word == "gone" and int(no) in files]
        alone = [no for no in rows - files if no < NOW_US - 2 * DAY_US]
        return [
            *([f"{len(lost)} young segments are gone"] if lost else []),
            *([f"{len(back)} that were told to be gone are back"] if back else []),
            *([f"{len(alone)} rows have no file"] if alone else []),
        ]
    finally:
        shelf.index.close()


def live_for_days(_folder: Path, tries: int, random: Random) -> Tally:
    """Each try a life of 400 days with 20 cameras: holes, pieces without an end, across midnight and on one side alone, holds,
    absences, lost and doubled orders, clocks that jump, turns that are killed."""
    violations = []
    for _ in range(tries):
        seed = random.randrange(1 << 30)
        violations += [f"seed {seed}, {what}" for what in Estate(seed).live()]
    return Tally(tries, violations)


def _hold(cellar: Cellar, from_us: int, to_us: int, *, until_us: int | None = None) -> HoldPut:
    until_us = cellar.now_us + 200 * DAY_US if until_us is None else until_us
    return HoldPut(("cam-1",), from_us, to_us, until_us, "theft", "li")


def _agree(cellar: Cellar, name: str) -> list[str]:
    """The index and the disk have the same numbers."""
    with cellar.hub.engine.connect() as connection:
        rows = {one.no for one in pieces_within(connection, Track(SITE, "cam-1", "main"), 0, cellar.now_us + 400 * DAY_US)}
    apart = rows ^ set(cellar.on_disk("cam-1"))
    return [f"{name}: {len(apart)} segments are in the index or on the disk alone"] if apart else []


def _make(url: str, *more: Any, **options: Any) -> Hub:
    return Hub(url, *more, **options)


ROWS = (
    Row("P5", "kill at each step of a deletion", 200 * len(STEPS), 50, kill_the_agent),
    Row("P5", "kill at each step of a turn that sweeps", 200 * len(HUB_STEPS), 20, kill_the_hub),
    Row("P5", "power cut under a deletion", 300, 15, cut_the_purge, ABSENT),
    Row("P5", "hold against the purge", 5_000, 60, race_a_hold),
    Row("P5", "clock that jumps under the sweep", 300, 9, jump_a_clock),
    Row("P5", "footage disk that fills up", 100, 4, fill_a_disk),
    Row("P5", "four hundred days of twenty cameras", 200, 1, live_for_days),
)
