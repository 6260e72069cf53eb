"""What stands above single cases is told once, whichever step of a turn the hub is killed at, on both databases."""

from pathlib import Path

import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import AlarmInput, TamperContact
from hub.ingest.ports import CaseAct, MaintenanceAct, SilenceAct, StepName
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import Hub, HubMaker, ModelAgent, sqlite_url


def prepare(hub: Hub, agent: ModelAgent) -> None:
    """A shelf, a silence, a maintenance window that holds something back, a source that is about to chatter."""
    hub.take(agent.batch([]))
    for number in range(8):
        hub.later(1, agent.says("door-1", TamperContact(active=number % 2 == 0)))
    hub.later(1, agent.says("door-2", TamperContact(active=True)))
    hub.ask(CaseAct(5, "shelve", "li", "operator", {"reason": "x", "minutes": "1"}))
    hub.ask(SilenceAct("monitor", "li"))
    until_us = hub.clock.now_us() + 60 * US_PER_S
    hub.ask(MaintenanceAct("", "meter-1", "", None, until_us, "x", "li"))
    hub.later(1, agent.says("meter-1", TamperContact(active=True)))


def storm(agent: ModelAgent) -> None:
    """What begins a flood, and what comes back once too often."""
    for number in range(8):
        agent.note("door-2", AlarmInput(active=True, name=f"zone-{number}"))
    for number in range(6):
        agent.note("door-1", TamperContact(active=number % 2 == 0))


def seen(hub: Hub) -> object:
    """All that is committed of alarms, and all that was told; but for agents' silence, which a hub that starts awaits anew."""
    silent = {no for no, detector in hub.rows("case_", "case_no", "detector") if detector == "agent_silent"}
    cases = hub.rows("case_", "case_no", "detector", "episode", "state", "version", "comebacks", "flood", "held_by")
    changes = hub.rows("change", "topic", "key", "act", "at_us")
    due = hub.rows("deadline", "owner", "subject", "due_at_us")
    return (
        [case for case in cases if case[0] not in silent],
        [change for change in changes if change[0] != "case" or int(change[1]) not in silent],
        [row for row in due if row[0] == "alarm" or (row[0] == "case" and int(row[1].split("/")[0]) not in silent)],
        [row for row in hub.rows("alarm_state", "owner", "subject", "body") if row[0] != "flood"],
        hub.rows("alarm_flood", "flood_no", "began_us", "ended_us", "alarms", "groups"),
        hub.rows("maintenance", "held", "released", "ended_us"),
    )


@pytest.fixture
def pair(any_url: str, make_hub: HubMaker, tmp_path: Path) -> tuple[Hub, Hub, ModelAgent, ModelAgent]:
    """A hub that lives, and one that will be killed, each with its agent, prepared alike."""
    made = []
    for url in (sqlite_url(tmp_path / "reference"), any_url):
        hub = make_hub(url, ManualClock())
        agent = ModelAgent(hub.clock)
        prepare(hub, agent)
        made.append((hub, agent))
    (lives, its), (dies, other) = made
    assert seen(lives) == seen(dies)
    return lives, dies, its, other


@pytest.mark.parametrize("step", STEPS)
def test_a_storm(pair, step: StepName):
    lives, dies, its, other = pair
    for hub, agent in ((lives, its), (dies, other)):
        hub.clock.advance_us(US_PER_S)
        storm(agent)
    lives.take(its.batch(its.log[10:]))
    dies.hook = kill_at(step)
    with pytest.raises(Killed):
        dies.take(other.batch(other.log[10:]))
    dies.crash_and_reopen()
    dies.take(other.batch(other.log[10:]))
    assert seen(dies) == seen(lives)
    told = [(topic, act) for topic, act in dies.rows("change", "topic", "act") if topic == "flood" or act == "came_back"]
    assert told.count(("flood", "began")) == 1
    assert told.count(("case", "came_back")) == 2


@pytest.mark.parametrize("step", STEPS)
def test_all_deadlines_at_once(pair, step: StepName):
    lives, dies, its, other = pair
    for hub, agent in ((lives, its), (dies, other)):
        hub.clock.advance_us(US_PER_S)
        storm(agent)
        hub.take(agent.batch(agent.log[10:]))
        hub.clock.advance_us(900 * US_PER_S)
    lives.take()
    dies.hook = kill_at(step)
    with pytest.raises(Killed):
        dies.take()
    dies.crash_and_reopen()
    dies.take()
    lives.take()
    assert seen(dies) == seen(lives)
    acts = dies.rows("change", "topic", "act")
    once = (("flood", "began"), ("flood", "ended"), ("silence", "broken"), ("maintenance", "ended"))
    assert [acts.count(one) for one in once] == [1, 1, 1, 1]
    assert acts.count(("case", "unshelved")) == acts.count(("case", "released")) == 1
