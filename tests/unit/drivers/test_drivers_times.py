"""Times as devices write them."""

import pytest

from contract.clock import US_PER_S
from drivers.times import time_us
from drivers.zones import zone_of

CHINA = zone_of("Asia/Shanghai")
AT_US = 1_790_000_000 * US_PER_S  # 2026-09-21 14:13:20 UTC


@pytest.mark.parametrize(
    "written",
    [
        1_790_000_000, 1_790_000_000_000, "1790000000", "1790000000000", 1_790_000_000.0, "2026-09-21 22:13:20",
        "2026-09-21T22:13:20",
        "20260921221320", "2026/09/21 22:13:20", "2026-09-21T14:13:20Z", "2026-09-21T14:13:20.000Z",
        "2026-09-21T22:13:20+08:00",
        "2026-09-21T09:43:20-0430", " 2026-09-21 22:13:20 ",
    ],
)  # fmt: skip
def test_a_time_is_read_and_without_an_offset_it_is_the_sites(written):
    assert time_us(written, CHINA) == AT_US


@pytest.mark.parametrize(
    "fraction", ["2026-09-21 22:13:20.25", "2026-09-21T14:13:20.250Z", 1_790_000_000.25, "1790000000.25", 1_790_000_000_250]
)
def test_parts_of_a_second_are_kept(fraction):
    assert time_us(fraction, CHINA) == AT_US + 250_000


@pytest.mark.parametrize(
    "wrong",
    ["", "now", "2026-13-01 00:00:00", "2026-02-30 00:00:00", "0000-00-00 00:00:00", "9999-01-01 00:00:00", -1, 0, True,
    None, {}, 1e300, "1e9", "x" * 99, float("nan"), "１７９"],
)  # fmt: skip
def test_what_is_no_time_is_none(wrong):
    assert time_us(wrong, CHINA) is None
