"""What devices told last: written with the events that tell it, read whole."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select

from hub.condition import WORDS, Word, told
from hub.ingest.outcome import EventRow
from hub.store import bulk
from hub.store.schema import device_state

NAMED_MAX = 200
"""More devices than these are not named to the database one by one."""

_NEWER = "excluded.at_us >= device_state.at_us"
_CHANGED = f"{_NEWER} AND excluded.word <> device_state.word"
_SETS = ", ".join(
    f"{column} = CASE WHEN {when} THEN excluded.{column} ELSE device_state.{column} END"
    for column, when in (("word", _NEWER), ("since_us", _CHANGED), ("at_us", _NEWER))
)
"""What a backlog brings late changes nothing."""


def tell(connection: Connection, site: str, events: Sequence[EventRow]) -> None:
    """Take in what a turn's events tell: one statement for many rows, and none where nothing of the kind came."""
    telling = [(row[3], row[4], row[5], row[9]) for row in events if row[4] in WORDS]
    if telling:
        bulk.upsert_by(connection, device_state, told(site, telling), _SETS)


class DeviceStates:
    """The words of one site. Any thread; each call is one query."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def of(self, devices: Collection[str]) -> dict[str, dict[str, Word]]:
        """The newest word of each kind, by device: of these, and where they are many, of all."""
        query = select(device_state).where(device_state.c.site == self._site)
        if len(devices) <= NAMED_MAX:
            query = query.where(device_state.c.device.in_(devices))
        found: dict[str, dict[str, Word]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.device, {})[row.kind] = Word(*row)
        return found
