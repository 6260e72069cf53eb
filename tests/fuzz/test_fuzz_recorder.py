"""Any bytes from a camera, in any file, and any path: refused or read, never anything else, and the same however they are cut."""

import os
import tempfile
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.footage.fragments import Whole, whole_of
from edge.footage.layouts import read_path
from edge.recorder.mp4 import Sample, began, fragment, header
from edge.recorder.parameters import BadParameters, Sets, looks_of
from edge.recorder.rtp import Picture
from edge.recorder.rtsp import Client, Refused
from tests.support.recording_stage import SETS

FEW = settings(max_examples=80, deadline=None)
SDP = b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 %b/90000\r\na=control:t\r\n"
SHANGHAI = ZoneInfo("Asia/Shanghai")

heads = st.builds(
    lambda seq, ts, marker: bytes((0x80, 96 | marker << 7)) + seq.to_bytes(2) + ts.to_bytes(4) + b"\0\0\0\1",
    st.integers(0, 3), st.integers(0, 3).map(lambda n: n * 9000), st.integers(0, 1),
)  # fmt: skip
payloads = st.one_of(
    st.binary(max_size=40), st.sampled_from((b"\x65abc", b"\x7c\x85abc", b"\x7c\x05de", b"\x7c\x45f", b"\x78\0\3\x41ab"))
)
packets = st.builds(lambda head, load: b"$\0" + (len(head) + len(load)).to_bytes(2) + head + load, heads, payloads)
wire = st.lists(st.one_of(packets, packets, st.binary(max_size=12), st.just(b"RTSP/1.0 200 OK\r\n\r\n")), max_size=12).map(
    b"".join
)


def told(codec: bytes, data: bytes, cuts: list[int]) -> list[Picture | str]:
    """The pictures, and what it was refused for at last."""
    client = Client("rtsp://cam/live", "c")
    body = SDP % codec
    client.feed(b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    client.feed(b"RTSP/1.0 200 OK\r\nSession: 1\r\n\r\n")
    client.feed(b"RTSP/1.0 200 OK\r\n\r\n")
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    found: list[Picture | str] = []
    try:
        for start, stop in pairwise(edges):
            found += client.feed(data[start:stop])
    except Refused as error:
        return [str(error)]
    return found


@FEW
@given(codec=st.sampled_from((b"H264", b"H265")), data=wire, cuts=st.lists(st.integers(0, 999), max_size=8))
def test_a_stream_reads_the_same_however_it_is_cut(codec, data, cuts):
    assert told(codec, data, cuts) == told(codec, data, [])


@FEW
@given(data=st.binary(max_size=4000))
def test_any_answer_to_the_first_question_is_taken_or_refused(data):
    client = Client("rtsp://u:p@cam/live", "c")
    refused = ""
    try:
        client.feed(data)
        client.feed(b"RTSP/1.0 401 No\r\nWWW-Authenticate: " + data[:200] + b"\r\n\r\n")
    except Refused as error:
        refused = str(error)
    assert refused in ("", "unauthorized", "not_found", "bad_stream", "no_video", "unplayable")


@FEW
@given(codec=st.sampled_from(("h264", "hevc")), sps=st.binary(max_size=80), pps=st.binary(max_size=8))
def test_any_parameter_sets_make_a_header_or_are_refused(codec, sps, pps):
    sets = Sets(b"", sps, pps)
    try:
        looks = looks_of(codec, sets)
    except BadParameters:
        return
    assert header(codec, sets, looks)


SAMPLES = [Sample(b"\0\0\0\1\x65" + bytes(50), n * 9000, n == 0) for n in range(5)]
FILE = header("h264", SETS, looks_of("h264", SETS)) + began(10**15) + b"".join(fragment(1, 0, 45_000, SAMPLES)) * 3


def whole(data: bytes) -> Whole:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return whole_of(file.fileno())


@FEW
@given(at=st.integers(0, len(FILE)), noise=st.binary(max_size=60), spot=st.integers(0, len(FILE)))
def test_a_file_that_is_torn_or_damaged_is_whole_up_to_somewhere(at, noise, spot):
    torn = FILE[:at]
    assert whole(torn).size_bytes <= len(torn)
    assert whole(torn).length_us <= whole(FILE).length_us == 500_000
    damaged = FILE[:spot] + noise + FILE[spot + len(noise) :]
    assert whole(damaged).size_bytes <= len(damaged)


def test_looking_again_at_what_has_grown_comes_to_the_same():
    with tempfile.TemporaryFile() as file:
        seen = Whole()
        for at in range(0, len(FILE), 37):
            file.write(FILE[at : at + 37])
            file.flush()
            seen = whole_of(file.fileno(), seen)
        assert seen == whole_of(file.fileno())
        assert seen.size_bytes == os.fstat(file.fileno()).st_size


@FEW
@given(
    path=st.one_of(
        st.text(max_size=80), st.from_regex(r"[a-c]{0,3}/?20[0-9]{2}-?[0-9]{2}-?[0-9]{2}[/_T-]{0,2}[0-9.:-]{4,20}\.mp4")
    )
)
def test_any_path_names_a_time_or_none(path):
    named = read_path(path, SHANGHAI)
    assert named is None or named.end_us is None or named.end_us > named.start_us
