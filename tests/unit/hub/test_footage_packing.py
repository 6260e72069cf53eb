"""One camera-hour in a few bytes, and what is read out of it."""

import random

import pytest

from contract.clock import US_PER_S
from hub.footage.packing import HOUR_US, BadPacking, Hour, Piece, hour_of, pack

T0 = 1_790_000_000_000_000 // HOUR_US * HOUR_US


def _hour(count=360, length_us=10 * US_PER_S):
    dice = random.Random(4)
    return [
        Piece(T0 + i * length_us + dice.randrange(90_000), T0 + i * length_us, T0 + (i + 1) * length_us - dice.randrange(9_000),
              2_000_000 + dice.randrange(900_000), "hevc", 812)
        for i in range(count)
    ]  # fmt: skip


def test_what_is_packed_comes_out_in_the_order_of_its_starts_whatever_the_order_it_went_in():
    pieces = _hour()
    shuffled = random.Random(1).sample(pieces, len(pieces))
    assert Hour(pack(shuffled)).pieces() == pieces
    assert [Hour(pack(shuffled)).piece(place) for place in (0, 200, 359)] == [pieces[0], pieces[200], pieces[359]]


def test_ten_second_segments_take_about_eighteen_bytes_each():
    assert len(pack(_hour())) / 360 < 18.3


def test_numbers_take_the_bytes_that_they_need():
    alike = [Piece(T0 + i, T0 + i * US_PER_S, T0 + (i + 1) * US_PER_S, 5_000) for i in range(200)]
    head = len(pack([]))
    assert len(pack(alike)) == head + 200 * (4 + 1 + 1 + 1 + 1 + 1)
    assert Hour(pack(alike)).pieces() == alike
    assert Hour(pack(alike[:1])).pieces() == alike[:1]
    assert (Hour(pack([])).pieces(), Hour(pack([])).at(T0), Hour(pack([])).overlapping(0, T0)) == ([], None, [])


@pytest.mark.parametrize("seed", range(20))
def test_a_moment_is_found_as_by_looking_at_each(seed):
    dice = random.Random(seed)
    pieces = []
    for no in range(dice.randrange(1, 40)):
        start_us = T0 + dice.randrange(0, HOUR_US, 500_000)
        pieces.append(Piece(no, start_us, start_us + dice.randrange(1, 600) * US_PER_S // dice.choice([1, 100]), 9, "h264", 0))
    hour = Hour(pack(pieces))
    for at_us in range(T0 - US_PER_S, T0 + HOUR_US, 7_300_000):
        shown = [one for one in pieces if one.start_us <= at_us < one.end_us]
        wanted = max(shown, key=lambda one: (one.start_us, one.no), default=None)
        assert hour.at(at_us) == wanted
        to_us = at_us + 90 * US_PER_S
        over = {one for one in pieces if one.start_us < to_us and one.end_us > at_us}
        assert set(hour.overlapping(at_us, to_us)) == over


def test_the_widest_numbers_fit_and_wider_ones_are_refused():
    wide = [Piece(0, T0, T0 + 2 * HOUR_US, 1), Piece(2**61, 5, 6, 2**50, "other", 2**30)]
    assert Hour(pack(wide)).pieces() == sorted(wide, key=lambda one: one.start_us)
    for bad in (Piece(-1, 5, 6, 1), Piece(1, 6, 6, 1), Piece(1, 7, 6, 1), Piece(2**62, 5, 6, 1), Piece(1, 5, 6, -1)):
        with pytest.raises(ValueError, match="out of range"):
            pack([*wide, bad])


def test_bytes_that_are_no_packed_hour_are_refused():
    good = pack(_hour(9))
    for bad in (b"", good[:40], good[:-1], good + b"x", b"\x09" + good[1:], good[: -1 - 9 * 18]):
        with pytest.raises(BadPacking):
            Hour(bad)


def test_hours_are_counted_in_utc():
    assert (hour_of(0), hour_of(HOUR_US - 1), hour_of(HOUR_US)) == (0, 0, 1)
