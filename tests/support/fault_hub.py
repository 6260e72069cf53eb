"""A hub for the faults: the real worker, database and broker's client from a real settings file, without API and channels.

It runs as a process of its own, which is killed, or kills itself at a named step of a turn. Each receipt goes to a ledger before
it is published: what stands there was promised.
"""

import os
import secrets
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event

from contract.clock import SystemClock
from contract.envelope import Receipt
from hub.config import load_config
from hub.ingest import broker as brokers
from hub.ingest.broker import Broker
from hub.ingest.ports import StepName
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.support.fault_agent import Ledger, say_into


class HubLife(NamedTuple):
    """What one process is told. `crash`: die before this step of a turn, the `nth` time it is reached. `read_only`: while this
    file is there, SQLite refuses every write. `lying`: a planted bug, for the tests of the tests: receipts before the commit."""

    settings: Path
    ledger: Path
    crash: StepName | None = None
    nth: int = 1
    read_only: Path | None = None
    lying: bool = False


class _Told:
    """The hub's voice: the ledger first, then the wire."""

    def __init__(self, broker: Broker, ledger: Ledger) -> None:
        self._broker, self._ledger = broker, ledger

    def receipt(self, agent: str, receipt: Receipt) -> None:
        self._ledger.line(f"{receipt.stream} {receipt.up_to} {receipt.verdict}")
        self._broker.receipt(agent, receipt)

    def order(self, agent: str, order: Any) -> None:
        self._broker.order(agent, order)


def run_hub(life: HubLife) -> None:
    """The process. Ends with 1 when its worker has ended."""
    say_into(life.ledger.with_name("hub.log"))
    brokers.BACK_OFF_S = (1, 1)
    config = load_config(life.settings)
    engine = open_engine(config.database)
    if life.read_only is not None:
        event.listen(engine, "checkout", _refuse_while_there(life.read_only))
    migrate(engine)
    box: list[Worker] = []

    def submit(said: Sequence[tuple[str, bytes]]) -> None:
        box[0].submit_many(said)

    estate = config.estate
    broker = Broker(config.broker, estate.site, estate.key_of, submit, client_id=f"hub-{secrets.token_hex(4)}")
    told = _Told(broker, Ledger(life.ledger))
    worker = Worker(engine, estate, rules_of(config.policy), told, SystemClock(), owner="faults", hook=_hook(life))
    if life.lying:
        _plant(worker, told)
    box.append(worker)
    worker.start()
    broker.start()
    while worker.state.reason not in {"lease_lost", "stopped"}:
        time.sleep(0.05)
    os._exit(1)


def _hook(life: HubLife) -> Callable[[StepName], None]:
    left = [life.nth]

    def hook(step: StepName) -> None:
        if step == life.crash:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _refuse_while_there(flag: Path) -> Callable[..., None]:
    def checkout(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(flag.exists())}").close()

    return checkout


def _plant(worker: Worker, told: _Told) -> None:
    """The bug: what is in a batch is receipted when the transaction begins."""
    core: Any = worker._core
    honest = core._commit

    def commit(site, outcome, now_us):
        for answer in outcome.answers.values():
            mark = site.streams.get(answer.head.stream)
            core._receipt(answer, 0 if mark is None else mark.mark, now_us)
        honest(site, outcome, now_us)

    core._commit = commit
