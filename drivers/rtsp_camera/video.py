"""Opening a stream or a file and getting pictures out of it. Runs in the child only: the libraries below can abort a process."""

from contextlib import suppress
from typing import Any, BinaryIO

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.analysis.small import Luma
from drivers.rtsp_camera.messages import MAX_PICTURE_BYTES

MAX_SIDE_PIXELS = 8192
_FILE_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,h264,hevc,mjpeg,flv,m4v"
"""What a file may be. No playlist is among them, so that a file cannot name other files or hosts to open."""

_PLANAR = frozenset(("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"))
"""Formats whose first plane is the brightness, a byte a pixel."""
_JPEG_TRIES = ((1280, 80), (1280, 60), (960, 60), (640, 50), (320, 50))

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (av.error.ConnectionRefusedError, "refused"),
    (av.error.HTTPUnauthorizedError, "unauthorized"),
    (av.error.HTTPForbiddenError, "unauthorized"),
    (av.error.HTTPNotFoundError, "not_found"),
    (av.error.ExitError, "timeout"),
    (av.error.TimeoutError, "timeout"),
    (av.error.InvalidDataError, "bad_stream"),
    (av.error.ConnectionResetError, "ended"),
    (av.error.BrokenPipeError, "ended"),
    (av.error.EOFError, "ended"),
    (OSError, "unreachable"),
)


class NoVideo(Exception):
    """Nothing that can be watched. The message is a name: no_video, too_large, or one of those of `reason_of`."""


def open_camera(address: str, open_timeout_s: float, silence_timeout_s: float) -> Any:
    """An open container on a checked address. Raises NoVideo."""
    options = {
        "rtsp_transport": "tcp",
        "protocol_whitelist": "tcp,tls,rtsp,rtsps,rtp,crypto",
        "probesize": "2000000",
        "analyzeduration": "1000000",
        "fpsprobesize": "0",
    }
    # After its first timeout the library hands out the last picture and waits once more: half of it twice is the whole.
    return _opened(address, options, "rtsp", (open_timeout_s, silence_timeout_s / 2))


def open_file(file: BinaryIO) -> Any:
    """An open container on the bytes of a file. Raises NoVideo."""
    return _opened(file, {"format_whitelist": _FILE_FORMATS, "protocol_whitelist": "pipe"}, None, None)


def open_path(path: str) -> Any:
    """An open container on a file by its path. Raises NoVideo."""
    return _opened(f"file:{path}", {"format_whitelist": _FILE_FORMATS, "protocol_whitelist": "file"}, None, None)


def reason_of(error: BaseException) -> str:
    """The name of what went wrong, as `camera_link` tells it."""
    return next((name for kind, name in _REASONS if isinstance(error, kind)), "bad_stream")


def _opened(what: Any, options: dict[str, str], form: str | None, timeout: tuple[float, float] | None) -> Any:
    try:
        container = av.open(what, mode="r", format=form, options=options, timeout=timeout)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise NoVideo(reason_of(error)) from error
    wrong = _unwatchable(container)
    if wrong:
        container.close()
        raise NoVideo(wrong)
    return container


def _unwatchable(container: Any) -> str:
    if not container.streams.video or container.streams.video[0].codec_context is None:
        return "no_video"
    codec = container.streams.video[0].codec_context
    codec.thread_count = 1  # a second thread would only hold pictures back
    codec.options = {"skip_loop_filter": "all"}  # a quarter of the work, and of what it smooths nothing here depends
    return "too_large" if max(codec.width, codec.height) > MAX_SIDE_PIXELS else ""


def plane_of(frame: Any) -> Luma:
    """The picture's brightness as it was decoded, 0 black to 255 white; a view where the library keeps it by itself."""
    if frame.format.name not in _PLANAR:
        return np.ascontiguousarray(frame.reformat(format="gray").to_ndarray(), dtype=np.uint8)
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def bgr_of(frame: Any) -> NDArray[np.uint8]:
    """The whole picture in OpenCV's order of colours."""
    return np.ascontiguousarray(frame.reformat(format="bgr24").to_ndarray(), dtype=np.uint8)


def jpeg_of(frame: Any) -> tuple[bytes, int, int] | None:
    """A JPEG of at most MAX_PICTURE_BYTES, its width and height; None where even the smallest try was larger."""
    for width_max, quality in _JPEG_TRIES:
        width = min(frame.width, width_max)
        height = max(1, round(frame.height * width / frame.width))
        bgr = frame.reformat(width, height, format="bgr24", interpolation="AREA").to_ndarray()
        made, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if made and data.size <= MAX_PICTURE_BYTES:
            return data.tobytes(), width, height
    return None


def close_quietly(container: Any) -> None:
    """Close what may already be broken."""
    with suppress(av.error.FFmpegError, OSError):
        container.close()
