"""Searches for people and plates: so many an hour of one account, and an incident where somebody wants more (GATE-5)."""

from collections import OrderedDict, deque
from threading import Lock

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.detectors.types import Detector

SEARCHES_OVER, CLAUSE = "searches_over", "GATE-5"
HOUR_US = 3_600 * US_PER_S
ACCOUNTS_MAX = 1_000


def searches_of(policy: Numbers) -> int:
    """How many an hour."""
    return int(number(policy, CLAUSE, "searches"))


class Searches:
    """When each account has searched in the last hour. Over ACCOUNTS_MAX the one that was quiet for longest is forgotten. Any
    thread. A hub that is started anew counts from nothing; what was searched stands on the audit log."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, account: str, most: int, now_us: int) -> int:
        """0: go on, and it is counted. Else: the account has had `most` of them; come back in so many seconds."""
        with self._lock:
            times = self._times.setdefault(account, deque())
            self._times.move_to_end(account)
            while times and not 0 <= now_us - times[0] < HOUR_US:
                times.popleft()
            if len(times) >= most:
                return max(1, -(-(times[0] + HOUR_US - now_us) // US_PER_S))
            times.append(now_us)
            while len(self._times) > ACCOUNTS_MAX:
                self._times.popitem(last=False)
        return 0


def _never(*_: object) -> None:
    """It comes of people's acts: nothing is stepped."""


SCRAPING = Detector(SEARCHES_OVER, CLAUSE, 3, (), None, _never)
