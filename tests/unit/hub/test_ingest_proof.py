"""What silence proves: deadlines, watermarks, sources that stall, and a clock that is set."""

import pytest

from contract.clock import US_PER_S
from contract.orders import Flush
from contract.readings import (
    BadBytes,
    CommandDone,
    DeviceLink,
    DoorContact,
    Reading,
)
from hub.detectors.types import Detector, Step, Wake
from tests.support.site_rig import OTHER_KEY, Hub, HubMaker, ModelAgent, sqlite_url


@pytest.fixture
def agent(hub: Hub) -> ModelAgent:
    return ModelAgent(hub.clock)


def watcher(name: str, seen: list[tuple[str, int]], *kinds: type[Reading], limit_us: int = 30 * US_PER_S) -> Detector:
    """Notes the order of what happens, and wants to be woken a while after each reading."""

    def step(_state, event, _device, _numbers):
        seen.append(("step", event.at_us))
        return Step(1, (), Wake(event.at_us + limit_us, event.device))

    def wake(_state, due_us, proven, _device, _numbers):
        seen.append(("proven" if proven else "unproven", due_us))
        return Step(1) if proven else Step(1, (), Wake(due_us, "door-1"))

    return Detector(name, "GATE-7", 3, kinds, int, step, wake)


def test_a_door_that_closes_too_late_was_held_even_when_both_come_at_once(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    opened = agent.note("door-1", DoorContact(open=True))
    hub.clock.advance_us(31 * US_PER_S)
    closed = agent.note("door-1", DoorContact(open=False))
    hub.take(agent.batch([opened, closed]))
    assert ("door_held", "open") in hub.incidents()


def test_a_door_that_closes_in_time_was_not_held(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    opened = agent.note("door-1", DoorContact(open=True))
    hub.clock.advance_us(29 * US_PER_S)
    closed = agent.note("door-1", DoorContact(open=False))
    hub.later(60, agent.batch([opened, closed]))
    assert "door_held" not in dict(hub.incidents())


def test_deadlines_fire_before_the_events_that_come_after_them(tmp_path, make_hub: HubMaker):
    seen: list[tuple[str, int]] = []
    hub = make_hub(sqlite_url(tmp_path), detectors=(watcher("w", seen, DoorContact),))
    agent, zero_us = ModelAgent(hub.clock), hub.clock.now_us()
    records = []
    for second in (0, 30, 45):
        hub.clock.advance_us(zero_us + second * US_PER_S - hub.clock.now_us())
        records.append(agent.note("door-1", DoorContact(open=False)))
    hub.take(agent.batch(records))
    at = [(name, (at_us - zero_us) // US_PER_S) for name, at_us in seen]
    assert at == [("step", 0), ("proven", 30), ("step", 30), ("step", 45)]


def test_a_stalled_source_fires_unproven_once_and_proven_when_it_reports(tmp_path, make_hub: HubMaker):
    seen: list[tuple[str, int]] = []
    hub = make_hub(sqlite_url(tmp_path), detectors=(watcher("w", seen, DoorContact),))
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.later(31)
    assert [name for name, _ in seen] == ["step"]
    hub.later(15)
    hub.later(60)
    assert [name for name, _ in seen] == ["step", "unproven"]
    hub.take(agent.batch([agent.beat("door-1")]))
    assert [name for name, _ in seen] == ["step", "unproven", "proven"]
    assert hub.rows("deadline") == []


@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_was_set_back_proves_nothing_by_old_watermarks(tmp_path, make_hub: HubMaker, *, restarted: bool):
    seen: list[tuple[str, int]] = []
    hub = make_hub(sqlite_url(tmp_path), detectors=(watcher("w", seen, DoorContact),))
    agent = ModelAgent(hub.clock)
    hub.take(agent.batch([agent.beat("door-1")]))
    hub.clock.step_wall_us(-3_600 * US_PER_S)
    if restarted:
        hub.crash_and_reopen()
    hub.take(agent.says("door-1", DoorContact(open=True)))
    hub.later(31)
    assert [name for name, _ in seen] == ["step"]
    assert dict(hub.rows("watermark", "source", "up_to_us"))["door-1"] <= hub.clock.now_us()
    hub.take(agent.batch([agent.beat("door-1")]))
    assert [name for name, _ in seen] == ["step", "proven"]


def test_a_source_that_falls_silent_as_the_clock_is_set_back_stalls_like_any_other(tmp_path, make_hub: HubMaker):
    seen: list[tuple[str, int]] = []
    hub = make_hub(sqlite_url(tmp_path), detectors=(watcher("w", seen, DoorContact),))
    agent = ModelAgent(hub.clock)
    hub.take(agent.batch([agent.note("door-1", DoorContact(open=True), at_us=hub.clock.now_us() - 7_200 * US_PER_S)]))
    hub.clock.step_wall_us(-3_600 * US_PER_S)
    hub.take()
    assert [name for name, _ in seen] == ["step"]
    hub.later(45)
    assert [name for name, _ in seen] == ["step", "unproven"]


def test_a_backlog_that_drains_over_several_turns_is_no_stall(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    agent.note("door-1", DoorContact(open=True))
    for _ in range(9):
        hub.clock.advance_us(US_PER_S)
        agent.note("door-2", DoorContact(open=False))
    agent.note("door-1", DoorContact(open=False))
    hub.clock.advance_us(200 * US_PER_S)
    for at in range(1, 12):
        hub.later(1, agent.batch(agent.log[at : at + 1]))
    hub.later(60)
    assert "door_held" not in dict(hub.incidents())


def test_a_source_that_says_nothing_behind_an_agent_that_goes_on_stalls_all_the_same(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.take(agent.says("door-1", DoorContact(open=True)))
    for _ in range(7):
        hub.later(10, agent.batch([agent.beat("door-2")]))
    assert ("door_held", False) in hub.rows("case_", "detector", "proven")


def test_the_source_is_asked_to_flush_when_its_deadline_comes(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.take(agent.says("door-1", DoorContact(open=True)))
    hub.said.orders.clear()
    hub.later(30)
    flushed = [name for name, order in hub.said.orders if isinstance(order, Flush)]
    assert flushed == ["gatehouse"]
    hub.take()
    assert len([order for _, order in hub.said.orders if isinstance(order, Flush)]) == 1


@pytest.mark.parametrize(
    "words",
    [DeviceLink(up=True), CommandDone(nonce="n", action="open", outcome="done"), BadBytes(reason="noise")],
    ids=["device_link", "command_done", "bad_bytes"],
)
def test_what_an_agent_says_about_a_device_proves_nothing_of_the_device(tmp_path, make_hub: HubMaker, words: Reading):
    seen: list[tuple[str, int]] = []
    hub = make_hub(sqlite_url(tmp_path), detectors=(watcher("w", seen, DoorContact),))
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", DoorContact(open=True)))
    opened_us = hub.clock.now_us()
    hub.clock.advance_us(300 * US_PER_S)
    hub.take(agent.says("door-1", words))
    assert "proven" not in [name for name, _ in seen]
    assert dict(hub.rows("watermark", "source", "up_to_us"))["door-1"] == opened_us
    hub.take(agent.says("door-1", DoorContact(open=False)))
    assert "proven" in [name for name, _ in seen]


def test_a_heartbeat_for_another_agents_device_proves_nothing(hub: Hub):
    cellar = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    hub.take(cellar.batch([cellar.beat("door-1", "door-9")]))
    assert "door-1" not in dict(hub.rows("watermark", "source", "up_to_us"))
    assert "door-9" in dict(hub.rows("watermark", "source", "up_to_us"))
