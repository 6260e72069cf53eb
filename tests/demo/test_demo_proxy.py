"""The cable between an agent and its broker."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from contract.clock import SystemClock
from watchkeeper.demo.proxy import CutProxy


class Echo:
    """Says everything again."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(Thread(target=self._echo, args=(peer,), daemon=True))
            self.threads[-1].start()

    def _echo(self, peer: socket.socket) -> None:
        with peer:
            while data := peer.recv(100):
                peer.sendall(data)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(30)


@pytest.fixture
def proxy() -> Iterator[CutProxy]:
    echo = Echo()
    with CutProxy(echo.port, SystemClock(), b"mark") as made:
        yield made
    echo.close()


def connect(proxy: CutProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def said(peer: socket.socket, data: bytes) -> bytes:
    peer.sendall(data)
    return peer.recv(100)


def test_bytes_go_through_and_marked_ones_are_timed(proxy):
    with connect(proxy) as peer:
        assert said(peer, b"hello") == b"hello"
        assert proxy.last_us == 0
        assert said(peer, b"a mark") == b"a mark"
    assert proxy.last_us > 0


def test_a_cut_breaks_what_is_open_and_refuses_what_comes(proxy):
    with connect(proxy) as peer:
        assert said(peer, b"hello") == b"hello"
        proxy.cut()
        assert peer.recv(100) == b""
    with connect(proxy) as late:
        assert late.recv(100) == b""
    proxy.mend()
    with connect(proxy) as peer:
        assert said(peer, b"again") == b"again"
