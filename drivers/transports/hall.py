"""Where devices dial in: one port of this machine, and everybody who has come by it.

A panel that reports to a centre opens the connection itself, so that there is nobody to connect to. Over UDP each datagram is
whole, and a connection of its own.
"""

import contextlib
import ipaddress
import select
import socket
from collections import Counter
from collections.abc import Collection
from itertools import count
from typing import NamedTuple, Protocol

from drivers.port import DeviceLost
from drivers.transports.address import Address
from drivers.transports.tcp import KEEPALIVE

PEERS_MAX = 64
"""Of more than these one is hung up: of the host that has the most of them, the one that was silent for the longest. So whoever
opens many shuts out none but himself."""
READ_MAX_BYTES = 65_536
"""In one turn of one peer: a picture comes in few, and a datagram is never longer."""
DATAGRAMS_MAX = 64
"""In one turn, lest a flood keeps the rest waiting."""
SEND_TIMEOUT_S = 0.5
"""A peer that takes no answer for so long is hung up."""


class Heard(NamedTuple):
    """What came from the peer of this number. `whole`: nothing more belongs to it. `gone`: it has hung up; the number is never
    used again."""

    peer: int
    data: bytes
    whole: bool = False
    gone: bool = False


class Hall(Protocol):
    """An open port. Belongs to one thread. `strangers` counts who was turned away because the host is not a known one, and
    `crowded` who was hung up for want of room."""

    strangers: int
    crowded: int

    def turn(self, timeout_s: float) -> list[Heard]:
        """What has come, after `timeout_s` at most. Raises DeviceLost when the port itself fails."""
        ...

    def send(self, peer: int, data: bytes) -> None:
        """Send all of `data`, or hang up. A peer that is gone gets nothing, which is no error."""
        ...

    def hang_up(self, peer: int) -> None:
        """Have nothing more to do with the peer."""
        ...

    def close(self) -> None:
        """Close the port and hang up on everybody. May be called twice."""
        ...


def check_hosts(hosts: Collection[str]) -> None:
    """Raises ValueError with a message for an installer when one of `hosts` is no IP address."""
    for host in hosts:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError(f"hosts: {host[:40]!r} is not an IP address: write for example 192.168.1.50") from None


def open_hall(address: Address, hosts: Collection[str] = ()) -> Hall:
    """Listen at `address`. `hosts`: the IP addresses that may come; empty: all. Raises DeviceLost: `port_taken`, `no_permission`,
    `no_such_address`."""
    udp = address.scheme == "listen-udp"
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        port = socket.socket(family, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        try:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0 if udp else 1)
            port.bind((address.host, address.port))
            if not udp:
                port.listen(PEERS_MAX)
        except BaseException:
            port.close()
            raise
    except PermissionError as error:
        raise DeviceLost("no_permission") from error
    except (OSError, UnicodeError) as error:
        name = "port_taken" if isinstance(error, OSError) and error.errno == 98 else "no_such_address"
        raise DeviceLost(name) from error
    port.setblocking(False)
    allowed = frozenset(map(_plain, hosts))
    return UdpHall(port, allowed) if udp else TcpHall(port, allowed)


def _plain(host: str) -> str:
    """The address as an installer writes it: a port of IPv6 tells those of IPv4 in its own way, and says by which card."""
    address = ipaddress.ip_address(host.partition("%")[0])
    return str(getattr(address, "ipv4_mapped", None) or address)


class TcpHall:
    """See `Hall`."""

    def __init__(self, port: socket.socket, allowed: frozenset[str]) -> None:
        self.strangers = self.crowded = 0
        self._port = port
        self._allowed = allowed
        self._numbers = count(1)
        self._peers: dict[int, socket.socket] = {}  # the one silent for the longest first
        self._hosts: dict[int, str] = {}
        self._poll = select.poll()
        self._poll.register(port, select.POLLIN)
        self._by_fd: dict[int, int] = {}
        self._gone: list[Heard] = []

    def turn(self, timeout_s: float) -> list[Heard]:
        """See `Hall.turn`."""
        ready = [fd for fd, _ in self._poll.poll(0 if self._gone else timeout_s * 1000)]
        heard = [one for fd in ready if fd in self._by_fd for one in self._read(self._by_fd[fd])]
        if self._port.fileno() in ready:
            self._accept()
        gone, self._gone = self._gone, []
        return [*heard, *gone]

    def send(self, peer: int, data: bytes) -> None:
        """See `Hall.send`."""
        one = self._peers.get(peer)
        if one is None:
            return
        try:
            one.settimeout(SEND_TIMEOUT_S)
            one.sendall(data)
            one.setblocking(False)
        except OSError:
            self.hang_up(peer)

    def hang_up(self, peer: int) -> None:
        """See `Hall.hang_up`."""
        one = self._peers.pop(peer, None)
        if one is None:
            return
        self._poll.unregister(one)
        del self._by_fd[one.fileno()], self._hosts[peer]
        one.close()
        self._gone.append(Heard(peer, b"", gone=True))

    def close(self) -> None:
        """See `Hall.close`."""
        for peer in list(self._peers):
            self.hang_up(peer)
        self._port.close()

    def _read(self, peer: int) -> list[Heard]:
        one = self._peers.pop(peer)
        self._peers[peer] = one
        try:
            data = one.recv(READ_MAX_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if data:
            return [Heard(peer, data)]
        self.hang_up(peer)
        return []

    def _accept(self) -> None:
        try:
            fresh, (host, *_) = self._port.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            raise DeviceLost("network") from error
        host = _plain(host)
        if self._allowed and host not in self._allowed:
            self.strangers += 1
            fresh.close()
            return
        if len(self._peers) >= PEERS_MAX:
            self._make_room()
        fresh.setblocking(False)
        fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            if hasattr(socket, option):
                fresh.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        peer = next(self._numbers)
        self._peers[peer], self._hosts[peer] = fresh, host
        self._by_fd[fresh.fileno()] = peer
        self._poll.register(fresh, select.POLLIN)

    def _make_room(self) -> None:
        self.crowded += 1
        of_host = Counter(self._hosts.values())
        self.hang_up(max(self._peers, key=lambda peer: of_host[self._hosts[peer]]))  # the first of those with as many


class UdpHall:
    """See `Hall`. A number lives for one turn: nobody hangs up over UDP."""

    def __init__(self, port: socket.socket, allowed: frozenset[str]) -> None:
        self.strangers = self.crowded = 0
        self._port = port
        self._allowed = allowed
        self._numbers = count(1)
        self._senders: dict[int, tuple[object, ...]] = {}
        self._poll = select.poll()
        self._poll.register(port, select.POLLIN)

    def turn(self, timeout_s: float) -> list[Heard]:
        """See `Hall.turn`."""
        self._senders.clear()
        if not self._poll.poll(timeout_s * 1000):
            return []
        heard = []
        for _ in range(DATAGRAMS_MAX):
            try:
                data, sender = self._port.recvfrom(READ_MAX_BYTES)
            except BlockingIOError:
                break
            except ConnectionError:  # an earlier answer could not be delivered
                continue
            except OSError as error:
                raise DeviceLost("network") from error
            if self._allowed and _plain(sender[0]) not in self._allowed:
                self.strangers += 1
                continue
            peer = next(self._numbers)
            self._senders[peer] = sender
            heard.append(Heard(peer, data, whole=True, gone=True))
        return heard

    def send(self, peer: int, data: bytes) -> None:
        """See `Hall.send`."""
        sender = self._senders.get(peer)
        if sender is not None:
            with contextlib.suppress(OSError):
                self._port.sendto(data, sender)

    def hang_up(self, peer: int) -> None:
        """See `Hall.hang_up`."""
        self._senders.pop(peer, None)

    def close(self) -> None:
        """See `Hall.close`."""
        self._senders.clear()
        self._port.close()
