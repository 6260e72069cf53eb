"""What a run comes to: what was done against what was found, and what was accepted against what was committed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from watchkeeper.demo.books import Committed
from watchkeeper.demo.record import Tally

_GOOD = "全部相符 everything is as it should be"
_CUT_SHORT = "提前结束：无丢失、无重复，事故未比对  ended early: nothing lost, nothing doubled; incidents are not compared"


class Notified(NamedTuple):
    """Notices that arrived, and those that did not."""

    sent: int
    failed: int


class Summary(NamedTuple):
    """A whole run. `interrupted`: somebody ended it, so that what was under way is not compared.

    What was raised and taken back, such as a gap whose evidence came home late, is no incident here: it is neither expected nor
    found, and counts as a near miss, whatever its detector."""

    detectors: tuple[str, ...]
    tally: Tally
    found: Counter[str]
    events: Committed
    notified: Notified
    interrupted: bool = False
    troubles: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The keys that the command line promises, and `near_misses`, `differences`, `interrupted`."""
        return {
            "events_sent": self.events.sent,
            "events_committed": self.events.committed,
            "events_lost": self.events.lost,
            "events_doubled": self.events.doubled,
            "incidents": {name: {"expected": self.tally.episodes[name], "found": self.found[name]} for name in self._names()},
            "notifications": {"sent": self.notified.sent, "failed": self.notified.failed},
            "near_misses": {name: self.tally.near_misses[name] for name in self._names()},
            "differences": self.differences(),
            "interrupted": self.interrupted,
        }

    def differences(self) -> list[str]:
        """What is not as it should be, in words; empty for a good run."""
        return [*self.troubles, *self._of_events(), *([] if self.interrupted else self._of_incidents())]

    def lines(self) -> list[str]:
        """For people."""
        events, notified = self.events, self.notified
        told = f"events: {events.sent} sent, {events.committed} committed, {events.lost} lost, {events.doubled} doubled"
        head = [
            f"事件 {events.sent} 条，入库 {events.committed} 条，丢失 {events.lost}，重复 {events.doubled}  {told}",
            f"通知 {notified.sent} 条，失败 {notified.failed} 条  notifications: {notified.sent} sent, {notified.failed} failed",
        ]
        rows = [
            f"  {name:28} 应有 expected {self.tally.episodes[name]:3}  实有 found {self.found[name]:3}"
            f"  险情 near misses {self.tally.near_misses[name]:3}"
            for name in self._names()
        ]
        wrong = self.differences()
        end = [f"不符 wrong: {line}" for line in wrong] or [_CUT_SHORT if self.interrupted else _GOOD]
        return head + rows + end

    def _names(self) -> Iterable[str]:
        strangers = sorted((set(self.found) | set(self.tally.episodes)) - set(self.detectors))
        return (*self.detectors, *strangers)

    def _of_events(self) -> list[str]:
        wrong = []
        if self.events.lost:
            wrong.append(f"{self.events.lost} of {self.events.sent} accepted events are not at the hub")
        if self.events.doubled:
            wrong.append(f"{self.events.doubled} events stand in the hub twice")
        if self.notified.failed:
            wrong.append(f"{self.notified.failed} notifications were not delivered")
        return wrong

    def _of_incidents(self) -> list[str]:
        pairs = [(name, self.tally.episodes[name], self.found[name]) for name in self._names()]
        wrong = [f"{name}: {expected} expected, {found} found" for name, expected, found in pairs if expected != found]
        return wrong + [f"not to be decided, as this machine was held up: {line}" for line in self.tally.ambiguous]
