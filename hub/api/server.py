"""Runs the application in a thread of its own, with a start that is known to have worked and a stop that ends."""

import errno
import socket
from pathlib import Path
from threading import Thread
from time import sleep

import uvicorn
from fastapi import FastAPI

from hub.api.guard import check_host

START_POLLS, START_POLL_S = 1_000, 0.01
STOP_S = 10.0
GRACE_S = 3
BACKLOG = 128


class CannotListen(RuntimeError):
    """The address cannot be had. The message says what to do."""


class ApiServer:
    """A running server. `port` is the real one where 0 was asked for."""

    def __init__(self, app: FastAPI, listening: socket.socket, tls: tuple[Path, Path] | None = None) -> None:
        self._app = app
        self._socket = listening
        self.host, self.port = listening.getsockname()[:2]
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
            proxy_headers=False,  # whoever asks could say that it is somebody else
            ssl_certfile=None if tls is None else tls[0],
            ssl_keyfile=None if tls is None else tls[1],
        )
        self._scheme = "http" if tls is None else "https"
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._run, name="api", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{self._scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Returns when requests are answered. Raises CannotListen when the application does not start."""
        self._thread.start()
        for _ in range(START_POLLS):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            sleep(START_POLL_S)
        self.stop()
        raise CannotListen("the API did not start: see the log")

    def stop(self) -> None:
        """Live clients are told, requests under way get 3 s, then it ends. May be called twice."""
        self._app.state.live.shut_soon()
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(app: FastAPI, host: str = "127.0.0.1", port: int = 8080, tls: tuple[Path, Path] | None = None) -> ApiServer:
    """Listen and serve in a thread. Port 0: any free one. `tls`: the certificate's file and the key's. Raises NotLoopback,
    CannotListen."""
    check_host(host, tls=tls is not None)
    server = ApiServer(app, listen(host, port), tls)
    server.start()
    return server


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named, or asyncio does not know it for TCP and leaves TCP_NODELAY off: each answer then waited 40 ms for an acknowledgement
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(f"port {port} on {host} is taken: stop what uses it, or set http.port to another one") from error
        reason = error.strerror or str(error)
        raise CannotListen(f"cannot listen on {host}:{port} ({reason}): set http.host and http.port") from error
    return found
