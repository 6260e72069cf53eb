"""Fragmented MP4 is understood as far as its times go, moved, and found torn or foreign without a crash."""

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.footage.fragments import BadMedia, boxes, fragments, header_of, moved
from tests.support.playing_rig import FPS, film, shades_of


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    film(path, range(10, 10 + 3 * FPS))
    return bytes(path.read_bytes())


def test_fragments_follow_one_another_and_tell_when_they_are_shown(data):
    found = fragments(data, header_of(data))
    assert [(one.start_us, one.end_us) for one in found] == [(0, 1_000_000), (1_000_000, 2_000_000), (2_000_000, 3_000_000)]
    assert [one.at for one in found[1:]] == [one.end for one in found[:-1]]


def test_fragments_that_are_moved_are_shown_later_and_joined_without_a_seam(data, tmp_path):
    header = header_of(data)
    found = fragments(data, header)
    path = tmp_path / "joined.mp4"
    path.write_bytes(data[: header.size_bytes] + moved(data, found, header, 0) + moved(data, found[1:], header, 2_000_000, 4))
    seen = shades_of(path)
    assert [time for time, _ in seen] == pytest.approx([number / FPS for number in range(5 * FPS)])
    assert [shade for _, shade in seen[3 * FPS :]] == [shade for _, shade in seen[FPS : 3 * FPS]]


def test_a_file_that_is_cut_anywhere_gives_the_fragments_that_are_whole(data):
    header = header_of(data)
    found = fragments(data, header)
    for size in range(header.size_bytes, len(data), 37):
        assert fragments(data[:size], header) == [one for one in found if one.end <= size]


def test_what_has_no_header_or_no_fragments_is_told(tmp_path, data):
    for wrong in (b"", b"no film at all, but text", data[:100], b"\0\0\0\x08free" * 10):
        with pytest.raises(BadMedia):
            header_of(wrong)
    plain = tmp_path / "plain.mp4"
    with av.open(str(plain), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        out.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        out.mux(stream.encode())
    whole = plain.read_bytes()
    assert fragments(whole, header_of(whole)) == []


def test_a_time_that_does_not_fit_is_refused(data):
    header = header_of(data)
    found = fragments(data, header)
    for by_us in (-1_000_000, 1 << 80):
        with pytest.raises(BadMedia):
            moved(data, found, header, by_us)


def test_a_box_that_is_shorter_than_its_head_is_refused():
    with pytest.raises(BadMedia):
        list(boxes(b"\0\0\0\x04moof" + bytes(20)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_that_are_bent_are_refused_or_understood_and_never_crash(data, bend):
    bent = bytearray(data)
    for _ in range(bend.draw(st.integers(1, 8))):
        bent[bend.draw(st.integers(0, len(bent) - 1))] = bend.draw(st.integers(0, 255))
    try:
        header = header_of(bytes(bent))
        found = fragments(bytes(bent), header)
        moved(bytes(bent), found, header, 5_000_000)
    except BadMedia:
        return
    assert all(one.end <= len(bent) for one in found)


@pytest.mark.parametrize("path", [(b"tkhd",), (b"mdia", b"mdhd")])
def test_a_header_that_ends_where_a_box_of_it_begins_is_refused(path):
    made = b""
    for kind in reversed((b"moov", b"trak", *path)):
        made = (8 + len(made)).to_bytes(4) + kind + made
    with pytest.raises(BadMedia):
        header_of(made)
