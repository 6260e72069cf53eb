"""Figures of alarms, against numbers worked out by hand."""

from fractions import Fraction

import pytest

from contract.clock import US_PER_S, ManualClock
from hub.reports.alarm_words import FIGURES
from hub.reports.alarms import AlarmRow, AlarmRows, FloodSpan, decimal, kpi, told

T0 = ManualClock().now_us()
HOUR = 3_600


def us(s):
    return T0 + int(s * US_PER_S)


def row(no, at, *, ack=None, priority=2, detector="tamper", device="door-1", **more):
    fields = {"opened_us": us(at), "state": "open", "active": True, "late": False, "held_by": "", "comebacks": 0} | more
    taken = None if ack is None else us(at + ack)
    return AlarmRow(
        case_no=no,
        raised_us=us(at),
        priority=priority,
        detector=detector,
        device=device,
        subject=device,
        acknowledged_us=taken,
        **fields,
    )


def figures(*span, live=(), floods=(), known=0, until=HOUR, posts=1, now=None):
    rows = AlarmRows(None if known is None else us(known), span, live, floods)
    now_us = us(until if now is None else now)
    return kpi(rows, us(0), us(until), posts=posts, stale_us=86_400 * US_PER_S, now_us=now_us)


def test_the_rate_is_per_ten_minutes_and_operator():
    found = figures(*(row(no, 60 * no) for no in range(12)), posts=2)
    assert (found.alarms, found.rate_average) == (12, Fraction(12, 6 * 2))
    assert (found.rate_peak, found.peak_us) == (Fraction(10, 2), us(0))


def test_the_peak_is_found_wherever_it_lies():
    found = figures(row(1, 0), row(2, 590), row(3, 610), row(4, 1100), row(5, 1189))
    assert (found.rate_peak, found.peak_us) == (4, us(590))


def test_what_called_nobody_is_no_alarm():
    found = figures(row(1, 0), row(2, 1, priority=4), row(3, 2, late=True), row(4, 3, held_by="m1"))
    assert (found.alarms, found.held) == (1, 1)


def test_the_time_in_flood_is_what_lies_within_the_span():
    floods = (FloodSpan(us(-100), us(50)), FloodSpan(us(1000), us(1600)), FloodSpan(us(3500), None))
    found = figures(row(1, 0), floods=floods, known=-10_000)
    assert (found.flood_s, found.flood_share, found.floods) == (750, Fraction(750, 3600), 3)
    assert told("flood_percent", found) == "20.9"


def test_times_to_acknowledge_are_times_that_somebody_took():
    found = figures(*(row(no, no, ack=no) for no in range(1, 21)), row(99, 30))
    assert (found.ack_median_s, found.ack_p95_s, found.ack_longest_s) == (10, 19, 20)
    assert (found.acknowledged, found.unacknowledged) == (20, 1)
    nobody = figures(row(1, 0))
    assert (nobody.ack_median_s, told("ack_median_s", nobody)) == (None, None)


def test_the_worst_sources_come_first_and_a_chattering_case_counts_each_time():
    found = figures(row(1, 0, comebacks=7), row(2, 1, device="door-2"), row(3, 2, device="door-2"))
    assert [(one.device, one.alarms, one.share) for one in found.top] == [
        ("door-1", 8, Fraction(8, 10)),
        ("door-2", 2, Fraction(2, 10)),
    ]
    assert [one.case_no for one in found.chattering] == [1]
    many = figures(*(row(no, no, device=f"door-{no}") for no in range(30)))
    assert len(many.top) == 10


def test_stale_is_what_has_lasted_over_a_day_now_and_shelved_is_counted():
    live = (row(1, -90_000), row(2, -90_000, active=False), row(3, -3600), row(4, 0, state="shelved"))
    found = figures(row(9, 0), live=live)
    assert ([one.case_no for one in found.stale], found.shelved) == ([1], 1)


def test_no_data_is_never_good():
    for found in (figures(known=None), figures(known=HOUR), figures(known=2 * HOUR)):
        assert {told(name, found) for name in FIGURES} == {None, "0"}
        assert [name for name in FIGURES if told(name, found) == "0"] == ["stale", "shelved"]


def test_a_hub_that_began_within_the_span_is_judged_from_then_on():
    found = figures(row(1, 1800), known=1800)
    assert (found.from_us, found.rate_average) == (us(1800), Fraction(1, 3))
    quiet = figures(known=-5)
    assert (quiet.alarms, told("rate_average", quiet)) == (0, "0.00")


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(Fraction(1, 3), 2, "0.34"), (Fraction(2), 1, "2.0"), (Fraction(0), 1, "0.0")]
)
def test_figures_are_rounded_up(value, digits, text):
    assert decimal(value, digits) == text


def test_each_figure_says_what_it_counts_in_both_languages():
    found = figures(row(1, 0))
    for name, (words, unit, definition) in FIGURES.items():
        told(name, found)
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in (words[0], definition[0]))
        assert (words[1] + unit[1] + definition[1]).isascii()
