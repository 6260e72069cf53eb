"""Why nothing was recorded: what recorders, cameras and agents said around a hole, and work that was planned. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.footage import RecorderState
from contract.readings import AgentStarted, CameraLink, Reading
from hub.footage.coverage import Hole

RECORDING, LINKED, AGENT_STARTED = "recording", "linked", "agent_started"
CAMERA_LOST, AGENT_DOWN, AGENT_SILENT, PLANNED, UNKNOWN = "camera_lost", "agent_down", "agent_silent", "planned", "unknown"
WORD_US = 2 * US_PER_S
"""A recorder may say that it writes nothing so long before the last segment's end."""


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
    """Planned work counts before all else; then what was said first as the hole began, or while it lasted; then that the agent
    has started again, which says that it was off. What was said before the last footage counts no more."""
    if any(one.from_us < hole.until_us and hole.from_us < one.until_us for one in works):
        return PLANNED
    during = [one for one in words if hole.from_us - WORD_US <= one.at_us <= hole.until_us]
    said = [one.word for one in during if one.word not in (RECORDING, LINKED, AGENT_STARTED)]
    if said:
        return said[0]
    return AGENT_DOWN if any(one.word == AGENT_STARTED for one in during) else UNKNOWN


CAUSE_WORDS: Mapping[str, tuple[str, str]] = {
    "camera_lost": ("摄像机离线", "camera lost"),
    "disk_full": ("存储已满", "disk full"),
    "disk_failed": ("存储故障", "disk failed"),
    "stopped": ("录像程序已停止", "recorder stopped"),
    "unplayable": ("视频流无法录制", "stream cannot be recorded"),
    "planned": ("计划内作业", "planned work"),
    "agent_down": ("采集端停机或断电", "agent was off or without power"),
    "agent_silent": ("采集端失联，录像可能仍在本地", "agent silent: it may record all the while"),
    "missing": ("录像文件丢失", "files found missing"),
    "drop_oldest": ("存储已满，最早录像被提前删除", "disk full: the oldest was deleted early"),
    "unknown": ("原因不明", "unknown"),
}
"""What causes are called, in Chinese and in English."""
