"""What the operator does at the duty desk: answers 查岗 and writes the record, as the list of rounds says; hands over once, lends
a key, logs calls."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from contract.clock import US_PER_S, rfc3339
from watchkeeper.demo.estate import MONITOR_ROOM, STAFF
from watchkeeper.demo.life import Stage
from watchkeeper.demo.rounds import BEFORE_S, CHECK_IN, DESK_BEATS, ENDS_S, Night, Span, Walk
from watchkeeper.demo.walkers import Walker

CALL_EVERY, LEND_EVERY = 40, 600
"""Of the operator's looks, which are a second apart: so many until the phone rings, and until the key is brought back and goes
out anew."""
_ANSWER_S = 15.0
AGAIN_S = 0.5
_KEY = {"id": "K-1", "kind": "key", "name_zh": "水泵房钥匙", "name_en": "pump room's key", "place": MONITOR_ROOM}


class DeskWork:
    """At the desk of the operator, with the sign-in of whoever takes over beside it. `refused`: what the hub did not take."""

    def __init__(self, url: str, operator: str, leader: str) -> None:
        self._url, self._operator, self._leader = url, operator, leader
        self._looks = 0
        self.refused = 0

    def look(self, stage: Stage) -> None:
        """Once a second."""
        self._looks += 1
        if self._looks % LEND_EVERY == 1:
            self._lend()
        if self._looks == 1:
            self._hand_over()
        if self._looks % CALL_EVERY == 2:
            self._log_call(stage)

    def check_in(self) -> bool:
        """Answer 查岗. Whether nothing is open any more."""
        shown = self._ask("GET", "/duty/check-in")
        if shown is None:
            return False
        windows = [post["current"] for post in shown["posts"]]
        wanted = [one["window"] for one in windows if one is not None and one["state"] == "open"]
        taken = [self._ask("POST", "/duty/check-in", {"window": window}) for window in wanted]
        return bool(windows) and all(windows) and None not in taken

    def record(self) -> bool:
        """Write the record of two hours. Whether the hub has taken it."""
        fields = {"summary": "平静 quiet", "cameras_checked": 3, "unusual": "无 none"}
        return self._ask("POST", "/duty/records", {"place": MONITOR_ROOM, "fields": fields}) is not None

    def _lend(self) -> None:
        """The key is out most of the time, so that the register and the handover have something to show."""
        if self._looks == 1:
            self._ask("POST", "/keys", _KEY, token=self._leader)
        else:
            self._ask("POST", "/keys/K-1/return", {"condition": "in"})
        self._ask("POST", "/keys/K-1/issue", {"person": STAFF[0][0], "purpose": "巡检水泵房 pump check"})

    def _hand_over(self) -> None:
        made = self._ask("POST", "/handovers", {"place": MONITOR_ROOM, "note": "一切正常 all is well"})
        if made is None:
            return
        path = f"/handovers/{made['handover']['id']}"
        self._ask("POST", f"{path}/sign", {})
        self._ask("POST", f"{path}/join", {}, token=self._leader)
        listed = self._ask("GET", path) or {"items": []}
        for item in listed["items"]:
            self._ask("POST", f"{path}/items/{quote(item['item'], safe='')}/accept", {}, token=self._leader)
        self._ask("POST", f"{path}/sign", {}, token=self._leader)

    def _log_call(self, stage: Stage) -> None:
        now_us = stage.clock.now_us()
        asked = {"key": f"demo-{now_us:x}", "number": "13800005678", "about": "业主问快递柜 about the parcel locker"}
        times = {"rang_at": rfc3339(now_us - 2 * US_PER_S), "answered_at": rfc3339(now_us - US_PER_S)}
        self._ask("POST", "/calls", asked | times)

    def _ask(self, method: str, path: str, body: Any = None, *, token: str = "") -> Any:
        """The answer; None where the hub does not take it, which is counted."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self._operator}"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self._url}{path}", data=data, headers=headers, method=method)  # noqa: S310 - the hub's own address
        try:
            with urlopen(asked, timeout=_ANSWER_S) as reply:  # noqa: S310 - as above
                return json.load(reply)
        except (URLError, OSError, ValueError):
            self.refused += 1
            return None


class DeskHand:
    """Keeps the windows of one duty at the desk: what a guard does with a wand is done here by `does`, until the hub takes it."""

    def __init__(self, does: Callable[[], bool]) -> None:
        self._does = does
        self._opens_us = 0

    def fitting(self, walk: Walk, opens_us: int, span: Span | None) -> Walk:  # noqa: ARG002 - see Hand
        """See Hand."""
        return walk

    def begin(self, stage: Stage, walk: Walk, opens_us: int) -> None:  # noqa: ARG002 - see Hand
        """See Hand."""
        self._opens_us = opens_us

    def visit(self, stage: Stage, place: str) -> int | None:  # noqa: ARG002 - it has one
        """See Hand. The hub takes nothing after the end, so what it has taken was in time, however long its answer was on the
        way."""
        while stage.since_s(self._opens_us) < ENDS_S - BEFORE_S:
            at_us = stage.clock.now_us()
            if self._does():
                return at_us
            stage.rest(AGAIN_S)
        return None

    def home(self, stage: Stage) -> None:
        """See Hand: nothing is to be brought back."""


def sitters(desk: DeskWork, night: Night) -> list[Walker]:
    """Who keeps the desk's own windows."""
    does = {beat.route: desk.check_in if beat.route == CHECK_IN else desk.record for beat in DESK_BEATS}
    return [Walker(beat, DeskHand(does[beat.route]), night) for beat in DESK_BEATS]
