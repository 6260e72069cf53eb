"""The port where devices dial in: limits, strangers, and both ways."""

import socket

import pytest

from drivers.port import DeviceLost
from drivers.transports import open_transport, parse_address
from drivers.transports.dial import free_port
from drivers.transports.hall import PEERS_MAX, check_hosts, open_hall

LISTENS = ("listen", "listen-udp")


class Open:
    """A hall at a free port, and connections to it."""

    def __init__(self, scheme="listen", hosts=()):
        self.port = free_port()
        self.hall = open_hall(parse_address(f"{scheme}://127.0.0.1:{self.port}", schemes=LISTENS), hosts)
        self.lines = []
        self.kind = socket.SOCK_DGRAM if scheme == "listen-udp" else socket.SOCK_STREAM

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for line in self.lines:
            line.close()
        self.hall.close()
        self.hall.close()

    def call(self, host="127.0.0.1"):
        line = socket.socket(socket.AF_INET, self.kind)
        line.settimeout(5)
        line.bind((host, 0))
        line.connect(("127.0.0.1", self.port))
        self.lines.append(line)
        return line

    def heard(self, turns=10):
        return [one for _ in range(turns) for one in self.hall.turn(0.01)]


@pytest.mark.parametrize("scheme", LISTENS)
def test_each_peer_is_heard_and_answered_by_its_number(scheme):
    with Open(scheme) as at:
        first, second = at.call(), at.call()
        first.send(b"one")
        second.send(b"two")
        heard = []
        for _ in range(20):
            for one in at.hall.turn(0.01):
                heard.append(one)
                at.hall.send(one.peer, one.data.upper())
        assert {one.data for one in heard} == {b"one", b"two"}
        assert (first.recv(9), second.recv(9)) == (b"ONE", b"TWO")
        assert all(one.whole == (scheme == "listen-udp") for one in heard)


def test_one_that_hangs_up_is_told_once_and_gets_nothing_more():
    with Open() as at:
        at.call().close()
        (gone,) = at.heard()
        assert gone.gone
        at.hall.send(gone.peer, b"late")
        assert at.heard() == []


def test_the_one_silent_for_the_longest_makes_room():
    with Open() as at:
        lines = []
        for _ in range(PEERS_MAX):
            lines.append(at.call())
            at.heard(1)
        lines[0].send(b"still here")
        at.heard(2)
        extra = at.call()
        at.heard(2)
        extra.send(b"and me")
        lines[0].send(b"and me")
        assert [one.data for one in at.heard() if one.data] == [b"and me", b"and me"]
        assert lines[1].recv(9) == b""
        assert at.hall.crowded == 1


def test_whoever_opens_many_shuts_out_none_but_himself():
    with Open() as at:
        panel = at.call()
        at.heard(1)
        for _ in range(2 * PEERS_MAX):
            at.call("127.0.0.2")
            at.heard(1)
        panel.send(b"a panel that was silent for long")
        assert [one.data for one in at.heard() if one.data] == [b"a panel that was silent for long"]
        assert at.hall.crowded == PEERS_MAX + 1


@pytest.mark.parametrize("scheme", LISTENS)
def test_a_port_of_ipv6_knows_the_hosts_of_ipv4(scheme):
    port = free_port()
    hall = open_hall(parse_address(f"{scheme}://[::]:{port}", schemes=LISTENS), ["127.0.0.1"])
    kind = socket.SOCK_DGRAM if scheme == "listen-udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as line:
        line.connect(("127.0.0.1", port))
        line.send(b"hello")
        assert [one.data for _ in range(20) for one in hall.turn(0.01) if one.data] == [b"hello"]
    hall.close()


@pytest.mark.parametrize("scheme", LISTENS)
def test_a_host_that_is_not_known_is_turned_away_and_counted(scheme):
    with Open(scheme, ["192.0.2.1"]) as at:
        at.call().send(b"hello")
        assert at.heard() == []
        assert at.hall.strangers == 1


@pytest.mark.parametrize("scheme", LISTENS)
def test_a_known_host_is_heard(scheme):
    with Open(scheme, ["127.0.0.1"]) as at:
        at.call().send(b"hello")
        assert [one.data for one in at.heard()] == [b"hello"]


@pytest.mark.parametrize("scheme", LISTENS)
def test_a_port_or_an_address_that_cannot_be_had_is_told_by_name(scheme):
    with Open(scheme) as at, pytest.raises(DeviceLost, match="port_taken"):
        open_hall(parse_address(f"{scheme}://127.0.0.1:{at.port}", schemes=LISTENS))
    with pytest.raises(DeviceLost, match="no_such_address"):
        open_hall(parse_address(f"{scheme}://192.0.2.1:9000", schemes=LISTENS))


def test_a_port_where_devices_dial_in_is_no_transport():
    with pytest.raises(ValueError, match="open_hall"):
        open_transport(parse_address("listen://127.0.0.1:9000", schemes=LISTENS))


def test_hosts_are_ip_addresses():
    check_hosts(["192.0.2.1", "2001:db8::1"])
    with pytest.raises(ValueError, match=r"write for example 192\.168\.1\.50"):
        check_hosts(["panel"])
