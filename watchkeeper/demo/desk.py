"""The operator on duty: acknowledges what comes in and closes what is over, through the hub's API."""

import json
from random import Random
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
                self._act(one.no, "close", {"cause": "handled", "note": "现场已核查 checked on the spot"})

    def _wants(self, one: Incident, now_us: int) -> bool:
        old_s = (now_us - one.opened_us) / US_PER_S
        return old_s > 4.0 if one.state == "open" else not one.active and old_s > 8.0 + 4.0 * self._random.random()

    def _act(self, no: int, act: str, fields: dict[str, str]) -> None:
        body = json.dumps({"fields": fields}).encode()
        asked = Request(  # noqa: S310 - the hub's own address
            f"{self._url}/incidents/{no}/acts/{act}", data=body, headers=self._headers, method="POST"
        )
        try:
            with urlopen(asked, timeout=_ANSWER_S):  # noqa: S310 - as above
                return
        except HTTPError as error:
            error.close()
            self.refused += 1
        except (URLError, OSError):
            self.refused += 1
