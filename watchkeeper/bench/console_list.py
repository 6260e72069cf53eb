"""The API's list of incidents with a million of them stored."""

import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from contract.clock import US_PER_S, SystemClock
from hub.cases.types import Case
from hub.ingest.load import case_row
from hub.store import bulk, schema
from hub.store.engine import open_engine
from watchkeeper.bench.children import limit_script, start_hub
from watchkeeper.bench.console_rig import hub_is_up, write_hub
from watchkeeper.bench.estate import SITE
from watchkeeper.bench.machine import Machine
from watchkeeper.bench.rows import Row, row, spread
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.demo.children import free_port
from watchkeeper.demo.people import INSTALLER, make_accounts

STORED = 1_000_000
LIVE = 2_000
_CHUNK = 20_000
_ASKED = 300
_EVERY_S = 30
_ENDED = ("closed", "withdrawn")
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/incidents", {"limit": 50}),
    ("/incidents", {"state": "live", "limit": 200}),
    ("/incidents", {"state": list(_ENDED), "limit": 50}),
    ("/incidents", {"state": list(_ENDED), "priority": 1, "limit": 50}),
    ("/incidents", {"device": "board-1", "limit": 50}),
)
"""What the console's list asks."""


def million_listed(folder: Path, scale: float, looked: Machine) -> Row:
    """The console's questions in turn, by HTTP; the limit is the newest 50 rows by a bare statement in the same file."""
    count = max(100, int(STORED * min(scale, 1.0)))
    home = folder / "listed"
    database = home / "data" / "hub.db"
    with EmbeddedBroker(folder / "broker-listed") as broker:
        port = free_port()
        settings = write_hub(home, broker.url, port)
        people = make_accounts(database, SITE, {}, SystemClock().now_us())
        _store(database, count)
        url = f"http://127.0.0.1:{port}"
        with start_hub(settings), httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
            hub_is_up(url)
            http.headers["Authorization"] = f"Bearer {people[INSTALLER].token}"
            asked = max(len(QUERIES), int(_ASKED * min(scale, 1.0)))
            ours = spread(list(_times(lambda at: _ask(http, at), asked)))
    bare = _limit().Newest(str(database), schema.case.name, SITE, 50)
    limit = spread(list(_times(lambda _: bare.read(), asked)))
    return row(f"console: list with {count:,} incidents", "ms", ours, limit, looked)


def _ask(http: httpx.Client, at: int) -> None:
    path, query = QUERIES[at % len(QUERIES)]
    http.get(path, params=query).raise_for_status()


def _times(do: Callable[[int], None], count: int) -> Iterator[float]:
    for at in range(-len(QUERIES), count):
        began = time.perf_counter()
        do(at)
        if at >= 0:  # what goes before warms both sides
            yield (time.perf_counter() - began) * 1000


def _store(database: Path, count: int) -> None:
    engine = open_engine(f"sqlite:///{database}")
    now_us = SystemClock().now_us()
    try:
        for first in range(1, count + 1, _CHUNK):
            numbers = range(first, min(first + _CHUNK, count + 1))
            with engine.begin() as connection:
                bulk.insert(connection, schema.case, [case_row(SITE, _case(no, count, now_us)) for no in numbers])
    finally:
        engine.dispose()


def _case(no: int, count: int, now_us: int) -> Case:
    at_us = now_us - (count - no + 1) * _EVERY_S * US_PER_S
    live = no > count - LIVE
    return Case(
        case_no=no,
        kind="incident",
        detector="panel_fault",
        clause="REP-1",
        subject=f"board-1/z{no}",
        device=("board-1", "yard-1")[no % 2],
        place="gate",
        episode=f"e{no}",
        priority=no % 4 + 1,
        state="acknowledged" if live else _ENDED[no % 10 == 0],
        opened_us=at_us,
        raised_us=at_us,
        facts={"name": f"z{no}"},
        active=live,
        returned_us=None if live else at_us,
        closed_us=None if live else at_us,
        acknowledged_us=at_us,
    )


def _limit() -> Any:
    spec = importlib.util.spec_from_file_location("bench_limit_newest", limit_script("newest"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
