"""Guards walk their rounds: with a wand from tag to tag and back into its cradle, or with a card to a fixed reader."""

from math import ceil
from random import Random
from typing import NamedTuple, Protocol

from contract.clock import US_PER_S
from watchkeeper.demo import rounds
from watchkeeper.demo.estate import FACILITY, GUARD_CARD, NAMES, TAGS
from watchkeeper.demo.life import Act, Lane, Stage
from watchkeeper.demo.plant import Plant
from watchkeeper.demo.record import LONG, Lasted
from watchkeeper.demo.rounds import BEFORE_S, ENDS_S, EVERY_S, Beat, Night, Span, Walk

EARLY_S = 0.5
"""So long before the first tag the wand leaves its cradle; and so long after the opening a plug is pulled or put back."""


class Shown(NamedTuple):
    """Where a guard is, for the screen. `heading`: the next place, empty: none in this round. `living`: it is part of life."""

    walk: Walk
    heading: str
    ends_us: int
    living: bool


class Hand(Protocol):
    """What a guard holds to a tag, or to a reader."""

    def fitting(self, walk: Walk, opens_us: int, span: Span | None) -> Walk:
        """The round, or another one where it does not fit. `span`: life's rounds, as far as they are known."""
        ...

    def begin(self, stage: Stage, walk: Walk, opens_us: int) -> None:
        """A round of life has opened."""
        ...

    def visit(self, stage: Stage, place: str) -> int | None:
        """The guard is there. Returns when; None where it came to nothing."""
        ...

    def home(self, stage: Stage) -> None:
        """The round is over."""
        ...


class WandHand:
    """A wand that stands in its cradle between rounds."""

    def __init__(self, plant: Plant, beat: Beat) -> None:
        self._wand, self._cradle = plant.wands[beat.source], plant.cradles[beat.source]
        self._guard_tag = beat.guard_tag

    def fitting(self, walk: Walk, opens_us: int, span: Span | None) -> Walk:  # noqa: ARG002 - see Hand
        """See Hand."""
        return walk

    def begin(self, stage: Stage, walk: Walk, opens_us: int) -> None:
        """See Hand."""
        first_s = min((at for at in walk.visits_s if at is not None), default=None)
        if first_s is not None:
            stage.rest(first_s - EARLY_S - stage.since_s(opens_us))
            self._cradle.take_out()

    def visit(self, stage: Stage, place: str) -> int:
        """See Hand."""
        at_us = stage.clock.now_us()
        if not self._wand.scan(TAGS[place], self._guard_tag):
            raise RuntimeError("a wand's memory is full: its agent does not read it out")
        return at_us

    def home(self, stage: Stage) -> None:  # noqa: ARG002 - see Hand
        """See Hand."""
        self._cradle.put_in(self._wand)


class CardHand:
    """A card, held to a reader that may be dead: for so long that there is no doubt about its silence, or not at all."""

    def __init__(self, plant: Plant, beat: Beat, limit_s: float) -> None:
        self._plant, self._reader, self._limit_s = plant, beat.source, limit_s
        self._dead_us: int | None = None
        self._written = False

    def fitting(self, walk: Walk, opens_us: int, span: Span | None) -> Walk:
        """See Hand. What is dead at life's end is not repaired after it."""
        lives = span is not None and span.has(opens_us)
        if self._dead_us is not None:
            return walk if lives and self._written else rounds.DEAD
        more_us = ceil((LONG + 0.2) * self._limit_s / EVERY_S) * EVERY_S * US_PER_S
        too_late = span is None or not span.has(opens_us + more_us)
        return rounds.WELL if walk.dead and too_late else walk

    def begin(self, stage: Stage, walk: Walk, opens_us: int) -> None:
        """See Hand."""
        stage.rest(EARLY_S - stage.since_s(opens_us))
        if walk.dead and self._dead_us is None:
            self._plant.unplug(self._reader)
            self._dead_us, self._written = stage.clock.now_us(), False
        elif not walk.dead and self._dead_us is not None:
            self._dead_us = None
            self._plant.plug(self._reader)

    def visit(self, stage: Stage, place: str) -> int:  # noqa: ARG002 - it has one
        """See Hand."""
        at_us = stage.clock.now_us()
        self._plant.post.present(FACILITY, GUARD_CARD)
        return at_us

    def home(self, stage: Stage) -> None:
        """See Hand. The reader's silence is written down as soon as there is no doubt about it, however long it goes on."""
        if self._dead_us is None or self._written or stage.since_s(self._dead_us) < (LONG + 0.1) * self._limit_s:
            return
        self._written = True
        limit_us = int(self._limit_s * US_PER_S)
        stage.record.lasted(Lasted("device_silent", self._reader, self._dead_us, stage.clock.now_us(), limit_us))


class Walker:
    """A guard on a route, round after round, with nothing amiss before life begins and after it has ended. `span`: set when life
    begins. One thread plays; `shown` may be read by another."""

    def __init__(self, beat: Beat, hand: Hand, night: Night) -> None:
        self.beat = beat
        self.span: Span | None = None
        self.shown: Shown | None = None
        self.news: Stage | None = None
        """Where it is told what happens."""
        self._hand, self._night = hand, night
        self._from_us = 0

    def walk(self, stage: Stage) -> None:
        """Wait for a round, and walk it. Rounds of life are walked each, and none left out, however late it has become."""
        now_us = stage.clock.now_us()
        every_s = self.beat.every_s
        opens_us = self._night.next_us(self._from_us or now_us, every_s)
        if not self._lives(opens_us):
            soon_us = now_us - EVERY_S * US_PER_S // 4
            if self.span is not None and self._from_us <= self.span.first_us:
                soon_us = min(soon_us, self.span.first_us)
            opens_us = self._night.next_us(max(self._from_us, soon_us), every_s)
        stage.rest(-stage.since_s(opens_us))
        self._from_us = opens_us + 1
        span = self.span
        if span is None or not span.has(opens_us):
            walk = self._hand.fitting(rounds.plain(self.beat), opens_us, span)
            self._play(stage, walk, opens_us, living=False)
            return
        walks = self.beat.walks
        walk = self._hand.fitting(walks[span.number(opens_us, every_s) % len(walks)], opens_us, span)
        if self.news is not None:
            zh, en = NAMES[self.beat.guard]
            self.news.tell(f"{zh}·{self.beat.zh}：{walk.zh}", f"{en}, {self.beat.en}: {walk.en}")
        self._judge(stage, opens_us, *self._play(stage, walk, opens_us, living=True))

    def _lives(self, opens_us: int) -> bool:
        return self.span is not None and self.span.has(opens_us)

    def _play(self, stage: Stage, walk: Walk, opens_us: int, *, living: bool) -> tuple[dict[str, list[float]], float]:
        """What was really done: the visits of each place, and when the wand was home, in seconds after the opening."""
        done: dict[str, list[float]] = {place: [] for place in self.beat.places}
        wanted = sorted((at, place) for at, place in zip(walk.visits_s, self.beat.places, strict=True) if at is not None)
        self._show(walk, wanted, opens_us, living=living)
        self._hand.begin(stage, walk, opens_us)
        for at, place in wanted:
            self._show(walk, [one for one in wanted if one >= (at, place)], opens_us, living=living)
            stage.rest(at - stage.since_s(opens_us))
            if stage.since_s(opens_us) < ENDS_S - BEFORE_S - 0.1:  # a guard who was held up so long does not pretend
                at_us = self._hand.visit(stage, place)
                done[place] += [] if at_us is None else [(at_us - opens_us) / US_PER_S]
        self._show(walk, [], opens_us, living=living)
        stage.rest(max(walk.home_s, ENDS_S if walk.dead else 0.0) - stage.since_s(opens_us))
        self._hand.home(stage)
        return done, stage.since_s(opens_us) if walk.home_s > ENDS_S else 0.0

    def _show(self, walk: Walk, left: list[tuple[float, str]], opens_us: int, *, living: bool) -> None:
        self.shown = Shown(walk, left[0][1] if left else "", opens_us + ENDS_S * US_PER_S, living)

    def _judge(self, stage: Stage, opens_us: int, done: dict[str, list[float]], home_s: float) -> None:
        """Write down what must come of it, once the windows have ended: before, nothing can be found."""
        stage.rest(ENDS_S - stage.since_s(opens_us))
        for place, visits_s in done.items():
            found = rounds.outcome(visits_s, home_s)
            stage.record.judged(rounds.GAP, f"{self.beat.route}/{place}", found)


def walkers(plant: Plant, night: Night, limits: dict[str, float]) -> list[Walker]:
    """All guards of the night."""
    silent_s = limits["device_silent_s"]
    return [
        Walker(beat, WandHand(plant, beat) if beat.guard_tag else CardHand(plant, beat, silent_s), night) for beat in rounds.BEATS
    ]


def lane(walker: Walker) -> Lane:
    """The guard's lane; it ends when its stage's curtain falls."""
    return Lane(walker.beat.route, [Act(0.0, walker.walk)], random=Random(1), pause_s=0.0)  # noqa: S311 - a script, no secret
