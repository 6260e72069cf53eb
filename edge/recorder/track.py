"""One camera's stream on its way into segments: places each picture in time, cuts, and hands whole fragments to the files."""

from errno import EDQUOT, ENOSPC
from typing import NamedTuple, Protocol

from contract.clock import US_PER_MS, US_PER_S
from contract.footage import Codec, RecorderReason
from edge.recorder import mp4
from edge.recorder.cutting import GOP_MAX_US, Sight, verdict
from edge.recorder.files import Files, OpenFile
from edge.recorder.messages import Began, Camera, Ended, State
from edge.recorder.mp4 import CLOCK_HZ, Sample
from edge.recorder.parameters import BadParameters, Looks, Sets, looks_of
from edge.recorder.rtp import Picture
from edge.recorder.times import Times

FRAGMENT_US = US_PER_S
FRAGMENT_BYTES = 4 * 1024 * 1024
"""A fragment is written when it is this long or this large, so that little is lost and the live edge is near."""
DISK_PAUSE_US = 10 * US_PER_S
"""How long a disk that was full or failed is left alone."""
_BASE_SLEW_US = 50 * US_PER_MS
_LAST_US = 40 * US_PER_MS


class Now(NamedTuple):
    """Both clocks, read together."""

    wall_us: int
    mono_us: int


class Hand(Protocol):
    """Who takes what a track has to tell: edge.recorder.child."""

    def close(self, file: OpenFile, told: Ended) -> None:
        """Sync the file, then tell it."""
        ...

    def tell(self, report: Began | State) -> None:
        """Tell it now."""
        ...


class _Writing:
    """The segment that grows. `base_us` makes the agent's clock out of the line's times."""

    def __init__(self, no: int, codec: Codec, sets: Sets, looks: Looks, first_us: int, base_us: int, settled_us: int) -> None:
        self.no, self.codec, self.sets = no, codec, sets
        self.first_us, self.base_us, self.settled_us = first_us, base_us, settled_us
        self.header = mp4.header(codec, sets, looks)
        self.waiting: list[Sample] = []
        self.waiting_bytes = 0
        self.fragment_us = first_us
        self.fragment_90k = 0
        self.fragments = 0
        self.file: OpenFile | None = None

    def tick(self, at_us: int) -> int:
        return (at_us - self.first_us) * CLOCK_HZ // US_PER_S


class Track:
    """One stream over all its connections. For one thread."""

    def __init__(self, camera: Camera, files: Files, hand: Hand, segment_us: int) -> None:
        self.camera = camera
        self._files, self._hand, self._segment_us = files, hand, segment_us
        self._last_no = camera.last_no
        self._times = Times()
        self._now: _Writing | None = None
        self._waiting_from_us: int | None = None
        self._step_us = _LAST_US
        self._at_us = 0
        self._ended_us = 0
        self._told: tuple[bool, RecorderReason] | None = None
        self._disk_again_us = 0
        self._anyway_us: int | None = None
        self.pictures = self.dropped = 0

    def connected(self) -> None:
        """A new connection: its times begin anew."""
        self._times = Times()
        self._waiting_from_us = self._anyway_us = None

    def take(self, picture: Picture, codec: Codec, now: Now) -> None:
        """Put the next picture where it belongs."""
        at_us = self._times.place(picture.pts_us, now.mono_us)
        if now.mono_us < self._disk_again_us:
            self.dropped += 1
            return
        if self._waiting_from_us is None:
            self._waiting_from_us = at_us
        writing = self._now
        seen = Sight(
            writing is not None,
            picture.key,
            at_us - (writing.first_us if writing else self._waiting_from_us),
            writing.file.size_bytes if writing and writing.file else 0,
            writing is not None and (writing.sets != picture.sets or writing.codec != codec),
            0 if writing is None else now.wall_us - now.mono_us - writing.base_us + writing.settled_us,
        )
        word = verdict(seen, self._segment_us)
        if word == "wait":
            self.dropped += 1
            return
        try:
            if word != "go_on":
                self._begin(at_us, codec, picture.sets, now)
                self._began(picture.key, at_us)
            self._add(picture, at_us)
        except BadParameters as error:
            self.dropped += 1
            self.lost("unplayable", str(error))
        except OSError as error:
            self._disk_failed(error, now)

    def lost(self, reason: RecorderReason, detail: str = "") -> None:
        """The connection has ended: what is there is closed, and it is told that nothing is written."""
        try:
            self._close(self._at_us + self._step_us)
        except OSError as error:
            detail = f"{detail} {error.strerror}"
            self._now = None
        self._say(False, reason, detail)

    def _begin(self, at_us: int, codec: Codec, sets: Sets, now: Now) -> None:
        looks = looks_of(codec, sets)
        before, settled_us = self._now, self._times.settled_us
        base_us = now.wall_us - now.mono_us + settled_us
        if before is not None:
            was_us = self._base_of(before)
            if abs(base_us - was_us) <= US_PER_S:
                base_us = was_us + max(-_BASE_SLEW_US, min(_BASE_SLEW_US, base_us - was_us))
            self._close(at_us, base_us)
        elif 0 < self._ended_us - (at_us + base_us) < 10 * US_PER_S:
            base_us = self._ended_us - at_us  # what a camera sends again from before is no earlier than what is there
        if not self._files.has_room():
            raise OSError(ENOSPC, "the reserve is all that is free")
        no = max(at_us + base_us, self._last_no + 1)
        writing = _Writing(no, codec, sets, looks, at_us, base_us, settled_us)
        writing.file = self._files.make(self.camera.device, self.camera.stream, no)
        self._last_no, self._now = no, writing
        self._hand.tell(Began(self.camera.device, self.camera.stream, no, codec))

    def _began(self, key: bool, at_us: int) -> None:
        """Tell what a player can do with it: all is well again once no cut was needed between key pictures for a while."""
        if not key:
            self._anyway_us = at_us
        elif self._anyway_us is not None and at_us - self._anyway_us >= 2 * GOP_MAX_US:
            self._anyway_us = None
        self._say(True, "started" if self._anyway_us is None else "unplayable")

    def _base_of(self, writing: _Writing) -> int:
        """Its base, with what was learnt of the line since it began."""
        return writing.base_us + self._times.settled_us - writing.settled_us

    def _add(self, picture: Picture, at_us: int) -> None:
        writing = self._now
        assert writing is not None
        whole = writing.waiting_bytes >= FRAGMENT_BYTES or at_us - writing.fragment_us >= FRAGMENT_US
        if writing.waiting and (picture.key or whole):
            self._flush(writing, at_us)
        self._step_us = min(max(at_us - self._at_us, US_PER_MS), US_PER_S) if self._at_us else _LAST_US
        self._at_us = at_us
        writing.waiting.append(Sample(picture.data, writing.tick(at_us), picture.key))
        writing.waiting_bytes += len(picture.data)
        self.pictures += 1

    def _flush(self, writing: _Writing, end_us: int) -> None:
        """Write what waits as one fragment that ends at `end_us`."""
        samples, writing.waiting, writing.waiting_bytes = writing.waiting, [], 0
        end_90k = max(writing.tick(end_us), writing.fragment_90k + len(samples))
        pieces = mp4.fragment(writing.fragments + 1, writing.fragment_90k, end_90k, samples)
        if not writing.fragments:
            pieces = [writing.header, mp4.began(writing.first_us + writing.base_us), *pieces]
        assert writing.file is not None
        writing.file.write(pieces)
        writing.fragments += 1
        writing.fragment_us, writing.fragment_90k = end_us, max(end_90k, *(sample.show for sample in samples))

    def _close(self, end_us: int, next_base_us: int | None = None) -> None:
        """End the segment in front of `end_us`. `next_base_us`: of the one that goes on from there."""
        writing, self._now = self._now, None
        if writing is None or writing.file is None:
            return
        full: OSError | None = None
        try:
            if writing.waiting:
                self._flush(writing, end_us)
            else:
                end_us = writing.fragment_us  # what waited could not be written
        except OSError as error:
            full, end_us = error, writing.fragment_us
        base_us = self._base_of(writing)
        start_us = writing.first_us + base_us
        ends_us = end_us + base_us
        if next_base_us is not None and abs(next_base_us - base_us) <= _BASE_SLEW_US and full is None:
            ends_us = end_us + next_base_us
        if writing.fragments:
            self._ended_us = ends_us = max(ends_us, start_us)
            names = (self.camera.device, self.camera.stream, writing.no)
            size = writing.file.size_bytes
            self._hand.close(writing.file, Ended(*names, start_us, ends_us, size, writing.codec, len(writing.header)))
        else:
            writing.file.discard()
        if full is not None:
            raise full

    def _disk_failed(self, error: OSError, now: Now) -> None:
        self.dropped += 1
        self._disk_again_us = now.mono_us + DISK_PAUSE_US
        try:
            self._close(self._at_us + self._step_us)
        except OSError:
            self._now = None
        self._waiting_from_us = None
        self.disk(error)

    def disk(self, error: OSError) -> None:
        """Tell that the disk is full, or has failed."""
        self._say(False, "disk_full" if error.errno in (ENOSPC, EDQUOT) else "disk_failed", error.strerror or "")

    def _say(self, recording: bool, reason: RecorderReason, detail: str = "") -> None:
        if self._told != (recording, reason):
            self._told = (recording, reason)
            self._hand.tell(State(self.camera.device, self.camera.stream, recording, reason, detail))
