"""The reference and the disk model, on records small enough to judge by eye."""

import sqlite3

import pytest

from contract.clock import US_PER_S
from contract.readings import AccessDecided, DeviceLink, DoorContact
from hub.policy.load import Policy
from watchkeeper.simulation.disk import after_power_cut, synced_files
from watchkeeper.simulation.ledger import Ledger, Span, Told
from watchkeeper.simulation.reference import Reference
from watchkeeper.simulation.silence import gaps

REFERENCE = Reference.of_policy(Policy.load())
FAR_US = 10_000 * US_PER_S


def record(*told, unclear=()):
    """(seconds, device, reading) as a ledger in which all is committed."""
    ledger = Ledger(unclear={agent: list(unclear) for agent in ("gatehouse", "garage", "cellar")})
    for seq, (at_s, device, reading) in enumerate(told, 1):
        at_us = int(at_s * US_PER_S)
        ledger.accept(Told("s", seq, "gatehouse", device, reading, at_us, at_us))
    return ledger


def judged(ledger, until_us=FAR_US):
    causes = REFERENCE.causes(ledger, {"gatehouse": until_us})
    return [(cause.detector, cause.told[0].seq, cause.verdict) for cause in causes]


SHUT, OPEN = DoorContact(False), DoorContact(True)
PASS = AccessDecided("c", True, "permit")
NO = AccessDecided("c", False, "unknown_card")


@pytest.mark.parametrize(
    ("told", "verdicts"),
    [
        ([(0, "door-1", SHUT), (98, "reader-1", PASS), (100, "door-1", OPEN), (110, "door-1", SHUT)], ["must_not", "must_not"]),
        ([(0, "door-1", SHUT), (100, "door-1", OPEN), (110, "door-1", SHUT)], ["must_not", "must"]),
        ([(0, "door-1", SHUT), (98, "reader-1", PASS), (100, "door-1", OPEN), (150, "door-1", SHUT)], ["must", "must_not"]),
        ([(0, "door-1", SHUT), (98, "reader-1", PASS), (100, "door-1", OPEN), (130, "door-1", SHUT)], ["may", "must_not"]),
        ([(100, "door-1", OPEN), (150, "door-1", SHUT)], ["must"]),
    ],
)
def test_a_door_is_held_and_forced_by_what_was_done_to_it(told, verdicts):
    assert [verdict for _, _, verdict in judged(record(*told))] == verdicts


def test_a_door_that_was_out_of_reach_may_have_been_held():
    lost = [(100, "door-1", OPEN), (110, "door-1", DeviceLink(False)), (130, "door-1", DeviceLink(True)), (160, "door-1", SHUT)]
    assert judged(record(*lost)) == [("door_held", 1, "may"), ("device_silent", 2, "must_not")]


def test_nothing_is_asked_of_what_a_clock_that_was_set_has_told():
    told = [(0, "door-1", SHUT), (100, "door-1", OPEN), (150, "door-1", SHUT)]
    spans = [Span(90 * US_PER_S, 120 * US_PER_S)]
    assert {verdict for _, _, verdict in judged(record(*told, unclear=spans))} == {"may"}


def test_refusals_count_when_there_are_enough_of_them_close_together():
    few = [(at, "reader-1", NO) for at in (0, 5)]
    many = [(at, "reader-1", NO) for at in (300, 305, 310, 320)]
    assert judged(record(*few, *many)) == [("repeated_refusals", 5, "must")]


def test_what_is_not_settled_is_not_asked_for_yet():
    told = [(98, "reader-1", PASS), (100, "door-1", OPEN)]
    assert judged(record(*told), 110 * US_PER_S) == [("door_held", 2, "must_not")]
    assert judged(record(*told), 150 * US_PER_S) == [("door_held", 2, "must")]


def test_a_silence_is_counted_without_the_time_when_no_hub_ran():
    ledger = Ledger(heard_us={"gatehouse": [0, 130 * US_PER_S]})
    assert [gap.verdict for gap in gaps(ledger, 90, 130 * US_PER_S)] == ["must"]
    ledger.hub_down.append(Span(10 * US_PER_S, 90 * US_PER_S))
    assert [gap.verdict for gap in gaps(ledger, 90, 130 * US_PER_S)] == ["must_not"]


@pytest.mark.parametrize(("synchronous", "left"), [(2, 3), (1, 1)])
def test_a_power_cut_leaves_what_was_synced(tmp_path, synchronous, left):
    path = tmp_path / "a.db"
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (1)")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.executemany("INSERT INTO t VALUES (?)", [(2,), (3,)])
        kept = synced_files(path, synchronous)
    finally:
        database.close()
    after_power_cut(path, kept)
    again = sqlite3.connect(path)
    try:
        assert again.execute("SELECT count(*) FROM t").fetchone() == (left,)
    finally:
        again.close()
