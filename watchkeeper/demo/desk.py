"""The operator on duty: acknowledges what comes in, works through its emergency plan, and closes what is over, through the hub's
API."""

import json
from random import Random
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from contract.clock import US_PER_S
from watchkeeper.demo.books import Books, Incident
from watchkeeper.demo.life import Stage

LOOKS_AT_MOST = 4
"""Incidents that the operator takes in hand at a time."""
_ANSWER_S = 15.0


class Operator:
    """A calm person: the oldest first, never too quick. `refused`: acts that the hub did not take, as things had changed."""

    def __init__(self, url: str, token: str, books: Books, random: Random) -> None:
        self._url, self._books, self._random = url, books, random
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self.refused = 0

    def look(self, stage: Stage) -> None:
        """Look at the list once."""
        waiting = [one for one in self._books.incidents() if self._wants(one, stage.clock.now_us())]
        for one in sorted(waiting, key=lambda one: one.no)[:LOOKS_AT_MOST]:
            if one.state == "open":
                self._act(one.no, "acknowledge", {})
            else:
                self._work_through(one.no)
                self._act(one.no, "close", {"cause": "handled", "note": "现场已核查 checked on the spot"})

    def _work_through(self, no: int) -> None:
        """Tell whoever must be told, and tick what must be done. What was interrupted goes on at the next look."""
        plan = self._ask("GET", f"/incidents/{no}/plan")
        if plan is None:
            return
        for one in plan["must_tell"]:
            if not one["told"]:
                self._post(f"/incidents/{no}/plan/told", {"whom": one["whom"], "name": "值班员 on duty", "means": "phone"})
                plan = self._ask("GET", f"/incidents/{no}/plan") or plan
        for step in plan["steps"]:
            if step["mandatory"] and step["state"] == "open":
                self._post(f"/incidents/{no}/plan/steps/{step['step']}", {"state": "done", "note": "演示 demonstration"})

    def _wants(self, one: Incident, now_us: int) -> bool:
        old_s = (now_us - one.opened_us) / US_PER_S
        return old_s > 4.0 if one.state == "open" else not one.active and old_s > 8.0 + 4.0 * self._random.random()

    def _act(self, no: int, act: str, fields: dict[str, str]) -> None:
        self._post(f"/incidents/{no}/acts/{act}", {"fields": fields})

    def _post(self, path: str, body: dict[str, Any]) -> None:
        if self._ask("POST", path, body) is None:
            self.refused += 1

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; None where the hub gave none, or said that it is not so."""
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self._url + path, data=data, headers=self._headers, method=method)  # noqa: S310 - the hub's own address
        try:
            with urlopen(asked, timeout=_ANSWER_S) as reply:  # noqa: S310 - as above
                return json.load(reply)
        except HTTPError as error:
            error.close()
        except (URLError, OSError):
            pass
        return None
