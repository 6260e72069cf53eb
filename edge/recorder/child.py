"""The recording child: a few cameras in one loop. It reads what has come a few times a second, which costs far less than reading
each packet when it comes. It ends when its standard input ends, so it cannot outlive the agent, and closes its segments first.
"""

import os
import select
import sys
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import BinaryIO

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.child_process import settle
from edge.recorder.files import Files, OpenFile, Syncer
from edge.recorder.messages import MAX_LINE_BYTES, Alive, Began, Ended, Order, Report, State, decode_order, encode
from edge.recorder.session import Session
from edge.recorder.track import Now, Track

TURN_S, BUSY_TURN_S = 0.5, 0.25
"""How often a camera is read; more often where it sends so much that the system's buffer might not hold it."""
BUSY_BYTES = 96 * 1024
TELL_US = 5 * US_PER_S
GOODBYE_S = 5.0
_MAX_MEMORY_BYTES = 2 << 30


class Out:
    """The pipe to the agent."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = Lock()

    def tell(self, report: Report) -> None:
        """Write one line whole."""
        line = encode(report) + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()


class Hands:
    """Where the tracks' words and files go."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._syncer = Syncer(out.tell, self._failed)

    def close(self, file: OpenFile, told: Ended) -> None:
        """See edge.recorder.track.Hand."""
        self._syncer.take(file, told)

    def tell(self, report: Began | State) -> None:
        """See edge.recorder.track.Hand."""
        self._out.tell(report)

    def finish(self, timeout_s: float) -> None:
        """Sync what waits."""
        self._syncer.finish(timeout_s)

    def _failed(self, told: Ended, error: OSError) -> None:
        self._out.tell(State(told.device, told.stream, False, "disk_failed", error.strerror or ""))


def record(order: Order, out: Out, clock: Clock, stop: Event) -> None:
    """Record until `stop` is set."""
    hands = Hands(out)
    files = Files(Path(order.folder), order.reserve_bytes)
    tracks = [Track(camera, files, hands, order.segment_us) for camera in order.cameras]
    sessions = [Session(camera, order, track, token_hex(8)) for camera, track in zip(order.cameras, tracks, strict=True)]
    told_us = 0
    while not stop.is_set():
        now = Now(clock.now_us(), clock.mono_us())
        for session in sessions:
            session.turn(now)
        if now.mono_us - told_us >= TELL_US:
            told_us = now.mono_us
            out.tell(
                Alive(
                    sum(track.pictures for track in tracks),
                    sum(track.dropped for track in tracks),
                    sum(session.lost_packets for session in sessions),
                )
            )
        talking = [sock for session in sessions if (sock := session.talking) is not None]
        if talking:
            select.select(talking, [], [], BUSY_TURN_S / 5)
        else:
            stop.wait(BUSY_TURN_S if any(one.read_bytes > BUSY_BYTES for one in sessions) else TURN_S)
    for session in sessions:
        session.close()
    hands.finish(GOODBYE_S)


def _listen(file: BinaryIO, stop: Event) -> None:
    """Until standard input ends: then the agent is gone, or wants an end."""
    file.read()
    stop.set()


def main() -> None:
    """Read the order and carry it out."""
    out = Out(settle(5, _MAX_MEMORY_BYTES))  # recording never delays a gate
    order = decode_order(sys.stdin.buffer.readline(MAX_LINE_BYTES))
    stop = Event()
    Thread(target=_listen, args=(sys.stdin.buffer, stop), daemon=True).start()
    with suppress(BrokenPipeError):  # the agent is gone, and what is on disk is found again
        record(order, out, SystemClock(), stop)
    os._exit(0)


if __name__ == "__main__":
    main()
