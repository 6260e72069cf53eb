"""Whether files can be played: each is decoded in a child process, as a malformed one can take its process with it."""

import multiprocessing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILE_S = 30.0
"""A file that takes longer is not playable."""
PICTURES_MAX = 50


def plays(paths: Sequence[Path]) -> list[str]:
    """Why each cannot be played; empty: it can."""
    return [_play(path) for path in paths]


def _play(path: Path) -> str:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=decode, args=(str(path), there), daemon=True)
    child.start()
    there.close()
    try:
        return str(here.recv()) if here.poll(FILE_S) else "took too long"
    except EOFError:
        return "the decoder died"
    finally:
        here.close()
        child.kill()
        child.join()


def decode(path: str, told: Any) -> None:
    """In the child: send why it cannot be played, or an empty text."""
    import av

    try:
        with av.open(path) as container:
            pictures = 0
            for _ in container.decode(video=0):
                pictures += 1
                if pictures == PICTURES_MAX:
                    break
        told.send("" if pictures else "no picture")
    except (av.FFmpegError, IndexError, OSError) as error:
        told.send(str(error)[:200] or type(error).__name__)
