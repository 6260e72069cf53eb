"""What a run comes to, and what counts as wrong."""

from collections import Counter

import pytest

from watchkeeper.demo.books import Committed
from watchkeeper.demo.record import Tally
from watchkeeper.demo.summary import Notified, Summary


def summary(**changed):
    good = Summary(
        ("tamper", "door_held"),
        Tally(Counter(tamper=2), Counter(tamper=3), []),
        Counter(tamper=2),
        Committed(10, 10, 0, 0),
        Notified(5, 0),
    )
    return good._replace(**changed)


def test_a_good_run_has_exactly_the_promised_keys_and_no_difference():
    told = summary().as_json()
    assert list(told)[:6] == ["events_sent", "events_committed", "events_lost", "events_doubled", "incidents", "notifications"]
    assert told["incidents"] == {"tamper": {"expected": 2, "found": 2}, "door_held": {"expected": 0, "found": 0}}
    assert told["notifications"] == {"sent": 5, "failed": 0}
    assert told["near_misses"] == {"tamper": 3, "door_held": 0}
    assert told["differences"] == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"events": Committed(10, 9, 1, 0)}, "1 of 10 accepted events are not at the hub"),
        ({"events": Committed(10, 10, 0, 2)}, "2 events stand in the hub twice"),
        ({"notified": Notified(5, 1)}, "1 notifications were not delivered"),
        ({"found": Counter(tamper=1)}, "tamper: 2 expected, 1 found"),
        ({"found": Counter(tamper=2, door_held=1)}, "door_held: 0 expected, 1 found"),
        ({"found": Counter(tamper=2, stranger=1)}, "stranger: 0 expected, 1 found"),
        ({"tally": Tally(Counter(tamper=2), Counter(), ["x"])}, "not to be decided, as this machine was held up: x"),
    ],
)
def test_each_thing_that_differs_is_told_in_words(changed, says):
    assert summary(**changed).differences() == [says]


def test_what_was_interrupted_is_not_compared_but_may_lose_nothing():
    assert summary(found=Counter(), interrupted=True).differences() == []
    assert summary(events=Committed(10, 9, 1, 0), interrupted=True).differences() != []


def test_only_a_run_that_was_compared_is_called_as_it_should_be():
    assert summary().lines()[-1].endswith("everything is as it should be")
    assert summary(interrupted=True).lines()[-1].endswith("incidents are not compared")
