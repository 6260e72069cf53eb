"""What a window's record says besides its state."""

import msgspec
import pytest

from hub.duties.types import Route
from hub.ingest.ports import Report
from tests.support.duty_rig import HOUR_S, Rounds, plan, seen, us
from tests.support.site_rig import sqlite_url

END = 4 + 1 / 6


def test_a_visit_shortly_before_the_window_opened_is_noted_and_keeps_nothing(tmp_path):
    early = plan(every_s=4 * HOUR_S)
    patrol = msgspec.structs.replace(early.duties[0], early_s=600.0)
    rounds = Rounds.on(sqlite_url(tmp_path), plan=msgspec.structs.replace(early, duties=(patrol, *early.duties[1:])))
    rounds.at(4.5, rounds.scan("gate", 3.9), rounds.scan("roof", 3.5))
    rounds.at(8.2, rounds.beat(wand_1=8.2))
    notes = {row[0]: row[2] for row in rounds.hub.rows("duty_window", "place", "opens_us", "note") if row[1] == us(4)}
    assert rounds.state("gate", 4) == "missed"
    assert notes == {"gate": "early", "pump": "", "roof": ""}
    rounds.hub.close()


@pytest.mark.parametrize("order", [("north", "south"), ("south", "north")])
def test_a_place_of_two_routes_is_visited_whoever_walks_by(tmp_path, order):
    base = plan()
    names = {"north": ("wand-1",), "south": ("wand-2",)}
    routes = tuple(Route(name, "patrol", ("gate",), names[name]) for name in order)
    rounds = Rounds.on(sqlite_url(tmp_path), plan=msgspec.structs.replace(base, routes=(*routes, *base.routes[1:])))
    rounds.at(10)
    for key, wand, hours in (("a", "wand-1", 4.0), ("b", "wand-2", 7.0), ("c", "wand-1", 9.0)):
        rounds.hub.ask(Report(wand, (seen(wand, key, "gate", hours),)))
    rows = rounds.hub.rows("tally", "duty", "kind", "key", "longest_s")
    assert [row[3] for row in rows if row[:3] == ("patrol", "place", "gate")] == [3 * HOUR_S]
    rounds.hub.close()
