"""The agent and the model hub over a network that loses, doubles and reorders, on a manual clock, from a seed."""

import random

import pytest

from contract.clock import US_PER_MS, US_PER_S, ManualClock
from contract.readings import AlarmInput, Dropped, Measurement
from edge.offset import Now
from edge.spool import Entry, Spool, SpoolLimits
from edge.uplink import Phase, Uplink
from tests.support.model_hub import ModelHub

KEY = b"k" * 32


class World:
    """One agent, one hub, and what is under way between them as (due, direction, payload)."""

    def __init__(self, seed, folder, bytes_max):
        self.rng = random.Random(seed)
        self.clock = ManualClock()
        self.folder = folder
        self.limits = SpoolLimits(bytes_max=bytes_max, age_us_max=1 << 62)
        self.hub = ModelHub("estate", "gate-1", KEY)
        self.under_way = []
        self.accepted = 0
        self.dropped = 0
        self.healed = False
        self.boot()

    def boot(self):
        self.spool = Spool.open(self.folder / "spool.db", "gate-1", self.limits, self.clock)
        self.uplink = Uplink("estate", "gate-1", KEY, self.spool, random=self.rng.random)
        self.uplink.on_connected(self.now)

    @property
    def now(self):
        return Now(self.clock.now_us(), self.clock.mono_us())

    def post(self, to_hub, payload):
        copies = 1 if self.healed else self.rng.choices([0, 1, 2], [0.1, 0.8, 0.1])[0]
        for _ in range(copies):
            delay_us = US_PER_MS if self.healed else self.rng.choice([1, 1, 1, 5, 40, 4_000]) * US_PER_MS
            self.under_way.append((self.clock.mono_us() + delay_us, to_hub, payload))

    def deliver(self):
        due = sorted((w for w in self.under_way if w[0] <= self.clock.mono_us()), key=lambda w: w[0])
        self.under_way = [w for w in self.under_way if w[0] > self.clock.mono_us()]
        for _, to_hub, payload in due:
            if to_hub:
                self.post(False, self.hub.take(payload, self.clock.now_us()))
            else:
                self.uplink.on_receipt(payload, self.now)

    def turn(self):
        self.deliver()
        for message in self.uplink.next(self.now):
            self.post(True, message.payload)
        wake = [w[0] for w in self.under_way]
        if self.uplink.wake_at is not None:
            wake.append(self.uplink.wake_at)
        step_us = min([*wake, self.clock.mono_us() + US_PER_S]) - self.clock.mono_us()
        self.clock.advance_us(max(step_us, 100))

    def append(self):
        def reading(n):
            return AlarmInput(True, str(n)) if self.rng.random() < 0.3 else Measurement("x", n)

        many = self.rng.choice([1, 1, 1, 10, 300])
        self.spool.append_many([Entry("d", reading(self.accepted + n), self.clock.now_us()) for n in range(many)])
        self.accepted += many

    def disturb(self):
        act = self.rng.choices(["append", "reboot", "kill", "flap", "pause", "step", "none"], [40, 1, 1, 3, 1, 1, 30])[0]
        if act == "append":
            self.append()
        elif act in {"reboot", "kill"}:
            self.dropped += self.spool.dropped
            self.spool.close() if act == "reboot" else self.spool.abandon()
            self.boot()
        elif act == "flap":
            self.uplink.on_disconnected()
            self.uplink.on_connected(self.now)
        elif act == "pause":
            self.hub.paused = not self.hub.paused
        elif act == "step":
            self.clock.step_wall_us(self.rng.randint(-US_PER_S, US_PER_S))

    def heal(self):
        self.healed, self.hub.paused = True, False
        for _ in range(20_000):
            self.turn()
            if self.uplink.idle and self.uplink.phase is Phase.FLOWING and not self.under_way:
                return
        raise AssertionError("the hub never got everything")


def run(seed, folder, bytes_max):
    world = World(seed, folder, bytes_max)
    for _ in range(500):
        world.disturb()
        world.turn()
    world.heal()
    world.dropped += world.spool.dropped
    world.spool.abandon()
    return world


def values(world):
    return [
        int(reading.value if isinstance(reading, Measurement) else reading.name)
        for _, _, _, reading in world.hub.committed
        if not isinstance(reading, Dropped)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_each_accepted_reading_arrives_once_and_in_order(seed, tmp_path):
    world = run(seed, tmp_path, bytes_max=8 << 20)
    assert values(world) == list(range(world.accepted)), f"seed {seed}"
    assert world.uplink.counters.new_streams == 0


@pytest.mark.parametrize("seed", range(100, 108))
def test_what_a_small_spool_had_to_drop_is_told_and_the_rest_arrives_once(seed, tmp_path):
    world = run(seed, tmp_path, bytes_max=32 * 1024)
    got = values(world)
    assert got == sorted(set(got)), f"seed {seed}"
    told = [reading for _, _, _, reading in world.hub.committed if isinstance(reading, Dropped)]
    missing = world.accepted - len(got)
    assert sum(r.measurements + r.events + r.alarms for r in told) == missing, f"seed {seed}"
    assert world.dropped >= missing
    assert world.hub.streams[world.spool.stream].mark == world.accepted
    assert not world.hub.jumps
