"""What a player is shown only grows, and is one line of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import US_PER_S
from hub.footage.playback.listing import ENTRIES_MAX, Listing, Seen, playlist

S = US_PER_S
AT = 1_760_000_000 * S


def seen(no: int, start_s: float, length_s: float = 10, codec: str = "h264") -> Seen:
    return Seen(no, AT + int(start_s * S), AT + int((start_s + length_s) * S), codec, 700)


def listed(*found: Seen) -> Listing:
    made = Listing(AT)
    made.add(found)
    return made


def test_segments_that_follow_one_another_share_a_header_and_a_line():
    made = listed(seen(1, 0), seen(2, 10.2), seen(3, 20.1))  # clocks are measured anew
    assert [(one.at_us, one.breaks, one.header) for one in made.entries] == [(0, True, 1), (10 * S, False, 1), (20 * S, False, 1)]


@pytest.mark.parametrize("second", [seen(2, 11), seen(2, 10, codec="hevc"), seen(2, 9.4)])
def test_a_hole_another_codec_and_a_clock_that_was_set_break_the_run(second):
    made = listed(seen(1, 0), second)
    assert made.entries[1].breaks
    assert made.entries[1].header == 2
    assert made.entries[1].at_us >= 10 * S  # the player's line never runs back
    text = playlist(made, "f/", AT, ended=True)
    assert text.index("#EXT-X-DISCONTINUITY") < text.index('#EXT-X-MAP:URI="f/2.mp4"') < text.index("f/2.m4s")


def test_what_was_shown_is_not_shown_again_nor_what_is_older():
    made = listed(seen(2, 10), seen(3, 20))
    made.add([seen(1, 0), seen(2, 10), seen(3, 20), seen(4, 30)])
    assert [one.no for one in made.entries] == [2, 3, 4]


def test_a_segment_that_grows_is_shown_in_parts_and_told_to_its_end():
    made = listed(seen(1, 0))
    growing = seen(2, 10, 1)
    made.grow(growing, [S, 2 * S])
    made.grow(growing, [S, 2 * S, 2 * S + 400_000])  # not worth an entry
    made.grow(growing, [S, 2 * S, 3 * S])
    made.add([seen(2, 10, 10), seen(3, 20)])
    assert [one.name for one in made.entries] == ["1", "2-0-2", "2-2-3", "2-3", "3"]
    assert [(one.at_us, one.end_us - one.start_us, one.breaks) for one in made.entries[1:]] == [
        (10 * S, 2 * S, False), (12 * S, S, False), (13 * S, 7 * S, False), (20 * S, 10 * S, False),
    ]  # fmt: skip
    assert made.segment_at_us(made.entries[3]) == 10 * S
    made.grow(growing, [S, 2 * S, 3 * S, 4 * S])  # an answer that was late
    assert len(made.entries) == 5


@pytest.mark.parametrize(("moved_s", "length_s"), [(0, 3.00001), (0.3, 3.00001), (-0.3, 3), (0.3, 2.99)])
def test_a_segment_that_was_shown_whole_while_it_grew_has_no_rest_whatever_the_clocks_say(moved_s, length_s):
    made = listed(seen(1, 0))
    made.grow(seen(2, 10, 1), [S, 2 * S, 3 * S])
    made.add([seen(2, 10 + moved_s, length_s), seen(3, 13 + moved_s)])
    assert [one.name for one in made.entries] == ["1", "2-0-3", "3"]
    assert [one.at_us for one in made.entries] == [0, 10 * S, 13 * S]


def test_only_what_was_listed_is_found():
    made = listed(seen(1, 0), seen(2, 10))
    assert made.find("1") is made.entries[0]
    for name in ("3", "1-0", "1-1", "", "..", "01"):
        assert made.find(name) is None
    assert (made.has_header(1), made.has_header(2)) == (True, False)
    assert made.after(made.entries[0], 5) == [made.entries[1]]


def test_a_player_begins_where_it_was_asked_to_with_holes_left_out():
    made = listed(seen(1, 0), seen(2, 100))
    for from_s, offset in ((-5, 0), (3, 3), (50, 10), (104, 14), (500, 20)):
        assert f"TIME-OFFSET={offset:.3f}," in playlist(made, "", AT + from_s * S, ended=False)


def test_an_empty_playlist_is_one():
    text = playlist(Listing(AT), "f/", AT, ended=False)
    assert text.startswith("#EXTM3U\n")
    assert "EXTINF" not in text
    assert "ENDLIST" not in text


def test_a_listing_has_an_end():
    made = Listing(AT)
    made.add([seen(no, no, 1) for no in range(1, ENTRIES_MAX + 10)])
    assert len(made.entries) == ENTRIES_MAX


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 400), st.integers(1, 40)), max_size=40))
def test_whatever_is_told_in_whatever_order_a_playlist_only_grows_and_its_line_runs_on(rows):
    made, before = Listing(AT), "#EXTM3U"
    for no, start, length in rows:
        made.add([seen(no, start / 2, min(length, 10))])
        text = playlist(made, "", AT, ended=False)
        body = text.partition("PRECISE=YES\n")[2]
        assert body.startswith(before if before != "#EXTM3U" else "")
        before = body
    ends = [one.at_us + one.end_us - one.start_us for one in made.entries]
    assert all(end <= one.at_us for end, one in zip(ends, made.entries[1:], strict=False))
