"""The words of an RTSP client (RFC 2326), and the packets between them. Pure: bytes in, pictures and bytes to send out.

DESCRIBE, SETUP on the same connection, PLAY, and OPTIONS now and then so that the camera goes on. Basic and Digest.
"""

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from drivers.digest import digest_fields, response_of
from edge.recorder.parameters import MAX_SET_BYTES, Sets
from edge.recorder.rtp import Picture, Unpacker

MAX_ANSWER_BYTES = 64 * 1024
_KNOWN = {"H264": "h264", "H265": "hevc", "HEVC": "hevc"}
_SESSION_S = (5.0, 600.0)
_REALM = re.compile(r'realm="([^"]*)"')


class Refused(Exception):
    """The camera cannot be recorded. The message is a name: unauthorized, not_found, bad_stream, no_video, unplayable."""


class Track(NamedTuple):
    """The video that the description offers."""

    codec: str
    clock_hz: int
    sets: Sets
    control: str


class Client:
    """One connection. `address` is a checked one, with its user and password; `cnonce`: a random name. Feed it what arrives;
    after each call `outbox` is to be sent."""

    def __init__(self, address: str, cnonce: str) -> None:
        parts = urlsplit(address)
        self._login = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
        host = parts.netloc.rpartition("@")[2]
        self._url = parts._replace(netloc=host).geturl()
        self._cnonce = cnonce
        self._kept = b""
        self._seq = 0
        self._asked: tuple[str, str, dict[str, str]] | None = None
        self._challenge: dict[str, str] = {}
        self._realm = ""
        self._nonce_uses = 0
        self._basic = False
        self._session = ""
        self._control = ""
        self._play = self._url
        self._beat = "OPTIONS"
        self._channel = 0
        self._fresh = True
        self.session_s = 60.0
        """How long the camera waits for a sign of life."""
        self.unpacker: Unpacker | None = None
        self.codec = ""
        self.playing = False
        self.outbox = bytearray()
        self._ask("DESCRIBE", self._url, {"Accept": "application/sdp"})

    def feed(self, data: bytes) -> list[Picture]:
        """Take what has arrived; the pictures that it completes. Raises Refused."""
        data = self._kept + data if self._kept else data
        at, end = 0, len(data)
        found: list[Picture] = []
        unpacker = self.unpacker
        while end - at >= 4:
            if data[at] == 0x24:
                stop = at + 4 + (data[at + 2] << 8 | data[at + 3])
                if stop > end:
                    break
                at = stop if unpacker is None else unpacker.run(data, at, end, self._channel, found)
                continue
            used = self._text(data, at)
            if not used:
                break
            at += used
            unpacker = self.unpacker
        self._kept = data[at:]
        return found

    def keep_alive(self) -> None:
        """Tell the camera that somebody still watches."""
        if self.playing and self._asked is None:
            self._ask(self._beat, self._url, {})

    def goodbye(self) -> None:
        """Tell the camera that nobody watches any more."""
        if self._session:
            self._ask("TEARDOWN", self._control or self._url, {})

    # The dialogue

    def _ask(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._seq += 1
        self._asked = (method, url, headers)
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._seq}", "User-Agent: watchkeeper"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._session:
            lines.append(f"Session: {self._session}")
        shown = self._authorization(method, url)
        if shown:
            lines.append(f"Authorization: {shown}")
        self.outbox += "\r\n".join([*lines, "", ""]).encode()

    def _authorization(self, method: str, url: str) -> str:
        if self._login is None or not (self._basic or self._challenge):
            return ""
        user, password = self._login
        if not self._challenge:
            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._nonce_uses += 1
        fields = {"username": user, "realm": self._realm, "nonce": self._challenge.get("nonce", ""), "uri": url}
        if "auth" in self._challenge.get("qop", "").split(","):
            fields |= {"qop": "auth", "nc": f"{self._nonce_uses:08x}", "cnonce": self._cnonce}
        if self._challenge.get("algorithm"):
            fields["algorithm"] = self._challenge["algorithm"]
        fields["response"] = response_of(fields, method, password)
        bare = ("nc", "qop", "algorithm")
        return "Digest " + ", ".join(f"{key}={value}" if key in bare else f'{key}="{value}"' for key, value in fields.items())

    def _text(self, data: bytes, at: int) -> int:
        """Take one message of words; how many bytes it has, 0: it is not whole."""
        head_end = data.find(b"\r\n\r\n", at, at + MAX_ANSWER_BYTES)
        if head_end < 0:
            if len(data) - at >= MAX_ANSWER_BYTES:
                raise Refused("bad_stream")
            return 0
        first, *lines = data[at:head_end].decode("utf-8", "replace").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        length = headers.get("content-length", ["0"])[0]
        if not length.isascii() or not length.isdigit() or len(length) > 6 or int(length) > MAX_ANSWER_BYTES:
            raise Refused("bad_stream")
        end = head_end + 4 + int(length)
        if len(data) < end:
            return 0
        words = first.split(" ", 2)
        if not words[0].startswith("RTSP/"):
            if len(words) != 3 or not words[2].startswith("RTSP/"):
                raise Refused("bad_stream")
            self.outbox += f"RTSP/1.0 501 Not Implemented\r\nCSeq: {headers.get('cseq', ['0'])[0][:20]}\r\n\r\n".encode()
            return end - at
        if len(words) < 2 or not words[1].isdigit():
            raise Refused("bad_stream")
        self._answered(int(words[1]), headers, data[head_end + 4 : end])
        return end - at

    def _answered(self, code: int, headers: dict[str, list[str]], body: bytes) -> None:
        if self._asked is None:
            return  # an answer to nothing
        (method, url, asked), self._asked = self._asked, None
        if code == 401 and self._login is not None and self._take_challenge(headers.get("www-authenticate", [])):
            self._ask(method, url, asked)
            return
        if method == "OPTIONS" and "GET_PARAMETER" in ",".join(headers.get("public", [])).upper():
            self._beat = "GET_PARAMETER"  # which some cameras count as the only sign of life
        if method in ("OPTIONS", "GET_PARAMETER", "TEARDOWN"):
            return
        if code != 200:
            raise Refused({401: "unauthorized", 403: "unauthorized", 404: "not_found"}.get(code, "bad_stream"))
        self._fresh = True
        if method == "DESCRIBE":
            base = headers.get("content-base", headers.get("content-location", [self._url]))[0]
            self._describe(body, self._at_own_host(base) or self._url)
        elif method == "SETUP":
            self._set_up(headers)
        elif method == "PLAY":
            self.playing = True

    def _take_challenge(self, challenges: list[str]) -> bool:
        """Whether there is something new to answer with. Digest is taken where both are offered."""
        digest = next((fields for text in challenges if (fields := digest_fields(text))), {})
        stale = digest.get("stale", "").lower() == "true"
        if not self._fresh and not stale:
            return False
        self._fresh = False
        if digest.get("algorithm", "").lower() in ("", "md5", "sha-256") and digest:
            self._challenge, self._nonce_uses, self._realm = digest, 0, digest.get("realm", "")
            return True
        self._basic = any(text.lower().startswith("basic") for text in challenges)
        return self._basic

    def _describe(self, body: bytes, base: str) -> None:
        track = video_of(body.decode("utf-8", "replace"))
        self._play = base
        if at_host := self._at_own_host(track.control):
            self._control = at_host
        elif track.control in ("", "*"):
            self._control = base
        else:
            self._control = base.rstrip("/") + "/" + track.control.lstrip("/")
        self.codec = track.codec
        self.unpacker = Unpacker("hevc" if track.codec == "hevc" else "h264", track.clock_hz, track.sets)
        self._ask("SETUP", self._control, {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})

    def _at_own_host(self, address: str) -> str:
        """An absolute address as one of the host that is connected, whatever it calls itself; empty for any other text."""
        parts = urlsplit(address) if address.lower().startswith(("rtsp://", "rtsps://")) else None
        return "" if parts is None else parts._replace(netloc=urlsplit(self._url).netloc).geturl()

    def _set_up(self, headers: dict[str, list[str]]) -> None:
        session, _, rest = headers.get("session", [""])[0].partition(";")
        if not session or not re.fullmatch(r"[\x21-\x7e]{1,200}", session):
            raise Refused("bad_stream")
        self._session = session
        found = re.search(r"timeout\s*=\s*(\d{1,6})", rest)
        if found:
            self.session_s = min(max(float(found[1]), _SESSION_S[0]), _SESSION_S[1])
        channel = re.search(r"interleaved\s*=\s*(\d{1,3})", headers.get("transport", [""])[0])
        self._channel = int(channel[1]) if channel else 0
        self._ask("PLAY", self._play, {"Range": "npt=0.000-"})


def video_of(sdp: str) -> Track:
    """The first video of a description. Raises Refused where there is none, or none that can be recorded."""
    media: list[str] | None = None
    for line in sdp.splitlines():
        if line.startswith("m="):
            if media is not None:
                break
            media = [line] if line.startswith("m=video") else None
        elif media is not None:
            media.append(line.strip())
    if media is None:
        raise Refused("no_video")
    text = "\n".join(media)
    map_ = re.search(r"^a=rtpmap:(\d+) ([A-Za-z0-9-]+)/(\d{1,9})", text, re.MULTILINE)
    codec = _KNOWN.get(map_[2].upper()) if map_ else None
    if map_ is None or codec is None:
        raise Refused("unplayable")
    control = re.search(r"^a=control:(\S+)", text, re.MULTILINE)
    fmtp = re.search(rf"^a=fmtp:{map_[1]} (.*)$", text, re.MULTILINE)
    clock_hz = int(map_[3]) or 90_000
    return Track(codec, clock_hz, _sets(codec, fmtp[1] if fmtp else ""), control[1] if control else "")


def _sets(codec: str, fmtp: str) -> Sets:
    given = {key.strip().lower(): value.strip() for key, _, value in (pair.partition("=") for pair in fmtp.split(";"))}
    if codec == "hevc":
        vps, sps, pps = (_nal(given.get(f"sprop-{name}", "").partition(",")[0]) for name in ("vps", "sps", "pps"))
        return Sets(vps, sps, pps)
    nals = [_nal(one) for one in given.get("sprop-parameter-sets", "").split(",")[:16]]
    kinds = {nal[0] & 31: nal for nal in reversed(nals) if nal}
    return Sets(b"", kinds.get(7, b""), kinds.get(8, b""))


def _nal(text: str) -> bytes:
    try:
        nal = base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
    return nal if len(nal) <= MAX_SET_BYTES else b""
