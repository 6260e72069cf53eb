"""Which packets of a stream are decoded: as few as tell what is wanted. Runs in the child only."""

from collections import deque
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from drivers.analysis.gate import Gate

Way = Literal["gated", "keys", "all"]
"""`gated`: all while something may move, else a key picture now and then. `keys`: key pictures, while they come often enough.
`all`: every picture, for what passes quickly."""

CHECK_S = 3.9
"""How often a picture is looked at though the packets say that nothing moves."""
_KEYS_CHECK_S = 1.9
_LONG_GOP_S = 2.2
_KEPT_PACKETS = 600
_KEPT_BYTES = 8 << 20


class Taken(NamedTuple):
    """A decoded picture. `frame` is the library's own, valid until the next one is asked for."""

    frame: Any
    key: bool
    at_s: float
    check: bool = False
    """The gate is closed, and this is only to see whether it should be: `Taker.missed` has what came before."""


class Taker:
    """Decodes one video stream. `every_s`: how far apart the pictures are that are given.

    Packets that are not decoded are kept from the last decoded key picture on, up to _KEPT_PACKETS and _KEPT_BYTES, and are
    decoded after all once something moves: `let_go` counts those that did not fit, whose motion is lost.
    """

    def __init__(self, codec: Any, way: Way, every_s: float) -> None:
        self.gate = Gate()
        self.let_go = 0
        self.decoded = 0
        self._codec, self._way, self._every_s = codec, way, every_s
        self._kept: deque[tuple[Any, float]] = deque()
        self._kept_bytes = 0
        self._skipped: tuple[Any, float] | None = None
        """The key picture before, where it was left out."""
        self._lost = False
        """Up to the next key picture nothing can be decoded."""
        self._running = False
        """The decoder has every packet up to now."""
        self._key_s: float | None = None
        self._gop_s = 0.0
        self._taken_s: float | None = None
        self._given_s = float("-inf")
        """The time of the newest picture that was given before the kept packets."""

    def of(
        self, packet: Any, at_s: float, *, wanted: bool = False, still: bool = True, doubtful: bool = False
    ) -> Iterator[Taken]:
        """The pictures worth looking at once `packet` has come. `wanted`: somebody waits for one, so it is due now. `still`:
        nothing is seen to move; `doubtful`: one more picture would tell. Raises the library's InvalidDataError for a damaged
        packet."""
        key = bool(packet.is_keyframe)
        if key:
            self._gop_s = 0.0 if self._key_s is None else at_s - self._key_s
            self._key_s = at_s
        elif self._key_s is None:
            return
        is_open = self._way == "all" or self.gate.take(at_s, packet.size, key=key, still=still)
        if self._way == "all" or (is_open and (self._way == "gated" or self._is_long(at_s))):
            yield from self._all(packet, at_s, wanted)
        elif self._way == "keys" and not self._is_long(at_s):
            yield from self._key(packet, at_s, wanted or doubtful, 0.0 if is_open else _KEYS_CHECK_S)
        else:
            yield from self._closed(packet, at_s, wanted)

    def missed(self) -> Iterator[Taken]:
        """What the kept packets show: a picture was seen to move while the gate was closed. Of a stream that is looked at by its
        key pictures, the one that was left out. Raises as `of` does."""
        if self._skipped is not None:
            skipped, self._skipped = self._skipped, None
            yield from self._alone(*skipped)
            return
        kept, self._kept, self._kept_bytes = self._kept, deque(), 0
        self._codec.flush_buffers()
        if kept:
            self._taken_s = self._given_s if kept[0][1] <= self._given_s else None
        for packet, at_s in kept:
            yield from self._decoded(packet, at_s, wanted=False)

    def _is_long(self, at_s: float) -> bool:
        return self._key_s is not None and max(self._gop_s, at_s - self._key_s) > _LONG_GOP_S

    def _all(self, packet: Any, at_s: float, wanted: bool) -> Iterator[Taken]:
        if not self._running:
            self._forget_before_last_key()
            yield from self.missed()
            self._running = True
        yield from self._decoded(packet, at_s, wanted)

    def _forget_before_last_key(self) -> None:
        """The sizes tell of motion soon after it begins: what lies before the last key picture shows none of it."""
        last = max((n for n, (packet, _) in enumerate(self._kept) if packet.is_keyframe), default=0)
        for _ in range(last):
            self._kept.popleft()

    def _closed(self, packet: Any, at_s: float, wanted: bool) -> Iterator[Taken]:
        if wanted and not packet.is_keyframe:
            yield from self._all(packet, at_s, wanted)
            return
        if self._running:
            if not packet.is_keyframe:  # it closes with the next key picture
                yield from self._decoded(packet, at_s, wanted)
                return
            self._running = False
        if packet.is_keyframe and (wanted or self._taken_s is None or at_s - self._taken_s >= CHECK_S):
            yield from self._alone(packet, at_s, check=True)
            self._given_s = at_s
            self._kept.clear()
            self._kept_bytes = 0
        self._keep(packet, at_s)

    def _key(self, packet: Any, at_s: float, wanted: bool, every_s: float) -> Iterator[Taken]:
        """The key picture; while one more is wanted, those after it too, up to the next."""
        if packet.is_keyframe:
            self._running = self._lost = False
            self._kept.clear()
            self._kept_bytes = 0
            if wanted or self._taken_s is None or at_s - self._taken_s >= every_s:
                yield from self._alone(packet, at_s, check=self._skipped is not None)
                self._given_s, self._skipped = at_s, None
            else:
                self._skipped = (packet, at_s)
            self._keep(packet, at_s)
        elif self._running and not wanted:
            self._running, self._lost = False, True  # what follows cannot be decoded without this one
        elif self._running or (wanted and not self._lost):
            yield from self._all(packet, at_s, wanted=False)
        elif not self._lost:
            self._keep(packet, at_s)

    def _keep(self, packet: Any, at_s: float) -> None:
        if len(self._kept) >= _KEPT_PACKETS or self._kept_bytes + packet.size > _KEPT_BYTES:
            self.let_go += len(self._kept)
            self._kept.clear()
            self._kept_bytes = 0
        if self._kept or packet.is_keyframe:
            self._kept.append((packet, at_s))
            self._kept_bytes += packet.size

    def _alone(self, packet: Any, at_s: float, *, check: bool = False) -> Iterator[Taken]:
        self._codec.flush_buffers()
        frames = [*packet.decode(), *self._codec.decode(None)][-1:]
        self._codec.flush_buffers()
        self.decoded += len(frames)
        for frame in frames:
            yield Taken(frame, bool(frame.key_frame), at_s, check)
        self._taken_s = at_s

    def _decoded(self, packet: Any, at_s: float, wanted: bool) -> Iterator[Taken]:
        for frame in packet.decode():
            self.decoded += 1
            since_s = float("inf") if self._taken_s is None else at_s - self._taken_s
            if since_s >= self._every_s or (since_s > 0 and (wanted or bool(frame.key_frame))):
                self._taken_s = at_s
                yield Taken(frame, bool(frame.key_frame), at_s)
