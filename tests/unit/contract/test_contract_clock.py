"""Times on the wire and on the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock, SystemClock, parse_rfc3339, rfc3339
from contract.topics import agent_topic, all_agents, incident_topic, parse_agent_topic

YEAR_2200_US = 7_258_118_400_000_000


@given(st.integers(min_value=0, max_value=YEAR_2200_US))
def test_a_time_survives_its_text(at_us):
    assert parse_rfc3339(rfc3339(at_us)) == at_us


def test_an_offset_is_taken_off():
    assert parse_rfc3339("2026-01-01T08:00:00+08:00") == parse_rfc3339("2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text", ["", "2026-01-01", "2026-01-01T00:00:00", "yesterday", "2026-13-01T00:00:00Z", "20260101T000000Z"]
)
def test_other_texts_are_no_times(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_rfc3339(text)


def test_a_manual_clock_steps_its_wall_alone():
    clock = ManualClock(now_us=1_000, mono_us=5)
    clock.advance_us(10)
    clock.step_wall_us(-500)
    assert (clock.now_us(), clock.mono_us()) == (510, 15)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance_us(-1)


def test_the_machines_clocks_move_on():
    clock = SystemClock()
    assert clock.mono_us() <= clock.mono_us()
    assert clock.now_us() > parse_rfc3339("2026-01-01T00:00:00Z")


def test_a_topic_is_parsed_as_it_was_built():
    topic = agent_topic("garden", "gate-1", "batch")
    parsed = parse_agent_topic(topic)
    assert parsed is not None
    assert tuple(parsed) == ("garden", "gate-1", "batch")
    assert all_agents("garden", "batch") == "watchkeeper/garden/agents/+/batch"
    assert incident_topic("garden", 7) == "watchkeeper/garden/incidents/7"


@pytest.mark.parametrize(
    "topic",
    ["", "watchkeeper/s/agents/a/b", "watchkeeper/s/agents/a/batch/x", "other/s/agents/a/batch", "watchkeeper/S/agents/a/batch",
     "watchkeeper/s/agents//batch", "watchkeeper/s/agents/a b/batch", "watchkeeper/s/agents/门/batch"],
)  # fmt: skip
def test_any_other_topic_is_none_of_ours(topic):
    assert parse_agent_topic(topic) is None


@pytest.mark.parametrize("name", ["", "#", "+", "a/b", "A", "a b", "-a", "a" * 64, "门"])
def test_what_is_no_id_builds_no_topic(name):
    with pytest.raises(ValueError, match="not an id"):
        agent_topic(name, "a", "batch")
