"""The fixed mix of events: 60 % card and door, 20 % measurements, 15 % camera, 5 % other; 1 % of all open or end a case."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from contract.readings import (
    AccessDecided,
    ArmState,
    BarrierState,
    BeamState,
    CardRead,
    DoorContact,
    LoopState,
    Measurement,
    ObjectSeen,
    Reading,
)

DOORS, BARRIERS, CAMERAS, METERS = 4, 1, 2, 3
AGENTS = ("gate-east", "gate-west", "tower-one", "tower-two")
CYCLE = 100
_PASSES = 20
_OPENINGS = 10
_MEASUREMENTS = 20
_OBJECTS = 15


class Said(NamedTuple):
    """What a device says."""

    device: str
    reading: Reading


def devices(agent: str) -> Iterator[tuple[str, str, str | None]]:
    """An agent's devices: id, kind, what it opens. With AGENTS they are 56."""
    for at in range(1, DOORS + 1):
        yield f"{agent}-door-{at}", "door", None
        yield f"{agent}-reader-{at}", "reader", f"{agent}-door-{at}"
    for kind, count in (("barrier", BARRIERS), ("camera", CAMERAS), ("meter", METERS)):
        for at in range(1, count + 1):
            yield f"{agent}-{kind}-{at}", kind, None


def said(agent: str, seed: int = 1) -> Iterator[Said]:
    """An agent's events without end, in cycles of 100 that each hold the mix. Every cycle ends with the barrier's arm: knocked
    off, which opens an incident, and put back in the next, which ends its cause. The agents are a quarter of a cycle apart, so
    that incidents come one by one from all together as they do from one alone."""
    yield from islice(_cycles(agent, seed), AGENTS.index(agent) * CYCLE // len(AGENTS), None)


def _cycles(agent: str, seed: int) -> Iterator[Said]:
    chance = random.Random(f"{agent}{seed}")  # noqa: S311 - it only has to be the same in each run
    attached = True
    while True:
        groups = _groups(agent, chance)
        chance.shuffle(groups)
        for group in groups:
            yield from group
        attached = not attached
        yield Said(f"{agent}-barrier-1", ArmState(attached=attached))


def _groups(agent: str, chance: random.Random) -> list[list[Said]]:
    """99 events, those that belong together in order."""
    passes = [_pass(agent, chance, opens=at < _OPENINGS) for at in range(_PASSES)]
    measured = [[_measured(agent, chance)] for _ in range(_MEASUREMENTS)]
    seen = [[_seen(agent, chance)] for _ in range(_OBJECTS)]
    others: tuple[Reading, ...] = (
        LoopState(occupied=True),
        LoopState(occupied=False),
        BeamState(blocked=False),
        BarrierState(position="closed"),
    )
    return [*passes, *measured, *seen, [Said(f"{agent}-barrier-1", one) for one in others]]


def _pass(agent: str, chance: random.Random, *, opens: bool) -> list[Said]:
    at = chance.randint(1, DOORS)
    card = f"{chance.getrandbits(64):032x}"
    reader, door = f"{agent}-reader-{at}", f"{agent}-door-{at}"
    read = Said(reader, CardRead(bits=26, card=card))
    decided = Said(reader, AccessDecided(card=card, granted=True, reason="permit"))
    moved = [Said(door, DoorContact(open=state)) for state in (True, False)] if opens else []
    return [read, decided, *moved]


def _measured(agent: str, chance: random.Random) -> Said:
    value = round(chance.uniform(15, 30), 2)
    return Said(f"{agent}-meter-{chance.randint(1, METERS)}", Measurement("temperature", value, "°C"))


def _seen(agent: str, chance: random.Random) -> Said:
    thing: Any = chance.choice(("person", "car", "bicycle"))
    seen = ObjectSeen(thing, round(chance.random(), 3), zone="drive", track=f"{chance.getrandbits(24):x}")
    return Said(f"{agent}-camera-{chance.randint(1, CAMERAS)}", seen)
