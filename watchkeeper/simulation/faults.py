"""What goes wrong, how often, and how badly."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, get_args

from contract.clock import US_PER_S
from hub.ingest.ports import StepName
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.hub import SimHub
from watchkeeper.simulation.world import World

MINUTE_S, HOUR_S = 60.0, 3600.0
SPLITS_S = ((0.55, 1.0, 30.0), (0.3, 30.0, 600.0), (0.15, 600.0, 4 * HOUR_S))
"""Share, from, to."""
HUB_STEPS: tuple[str, ...] = (*get_args(StepName), "deliver", "delivered")
STEPS_MAX = 12


class Fault(NamedTuple):
    """One kind: `every_s` on average, for each agent where it is an agent's."""

    every_s: float
    strike: Callable[[], None]


def unleash(world: World, hub: SimHub, agents: Sequence[SimAgent], *, scale: float = 1.0) -> None:
    """Let all kinds happen at random until the world is calm, `scale` times as often as on a bad day."""
    faults = [
        Fault(10 * MINUTE_S, lambda: _kill_hub(world, hub)),
        Fault(3 * HOUR_S, lambda: hub.freeze(world.seconds(0.5, 20.0))),
        Fault(4 * HOUR_S, lambda: hub.back_up() if hub.up else None),
        Fault(16 * HOUR_S, hub.restore),
    ]
    for agent in agents:
        faults += _of_agent(world, agent)
    for fault in faults:
        _plan(world, fault, scale)


def _of_agent(world: World, agent: SimAgent) -> list[Fault]:
    return [
        Fault(25 * MINUTE_S, lambda: _kill_agent(world, agent)),
        Fault(20 * MINUTE_S, lambda: _split(world, agent)),
        Fault(HOUR_S, lambda: agent.step_clock(int(world.seconds(-1.0, 1.0) * US_PER_S))),
        Fault(12 * HOUR_S, lambda: agent.step_clock(int(world.seconds(-HOUR_S, HOUR_S) * US_PER_S))),
    ]


def _plan(world: World, fault: Fault, scale: float) -> None:
    def happening() -> None:
        if not world.calm:
            fault.strike()
            _plan(world, fault, scale)

    world.after(world.random.expovariate(scale / fault.every_s), happening)


def _kill_hub(world: World, hub: SimHub) -> None:
    """At a named step of one of its next turns or of the next that matters, or just as it stands."""
    if not hub.up:
        return
    step = world.random.choice(HUB_STEPS)
    if world.chance(0.4):
        hub.ambush(step)
    elif world.chance(0.7):
        hub.fuse.light(world.random.randint(1, 3), step)
    else:
        hub.kill(power_cut=world.chance(0.4))


def _kill_agent(world: World, agent: SimAgent) -> None:
    """At one of its next steps: a statement of its log, an acceptance, a sending, a receipt."""
    agent.fuse.light(world.random.randint(1, STEPS_MAX))


def _split(world: World, agent: SimAgent) -> None:
    pick = world.random.random()
    for share, low, high in SPLITS_S:
        if pick < share:
            agent.link.split(world.seconds(low, high))
            agent.lose_connection()
            return
        pick -= share
