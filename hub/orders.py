"""Commands and snapshots: ask for a nonce, send the command that names it, and hear what became of it.

A command lives 5 s from the nonce on by the agent's clock and runs at most once, so nothing here is ever repeated: where no
nonce comes nothing was done; where no result comes it is unknown, and the event that tells may still arrive.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from threading import Condition
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S, Clock
from contract.orders import COMMAND_LIFE_S, AnyOrder, AskNonce, Command, Nonce, TakeSnapshot
from hub.ingest.ports import ChangeRow

RESULT_WAIT_S = 8.0
NONCE_WAIT_S = COMMAND_LIFE_S
KEPT_MAX = 1_000
UNDER_WAY_MAX = 16
_log = logging.getLogger(__name__)

Phase = Literal["asked", "sent", "done", "refused", "failed", "no_answer"]
ENDED: frozenset[Phase] = frozenset(("done", "refused", "failed", "no_answer"))
"""`no_answer`: the agent gave no nonce, so nothing was sent and nothing was done."""


class Wanted(NamedTuple):
    """What a person wants done."""

    device: str
    agent: str
    action: str
    actor: str
    reason: str


class CommandState(NamedTuple):
    """How far a command is. `detail`: the name of the interlock or the check that refused, or of what failed."""

    id: str
    wanted: Wanted
    phase: Phase
    asked_us: int
    ended_us: int | None = None
    detail: str = ""
    nonce: str = ""


class OrderSender(Protocol):
    """The hub's way to its agents."""

    def order(self, agent: str, order: AnyOrder) -> None:
        """Publish an order. Does not wait; what cannot be sent is dropped and counted."""
        ...


class TooManyCommands(RuntimeError):
    """So many commands wait for their agents that no more are taken. Nothing was sent."""


class Orders:
    """The commands of this hub's run, the newest 1,000. Safe from any thread. `on_end` is told of each one's end and must
    not wait."""

    def __init__(
        self,
        sender: OrderSender,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        on_end: Callable[[CommandState], None] = lambda _: None,
    ) -> None:
        self._sender, self._clock, self._new_id, self._on_end = sender, clock, new_id, on_end
        self._changed = Condition()
        self._commands: OrderedDict[str, CommandState] = OrderedDict()
        self._by_nonce: dict[str, str] = {}
        self.counters: Counter[str] = Counter()

    def command(self, wanted: Wanted, record: Callable[[CommandState], None] = lambda _: None) -> CommandState:
        """Begin a command: `record` it, then ask for its nonce. Raises TooManyCommands, and what `record` raises: then nothing is
        sent."""
        now_us = self._clock.now_us()
        with self._changed:
            under_way = sum(state.phase not in ENDED and self._is_young(state, now_us) for state in self._commands.values())
            if under_way >= UNDER_WAY_MAX:
                self.counters["too_many"] += 1
                raise TooManyCommands(f"{UNDER_WAY_MAX} commands wait for their agents")
            state = CommandState(self._new_id(), wanted, "asked", now_us)
            self._commands[state.id] = state
            self._forget_old()
        self.counters["asked"] += 1
        _log.info("command_asked", extra={"id": state.id, **wanted._asdict()})
        try:
            record(state)
        except BaseException:
            with self._changed:
                self._end(state, "failed", "unrecorded")
            raise
        self._sender.order(wanted.agent, AskNonce(id=state.id))
        return state

    def wait(self, command: str) -> CommandState:
        """The command's end, or how far it is after 8 s. Without a nonce after 5 s it has ended: nothing was sent."""
        began_us = self._clock.mono_us()
        with self._changed:
            while True:
                state = self._commands[command]
                waited_s = (self._clock.mono_us() - began_us) / US_PER_S
                if state.phase == "asked" and waited_s >= NONCE_WAIT_S:
                    return self._end(state, "no_answer", "agent_did_not_answer")
                if state.phase in ENDED or waited_s >= RESULT_WAIT_S:
                    return state
                limit_s = NONCE_WAIT_S if state.phase == "asked" else RESULT_WAIT_S
                self._changed.wait(max(0.001, limit_s - waited_s))

    def find(self, command: str) -> CommandState | None:
        """A command of this run."""
        with self._changed:
            return self._commands.get(command)

    def snapshot(self, agent: str, camera: str) -> str:
        """Have a picture taken; its reading and the picture itself come by the usual ways. Returns the order's id."""
        order = TakeSnapshot(id=self._new_id(), device=camera)
        self.counters["snapshots"] += 1
        self._sender.order(agent, order)
        return order.id

    def on_nonce(self, agent: str, nonce: Nonce) -> None:
        """An agent's answer: the command goes out. A nonce that nobody waits for, or by another agent, is let go."""
        with self._changed:
            state = self._commands.get(nonce.order)
            if state is None or state.phase != "asked" or state.wanted.agent != agent:
                self.counters["stray_nonces"] += 1
                return
            self._commands[state.id] = state._replace(phase="sent", nonce=nonce.nonce)
            self._by_nonce[nonce.nonce] = state.id
            self._changed.notify_all()
        wanted = state.wanted
        # an order of its own: the agent carries out each id once, and has given its nonce for the first
        command = Command(self._new_id(), nonce.nonce, wanted.device, wanted.action, wanted.actor, wanted.reason)
        self._sender.order(agent, command)

    def on_changes(self, rows: Sequence[ChangeRow]) -> None:
        """Committed changes: those of topic `command` are results."""
        for row in rows:
            if row.topic == "command" and row.key in self._by_nonce:
                self._hear(row)

    def _hear(self, row: ChangeRow) -> None:
        body: dict[str, Any] = msgspec.json.decode(row.body)
        reading = body.get("reading", {})
        with self._changed:
            state = self._commands.get(self._by_nonce.get(row.key, ""))
            if state is None or state.phase != "sent" or state.wanted.agent != body.get("agent"):
                return
            phases: dict[str, Phase] = {"done": "done", "refused": "refused", "failed": "failed"}
            self._end(state, phases[row.act], str(reading.get("reason", "")))

    def _end(self, state: CommandState, phase: Phase, detail: str) -> CommandState:
        ended = state._replace(phase=phase, detail=detail, ended_us=self._clock.now_us())
        self._commands[state.id] = ended
        self._by_nonce.pop(state.nonce, None)
        self.counters[phase] += 1
        self._changed.notify_all()
        _log.info("command_ended", extra={"id": state.id, "phase": phase, "detail": detail})
        self._on_end(ended)
        return ended

    def _is_young(self, state: CommandState, now_us: int) -> bool:
        """Whether somebody may still wait for it. After the wait it is only kept, in case its result still comes."""
        return now_us - state.asked_us < RESULT_WAIT_S * US_PER_S

    def _forget_old(self) -> None:
        while len(self._commands) > KEPT_MAX:
            _, old = self._commands.popitem(last=False)
            self._by_nonce.pop(old.nonce, None)
