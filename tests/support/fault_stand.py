"""A stand for the faults: a broker, a hub and an agent as processes of their own, in one folder, and the check at the end."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from hub.ingest.ports import StepName
from tests.support.fault_agent import AGENT, DEVICE, KEY, SITE, AgentLife, run_agent
from tests.support.fault_books import promises_broken, read_hub, read_ordinals, read_receipts
from tests.support.fault_hub import HubLife, run_hub
from tests.support.lives import Life, wait_for
from watchkeeper.bench.estate import write_unmerging_policy
from watchkeeper.broker import EmbeddedBroker

ESTATE = f"""
site: {SITE}
name_zh: 花园
name_en: Garden
timezone: Asia/Shanghai
places:
  - {{id: gate, name_zh: 大门, name_en: Gate}}
agents:
  - {{id: {AGENT}, place: gate, name_zh: 门岗, name_en: Gatehouse, key: {KEY.hex()}}}
devices:
  - {{id: {DEVICE}, kind: barrier, place: gate, agent: {AGENT}, name_zh: 道闸, name_en: Barrier}}
"""


class Stand:
    """A context manager: at its end every process is gone. `hub_data` and `spool` may lie on a disk that fails."""

    def __init__(
        self,
        folder: Path,
        *,
        hub_data: Path | None = None,
        spool: Path | None = None,
        agent_url: str = "",
        hub_url: str = "",
        lying: bool = False,
    ) -> None:
        """`lying`: every hub has the planted bug."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.data = hub_data or folder / "data"
        self.spool = spool or folder / "agent" / "spool.db"
        self.quiet = folder / "quiet"
        self.read_only = folder / "read-only"
        self.accepted, self.receipts = folder / "accepted", folder / "receipts"
        self.settings = folder / "hub.yaml"
        self.broker = EmbeddedBroker(folder / "broker")
        self.agent_url, self.hub_url = agent_url or self.broker.url, hub_url or self.broker.url
        self.hub: Life | None = None
        self.agent: Life | None = None
        self._agents = 0
        self._lying = lying
        (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
        write_unmerging_policy(folder / "policy.yaml")
        self.write_settings()

    @property
    def database(self) -> Path:
        """The hub's database."""
        return self.data / "hub.db"

    def write_settings(self) -> None:
        """The hub's settings file, for where its data are now."""
        files = "estate: estate.yaml\npolicy: policy.yaml\n"
        told = f"{files}data: '{self.data}'\nbroker: {{url: '{self.hub_url}'}}\nhttp: {{port: 0}}\n"
        self.settings.write_text(told, encoding="utf-8")

    def start_hub(self, crash: StepName | None = None, nth: int = 1) -> Life:
        """A new life of the hub."""
        self.hub = Life(run_hub, HubLife(self.settings, self.receipts, crash, nth, self.read_only, self._lying))
        return self.hub

    def start_agent(self, **more: Any) -> Life:
        """A new life of the agent."""
        self._agents += 1
        self.agent = Life(run_agent, AgentLife(self.spool, self.agent_url, self.accepted, self.quiet, self._agents, **more))
        return self.agent

    def accepted_count(self) -> int:
        """Readings accepted so far."""
        return len(read_ordinals(self.accepted))

    def wait_for_more(self, count: int = 1) -> None:
        """Until the agent has accepted so many more."""
        goal = self.accepted_count() + count
        wait_for(lambda: self.accepted_count() >= goal, "the agent to accept")

    def committed(self) -> int:
        """Events in the hub's database now."""
        if not self.database.exists():
            return 0
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as db:
                return int(db.execute("SELECT coalesce(sum(mark), 0) FROM stream WHERE agent = ?", (AGENT,)).fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # it is just being made

    def wait_for_commits(self, count: int = 1) -> None:
        """Until the hub has committed so many more."""
        goal = self.committed() + count
        wait_for(lambda: self.committed() >= goal, "the hub to commit")

    def settle(self) -> None:
        """The faults are over: let the agent fall silent and the hub catch up. Both are started where they are not running."""
        self.read_only.unlink(missing_ok=True)
        self.broker.start()
        if self.hub is None or not self.hub.alive:
            self.start_hub()
        if self.agent is None or not self.agent.alive:
            self.start_agent()
        self.quiet.touch()
        last = read_ordinals(self.accepted)[-1:]
        wait_for(lambda: not last or self._has(last[0]), "the hub to catch up")

    def _has(self, ordinal: int) -> bool:
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as db:
                like = f'%"ordinal"%{ordinal}%'
                return bool(db.execute("SELECT 1 FROM event WHERE kind = 'measurement' AND body LIKE ?", (like,)).fetchone())
        except sqlite3.OperationalError:
            return False

    def verdict(self) -> list[str]:
        """Settle, end everything, and tell which promises were broken."""
        try:
            self.settle()
        except AssertionError as error:
            return [str(error), *self.check()]
        return self.check()

    def check(self) -> list[str]:
        """End the processes and read the books."""
        self.kill_all()
        return promises_broken(read_hub(self.database), read_receipts(self.receipts), read_ordinals(self.accepted))

    def kill_all(self) -> None:
        """End the hub and the agent."""
        for life in (self.hub, self.agent):
            if life is not None:
                life.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_all()
        self.broker.stop()


def pause(seconds: float) -> None:
    """Let the others work for a while."""
    time.sleep(seconds)
