"""The newest words of devices, as they come turn by turn, on both databases."""

import pytest
from sqlalchemy import select

from contract.clock import US_PER_S
from contract.readings import BarrierState, DoorContact, Measurement
from hub.store import schema
from hub.store.device_states import DeviceStates
from tests.support.site_rig import SITE, ModelAgent

ALL = ("door-1", "door-2", "meter-1")


@pytest.fixture
def site(any_url, make_hub):
    hub = make_hub(any_url)
    return hub, ModelAgent(hub.clock), DeviceStates(hub.engine, SITE)


def test_the_newest_word_stands_since_it_was_first_told(site):
    hub, agent, states = site
    began_us = hub.clock.now_us()
    hub.take(agent.says("door-1", DoorContact(open=True)))
    hub.clock.advance_us(5 * US_PER_S)
    hub.take(agent.says("door-1", DoorContact(open=True)))
    (said,) = states.of(ALL)["door-1"].values()
    assert (said.word, said.since_us, said.at_us) == ("open", began_us, began_us + 5 * US_PER_S)


def test_a_change_within_one_turn_begins_anew_even_where_it_ends_as_it_was(site):
    hub, agent, states = site
    hub.take(agent.says("door-1", DoorContact(open=False)))
    now_us = hub.clock.now_us()
    hub.clock.advance_us(9 * US_PER_S)
    records = [
        agent.note("door-1", DoorContact(open=is_open), at_us=now_us + at_s * US_PER_S)
        for is_open, at_s in [(True, 3), (False, 6)]
    ]
    hub.take(agent.batch(records))
    said = states.of(["door-1"])["door-1"]["door_contact"]
    assert (said.word, said.since_us) == ("closed", now_us + 6 * US_PER_S)


def test_what_a_backlog_brings_late_changes_nothing(site):
    hub, agent, states = site
    hub.clock.advance_us(60 * US_PER_S)
    hub.take(agent.says("door-1", DoorContact(open=True)))
    before = states.of(ALL)
    other = ModelAgent(hub.clock, stream="0" * 31 + "2")
    hub.take(other.says("door-1", DoorContact(open=False), at_us=hub.clock.now_us() - 30 * US_PER_S))
    assert states.of(ALL) == before


def test_other_readings_leave_no_row_and_several_devices_are_kept_apart(site):
    hub, agent, states = site
    records = [
        agent.note("meter-1", Measurement("power", 1.0)),
        agent.note("door-1", DoorContact(open=True)),
        agent.note("door-1", BarrierState(position="moving")),
        agent.note("door-2", DoorContact(open=False)),
    ]
    hub.take(agent.batch(records))
    found = {device: {kind: said.word for kind, said in words.items()} for device, words in states.of(ALL).items()}
    assert found == {"door-1": {"door_contact": "open", "barrier_state": "moving"}, "door-2": {"door_contact": "closed"}}


def test_a_turn_that_tells_no_state_writes_no_state(site):
    hub, agent, _ = site
    hub.take(agent.says("meter-1", Measurement("power", 1.0)))
    with hub.engine.connect() as connection:
        assert connection.execute(select(schema.device_state)).all() == []
