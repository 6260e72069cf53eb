"""Segments as they come turn by turn, on both databases: into the index, never into the events."""

import pytest
from sqlalchemy import text

from contract.clock import US_PER_S
from contract.footage import NoSpan, RecorderState, SegmentRecorded
from contract.readings import AgentStarted, CameraLink, DoorContact
from hub.footage.coverage import Run
from hub.footage.packing import HOUR_US
from hub.store.backup import backup, restore
from hub.store.footage_reads import FootageReads
from hub.store.footage_rows import Track, drop
from hub.store.sweep import sweep_footage
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import OTHER_KEY, SITE, STREAM, ModelAgent, sqlite_url

S = US_PER_S


def segment(agent, from_us, length_s=10, **more):
    """Told as it ends, by the agent's clock."""
    offset_us = agent.offset_us or 0
    told = {"no": from_us + offset_us, "start_us": from_us + offset_us, "end_us": from_us + offset_us + length_s * S}
    return agent.note("camera-1", SegmentRecorded(**({**told, "size_bytes": 900, "init_bytes": 30} | more)))


def record(hub, agent, seconds, step_s=10):
    """Time passes, a segment after another."""
    for _ in range(seconds // step_s):
        from_us = hub.clock.now_us()
        hub.clock.advance_us(step_s * S)
        hub.take(agent.batch([segment(agent, from_us)]))


@pytest.fixture
def site(any_url, make_hub):
    hub = make_hub(any_url)
    return hub, ModelAgent(hub.clock), FootageReads(hub.engine, SITE)


def seen(hub):
    reads = FootageReads(hub.engine, SITE)
    pieces = reads.pieces("camera-1", "main", 0, 2**60)
    return pieces, hub.rows("footage_run"), hub.rows("footage_track"), hub.rows("footage_word"), hub.incidents(), hub.seqs()


def test_segments_are_in_the_index_and_are_no_events(site):
    hub, agent, reads = site
    began_us = hub.clock.now_us()
    record(hub, agent, 60)
    hub.take(agent.says("door-1", DoorContact(open=False)))
    assert hub.seqs() == [7]
    assert reads.line("camera-1", "main", began_us, began_us + 60 * S).runs == (Run(began_us, began_us + 60 * S),)
    piece = reads.piece_at("camera-1", "main", began_us + 15 * S)
    assert piece is not None
    assert (piece.no, piece.start_us, piece.size_bytes, piece.init_bytes) == (began_us + 10 * S, began_us + 10 * S, 900, 30)
    assert hub.core.counters["segments_new"] == 6


def test_times_are_on_the_hubs_line_whatever_the_agents_clock_says(site):
    hub, agent, reads = site
    agent.offset_us = -40 * 86_400 * S
    began_us = hub.clock.now_us()
    record(hub, agent, 30)
    piece = reads.piece_at("camera-1", "main", began_us + 15 * S)
    assert piece is not None
    assert (piece.no, piece.start_us) == (began_us + 10 * S + agent.offset_us, began_us + 10 * S)


def test_told_again_in_another_stream_and_by_a_clock_that_was_set_right_it_is_the_same_segment(site):
    hub, agent, _ = site
    record(hub, agent, 30)
    before = seen(hub)[0]
    again = ModelAgent(hub.clock, stream="0" * 31 + "2")
    again.offset_us = 25 * S
    again.log = []
    for one in agent.log:
        again.note("camera-1", one.reading)
    hub.take(again.batch(again.log))
    assert seen(hub)[0] == before
    assert hub.core.counters["segments_known"] == 3


def test_what_is_no_segment_is_put_aside_and_the_stream_goes_on(site):
    hub, agent, _ = site
    now_us = hub.clock.now_us()
    bad = [
        segment(agent, now_us - 50 * S, end_us=now_us - 50 * S),
        segment(agent, now_us - 50 * S, end_us=now_us - 60 * S),
        segment(agent, now_us - 3 * HOUR_US, end_us=now_us - 1),
        segment(agent, now_us - 50 * S, no=-1),
        segment(agent, now_us - 50 * S, size_bytes=10, init_bytes=11),
        segment(agent, now_us - 50 * S, size_bytes=2**50),
    ]
    good = segment(agent, now_us - 50 * S)
    assert hub.take(agent.batch([*bad, good]))[0].up_to == 7
    assert [reason for (reason,) in hub_reasons(hub)] == ["bad_segment"] * 6
    assert [one.no for one in seen(hub)[0]] == [now_us - 50 * S]
    assert ("quarantined", "open") in hub.incidents()


def hub_reasons(hub):
    with hub.engine.connect() as connection:
        return connection.execute(text("SELECT reason FROM quarantine ORDER BY seq")).all()


def test_a_segment_of_the_future_ends_now(site):
    hub, agent, _ = site
    now_us = hub.clock.now_us()
    hub.take(agent.batch([segment(agent, now_us)]))
    ((piece,), *_) = seen(hub)
    assert (piece.start_us, piece.end_us) == (now_us - 10 * S, now_us)
    assert hub.core.counters["future_times"] == 1


def test_another_agents_camera_is_foreign(site):
    hub, _, _ = site
    cellar = ModelAgent(hub.clock, "cellar", OTHER_KEY, "f" * 32)
    hub.take(cellar.batch([segment(cellar, hub.clock.now_us() - 20 * S)]))
    assert seen(hub)[0] == []
    assert [reason for (reason,) in hub_reasons(hub)] == ["foreign_device"]


def test_a_spool_that_drains_after_two_days_lands_in_its_hours(site):
    hub, agent, reads = site
    began_us = hub.clock.now_us()
    late = [segment(agent, began_us + at * S) for at in range(0, 2 * 86_400, 100)]
    hub.clock.advance_us(2 * 86_400 * S)
    for at in range(0, len(late), 250):
        hub.take(agent.batch(late[at : at + 250]))
    record(hub, agent, 30)
    line = reads.line("camera-1", "main", began_us, began_us + 2 * 86_400 * S)
    assert len(line.runs) == len(late)
    assert len(line.holes) == len(late)
    assert {hole.until_us - hole.from_us for hole in line.holes} == {90 * S}
    assert len(hub.rows("footage_tail")) <= 360
    assert len(hub.rows("footage_hour")) == 48


def test_what_recorders_cameras_and_agents_say_is_kept_for_the_causes(site):
    hub, agent, _ = site
    hub.take(agent.says("camera-1", RecorderState(recording=True, reason="started", stream="sub")))
    hub.later(5, agent.says("camera-1", CameraLink(connected=False)))
    hub.later(5, agent.says("camera-1", RecorderState(recording=False, reason="camera_lost")))
    hub.later(5, agent.says("gatehouse", AgentStarted("1")))
    assert hub.rows("footage_word", "device", "stream", "word") == [
        ("camera-1", "", "camera_lost"), ("camera-1", "main", "camera_lost"), ("camera-1", "sub", "recording"),
        ("gatehouse", "", "agent_started"),
    ]  # fmt: skip


def holes(hub):
    return [state for name, state in hub.incidents() if name == "footage_hole"]


def test_a_hole_is_an_incident_when_it_happens(site):
    hub, agent, _ = site
    record(hub, agent, 60)
    hub.take(agent.says("camera-1", RecorderState(recording=False, reason="disk_full")))
    for _ in range(5):
        hub.later(11, agent.batch([agent.beat("camera-1")]))
    assert holes(hub) == []
    hub.later(6)
    hub.take(agent.batch([agent.beat("camera-1")]))
    assert holes(hub) == ["open"]
    record(hub, agent, 20)
    (facts,) = [facts for name, facts in hub.rows("case_", "detector", "facts") if name == "footage_hole"]
    assert '"hole_cause":"disk_full"' in facts
    assert '"length_s":61.0' in facts


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_index_comes_to_the_same_end(any_url, make_hub, tmp_path, step):
    reference = make_hub(sqlite_url(tmp_path / "reference"))
    agent = ModelAgent(reference.clock)
    from_us = reference.clock.now_us() // HOUR_US * HOUR_US
    reference.clock.advance_us(2 * HOUR_US)
    for at in range(0, 3_700, 100):
        segment(agent, from_us + at * S, length_s=99)
    agent.note("camera-1", RecorderState(recording=False, reason="camera_lost"))
    parts = [agent.log[at : at + 13] for at in range(0, 39, 13)]
    for part in parts:
        reference.take(agent.batch(part))

    hub = make_hub(any_url, reference.clock)
    hub.take(agent.batch(parts[0]))
    for part in parts[1:]:
        hub.hook = kill_at(step)
        with pytest.raises(Killed):
            hub.take(agent.batch(part))
        hub.crash_and_reopen()
        hub.take(agent.batch(part))
    assert seen(hub) == seen(reference)
    assert len(hub.rows("footage_hour")) == 1


def test_a_backup_holds_the_index(any_url, make_hub, tmp_path):
    hub = make_hub(any_url)
    agent = ModelAgent(hub.clock)
    record(hub, agent, 4_000)
    before = seen(hub)
    hub.close()
    file = tmp_path / "backup.zip"
    backup(any_url, file)
    restored = sqlite_url(tmp_path / "restored")
    restore(file, restored, hub.clock.now_us())
    again = make_hub(restored, hub.clock)
    assert seen(again)[:4] == before[:4]
    again.take(agent.batch(agent.log[-100:]))
    assert seen(again)[:4] == before[:4]
    assert STREAM in hub.said.receipts[-1][1].stream


def test_old_words_go_but_the_last_of_each_and_footage_that_is_there_is_not_touched(site):
    hub, agent, _ = site
    record(hub, agent, 30)
    for recording in (True, False, True):
        hub.later(5, agent.says("camera-1", RecorderState(recording=recording, reason="camera_lost")))
    now_us = hub.clock.now_us() + 1
    with hub.engine.begin() as connection:
        track = Track(SITE, "camera-1", "main")
        drop(connection, track, [NoSpan(agent.log[0].reading.no, agent.log[0].reading.no)], "due")
        assert sweep_footage(connection, SITE, now_us) == 3
        assert sweep_footage(connection, SITE, now_us) == 0
    assert hub.rows("footage_word", "word") == ["recording"]
    assert hub.rows("footage_run", "what") == ["there"]
    assert len(seen(hub)[0]) == 2
