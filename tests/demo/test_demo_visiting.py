"""Guests' stories go on look by look, and end where the hub does not take them."""

import json
from collections import deque
from typing import Any

import pytest

from contract.clock import ManualClock
from hub.api.visit_codes import png
from watchkeeper.demo.gatebook import visitors_plate
from watchkeeper.demo.life import Stage
from watchkeeper.demo.pushers import CodeReader
from watchkeeper.demo.record import Record
from watchkeeper.demo.visiting import BEGIN_EVERY, MADE, STORIES_MAX, GateDesk, NotTaken


class Codes(CodeReader):
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, code: str) -> bool:
        self.shown.append(code)
        return True


class Desk(GateDesk):
    """With a hub in its place. `held`: the number of the table that the gate holds; `inside`: guests are in."""

    def __init__(self) -> None:
        self.codes, self.drivers = Codes(), deque[str]()
        super().__init__("http://127.0.0.1:9", "token", self.codes, self.drivers)
        self.held, self.inside, self.deaf = 7, True, False
        self.sent: list[tuple[str, Any]] = []

    def _fetch(self, method: str, path: str, body: Any = None) -> bytes:
        if self.deaf:
            raise NotTaken
        self.sent.append((f"{method} {path}", body))
        if path.endswith("pass.png"):
            return png("the pass of v1")
        told: dict[str, Any] = {"id": "v1", "delivery": {"id": "d1"}}
        told["holders"] = [{"id": "r1", "household": "h1"}]
        told["tables"] = [{"agent": "gate", "no": 7, "held_no": self.held}]
        told["visit"] = {"state": "inside" if self.inside else "confirmed"}
        return json.dumps(told).encode()

    def paths(self) -> list[str]:
        return [path for path, _ in self.sent]


@pytest.fixture
def stage() -> Stage:
    return Stage(ManualClock(), Record(), {})


def test_every_guest_comes_to_an_end(stage):
    desk = Desk()
    for _ in range(12 * BEGIN_EVERY):
        desk.look(stage)
    assert desk.refused == 0
    assert min(desk.told.values()) >= 2
    assert set(desk.codes.shown) == {"the pass of v1"}
    assert desk.drivers[0] == visitors_plate(3)
    assert {"POST /visits/v1/ask", "POST /visits/v1/call", "POST /visits/v1/acts/leave"} <= set(desk.paths())
    assert {"POST /deliveries", "POST /deliveries/d1/deeds/collect"} <= set(desk.paths())


def test_a_code_is_shown_once_gates_hold_a_table_with_its_pass(stage):
    desk = Desk()
    desk.held = 6
    for _ in range(MADE + 8):
        desk.look(stage)
    assert desk.codes.shown == []
    desk.held = 7
    desk.look(stage)
    assert desk.codes.shown == ["the pass of v1"]


def test_a_guest_who_is_not_in_yet_does_not_leave(stage):
    desk = Desk()
    desk.inside = False
    for _ in range(20):
        desk.look(stage)
    assert "POST /visits/v1/acts/leave" not in desk.paths()


def test_what_the_hub_does_not_take_ends_the_story_and_is_counted(stage):
    desk = Desk()
    desk.deaf = True
    for _ in range(BEGIN_EVERY + 1):
        desk.look(stage)
    assert desk.refused == 2


def test_so_many_guests_at_a_time_and_no_more(stage):
    desk = Desk()
    desk.held = 0
    begun = set[int]()
    for _ in range(STORIES_MAX * BEGIN_EVERY * 2):
        desk.look(stage)
        begun.add(len(desk._stories))
    assert max(begun) <= STORIES_MAX
