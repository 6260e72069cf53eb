"""The same behaviour over a pseudo-terminal, TCP and an in-process line."""

import os
import stat
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from drivers.port import DeviceLost
from drivers.transports import open_transport
from drivers.transports.listen import TcpLine
from drivers.transports.null import MAX_PENDING_BYTES, NullLine
from drivers.transports.pace import byte_time_s, steps, write_paced
from drivers.transports.pty import PtyLine

LONG_S = 30.0


@pytest.fixture(params=["pty", "tcp", "null"])
def line(request, tmp_path):
    makes: dict[str, Callable[[], Any]] = {"pty": partial(PtyLine, tmp_path / "reader"), "tcp": TcpLine, "null": NullLine}
    one = makes[request.param]()
    yield one
    one.close()


@pytest.fixture
def near(line):
    transport = open_transport(line.address)
    yield transport
    transport.close()


def read_all(end, size):
    got = b""
    while len(got) < size:
        data = end.read(size - len(got), LONG_S)
        assert data, f"only {got!r} has come"
        got += data
    return got


def far_read_all(line, size):
    got = b""
    for _ in range(1000):
        got += line.read(size - len(got), 0.05)
        if len(got) >= size:
            break
    return got


def test_bytes_go_both_ways_unchanged(line, near):
    every = bytes(range(256))
    line.write(every)
    assert read_all(near, 256) == every
    near.write(every)
    assert far_read_all(line, 256) == every


def test_what_is_there_is_handed_over_without_waiting_for_more(line, near):
    line.write(b"card")
    assert near.read(4096, LONG_S) in (b"card", b"c", b"ca", b"car")


def test_nothing_is_an_empty_read_after_the_timeout(near):
    assert near.read(10, 0.01) == b""


def test_a_read_takes_no_more_than_it_is_asked_for(line, near):
    line.write(b"abcdef")
    assert len(near.read(2, LONG_S)) <= 2


def test_a_reader_that_waits_is_told_when_the_device_is_unplugged(line, near):
    lost = []

    def wait():
        try:
            while True:
                near.read(10, LONG_S)
        except DeviceLost as error:
            lost.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    line.unplug()
    thread.join(LONG_S)
    assert lost in (["unplugged"], ["ended"], ["reset"])


def test_an_unplugged_device_cannot_be_opened_and_can_be_again_when_it_is_back(line):
    address = line.address
    line.unplug()
    with pytest.raises(DeviceLost, match=r"unplugged|refused"):
        open_transport(address)
    line.plug()
    line.plug()
    assert line.address == address
    again = open_transport(address)
    line.write(b"back")
    assert read_all(again, 4) == b"back"
    again.close()


def test_a_closed_transport_says_so_and_closes_twice(near):
    near.close()
    near.close()
    with pytest.raises(DeviceLost, match="closed"):
        near.read(1, 0)
    with pytest.raises(DeviceLost, match="closed"):
        near.write(b"x")


def test_an_unplugged_line_loses_what_is_written_and_counts_it(line):
    line.unplug()
    line.write(b"12345")
    assert line.lost_bytes == 5


def test_a_full_serial_port_loses_bytes_and_does_not_block(tmp_path):
    line = PtyLine(tmp_path / "reader")
    line.write(bytes(1_000_000))
    assert 0 < line.lost_bytes < 1_000_000
    line.close()


def test_what_came_before_a_serial_port_was_opened_is_thrown_away(tmp_path):
    line = PtyLine(tmp_path / "reader")
    line.write(b"an old card\n")
    near = open_transport(line.address)
    line.write(b"new")
    assert read_all(near, 3) == b"new"
    near.close()
    line.close()


def test_a_serial_port_is_opened_by_one_program_only(tmp_path):
    line = PtyLine(tmp_path / "reader")
    near = open_transport(line.address)
    with pytest.raises(DeviceLost, match="busy"):
        open_transport(line.address)
    near.close()
    line.close()


def test_a_file_that_is_no_serial_port_is_named_as_such(tmp_path):
    (tmp_path / "file").write_text("no port")
    with pytest.raises(DeviceLost, match="not_a_port"):
        open_transport(f"serial://{tmp_path}/file")


def test_a_pty_line_overwrites_no_file_but_an_old_link(tmp_path):
    (tmp_path / "old").symlink_to("/nowhere")
    PtyLine(tmp_path / "old").close()
    (tmp_path / "file").write_text("precious")
    with pytest.raises(FileExistsError, match="in the way"):
        PtyLine(tmp_path / "file")


def test_a_pty_line_points_its_link_at_a_terminal(tmp_path):
    line = PtyLine(tmp_path / "reader", baud=19200)
    assert stat.S_ISCHR((tmp_path / "reader").stat().st_mode)
    assert line.address.endswith("?baud=19200")
    line.close()
    assert not os.path.lexists(tmp_path / "reader")


def test_a_tcp_line_serves_the_newest_connection():
    line = TcpLine()
    old = open_transport(line.address)
    new = open_transport(line.address)
    line.write(b"hello")
    assert read_all(new, 5) == b"hello"
    with pytest.raises(DeviceLost, match=r"ended|reset"):
        old.read(1, LONG_S)
    for one in (old, new, line):
        one.close()


def test_a_name_that_no_host_can_have_is_told_apart():
    with pytest.raises(DeviceLost, match="no_such_host"):
        open_transport("tcp://gate..lan:1")


def test_hooks_bend_what_goes_over_an_in_process_line():
    line = NullLine(bend_in=lambda data: data[::-1], bend_out=lambda data: data * 2)
    near = open_transport(line.address)
    line.write(b"abc")
    near.write(b"x")
    assert near.read(10, LONG_S) == b"cba"
    assert line.read(10, LONG_S) == b"xx"
    near.close()


def test_an_in_process_line_drops_what_does_not_fit_and_counts_it():
    line = NullLine()
    near = open_transport(line.address)
    line.write(bytes(MAX_PENDING_BYTES + 10))
    assert line.lost_bytes == 10
    with pytest.raises(DeviceLost, match="busy"):
        open_transport(line.address)
    near.close()
    line.write(b"1")
    assert line.lost_bytes == 11


def test_an_in_process_line_that_is_gone_is_unplugged():
    with pytest.raises(DeviceLost, match="unplugged"):
        open_transport("null:nobody")


def test_pacing_waits_ten_bits_for_each_byte():
    assert byte_time_s(9600) == pytest.approx(0.00104, abs=1e-5)
    cut = list(steps(bytes(range(100)), 9600))
    assert b"".join(piece for _, piece in cut) == bytes(range(100))
    assert sum(wait for wait, _ in cut) == pytest.approx(100 * byte_time_s(9600))
    assert all(wait <= 0.005 for wait, _ in cut)


def test_a_slow_line_is_paced_byte_by_byte():
    slept: list[float] = []
    written: list[bytes] = []
    write_paced(written.append, b"ab", 50, slept.append)
    assert written == [b"a", b"b"]
    assert slept == [0.2, 0.2]
