"""What was done to the twins, and what a hub must make of it: pure.

The expected incidents are derived from the times at which things were really done, never from what the hub says. A duration
near a limit could go either way, so a script does not stop there: see `settled_s`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from threading import Lock
from typing import Literal, NamedTuple

from contract.clock import US_PER_S
from watchkeeper.demo.rounds import Outcome

SHORT = 0.6
LONG = 1.5
"""Below SHORT of a limit is a near miss, from LONG of it on an episode; between lies what delays could turn either way."""

Verdict = Literal["episode", "near_miss", "ambiguous"]


class Lasted(NamedTuple):
    """A condition was there from `begin_us` to `end_us`. `limit_us` 0: the first moment counts."""

    detector: str
    subject: str
    begin_us: int
    end_us: int
    limit_us: int


class Happened(NamedTuple):
    """A thing that is counted: `limit` of them within `window_us` are an episode, which ends after a quiet window."""

    detector: str
    subject: str
    at_us: int
    limit: int
    window_us: int


class Tally(NamedTuple):
    """What the record comes to, by detector."""

    episodes: Counter[str]
    near_misses: Counter[str]
    ambiguous: list[str]


def verdict(lasted_us: int, limit_us: int) -> Verdict:
    """What a condition of that length is."""
    if lasted_us >= LONG * limit_us:
        return "episode"
    return "near_miss" if lasted_us <= SHORT * limit_us else "ambiguous"


def settled_s(lasted_s: float, limit_s: float) -> float:
    """How much longer a condition has to last so that it is not ambiguous: 0, unless it has passed SHORT already."""
    if lasted_s <= (SHORT - 0.1) * limit_s or lasted_s >= (LONG + 0.1) * limit_s:
        return 0.0
    return (LONG + 0.1) * limit_s - lasted_s


class Record:
    """Takes what twins' lanes have done, from any thread. What is over is added up at once, so that days of life take no room."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._so_far = Tally(Counter(), Counter(), [])
        self._bursts: dict[tuple[str, str], list[Happened]] = {}

    def lasted(self, one: Lasted) -> None:
        """A condition has ended."""
        with self._lock:
            self._so_far = add(self._so_far, tally_lasted([one]))

    def happened(self, one: Happened) -> None:
        """A counted thing was done, after all others of its subject."""
        with self._lock:
            row = self._bursts.setdefault((one.detector, one.subject), [])
            if row and one.at_us - row[-1].at_us >= LONG * one.window_us:
                self._so_far = add(self._so_far, tally_happened(row))
                row.clear()
            row.append(one)

    def harmless(self, detector: str) -> None:
        """Something was done that looks like a cause of `detector` and is none, however long it takes."""
        with self._lock:
            self._so_far = add(self._so_far, Tally(Counter(), Counter((detector,)), []))

    def judged(self, detector: str, subject: str, found: Outcome) -> None:
        """Something was done of which it is known what must come of it; what is `kept` is as it should be, and is not counted."""
        counters = {"episode": Counter[str](), "near_miss": Counter[str]()}
        if found in counters:
            counters[found][detector] += 1
        doubtful = [f"{detector} {subject}: too near to its limit"] if found == "ambiguous" else []
        with self._lock:
            self._so_far = add(self._so_far, Tally(counters["episode"], counters["near_miss"], doubtful))

    def tally(self) -> Tally:
        """What is to be expected of all that was done so far."""
        with self._lock:
            rows = [one for row in self._bursts.values() for one in row]
            return add(self._so_far, tally_happened(rows))


def tally_lasted(deeds: Iterable[Lasted]) -> Tally:
    """Conditions, one by one."""
    counted: dict[Verdict, Counter[str]] = {"episode": Counter(), "near_miss": Counter()}
    ambiguous = []
    for deed in deeds:
        found = verdict(deed.end_us - deed.begin_us, deed.limit_us)
        if found == "ambiguous":
            lasted_s, limit_s = (deed.end_us - deed.begin_us) / US_PER_S, deed.limit_us / US_PER_S
            ambiguous.append(f"{deed.detector} {deed.subject}: {lasted_s:.2f} s at a limit of {limit_s:.2f} s")
        else:
            counted[found][deed.detector] += 1
    return Tally(counted["episode"], counted["near_miss"], ambiguous)


def tally_happened(deeds: Iterable[Happened]) -> Tally:
    """Counted things: those of one subject that follow each other within the window belong together."""
    episodes, near_misses, ambiguous = Counter[str](), Counter[str](), list[str]()
    by_subject: Mapping[tuple[str, str], list[Happened]] = defaultdict(list)
    for deed in deeds:
        by_subject[deed.detector, deed.subject].append(deed)
    for (detector, subject), row in by_subject.items():
        row.sort(key=lambda deed: deed.at_us)
        for burst in _bursts(row):
            if len(burst) < burst[0].limit:
                near_misses[detector] += 1
            else:
                episodes[detector] += 1
                if burst[burst[0].limit - 1].at_us - burst[0].at_us > SHORT * burst[0].window_us:
                    ambiguous.append(f"{detector} {subject}: the burst took nearly its whole window")
        gaps = [(later.at_us - deed.at_us) / deed.window_us for deed, later in pairwise(row)]
        ambiguous += [f"{detector} {subject}: a gap of {gap:.2f} windows" for gap in gaps if SHORT < gap < LONG]
    return Tally(episodes, near_misses, ambiguous)


def add(*tallies: Tally) -> Tally:
    """All of them together."""
    return Tally(
        sum((one.episodes for one in tallies), Counter()),
        sum((one.near_misses for one in tallies), Counter()),
        [line for one in tallies for line in one.ambiguous],
    )


def _bursts(row: list[Happened]) -> list[list[Happened]]:
    bursts: list[list[Happened]] = []
    for deed in row:
        if bursts and deed.at_us - bursts[-1][-1].at_us < deed.window_us:
            bursts[-1].append(deed)
        else:
            bursts.append([deed])
    return bursts
