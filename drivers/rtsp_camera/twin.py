"""A camera's other end: an RTSP server on this machine that plays films in a loop, one connection a thread.

What it plays can be changed while somebody watches, and it can fail the way cameras fail: refuse, or hang.
"""

import select
import socket
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Literal, Self

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.rtsp_camera import clip, rtsp
from drivers.rtsp_camera.film import CLOCK_HZ, Film, film_from_file, still_of
from drivers.rtsp_camera.rtp import Packer

Scene = Literal["normal", "dark", "frozen"]
Scenes = dict[Scene, Film]

MAX_CLIENTS = 16
_TURN_S = 0.1
_SEND_TIMEOUT_S = 5.0
_SESSION = {"Session": "1;timeout=60"}
_FRAME_LATE_US = US_PER_S


def drawn_scenes(shape: clip.Shape | None = None) -> Scenes:
    """The three scenes, drawn. About 6 MB for each ten seconds at 640x360."""
    shape = shape or clip.Shape()
    return {"normal": clip.lane(shape), "dark": clip.night(shape), "frozen": clip.hung(shape)}


def scenes_from_file(path: Path, shape: clip.Shape | None = None) -> Scenes:
    """A real film as the normal scene, its first picture as the frozen one; the dark is drawn. Raises ValueError."""
    shape = shape or clip.Shape()
    film = film_from_file(path)
    night = clip.night(shape._replace(width=film.width & ~1, height=film.height & ~1, seconds=4))
    return {"normal": film, "dark": night, "frozen": still_of(film, shape.fps, shape.fps)}


class CameraTwin:
    """Serves `scenes` at `url` from `start` to `stop`; also a context manager. `login`: the user and password it asks for.

    Any thread may call any method. `port` 0 takes a free one, and keeps it through `refuse` and `accept`.
    """

    def __init__(
        self,
        scenes: Scenes | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        login: tuple[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.scenes = scenes or drawn_scenes()
        self.scene: Scene = "normal"
        self.hanging = False
        self.login = login
        self.clock: Clock = clock or SystemClock()
        self.stopped = Event()
        self.refused_clients = 0
        """Connections that came over the limit of MAX_CLIENTS and were closed."""
        self._refusing = True  # until start
        self._lock = Lock()
        self._clients: list[_Client] = []
        self._listener = _bound(host, port)
        self._host, self._port = self._listener.getsockname()[:2]
        self._thread = Thread(target=self._serve, name="camera-twin", daemon=True)

    @property
    def url(self) -> str:
        """The address that a driver is given, with the login where one is asked for."""
        user = f"{self.login[0]}:{self.login[1]}@" if self.login else ""
        return f"rtsp://{user}{self._host}:{self._port}/live"

    @property
    def clients(self) -> int:
        """How many are connected."""
        with self._lock:
            return len(self._clients)

    def start(self) -> Self:
        """Answer from now on."""
        self.accept()
        self._thread.start()
        return self

    def show(self, scene: Scene) -> None:
        """Play another scene from its beginning, to everybody, from the next picture on."""
        if scene not in self.scenes:
            raise ValueError(f"no scene {scene!r}: there are {', '.join(self.scenes)}")
        self.scene = scene

    def refuse(self) -> None:
        """Be gone: drop every connection and refuse new ones."""
        with self._lock:
            if not self._refusing:
                self._refusing = True
                self._listener.shutdown(socket.SHUT_RDWR)  # ends the listening and keeps the port
            leaving = list(self._clients)
        for client in leaving:
            client.drop()

    def accept(self) -> None:
        """Be back: take connections and send pictures again."""
        self.hanging = False
        with self._lock:
            if self._refusing:
                self._listener.listen(MAX_CLIENTS)
                self._refusing = False

    def hang(self) -> None:
        """Keep the connections, take new ones, and send nothing at all any more, until `accept`."""
        self.hanging = True

    def stop(self) -> None:
        """End everything; waits for the threads. May be called twice."""
        self.stopped.set()
        self.refuse()
        with suppress(RuntimeError):  # never started
            self._thread.join()
        with self._lock:
            leaving = list(self._clients)
        for client in leaving:
            client.drop()
            client.thread.join()
        self._listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def left(self, client: "_Client") -> None:
        """A client's thread says that it ends."""
        with self._lock:
            self._clients.remove(client)

    def _serve(self) -> None:
        while not self.stopped.is_set():
            if self._refusing:
                self.stopped.wait(_TURN_S)
                continue
            ready, _, _ = select.select([self._listener], [], [], _TURN_S)
            if not ready:
                continue
            try:
                connection, _ = self._listener.accept()
            except OSError:  # refuse() came in between
                self.stopped.wait(_TURN_S)
                continue
            self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        client = _Client(self, connection)
        with self._lock:
            admitted = not self._refusing and len(self._clients) < MAX_CLIENTS
            if admitted:
                self._clients.append(client)
        if admitted:
            client.thread.start()
        else:
            self.refused_clients += 1
            connection.close()


class _Client:
    """One connection: answers its requests and, once it plays, sends it pictures when they are due."""

    def __init__(self, twin: CameraTwin, connection: socket.socket) -> None:
        self._twin = twin
        self._socket = connection
        self._socket.settimeout(_SEND_TIMEOUT_S)
        self._requests = rtsp.Requests()
        self._packer: Packer | None = None
        self._player: _Player | None = None
        self.thread = Thread(target=self._run, name="camera-twin-client", daemon=True)

    def drop(self) -> None:
        """Break the connection; the thread ends by itself."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            while not self._twin.stopped.is_set() and self._turn():
                pass
        except (OSError, rtsp.BadRequest):
            pass  # the other end is gone or talks nonsense: nothing is owed to it
        finally:
            self._twin.left(self)
            self._socket.close()

    def _turn(self) -> bool:
        """Wait for a request or the next picture's time. False at the end of the connection."""
        wait_s = _TURN_S
        if self._twin.hanging:
            self._twin.stopped.wait(_TURN_S)
            return True
        if self._player is not None:
            wait_s = min(_TURN_S, self._player.send_due(self._twin.clock.mono_us()))
        ready, _, _ = select.select([self._socket], [], [], wait_s)
        if not ready:
            return True
        data = self._socket.recv(4096)
        return bool(data) and all(self._handle(request) for request in self._requests.feed(data))

    def _handle(self, request: rtsp.Request) -> bool:
        wanted = self._twin.login and rtsp.basic(*self._twin.login)
        if wanted and request.headers.get("authorization") != wanted and request.method != "OPTIONS":
            reply = rtsp.answer(request, 401, {"WWW-Authenticate": 'Basic realm="camera"'})
        else:
            reply = self._reply(request)
        self._socket.sendall(reply)
        if request.method == "PLAY" and self._packer is not None and self._player is None:
            self._player = _Player(self._twin, self._socket, self._packer)
        return request.method != "TEARDOWN"

    def _reply(self, request: rtsp.Request) -> bytes:
        match request.method:
            case "OPTIONS":
                return rtsp.answer(request, 200, {"Public": ", ".join(rtsp.METHODS)})
            case "DESCRIBE":
                body = rtsp.description(self._twin.scenes[self._twin.scene])
                base = request.url.rstrip("/") + "/"
                return rtsp.answer(request, 200, {"Content-Base": base, "Content-Type": "application/sdp"}, body)
            case "SETUP":
                return self._set_up(request)
            case "PLAY":
                return rtsp.answer(request, 454 if self._packer is None else 200, _SESSION | {"Range": "npt=now-"})
            case "GET_PARAMETER" | "TEARDOWN":
                return rtsp.answer(request, 200, _SESSION)
        return rtsp.answer(request, 501)

    def _set_up(self, request: rtsp.Request) -> bytes:
        channel = rtsp.channel_of(request.headers.get("transport", ""))
        if channel is None:
            return rtsp.answer(request, 461)
        self._packer = Packer(channel, source=0x57_4B_00_01)
        transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        return rtsp.answer(request, 200, _SESSION | {"Transport": transport})


class _Player:
    """Where one connection is in the film: sends what is due, begins anew at the end, and changes the film on demand."""

    def __init__(self, twin: CameraTwin, connection: socket.socket, packer: Packer) -> None:
        self._twin = twin
        self._socket = connection
        self._packer = packer
        self._film = twin.scenes[twin.scene]
        self._next = 0
        self._base_us: int | None = None
        """The clock's time at the film's beginning."""
        self._base_90k = 0

    def send_due(self, now_us: int) -> float:
        """Send the next picture if its time has come. Returns the seconds until there is something to do."""
        if self._base_us is None:
            self._base_us = now_us
        wanted = self._twin.scenes[self._twin.scene]
        if wanted is not self._film or self._next == len(self._film.frames):
            self._begin(wanted, now_us)
        frame = self._film.frames[self._next]
        due_us = self._base_us + frame.send_90k * US_PER_S // CLOCK_HZ
        if now_us < due_us:
            return (due_us - now_us) / US_PER_S
        if now_us - due_us > _FRAME_LATE_US:
            self._base_us += now_us - due_us  # was held up: go on from here, without a burst
        self._socket.sendall(self._packer.pack(frame, self._base_90k + frame.show_90k))
        self._next += 1
        return 0.0

    def _begin(self, film: Film, now_us: int) -> None:
        """The film to play next goes on, in time, where the one before ended or was left."""
        assert self._base_us is not None
        whole = self._next == len(self._film.frames)
        past_90k = self._film.length_90k if whole else self._film.frames[self._next].send_90k
        self._base_us = min(self._base_us + past_90k * US_PER_S // CLOCK_HZ, now_us + US_PER_S)
        self._base_90k += past_90k
        self._film, self._next = film, 0


def _bound(host: str, port: int) -> socket.socket:
    """A socket that keeps its port when it stops listening. The system lets go of a port that it chose itself, so the one it
    chose is asked for by number while it is still held."""
    with socket.socket() as first:
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first.bind((host, port))
        kept = socket.socket()
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            kept.bind(first.getsockname())
        except OSError:
            kept.close()
            raise
    return kept
