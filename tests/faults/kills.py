"""kill -9: of the hub in mid-stream, of the agent, of the broker with all it kept, of any of them, and at each step of a turn."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import get_args

from hub.ingest.ports import StepName
from tests.faults.row import Row, Tally, lives
from tests.support.fault_agent import AgentStep
from tests.support.fault_stand import Stand, pause

STEPS: tuple[StepName, ...] = get_args(StepName)
AGENT_STEPS: tuple[AgentStep, ...] = get_args(AgentStep)
Fault = Callable[[Stand, Random], None]


def _kill_hub(stand: Stand, random: Random) -> None:
    assert stand.hub is not None
    pause(random.random() * 0.3)
    stand.hub.kill()
    stand.start_hub()


def _kill_agent(stand: Stand, random: Random) -> None:
    assert stand.agent is not None
    pause(random.random() * 0.2)
    stand.agent.kill()
    stand.start_agent(pause_s=random.choice((0.0, 0.002, 0.02)))


def _wipe_broker(stand: Stand, random: Random) -> None:
    pause(random.random() * 0.3)
    stand.broker.kill()
    stand.broker.wipe()
    stand.broker.start()


def _any(stand: Stand, random: Random) -> None:
    random.choice((_kill_hub, _kill_agent, _wipe_broker))(stand, random)


def again_and_again(fault: Fault, *, commits_between: int = 1) -> Callable[[Path, int, Random], Tally]:
    """A run that injects `fault` into a stream, over and over, and looks at the books of each chapter. Every fourth time the
    fault comes with no waiting for progress: also while everything is still starting."""

    def run(folder: Path, tries: int, random: Random) -> Tally:
        violations: list[str] = []
        for chapter, count in enumerate(lives(tries)):
            with Stand(folder / f"stand-{chapter}") as stand:
                stand.start_hub()
                stand.start_agent()
                for _ in range(count):
                    if random.random() < 0.75:
                        stand.wait_for_commits(commits_between)
                    fault(stand, random)
                violations += stand.verdict()
        return Tally(tries, violations)

    return run


def named_steps(folder: Path, tries: int, random: Random) -> Tally:
    """The hub dies before each named step of a turn, in turn, while records stream in."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with Stand(folder / f"stand-{chapter}") as stand:
            stand.start_agent()
            for number in range(count):
                step = STEPS[(chapter + number) % len(STEPS)]
                hub = stand.start_hub(step, random.randint(1, 4))
                try:
                    hub.wait_end(f"the hub dies at {step}")
                except AssertionError as error:
                    violations.append(str(error))
                hub.kill()
            violations += stand.verdict()
    return Tally(tries, violations)


def named_agent_steps(folder: Path, tries: int, random: Random) -> Tally:
    """The agent dies at each of its named steps, in turn, while the hub takes in what it says."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with Stand(folder / f"stand-{chapter}") as stand:
            stand.start_hub()
            for number in range(count):
                step = AGENT_STEPS[number % len(AGENT_STEPS)]
                agent = stand.start_agent(crash=step, nth=random.randint(1, 20))
                try:
                    agent.wait_end(f"the agent dies at {step}")
                except AssertionError as error:
                    violations.append(str(error))
                agent.kill()
            violations += stand.verdict()
    return Tally(tries, violations)


ROWS = (
    Row("P1 P2", "hub killed in mid-stream", 2000, 10, again_and_again(_kill_hub)),
    Row("P1 P2", "agent killed", 2000, 12, again_and_again(_kill_agent)),
    Row("P1 P2", "broker killed and wiped", 500, 4, again_and_again(_wipe_broker)),
    Row("P1 P2", "hub, agent and broker killed at random", 1000, 10, again_and_again(_any)),
    Row("P1 P2", "hub killed at a named step of its turn", 1000, 10, named_steps),
    Row("P1 P2", "agent killed at a named step", 200, 4, named_agent_steps),
)
