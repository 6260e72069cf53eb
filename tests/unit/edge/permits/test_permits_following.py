"""What an order means to whoever holds a table."""

import pytest

from contract.orders import ChangePermits
from contract.permits import Credential
from edge.permits.following import changed, in_order, is_newer, told
from edge.permits.table import Head
from tests.support.permit_rig import Hub, many, name

KEY = b"k" * 32


@pytest.fixture
def hub():
    return Hub(KEY, "gate", list(many(4)))


def test_whoever_holds_another_table_fetches(hub):
    held = hub.table().head
    assert told(None, hub.tell())[:2] == ("fetch", "none")
    assert told(held, hub.tell())[:2] == ("ignore", "held")
    hub.change(Credential(name(1), "p", "h"))
    assert told(held, hub.tell())[:2] == ("fetch", "other_number")
    hub.epoch = "e2"
    assert told(held, hub.tell())[:2] == ("fetch", "other_epoch")
    other = Hub(KEY, "gate", list(many(5)))
    assert told(held, other.tell())[:2] == ("fetch", "other_hash")


def test_a_change_is_applied_to_the_number_before_it_and_to_no_other(hub):
    held = hub.table()
    assert changed(None, ChangePermits("o", "e1", 0, 1, "", 0))[:2] == ("fetch", "none")
    first = hub.change(Credential(name(1), "p", "h"))
    second = hub.change(Credential(name(2), "p", "h"))
    assert changed(held, second)[:2] == ("fetch", "other_number")
    followed = changed(held, first)
    assert followed[:2] == ("apply", "next")
    assert followed.staged is not None
    held.commit(followed.staged)
    assert changed(held, first)[:2] == ("ignore", "older")
    forged = ChangePermits("o", "e1", 2, 3, second.hash, 0, [Credential(name(3), "p", "h")])
    assert changed(held, forged)[:2] == ("fetch", "other_hash")
    assert changed(held, ChangePermits("o", "e2", 2, 3, "", 0))[:2] == ("fetch", "other_epoch")


def test_a_snapshot_does_not_take_the_place_of_what_changes_have_led_past(hub):
    old = hub.table().head
    hub.change(Credential(name(1), "p", "h"))
    new = hub.table().head
    assert is_newer(None, old)
    assert is_newer(old, new)
    assert not is_newer(new, new)
    assert not is_newer(new, old)
    assert is_newer(new, Head("e2", 0, "", 0))
    assert is_newer(new, Head(new.epoch, new.no, "0" * 32, new.at_us))


def test_changes_that_waited_are_tried_in_the_order_of_their_numbers(hub):
    orders = [hub.change(Credential(name(n), "p", "h")) for n in range(4)]
    assert in_order(reversed(orders)) == orders
