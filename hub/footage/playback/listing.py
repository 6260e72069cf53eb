"""What a player is shown of a camera's stream: entries on one time line, to which is only ever added, and the playlist of them.

A playlist that grows may not change what it has said. So what a listing has once shown stays, whatever the index says later: a
segment that was shown in parts while it grew is told to its end in one more part.
"""

from collections.abc import Sequence
from typing import NamedTuple

from contract.clock import US_PER_S, rfc3339

BREAK_US = US_PER_S // 2
"""What ends and begins again within this is one run: clocks are measured anew now and then."""
TARGET_S_MIN = 12
"""An entry's longest duration, which a playlist must name before it knows: recorders cut every 10 s, where a picture stands
alone."""
PART_US_MIN = 900_000
"""Of a segment that grows, less than this is not worth an entry."""
REST_US_MIN = 50_000
"""What a finished segment is longer than its parts by less than this is rounding: there is no fragment more in it."""
ENTRIES_MAX = 20_000


class Seen(NamedTuple):
    """A segment that may be shown, on the hub's line. `init_bytes`: how long its header is."""

    no: int
    start_us: int
    end_us: int
    codec: str = "h264"
    init_bytes: int = 0


class Entry(NamedTuple):
    """Fragments `first` to before `last` of a segment; None: to its end. `at_us`: where they stand on the player's line;
    `start_us`, `end_us`: when that was, on the hub's. `breaks`: it does not go on from the one before; `header`: the segment
    whose header describes it."""

    no: int
    first: int
    last: int | None
    at_us: int
    start_us: int
    end_us: int
    codec: str
    breaks: bool
    header: int

    @property
    def name(self) -> str:
        """By what a player asks for it."""
        if self.last is None:
            return f"{self.no}-{self.first}" if self.first else str(self.no)
        return f"{self.no}-{self.first}-{self.last}"


class Listing:
    """The entries of one camera's stream for one link. `origin_us`: the hub's time at which the player's line begins. Not for two
    threads at once."""

    def __init__(self, origin_us: int) -> None:
        self.origin_us = origin_us
        self.entries: list[Entry] = []
        self._by_name: dict[str, Entry] = {}
        self._headers: set[int] = set()
        self._starts: dict[int, int] = {}
        self._shown_us: dict[int, int] = {}

    def add(self, seen: Sequence[Seen]) -> None:
        """Whole segments, oldest first; those that were shown are passed over."""
        for one in seen:
            before = self.entries[-1] if self.entries else None
            if before is not None and one.no < before.no:
                continue
            if before is None or one.no > before.no:
                self._append(one, 0, None, one.start_us, one.end_us)
            elif before.last is not None and (rest_us := one.end_us - one.start_us - self._shown_us[one.no]) >= REST_US_MIN:
                self._append(one, before.last, None, before.end_us, before.end_us + rest_us)

    def grow(self, one: Seen, ends_us: Sequence[int]) -> None:
        """The segment that is being written: each of its whole fragments ends so long after its beginning."""
        before = self.entries[-1] if self.entries else None
        if before is not None and (one.no < before.no or (one.no == before.no and before.last is None)):
            return
        first = before.last or 0 if before is not None and before.no == one.no else 0
        if len(ends_us) <= first:
            return
        from_us = one.start_us + (ends_us[first - 1] if first else 0)
        end_us = one.start_us + ends_us[-1]
        if end_us - from_us >= PART_US_MIN:
            self._append(one, first, len(ends_us), from_us, end_us)

    def find(self, name: str) -> Entry | None:
        """The entry of that name; only what was listed is ever given out."""
        return self._by_name.get(name)

    def has_header(self, no: int) -> bool:
        """Whether a playlist has named this segment's header."""
        return no in self._headers

    def segment_at_us(self, entry: Entry) -> int:
        """Where the entry's segment begins on the player's line."""
        return self._starts[entry.no]

    def after(self, entry: Entry, count: int) -> list[Entry]:
        """The entries that come next."""
        at = self.entries.index(entry) + 1
        return self.entries[at : at + count]

    def _append(self, one: Seen, first: int, last: int | None, start_us: int, end_us: int) -> None:
        if len(self.entries) >= ENTRIES_MAX or end_us <= start_us:
            return
        before = self.entries[-1] if self.entries else None
        at_us, breaks, header = max(0, start_us - self.origin_us), True, one.no
        if before is not None:
            goes_on = before.at_us + before.end_us - before.start_us
            breaks = before.codec != one.codec or abs(start_us - before.end_us) > BREAK_US
            at_us = max(at_us, goes_on) if breaks else goes_on
            header = one.no if breaks else before.header
        entry = Entry(one.no, first, last, at_us, start_us, end_us, one.codec, breaks, header)
        self._headers.add(header)
        self._starts.setdefault(one.no, at_us)
        self._shown_us[one.no] = self._shown_us.get(one.no, 0) + end_us - start_us
        self.entries.append(entry)
        self._by_name[entry.name] = entry


def playlist(listing: Listing, folder: str, from_us: int, *, ended: bool) -> str:
    """The HLS playlist (RFC 8216, version 7). Its addresses begin with `folder`; it asks a player to begin at `from_us`; `ended`:
    nothing will come after it."""
    entries = listing.entries
    longest_us = max((entry.end_us - entry.start_us for entry in entries), default=0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(TARGET_S_MIN, -(-longest_us // US_PER_S))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:EVENT",  # also of one that has ended: it may not change its word
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if entries:
        lines.append(f"#EXT-X-START:TIME-OFFSET={_offset_s(entries, from_us):.3f},PRECISE=YES")
    header = None
    for count, entry in enumerate(entries):
        if entry.breaks and count:
            lines.append("#EXT-X-DISCONTINUITY")
        if entry.header != header:
            header = entry.header
            lines.append(f'#EXT-X-MAP:URI="{folder}{header}.mp4"')
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(entry.start_us)}",
            f"#EXTINF:{(entry.end_us - entry.start_us) / US_PER_S:.6f},",
            f"{folder}{entry.name}.m4s",
        ]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def _offset_s(entries: Sequence[Entry], from_us: int) -> float:
    """How long after the playlist's beginning, holes left out, a time is; what was not filmed begins at what comes next."""
    passed_us = 0
    for entry in entries:
        if entry.end_us > from_us:
            return (passed_us + max(0, from_us - entry.start_us)) / US_PER_S
        passed_us += entry.end_us - entry.start_us
    return passed_us / US_PER_S
