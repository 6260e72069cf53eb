"""Visitors and couriers: registered, confirmed by a call, let in by a code or a plate, and seen off, all through the API."""

import json
from collections import deque
from collections.abc import Callable, Generator, Iterator
from itertools import count
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from watchkeeper.demo.gatebook import ROUTE, SPACE, visitors_plate
from watchkeeper.demo.life import Stage
from watchkeeper.demo.pushers import CodeReader, code_in

BEGIN_EVERY = 6
"""Of the looks, which are a second apart: so often somebody comes."""
STORIES_MAX = 6
"""Guests at a time."""
STAY = 12
"""Looks that a guest stays."""
MADE, PATIENCE = 2, 30
"""Looks until a new pass is in the hub's table, and until gates must have told that they hold it, which they do now and then."""
HOUSEHOLDS_MAX = 12
_ANSWER_S = 15.0
_IDENTITY = "11010519491231002X"
"""The example of the standard for such numbers: nobody's."""
_NAMES = ("周小川", "吴佳", "郑爽朗", "王晓晨", "冯一鸣", "陈思远")
_COMPANIES = ("顺丰 SF", "京东 JD", "邮政 EMS")

Story = Iterator[None]


class NotTaken(Exception):
    """The hub has not taken it; it is counted, and the story ends."""


class GateDesk:
    """Who registers guests. `drivers`: plates of visitors' vehicles whose passes gates know, for the entry lane to take. `told`:
    how often each thing has come to its end; `refused`: stories that the hub cut short."""

    def __init__(self, url: str, token: str, codes: CodeReader, drivers: deque[str]) -> None:
        self._url, self._headers = url, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._codes, self._drivers = codes, drivers
        self._numbers = count(1)
        self._looks = 0
        self._stories: list[Story] = []
        self._rooms: list[tuple[str, str]] = []
        self.refused = 0
        self.told = dict.fromkeys(("left", "refused", "collected"), 0)

    def look(self, stage: Stage) -> None:
        """Once a second: each guest's story goes on, and now and then another one begins."""
        if self._looks % BEGIN_EVERY == 0 and len(self._stories) < STORIES_MAX:
            self._stories.append(self._begin(stage))
        self._looks += 1
        self._stories = [story for story in self._stories if self._goes_on(story)]

    def _goes_on(self, story: Story) -> bool:
        try:
            next(story)
        except StopIteration:
            return False
        except NotTaken:
            self.refused += 1
            return False
        return True

    def _begin(self, stage: Stage) -> Story:
        number = next(self._numbers)
        stories: tuple[Callable[[Stage, int], Story], ...] = (self._visitor, self._courier, self._vehicle, self._unwanted)
        return stories[(number - 1) % len(stories)](stage, number)

    # The stories

    def _visitor(self, stage: Stage, number: int) -> Story:
        """A visitor comes in by the code of the pass."""
        visit = yield from self._confirmed(number, {"kind": "visitor", "reason": "看望亲友 a visit"})
        stage.tell("访客凭二维码进门", "a visitor comes in by a code")
        code = code_in(self._fetch("GET", f"/visits/{visit}/pass.png"))
        self._codes.show(code)
        yield from self._stays(visit)

    def _vehicle(self, stage: Stage, number: int) -> Story:
        """A visitor's vehicle comes in by its plate."""
        plate = visitors_plate(number)
        asked = {"kind": "vehicle", "reason": "搬运家具 furniture", "plate": plate, "space": SPACE}
        visit = yield from self._confirmed(number, asked)
        stage.tell("访客车辆已登记", "a visitor's vehicle is registered")
        self._drivers.append(plate)
        yield from self._stays(visit)

    def _unwanted(self, stage: Stage, number: int) -> Story:
        """The resident does not want to see the visitor."""
        visit, person = self._asked(number, {"kind": "visitor", "reason": "推销 sales"})
        yield
        self._ask("POST", f"/visits/{visit}/call", {"person": person, "said": "不认识 a stranger", "answer": "no"})
        stage.tell("住户拒绝来访", "a resident sends a visitor away")
        self.told["refused"] += 1

    def _courier(self, stage: Stage, number: int) -> Story:
        """A courier leaves parcels, and somebody fetches them."""
        room, _ = self._household(number)
        asked = {"room": room, "place": "lobby", "company": _COMPANIES[number % len(_COMPANIES)], "parcels": 1 + number % 3}
        done = self._ask("POST", "/deliveries", asked)
        stage.tell("快递放入投放点", "a courier leaves parcels at the drop-off point")
        for _ in range(STAY):
            yield
        self._ask("POST", f"/deliveries/{done['delivery']['id']}/deeds/collect", {})
        self.told["collected"] += 1

    # Their parts

    def _confirmed(self, number: int, asked: dict[str, Any]) -> Generator[None, None, str]:
        """Register, ask the resident, ring up, and wait until gates know the pass. Returns the visit."""
        visit, person = self._asked(number, asked)
        for _ in range(2):
            yield
        self._ask("POST", f"/visits/{visit}/call", {"person": person, "said": "请放行 let them in", "answer": "yes"})
        for _ in range(MADE):
            yield
        wanted = {one["agent"]: one["no"] for one in self._tables()}
        for _ in range(PATIENCE):
            yield
            if all((one["held_no"] or 0) >= wanted[one["agent"]] for one in self._tables()):
                return visit
        raise NotTaken

    def _tables(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", "/access/tables")["tables"]
        return found

    def _asked(self, number: int, asked: dict[str, Any]) -> tuple[str, str]:
        room, person = self._household(number)
        who = {"name": _NAMES[number % len(_NAMES)], "identity": _IDENTITY, "phone": f"1390000{number % 10_000:04d}"}
        visit: str = self._ask("POST", "/visits", asked | who | {"room": room, "route": ROUTE})["id"]
        self._ask("POST", f"/visits/{visit}/ask", {})
        return visit, person

    def _stays(self, visit: str) -> Story:
        """Wait until the gate has told that the guest is in; then the guest stays a while, and leaves."""
        for _ in range(PATIENCE + STAY):
            yield
            if self._ask("GET", f"/visits/{visit}")["visit"]["state"] == "inside":
                break
        for _ in range(STAY):
            yield
        self._ask("POST", f"/visits/{visit}/acts/leave", {})
        self.told["left"] += 1

    def _household(self, number: int) -> tuple[str, str]:
        """A household, and somebody who lives there."""
        if not self._rooms:
            holders = self._ask("GET", f"/access/holders?kind=resident&limit={HOUSEHOLDS_MAX}")["holders"]
            self._rooms = [(one["household"], one["id"]) for one in holders if one["household"]]
        if not self._rooms:
            raise NotTaken
        return self._rooms[number % len(self._rooms)]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self._fetch(method, path, body))

    def _fetch(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer. Raises NotTaken."""
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self._url}{path}", data=data, headers=self._headers, method=method)  # noqa: S310 - the hub's own
        try:
            with urlopen(asked, timeout=_ANSWER_S) as reply:  # noqa: S310 - as above
                answer: bytes = reply.read()
                return answer
        except (URLError, OSError, ValueError):
            raise NotTaken from None
