"""The words of an RTSP server (RFC 2326): requests out of bytes, answers to bytes. Pure, and only what one track needs."""

import base64
import re
from typing import NamedTuple

from drivers.rtsp_camera.film import CLOCK_HZ, Film
from drivers.rtsp_camera.rtp import PAYLOAD_TYPE

MAX_REQUEST_BYTES = 8192
METHODS = ("OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "TEARDOWN")
TRACK = "track1"

_WORDS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    454: "Session Not Found",
    461: "Unsupported Transport",
    501: "Not Implemented",
}
_CHANNELS = re.compile(r"interleaved=(\d{1,3})(-\d{1,3})?")


class Request(NamedTuple):
    """One request. Header names are in lower case."""

    method: str
    url: str
    headers: dict[str, str]


class BadRequest(ValueError):
    """Bytes that are no RTSP; the connection is of no use any more."""


class Requests:
    """Cuts a connection's bytes into requests, and drops the RTCP packets between them."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[Request]:
        """The requests that `data` completes. Raises BadRequest."""
        self._kept += data
        found: list[Request] = []
        while True:
            if self._kept.startswith(b"$"):
                end = 4 + int.from_bytes(self._kept[2:4]) if len(self._kept) >= 4 else len(self._kept) + 1
                if len(self._kept) < end:
                    return found
                self._kept = self._kept[end:]
                continue
            head, mark, rest = self._kept.partition(b"\r\n\r\n")
            if not mark:
                if len(self._kept) > MAX_REQUEST_BYTES:
                    raise BadRequest("a request without an end")
                return found
            request = _parsed(head)
            body_bytes = _body_bytes(request)
            if len(rest) < body_bytes:
                return found
            self._kept = rest[body_bytes:]
            found.append(request)


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("RTSP/"):
        raise BadRequest("the first line is no RTSP request")
    pairs = (line.partition(":") for line in lines)
    return Request(words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs})


def _body_bytes(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit() or int(text) > MAX_REQUEST_BYTES:
        raise BadRequest("a body that is too long")
    return int(text)


def answer(request: Request, code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The answer's bytes."""
    lines = [f"RTSP/1.0 {code} {_WORDS[code]}", f"CSeq: {request.headers.get('cseq', '0')}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def description(film: Film) -> bytes:
    """The session description (SDP) of one H.264 track."""
    sets = ",".join(base64.b64encode(nal).decode() for nal in (film.sps, film.pps))
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=Watchkeeper camera twin",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={film.sps[1:4].hex()};sprop-parameter-sets={sets}",
        f"a=control:{TRACK}",
    )
    return "\r\n".join([*lines, ""]).encode()


def channel_of(transport: str) -> int | None:
    """The channel that a SETUP wants its packets on, or None when it does not want them on this connection."""
    found = _CHANNELS.search(transport)
    if "RTP/AVP/TCP" not in transport.upper():
        return None
    channel = int(found[1]) if found else 0
    return channel if channel <= 254 else None


def basic(user: str, password: str) -> str:
    """What the Authorization header must say."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
