"""What a network does between the agent, the broker and the hub."""

from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.faults.row import Row, Tally, lives
from tests.support.fault_stand import Stand, pause
from tests.support.mqtt_proxy import FINE, MqttProxy, Weather

BAD = (
    Weather(lose=0.2),
    Weather(double=0.5),
    Weather(swap=0.3),
    Weather(delay=0.3),
    Weather(lose=0.1, double=0.2, swap=0.2, delay=0.1),
    Weather(deaf=True),
)


class _Between:
    """A stand with a proxy on either side of its broker."""

    def __init__(self, stack: ExitStack, folder: Path, random: Random) -> None:
        self.stand = stack.enter_context(Stand(folder))
        port = self.stand.broker.port
        self.sides = [stack.enter_context(MqttProxy(port, random)) for _ in range(2)]
        self.stand.agent_url, self.stand.hub_url = self.sides[0].url, self.sides[1].url
        self.stand.write_settings()
        stack.callback(self.stand.kill_all)  # before the proxies end, so that nobody connects to one that does
        self.stand.start_hub()
        self.stand.start_agent()


def upset_messages(folder: Path, tries: int, random: Random) -> Tally:
    """Messages and receipts are lost, doubled, swapped and late, and connections go deaf, on one side or on both."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with ExitStack() as stack:
            between = _Between(stack, folder / f"stand-{chapter}", random)
            for number in range(count):
                between.stand.wait_for_commits()
                hurt = random.choice((between.sides, between.sides[:1], between.sides[1:]))
                for side in hurt:
                    side.weather = BAD[number % len(BAD)]
                pause(0.3 + random.random() * 0.5)
                for side in hurt:
                    if side.weather.deaf:
                        side.cut()  # half open until now; the other end learns of it at last
                    side.weather = FINE
            violations += between.stand.verdict()
            if not any(side.upset for side in between.sides) and count >= len(BAD):
                violations.append("the proxy upset no message: nothing was tested")
    return Tally(tries, violations)


def partitions(folder: Path, tries: int, random: Random) -> Tally:
    """One side is cut off from the broker, or both are, for up to two seconds; the agent goes on accepting."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with ExitStack() as stack:
            between = _Between(stack, folder / f"stand-{chapter}", random)
            for _ in range(count):
                between.stand.wait_for_commits()
                hurt = random.choice((between.sides, between.sides[:1], between.sides[1:]))
                for side in hurt:
                    side.weather = Weather(away=True)
                    side.cut()
                between.stand.wait_for_more()
                pause(random.random() * random.choice((0.2, 2.0)))
                for side in hurt:
                    side.weather = FINE
            violations += between.stand.verdict()
    return Tally(tries, violations)


ROWS = (
    Row("P1 P2", "messages lost, doubled, swapped, late; half-open", 1000, 12, upset_messages),
    Row("P1 P2", "partition between agent, broker and hub", 500, 6, partitions),
)
