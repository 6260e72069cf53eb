"""RTSP and RTP as the recorder reads them: real cameras' habits, lost packets, and bytes that mean nothing."""

import base64
import hashlib
from fractions import Fraction
from itertools import pairwise
from random import Random

import av
import pytest

from drivers.rtsp_camera.clip import lane
from drivers.rtsp_camera.film import split_nals
from drivers.rtsp_camera.rtp import Packer
from edge.recorder.mp4 import Sample, began, began_us, fragment, header
from edge.recorder.parameters import BadParameters, Sets, looks_of
from edge.recorder.rtp import MAX_PICTURE_BYTES, Unpacker
from edge.recorder.rtsp import Client, Refused, video_of
from tests.support.recording_rig import SHAPE, times_of

FILM = lane(SHAPE)
SETS = Sets(b"", FILM.sps, FILM.pps)
SDP = (
    "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:track2\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={base64.b64encode(FILM.sps).decode()},"
    f"{base64.b64encode(FILM.pps).decode()}\r\na=control:trackID=1\r\nm=application 0 RTP/AVP 107\r\na=control:track3\r\n"
)


def answer(seq, *headers, code=200, body=""):
    lines = [f"RTSP/1.0 {code} X", f"CSeq: {seq}", *headers, f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


def sent(client):
    text = bytes(client.outbox).decode()
    client.outbox.clear()
    return text


def wire(frames=FILM.frames, base=0):
    packer = Packer(0, 1)
    return b"".join(packer.pack(frame, base + frame.show_90k) for frame in frames)


def playing(address="rtsp://cam/live"):
    client = Client(address, "c")
    sent(client)
    client.feed(answer(1, "Content-Base: rtsp://cam/live/", body=SDP))
    sent(client)
    client.feed(answer(2, "Session: 7;timeout=30", "Transport: RTP/AVP/TCP;interleaved=0-1"))
    sent(client)
    client.feed(answer(3))
    assert client.playing
    return client


def samples(pictures):
    return [Sample(one.data, one.pts_us * 9 // 100, one.key) for one in pictures]


def test_the_dialogue_of_a_camera_with_sound_and_metadata_beside_the_picture():
    client = Client("rtsp://user:pa%40ss@cam:8554/a?channel=1&subtype=0", "c")
    assert sent(client).startswith("DESCRIBE rtsp://cam:8554/a?channel=1&subtype=0 RTSP/1.0\r\nCSeq: 1\r\n")
    client.feed(answer(1, 'WWW-Authenticate: Basic realm="x"', 'WWW-Authenticate: Digest realm="x", nonce="n1"', code=401))
    again = sent(client)
    secret = hashlib.md5(b"user:x:pa@ss").hexdigest()
    about = hashlib.md5(b"DESCRIBE:rtsp://cam:8554/a?channel=1&subtype=0").hexdigest()
    assert hashlib.md5(f"{secret}:n1:{about}".encode()).hexdigest() in again
    assert "pa@ss" not in again
    client.feed(answer(2, body=SDP))
    assert sent(client).startswith("SETUP rtsp://cam:8554/a?channel=1&subtype=0/trackID=1 RTSP/1.0\r\n")
    client.feed(answer(3, "Session: 7;timeout=30", "Transport: RTP/AVP/TCP;unicast;interleaved=2-3"))
    asked = sent(client)
    assert asked.startswith("PLAY ")
    assert "Session: 7\r\n" in asked
    client.feed(answer(4))
    assert (client.playing, client.session_s, client.codec) == (True, 30.0, "h264")
    client.keep_alive()
    assert sent(client).startswith("OPTIONS ")
    client.feed(answer(5, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER"))
    client.keep_alive()
    assert sent(client).startswith("GET_PARAMETER ")
    client.feed(answer(6, code=454))
    client.goodbye()
    assert sent(client).startswith("TEARDOWN ")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(1, code=401), "unauthorized"),
        (answer(1, 'WWW-Authenticate: Basic realm="x"', code=401), "unauthorized"),
        (answer(1, code=404), "not_found"),
        (answer(1, code=500), "bad_stream"),
        (answer(1, body="v=0\r\nm=audio 0 RTP/AVP 0\r\n"), "no_video"),
        (answer(1, body="v=0\r\nm=video 0 RTP/AVP 26\r\n"), "unplayable"),
        (answer(1, body="v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 JPEG/90000\r\n"), "unplayable"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "bad_stream"),
        (b"x" * 70_000, "bad_stream"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", "bad_stream"),
        (b"RTSP/1.0 \r\n\r\n", "bad_stream"),
    ],
)
def test_a_camera_that_refuses_is_told_why(reply, reason):
    client = Client("rtsp://cam/live", "c")
    with pytest.raises(Refused, match=f"^{reason}$"):
        client.feed(reply)


def test_a_wrong_password_is_tried_once():
    client = Client("rtsp://user:wrong@cam/live", "c")
    sent(client)
    client.feed(answer(1, 'WWW-Authenticate: Digest realm="x", nonce="n", qop="auth"', code=401))
    assert 'qop=auth, nc=00000001, cnonce="c"' in sent(client)
    with pytest.raises(Refused, match="unauthorized"):
        client.feed(answer(2, 'WWW-Authenticate: Digest realm="x", nonce="m"', code=401))


def test_a_description_cannot_lead_the_recorder_to_another_host():
    client = Client("rtsp://cam/live", "c")
    sent(client)
    client.feed(answer(1, body=SDP.replace("trackID=1", "rtsp://10.0.0.9:99/t")))
    assert sent(client).startswith("SETUP rtsp://cam/t RTSP/1.0\r\n")


def test_a_base_that_a_camera_gives_itself_is_played_at_the_host_that_is_connected():
    client = Client("rtsp://cam:554/live", "c")
    sent(client)
    client.feed(answer(1, "Content-Base: rtsp://10.1.1.1:8554/live/", body=SDP))
    assert sent(client).startswith("SETUP rtsp://cam:554/live/trackID=1 RTSP/1.0\r\n")
    client.feed(answer(2, "Session: 7", "Transport: RTP/AVP/TCP;interleaved=0-1"))
    assert sent(client).startswith("PLAY rtsp://cam:554/live/ RTSP/1.0\r\n")


@pytest.mark.parametrize("size", [1, 7, 1400, 1 << 20])
def test_pictures_come_whole_however_the_bytes_are_cut(size):
    client, data = playing(), wire()
    pictures = [one for at in range(0, len(data), size) for one in client.feed(data[at : at + size])]
    assert len(pictures) == len(FILM.frames) - 1  # the last one is whole when the next begins
    assert [one.key for one in pictures] == [frame.key for frame in FILM.frames[:-1]]
    assert [one.pts_us for one in pictures] == [frame.show_90k * 100 // 9 for frame in FILM.frames[:-1]]
    assert all(one.data[4:5] != b"\x67" for one in pictures)


def test_the_written_file_decodes_to_every_picture(tmp_path):
    pictures = playing().feed(wire())
    path = tmp_path / "a.mp4"
    shown = samples(pictures)
    path.write_bytes(header("h264", SETS, looks_of("h264", SETS)) + began(5) + b"".join(fragment(1, 0, len(shown) * 9000, shown)))
    assert times_of(path) == pytest.approx([n / 10 for n in range(len(shown))])


def test_stamps_that_wrap_and_markers_that_lie_change_nothing():
    frames = FILM.frames[:20]
    data = bytearray(wire(frames, base=(1 << 32) - 9000 * 10))
    at = 0
    while at < len(data):
        data[at + 5] ^= 0x80
        at += 4 + int.from_bytes(data[at + 2 : at + 4])
    pictures = playing().feed(bytes(data))
    assert [one.pts_us for one in pictures] == [n * 100_000 for n in range(19)]


def test_lost_packets_are_counted_and_the_next_picture_is_whole():
    unpacker = Unpacker("h264", 90_000, SETS)
    data, at, packets = wire(FILM.frames[:12]), 0, []
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at + 2 : at + 4])
        packets.append(data[at + 4 : end])
        at = end
    del packets[3]
    pictures = [one for packet in packets if (one := unpacker.packet(packet, 0, len(packet)))]
    assert unpacker.counters.lost == 1
    assert len(pictures) == 10  # the key picture has a part missing and is none
    assert pictures[-2].data == playing().feed(wire(FILM.frames[:12]))[-2].data


@pytest.mark.parametrize(("codec", "head"), [("h264", (b"\x7c\x85", b"\x7c\x05")), ("hevc", (b"\x62\x01\x93", b"\x62\x01\x13"))])
def test_a_unit_that_never_ends_takes_no_more_memory_than_a_picture_may(codec, head):
    unpacker = Unpacker(codec, 90_000, SETS)
    for seq in range(400):
        rtp = b"\x80\x60" + seq.to_bytes(2) + bytes(8) + head[min(seq, 1)] + bytes(60_000)
        packet = b"$\0" + len(rtp).to_bytes(2) + rtp
        assert unpacker.run(packet, 0, len(packet), 0, []) == len(packet)
        assert sum(map(len, unpacker._unit)) <= MAX_PICTURE_BYTES + 60_000
    assert unpacker.counters.dropped == 1


def test_noise_never_raises_anything_but_a_refusal():
    random = Random(5)
    good = wire(FILM.frames[:12])
    for _ in range(400):
        client = playing()
        noisy = bytearray(good)
        for _ in range(random.randrange(1, 40)):
            noisy[random.randrange(len(noisy))] = random.randrange(256)
        try:
            for at in range(0, len(noisy), 5000):
                client.feed(bytes(noisy[at : at + 5000]))
        except Refused:
            pass


def test_parameter_sets_of_noise_are_refused_and_nothing_else_is_raised():
    random = Random(6)
    for codec in ("h264", "hevc"):
        for _ in range(2000):
            sps = bytes(random.randrange(256) for _ in range(random.randrange(60)))
            try:
                looks = looks_of(codec, Sets(b"\x40\x01", sps, b"\x68\xce"))
            except BadParameters:
                continue
            assert 16 <= looks.width <= 16384


def test_the_beginning_survives_in_the_file_to_the_microsecond():
    for at in (1_780_000_000_123_456, 1_780_000_000_999_999, 2_300_000_000_000_001):
        assert began_us(began(at)[8:]) == at


def test_pictures_in_another_order_are_shown_where_they_belong(tmp_path):
    key = playing().feed(wire(FILM.frames[:2]))[0]
    order = [0, 3, 1, 2, 6, 4, 5]
    shown = [Sample(key.data, n * 9000, True) for n in order]
    path = tmp_path / "b.mp4"
    path.write_bytes(header("h264", SETS, looks_of("h264", SETS)) + b"".join(fragment(1, 0, 7 * 9000, shown)))
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [packet.pts - packets[0].pts for packet in packets] == [n * 9000 for n in order]
    assert all(before.dts <= after.dts for before, after in pairwise(packets))


def test_h265_is_recorded_and_decodes(tmp_path):
    try:
        encoder = av.CodecContext.create("libx265", "w")
    except av.codec.codec.UnknownCodecError:
        pytest.skip("this build of the library has no H.265 encoder")
    encoder.width, encoder.height, encoder.pix_fmt = 160, 96, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 10), 10
    encoder.options = {"x265-params": "keyint=5:bframes=0:log-level=none", "preset": "ultrafast"}
    frames = [av.VideoFrame(160, 96, "yuv420p") for _ in range(12)]
    packets = [packet for n, frame in enumerate(frames) for packet in encoder.encode(_stamped(frame, n))] + encoder.encode(None)
    unpacker = Unpacker("hevc", 90_000, Sets(b"", b"", b""))
    pictures, seq = [], 0
    for packet in packets:
        stamp = packet.pts * 9000
        for nal in split_nals(bytes(packet)):
            for payload in _hevc_payloads(nal):
                data = bytes((0x80, 96)) + seq.to_bytes(2) + stamp.to_bytes(4) + b"\0\0\0\1" + payload
                done = unpacker.packet(data, 0, len(data))
                pictures += [done] if done else []
                seq += 1
    last = unpacker.end()
    assert last is not None
    pictures = [*pictures, last]
    assert [one.key for one in pictures][:6] == [True, False, False, False, False, True]
    looks = looks_of("hevc", unpacker.sets)
    assert (looks.width, looks.height, looks.luma_bits) == (160, 96, 8)
    path = tmp_path / "c.mp4"
    shown = samples(pictures)
    path.write_bytes(header("hevc", unpacker.sets, looks) + b"".join(fragment(1, 0, 12 * 9000, shown)))
    assert len(times_of(path)) == 12


def _stamped(frame, n):
    frame.pts = n
    return frame


def _hevc_payloads(nal, room=80):
    """RFC 7798 fragments, small so that there are some."""
    if len(nal) <= room:
        return [nal]
    kind, found = nal[0] >> 1 & 63, []
    for at in range(2, len(nal), room):
        flags = (at == 2) << 7 | (at + room >= len(nal)) << 6 | kind
        found.append(bytes((nal[0] & 0x81 | 49 << 1, nal[1], flags)) + nal[at : at + room])
    return found


def test_sets_of_h265_come_from_the_description():
    nal = base64.b64encode(b"\x42\x01abc").decode()
    track = video_of(
        f"m=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\na=fmtp:98 sprop-vps={nal}; sprop-sps={nal};sprop-pps={nal}\n"
    )
    assert track.codec == "hevc"
    assert track.sets == Sets(b"\x42\x01abc", b"\x42\x01abc", b"\x42\x01abc")
