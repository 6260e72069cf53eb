"""Turns on a real database: what is committed, what is raised, what is said."""

import gc

import pytest
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.envelope import seal
from contract.orders import TakeSnapshot
from contract.readings import (
    AlarmInput,
    ArmState,
    CommandDone,
    DeviceLink,
    DoorContact,
    Heartbeat,
    SnapshotTaken,
    TamperContact,
)
from contract.topics import agent_topic
from hub.cases.types import Change, Refusal
from hub.detectors.types import AgentHeard, Detector, Quarantined, Raise, Step, Wake
from hub.estate import Estate
from hub.ingest import limits, stepping
from hub.ingest.alarmbook import Alarmbook
from hub.ingest.casebook import Casebook
from hub.ingest.core import Message
from hub.ingest.outcome import Outcome
from hub.ingest.ports import CaseAct, PictureStored, Write
from hub.ingest.turn import Turn
from tests.support.site_rig import OTHER_KEY, SITE, Hub, HubMaker, ModelAgent, estate, sqlite_url


@pytest.fixture
def agent(hub: Hub) -> ModelAgent:
    return ModelAgent(hub.clock)


def test_a_committed_batch_is_receipted_with_the_streams_mark(hub: Hub, agent: ModelAgent):
    receipts = hub.take(agent.says("door-1", DoorContact(open=False)), agent.says("door-1", DoorContact(open=False)))
    assert [(one.up_to, one.verdict) for one in receipts] == [(2, "committed")]
    assert hub.seqs() == [1, 2]


def test_a_batch_of_which_a_record_is_missing_is_asked_for(hub: Hub, agent: ModelAgent):
    agent.note("door-1", DoorContact(open=False))
    second = agent.says("door-1", DoorContact(open=False))
    assert [(one.up_to, one.verdict) for one in hub.take(second)] == [(0, "want")]
    assert hub.seqs() == []


def test_event_time_is_the_agents_less_its_offset(hub: Hub, agent: ModelAgent):
    agent.offset_us = 7 * US_PER_S
    hub.take(agent.says("door-1", DoorContact(open=False)))
    now_us = hub.clock.now_us()
    assert hub.rows("event", "at_us", "agent_at_us", "hub_at_us") == [(now_us, now_us + 7 * US_PER_S, now_us)]


def test_a_time_in_the_future_is_taken_as_now_and_moves_no_watermark_past_now(hub: Hub, agent: ModelAgent):
    now_us = hub.clock.now_us()
    hub.take(agent.says("door-1", DoorContact(open=False), at_us=now_us + 86_400 * US_PER_S))
    beat = agent.note("gatehouse", Heartbeat(sources={"door-1": now_us + 86_400 * US_PER_S}))
    hub.take(agent.batch([beat]))
    assert dict(hub.rows("watermark", "source", "up_to_us"))["door-1"] == now_us
    assert hub.core.counters["future_times"] == 1


def test_an_agent_without_a_clock_is_put_on_the_hubs_time_line(hub: Hub, agent: ModelAgent):
    agent.offset_us = None
    record = agent.note("door-1", DoorContact(open=False), at_us=1_000_000)
    message = agent.batch([record])
    hub.take(message)
    assert hub.rows("event", "at_us")[0] == 1_000_000


@pytest.mark.parametrize(("device", "reason"), [("door-77", "unknown_device"), ("door-9", "foreign_device")])
def test_a_device_that_is_not_the_agents_is_put_aside_and_the_stream_goes_on(
    hub: Hub, agent: ModelAgent, device: str, reason: str
):
    hub.take(agent.says(device, DoorContact(open=False)))
    receipts = hub.take(agent.says("door-1", DoorContact(open=False)))
    assert receipts[0].up_to == 2
    assert hub.rows("quarantine", "seq", "reason") == [(1, reason)]
    assert hub.seqs() == [2]
    assert hub.incidents() == [("quarantined", "open")]


def test_a_poisonous_record_is_put_aside_as_it_came(hub: Hub, agent: ModelAgent):
    message = agent.says("door-1", DoorContact(open=False))
    topic = message.topic
    body = message.payload[19:].replace(b'"kind":"door_contact"', b'"kind":"door_of_tomorrow"')
    receipts = hub.take(Message(topic, seal(agent.key, topic, body)))
    assert receipts[0].up_to == 1
    assert b"door_of_tomorrow" in hub.rows("quarantine", "body")[0]


def test_a_detector_that_raises_is_undone_alone_and_an_incident_says_so(tmp_path, make_hub: HubMaker):
    def bad_step(_state, event, _device, _numbers):
        return Step(1, (Raise(event.name, event.at_us, {"unwritable": object()}),), Wake(event.at_us, None))

    def good_step(_state, event, _device, _numbers):
        return Step(2, (Raise(event.name, event.at_us, {}),))

    def note_step(_state, event, _device, _numbers):
        return Step(3, (Raise(event.name, event.at_us, {"reason": event.reading.reason}),))

    bad = Detector("bad", "GATE-7", 3, (DoorContact,), int, bad_step)
    good = Detector("good", "GATE-7", 3, (DoorContact,), int, good_step)
    noted = Detector("noted", "GATE-7", 3, (Quarantined,), int, note_step)
    hub = make_hub(sqlite_url(tmp_path), detectors=(bad, good, noted))
    agent = ModelAgent(hub.clock)
    receipts = hub.take(agent.says("door-1", DoorContact(open=False)))
    assert receipts[0].up_to == 1
    assert hub.rows("case_", "detector", "facts") == [("noted", '{"reason":"detector:bad"}'), ("good", "{}")]
    assert [name for name, _ in hub.rows("detector_state", "detector", "body")] == ["good", "noted"]
    assert hub.rows("quarantine", "seq", "reason") == [(1, "detector:bad")]
    assert hub.seqs() == [1]
    assert [row for row in hub.rows("change", "topic") if row != "gate"] == ["case", "case"]
    hub.crash_and_reopen()
    assert hub.take(agent.says("door-1", DoorContact(open=False)))[0].up_to == 2


def test_a_detector_that_raises_on_the_hubs_own_report_does_not_go_round_for_ever(tmp_path, make_hub: HubMaker):
    def step(_state, _event, _device, _numbers):
        raise RuntimeError("a bug")

    bad = Detector("bad", "GATE-7", 3, (DoorContact, Quarantined, AgentHeard), int, step)
    hub = make_hub(sqlite_url(tmp_path), detectors=(bad,))
    agent = ModelAgent(hub.clock)
    assert hub.take(agent.says("door-1", DoorContact(open=False)))[0].up_to == 1


def test_a_detector_that_wants_to_be_woken_without_end_is_stopped(tmp_path, make_hub: HubMaker):
    def step(_state, event, _device, _numbers):
        return Step(0, (), Wake(event.at_us - 10**12, event.device))

    def wake(state, due_us, _proven, _device, _numbers):
        return Step(state + 1, (), Wake(due_us + 1, "door-1"))

    hub = make_hub(sqlite_url(tmp_path), detectors=(Detector("w", "GATE-7", 3, (DoorContact,), int, step, wake),))
    agent = ModelAgent(hub.clock)
    assert hub.take(agent.says("door-1", DoorContact(open=False)))[0].up_to == 1
    assert hub.core.counters["detector_failed_w"] >= 1
    assert hub.rows("deadline") == []


def test_a_forged_batch_is_an_incident_and_says_nothing_to_the_forger(hub: Hub, agent: ModelAgent):
    forged = ModelAgent(hub.clock, key=OTHER_KEY)
    assert hub.take(forged.says("door-1", DoorContact(open=True))) == []
    assert hub.incidents() == [("foreign_report", "open")]
    assert hub.rows("event", "stream", "kind") == [("hub", "foreign_report")]


def test_a_copied_log_is_fenced_and_the_copy_is_told(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    copy = ModelAgent(hub.clock)
    copy.boot = "boot-of-the-copy"
    receipts = hub.take(copy.says("door-1", DoorContact(open=True)), agent.says("door-1", DoorContact(open=False)))
    assert {(one.boot, one.verdict, one.up_to) for one in receipts} == {
        ("boot-of-the-copy", "fenced", 2),
        ("boot-1", "committed", 2),
    }
    assert hub.incidents() == [("foreign_report", "open")]


def test_a_log_that_went_back_is_told_and_is_an_incident(hub: Hub, agent: ModelAgent):
    for _ in range(3):
        hub.take(agent.says("door-1", DoorContact(open=False)))
    old = ModelAgent(hub.clock)
    old.note("door-1", DoorContact(open=False))
    old.reboot()
    assert [(one.verdict, one.up_to) for one in hub.take(old.batch([]))] == [("rewound", 3)]
    assert hub.incidents() == [("foreign_report", "open")]


def test_numbers_that_the_agent_no_longer_holds_are_an_incident(hub: Hub, agent: ModelAgent):
    for _ in range(5):
        agent.note("door-1", DoorContact(open=False))
    agent.floor = 4
    assert hub.take(agent.batch(agent.log[3:]))[0].up_to == 5
    assert hub.incidents() == [("sequence_gap", "open")]


def test_an_agent_is_heard_once_a_second_at_most_and_missed_after_a_while(hub: Hub, agent: ModelAgent):
    hub.take()
    before = dict(hub.rows("stream", "stream", "mark"))["hub"]
    for _ in range(3):
        hub.take(agent.batch([]))
    assert dict(hub.rows("stream", "stream", "mark"))["hub"] == before + 1
    hub.later(84)
    assert silent(hub) == []
    hub.later(2)
    assert "gatehouse" in silent(hub)


@pytest.mark.parametrize("restarted", [False, True])
def test_an_agent_that_dies_while_the_hubs_clock_is_set_back_is_missed_as_soon_as_any(
    hub: Hub, agent: ModelAgent, *, restarted: bool
):
    hub.take(agent.batch([agent.beat()]))
    hub.clock.step_wall_us(-86_400 * US_PER_S)
    if restarted:
        hub.crash_and_reopen()
    hub.take()
    now_us = hub.clock.now_us()
    assert max(heard_us for heard_us in hub.rows("stream", "heard_us")) <= now_us
    hub.later(84)
    assert silent(hub) == []
    hub.later(7)
    assert "gatehouse" in silent(hub)


def test_a_recorded_batch_that_somebody_replays_does_not_hide_that_its_agent_is_dead(hub: Hub, agent: ModelAgent):
    greeting, recorded = agent.batch([]), agent.says("door-1", DoorContact(open=False))
    hub.take(greeting)
    hub.take(recorded)
    for _ in range(10):
        assert [one.verdict for one in hub.later(10, recorded, greeting)] == ["committed"]
    assert "gatehouse" in silent(hub)
    hub.take(agent.batch([]))
    assert [active for device, active in hub.rows("case_", "device", "active") if device == "gatehouse"] == [False]


def test_nor_does_it_after_the_hub_was_started_anew(hub: Hub, agent: ModelAgent):
    greeting, recorded = agent.batch([]), agent.says("door-1", DoorContact(open=False))
    hub.take(greeting, recorded)
    heard_us = hub.clock.now_us()
    hub.later(100)
    assert "gatehouse" in silent(hub)
    hub.crash_and_reopen()
    hub.take(recorded, greeting)
    assert [active for device, active in hub.rows("case_", "device", "active") if device == "gatehouse"] == [True]
    assert ("gatehouse", heard_us) in hub.rows("stream", "agent", "heard_us")


def silent(hub: Hub) -> list[str]:
    return [device for detector, device in hub.rows("case_", "detector", "device") if detector == "agent_silent"]


def test_an_agent_that_was_never_heard_is_missed_from_the_hubs_first_start_on(hub: Hub, agent: ModelAgent):
    assert hub.core.next_us() <= hub.clock.now_us()
    hub.take(agent.batch([]))
    hub.later(60, agent.batch([]))
    hub.crash_and_reopen()
    hub.later(20, agent.batch([]))
    assert silent(hub) == []
    hub.later(10, agent.batch([]))
    assert silent(hub) == ["cellar"]
    cellar = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    hub.take(cellar.batch([]))
    assert hub.rows("case_", "detector", "active") == [("agent_silent", False)]
    assert hub.rows("event", "kind") == []


def test_agents_are_not_missed_for_the_time_when_no_hub_ran(hub: Hub, agent: ModelAgent):
    hub.take(agent.batch([]))
    hub.core.close(hub.clock.now_us())
    hub.clock.advance_us(3_600 * US_PER_S)
    hub.crash_and_reopen()
    hub.later(60)
    assert hub.incidents() == []
    hub.later(31)
    assert sorted(silent(hub)) == ["cellar", "gatehouse"]


def test_a_new_incident_asks_the_cameras_there_for_a_picture_and_the_picture_finds_it(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", TamperContact(active=True)))
    orders = [order for _, order in hub.said.orders if isinstance(order, TakeSnapshot)]
    assert [order.device for order in orders] == ["camera-1"]
    taken = SnapshotTaken(picture="p1", sha256="0" * 64, size_bytes=9, width=1, height=1, order=orders[0].id)
    hub.take(agent.says("camera-1", taken))
    assert hub.rows("picture", "picture", "case_no", "stored_us") == [("p1", 1, None)]
    assert hub.ask(PictureStored("p1")) is True
    assert hub.ask(PictureStored("p2")) is False
    assert hub.rows("picture", "stored_us") == [hub.clock.now_us()]
    assert [(row.topic, row.act) for row in hub.changes][-2:] == [("picture", "promised"), ("picture", "stored")]


def test_a_camera_that_only_pushes_is_asked_for_no_picture(tmp_path, make_hub: HubMaker):
    book = estate()
    devices = [replace(row, options={"snapshots": 0}) if row.id == "camera-1" else row for row in book.file.devices]
    hub = make_hub(sqlite_url(tmp_path), book=Estate(replace(book.file, devices=devices), dict(book.keys)))
    hub.take()
    hub.take(ModelAgent(hub.clock).says("door-1", TamperContact(active=True)))
    assert hub.incidents() == [("tamper", "open")]
    assert [order for _, order in hub.said.orders if isinstance(order, TakeSnapshot)] == []


def test_what_is_lost_with_one_board_is_one_incident_also_across_a_restart(hub: Hub, agent: ModelAgent):
    hub.take(*(agent.says(name, DeviceLink(up=False, reason="timeout", by="meter-1")) for name in ("door-1", "door-2")))
    hub.later(30)
    hub.crash_and_reopen()
    hub.later(31)
    hub.take(agent.batch([agent.beat()]))
    assert hub.rows("case_", "detector", "subject", "active") == [("device_silent", "meter-1", True)]
    assert '"behind":["door-1","door-2"]' in hub.rows("case_", "facts")[0]
    hub.take(*(agent.says(name, DeviceLink(up=True, reason="opened", by="meter-1")) for name in ("door-1", "door-2")))
    assert hub.rows("case_", "detector", "active") == [("device_silent", False)]


def test_what_came_late_asks_no_camera(hub: Hub, agent: ModelAgent):
    record = agent.note("door-1", TamperContact(active=True))
    hub.later(3_600, agent.batch([record]))
    assert hub.rows("case_", "detector", "late") == [("tamper", True)]
    assert hub.said.orders == []


def test_an_act_is_answered_after_the_commit_and_stops_the_clock(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", ArmState(attached=False)))
    answer = hub.ask(CaseAct(1, "acknowledge", "li", "operator", {}, version=1))
    assert isinstance(answer, Change)
    assert answer.case.state == "acknowledged"
    assert hub.incidents() == [("arm_knocked_off", "acknowledged")]
    refused = hub.ask(CaseAct(1, "acknowledge", "li", "operator", {}, version=1))
    assert isinstance(refused, Refusal)
    assert isinstance(hub.ask(CaseAct(99, "acknowledge", "li", "operator", {})), Refusal)


def test_a_closed_case_leaves_memory_and_can_still_be_reopened(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", ArmState(attached=False)))
    hub.ask(CaseAct(1, "acknowledge", "li", "operator", {}))
    closed = hub.ask(CaseAct(1, "close", "li", "operator", {"cause": "people", "note": "hit by a van"}))
    assert isinstance(closed, Change), closed
    hub.crash_and_reopen()
    reopened = hub.ask(CaseAct(1, "reopen", "li", "manager", {"reason": "again"}))
    assert isinstance(reopened, Change), reopened
    assert reopened.case.entries == 4
    assert hub.rows("case_entry", "entry_no") == [1, 2, 3, 4]


def test_an_unanswered_case_escalates_at_its_clocks_end_by_the_clocks_time(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", ArmState(attached=False)))
    began_us = hub.clock.now_us()
    hub.later(600)
    escalated = [row for row in hub.changes if (row.key, row.act) == ("1", "escalated")]
    assert [row.at_us - began_us for row in escalated] == [120 * US_PER_S, 240 * US_PER_S], "the clock, and the chain's step"
    hub.later(600)
    assert len([row for row in hub.changes if (row.key, row.act) == ("1", "escalated")]) == 2


def test_the_change_log_has_no_hole(hub: Hub, agent: ModelAgent):
    for number in range(10):
        hub.take(agent.says("door-1", ArmState(attached=number % 2 == 0)))
    hub.take(agent.says("door-1", CommandDone(nonce="n", action="open", outcome="done")))
    assert hub.rows("change", "pos") == list(range(1, len(hub.changes) + 1))
    assert [row.pos for row in hub.changes] == hub.rows("change", "pos")
    assert hub.rows("site", "change_pos") == [len(hub.changes)]


def test_a_write_that_fails_is_undone_alone(hub: Hub):
    def fails(connection):
        connection.exec_driver_sql("DELETE FROM site")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        hub.ask(Write(fails))
    assert hub.rows("site", "site") == [SITE]
    assert hub.ask(Write(lambda connection: connection.exec_driver_sql("SELECT 41 + 1").scalar())) == 42


def test_an_agent_that_sends_more_than_its_share_is_told_to_wait_and_loses_nothing(hub: Hub, agent: ModelAgent):
    cellar = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    for _ in range(500):
        agent.note("door-2", DoorContact(open=False))
    whole = agent.batch(agent.log)
    most = limits.RECORDS_PER_S * limits.BURST_S // 500
    verdicts = [hub.take(whole)[0].verdict for _ in range(most + 1)]
    assert verdicts == ["committed"] * most + ["paused"]
    assert hub.core.counters["over_quota"] == 1
    assert hub.take(cellar.says("door-9", DoorContact(open=False)))[0].verdict == "committed"
    more = agent.says("door-2", DoorContact(open=False))
    assert [(one.verdict, one.up_to) for one in hub.take(more)] == [("paused", 500)]
    assert [(one.verdict, one.up_to) for one in hub.later(1, more)] == [("committed", 501)]


def test_an_agent_that_begins_stream_after_stream_is_stopped_and_an_incident_says_so(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "STREAMS_PER_AGENT_MAX", 2)
    streams = [ModelAgent(hub.clock, stream=f"{number:032x}") for number in range(3)]
    found = [len(hub.take(one.batch([]))) for one in streams]
    assert found == [1, 1, 0]
    assert hub.core.counters["refused_too_many_streams"] == 1
    assert hub.incidents() == [("foreign_report", "open")]
    cellar = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    assert len(hub.take(cellar.batch([]), streams[0].batch([]))) == 2


def test_a_device_that_makes_names_up_is_stored_but_takes_no_more_memory(
    hub: Hub, agent: ModelAgent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stepping, "SUBJECTS_PER_DEVICE_MAX", 8)
    records = [agent.note("door-1", AlarmInput(active=True, name=f"zone {number}")) for number in range(20)]
    assert hub.take(agent.batch(records))[0].up_to == 20
    assert hub.seqs() == list(range(1, 21))
    raised = [detector for detector, _ in hub.incidents()]
    assert (raised.count("alarm_input"), raised.count("quarantined")) == (8, 1)
    assert hub.core.counters["too_many_subjects"] == 12
    hub.take(agent.says("door-1", TamperContact(active=True)))
    assert "tamper" in dict(hub.incidents())
    cleared = [agent.note("door-1", AlarmInput(active=False, name=f"zone {number}")) for number in range(8)]
    hub.take(agent.batch(cleared))
    assert [active for detector, active in hub.rows("case_", "detector", "active") if detector == "alarm_input"] == [False] * 8


def test_rows_that_this_program_cannot_use_are_passed_over_and_counted(hub: Hub, agent: ModelAgent):
    hub.take(agent.says("door-1", DoorContact(open=False)))
    with hub.engine.begin() as connection:
        for statement in (
            f"INSERT INTO deadline VALUES ('{SITE}', 'detector:of_tomorrow', 'door-1', 1, NULL, 0)",
            f"INSERT INTO deadline VALUES ('{SITE}', 'case', 'no-number/acknowledge', 1, NULL, 0)",
            f"INSERT INTO detector_state VALUES ('{SITE}', 'of_tomorrow', 'door-1', 'door-1', '1')",
            "UPDATE detector_state SET body = '[\"another form\"]' WHERE detector = 'agent_silent' AND device = 'cellar'",
        ):
            connection.exec_driver_sql(statement)
    hub.crash_and_reopen()
    assert hub.take(agent.says("door-1", DoorContact(open=False)))[0].verdict == "committed"
    assert hub.core.state.ready
    counted = ("deadline_without_detector", "state_without_detector", "state_unreadable", "case_clock_failed")
    assert [hub.core.counters[name] for name in counted] == [1, 1, 1, 1]
    kept = hub.rows("deadline", "owner", "subject")
    assert ("detector:of_tomorrow", "door-1") in kept
    assert "no-number/acknowledge" not in [subject for _, subject in kept]


def test_a_last_will_is_recorded_as_a_hint(hub: Hub, agent: ModelAgent):
    hub.take(Message(agent_topic(SITE, "gatehouse", "status"), b'{"online":false}'))
    assert hub.rows("event", "kind") == ["agent_lost"]
    assert hub.incidents() == []


def test_a_turn_that_is_over_does_not_wait_for_the_collector_of_rings(hub: Hub, agent: ModelAgent):
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            hub.take(agent.says("door-1", DoorContact(open=True)), agent.says("door-1", DoorContact(open=False)))
        left = [one for one in gc.get_objects() if isinstance(one, (Turn, Casebook, Alarmbook, Outcome))]
    finally:
        gc.enable()
    assert left == []
