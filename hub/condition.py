"""What state a device is in, as far as it has told: pure functions over the newest readings that the hub has committed.

A word is what one kind of reading tells, such as `open`. The newest word of each kind is kept for each device, and since when it
has been the same. A condition is what they say together: one word for people. What was never heard, what is no longer heard, and
what may have changed while nobody heard it is `unknown`, and never the state before.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from contract.clock import US_PER_S

LINK = "device_link"
SLACK_US = 2 * US_PER_S
"""A driver that (re)connects tells the link and what it finds there at about one time, by an offset that may move between."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _fault_or(name: str, yes: str, no: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda said: "faulty" if said.get("faulty") else yes if said.get(name) else no


def _either(name: str, yes: str, no: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda said: yes if said.get(name) else no


WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    LINK: _either("up", "up", "down"),
    "barrier_state": lambda said: str(said.get("position", "unknown")),
    "arm_state": _either("attached", "attached", "off"),
    "loop_state": _fault_or("occupied", "occupied", "free"),
    "beam_state": _fault_or("blocked", "blocked", "clear"),
    "door_contact": _either("open", "open", "closed"),
    "camera_link": _either("connected", "up", "down"),
    "picture_dark": _either("active", "dark", "light"),
    "picture_frozen": _either("active", "frozen", "moving"),
    "picture_blinded": _either("active", "blinded", "clear"),
    "picture_defocused": _either("active", "defocused", "sharp"),
    "picture_moved": _either("active", "moved", "in_place"),
    "picture_occluded": _either("active", "occluded", "open"),
}
"""What a reading of each kind says of the state, from its body. Kinds that are not here say nothing that lasts; those that name
one of many inputs of a panel are left to incidents, which keep them apart."""


class Word(NamedTuple):
    """A row of `device_state`: what the device told last by readings of this kind. `since_us`: told the same ever since;
    `at_us`: when it was told last."""

    site: str
    device: str
    kind: str
    word: str
    since_us: int
    at_us: int


class Named(NamedTuple):
    """A word for people."""

    zh: str
    en: str
    abnormal: bool = False


class Signal(NamedTuple):
    """One thing about a device, such as its loop, and since when."""

    kind: str
    name: str
    named: Named
    since_us: int | None


class Condition(NamedTuple):
    """What state a device is in, and the signals beside it. `since_us`: None where that is not known."""

    name: str
    named: Named
    since_us: int | None
    signals: tuple[Signal, ...] = ()


UNKNOWN = Named("未知", "unknown")
# fmt: off
CONDITIONS: Mapping[str, Mapping[str, Named]] = {
    "barrier_state": {
        "open": Named("已开", "open"),
        "closed": Named("已关", "closed"),
        "moving": Named("动作中", "moving"),
        "unknown": Named("位置不明", "position unknown", abnormal=True)},
    "door_contact": {"open": Named("已开", "open"), "closed": Named("已关", "closed")},
    "camera_link": {"up": Named("画面正常", "picture arrives"), "down": Named("画面中断", "no picture", abnormal=True)},
    "arm_state": {"attached": Named("杆在位", "arm in place"), "off": Named("杆脱落", "arm knocked off", abnormal=True)},
    "loop_state": {
        "occupied": Named("地感有车", "loop occupied"),
        "free": Named("地感无车", "loop free"),
        "faulty": Named("地感故障", "loop faulty", abnormal=True)},
    "beam_state": {
        "blocked": Named("对射遮挡", "beam blocked"),
        "clear": Named("对射畅通", "beam clear"),
        "faulty": Named("对射故障", "beam faulty", abnormal=True)},
    "picture_dark": {"dark": Named("画面过暗", "dark picture", abnormal=True), "light": Named("亮度正常", "light enough")},
    "picture_frozen": {
        "frozen": Named("画面冻结", "frozen picture", abnormal=True),
        "moving": Named("画面在动", "moving picture")},
    "picture_blinded": {
        "blinded": Named("被强光照射", "blinded by a light", abnormal=True),
        "clear": Named("无强光", "no glare")},
    "picture_defocused": {"defocused": Named("画面失焦", "out of focus", abnormal=True), "sharp": Named("画面清晰", "in focus")},
    "picture_moved": {"moved": Named("视角被移动", "moved", abnormal=True), "in_place": Named("视角未变", "in its place")},
    "picture_occluded": {"occluded": Named("画面被遮挡", "covered", abnormal=True), "open": Named("画面无遮挡", "not covered")},
    LINK: {"up": Named("在线", "in contact"), "down": Named("失联", "lost", abnormal=True)},
}
"""Each kind's words for people. What is abnormal is so for any device; whether an open door is depends on more, and is a
detector's to find."""

MAIN: Mapping[str, str] = {"barrier": "barrier_state", "door": "door_contact", "camera": "camera_link"}
"""Which kind tells the state of a kind of device; of all others it is known only whether they are heard."""

STILL = frozenset(("barrier", "door"))
"""What stays as it was, or does not, when nobody hears it any more: its state is unknown then."""

NAMES: Mapping[tuple[str, str], str] = {
    ("barrier_state", "unknown"): "position_unknown",
    ("camera_link", "up"): "live",
    ("camera_link", "down"): "lost",
    (LINK, "up"): "in_contact",
    (LINK, "down"): "lost",
}
"""The names of conditions that are not called as the reading's word is."""

OVERRIDES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "camera": (
        ("picture_defocused", "defocused"), ("picture_blinded", "blinded"), ("picture_moved", "moved"),
        ("picture_occluded", "occluded"), ("picture_dark", "dark"), ("picture_frozen", "frozen")),
}
"""What is told instead of the main word while it lasts, the weightiest last."""
# fmt: on

LOST = Named("未知（设备失联）", "unknown: the device is lost", abnormal=True)
SILENT = Named("未知（采集端无应答）", "unknown: its agent is silent")


@lru_cache(maxsize=4096)
def word_of(kind: str, body: str) -> str:
    """What a reading tells, from its body. Most bodies have been seen before."""
    return WORDS[kind](_decode(body))


def told(site: str, events: Iterable[tuple[str, str, int, str]]) -> list[Word]:
    """What events tell, each its device, kind, time and body, to be put one after another: for each device and kind the last run
    of equal words, and before it the end of the run before, so that whoever puts them sees that it changed."""
    runs: dict[tuple[str, str], list[list[Any]]] = {}
    for device, kind, at_us, body in events:
        word = word_of(kind, body)
        found = runs.get((device, kind))
        if found is None:
            runs[device, kind] = [[word, at_us, at_us]]
        elif at_us >= found[-1][2]:  # what a backlog brings late changes nothing
            if found[-1][0] == word:
                found[-1][2] = at_us
            else:
                found[:] = (found[-1], [word, at_us, at_us])
    return [Word(site, device, kind, *run) for device, kind in sorted(runs) for run in runs[device, kind]]


def condition_of(kind: str, words: Mapping[str, Word], *, agent_heard: bool) -> Condition:
    """What a device of this kind is in, by its newest words."""
    if not words:
        return Condition("unknown", UNKNOWN, None)
    if not agent_heard:
        return Condition("unknown", SILENT, None)
    link = words.get(LINK)
    if link is not None and link.word == "down":
        still = kind in STILL
        return Condition("unknown" if still else "lost", LOST if still else _named(link), link.since_us)
    counted = {name: word for name, word in words.items() if link is None or word.at_us + SLACK_US >= link.at_us}
    signals = tuple(_signal(word) for name, word in counted.items() if name not in (MAIN.get(kind), LINK))
    main = counted.get(MAIN.get(kind, LINK))
    if main is None:
        return Condition("unknown", UNKNOWN, None, signals)
    shown = main
    if main.word == "up":
        for name, word in OVERRIDES.get(kind, ()):
            over = counted.get(name)
            shown = over if over is not None and over.word == word else shown
    name = NAMES.get((shown.kind, shown.word), shown.word)
    return Condition(name, _named(shown), shown.since_us, signals)


def _signal(word: Word) -> Signal:
    return Signal(word.kind, word.word, _named(word), word.since_us)


def _named(word: Word) -> Named:
    return CONDITIONS[word.kind].get(word.word, UNKNOWN)
