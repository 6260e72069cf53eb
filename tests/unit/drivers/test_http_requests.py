"""HTTP of devices that push: requests out of bytes, their limits, and what is answered."""

import tracemalloc

import pytest

from contract.clock import US_PER_S
from drivers.http.requests import BODY_BYTES_MAX, HEAD_BYTES_MAX, REQUEST_US, Bad, Reply, Request, Requests, Room

POST = b"POST /gate-1?a=1 HTTP/1.1\r\nHost: hub\r\nContent-Length: 5\r\n\r\nhello"
OK = Reply()
CHUNKED = b"POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"


def hear(requests, data, now_us, *, end=False):
    return list(requests.hear(data, now_us, end=end))


def heard(pieces, requests=None, reply=OK):
    """What the pieces come to, and what was answered."""
    requests = requests or Requests()
    out, sent = [], b""
    for piece in pieces:
        for one in requests.hear(piece, 0):
            out.append(one)
            if isinstance(one, Request):
                sent += requests.answered(reply)[0]
    return out, sent


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_on_one_connection_are_read_however_they_are_cut(size):
    data = POST + CHUNKED + POST
    out, sent = heard(data[at : at + size] for at in range(0, len(data), size))
    assert [one.body for one in out] == [b"hello"] * 3
    assert [one.offset for one in out] == [0, len(POST), len(POST) + len(CHUNKED)]
    assert [one.target for one in out] == ["/gate-1?a=1", "/", "/gate-1?a=1"]
    assert out[0].header("host") == "hub"
    assert sent.count(b"HTTP/1.1 200") == 3


def test_the_first_bytes_of_a_request_are_kept_for_a_finding():
    out, _ = heard([POST])
    assert POST.startswith(out[0].start)
    assert len(out[0].start) == 64


def test_a_device_of_the_first_version_is_answered_and_hung_up():
    requests = Requests()
    (one,) = hear(requests, b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", 0)
    assert one.body == b"hi"
    answer, close = requests.answered(Reply(body=b"{}"))
    assert close
    assert answer.endswith(b"\r\n\r\n{}")
    assert hear(requests, POST, 0) == []


def test_who_waits_to_be_told_to_go_on_is_told():
    requests = Requests()
    (go,) = hear(requests, b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", 0)
    assert go.startswith(b"HTTP/1.1 100")
    (one,) = hear(requests, b"hi", 0)
    assert one.body == b"hi"


@pytest.mark.parametrize(
    ("data", "reason", "status"),
    [
        (b"\x00\x01\x02 nonsense\r\n\r\n", "bad_http", b"400"),
        (b"POST / HTTP/1.1\r\n\r\n", "bad_http", b"400"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * HEAD_BYTES_MAX, "head_too_long", b"431"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (BODY_BYTES_MAX + 1), "too_long", b"413"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "bad_http", b"400"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "bad_http", b"501"),
    ],
)
def test_what_is_no_request_ends_the_connection(data, reason, status):
    requests = Requests()
    (bad,) = hear(requests, data, 0)
    assert isinstance(bad, Bad)
    assert (bad.reason, bad.answer[9:12]) == (reason, status)
    assert hear(requests, POST, 0) == []


def test_chunks_that_never_end_are_too_long():
    requests = Requests()
    hear(requests, b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 0)
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    for _ in range(BODY_BYTES_MAX // 0x10000):
        assert hear(requests, chunk, 0) == []
    (bad,) = hear(requests, chunk, 0)
    assert bad.reason == "too_long"


def test_a_body_that_comes_byte_by_byte_takes_no_more_room_than_one_that_comes_at_once():
    requests = Requests()
    hear(requests, b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 0)
    tracemalloc.start()
    for _ in range(100):
        hear(requests, b"1\r\nx\r\n" * 1_000, 0)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000


def test_a_sender_that_takes_too_long_is_hung_up():
    requests = Requests()
    assert hear(requests, POST[:40], 0) == []
    assert hear(requests, POST[40:50], REQUEST_US) == []
    (bad,) = hear(requests, POST[50:], REQUEST_US + 1)
    assert (bad.reason, bad.answer[9:12]) == ("slow", b"408")


def test_a_clock_that_is_put_back_hangs_up_nobody():
    requests = Requests()
    assert hear(requests, POST[:40], 10 * REQUEST_US) == []
    (one,) = hear(requests, POST[40:], US_PER_S)
    assert one.body == b"hello"


def test_a_request_that_breaks_off_is_truncated_and_silence_between_two_is_not():
    requests = Requests()
    assert len(hear(requests, POST, 0)) == 1
    requests.answered(Reply())
    assert hear(requests, b"", 0, end=True) == []
    assert hear(requests, POST[:-1], 0) == []
    (bad,) = hear(requests, b"", 0, end=True)
    assert (bad.reason, bad.offset, bad.start) == ("truncated", len(POST), POST[:-5])


def test_all_connections_share_one_room_and_give_back_what_they_took():
    room = Room(10)
    first, second = Requests(room), Requests(room)
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n"
    assert hear(first, head + b"1234567", 0) == []
    (bad,) = hear(second, head + b"1234567", 0)
    assert (bad.reason, bad.answer[9:12]) == ("no_room", b"503")
    hear(first, b"", 0, end=True)
    (one,) = hear(Requests(room), head + b"12345678", 0)
    assert one.body == b"12345678"
    assert room.take(2)
    assert not room.take(1)


def test_a_head_is_answered_without_a_body():
    requests = Requests()
    hear(requests, b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 0)
    answer, _ = requests.answered(Reply(body=b"{}"))
    assert answer.endswith(b"\r\n\r\n")


def test_who_wants_another_protocol_is_answered_in_this_one():
    for start in (
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ):
        out, sent = heard([start, POST], reply=Reply(405))
        assert len(out) >= 1
        assert sent.startswith(b"HTTP/1.1 405")


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_empty_lines_between_two_requests_are_passed_over(size):
    data = b"\r\n" + POST + b"\r\n\r\n" + POST
    out, _ = heard(data[at : at + size] for at in range(0, len(data), size))
    assert [(one.body, one.offset) for one in out] == [(b"hello", 2), (b"hello", len(POST) + 6)]
