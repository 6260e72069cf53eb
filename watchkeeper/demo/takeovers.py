"""Somebody takes a small agent's connection by its client id: so often that it is an incident, or once, which is none.

The hub counts comings by its own clock, at most one in a second. So each coming is written down by when the broker let the agent
in and by when the hub had answered what the agent said after that: what the hub counted lies between, on however slow a machine.
"""

from collections.abc import Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.estate import NAMES
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import LONG
from watchkeeper.demo.rounds import Outcome

TAKEOVER = "agent_takeover"
WITHIN = 0.9
"""An episode's comings lie surely within so much of the window."""
MORE_MAX = 8
"""So often more than the limit a connection is taken, until enough comings lie close together."""
BACK_S = 15.0


class Coming(NamedTuple):
    """An agent was let in at `from_us`, and the hub had heard of it by `heard_us`."""

    from_us: int
    heard_us: int


def outcome(comings: Sequence[Coming], times: int, window_us: int) -> Outcome:
    """What the hub must make of these comings, with none before them: `times` within `window_us` are an episode."""
    bursts = [comings[at : at + times] for at in range(len(comings) - times + 1)]
    if not bursts:
        return "near_miss"
    surely = any(burst[-1].heard_us - burst[0].from_us <= WITHIN * window_us for burst in bursts)
    return "episode" if surely else "ambiguous"


class Taker:
    """Takes the connection of one small agent. For one thread."""

    def __init__(self, pump: AgentTwin) -> None:
        self._pump = pump
        self._came_us: int | None = None
        self._episode_us: int | None = None

    def insists(self, stage: Stage) -> None:
        """Take it again and again, until the agent has surely come back so often within the window that it is an episode. Two
        episodes need a quiet window between them."""
        if not self._is_quiet(stage, self._episode_us):
            return
        times, window_us = int(stage.limits["takeover_connects"]), int(stage.limits["takeover_window_s"] * US_PER_S)
        zh, en = NAMES[self._pump.agent]
        stage.tell(f"{zh}的连接被反复顶替", f"the connection of {en} is taken again and again")
        comings: list[Coming] = []
        found: Outcome = "near_miss"
        for _ in range(times + MORE_MAX):
            comings += self._take(stage)
            found = outcome(comings, times, window_us)
            if found == "episode":
                break
        if comings:
            self._episode_us = self._came_us
            stage.record.judged(TAKEOVER, self._pump.agent, found)

    def tries_once(self, stage: Stage) -> None:
        """Take it once, a quiet window after all that was before."""
        if not self._is_quiet(stage, self._came_us and self._pump.came_us):
            return
        zh, en = NAMES[self._pump.agent]
        stage.tell(f"{zh}的连接被顶替一次", f"the connection of {en} is taken once")
        if self._take(stage):
            stage.record.judged(TAKEOVER, self._pump.agent, "near_miss")

    def _is_quiet(self, stage: Stage, last_us: int | None) -> bool:
        """Whether a whole window has passed since then beyond doubt; None: since for ever."""
        return last_us is None or stage.since_s(last_us) > (LONG + 0.1) * stage.limits["takeover_window_s"]

    def _take(self, stage: Stage) -> list[Coming]:
        """Take it, and wait until the agent is back and the hub has answered what it says; empty where that takes too long."""
        pump, before = self._pump, self._pump.connects
        pump.take_connection()
        if not stage.until(lambda: pump.connects > before, BACK_S):
            return []
        from_us = self._came_us = pump.came_us
        seq = pump.note_about(pump.device)
        if not stage.until(lambda: pump.acked >= seq, BACK_S):
            return []
        return [Coming(from_us, stage.clock.now_us())]
