"""Footage that goes out of a hub, put together: links, the cache, what plays it, and the archives that are made of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine

from contract.clock import US_PER_S, Clock
from hub.audit.log import last_of
from hub.estate import Estate
from hub.footage.exports.form import Order
from hub.footage.exports.jobs import ExportJobs, Ports
from hub.footage.exports.maker import Stock
from hub.footage.exports.seal import KEY_FILE, ExportKey
from hub.footage.playback.cache import Cache, Key
from hub.footage.playback.fetching import Fetching, FootageUnavailable
from hub.footage.playback.links import Links
from hub.footage.playback.listing import Seen
from hub.footage.playback.player import Player
from hub.footage.views import ExportRow, limits_of
from hub.ingest.ports import Ask
from hub.orders import OrderSender
from hub.policy.load import Policy
from hub.store.footage_reads import FootageReads
from hub.store.footage_view_reads import FootageViewReads
from hub.store.retention_reads import KeepingReads

CACHE, EXPORTS = "footage-cache", "exports"
TOKEN_BYTES = 16
TRIES = 3
"""How often an archive asks an agent that does not answer."""
WAIT_S = 90.0


class FootageParts(NamedTuple):
    """What footage going out needs of the hub. `data`: the hub's folder; `engine`: the read-only one."""

    site: str
    data: Path
    engine: Engine
    policy: Policy
    sender: OrderSender
    ask: Callable[[Ask], "Future[Any]"]
    clock: Clock
    estate: Callable[[], Estate]


class FootageOut:
    """See the module. Any thread."""

    def __init__(self, parts: FootageParts) -> None:
        self._parts = parts
        self.limits = limits_of(parts.policy)
        self.reads = FootageReads(parts.engine, parts.site)
        self._views = FootageViewReads(parts.engine, parts.site)
        self._keeping = KeepingReads(parts.engine, parts.site)
        self.fetching = Fetching(parts.sender, parts.clock, Cache(parts.data / CACHE, self.new_id, parts.clock), self.new_id)
        self.links = Links(parts.clock, self.new_id, self.limits.link_us)
        self.downloads = Links(parts.clock, self.new_id, self.limits.link_us)
        self.player = Player(self.fetching, self.pieces, parts.clock)
        self.key = ExportKey(parts.data / KEY_FILE)
        ports = Ports(
            self._views,
            self._order_of,
            self._stock,
            parts.ask,
            self.key,
            parts.clock,
            self.new_id,
            self.limits.export_us,
            self._is_doubted,
        )
        self.exports = ExportJobs(parts.site, parts.data / EXPORTS, ports)

    @staticmethod
    def new_id() -> str:
        """A random name that nobody can guess."""
        return secrets.token_hex(TOKEN_BYTES)

    def pieces(self, device: str, stream: str, from_us: int, to_us: int) -> Sequence[Seen]:
        """The index's segments that show something of that time, oldest first."""
        found = self.reads.pieces(device, stream, from_us, to_us)  # type: ignore[arg-type]
        return [Seen(one.no, one.start_us, one.end_us, one.codec, one.init_bytes) for one in found]

    def start(self) -> None:
        """Begin. Raises OSError, SQLAlchemy's errors."""
        self.fetching.cache.open()
        self.exports.start()

    def stop(self) -> None:
        """End; nothing of others' footage stays in the cache."""
        self.exports.stop()
        self.fetching.cache.close()

    @property
    def counters(self) -> Mapping[str, int]:
        """What is counted, by what counts it."""
        rooms = {
            "fetch": self.fetching.counters,
            "cache": self.fetching.cache.counters,
            "link": self.links.counters,
            "play": self.player.counters,
            "export": self.exports.counters,
        }
        found = {f"{room}_{name}": count for room, counts in rooms.items() for name, count in dict(counts).items()}
        return {**found, "cache_bytes": self.fetching.cache.bytes_held}

    def _is_doubted(self) -> bool:
        """Whether the clock has halted the sweep of footage, and nobody has said yet that it is right."""
        return self._keeping.sweep().get("halted") == "clock"

    def _order_of(self, row: ExportRow) -> Order | None:
        asked, estate = self._views.view(row.view), self._parts.estate()
        if asked is None:
            return None
        return Order(
            export=row.export,
            site=estate.site,
            site_zh=estate.name_zh,
            site_en=estate.name_en,
            actor=asked.actor,
            role=asked.role,
            reason=asked.reason,
            receiver=asked.receiver,
            ticket=asked.ticket,
            incident=asked.incident,
            cameras=asked.devices,
            names={one: (estate.device_name(one, "zh"), estate.device_name(one, "en")) for one in asked.devices},
            stream=row.stream,
            from_us=asked.from_us,
            to_us=asked.to_us,
            asked_us=asked.at_us,
            zone=estate.timezone,
        )

    def _stock(self, progress: Callable[[float | None], None]) -> Stock:
        def segment(camera: str, stream: str, no: int) -> bytes | None:
            row = self._parts.estate().device(camera)
            if row is None:
                return None
            return self._fetch(row.agent, Key(camera, stream, no), lambda: progress(None))

        return Stock(self.pieces, self.reads.holes, segment, self._head, progress)  # type: ignore[arg-type]

    def _fetch(self, agent: str, key: Key, alive: Callable[[], None]) -> bytes | None:
        """A segment for an archive; None: it is gone. `alive` raises Cancelled. Raises FootageUnavailable."""
        for tried in range(1, TRIES + 1):
            try:
                self._wait(self.fetching.want(agent, key), alive)
                data = self.fetching.cache.read(key)
                if data is not None:
                    return data
            except FootageUnavailable as error:
                if str(error) == "gone":
                    return None
                if tried == TRIES:
                    raise
        raise FootageUnavailable("busy")

    def _wait(self, future: "Future[None]", alive: Callable[[], None]) -> None:
        until_us = self._parts.clock.mono_us() + int(WAIT_S * US_PER_S)
        while self._parts.clock.mono_us() < until_us:
            try:
                future.result(1.0)
            except FutureTimeoutError:
                self.fetching.expire()
                alive()
            else:
                return
        raise FootageUnavailable("agent_away")

    def _head(self) -> tuple[int, str]:
        with self._parts.engine.connect() as connection:
            last = last_of(connection, self._parts.site)
        return last.no, last.hash
