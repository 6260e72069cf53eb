"""Web push as a hub has it: made from the settings, or not at all."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from contract.clock import Clock
from hub.ingest.ports import Ask
from hub.keyfile import BadKeyFile, read_or_make
from hub.notify.posting import Poster
from hub.notify.webhook.channel import resolve
from hub.notify.webpush.pusher import Pusher
from hub.notify.webpush.settings import PushSettings
from hub.store import phone_rows
from hub.store.phone_rows import PushRow

KEY_BYTES = 32


class PushReads:
    """The addresses. Any thread."""

    def __init__(self, engine: Engine, site: str, clock: Clock) -> None:
        self._engine, self._site, self._clock = engine, site, clock

    def pushes(self, person: str) -> Sequence[PushRow]:
        """Where a guard's phones can be told."""
        with self._engine.connect() as connection:
            return phone_rows.pushes(connection, self._site, person, self._clock.now_us())


def make_key(path: Path) -> None:
    """The VAPID key, its owner's alone; one that is there stays. Raises BadKeyFile."""
    read_or_make(path, KEY_BYTES)


def make_pusher(
    settings: PushSettings | None,
    folder: Path,
    site: str,
    engine: Engine,
    ask: Callable[[Ask], "Future[Any]"],
    clock: Clock,
    allow_private: Sequence[str],
) -> Pusher | None:
    """The pusher; None where the settings have none. Raises ValueError where its key is not there: another one would be one that
    no phone has subscribed to."""
    if settings is None:
        return None
    path = folder / settings.key_file
    if not path.exists():
        raise ValueError(f"push.key_file: {path} is not there: make it with `watchkeeper push init {path}`")
    try:
        secret = read_or_make(path, KEY_BYTES)
    except BadKeyFile as error:
        raise ValueError(f"push.key_file: {error}") from error
    poster = Poster(clock, allow_private, resolve)
    return Pusher(secret, settings.contact, site, PushReads(engine, site, clock), poster, ask, clock)
