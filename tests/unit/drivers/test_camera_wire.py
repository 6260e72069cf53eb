"""The pieces of the wire: frames on the pipe, H.264, RTP, RTSP."""

import io

import av
import numpy as np
import pytest

from contract.readings import CameraLink
from drivers.rtsp_camera import clip, film, h264, rtp, rtsp
from drivers.rtsp_camera.messages import (
    HEAD_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_PICTURE_BYTES,
    Alive,
    BadFrame,
    Received,
    Reports,
    Shot,
    framed,
)

RNG = np.random.default_rng(3)


def test_reports_come_whole_however_the_pipe_cuts_them():
    shot = Shot("order-1", 64, 48)
    data = framed(CameraLink(connected=True, reason="opened")) + framed(shot, 3) + b"abc" + framed(Alive())
    reports = Reports()
    found = [one for n in range(len(data)) for one in reports.feed(data[n : n + 1])]
    assert found == [Received(CameraLink(connected=True, reason="opened"), b""), Received(shot, b"abc"), Received(Alive(), b"")]


@pytest.mark.parametrize(
    "data",
    [
        (MAX_MESSAGE_BYTES + 1).to_bytes(4) + bytes(4),
        bytes(4) + (MAX_PICTURE_BYTES + 1).to_bytes(4),
        (2).to_bytes(4) + bytes(4) + b"{}",
        (5).to_bytes(4) + bytes(4) + b"\xff\xff\xff\xff\xff",
    ],
)
def test_a_frame_out_of_bounds_is_refused(data: bytes):
    assert len(data) >= HEAD_BYTES
    with pytest.raises(BadFrame):
        Reports().feed(data)


def planes(width: int = 48, height: int = 32) -> h264.Planes:
    chroma = RNG.integers(16, 241, (2, height // 2, width // 2), dtype=np.uint8)
    return h264.Planes(RNG.integers(16, 236, (height, width), dtype=np.uint8), *chroma)


def decoded(nals: list[bytes]) -> list[np.ndarray]:
    stream = b"".join(b"\x00\x00\x00\x01" + nal for nal in nals)
    with av.open(io.BytesIO(stream), format="h264") as container:
        return [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]


def test_a_decoder_gives_back_exactly_the_encoded_pictures():
    first = planes()
    second = first._replace(y=first.y.copy())
    second.y[16:, :16] = 50
    second.y[16:, 32:] = 99
    nals = [h264.sps(48, 32), h264.pps(), h264.key_picture(first, 0), h264.next_picture(second, [3, 5], 1)]
    nals += [h264.next_picture(second, [], 2), h264.key_picture(second, 1)]
    pictures = decoded(nals)
    assert len(pictures) == 4
    for picture, wanted in zip(pictures, (first, second, second, second), strict=True):
        flat = np.concatenate([plane.ravel() for plane in wanted])
        assert (picture.ravel() == flat).all()


def test_a_film_decodes_to_as_many_pictures_as_were_drawn():
    drawn = clip.lane(clip.Shape(width=96, height=54, seconds=2))
    pictures = decoded([nal for frame in drawn.frames for nal in frame.nals])
    assert len(pictures) == len(drawn.frames) == 20
    assert drawn.length_90k == 2 * film.CLOCK_HZ
    assert [frame.key for frame in drawn.frames[:11]] == [True] + [False] * 9 + [True]


def test_fragments_put_together_are_the_unit():
    nal = bytes([0x65]) + RNG.bytes(5000)
    parts = list(rtp.fragments(nal))
    assert all(len(part) <= rtp.MAX_PAYLOAD_BYTES for part in parts)
    assert [part[1] >> 6 for part in parts] == [2, *[0] * (len(parts) - 2), 1]
    assert bytes([parts[0][0] & 0xE0 | parts[0][1] & 0x1F]) + b"".join(part[2:] for part in parts) == nal


def test_requests_are_found_between_rtcp_packets_and_in_pieces():
    data = b"$\x01\x00\x04abcdOPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nContent-Length: 2\r\n\r\nxy"
    data += b"$\x01\x00\x00PLAY u RTSP/1.0\r\n\r\n"
    requests = rtsp.Requests()
    found = [request for n in range(len(data)) for request in requests.feed(data[n : n + 1])]
    assert [request.method for request in found] == ["OPTIONS", "PLAY"]
    assert found[0].headers["cseq"] == "7"


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"a" * 9000, b"OPTIONS u RTSP/1.0\r\nContent-Length: -1\r\n\r\n", b"\xff\r\n\r\n"]
)
def test_nonsense_ends_the_connection(data: bytes):
    with pytest.raises(rtsp.BadRequest):
        rtsp.Requests().feed(data)


def test_only_packets_on_the_same_connection_are_served():
    assert rtsp.channel_of("RTP/AVP/TCP;unicast;interleaved=4-5") == 4
    assert rtsp.channel_of("RTP/AVP;unicast;client_port=5000-5001") is None
