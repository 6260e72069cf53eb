"""The table in memory: whole or not at all, and small."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.orders import ChangePermits
from contract.permits import Credential, Level, Portal, Rules, Schedule, decode_entry, key_of
from edge.permits import table as table_module
from edge.permits.local import Permit, local_table
from edge.permits.table import Table
from tests.support.permit_rig import Hub, always, many, name, table_of, total_of

KEY = b"k" * 32
BYTES_EACH_MAX = 64 * 1024 * 1024 / 100_000

entries = st.one_of(
    st.builds(Credential, st.integers(0, 9).map(name), st.sampled_from("pq"), st.sampled_from("hg"), uses=st.integers(0, 3)),
    st.builds(Portal, st.sampled_from(("a", "b")), to_zone=st.sampled_from(("", "estate"))),
    st.builds(Level, st.sampled_from(("l", "m"))),
    st.builds(Schedule, st.sampled_from(("s", "t")), st.none()),
    st.builds(Rules, passback_hears_s=st.integers(0, 9)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(entries, max_size=12), st.lists(st.tuples(st.lists(entries, max_size=4), st.lists(st.integers(0, 20)))))
def test_a_table_that_is_changed_is_the_one_that_is_made_anew(first, changes):
    hub = Hub(KEY, "gate", first)
    held = hub.table()
    for put, dropped in changes:
        keys = [key for n, key in enumerate(list(hub.entries)) if n in dropped] + ["portal:nobody", "credential:zz"]
        staged = held.stage(hub.change(*put, drop=keys))
        assert staged is not None
        held.commit(staged)
        assert (held.hash, held.head, len(held)) == (hub.hash, hub.table().head, len(hub.entries))
    assert {key_of(entry) for entry in map(decode_entry.decode, held.bodies())} == set(hub.entries)
    assert total_of(map(decode_entry.decode, held.bodies())) == held.hash


def test_a_change_that_does_not_come_to_its_hash_changes_nothing():
    held = table_of(*many(3))
    wrong = ChangePermits("o", "e1", 1, 2, "0" * 32, 0, [Credential(name(1), "p", "h", state="lost")])
    assert held.stage(wrong) is None
    found = held.credential(name(1))
    assert found is not None
    assert (found.state, held.head.no) == ("active", 1)


def test_a_table_over_its_limit_is_refused_and_a_change_to_one_too(monkeypatch):
    monkeypatch.setattr(table_module, "ENTRIES_MAX", 5)
    with pytest.raises(ValueError, match="over 5 entries"):
        table_of(*many(2))
    hub = Hub(KEY, "gate", list(many(1)))
    held = hub.table()
    assert held.stage(hub.change(Credential(name(7), "p", "h"))) is None


def test_what_is_not_in_the_table_is_none_of_it():
    held = table_of(*always("reader"), Portal("reader"))
    assert [held.credential(name(1)), held.credential("no name"), held.portal("x"), held.level("x"), held.schedule("x")] == [
        None
    ] * 5
    assert Table().rules == Rules()


def test_a_hundred_thousand_credentials_would_take_less_than_64_mb():
    count = 5_000
    tracemalloc.start()
    try:
        held = Table(many(count))
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(held) == count + 4
    assert used / count < BYTES_EACH_MAX / 2  # while a snapshot takes the place of a table, there are two


def test_permits_of_the_settings_are_a_table_of_one_portal():
    held = local_table("reader", [Permit(name(1), 1_500_000, 2_000_000), Permit(name(2), revoked=True)])
    one, two = held.credential(name(1)), held.credential(name(2))
    assert one is not None
    assert two is not None
    assert (one.from_s, one.until_s, two.state) == (2, 2, "revoked")
    assert held.portal("reader") == Portal("reader", leave="permitted")
