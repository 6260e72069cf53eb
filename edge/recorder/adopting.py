"""Adopts what another recorder keeps in a folder: it is entered in the index and told, never copied, moved or deleted."""

import os
import select
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.footage import FootageDeleted, NoSpan
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.layouts import Named, read_path
from edge.footage.mending import SPANS_MAX, Tell, batches
from edge.footage.segments import Segment
from edge.loop import Loop
from edge.recorder.probe import Probed
from edge.recorder.settings import AdoptPart
from edge.spool import SpoolFailed, SpoolFull

FILES_MAX = 200_000
"""So many files of a folder are looked at; what more there is, is counted and left out."""
A_SCAN = 2_000
"""So many are adopted with each look, the newest first: the rest follows with the next looks."""
QUIET_US = 120 * US_PER_S
"""A file that was changed within that is still being written."""
PROBE_S = 20.0
_BATCH = 100


class Counters(msgspec.Struct):
    """Since the start. `odd`: files whose names no layout fits, or whose camera the settings do not name; `unread`: that are no
    films; `away`: looks at which the folder was not there; `left_out`: files over FILES_MAX."""

    adopted: int = 0
    gone: int = 0
    odd: int = 0
    unread: int = 0
    away: int = 0
    left_out: int = 0


class Prober:
    """The child that looks into files, started when it is needed."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def probe(self, path: str) -> Probed:
        """Look into one file. One on which the child dies or hangs is no film."""
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(msgspec.json.encode(path) + b"\n")
            child.stdin.flush()
            ready, _, _ = select.select([child.stdout], [], [], PROBE_S)
            line = child.stdout.readline() if ready else b""
        except BrokenPipeError:
            line = b""
        if not line:
            self.stop()
            return Probed(path)
        return msgspec.json.decode(line, type=Probed)

    def stop(self) -> None:
        """End the child. May be called twice."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "edge.recorder.probe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._child


class Adopter(Loop):
    """One folder, looked at every `every_s`."""

    def __init__(self, part: AdoptPart, folder: Path, index: FootageIndex, tell: Tell, clock: Clock) -> None:
        super().__init__(f"adopt-{folder.name}")
        self._part, self._folder = part, folder.resolve()
        self._index, self._tell, self._clock = index, tell, clock
        self._zone = ZoneInfo(part.zone)
        self._prober = Prober()
        self._unread: set[str] = set()
        self._log = structlog.get_logger("edge.footage").bind(folder=str(folder))
        self.counters = Counters()

    def _loop(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self.look()
                except SpoolFull:
                    self._log.error("footage_untold")
                except (FootageFailed, OSError) as error:
                    self._log.error("footage_unread", error=str(error)[:200])
                self._stop.wait(self._part.every_s)
        except SpoolFailed:
            return  # the journal has told the agent, which ends
        finally:
            self._prober.stop()

    def look(self) -> None:
        """Enter what is new and strike out what is gone. Raises FootageFailed, SpoolFull, SpoolFailed, OSError."""
        files = dict(self._files())
        if not files:
            self.counters.away += 1  # not mounted, as a rule: nothing is missing for that
            return
        known = {segment.path: segment for segment in self._index.adopted(str(self._folder))}
        named = self._named(path for path in files if path not in known and path not in self._unread)
        newest = sorted(named, key=lambda one: one[1].start_us, reverse=True)[:A_SCAN]
        for some in batches(newest, _BATCH):
            segments: list[Segment] = []
            for path, name in some:
                made = self._adopt(path, name, files[path], {(one.device, one.no) for one in segments})
                segments += [made] if made is not None else []
            if self._stop.is_set():
                return
            self._index.add_many(segments)
            self.counters.adopted += len(segments)
        self._strike_out([segment for path, segment in known.items() if path not in files])

    def _files(self) -> Iterator[tuple[str, int]]:
        """The films that nobody writes any more, and their sizes. No link is followed."""
        quiet_us = self._clock.now_us() - QUIET_US
        seen = 0
        for folder, _, names in os.walk(self._folder, followlinks=False):
            for name in names:
                seen += 1
                if seen > FILES_MAX:
                    self.counters.left_out += 1
                    continue
                path = Path(folder, name)
                try:
                    told = path.lstat()
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(told.st_mode) and told.st_mtime_ns // 1000 < quiet_us:
                    yield path.relative_to(self._folder).as_posix(), told.st_size

    def _named(self, paths: Iterator[str]) -> list[tuple[str, Named]]:
        found: list[tuple[str, Named]] = []
        odd = 0
        for path in paths:
            name = read_path(path, self._zone) if path.isprintable() else None  # bytes that are no text are no name to keep
            if name is None or name.camera not in self._part.cameras:
                odd += 1
            else:
                found.append((path, name))
        self.counters.odd = odd
        return found

    def _adopt(self, path: str, name: Named, size_bytes: int, taken: set[tuple[str, int]]) -> Segment | None:
        probed = self._prober.probe(str(self._folder / path))
        length_us = name.end_us - name.start_us if name.end_us is not None else probed.length_us
        if not length_us or (not probed.length_us and probed.codec == "other" and not path.lower().endswith(".dav")):
            self._unread.add(path)
            self.counters.unread += 1
            return None
        device = self._part.cameras[name.camera]
        no = name.start_us
        while (device, no) in taken or self._index.get(device, "main", no) is not None:
            no += 1
        end_us = name.start_us + length_us
        return Segment(device, "main", no, name.start_us, end_us, size_bytes, probed.codec, 0, path, str(self._folder))

    def _strike_out(self, gone: list[Segment]) -> None:
        """The other recorder has deleted them, as is its right."""
        for device in sorted({one.device for one in gone}):
            numbers = sorted(one.no for one in gone if one.device == device)
            for some in batches([NoSpan(no, no) for no in numbers], SPANS_MAX):
                self._tell(device, [FootageDeleted("", list(some), "main", "missing")])
            self._index.drop(device, "main", numbers)
            self.counters.gone += len(numbers)
