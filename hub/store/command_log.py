"""What was commanded by whom, why, and what became of it (VEH-5): written before a command goes out, and again at its end."""

from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from hub.orders import ENDED, CommandState, Phase, Wanted
from hub.store import bulk
from hub.store.schema import command

LOST = "hub_restarted"
"""The detail of a command whose end this hub was not there to hear."""


class _Row(NamedTuple):
    """A row of `command`, in the table's order of columns."""

    site: str
    id: str
    device: str
    agent: str
    action: str
    actor: str
    reason: str
    phase: Phase
    detail: str
    asked_us: int
    ended_us: int | None


def put(connection: Connection, site: str, state: CommandState) -> None:
    """Write how far a command is."""
    row = _Row(site, state.id, *state.wanted, state.phase, state.detail, state.asked_us, state.ended_us)
    bulk.upsert(connection, command, [row])


class CommandLog:
    """The commands of one site. Any thread; each call is one query."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def newest(self, limit: int, offset: int = 0, device: str = "") -> list[CommandState]:
        """The newest first; of one device, or of all."""
        c = command.c
        query = select(command).where(c.site == self._site)
        if device:
            query = query.where(c.device == device)
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(c.asked_us.desc(), c.id).limit(limit).offset(offset)).all()
        return [_state(_Row(*row)) for row in found]

    def one(self, command_id: str) -> CommandState | None:
        """A command by its name."""
        c = command.c
        with self._engine.connect() as connection:
            row = connection.execute(select(command).where(c.site == self._site, c.id == command_id)).first()
        return None if row is None else _state(_Row(*row))


def as_known(state: CommandState, running: CommandState | None) -> CommandState:
    """A row beside what this run of the hub knows of the command: one that had not ended when a hub stopped never will."""
    if running is not None:
        return running
    return state if state.phase in ENDED else state._replace(phase="failed", detail=LOST)


def _state(row: _Row) -> CommandState:
    wanted = Wanted(row.device, row.agent, row.action, row.actor, row.reason)
    return CommandState(row.id, wanted, row.phase, row.asked_us, row.ended_us, row.detail)
