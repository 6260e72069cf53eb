"""Duties: how late gaps are with many windows open, a start with them, a year made anew, and a wand that was away for days."""

import importlib.util
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from contract.clock import US_PER_S, SystemClock
from contract.envelope import Batch, Receipt, Record, encode, seal
from contract.orders import AnyOrder
from contract.readings import Heartbeat, TagScanned
from contract.topics import agent_topic
from hub.duties.plan import Plan, windows
from hub.duties.types import Tag, Window
from hub.ingest.core import Core, Message
from hub.ingest.ports import ChangeRow, Rules
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.policy.load import Policy
from hub.store.engine import open_engine
from watchkeeper.bench import machine, mix
from watchkeeper.bench.children import limit_script
from watchkeeper.bench.estate import SITE, key_of
from watchkeeper.bench.machine import Machine
from watchkeeper.bench.patrolled import EVERY_S, HOUR_US, PLACES, WAND, YEAR_US, database, estate_of, names_of, plan_of
from watchkeeper.bench.reporting import year_reported
from watchkeeper.bench.rows import Figures, Row, row, spread
from watchkeeper.bench.sealed import Log

OPEN = 100_000
ENDS_PER_S = 100
EVENTS_PER_S = 1_000
SECONDS = 30.0
SCANS = 10_000
SCANNED_PLACES = 100
READ_OUT_HOURS = 72
_BATCH = 300
_TURN = 11
"""So many messages are at most half a megabyte, which is what a worker takes into one turn."""


def duties(scale: float = 1.0) -> list[Row]:
    """Seven rows."""
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        return [
            *_deadlines(folder, scale, looked),
            _year(scale, looked),
            _read_out(folder, scale, looked),
            *year_reported(folder, scale, looked, _limits()),
        ]


class _Nobody:
    """Whom a hub without a broker speaks to."""

    def receipt(self, agent: str, receipt: Receipt) -> None:
        """See hub.ingest.ports.Out."""

    def order(self, agent: str, order: AnyOrder) -> None:
        """See hub.ingest.ports.Out."""


def _rules(plan: Plan) -> Rules:
    return rules_of(Policy.load())._replace(plan=plan)


def _deadlines(folder: Path, scale: float, looked: Machine) -> list[Row]:
    """Windows that end one after another, while events come in; sources have always told, so that a gap is due at the end."""
    clock, seconds = SystemClock(), max(1.0, SECONDS * min(scale, 1.0))
    places = names_of(max(10, int(PLACES * min(scale, 1.0))))
    per_place = OPEN // PLACES
    first_us = clock.now_us() + int((4.0 + 12.0 * min(scale, 1.0)) * US_PER_S)
    open_windows = []
    for turn in range(per_place):
        for at, place in enumerate(places):
            end_us = first_us + (turn * len(places) + at) * US_PER_S // ENDS_PER_S
            name = f"patrol/round/{place}/{turn}"
            open_windows.append(Window(name, "patrol", "round", place, first_us - HOUR_US + turn, end_us, end_us, 1))
    plan = plan_of(places, "hub")
    url = database(folder / "many.db", plan, first_us - HOUR_US, first_us + YEAR_US, open_windows)
    start = _start(url, folder / "many.db", places, plan, looked)
    until_us = first_us + int(seconds * US_PER_S)
    ours = _lateness(url, places, plan, clock, until_us)
    bare_first_us = clock.now_us() + US_PER_S
    ends = [bare_first_us + at * US_PER_S // ENDS_PER_S for at in range(len(open_windows))]
    bare = _limits().deadlines(str(folder / "bare.db"), ends, clock.now_us, bare_first_us + int(seconds * US_PER_S), EVENTS_PER_S)
    worst = row(
        "worst gap of them", "ms after the end", Figures(p50=round(max(ours), 1)), Figures(p50=round(max(bare), 1)), looked
    )
    return [row("gap with 100,000 windows open", "ms after the end", spread(ours), spread(bare), looked), worst, start]


def _lateness(url: str, places: Sequence[str], plan: Plan, clock: SystemClock, until_us: int) -> list[float]:
    engine = open_engine(url)
    worker = Worker(engine, estate_of(places), _rules(plan), _Nobody(), clock, owner="bench")
    heard: list[tuple[int, list[ChangeRow]]] = []
    worker.on_change(lambda rows: heard.append((clock.now_us(), [one for one in rows if one.topic == "duty"])))
    worker.start()
    logs, sent, began_us = [Log(agent, clock) for agent in mix.AGENTS], 0, clock.now_us()
    while (now_us := clock.now_us()) < until_us:
        while sent < (now_us - began_us) * EVENTS_PER_S // US_PER_S:
            log = logs[sent % len(logs)]
            worker.submit(log.topic, log.single()[0])
            sent += 1
        time.sleep(0.002)
    worker.stop()
    engine.dispose()
    ends = ((at_us, msgspec.json.decode(one.body)["ends_us"]) for at_us, rows in heard for one in rows)
    return [(at_us - end_us) / 1000 for at_us, end_us in ends]


def _start(url: str, path: Path, places: Sequence[str], plan: Plan, looked: Machine) -> Row:
    """A hub takes over a site with so many windows."""
    engine = open_engine(url)
    core = _core(engine, places, plan)
    now_us = SystemClock().now_us()
    began = time.perf_counter()
    core.open(now_us)
    ours = time.perf_counter() - began
    core.close(now_us)
    engine.dispose()
    began = time.perf_counter()
    _limits().load(str(path))
    return row("start with 100,000 windows", "s", _seconds(ours), _seconds(time.perf_counter() - began), looked)


def _core(engine: Any, places: Sequence[str], plan: Plan) -> Core:
    return Core(
        engine,
        estate_of(places),
        _rules(plan),
        _Nobody(),
        owner="bench",
        new_id=lambda: secrets.token_hex(4),
        mono_us=SystemClock().mono_us,
    )


def _year(scale: float, looked: Machine) -> Row:
    """All windows of a year, every two hours at each place."""
    places = names_of(max(1, int(PLACES * min(scale, 1.0))))
    from_us = SystemClock().now_us()
    began = time.perf_counter()
    for _ in windows(plan_of(places, "hub"), 1, (), from_us, from_us + YEAR_US):
        pass
    ours = time.perf_counter() - began
    began = time.perf_counter()
    _limits().windows(list(places), from_us, from_us + YEAR_US, EVERY_S * US_PER_S)
    return row("a year of 1,000 places made", "s", _seconds(ours), _seconds(time.perf_counter() - began), looked)


def _read_out(folder: Path, scale: float, looked: Machine) -> Row:
    """A wand that was away for three days is read out: every window of these days is a gap by then."""
    count = max(100, int(SCANS * min(scale, 1.0)))
    places = names_of(SCANNED_PLACES)
    now_us = SystemClock().now_us()
    from_us = now_us - READ_OUT_HOURS * HOUR_US
    plan = plan_of(places, WAND)
    made = list(windows(plan, 1, (), from_us, now_us + 36 * HOUR_US))
    tags = [Tag(f"{number:08X}", "rfid", place, "", 0) for number, place in enumerate(places)]
    engine = open_engine(database(folder / "wand.db", plan, from_us, now_us + 36 * HOUR_US, made, tags))
    core = _core(engine, places, plan)
    core.open(now_us)
    _catch_up(core, now_us)
    _catch_up(core, now_us + US_PER_S)
    random = Random(1)  # noqa: S311 - it only has to be the same in each run
    scans = sorted((from_us + random.randrange(READ_OUT_HOURS * HOUR_US - US_PER_S), number) for number in range(count))
    messages = _messages([(at_us, number % len(places)) for at_us, number in scans], now_us + US_PER_S)
    began = time.perf_counter()
    for at in range(0, len(messages), _TURN):
        core.turn(messages[at : at + _TURN], now_us + US_PER_S)
    _catch_up(core, now_us + US_PER_S)
    ours = time.perf_counter() - began
    engine.dispose()
    ends = {place: [one.ends_us for one in made if one.place == place] for place in places}
    plain = [(f"w:{number}", places[number % len(places)], at_us) for at_us, number in scans]
    began = time.perf_counter()
    _limits().read_out(str(folder / "bare-wand.db"), plain, ends)
    return row("72 h of 10,000 scans judged", "s", _seconds(ours), _seconds(time.perf_counter() - began), looked)


def _catch_up(core: Core, now_us: int) -> None:
    """Turns until everything that ended up to now is judged."""
    core.turn([], now_us)
    while core.next_us() <= now_us:
        core.turn([], now_us)


def _messages(scans: Sequence[tuple[int, int]], now_us: int) -> list[Message]:
    """As the agent sends them, and at the end that this was all."""
    agent = mix.AGENTS[0]
    topic, stream = agent_topic(SITE, agent, "batch"), secrets.token_hex(16)
    records = [
        Record(seq, WAND, now_us, TagScanned(tag=f"{place:08X}", scan=f"w:{seq}", made_at_us=at_us), at_us)
        for seq, (at_us, place) in enumerate(scans, 1)
    ]
    records.append(Record(len(records) + 1, agent, now_us, Heartbeat(sources={agent: now_us, WAND: now_us})))
    return [
        Message(
            topic,
            seal(
                key_of(agent),
                topic,
                encode(Batch(stream, 1, "boot", 0, 1, len(records), now_us, 1, 0, records[at : at + _BATCH])),
            ),
        )
        for at in range(0, len(records), _BATCH)
    ]


def _seconds(took_s: float) -> Figures:
    return Figures(p50=round(took_s, 3))


def _limits() -> Any:
    spec = importlib.util.spec_from_file_location("bench_limit_duties", limit_script("duties"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
