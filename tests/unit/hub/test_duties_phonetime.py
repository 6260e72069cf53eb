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
    assert placed(Made(MADE + off, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, off, True)
    assert placed(Made(MADE + off, None, "b1"), sent, HUB) == Placed(MADE, off, False)


def test_a_wall_clock_that_was_set_between_scan_and_upload_does_not_move_the_scan():
    sent = Sent(HUB, 9_000 * S, "b1")
    assert placed(Made(MADE - 3 * HOUR, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, -3 * HOUR, True)
    assert placed(Made(MADE, 8_400 * S, "b1"), Sent(HUB - 3 * HOUR, 9_000 * S, "b1"), HUB) == Placed(MADE, 0, True)


def test_a_monotonic_clock_of_another_boot_says_nothing():
    sent = Sent(HUB + HOUR, 9_000 * S, "b2")
    assert placed(Made(MADE + HOUR, 8_999 * S, "b1"), sent, HUB) == Placed(MADE, HOUR, False)


def test_a_monotonic_clock_that_went_backwards_is_another_boots_whatever_its_name():
    sent = Sent(HUB, 10 * S, "b1")
    assert placed(Made(MADE, 8_400 * S, "b1"), sent, HUB) == Placed(MADE, 0, False)
    assert placed(Made(HUB, 10 * S, "b1"), sent, HUB) == Placed(HUB, 0, True)


def test_what_was_made_in_a_boot_before_is_proven_where_it_is_known_when_that_began():
    sent, began = Sent(HUB, 100 * S, "b2"), {"b1": HUB - 9_000 * S}
    made = Made(MADE - 3 * HOUR, 8_400 * S, "b1")
    assert placed(made, sent, HUB, began) == Placed(MADE, -3 * HOUR, True)
    assert not placed(made, sent, HUB).proven
    later = Made(HUB, 9_500 * S, "b1")  # that boot was over by then
    assert placed(later, sent, HUB, began) == Placed(HUB, 0, False)


@pytest.mark.parametrize(("apart", "proven"), [(0, True), (100, True), (-100, True), (130, False), (-130, False)])
def test_a_boot_that_begins_at_another_time_than_it_told_before_proves_nothing(apart, proven):
    sent = Sent(HUB, 9_000 * S, "b1")
    made = Made(MADE, 8_400 * S, "b1")
    assert placed(made, sent, HUB, {"b1": HUB - (9_000 + apart) * S}) == Placed(MADE, 0, proven)


def test_a_boot_without_a_name_proves_nothing():
    assert not placed(Made(MADE, 8_400 * S, ""), Sent(HUB, 9_000 * S, ""), HUB).proven


def test_a_phone_that_was_offline_for_days_proves_its_old_scans():
    sent = Sent(HUB, 80 * HOUR, "b1")
    assert placed(Made(HUB - 72 * HOUR, 8 * HOUR, "b1"), sent, HUB, {"b1": HUB - 80 * HOUR + 20 * S}).proven


def test_a_watermark_is_corrected_like_a_scan_and_never_lies_ahead():
    sent = Sent(HUB + HOUR, 0, "b1")
    assert up_to_us(Made(MADE + HOUR, None, "b1"), sent, HUB) == MADE
    assert up_to_us(Made(HUB + 2 * HOUR, None, "b1"), sent, HUB) == HUB
    assert up_to_us(Made(HUB, 8_400 * S, "b1"), Sent(HUB, 9_000 * S, "b1"), HUB) == MADE
