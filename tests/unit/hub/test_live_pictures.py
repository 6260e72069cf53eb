"""The newest picture of each camera that somebody looks at, and nothing of any other."""

from typing import Any

import pytest

from contract.clock import US_PER_S, ManualClock
from contract.orders import ShowPicture
from hub.live_pictures import ANSWER_US, CAMERAS_MAX, EVERY_US, KEPT_US, VIEW_US, LivePictures, View

JPEG = b"\xff\xd8\xff" + b"x" * 100
VIEW = View("李伟", "operator", "camera-1")


class Rig:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.sent: list[tuple[str, Any]] = []
        self.views: list[View] = []
        self.alarms: list[Any] = []
        self.names = (f"o{number}" for number in range(1, 10_000))
        self.live = LivePictures(
            self,
            self.clock,
            lambda: next(self.names),
            on_view=self.views.append,
            later=lambda seconds, run: self.alarms.append((seconds, run)),
        )

    def order(self, agent: str, order: Any) -> None:
        self.sent.append((agent, order))

    def brings(self, age_us: int = 0, agent: str = "gatehouse") -> bool:
        return self.live.take(agent, self.sent[-1][1].id, JPEG, age_us)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_first_who_looks_has_the_camera_asked_and_sees_the_picture_once_it_comes(rig):
    assert rig.live.look(VIEW, "gatehouse") is None
    assert rig.sent == [("gatehouse", ShowPicture("o1", "camera-1"))]
    assert rig.live.wanted("gatehouse", "o1")
    assert rig.brings(age_us=300_000)
    frame = rig.live.look(VIEW, "gatehouse")
    assert (frame.name, frame.jpeg, frame.at_us) == ("o1", JPEG, rig.clock.now_us() - 300_000)


def test_many_who_look_at_one_camera_ask_it_once_in_two_seconds(rig):
    for number in range(20):
        rig.live.look(VIEW._replace(actor=f"viewer {number}"), "gatehouse")
    rig.brings()
    for _ in range(20):
        rig.live.look(VIEW, "gatehouse")
    assert len(rig.sent) == 1
    rig.clock.advance_us(EVERY_US)
    rig.live.look(VIEW, "gatehouse")
    assert len(rig.sent) == 2
    assert rig.live.counters["asked"] == 2


def test_a_camera_that_does_not_answer_is_asked_again_only_after_a_while(rig):
    rig.live.look(VIEW, "gatehouse")
    rig.clock.advance_us(ANSWER_US - 1)
    rig.live.look(VIEW, "gatehouse")
    assert len(rig.sent) == 1
    rig.clock.advance_us(1)
    rig.live.look(VIEW, "gatehouse")
    assert len(rig.sent) == 2
    assert rig.live.counters["unanswered"] == 1


def test_a_camera_that_nobody_looks_at_is_not_asked(rig):
    rig.live.look(VIEW, "gatehouse")
    rig.brings()
    rig.clock.advance_us(3600 * US_PER_S)
    assert len(rig.sent) == 1


def test_only_its_agent_answers_an_order_and_only_once(rig):
    rig.live.look(VIEW, "gatehouse")
    assert not rig.brings(agent="cellar")
    assert rig.brings()
    assert not rig.brings()
    assert not rig.live.wanted("gatehouse", "o1")
    assert not rig.live.wanted("gatehouse", "")
    assert rig.live.counters["refused"] == 2


def test_a_picture_is_dropped_after_a_minute_though_nobody_asks(rig):
    rig.live.look(VIEW, "gatehouse")
    rig.brings()
    ((seconds, run),) = rig.alarms
    assert seconds == KEPT_US / US_PER_S
    rig.clock.advance_us(KEPT_US)
    run()
    assert rig.live.held == 1
    rig.clock.advance_us(1)
    rig.alarms[-1][1]()
    assert rig.live.held == 0
    assert len(rig.alarms) == 2


def test_at_most_so_many_cameras_are_held_and_the_one_looked_at_longest_ago_goes(rig):
    for number in range(CAMERAS_MAX):
        rig.live.look(VIEW._replace(device=f"camera-{number}"), "gatehouse")
        rig.brings()
    rig.live.look(VIEW._replace(device="camera-0"), "gatehouse")
    rig.live.look(VIEW._replace(device="another"), "gatehouse")
    rig.brings()
    assert rig.live.held == CAMERAS_MAX
    assert rig.live.look(VIEW._replace(device="camera-0"), "gatehouse") is not None
    assert rig.live.look(VIEW._replace(device="camera-1"), "gatehouse") is None


def test_a_view_is_told_once_for_as_long_as_somebody_goes_on_looking(rig):
    for _ in range(5):
        rig.live.look(VIEW, "gatehouse")
        rig.clock.advance_us(VIEW_US)
    assert rig.views == [VIEW]
    other = VIEW._replace(actor="王芳")
    rig.live.look(other, "gatehouse")
    assert rig.views == [VIEW, other]
    rig.clock.advance_us(VIEW_US + 1)
    rig.live.look(VIEW, "gatehouse")
    assert rig.views == [VIEW, other, VIEW]
