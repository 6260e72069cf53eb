"""What is past its days goes, and only that, whatever the clock does; what it was is not taken in again."""

from itertools import pairwise
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.readings import ArmState, DoorContact, SnapshotTaken, TamperContact
from hub.ingest import core, limits
from hub.ingest.ports import CaseAct, PictureStored, Write
from hub.store import sweep
from hub.store.read import SiteReads
from tests.support.site_rig import SITE, STREAM, Hub, ModelAgent

DAYS_KEPT_US = 200 * 86_400 * US_PER_S
"""More than events are kept."""


@pytest.fixture
def agent(hub: Hub) -> ModelAgent:
    return ModelAgent(hub.clock)


def test_old_events_are_swept_and_their_numbers_stay_taken(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    old = agent.batch(agent.log)
    for _ in range(4):
        hub.later(200 * 86_400, agent.batch([]))
    assert hub.seqs() == []
    assert hub.take(old)[0].up_to == 1
    assert hub.seqs() == []
    assert ("stream", STREAM) in [("stream", stream) for stream in hub.rows("stream", "stream")]


def test_a_clock_that_jumps_ahead_sweeps_nothing_and_goes_on_once_it_is_right_again(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.step_wall_us(2 * DAYS_KEPT_US)
    for _ in range(4):
        hub.later(11, agent.batch([]))
    assert (hub.seqs(), hub.core.counters["swept"]) == ([1], 0)
    assert hub.core.counters["sweeps_halted"] == 4
    hub.clock.step_wall_us(-2 * DAYS_KEPT_US)
    hub.later(2 * DAYS_KEPT_US / US_PER_S, agent.batch([]))
    for _ in range(4):
        hub.later(11, agent.batch([]))
    assert hub.seqs() == []


def test_a_picture_past_its_days_is_condemned_once_its_case_is_closed_and_awaited_no_more(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", TamperContact(active=True)))
    hub.take(agent.says("camera-1", SnapshotTaken(picture="p1", sha256="0" * 64, size_bytes=9, width=1, height=1, order="c1-x")))
    for _ in range(10):
        hub.later(10 * 86_400, agent.batch([agent.beat()]))
    assert hub.rows("picture", "condemned_us") == [None]
    hub.ask(CaseAct(1, "acknowledge", "李伟", "operator", {}))
    hub.ask(CaseAct(1, "close", "李伟", "operator", {"cause": "test", "note": "done"}))
    assert hub.rows("case_", "state")[0] == "closed"
    hub.later(61, agent.batch([agent.beat()]))
    assert hub.rows("picture", "condemned_us") == [hub.clock.now_us()]
    assert hub.ask(PictureStored("p1")) is False


def test_a_hub_that_finds_nothing_old_looks_less_often_and_at_once_again_when_it_does(
    hub: Hub, agent: ModelAgent, monkeypatch: pytest.MonkeyPatch
):
    looked: list[int] = []
    sweep_changes = core.sweep_changes

    def looks(*arguments: Any) -> int:
        looked.append(hub.clock.now_us())
        return sweep_changes(*arguments)

    monkeypatch.setattr(core, "sweep_changes", looks)
    hub.take(agent.says("door-1", DoorContact(open=False)))
    for _ in range(60):
        hub.later(10, agent.batch([agent.beat()]))
    apart_s = [(after - before) // US_PER_S for before, after in pairwise(looked)]
    assert apart_s[0] == 10
    assert set(apart_s[5:]) == {60}
    hub.later(DAYS_KEPT_US / US_PER_S, agent.batch([agent.beat()]))
    looked.clear()
    for _ in range(30):
        hub.later(10, agent.batch([agent.beat()]))
    assert hub.core.counters["swept"]
    assert 10 in [(after - before) // US_PER_S for before, after in pairwise(looked)]


def test_a_clock_that_jumps_ahead_condemns_no_picture(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("camera-1", SnapshotTaken(picture="p1", sha256="0" * 64, size_bytes=9, width=1, height=1, order="")))
    hub.clock.step_wall_us(DAYS_KEPT_US)
    for _ in range(4):
        hub.later(11, agent.batch([agent.beat()]))
    assert hub.rows("picture", "condemned_us") == [None]
    hub.clock.step_wall_us(-DAYS_KEPT_US)
    hub.later(DAYS_KEPT_US / US_PER_S + 11, agent.batch([agent.beat()]))
    assert hub.rows("picture", "condemned_us") == [hub.clock.now_us()]


def test_a_hub_that_starts_long_past_its_newest_row_sweeps_nothing_for_a_week(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.advance_us(2 * DAYS_KEPT_US)
    hub.crash_and_reopen()
    for _ in range(4):
        hub.later(11, agent.batch([]))
    assert (hub.seqs(), hub.core.counters["sweeps_halted"]) == ([1], 4)
    hub.later(7 * 86_400)
    for _ in range(4):
        hub.later(11, agent.batch([]))
    assert hub.seqs() == []


def test_streams_long_unheard_count_no_more_and_their_old_batches_are_still_copies(
    hub: Hub, agent: ModelAgent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "STREAMS_PER_AGENT_MAX", 2)
    old, young, new = (ModelAgent(hub.clock, stream=f"{number:032x}") for number in (2, 3, 4))
    recorded = old.says("door-1", DoorContact(open=False))
    assert len(hub.take(recorded, young.batch([]))) == 2
    hub.later(DAYS_KEPT_US / US_PER_S)
    hub.take(young.batch([]))
    for _ in range(4):
        hub.later(11, recorded)  # somebody plays it again: it does not make the stream younger
    assert hub.seqs(old.stream) == []  # its days are over
    assert len(hub.take(new.batch([]))) == 1
    assert [(one.verdict, one.up_to) for one in hub.take(recorded)] == [("committed", 1)]
    assert hub.seqs(old.stream) == []
    assert len(hub.take(ModelAgent(hub.clock, stream=f"{5:032x}").batch([]))) == 0


def move_reader(pos: int) -> Write:
    statement = f"INSERT INTO reader VALUES ('{SITE}', 'webhook:a', {pos}) ON CONFLICT DO UPDATE SET pos = {pos}"
    return Write(lambda connection: connection.exec_driver_sql(statement).close())


def test_old_changes_are_swept_once_every_reader_has_passed_them(hub: Hub, agent: ModelAgent):
    for attached in (False, True, False):
        hub.take(agent.says("door-1", ArmState(attached=attached)))
    last = len(hub.changes)
    assert last >= 3
    hub.ask(move_reader(2))
    hub.later(100 * 86_400)
    assert hub.rows("change", "pos")[:3] == [1, 2, 3]
    hub.later(100 * 86_400)
    hub.later(11)
    assert hub.rows("change", "pos")[0] == 3
    hub.ask(move_reader(last))
    hub.later(11)
    assert min(hub.rows("change", "pos")) > last
    assert [row.pos for row in SiteReads(hub.engine, SITE).changes_after(0, 1)] == [min(hub.rows("change", "pos"))]
    assert SiteReads(hub.engine, SITE).change_bounds()[0] >= last
    assert hub.rows("case_entry", "case_no")


def test_a_reader_that_was_left_behind_for_good_keeps_nothing(hub: Hub, agent: ModelAgent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweep, "BEHIND_MAX", 0)
    hub.take(agent.says("door-1", ArmState(attached=False)))
    hub.ask(move_reader(0))
    hub.later(200 * 86_400)
    hub.later(11)
    assert 1 not in hub.rows("change", "pos")


def kept_through(hub: Hub, agent: ModelAgent, restarts: int) -> list[int]:
    """What is left of the events after turns under a clock that is far ahead, and restarts."""
    for _ in range(restarts):
        for _ in range(3):
            hub.later(11, agent.batch([agent.beat()]))
        hub.crash_and_reopen()
    for _ in range(4):
        hub.later(11, agent.batch([agent.beat()]))
    return hub.seqs()


@pytest.mark.parametrize("restarts", [1, 2, 5])
def test_a_clock_that_was_ahead_at_the_start_stays_in_doubt_however_often_the_hub_is_started(
    hub: Hub, agent: ModelAgent, restarts: int
):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.step_wall_us(2 * DAYS_KEPT_US)
    hub.crash_and_reopen()
    assert kept_through(hub, agent, restarts)[0] == 1
    hub.clock.step_wall_us(-2 * DAYS_KEPT_US)
    hub.crash_and_reopen()
    assert kept_through(hub, agent, 1)[0] == 1
    assert hub.rows("site", "doubted_us") == [None], "the clock is right again"


def test_a_clock_that_stepped_ahead_while_the_hub_ran_stays_in_doubt_after_a_restart(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.step_wall_us(2 * DAYS_KEPT_US)
    hub.take(agent.batch([agent.beat()]))
    hub.crash_and_reopen()
    assert kept_through(hub, agent, 1)[0] == 1


def test_a_doubt_ends_after_a_week_however_often_the_hub_was_started_in_it(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.advance_us(2 * DAYS_KEPT_US)
    hub.crash_and_reopen()
    for _ in range(8):
        hub.later(86_400, agent.batch([agent.beat()]))
        hub.crash_and_reopen()
    assert kept_through(hub, agent, 1)[0] > 1


def test_a_clock_that_was_ahead_and_is_set_right_while_the_hub_runs_leaves_no_doubt(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    hub.clock.step_wall_us(2 * DAYS_KEPT_US)
    hub.later(11, agent.batch([agent.beat()]))
    assert hub.rows("site", "doubted_us") == [hub.clock.now_us()]
    hub.clock.step_wall_us(-2 * DAYS_KEPT_US)
    hub.later(11, agent.batch([agent.beat()]))
    assert hub.rows("site", "doubted_us") == [None]
