"""Sources that come back again and again: the episodes of one that chatters are one case with a count. Pure; on event time."""

import msgspec

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number

EPISODES_MAX = 16
"""So many episodes of a chattering case can still be spoken of; a detector takes back one of the last four."""


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a detector's subject. `returned_us`: when it last returned to normal, of so many times as matter;
    `case_no`: its chattering case; `episodes`: those that were merged into that, the present one last; `shelved_no`: the newest
    case that was shelved."""

    returned_us: tuple[int, ...] = ()
    case_no: int = 0
    episodes: tuple[str, ...] = ()
    shelved_no: int = 0


def returned(source: Source | None, at_us: int, policy: Numbers) -> Source:
    """The source has returned to normal."""
    was = Source() if source is None else source
    times = int(number(policy, "CMD-2", "chatter_times"))
    return msgspec.structs.replace(was, returned_us=(*_within(was, at_us, policy), at_us)[-times - 1 :])


def comebacks(source: Source | None, at_us: int, policy: Numbers) -> int:
    """How often the source has come back within the window, with a begin at `at_us`, where that is more often than the policy
    takes; else 0."""
    times = 0 if source is None else len(_within(source, at_us, policy))
    return times if times > number(policy, "CMD-2", "chatter_times") else 0


def merged(source: Source, episode: str) -> Source:
    """One more episode of its chattering case."""
    return msgspec.structs.replace(source, episodes=(*source.episodes, episode)[-EPISODES_MAX:])


def is_stale(source: Source, now_us: int, policy: Numbers) -> bool:
    """Whether nothing of it matters any more, but for cases that are live."""
    return not _within(source, now_us, policy)


def _within(source: Source, at_us: int, policy: Numbers) -> tuple[int, ...]:
    window_us = int(number(policy, "CMD-2", "chatter_window_s") * US_PER_S)
    return tuple(one for one in source.returned_us if abs(at_us - one) < window_us)
