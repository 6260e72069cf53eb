"""Why nothing was recorded."""

import pytest

from contract.clock import US_PER_S
from contract.footage import RecorderState
from contract.readings import AgentStarted, CameraLink, DoorContact
from hub.detectors.footage import FOOTAGE_HOLE
from hub.footage.causes import CAUSE_WORDS, Word, Work, cause_of, explained, word_of
from hub.footage.coverage import Hole

S = US_PER_S
HOLE = Hole(100 * S, 200 * S)


def words(*said):
    return [Word(int(at_s * S), word) for at_s, word in said]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ((), "unknown"),
        (((110, "camera_lost"),), "camera_lost"),
        (((99, "disk_full"),), "disk_full"),
        (((90, "disk_full"),), "unknown"),  # there was footage after it
        (((110, "camera_lost"), (111, "disk_full")), "camera_lost"),
        (((150, "agent_started"), (151, "recording")), "agent_down"),
        (((110, "stopped"), (150, "agent_started")), "stopped"),
        (((201, "camera_lost"),), "unknown"),
        (((110, "recording"), (111, "linked")), "unknown"),
    ],
)
def test_what_was_said_as_it_began_or_while_it_lasted_is_the_cause(said, cause):
    assert cause_of(HOLE, words(*said), []) == cause


def test_planned_work_counts_before_all_else():
    assert cause_of(HOLE, words((110, "camera_lost")), [Work(150 * S, 300 * S)]) == "planned"
    assert cause_of(HOLE, words((110, "camera_lost")), [Work(200 * S, 300 * S)]) == "camera_lost"


def test_what_has_a_cause_keeps_it():
    assert [one.cause for one in explained([HOLE, HOLE._replace(cause="missing")], [], [])] == ["unknown", "missing"]


def test_readings_say_words():
    assert [
        word_of(one)
        for one in (
            RecorderState(recording=True, reason="started"), RecorderState(recording=False, reason="planned"),
            CameraLink(connected=True), CameraLink(connected=False), AgentStarted("1"), DoorContact(open=True),
        )
    ] == ["recording", "planned", "linked", "camera_lost", "agent_started", ""]  # fmt: skip


def test_every_cause_has_words_in_both_languages():
    reasons = set(RecorderState.__annotations__["reason"].__args__) - {"started"}
    assert reasons <= set(CAUSE_WORDS)
    assert all(zh and en for zh, en in CAUSE_WORDS.values())
    assert RecorderState in FOOTAGE_HOLE.kinds
