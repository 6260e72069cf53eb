"""Guessing is slow: tries to sign in are counted by name and by address, and so are requests."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import NamedTuple

from contract.clock import US_PER_S

Key = tuple[str, str]


class TryLimits(NamedTuple):
    """How many tries in a row are free; from then on each has to wait twice as long as the one before, up to the longest wait. A
    key is forgotten after so long without a try; over so many keys the one that was quiet for longest is dropped."""

    free: int
    first_wait_s: int = 2
    wait_max_s: int = 300
    forget_s: int = 3_600
    keys_max: int = 10_000


BY_NAME = TryLimits(free=5)
BY_ADDRESS = TryLimits(free=20)
LIMITS = {"name": BY_NAME, "address": BY_ADDRESS}


class _Tries(NamedTuple):
    tries: int
    last_us: int


class Throttle:
    """Counts tries. A try counts as failed from its beginning, so that many at once gain nothing. Any thread may call it."""

    def __init__(self) -> None:
        self._tries: dict[str, OrderedDict[str, _Tries]] = {kind: OrderedDict() for kind in LIMITS}
        self._lock = Lock()
        self.counters: Counter[str] = Counter()

    def admit(self, keys: Sequence[Key], now_us: int) -> int:
        """0: go on, and the try is counted under every key. Else: so many seconds are to be waited, and nothing is counted."""
        with self._lock:
            wait_us = max(self._wait_us(kind, name, now_us) for kind, name in keys)
            if wait_us > 0:
                self.counters["tries_held_back"] += 1
                return -(-wait_us // US_PER_S)
            for kind, name in keys:
                self._put(kind, name, self._count(kind, name, now_us) + 1, now_us)
        return 0

    def succeeded(self, keys: Sequence[Key], now_us: int) -> None:
        """The try was right: the name's are forgotten; for the address this one alone, or one good account would free all."""
        with self._lock:
            for kind, name in keys:
                if kind == "name":
                    self._tries[kind].pop(name, None)
                else:
                    self._put(kind, name, max(0, self._count(kind, name, now_us) - 1), now_us)

    def _count(self, kind: str, name: str, now_us: int) -> int:
        tries = self._tries[kind].get(name)
        if tries is None or now_us - tries.last_us >= LIMITS[kind].forget_s * US_PER_S:
            return 0
        return tries.tries

    def _wait_us(self, kind: str, name: str, now_us: int) -> int:
        limits, over = LIMITS[kind], self._count(kind, name, now_us) - LIMITS[kind].free
        if over < 0:
            return 0
        wait_s = min(limits.first_wait_s << min(over, 30), limits.wait_max_s)
        return self._tries[kind][name].last_us + wait_s * US_PER_S - now_us

    def _put(self, kind: str, name: str, count: int, now_us: int) -> None:
        tries = self._tries[kind]
        tries[name] = _Tries(count, now_us)
        tries.move_to_end(name)
        while len(tries) > LIMITS[kind].keys_max:
            tries.popitem(last=False)
            self.counters["tries_forgotten_for_room"] += 1


class Rate(NamedTuple):
    """So many requests a second in the long run, and so many at once."""

    per_s: float
    at_once: int
    keys_max: int = 10_000


ACCOUNT_RATE = Rate(100, 600)
ADDRESS_RATE = Rate(30, 300)
"""Of those who have not signed in: the ones with nothing to lose."""


FAILURE_RATE = Rate(1, 60)
"""Of failed sign-ins that are put on the audit log one by one: a flood of them fills no disk."""


class Rates:
    """A bucket for each key. Over `keys_max` the one that was quiet for longest is dropped. Any thread may call it."""

    def __init__(self, rate: Rate, name: str, counters: Counter[str]) -> None:
        self._rate, self._name, self._counters = rate, name, counters
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str, now_us: int, *, take: bool = True) -> int:
        """0: it is let through and, unless one only asks, counted. Else: come back in so many seconds."""
        per_s, at_once, keys_max = self._rate
        with self._lock:
            left, last_us = self._buckets.get(key, (float(at_once), now_us))
            left = min(float(at_once), left + max(0, now_us - last_us) / US_PER_S * per_s)
            if left < 1:
                self._counters[f"over_rate_by_{self._name}"] += 1
                return max(1, round((1 - left) / per_s))
            if not take:
                return 0
            self._buckets[key] = (left - 1, now_us)
            self._buckets.move_to_end(key)
            while len(self._buckets) > keys_max:
                self._buckets.popitem(last=False)
                self._counters["rates_forgotten_for_room"] += 1
        return 0


def address_key(host: str) -> str:
    """What counts as one address: with IPv6 a network of 64 bits, which is what one household has."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
