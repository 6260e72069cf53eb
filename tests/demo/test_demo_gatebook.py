"""The demo's file of permits is one that the hub takes, and its pools of cards do not meet by chance."""

from itertools import combinations, count
from zoneinfo import ZoneInfo

from contract.permits import Portal
from hub.access.rowing import Known, rows_of
from hub.access.sheet import read_file
from hub.access.types import Group
from watchkeeper.demo import estate, gatebook, plan

KEY = bytes(32)


def test_the_hub_takes_every_row_of_the_file():
    read = read_file(gatebook.file())
    ids = count()
    groups = [Group(group=name, name_zh=zh) for name, (zh, _, _) in gatebook.GROUPS.items()]
    known = Known({}, {})
    zone = ZoneInfo("Asia/Shanghai")
    rows, wrong = rows_of(read.lines, groups, known, key=KEY, zone=zone, new_id=lambda: str(next(ids)))
    assert read.wrong == wrong == []
    assert len(rows) == len(read.lines) >= 30
    names = [proof.name for row in rows for _, proof in row.proofs]
    assert len(set(names)) == len(names)
    assert all(row.holder.household for row in rows)


def test_no_card_is_of_two_lanes():
    stopped = (gatebook.LOST, gatebook.REVOKED, gatebook.SUSPENDED)
    pools = (estate.RESIDENTS, estate.STRANGERS, gatebook.PEDESTRIANS, gatebook.TRAVELLERS, stopped)
    assert all(not set(one) & set(other) for one, other in combinations(pools, 2))
    assert not set(gatebook.DRIVERS) & {*gatebook.PHANTOMS, *gatebook.WANTED}
    assert not set(gatebook.PHANTOMS) & set(gatebook.WANTED)


def test_whatever_opens_a_gate_is_a_portal_and_stands_in_the_estate():
    portals = {way.portal for way in gatebook.WAYS}
    devices = {row.id: row for row in estate.DEVICES}
    assert portals == set(estate.OPENED_BY) <= set(devices)
    assert all(devices[reader].more["opens"] == gate for reader, (gate, _) in estate.OPENED_BY.items())
    assert {zone for way in gatebook.WAYS for zone in (way.from_zone, way.to_zone)} == {"", *gatebook.ZONES}
    assert {portal for _, _, rights in gatebook.GROUPS.values() for portal in rights} == portals
    assert all(place in plan.PLACES for _, _, place in gatebook.ZONES.values())
    assert all(Portal(id=way.portal, passback=way.passback) for way in gatebook.WAYS)  # type: ignore[arg-type]


def test_agents_have_no_permits_of_their_own():
    assert all(set(rule) == {"reader", "opens"} for rule in estate.access())


def test_a_visitors_plate_is_no_residents():
    assert gatebook.visitors_plate(3) == "苏E00003"
    assert gatebook.visitors_plate(3) not in {gatebook.plate_of(one) for one in estate.RESIDENTS}
