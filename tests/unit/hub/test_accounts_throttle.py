"""Guessing is slow, on a clock that the test moves."""

from collections import Counter

import pytest

from contract.clock import US_PER_S
from hub.accounts import throttle
from hub.accounts.throttle import BY_ADDRESS, BY_NAME, Rate, Rates, Throttle, TryLimits, address_key

LI = (("name", "li"), ("address", "10.0.0.7"))
S = US_PER_S


def fail(limits: Throttle, times: int, keys=LI, now_us: int = 0) -> None:
    for _ in range(times):
        assert limits.admit(keys, now_us) == 0


def test_five_wrong_passwords_are_free_and_then_each_waits_twice_as_long():
    limits, now_us = Throttle(), 0
    fail(limits, BY_NAME.free)
    waits = []
    for _ in range(10):
        wait_s = limits.admit(LI, now_us)
        waits.append(wait_s)
        assert limits.admit(LI, now_us + wait_s * S - 1) == 1, "not a microsecond sooner"
        now_us += wait_s * S
        assert limits.admit(LI, now_us) == 0
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert limits.counters["tries_held_back"] == 20


def test_one_address_cannot_try_many_names():
    limits = Throttle()
    for number in range(BY_ADDRESS.free):
        fail(limits, 1, (("name", str(number)), ("address", "10.0.0.7")))
    assert limits.admit((("name", "another"), ("address", "10.0.0.7")), 0) == 2
    assert limits.admit((("name", "another"), ("address", "10.0.0.8")), 0) == 0


def test_who_is_held_back_is_not_counted_and_is_let_in_in_the_end():
    limits = Throttle()
    fail(limits, BY_NAME.free)
    for _ in range(1_000):
        assert limits.admit(LI, 0) == 2
    assert limits.admit(LI, 2 * S) == 0


def test_the_right_password_frees_the_name_but_not_the_address():
    limits = Throttle()
    for _ in range(BY_ADDRESS.free // 4):
        fail(limits, 3)
        assert limits.admit(LI, 0) == 0
        limits.succeeded(LI, 0)
    fail(limits, BY_NAME.free)
    assert limits.admit((("name", "zhang"), ("address", "10.0.0.7")), 0) == 2, "15 wrong ones and 5 more"


def test_an_hour_without_a_try_is_a_new_beginning():
    limits = Throttle()
    fail(limits, BY_NAME.free)
    assert limits.admit(LI, BY_NAME.forget_s * S) == 0
    fail(limits, BY_NAME.free - 1, now_us=BY_NAME.forget_s * S)


def test_many_names_take_no_more_than_their_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(throttle.LIMITS, "name", TryLimits(free=5, keys_max=3))
    limits = Throttle()
    for number in range(5):
        fail(limits, 1, (("name", str(number)),))
    assert list(limits._tries["name"]) == ["2", "3", "4"]
    assert limits.counters["tries_forgotten_for_room"] == 2


def test_requests_have_a_bucket_that_fills_again():
    counters: Counter[str] = Counter()
    rates = Rates(Rate(per_s=2, at_once=3), "account", counters)
    assert [rates.wait_s("li", 0) for _ in range(4)] == [0, 0, 0, 1]
    assert rates.wait_s("zhang", 0) == 0, "each account has its own"
    assert [rates.wait_s("li", S) for _ in range(3)] == [0, 0, 1]
    assert rates.wait_s("li", 0) == 1, "a clock that goes back fills nothing"
    assert counters["over_rate_by_account"] == 3


def test_buckets_take_no_more_than_their_room():
    counters: Counter[str] = Counter()
    rates = Rates(Rate(per_s=1, at_once=1, keys_max=2), "address", counters)
    for number in range(3):
        rates.wait_s(str(number), 0)
    assert len(rates._buckets) == 2
    assert counters["rates_forgotten_for_room"] == 1


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_an_address_is_what_one_household_has(host, key):
    assert address_key(host) == key
