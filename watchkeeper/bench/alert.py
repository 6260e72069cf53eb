"""From an event sent to its incident on MQTT, at a steady rate of single events."""

import json
import time
from itertools import islice

from contract.clock import SystemClock
from contract.readings import ArmState
from contract.topics import ROOT
from watchkeeper.bench import mix
from watchkeeper.bench.estate import SITE
from watchkeeper.bench.rig import BARE_ALERTS, Rig, bare_packet, running
from watchkeeper.bench.rows import Figures, Row, row, spread
from watchkeeper.bench.wire import Wire, pace

RATES = {1_000: 20.0, 200: 40.0}
"""Events a second, and for how many seconds."""
_WARM = 2_000
"""Events that go before, at the first rate, and are not measured: both programs import and connect meanwhile."""
_INCIDENTS = f"{ROOT}/{SITE}/incidents/+"
_LAST_S = 10.0
_LOOK_EVERY = 500
"""The limit says a line a commit: a pipe that nobody reads fills, and the limit stops."""
_EVENTS_MIN = 2 * len(mix.AGENTS) * mix.CYCLE
"""In so many each agent's barrier loses its arm once."""


def alert(scale: float = 1.0) -> list[Row]:
    """A row for each rate: the hub, then its limit, on the same broker."""
    rows = []
    with running(alerts=True) as rig:
        first = 1 + _WARM
        _ours(rig, _WARM, max(RATES))
        _bare(rig, _WARM, max(RATES), 1)
        for rate, seconds in RATES.items():
            events = max(_EVENTS_MIN, int(rate * seconds * scale))
            mine = _ours(rig, events, rate)
            bare = _bare(rig, events, rate, first)
            first += events
            rows.append(row(f"event to incident at {rate}/s", "ms", mine, bare, rig.machine))
    return rows


class _Watch:
    """Times from a cause to what tells of it, by the cause's name."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.took_ms: list[float] = []

    def heard(self, cause: str) -> None:
        sent = self.sent.pop(cause, None)
        if sent is not None:
            self.took_ms.append((time.monotonic() - sent) * 1000)

    def on_incident(self, _topic: str, payload: bytes) -> None:
        change = json.loads(payload) if payload else {}
        if change.get("act") == "raised" and change["incident"]["detector"] == "arm_knocked_off":
            self.heard(change["incident"]["device"])


def _is_cause(said: mix.Said) -> bool:
    return isinstance(said.reading, ArmState) and not said.reading.attached


def _ours(rig: Rig, events: int, rate: float) -> Figures:
    watch = _Watch()
    made = list(rig.fleet.singles(events))

    def on_sent(at: int, when: float) -> None:
        if _is_cause(made[at][1]):
            watch.sent[made[at][1].device] = when

    with Wire(rig.broker.port, "alert-ours", (_INCIDENTS,), watch.on_incident) as wire:
        watch.sent.clear()  # retained incidents of an earlier run
        pace(wire, [packet for packet, _ in made], rate, on_sent)
        wire.wait(lambda: not watch.sent, _LAST_S)
    return spread(watch.took_ms)


def _bare(rig: Rig, events: int, rate: float, first: int) -> Figures:
    watch = _Watch()
    said = list(islice(mix.said(mix.AGENTS[0]), events))
    now_us = SystemClock().now_us()
    packets = [bare_packet(one, first + at, now_us) for at, one in enumerate(said)]

    def on_sent(at: int, when: float) -> None:
        if at % _LOOK_EVERY == 0:
            rig.bare_count.look()
        if _is_cause(said[at]):
            watch.sent[str(first + at)] = when

    with Wire(rig.broker.port, "alert-bare", (BARE_ALERTS,), lambda _topic, payload: watch.heard(payload.decode())) as wire:
        pace(wire, packets, rate, on_sent)
        wire.wait(lambda: not watch.sent, _LAST_S)
    rig.bare_count.look()
    return spread(watch.took_ms)
