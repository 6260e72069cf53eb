"""The child that looks into other recorders' files: how long each is, and its codec. A path a line in, an answer a line out.

A malformed file can abort the process that opens it, so this one has nothing else to do.
"""

import sys
from contextlib import suppress

import av
import msgspec

from contract.clock import US_PER_S
from contract.footage import Codec
from drivers.child_process import settle

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,flv,m4v,dhav"
"""What a file may be. No playlist is among them, so that a file cannot name other files or hosts to open."""
_MAX_MEMORY_BYTES = 2 << 30
_CODECS: dict[str, Codec] = {"h264": "h264", "hevc": "hevc"}


class Probed(msgspec.Struct, frozen=True):
    """What a file is. `length_us` 0: it is no film, or not whole yet."""

    path: str
    length_us: int = 0
    codec: Codec = "other"


def probe(path: str) -> Probed:
    """Look into one file; decodes nothing."""
    with suppress(av.error.FFmpegError, OSError, ValueError):
        options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
        with av.open(f"file:{path}", options=options, timeout=(10, 10)) as container:
            if container.streams.video and container.duration:
                stream = container.streams.video[0]
                length_us = container.duration * US_PER_S // av.time_base
                return Probed(path, length_us, _CODECS.get(stream.codec_context.name, "other"))
    return Probed(path)


def main() -> None:
    """Answer until standard input ends."""
    pipe = settle(15, _MAX_MEMORY_BYTES)
    for line in sys.stdin.buffer:
        pipe.write(msgspec.json.encode(probe(msgspec.json.decode(line, type=str))) + b"\n")
        pipe.flush()


if __name__ == "__main__":
    main()
