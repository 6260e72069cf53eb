"""What is done at the demo's desk by the list of its windows, and what must come of it."""

from contract.clock import US_PER_S, ManualClock
from watchkeeper.demo.deskwork import DeskHand
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import Record
from watchkeeper.demo.rounds import CHECK_IN, DESK_BEATS, ENDS_S, EVERY_S, GAP, RECORD, Night
from watchkeeper.demo.walkers import Walker


class Patience(Stage):
    """A stage on which time passes at once."""

    def rest(self, seconds: float) -> None:
        self.clock.advance_us(int(max(0.0, seconds) * US_PER_S))  # type: ignore[attr-defined]


class Duty:
    """What is done at the desk. `deaf`: so often the hub does not take it."""

    def __init__(self, clock: ManualClock, deaf: int = 0) -> None:
        self.clock, self.deaf = clock, deaf
        self.at_s: list[float] = []

    def __call__(self) -> bool:
        self.at_s.append(round(self.clock.now_us() % (EVERY_S * US_PER_S) / US_PER_S, 1))
        self.deaf -= 1
        return self.deaf < 0


def sitter_of(duty: str, deaf: int = 0) -> tuple[Walker, Patience, Duty]:
    clock = ManualClock(EVERY_S * US_PER_S * 100 - US_PER_S)
    beat = next(beat for beat in DESK_BEATS if beat.route == duty)
    does, night = Duty(clock, deaf), Night.at(0)
    walker = Walker(beat, DeskHand(does), night)
    walker.span = night.span(clock.now_us(), None)
    return walker, Patience(clock, Record(), {}), does


def test_check_ins_are_answered_left_out_and_answered_in_the_last_moment():
    walker, stage, does = sitter_of(CHECK_IN)
    for _ in range(4):
        walker.walk(stage)
    assert does.at_s == [4.0, 8.3, 4.5]
    assert stage.record.tally() == ({GAP: 1}, {GAP: 1}, [])
    assert stage.clock.now_us() == (100 + 6) * EVERY_S * US_PER_S + ENDS_S * US_PER_S


def test_what_the_hub_does_not_take_is_done_again_while_there_is_time():
    walker, stage, does = sitter_of(RECORD, deaf=3)
    walker.walk(stage)
    assert does.at_s == [5.0, 5.5, 6.0, 6.5]
    assert stage.record.tally() == ({}, {}, [])


def test_what_the_hub_never_takes_is_a_gap():
    walker, stage, does = sitter_of(RECORD, deaf=100)
    walker.walk(stage)
    assert max(does.at_s) < ENDS_S - 1.0
    assert stage.record.tally().episodes == {GAP: 1}
