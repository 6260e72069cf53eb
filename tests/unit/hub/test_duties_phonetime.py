"""When something was made at a phone: its clock may be off, be set meanwhile, or begin anew."""

import pytest

from hub.duties.phonetime import Made, Placed, Sent, placed, up_to_us

S = 1_000_000
HOUR = 3_600 * S
HUB = 500_000 * HOUR
"""The hub's clock when the report comes; made ten minutes before that."""
MADE = HUB - 600 * S


@pytest.mark.parametrize("off", [0, 5 * HOUR, -5 * HOUR])
def test_a_wall_clock_that_is_off_by_hours_does_not_matter_with_or_without_a_monotonic_one(off):
    sent = Sent(HUB + off, 9_000 * S, "b1")
    assert placed(Made(MADE + off, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, off)
    assert placed(Made(MADE + off, None, "b1"), sent, HUB) == Placed(MADE, off)


def test_a_wall_clock_that_was_set_between_scan_and_upload_does_not_move_the_scan():
    sent = Sent(HUB, 9_000 * S, "b1")
    assert placed(Made(MADE - 3 * HOUR, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, -3 * HOUR)
    assert placed(Made(MADE, 8_400 * S, "b1"), Sent(HUB - 3 * HOUR, 9_000 * S, "b1"), HUB) == Placed(MADE, 0)


def test_a_monotonic_clock_of_another_boot_says_nothing():
    sent = Sent(HUB + HOUR, 9_000 * S, "b2")
    assert placed(Made(MADE + HOUR, 8_999 * S, "b1"), sent, HUB) == Placed(MADE, HOUR)


def test_a_monotonic_clock_that_went_backwards_is_another_boots_whatever_its_name():
    sent = Sent(HUB, 10 * S, "b1")
    assert placed(Made(MADE, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, 0)
    assert placed(Made(HUB, 10 * S, "b1"), sent, HUB) == Placed(HUB, 0)


def test_a_watermark_is_corrected_like_a_scan_and_never_lies_ahead():
    sent = Sent(HUB + HOUR, 0, "b1")
    assert up_to_us(Made(MADE + HOUR, None, "b1"), sent, HUB) == MADE
    assert up_to_us(Made(HUB + 2 * HOUR, None, "b1"), sent, HUB) == HUB
    assert up_to_us(Made(HUB, 8_400 * S, "b1"), Sent(HUB, 9_000 * S, "b1"), HUB) == MADE
