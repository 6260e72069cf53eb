"""The network between an agent and its broker: bytes go through until somebody cuts the cable."""

import select
import socket
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from contract.clock import Clock

CONNECTIONS_MAX = 16
_CHUNK_BYTES = 65_536
_LOOK_S = 0.1
_CONNECT_S = 5.0


class CutProxy:
    """Listens on loopback and passes on to `target_port`. `cut` breaks every connection and lets none through until `mend`.

    `last_us`: when bytes that hold `mark` last went from the client to the target, by the clock's wall time; 0 before."""

    def __init__(self, target_port: int, clock: Clock, mark: bytes) -> None:
        """Bind a free port. Raises OSError."""
        self._target_port = target_port
        self._clock = clock
        self._mark = mark
        self._stop = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._cut = False
        self.last_us = 0
        self.refused = 0
        """Connections that came while the cable was cut, or over CONNECTIONS_MAX."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, name="cut-proxy", daemon=True)
        self._thread.start()

    @property
    def is_cut(self) -> bool:
        """Whether nothing gets through."""
        return self._cut

    def cut(self) -> None:
        """Break what is open; nothing gets through from now on."""
        with self._lock:
            self._cut = True
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """The cable is whole again: who connects anew gets through."""
        with self._lock:
            self._cut = False

    def close(self) -> None:
        """End everything."""
        self._stop.set()
        self.cut()
        self._thread.join()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                continue
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if self._cut or len(self._threads) >= CONNECTIONS_MAX:
                self.refused += 1
                client.close()
                continue
            thread = Thread(target=self._carry, args=(client,), name="cut-proxy-line", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, client: socket.socket) -> None:
        try:
            target = socket.create_connection(("127.0.0.1", self._target_port), timeout=_CONNECT_S)
        except OSError:
            client.close()
            return
        pair = {client: target, target: client}
        with client, target:
            for one in pair:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.settimeout(_CONNECT_S)
            with self._lock:
                self._open |= pair.keys()
                lets = not self._cut
            with suppress(OSError):
                while lets and not self._stop.is_set():
                    lets = self._pass_on(client, pair)
            with self._lock:
                self._open -= pair.keys()

    def _pass_on(self, client: socket.socket, pair: dict[socket.socket, socket.socket]) -> bool:
        """One turn. False at the end of either side."""
        ready, _, _ = select.select(list(pair), [], [], _LOOK_S)
        for one in ready:
            data = one.recv(_CHUNK_BYTES)
            if not data or self._cut:
                return False
            pair[one].sendall(data)
            if one is client and self._mark in data:
                self.last_us = self._clock.now_us()
        return True
