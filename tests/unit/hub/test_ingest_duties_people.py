"""What people on a round say through the hub's turns: a call for help, silence, something they saw."""

import pytest

from contract.readings import LoneWatch, Observed, PanicPressed
from hub.ingest.ports import Item
from tests.support.duty_rig import HOUR_S, Rounds, seen, us
from tests.support.site_rig import sqlite_url

SECOND = 1 / HOUR_S


@pytest.fixture
def rounds(tmp_path):
    made = Rounds.on(sqlite_url(tmp_path))
    yield made
    made.hub.close()


def cases(rounds, *columns, detector):
    """Rows of the cases of one detector."""
    return [row[1:] for row in rounds.hub.rows("case_", "detector", *columns) if row[0] == detector]


def test_a_call_for_help_is_an_emergency_at_the_place_last_seen_and_ends_when_it_is_taken_back(rounds):
    rounds.at(3)
    rounds.phone(seen("phone-1", "a", "roof", 2.9))
    rounds.phone(Item("p", us(3), reading=PanicPressed()))
    rounds.phone(Item("p", us(3), reading=PanicPressed()))
    assert cases(rounds, "priority", "place", "active", detector="panic") == [(1, "roof", 1)]
    rounds.phone(Item("q", us(3.1), reading=PanicPressed(active=False)))
    assert cases(rounds, "active", detector="panic") == [(0,)]


def test_a_lone_guards_silence_is_an_emergency_and_a_sign_ends_it(rounds):
    rounds.at(3)
    rounds.phone(Item("w", us(3), reading=LoneWatch(on=True)))
    rounds.at(3.2)
    rounds.phone(seen("phone-1", "a", "pump", 3.2))
    rounds.at(3.2 + 0.25 - SECOND)
    assert cases(rounds, "priority", detector="guard_silent") == []
    rounds.at(3.2 + 0.25 + SECOND)
    assert cases(rounds, "priority", "place", detector="guard_silent") == [(1, "pump")]
    rounds.at(3.6)
    rounds.phone(seen("phone-1", "b", "pump", 3.3))
    assert cases(rounds, "active", detector="guard_silent") == [(1,)], "an old sign, and silence since"
    rounds.phone(seen("phone-1", "c", "pump", 3.6))
    assert cases(rounds, "active", detector="guard_silent") == [(0,)]
    rounds.phone(Item("x", us(3.6), reading=LoneWatch(on=False)))
    rounds.at(5)
    assert cases(rounds, "priority", detector="guard_silent") == [(1,)]


def test_what_a_round_saw_is_an_incident_each_by_how_severe_it_was(rounds):
    rounds.at(3)
    for key, severity in (("a", 1), ("b", 4)):
        rounds.phone(Item(key, us(3), reading=Observed("light", "灯不亮", severity=severity, place="roof")))
    rows = cases(rounds, "priority", "place", "clause", detector="observation")
    assert rows == [(4, "roof", "PAT-3"), (1, "roof", "PAT-3")]
