"""Why nothing was recorded: what recorders, cameras and agents said around a hole, and work that was planned. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.footage import RecorderState
from contract.readings import AgentStarted, CameraLink, Reading
from hub.footage.coverage import Hole

RECORDING, LINKED, AGENT_STARTED = "recording", "linked", "agent_started"
CAMERA_LOST, AGENT_DOWN, AGENT_SILENT, PLANNED, UNKNOWN = "camera_lost", "agent_down", "agent_silent", "planned", "unknown"
NEAR_US = 60 * US_PER_S
"""A recorder gives a camera up that long after its last picture at the most, and an agent says that it has started so long before
its first one."""


class Word(NamedTuple):
    """What was said then: that it records, that the camera is there, that the agent has started; or a cause."""

    at_us: int
    word: str


class Work(NamedTuple):
    """Planned work there, from then until then."""

    from_us: int
    until_us: int


def word_of(reading: Reading) -> str:
    """What a reading says about why nothing is recorded; empty: nothing."""
    if isinstance(reading, RecorderState):
        return RECORDING if reading.recording else reading.reason
    if isinstance(reading, CameraLink):
        return LINKED if reading.connected else CAMERA_LOST
    return AGENT_STARTED if isinstance(reading, AgentStarted) else ""


def explained(holes: Iterable[Hole], words: Sequence[Word], works: Sequence[Work]) -> list[Hole]:
    """The holes, each with its cause. `words`: of the stream, its camera and its agent, in order."""
    return [hole if hole.cause else hole._replace(cause=cause_of(hole, words, works)) for hole in holes]


def cause_of(hole: Hole, words: Sequence[Word], works: Sequence[Work]) -> str:
    """Planned work counts before all else; then what was said when the hole began, then what was said while it lasted; then that
    the agent has started again, which says that it was off."""
    if any(one.from_us < hole.until_us and hole.from_us < one.until_us for one in works):
        return PLANNED
    before = [one for one in words if one.at_us <= hole.from_us and one.word not in (LINKED, AGENT_STARTED)]
    if before and before[-1].word != RECORDING and not _is_over(before[-1], words, hole.from_us):
        return before[-1].word
    during = [one for one in words if hole.from_us < one.at_us <= hole.until_us + NEAR_US]
    said = [one.word for one in during if one.at_us <= hole.until_us and one.word not in (RECORDING, LINKED, AGENT_STARTED)]
    if said:
        return said[0]
    return AGENT_DOWN if any(one.word == AGENT_STARTED for one in during) else UNKNOWN


def _is_over(lost: Word, words: Sequence[Word], by_us: int) -> bool:
    """A camera that was lost and came back again records, whatever its recorder says."""
    return lost.word == CAMERA_LOST and any(one.word == LINKED and lost.at_us < one.at_us <= by_us for one in words)
