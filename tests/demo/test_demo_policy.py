"""The demo's policy is the shipped one with its times divided."""

import pytest

from hub.policy.load import Policy
from hub.policy.numbers import CLAUSES
from watchkeeper.demo.policy import KEPT, LEAST_S, SPEED_MAX, write
from watchkeeper.demo.rounds import Night

NIGHT = Night.at(1_767_225_600_000_000)


@pytest.mark.parametrize("speed", [1.0, 4.0, SPEED_MAX])
def test_it_is_a_good_policy_at_every_speed(tmp_path, speed):
    shipped, short = Policy.load(), Policy.load(write(tmp_path / "policy.yaml", speed, NIGHT))
    for name, clause in shipped.clauses.items():
        for number, value in clause.numbers.items():
            got = short.numbers(name)[number]
            if not number.endswith("_s") or number in KEPT or speed == 1.0:
                assert got == value
            else:
                least = max(LEAST_S.get(number, 0.0), CLAUSES[name][number].low)
                assert got == pytest.approx(max(value / speed, least), abs=0.001)


def test_it_lets_webhooks_reach_this_machine_and_nothing_else_that_is_private(tmp_path):
    assert Policy.load(write(tmp_path / "policy.yaml", 12.0, NIGHT)).webhook_allow_private == ("127.0.0.0/8",)
