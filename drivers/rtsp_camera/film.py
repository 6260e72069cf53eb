"""A piece of H.264 in memory that a twin plays in a loop: encoded from drawn pictures, or taken from a file as it is."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

from drivers.rtsp_camera import h264
from drivers.rtsp_camera.h264 import Planes

CLOCK_HZ = 90_000
MAX_FILM_BYTES = 256 * 1024 * 1024
_START = b"\x00\x00\x00\x01"


class Frame(NamedTuple):
    """One coded picture. `nals` have no start codes; a key picture's begin with the parameter sets. `send_90k` and
    `show_90k`: when it is sent and shown, from the film's start, in 1/90,000 s."""

    nals: tuple[bytes, ...]
    key: bool
    send_90k: int
    show_90k: int


class Film(NamedTuple):
    """Begins with a key picture. `sps` and `pps` are its first parameter sets."""

    frames: tuple[Frame, ...]
    length_90k: int
    sps: bytes
    pps: bytes
    width: int
    height: int


def film_of(pictures: Iterable[tuple[Planes, Iterable[int] | None]], width: int, height: int, fps: int) -> Film:
    """Encode pictures of which `width` x `height` are shown. With each picture come the blocks in which it differs from the
    one before, or None for a key picture, which the first must be."""
    sps, pps = h264.sps(width, height), h264.pps()
    step = CLOCK_HZ // fps
    frames: list[Frame] = []
    keys = since_key = 0
    for planes, changed in pictures:
        at = len(frames) * step
        if changed is None:
            frames.append(Frame((sps, pps, h264.key_picture(planes, keys)), key=True, send_90k=at, show_90k=at))
            keys, since_key = keys + 1, 0
            continue
        since_key += 1
        frames.append(Frame((h264.next_picture(planes, changed, since_key),), key=False, send_90k=at, show_90k=at))
    if not frames or not frames[0].key:
        raise ValueError("a film begins with a key picture")
    return Film(tuple(frames), len(frames) * step, sps, pps, width, height)


def film_from_file(path: Path) -> Film:
    """The H.264 of a video file, not decoded. Raises ValueError when there is none, or too much of it."""
    try:
        container = av.open(str(path), mode="r", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError) as error:
        raise ValueError(f"{path}: no video file that can be read ({error.__class__.__name__})") from error
    with container:
        stream = next(iter(container.streams.video), None)
        if stream is None or stream.codec_context.name != "h264":
            raise ValueError(f"{path}: give a file with H.264 video; others have to be converted first")
        if path.stat().st_size > MAX_FILM_BYTES:
            raise ValueError(f"{path}: a film is held in memory; give a file of at most {MAX_FILM_BYTES >> 20} MiB")
        film = _film(list(_packets(container, stream)), stream)
    if film is None:
        raise ValueError(f"{path}: no key picture with its parameter sets was found; give a whole file")
    return film


def still_of(film: Film, frames: int, fps: int) -> Film:
    """The film's first picture again and again, as a camera sends whose sensor hangs."""
    first, step = film.frames[0], CLOCK_HZ // fps
    again = (first._replace(send_90k=n * step, show_90k=n * step) for n in range(frames))
    return film._replace(frames=tuple(again), length_90k=frames * step)


class _Packet(NamedTuple):
    nals: list[bytes]
    key: bool
    send_s: float
    show_s: float


def _packets(container: Any, stream: Any) -> Iterator[_Packet]:
    to_nals = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", stream)
    for packet in container.demux(stream):
        for plain in to_nals.filter(packet if packet.size else None):
            send = plain.dts if plain.dts is not None else plain.pts
            show = plain.pts if plain.pts is not None else send
            if send is None:
                continue
            base = float(plain.time_base)
            yield _Packet(split_nals(bytes(plain)), bool(plain.is_keyframe), send * base, show * base)


def split_nals(data: bytes) -> list[bytes]:
    """The NAL units between start codes of three or four bytes."""
    units = (part.rstrip(b"\x00") for part in data.split(b"\x00\x00\x01"))
    return [unit for unit in units if unit]


def _film(packets: list[_Packet], stream: Any) -> Film | None:
    first = next((n for n, packet in enumerate(packets) if packet.key), None)
    if first is None:
        return None
    packets = packets[first:]
    sets = {nal[0] & 31: nal for nal in reversed(packets[0].nals) if nal[0] & 31 in (7, 8)}
    if len(sets) < 2:
        return None
    start_s = packets[0].send_s
    frames = []
    for nals, key, send_s, show_s in packets:
        whole = nals if not key or any(nal[0] & 31 == 7 for nal in nals) else [sets[7], sets[8], *nals]
        send, show = round((send_s - start_s) * CLOCK_HZ), round((show_s - start_s) * CLOCK_HZ)
        frames.append(Frame(tuple(whole), key, send, show))
    gaps = np.diff([frame.send_90k for frame in frames])
    last = int(np.median(gaps)) if gaps.size else CLOCK_HZ // 10
    codec = stream.codec_context
    return Film(tuple(frames), frames[-1].send_90k + last, sets[7], sets[8], codec.width, codec.height)


def annex_b(film: Film) -> bytes:
    """The film as a plain H.264 stream with start codes."""
    return b"".join(_START + nal for frame in film.frames for nal in frame.nals)
