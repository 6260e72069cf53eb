"""Throughput: single-event batches, the agent's log in full batches, and what the hub's processor pays for it."""

import time
from collections.abc import Sequence
from itertools import count, islice
from random import SystemRandom
from statistics import median
from threading import Event

from contract.clock import SystemClock
from edge.broker_address import BrokerSettings
from edge.link import Link
from edge.spool import Entry, Spool, SpoolLimits
from edge.uplink import Uplink
from watchkeeper.bench import mix
from watchkeeper.bench.estate import SITE, key_of
from watchkeeper.bench.rig import WINDOW, Rig, bare_packet, running
from watchkeeper.bench.rows import Figures, Row, rates, row
from watchkeeper.bench.wire import Stalled, Wire, feed

ROUNDS = 3
SINGLES = 20_000
BATCHED = 100_000
_APPEND_ROWS = 1_000
_LONGEST_S = 120.0


def ingest(scale: float = 1.0) -> list[Row]:
    """Rounds alternate between the hub and its limit, so that both meet the same disturbances."""
    singles, batched = max(100, int(SINGLES * scale)), max(1_000, int(BATCHED * scale))
    mine: list[float] = []
    full: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with running() as rig:
        numbers = count(1)
        for at in range(ROUNDS):
            bare.append(_bare(rig, singles, numbers))
            mine.append(_singles(rig, singles))
            full.append(_batched(rig, batched, at))
        return [
            _rate_row("ingest singles", mine, bare, rig),
            _rate_row("ingest batched", [one for one, _ in full], bare, rig),
            row("hub cpu, batched", "s per 100,000 events", _cpu(full), _cpu(bare), rig.machine),
        ]


def _rate_row(name: str, mine: Sequence[float], bare: Sequence[tuple[float, float]], rig: Rig) -> Row:
    """The ratio is the median of the rounds' own ratios."""
    limit = [rate for rate, _ in bare]
    ratio = median(ours / one for ours, one in zip(mine, limit, strict=True))
    return row(name, "events/s", rates(mine), rates(limit), rig.machine, ratio)


def _cpu(rounds: Sequence[tuple[float, float]]) -> Figures:
    return Figures(p50=round(median(cpu for _, cpu in rounds), 3))


def _bare(rig: Rig, events: int, numbers: "count[int]") -> tuple[float, float]:
    """Events a second from the first byte sent to the last commit, and CPU seconds per 100,000."""
    now_us = SystemClock().now_us()
    said = islice(mix.said(mix.AGENTS[0]), events)
    packets = [bare_packet(one, next(numbers), now_us) for one in said]
    before, cpu_s = rig.bare_count.count, rig.bare.cpu_s()
    with Wire(rig.broker.port, "feeder") as wire:
        took_s = feed(wire, packets, lambda: rig.bare_count.look() - before, window=WINDOW, also=rig.bare_count.fd)
    return events / took_s, (rig.bare.cpu_s() - cpu_s) * 100_000 / events


def _singles(rig: Rig, events: int) -> float:
    """Events a second from the first byte sent to the last receipt."""
    packets = [packet for packet, _ in rig.fleet.singles(events)]
    before = rig.fleet.acked
    with Wire(rig.broker.port, "feeder", rig.fleet.topics, rig.fleet.on_publish) as wire:
        return events / feed(wire, packets, lambda: rig.fleet.acked - before, window=WINDOW)


def _batched(rig: Rig, events: int, at: int) -> tuple[float, float]:
    """A real agent's log, filled beforehand, by its own link: events a second from the start of the link to the last
    receipt, and the hub's CPU seconds per 100,000."""
    agent = mix.AGENTS[0]
    clock = SystemClock()
    spool = Spool.open(rig.folder / f"round-{at}" / "spool.db", agent, SpoolLimits(), clock)
    try:
        fill(spool, agent, events)
        uplink = Uplink(SITE, agent, key_of(agent), spool, random=SystemRandom().random)
        link = Link(uplink, BrokerSettings(rig.broker.url), clock, random=SystemRandom().random, on_order=lambda _: None)
        cpu_s, began = rig.hub.cpu_s(), time.monotonic()
        link.start()
        try:
            _until_idle(uplink, began)
            took_s = time.monotonic() - began
        finally:
            link.close(1.0)
        return events / took_s, (rig.hub.cpu_s() - cpu_s) * 100_000 / events
    finally:
        spool.close()


def fill(spool: Spool, agent: str, events: int) -> None:
    """Append so many events of the mix."""
    said = islice(mix.said(agent), events)
    clock = SystemClock()
    while rows := [Entry(one.device, one.reading, clock.now_us()) for one in islice(said, _APPEND_ROWS)]:
        spool.append_many(rows)


def _until_idle(uplink: Uplink, began: float) -> None:
    pause = Event()
    while not uplink.idle:
        if time.monotonic() - began > _LONGEST_S:
            raise Stalled(f"the hub did not take the log within {_LONGEST_S:.0f} s: {uplink.counters}")
        pause.wait(0.002)
