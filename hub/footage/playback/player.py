"""What plays footage by a link: playlists from the hub's index and from what an agent is writing just now, headers and media from
segments that agents send.

Whoever asks waits without a thread. Each answer is for what a playlist of the same link has named: nothing else can be asked for.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from contract.clock import US_PER_S, Clock
from contract.footage import FootageNow, decode_footage_now
from hub.footage.fragments import BadMedia, fragments, header_of, moved
from hub.footage.packing import SPAN_MAX_US
from hub.footage.playback.cache import Key
from hub.footage.playback.fetching import Fetching, FootageUnavailable
from hub.footage.playback.links import Link
from hub.footage.playback.listing import BREAK_US, Entry, Listing, Seen, playlist

WAIT_US = 30 * US_PER_S
"""For a segment: an agent that answers nothing is given up sooner, one that sends slowly is waited for."""
AHEAD = 2
"""So many of the entries behind the one that is asked for are fetched too."""
NEWEST_US = US_PER_S
"""How often an agent is asked what it is writing, of one camera's stream, for all who look."""
NEWEST_MAX = 256
NEWEST_BYTES_MAX = 64 * 1024
"""Of what an agent tells of its newest segments: eight of them take 2 KiB."""
SETTLED_US = 60 * US_PER_S
"""A view's end is over when it is so long past: agents tell of a segment within seconds, or are away."""
EDGE_US = 30 * US_PER_S
"""Where the index has nothing of the last so long, there may be more to come."""
READ_AT_ONCE = 4
ON_THE_WAY_MAX = 256 * 1024 * 1024
"""Of media that is being sent to those who look: a slow line holds it in memory until it is gone."""

Pieces = Callable[[str, str, int, int], Sequence[Seen]]
"""The index's segments of a camera and a stream that show something of a time, oldest first."""


class NotListed(LookupError):
    """No playlist of this link has named it."""


class _Newest(NamedTuple):
    """What an agent told of a stream, the monotonic time at which that was asked, and its clock less the hub's."""

    asked_us: int
    told: FootageNow
    offset_us: int


class Player:
    """For all links of one hub. Its coroutines run on one loop."""

    def __init__(self, fetching: Fetching, pieces: Pieces, clock: Clock) -> None:
        self._fetching, self._pieces, self._clock = fetching, pieces, clock
        self._newest: OrderedDict[tuple[str, str], _Newest] = OrderedDict()
        self._grown: dict[tuple[str, str], Key] = {}
        self._reading = asyncio.Semaphore(READ_AT_ONCE)
        self._on_the_way = 0
        self.counters: Counter[str] = Counter()

    def take_room(self, size_bytes: int) -> bool:
        """Whether so much more may be sent now; it counts until `give_room`."""
        if self._on_the_way + size_bytes > ON_THE_WAY_MAX:
            self.counters["no_room"] += 1
            return False
        self._on_the_way += size_bytes
        return True

    def give_room(self, size_bytes: int) -> None:
        """So much is sent, or will not be."""
        self._on_the_way -= size_bytes

    def begin(self, link: Link, stream: str) -> None:
        """Have the first segment of each camera fetched, while a browser still makes its player. Any thread."""
        view = link.view
        for device, agent in view.agents.items():
            found = self._pieces(device, stream, view.from_us, min(view.to_us, view.from_us + 60 * US_PER_S))
            for one in found[:AHEAD]:
                self._fetching.prefetch(agent, Key(device, stream, one.no))

    async def playlist(self, link: Link, device: str, stream: str) -> str:
        """The playlist as it is now. Raises NotListed for a camera that the link does not show, SQLAlchemy's errors."""
        view = link.view
        agent = self._agent(link, device)
        found = await asyncio.to_thread(self._pieces, device, stream, view.from_us, view.to_us)
        now_us = self._clock.now_us()
        with link.lock:
            listing = link.listing(device, stream, view.from_us - 60 * US_PER_S)
            listing.add(found)
            shown_us = listing.entries[-1].end_us if listing.entries else view.from_us
        ended = shown_us >= view.to_us or now_us > view.to_us + SETTLED_US
        if not ended and now_us - shown_us < view.to_us - view.from_us + EDGE_US:
            await self._look_at_edge(link, listing, agent, Key(device, stream, 0))
        with link.lock:
            shown_us = listing.entries[-1].end_us if listing.entries else view.from_us
            self.counters["playlists"] += 1
            ended = shown_us >= view.to_us or now_us > view.to_us + SETTLED_US
            return playlist(listing, f"{device}/{stream}/", view.from_us, ended=ended)

    async def header(self, link: Link, device: str, stream: str, no: int) -> bytes:
        """The header of a segment. Raises NotListed, FootageUnavailable, BadMedia."""
        agent = self._agent(link, device)
        with link.lock:
            listing = link.listings.get((device, stream))
            if listing is None or not listing.has_header(no):
                raise NotListed(str(no))
        data = await self._segment(agent, self._best(device, stream, no, grown=True))
        return data[: header_of(data).size_bytes]

    async def media(self, link: Link, device: str, stream: str, name: str) -> bytes:
        """An entry's fragments, on the player's time line. Raises as `header`."""
        agent = self._agent(link, device)
        with link.lock:
            listing = link.listings.get((device, stream))
            entry = None if listing is None else listing.find(name)
            if listing is None or entry is None:
                raise NotListed(name)
            at_us, ahead = listing.segment_at_us(entry), listing.after(entry, AHEAD)
        data = await self._segment(agent, self._best(device, stream, entry.no, grown=entry.last is not None))
        if not await asyncio.to_thread(_shows, data, entry):  # it was fetched while its agent was still writing it
            self.counters["fetched_again"] += 1
            whole = Key(device, stream, entry.no)
            self._fetching.cache.forget(whole)
            data = await self._segment(agent, whole)
        for one in ahead:
            if one.last is None:
                self._fetching.prefetch(agent, Key(device, stream, one.no))
        async with self._reading:
            body = await asyncio.to_thread(_cut, data, entry, at_us)
        self.counters["media"] += 1
        self.counters["media_bytes"] += len(body)
        return body

    def _agent(self, link: Link, device: str) -> str:
        agent = link.view.agents.get(device)
        if agent is None:
            raise NotListed(device)
        return agent

    def _best(self, device: str, stream: str, no: int, *, grown: bool) -> Key:
        """The segment whole, where that is held or can be had; of one that grows, as much of it as was asked for last."""
        whole = Key(device, stream, no)
        last = self._grown.get((device, stream))
        return last if grown and last is not None and last.no == no and not self._fetching.cache.has(whole) else whole

    async def _segment(self, agent: str, key: Key) -> bytes:
        """Raises FootageUnavailable."""
        for _ in range(2):  # what came may have had to go again for room
            await self._wait_for(agent, key)
            async with self._reading:
                data = await asyncio.to_thread(self._fetching.cache.read, key)
            if data is not None:
                return data
        raise FootageUnavailable("busy")

    async def _wait_for(self, agent: str, key: Key) -> None:
        future = asyncio.wrap_future(self._fetching.want(agent, key))
        until_us = self._clock.mono_us() + WAIT_US
        while True:
            done, _ = await asyncio.wait((future,), timeout=1.0)
            if done:
                future.result()
                return
            self._fetching.expire()
            if self._clock.mono_us() > until_us:
                self.counters["waits_given_up"] += 1
                raise FootageUnavailable("agent_away")

    async def _look_at_edge(self, link: Link, listing: Listing, agent: str, key: Key) -> None:
        """Add what the agent has that the index has not. An agent that is away adds nothing."""
        try:
            newest = await self._ask_newest(agent, key)
            if newest is None:
                return
            told, view = newest.told, link.view
            seen = [
                Seen(one.no, one.start_us - newest.offset_us, one.end_us - newest.offset_us, one.codec, one.init_bytes)
                for one in told.segments
            ]
            sound = [one for one in seen if 0 <= one.end_us - one.start_us <= SPAN_MAX_US]
            wanted = [one for one in sound if one.end_us > view.from_us and one.start_us < view.to_us]
            grows = wanted.pop() if told.growing and wanted and wanted[-1] is seen[-1] else None
            with link.lock:
                listing.add(wanted)
            if grows is None or told.segments[-1].size_bytes <= 0:
                return  # with nothing of it yet its key would be that of the whole segment
            grown = Key(key.device, key.stream, grows.no, told.segments[-1].size_bytes)
            data = await self._segment(agent, grown)
            self._grew(grown)
            found = fragments(data, header_of(data))
            with link.lock:
                listing.grow(grows, [one.end_us - found[0].start_us for one in found])
        except (FootageUnavailable, BadMedia):
            self.counters["edge_unseen"] += 1

    def _grew(self, grown: Key) -> None:
        """So much of it may be given out. Of two that asked at once the later answer may hold less."""
        last = self._grown.get((grown.device, grown.stream))
        if last is None or (last.no, last.grown) < (grown.no, grown.grown):
            self._grown[grown.device, grown.stream] = grown

    async def _ask_newest(self, agent: str, key: Key) -> _Newest | None:
        now_us, stream = self._clock.mono_us(), (key.device, key.stream)
        known = self._newest.get(stream)
        if known is not None and now_us - known.asked_us < NEWEST_US:
            return known
        self._fetching.cache.forget(key)
        data = await self._segment(agent, key)
        if len(data) > NEWEST_BYTES_MAX:
            return None
        try:
            told = decode_footage_now(data)
        except msgspec.DecodeError:
            return None
        newest = _Newest(now_us, told, await asyncio.to_thread(self._offset_us, key, told))
        self._newest[stream] = newest
        self._newest.move_to_end(stream)
        while len(self._newest) > NEWEST_MAX:
            old, _ = self._newest.popitem(last=False)
            self._grown.pop(old, None)
        return newest

    def _offset_us(self, key: Key, told: FootageNow) -> int:
        """The agent's clock less the hub's: by a segment that both know, or else by when it told."""
        by_no = {one.no: one for one in told.segments}
        at_us = self._clock.now_us()
        for piece in reversed(self._pieces(key.device, key.stream, at_us - 120 * US_PER_S, at_us)):
            if piece.no in by_no:
                return by_no[piece.no].start_us - piece.start_us
        return told.sent_us - at_us


def _shows(data: bytes, entry: Entry) -> bool:
    """Whether what was fetched reaches to the entry's end. Raises BadMedia."""
    chosen = fragments(data, header_of(data))[entry.first : entry.last]
    return bool(chosen) and chosen[-1].end_us - chosen[0].start_us >= entry.end_us - entry.start_us - BREAK_US


def _cut(data: bytes, entry: Entry, at_us: int) -> bytes:
    """Raises BadMedia."""
    header = header_of(data)
    found = fragments(data, header)
    chosen = found[entry.first : entry.last]
    if not chosen:
        raise BadMedia("it has no fragment that can be played")
    return moved(data, chosen, header, at_us - found[0].start_us, 1 + entry.at_us // 10_000)
