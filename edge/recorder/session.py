"""One camera's connection in the recording child: opens it, reads what has come, opens it again when it is lost."""

import socket
import ssl
from contextlib import suppress
from threading import Thread
from typing import Literal
from urllib.parse import urlsplit

from contract.clock import US_PER_S
from contract.footage import Codec
from edge.recorder.messages import Camera, Order
from edge.recorder.rtsp import Client, Refused
from edge.recorder.track import Now, Track

READ_BYTES = 512 * 1024
_READS_MAX = 16
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_US = 10 * US_PER_S
"""A connection that lasted this long starts the back-off anew."""
_CODECS: dict[str, Codec] = {"h264": "h264", "hevc": "hevc"}


class Dialling:
    """A thread that connects, as looking up a name and shaking hands wait. `taken` is the socket once it is there."""

    def __init__(self, address: str, timeout_s: float) -> None:
        self._address, self._timeout_s = address, timeout_s
        self.taken: socket.socket | None = None
        self.failed = ""
        self._thread = Thread(target=self._run, name="recorder-dial", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether it has come to something."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        parts = urlsplit(self._address)
        secure = parts.scheme == "rtsps"
        try:
            found = socket.create_connection((parts.hostname, parts.port or (322 if secure else 554)), self._timeout_s)
            try:
                if secure:
                    found = _unchecked_tls().wrap_socket(found, server_hostname=parts.hostname)
                found.setblocking(False)
            except BaseException:
                found.close()
                raise
            self.taken = found
        except ConnectionRefusedError:
            self.failed = "refused"
        except TimeoutError:
            self.failed = "timeout"
        except (OSError, ValueError, UnicodeError):
            self.failed = "unreachable"


def _unchecked_tls() -> ssl.SSLContext:
    """Cameras sign their certificates themselves: what TLS gives here is that nobody reads along."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Session:
    """One camera over all its connections. `turn` does what can be done now, without waiting."""

    def __init__(self, camera: Camera, order: Order, track: Track, token: str) -> None:
        self.track = track
        self._camera, self._order, self._token = camera, order, token
        self._state: Literal["resting", "dialling", "open"] = "resting"
        self._dialling: Dialling | None = None
        self._socket: socket.socket | None = None
        self._client: Client | None = None
        self._fails = 0
        self._since_us = self._heard_us = self._alive_us = self._rest_until_us = 0
        self._lost_before = 0
        self.read_bytes = 0
        """In the last turn."""

    @property
    def lost_packets(self) -> int:
        """Packets that never came, since the start."""
        client = self._client
        return self._lost_before + (client.unpacker.counters.lost if client and client.unpacker else 0)

    @property
    def talking(self) -> socket.socket | None:
        """The socket while the camera is being asked for its stream: its answer should not wait for the next turn."""
        return self._socket if self._client is not None and not self._client.playing else None

    def turn(self, now: Now) -> None:
        """Read, answer, open, give up: whatever is due. Whatever this camera sends, the others in the loop go on: what nobody has
        thought of ends its connection."""
        self.read_bytes = 0
        try:
            self._turn(now)
        except Exception:  # its text may hold what the camera sent, or an address: only that it happened is told
            self._lose("fault", now)

    def _turn(self, now: Now) -> None:
        if self._state == "resting":
            if now.mono_us >= self._rest_until_us:
                self._dialling = Dialling(self._camera.address, self._order.open_timeout_s)
                self._state, self._since_us = "dialling", now.mono_us
        elif self._state == "dialling":
            self._dialled(now)
        if self._state == "open":
            reason = self._read(now)
            if reason:
                self._lose(reason, now)

    def close(self) -> None:
        """The recorder stops: say goodbye and close the segment."""
        if self._client is not None and self._socket is not None:
            self._client.goodbye()
            with suppress(OSError):
                self._socket.send(bytes(self._client.outbox))
            self._socket.close()
        self.track.lost("stopped")

    def _dialled(self, now: Now) -> None:
        dialling = self._dialling
        assert dialling is not None
        if not dialling.over:
            return
        self._dialling = None
        if dialling.taken is None:
            self._lose(dialling.failed or "unreachable", now)
            return
        self._socket = dialling.taken
        self._client = Client(self._camera.address, self._token)
        self._state = "open"
        self._since_us = self._heard_us = self._alive_us = now.mono_us
        self.track.connected()

    def _read(self, now: Now) -> str:
        """Take what has come. Why the connection is of no use any more, or nothing."""
        client, sock = self._client, self._socket
        assert client is not None
        assert sock is not None
        try:
            ended = self._take_all(client, sock, now)
            if now.mono_us - self._alive_us > client.session_s * US_PER_S / 2.5:
                self._alive_us = now.mono_us
                client.keep_alive()
            if client.outbox:
                sent = sock.send(client.outbox)
                del client.outbox[:sent]
        except Refused as error:
            return str(error)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            ended = ""
        except OSError:
            return "ended"
        patience_s = self._order.silence_timeout_s if client.playing else self._order.open_timeout_s
        return "timeout" if not ended and now.mono_us - self._heard_us > patience_s * US_PER_S else ended

    def _take_all(self, client: Client, sock: socket.socket, now: Now) -> str:
        for _ in range(_READS_MAX):
            try:
                data = sock.recv(READ_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError):
                return ""
            if not data:
                return "ended"
            self.read_bytes += len(data)
            was_playing = client.playing
            pictures = client.feed(data)
            if pictures or not client.playing or not was_playing:
                self._heard_us = now.mono_us  # a camera that talks and shows nothing is as good as silent
            for picture in pictures:
                self.track.take(picture, _CODECS[client.codec], now)
            if len(data) < READ_BYTES // 2 and not isinstance(sock, ssl.SSLSocket):
                return ""
        return ""

    def _lose(self, reason: str, now: Now) -> None:
        self._lost_before = self.lost_packets
        if self._client is not None and self._client.unpacker is not None and reason != "fault":
            last = self._client.unpacker.end()
            if last is not None:
                self.track.take(last, _CODECS[self._client.codec], now)
        if self._socket is not None:
            self._socket.close()
        self._socket, self._client = None, None
        self.track.lost("unplayable" if reason == "unplayable" else "camera_lost", reason)
        self._state = "resting"
        steady = now.mono_us - self._since_us > STEADY_US and reason != "timeout"
        self._fails = 0 if steady else self._fails
        self._rest_until_us = now.mono_us + int(BACK_OFF_S[min(self._fails, len(BACK_OFF_S) - 1)] * US_PER_S)
        self._fails += 1
