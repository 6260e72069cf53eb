"""Gates that decide alone: whatever has become of the hub, the broker, the network or the disk, each decision is the model's."""

import socket
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from contract.clock import US_PER_S, ManualClock, SystemClock
from contract.permits import Credential, Portal, Rules
from contract.readings import CardRead
from edge.agent import LineCalls
from edge.broker_address import BrokerSettings
from edge.line import line_maker
from edge.spool import SpoolFull
from edge.whereabouts_file import WhereaboutsFile
from tests.faults.interlocks import twin_lane
from tests.faults.powercuts import COME_UP_EVERY, Disk
from tests.faults.row import Row, Tally, lives
from tests.support.agent_rig import ListLine
from tests.support.fault_stand import Stand, pause
from tests.support.gate_life import GateLife, Swipe, card_of, random_swipe, random_table
from tests.support.gate_model import GateModel, opens
from tests.support.lives import Life, wait_for
from tests.support.loop_disk import ABSENT, can_mount, fill, small_disk
from tests.support.modbus_rig import wait_for as wait_here
from tests.support.mqtt_proxy import FINE, MqttProxy, Weather
from tests.support.permit_rig import always
from tests.support.tls_broker import TlsBroker, expired_identity, make_authority

HELD_UP_S = 2.0
"""No reader is held up for so long, even by a disk that many share: a gate never waits for a network."""
DISK_BYTES = 4 * 1024 * 1024


class _Ground(NamedTuple):
    """What stands around an agent while something is out of order."""

    stand: Stand
    proxy: MqttProxy
    folder: Path


class Around(NamedTuple):
    """Where the agent's folder is, and its broker, while an outage lasts."""

    folder: Path
    broker: BrokerSettings


@contextmanager
def _hub_killed(ground: _Ground) -> Iterator[Around]:
    assert ground.stand.hub is not None
    ground.stand.hub.kill()
    yield _as_ever(ground)
    ground.stand.start_hub()


@contextmanager
def _hub_stopped(ground: _Ground) -> Iterator[Around]:
    assert ground.stand.hub is not None
    ground.stand.hub.freeze()
    yield _as_ever(ground)
    ground.stand.hub.thaw()


@contextmanager
def _weather(ground: _Ground, weather: Weather) -> Iterator[Around]:
    ground.proxy.weather = weather
    ground.proxy.cut()
    yield _as_ever(ground)
    ground.proxy.weather = FINE
    ground.proxy.cut()


@contextmanager
def _dns_dead(ground: _Ground) -> Iterator[Around]:
    real = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **others: Any) -> Any:
        if host == "broker.invalid":
            time.sleep(5)
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return real(host, *more, **others)

    with patch("socket.getaddrinfo", resolve):
        yield Around(ground.folder, BrokerSettings("mqtt://broker.invalid:1883"))


@contextmanager
def _expired(ground: _Ground) -> Iterator[Around]:
    ground.folder.mkdir(parents=True)
    authority = make_authority(ground.folder, "ca")
    identity = expired_identity(ground.folder, authority, "127.0.0.1")
    # a handshake that fails leaves its socket to the collector of garbage, in paho
    quiet = warnings.catch_warnings(action="ignore", category=ResourceWarning)
    with quiet, TlsBroker(ground.folder / "broker", identity, "mosquitto") as broker:
        yield Around(ground.folder, BrokerSettings(broker.url, ca_file=authority.certificate))


@contextmanager
def _disk_full(ground: _Ground) -> Iterator[Around]:
    """A real one where the machine can mount; else a log that says so."""
    ground.folder.mkdir(parents=True)
    if not can_mount():
        yield _as_ever(ground)
        return
    with small_disk(ground.folder / "disk", DISK_BYTES) as disk:
        yield Around(disk / "agent", BrokerSettings(ground.proxy.url))


def _as_ever(ground: _Ground) -> Around:
    return Around(ground.folder, BrokerSettings(ground.proxy.url))


OUTAGES: dict[str, Callable[[_Ground], Any]] = {
    "hub killed": _hub_killed,
    "hub stopped": _hub_stopped,
    "link down": lambda ground: _weather(ground, Weather(away=True)),
    "DNS dead": _dns_dead,
    "broker hung": lambda ground: _weather(ground, Weather(deaf=True)),
    "certificate expired": _expired,
    "disk full": _disk_full,
    "hub 5 s slow": lambda ground: _weather(ground, Weather(delay=1.0, delay_s=5.0)),
}


def outages(folder: Path, tries: int, random: Random) -> Tally:
    """Cards and vehicles while one thing after another is out of order; each decision is compared with the model's."""
    violations: list[str] = []
    with ExitStack() as stack:
        stand = stack.enter_context(Stand(folder / "stand"))
        stack.callback(stand.kill_all)
        stand.broker.start()
        proxy = stack.enter_context(MqttProxy(stand.broker.port, random))
        stand.start_hub()
        for number, (name, outage) in enumerate(OUTAGES.items()):
            swipes = tries // len(OUTAGES) + (number < tries % len(OUTAGES))
            ground = _Ground(stand, proxy, folder / name.replace(" ", "-"))
            with outage(ground) as around:
                violations += [f"{name}: {wrong}" for wrong in _swipe(around, swipes, random, is_full=name == "disk full")]
    return Tally(tries, violations)


def _swipe(around: Around, swipes: int, random: Random, *, is_full: bool) -> list[str]:
    clock = SystemClock()
    entries = random_table(random, clock.now_us() // US_PER_S)
    model = GateModel(entries)
    rules = model.find("rules")
    assert rules is not None
    deaf = rules.get("passback_hears_s", 60) > 0
    life = GateLife(around.folder, entries, line_maker(clock, Random(1)), around.broker, clock)
    life.start()
    violations = []
    try:
        if is_full:
            _fill(around, life)
        pause(1.1)  # after which an agent that hears nothing knows that it does not
        for number in range(swipes):
            swipe = random_swipe(random)
            reason, opened, took_s = life.show(swipe)
            wanted = model.shows(swipe.reader, swipe.medium, swipe.name, clock.now_us(), fault=swipe.fault, deaf=deaf)
            if reason != wanted or opened != opens(wanted, model.find("portal", swipe.reader)):
                violations.append(f"swipe {number} at {swipe.reader}: {reason}, opened {opened}, and not {wanted}")
            if took_s > HELD_UP_S:
                violations.append(f"swipe {number} held its reader up for {took_s:.1f} s")
        if is_full and not life.agent.counters()["gates"]["unrecorded"]:
            violations.append("the disk was not full: nothing was tested")
    finally:
        life.stop()
    return violations


def _fill(around: Around, life: GateLife) -> None:
    if can_mount():
        fill(around.folder.parent)

    def full(*_args: Any) -> int:
        raise SpoolFull("the disk is full")

    life.spool.append_many = full  # type: ignore[assignment,method-assign] # a log that has still something to drop would make room


def flaps(folder: Path, tries: int, random: Random) -> Tally:
    """The board's line goes and comes again, in the middle of whatever is said on it: no relay is pressed."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries)):
        with twin_lane(folder / f"lane-{chapter}") as lane:
            for _ in range(count):
                alives = lane.sink.alives
                pause(random.random() * 0.03)
                lane.line.unplug()
                pause(random.random() * 0.01)
                lane.line.plug()
                wait_here(lambda seen=alives: lane.sink.alives > seen, "the board to be heard again")
            if any(lane.twin.presses.values()):
                violations.append(f"a line that came and went pressed relays: {lane.twin.presses}")
    return Tally(tries, violations)


# Passback and power

PEOPLE = 12


class PassbackLife(NamedTuple):
    """What a writer is told: where its files are, where it notes what it has let through, and how far it came before."""

    folder: Path
    ledger: Path
    first: int


def _entries() -> list[Any]:
    people = (Credential(card_of(n), f"p{n}", f"h{n}", ("all",)) for n in range(PEOPLE))
    gates = Portal("in", to_zone="estate", passback="hard", passback_s=0), Portal("out", from_zone="estate", passback="hard")
    return [Rules(passback_hears_s=0), *gates, *always("in", "out"), *people]


def _line(_config: Any, _spool: Any, calls: LineCalls) -> ListLine:
    return ListLine(calls)


def _let_through(told: PassbackLife) -> None:
    """People go in and out, one after another; the ledger, on a disk that is not cut, has each once its reader was let go."""
    clock = ManualClock()
    clock.advance_us(told.first * US_PER_S)
    life = GateLife(told.folder, _entries(), _line, BrokerSettings("mqtt://127.0.0.1:1"), clock)
    life.start()
    with told.ledger.open("ab", buffering=0) as ledger:
        number = told.first
        while True:
            clock.advance_us(US_PER_S)
            who, way = number % PEOPLE, ("in", "out")[number // PEOPLE % 2]
            reason, _, _ = life.show(Swipe(way, CardRead(bits=26, facility=1, number=who), "card", card_of(who)))
            if reason == "permit":
                ledger.write(f"{who} {way}\n".encode())
            number += 1


def cut_passback(folder: Path, tries: int, random: Random) -> Tally:
    """Whoever was let through before the cut is known to be there after it; of the last one only the move may be missing."""
    violations: list[str] = []
    for chapter, count in enumerate(lives(tries, 25)):
        violations += _cut_chapter(folder, chapter, count, random)
    return Tally(tries, violations)


def _cut_chapter(folder: Path, chapter: int, count: int, random: Random) -> list[str]:
    violations: list[str] = []
    disk = Disk(folder / f"disk-{chapter}")
    ledger = folder / f"ledger-{chapter}"
    writer = Life(_let_through, PassbackLife(disk.at / "agent", ledger, 0))
    try:
        for number in range(1, count + 1):
            goal = len(_noted(ledger)) + 2
            wait_for(lambda goal=goal: len(_noted(ledger)) >= goal, "people to go through")
            pause(random.random() * 0.02)
            image = disk.cut(writer)
            with disk.look(image) as kept:
                violations += _forgotten(kept / "agent", _noted(ledger))
            if number % COME_UP_EVERY:
                writer.thaw()
                image.unlink()
            else:
                writer.kill()
                disk.come_up(image)
                writer = Life(_let_through, PassbackLife(disk.at / "agent", ledger, 2 * PEOPLE * 10_000 * number))
    finally:
        writer.kill()
        disk.close()
    return violations


def _noted(ledger: Path) -> list[tuple[int, str]]:
    if not ledger.exists():
        return []
    *lines, _ = ledger.read_text().split("\n")
    return [(int(who), way) for who, way in (line.split() for line in lines)]


def _forgotten(folder: Path, noted: list[tuple[int, str]]) -> list[str]:
    known = WhereaboutsFile(folder).load(expected=True)
    found = [] if known.forgot_us is None else ["the memory of who is where was lost"]
    places = {who: known.place(f"h{who}") for who, _ in noted}
    found += [f"person {who} is not known" for who, place in places.items() if place is None]
    ways = dict(noted)
    elsewhere = [who for who, place in places.items() if place is not None and (place.zone == "estate") != (ways[who] == "in")]
    if len(elsewhere) > 1:  # one may have gone on since, and the ledger not told yet
        found.append(f"persons {elsewhere} are taken to be where they are not")
    return found


ROWS = (
    Row("P3", "swipes while hub, network, broker or disk are out of order", 8_000, 160, outages),
    Row("P3", "link flaps of a barrier's board", 10_000, 40, flaps),
    Row("P3", "power cut under the memory of who is where", 500, 10, cut_passback, ABSENT),
)
