"""The estate in force, at the one place where everybody looks it up: nobody keeps an Estate for longer than an answer takes."""

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection

from contract.settings import BadSettings
from hub.duties.plan import Plan
from hub.estate import Estate, EstateFile, read_keys
from hub.estates.document import Body, body_of, check_document, file_of
from hub.estates.drawing import BadDrawing, drawing_of
from hub.ingest.ports import EstateAct, EstateDone, EstateNow
from hub.ingest.rules import rules_of
from hub.planning import plan_of
from hub.policy.load import Policy
from hub.store.estate_rows import DrawingRow, VersionRow, digests, newest_number, newest_version

FileState = Literal["unknown", "same", "import", "differs", "failed"]
_log = logging.getLogger(__name__)
Ask = Callable[[EstateAct], "Future[Any]"]


class Keys(NamedTuple):
    """What agents' keys are found by, and what is wrong with the files that should hold them."""

    found: Mapping[str, bytes]
    wrong: list[str]


class EstateHolder:
    """Begins with the estate of the file that the settings name; then the newest version in the database counts. Any thread may
    look; `read` and `adopt` are the worker's. `folder`: where files with keys are named from, None: nowhere.

    Keys are in no version: an agent's is the one in the file at its `key_file`, else the one that the settings' file gave it.
    """

    def __init__(self, estate: Estate, policy: Policy, plan: Plan | None = None, folder: Path | None = None) -> None:
        self._policy, self._folder, self._file = policy, folder, estate.file
        self._file_keys = dict(estate.keys)
        self._rules = rules_of(policy)._replace(plan=plan or plan_of(estate, policy))
        self._current, self._body = estate, body_of(estate.file)
        self._now = EstateNow(0, estate, self._rules, _import_it)
        self.file_state: FileState = "unknown"
        """What became of the file that the settings name."""

    @property
    def current(self) -> Estate:
        """The estate in force."""
        return self._current

    @property
    def version(self) -> int:
        """Its number; 0: it is not in the database yet."""
        return self._now.version

    @property
    def body(self) -> Body:
        """Its document."""
        return self._body

    @property
    def site(self) -> str:
        """The site's id, which never changes."""
        return self._current.site

    @property
    def agents(self) -> Collection[str]:
        """The ids of its agents."""
        return self._current.agents

    def key_of(self, agent: str) -> bytes | None:
        """The agent's key, or None for a stranger."""
        return self._current.key_of(agent)

    def keys_for(self, file: EstateFile) -> Keys:
        """The keys of the agents of such an estate. One without any is no mistake here: nothing of it is believed until it has
        one."""
        ids = {agent.id for agent in file.agents}
        keys = {agent: key for agent, key in self._file_keys.items() if agent in ids}
        named = [agent for agent in file.agents if agent.key_file]
        if self._folder is None or not named:
            return Keys(keys, [])
        found, wrong = read_keys(msgspec.structs.replace(file, agents=named), self._folder / "estate")
        return Keys(keys | found, wrong)

    def read(self, connection: Connection, *, strictly: bool = False) -> EstateNow:
        """See EstateSource. With `strictly` also whether it fits the policy, which may be another since. Raises BadSettings."""
        site, was = self._current.site, self._now
        if newest_number(connection, site) == was.version:
            return was
        row = newest_version(connection, site)
        if row is None:
            return was
        file = file_of(row.body)
        if strictly:
            self._check(file, row)
        keys = self.keys_for(file)
        for message in keys.wrong:
            _log.warning("estate_key_missing", extra={"detail": message})
        estate = Estate(file, keys.found)
        rules = self._rules._replace(plan=plan_of(estate, self._policy))
        return EstateNow(row.version, estate, rules, partial(verdict, row, frozenset(digests(connection, site))))

    def adopt(self, now: EstateNow) -> None:
        """See EstateSource."""
        if not isinstance(now.book, Estate):
            raise TypeError("an estate that this holder has read is adopted, and nothing else")
        self._current, self._body, self._now = now.book, body_of(now.book.file), now

    def offer_file(self, path: Path, ask: Ask) -> None:
        """Have the file that the settings name imported, where it is to be: see docs/design/estate.md. What became of it stands
        in `file_state` and in the log."""
        body, drawings = body_of(self._file), drawings_of(self._file, path.parent)
        act = EstateAct(0, body.text, body.digest, "file", "", "", at_start=True, drawings=drawings)
        ask(act).add_done_callback(partial(self._settled, path))

    def _settled(self, path: Path, future: "Future[Any]") -> None:
        try:
            done = future.result()
        except Exception as error:
            self.file_state = "failed"
            _log.warning("estate_file_not_offered", extra={"error": str(error)})
            return
        if isinstance(done, EstateDone):
            self.file_state = done.outcome if done.outcome != "changed" else "import"
            log = _log.warning if done.outcome == "differs" else _log.info
            log("estate_file", extra={"file": str(path), "outcome": done.outcome, "version": done.version})

    def _check(self, file: EstateFile, row: VersionRow) -> None:
        found = check_document(msgspec.json.decode(row.body), self._policy, file.site)
        if found.messages:
            what = f"version {row.version} of the estate, which the database holds, does not fit the policy any more: mend that"
            raise BadSettings([what, *found.messages])


def _import_it(_: str) -> Literal["import"]:
    return "import"


def verdict(newest: VersionRow, known: frozenset[str], digest: str) -> Literal["import", "same", "differs"]:
    """What is to become of the settings' file at the start. It wins where nobody has edited the estate at the hub since a file
    was imported; after that the database's version counts, and a file that never was a version is told about."""
    if digest == newest.digest:
        return "same"
    if newest.origin == "file":
        return "import"
    return "same" if digest in known else "differs"


def drawings_of(file: EstateFile, folder: Path) -> tuple[DrawingRow, ...]:
    """The drawings that an estate file names beside it. One that cannot be used is left out and told in the log."""
    found: list[DrawingRow] = []
    for floor in file.floors:
        if floor.drawing is None:
            continue
        try:
            drawing = drawing_of((folder / floor.drawing).read_bytes())
        except (OSError, BadDrawing) as error:
            _log.warning("drawing_not_read", extra={"floor": floor.id, "error": str(error)})
            continue
        found.append(row_of(floor.id, drawing))
    return tuple(found)


def row_of(floor: str, drawing: Any, at_us: int = 0) -> DrawingRow:
    """A drawing as a floor's row."""
    return DrawingRow(floor, drawing.media_type, drawing.data, drawing.digest, drawing.width, drawing.height, at_us)
