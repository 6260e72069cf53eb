"""The rounds of the demo's night: when they are, who walks them, what goes wrong on them, and what must come of it. Pure.

The windows are worked out here once more, from the list below alone: what a hub makes of its policy and its estate file is held
against it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S

DUTY = "patrol-night"
GAP = "duty_gap"
ZONE = ZoneInfo("Asia/Shanghai")
EVERY_S, OPEN_S, TOLERANCE_S = 12, 8, 2
"""Each round opens so long after the one before, is due so long after it has opened, and may be so much late."""
ENDS_S = OPEN_S + TOLERANCE_S
NIGHT_S = 7_200
"""So long a night lasts: the hub plans a day and a half ahead, and would else begin with ten thousand rounds."""

AFTER_S, BEFORE_S = 1.8, 1.2
"""A visit that is nearer to the opening, or to the end, could go either way: a wand shows whole seconds, and how far its clock is
off is known to half a second."""
DEAD_ROUNDS = 25
"""So long the reader stays dead: five minutes."""
LAST_S = 2.0
"""A visit so near to the end is a near miss."""
WHOLE_S = 14.0
"""From a round's opening on, until its wand is home and may be looked at."""

_MINUTE_US, _DAY_US = 60 * US_PER_S, 86_400 * US_PER_S
Outcome = Literal["kept", "near_miss", "episode", "ambiguous"]


class Walk(NamedTuple):
    """One round: when each place of the route is visited, in seconds after the opening, None: not at all; and when the wand is
    back in its cradle. `dead`: the reader is. Words for people."""

    visits_s: tuple[float | None, ...]
    home_s: float
    zh: str
    en: str
    dead: bool = False


class Beat(NamedTuple):
    """A route of the estate, who walks it, with what, and what happens round by round, over and over. `guard_tag`: what the wand
    is told whose it is by. `every_s`: from one opening to the next."""

    route: str
    zh: str
    en: str
    places: tuple[str, ...]
    source: str
    guard: str
    guard_tag: str
    walks: tuple[Walk, ...]
    every_s: int = EVERY_S


def _well(*visits_s: float) -> Walk:
    return Walk(visits_s, visits_s[-1] + 1.0, "按时巡完", "walks the whole round in time")


WELL = _well(4.0)
"""At a route of one place."""
_REPAIR = Walk((None,), 0.0, "读卡器抢修中，未打卡", "the reader is under repair: nobody scans")
DEAD = Walk((None,), 0.0, "读卡器失联，不追究保安", "no reader, nobody is blamed", dead=True)

# fmt: off
BEATS = (
    Beat("night-east", "东线", "east round", ("lobby", "playground", "pond"), "wand-1", "zhang-wei", "A0FF01", (
        Walk((3.0, None, 8.3), 9.2, "抄近路，漏一处", "cuts a corner, and is at the last place in the last moment"),
        Walk((3.2, 5.0, 7.0), 12.6, "巡完，巡更棒迟还", "walks it all, and the wand comes home late"),
        _well(3.5, 5.0, 6.5),
        Walk((3.2, 5.0, None), 12.6, "漏一处，巡更棒迟还", "leaves a place out, and the wand comes home late"),
        _well(3.5, 5.0, 6.5),
    )),
    Beat("night-west", "西线", "west round", ("roof", "bins", "wall"), "wand-2", "li-na", "A0FF02", (
        Walk((3.0, None, 6.5), 12.6, "漏一处，巡更棒迟还", "leaves a place out, and the wand comes home late"),
        Walk((3.5, 6.0, 8.3), 9.2, "最后一刻到位", "is at the last place in the last moment"),
        Walk((None, None, None), 0.0, "整轮未巡", "does not walk at all"),
        _well(3.0, 4.5, 6.0),
    )),
    Beat("substation", "配电房", "substation", ("substation",), "reader-3", "wang-fang", "", (
        Walk((8.3,), 0.0, "最后一刻刷卡", "scans in the last moment"),
        *(DEAD,) * DEAD_ROUNDS, *(_REPAIR,) * 3,  # an agent looks for a lost device every half minute
        WELL, WELL,
    )),
)
# fmt: on


CHECK_IN, RECORD = "post-check-in", "two-hour-record"
DESK_PLACE = "monitor-room"
# fmt: off
DESK_BEATS = (
    Beat(CHECK_IN, "查岗", "check-in", (DESK_PLACE,), "hub", "li-wei", "", (
        Walk((4.0,), 0.0, "应答查岗", "answers the check-in"),
        Walk((None,), 0.0, "离岗，查岗无应答", "has left the post: nobody answers the check-in"),
        Walk((8.3,), 0.0, "最后一刻应答查岗", "answers the check-in in the last moment"),
        Walk((4.5,), 0.0, "应答查岗", "answers the check-in"),
    ), 2 * EVERY_S),
    Beat(RECORD, "值班记录", "record", (DESK_PLACE,), "hub", "li-wei", "", (
        Walk((5.0,), 0.0, "写值班记录", "writes the record of two hours"),
    ), 3 * EVERY_S),
)
# fmt: on
"""What is done at the desk, by duty: seconds stand for half an hour, and for two hours. A window is open as long as a round's."""


def plain(beat: Beat) -> Walk:
    """A round on which nothing happens: before life begins, and after it has ended."""
    return _well(*(3.0 + 1.5 * at for at in range(len(beat.places))))


class Night(NamedTuple):
    """The nights' rounds. `begins_us`: when the first of them opens, at a whole local minute; each night begins at that time of
    day."""

    begins_us: int

    @classmethod
    def at(cls, now_us: int) -> "Night":
        """The night that it is now."""
        return cls(now_us - now_us % _MINUTE_US)

    def hours(self) -> tuple[str, str]:
        """From when until when, local, as a policy has it."""
        begin, end = (datetime.fromtimestamp(self.begins_us // US_PER_S + more_s, ZONE) for more_s in (0, NIGHT_S))
        return f"{begin:%H:%M}", f"{end:%H:%M}"

    def next_us(self, from_us: int, every_s: int = EVERY_S) -> int:
        """When the first round opens that opens then or later."""
        every_us = every_s * US_PER_S
        since_us = -(-max(0, from_us - self.begins_us) // every_us) * every_us
        days, rest_us = divmod(since_us, _DAY_US)
        return self.begins_us + (since_us if rest_us < NIGHT_S * US_PER_S else (days + 1) * _DAY_US)

    def span(self, begin_us: int, end_us: int | None) -> "Span":
        """The rounds that lie wholly in a life from `begin_us` to `end_us`, or without an end."""
        first_us = self.next_us(begin_us)
        last_us = None if end_us is None else end_us - int(WHOLE_S * US_PER_S)
        return Span(first_us, last_us)


class Span(NamedTuple):
    """The rounds that open from `first_us` to `last_us`, None: and so on."""

    first_us: int
    last_us: int | None

    def has(self, opens_us: int) -> bool:
        """Whether the round is one of them."""
        return opens_us >= self.first_us and (self.last_us is None or opens_us <= self.last_us)

    def number(self, opens_us: int, every_s: int = EVERY_S) -> int:
        """How many rounds' time after the first one."""
        return (opens_us - self.first_us) // (every_s * US_PER_S)

    def ends(self) -> tuple[int, int | None]:
        """When the first one's windows end, and the latest moment at which another's may."""
        ends_us = ENDS_S * US_PER_S
        return self.first_us + ends_us, None if self.last_us is None else self.last_us + ends_us


def outcome(visits_s: Sequence[float], home_s: float) -> Outcome:
    """What becomes of one place's window. `visits_s`: when it was really visited, in seconds after the opening; `home_s`: when
    what had read the tag could tell. Evidence that comes home after the end takes its gap back, which is a near miss."""
    inside = [at for at in visits_s if AFTER_S <= at <= ENDS_S - BEFORE_S]
    if inside:
        return "near_miss" if home_s > ENDS_S or min(inside) >= ENDS_S - LAST_S else "kept"
    doubtful = any(-BEFORE_S < at < ENDS_S + AFTER_S for at in visits_s)
    return "ambiguous" if doubtful else "episode"
