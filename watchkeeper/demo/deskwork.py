"""What the operator does at the duty desk: answers 查岗, writes the record, hands over once, lends a key, logs calls."""

import json
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from contract.clock import US_PER_S, rfc3339
from watchkeeper.demo.estate import MONITOR_ROOM, STAFF
from watchkeeper.demo.life import Stage

LOOK_EVERY, CALL_EVERY, LEND_EVERY = 5, 40, 600
"""Of the operator's looks, which are a second apart: so many until the desk is looked at, until the phone rings, and until
the key is brought back and goes out anew."""
_ANSWER_S = 15.0
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
        if self._looks % LOOK_EVERY == 1:
            self._answer()
            self._record()
        if self._looks % CALL_EVERY == 2:
            self._log_call(stage)

    def _answer(self) -> None:
        for post in (self._ask("GET", "/duty/check-in") or {"posts": []})["posts"]:
            current = post["current"]
            if current is not None and current["state"] == "open":
                self._ask("POST", "/duty/check-in", {"window": current["window"]})

    def _record(self) -> None:
        draft = self._ask("GET", f"/duty/records/draft?place={MONITOR_ROOM}")
        if draft is not None and draft["window"] is not None:
            fields = {"summary": "平静 quiet", "cameras_checked": 3, "unusual": "无 none"}
            self._ask("POST", "/duty/records", {"place": MONITOR_ROOM, "fields": fields})

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
