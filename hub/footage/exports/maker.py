"""One archive: segments from their agents, joined run by run as they are, with whose they are beside, in and over them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from contract.clock import US_PER_S, Clock
from hub.footage.coverage import Hole
from hub.footage.exports import form
from hub.footage.exports.archive import Archive, Writing
from hub.footage.exports.form import Clip, Missing, Order, Source
from hub.footage.exports.seal import ExportKey
from hub.footage.fragments import BadMedia, fragments, header_of, moved
from hub.footage.playback.listing import BREAK_US, Entry, Listing, Seen


class Cancelled(Exception):
    """Somebody does not want it any more."""


class Stock(NamedTuple):
    """Where an archive's content comes from. `segment(camera, stream, no)`: its bytes, None where it is gone; raises
    FootageUnavailable. `progress`: told how much is made, 0 to 1, or None: it is still waited for; it raises Cancelled."""

    pieces: Callable[[str, str, int, int], Sequence[Seen]]
    holes: Callable[[str, str, int, int], Sequence[Hole]]
    segment: Callable[[str, str, int], bytes | None]
    head: Callable[[], tuple[int, str]]
    progress: Callable[[float | None], None]


class Made(NamedTuple):
    """An archive that is whole and on disk."""

    size_bytes: int
    sha256: str


class Maker:
    """Makes one archive at `path`. Raises FootageUnavailable, Cancelled, BadKeyFile, OSError, SQLAlchemy's errors; what is at
    `path` then is of no use."""

    def __init__(self, order: Order, stock: Stock, key: ExportKey, clock: Clock) -> None:
        self._order, self._stock, self._key, self._clock = order, stock, key, clock
        self._clips: list[Clip] = []
        self._sources: list[Source] = []
        self._missing: list[Missing] = []
        self._steps = self._total = 0

    def make(self, path: Path) -> Made:
        """See the class."""
        order = self._order
        found = {camera: self._within(camera) for camera in order.cameras}
        self._total = max(1, sum(len(entries) for entries in found.values()))
        archive = Archive(path, datetime.fromtimestamp(self._clock.now_us() // US_PER_S, order.zone))
        try:
            for camera, entries in found.items():
                self._camera(archive, camera, entries)
            return self._finish(archive)
        except BaseException:
            archive.abandon()
            raise

    def _within(self, camera: str) -> list[Entry]:
        order = self._order
        listing = Listing(0)
        listing.add(self._stock.pieces(camera, order.stream, order.from_us, order.to_us))
        return listing.entries

    def _camera(self, archive: Archive, camera: str, entries: Sequence[Entry]) -> None:
        gone: list[Entry] = []
        got: list[tuple[int, int]] = []
        for run in _runs(entries):
            self._run(archive, camera, run, got, gone)
        self._missing += self._lacking(camera, got, gone)

    def _run(self, archive: Archive, camera: str, run: Sequence[Entry], got: list[tuple[int, int]], gone: list[Entry]) -> None:
        """A clip of the run; a segment that is gone ends it, and one that cannot be joined is a file by itself."""
        waiting = self._fetched(camera, run, gone)
        first = next(waiting, None)
        while first is not None:
            entry, data = first
            try:
                header = data[: header_of(data).size_bytes]
                _media(data, entry, entry.at_us, 1)
            except BadMedia:
                self._as_it_is(archive, camera, entry, data)
                got.append((entry.start_us, entry.end_us))
                first = next(waiting, None)
                continue
            name = f"clips/{camera}-{len(self._clips) + 1:03d}.mp4"
            with archive.writing(name) as out:
                out.write(header + form.mark_box(self._order))
                last, first = self._join(out, header, entry, data, waiting)
            clip = Clip(camera, name, f"{name[:-4]}.vtt", entry.codec, entry.start_us, last.end_us)
            self._clips.append(clip)
            got.append((clip.start_us, clip.end_us))
            with archive.writing(clip.subtitles) as out:
                for line in form.subtitles(self._order, clip):
                    out.write(line.encode())

    def _join(
        self, out: Writing, header: bytes, entry: Entry, data: bytes, waiting: Iterator[tuple[Entry, bytes]]
    ) -> tuple[Entry, tuple[Entry, bytes] | None]:
        """Write what goes on from `entry` and has its header. The last one that did, and the first one that does not."""
        begin_us, number = entry.at_us, 1
        last = entry
        nxt: tuple[Entry, bytes] | None = (entry, data)
        while nxt is not None:
            one, body = nxt
            if one is not entry and (one.start_us - last.end_us > BREAK_US or not body.startswith(header)):
                return last, nxt
            try:
                media, count = _media(body, one, one.at_us - begin_us, number)
            except BadMedia:
                return last, nxt
            out.write(media)
            number += count
            last, nxt = one, next(waiting, None)
        return last, None

    def _fetched(self, camera: str, run: Sequence[Entry], gone: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
        for entry in run:
            self._stock.progress(self._steps / self._total)
            data = self._stock.segment(camera, self._order.stream, entry.no)
            self._steps += 1
            if data is None:
                gone.append(entry)
                continue
            digest = sha256(data).hexdigest()
            self._sources.append(Source(camera, entry.no, entry.start_us, entry.end_us, len(data), digest))
            yield entry, data

    def _as_it_is(self, archive: Archive, camera: str, entry: Entry, data: bytes) -> None:
        name = f"clips/{camera}-{len(self._clips) + 1:03d}-{entry.no}.mp4"
        archive.add(name, data)
        self._clips.append(Clip(camera, name, "", entry.codec, entry.start_us, entry.end_us))

    def _lacking(self, camera: str, got: Sequence[tuple[int, int]], gone: Sequence[Entry]) -> Iterator[Missing]:
        """What of the time is in no clip, and why."""
        order, seen_us = self._order, self._order.from_us
        holes = self._stock.holes(camera, order.stream, order.from_us, order.to_us)
        for start_us, end_us in (*sorted(got), (order.to_us, order.to_us)):
            if start_us - seen_us > BREAK_US:
                lost = any(one.start_us < start_us and one.end_us > seen_us for one in gone)
                why = next(
                    (one.cause for one in holes if one.from_us < start_us and one.until_us > seen_us and one.cause), "hole"
                )
                yield Missing(camera, seen_us, start_us, "gone" if lost else why)
            seen_us = max(seen_us, end_us)

    def _finish(self, archive: Archive) -> Made:
        order, key = self._order, self._key
        archive.add(form.PAGE, form.page(order, self._clips, self._missing).encode())
        archive.add(form.README, form.readme(order, key.fingerprint()).encode())
        head, now_us = self._stock.head(), self._clock.now_us()
        custody = [
            form.custody_entry(order.asked_us, "asked", order.actor, order.reason),
            form.custody_entry(
                now_us, "made", "hub", f"{len(self._sources)} segments, each with its SHA-256 as the agent sent it"
            ),
            form.custody_entry(now_us, "sealed", "hub", f"key {key.fingerprint()}"),
        ]
        text = form.manifest(
            order,
            self._clips,
            self._missing,
            self._sources,
            archive.files,
            custody=custody,
            head=head,
            made_us=now_us,
        )
        archive.add(form.MANIFEST, text)
        archive.add(form.SEAL, key.seal(text))
        self._stock.progress(1.0)
        return Made(*archive.close())


def _runs(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    run: list[Entry] = []
    for entry in entries:
        if entry.breaks and run:
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _media(data: bytes, entry: Entry, at_us: int, number: int) -> tuple[bytes, int]:
    """The segment's fragments at that time of the clip, and how many they are. Raises BadMedia."""
    header = header_of(data)
    found = fragments(data, header)
    if not found:
        raise BadMedia(f"segment {entry.no} has no fragment")
    return moved(data, found, header, at_us - found[0].start_us, number), len(found)
