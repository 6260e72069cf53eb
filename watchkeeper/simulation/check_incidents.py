"""P2: one cause has one incident, whatever was lost, doubled or killed on the way, and what is told outside has one key."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from contract.clock import US_PER_S
from hub.policy.load import Policy
from hub.views import change_key
from watchkeeper.simulation.check_events import EventCheck
from watchkeeper.simulation.estate import SITE
from watchkeeper.simulation.ledger import Ledger
from watchkeeper.simulation.reference import Cause, Reference
from watchkeeper.simulation.silence import Gap, gaps

LATE_MARGIN_US = 12 * US_PER_S
ACKNOWLEDGE = {1: ("EMG-2", "acknowledge_s"), 2: ("MON-3", "acknowledge_s"), 3: ("CMD-2", "acknowledge_p3_s")}
"""By priority, the number of seconds within which somebody must have taken an incident."""
_TAKEN = frozenset(("acknowledged", "dispatched", "shelved", "held", "withdrawn", "reopened"))
"""After one of these nobody is called any more, or is called anew."""
CLOCK_GRACE_US = 60 * US_PER_S


Name = tuple[int, str]


class CaseRow(NamedTuple):
    """What is looked at of a case."""

    case_no: int
    detector: str
    device: str
    episode: str
    state: str
    proven: bool
    late: bool
    priority: int
    opened_us: int
    raised_us: int
    version: int

    @property
    def name(self) -> Name:
        """Of which case, and which episode in it."""
        return self.case_no, self.episode

    @property
    def stands(self) -> bool:
        """It says that it was so, and nothing has taken it back."""
        return bool(self.proven) and self.state != "withdrawn"


_JUDGED_ELSEWHERE = frozenset(("duty_gap", "footage_sweep_halted"))
"""GapCheck judges gaps; a life of footage, whose sweep halts when the hub's clock is set, is simulated by itself."""


@dataclass
class IncidentCheck:
    """Judges the cases in the database by the reference."""

    ledger: Ledger
    reference: Reference
    policy: Policy

    def check(self, database: sqlite3.Connection, events: EventCheck, now_us: int, hub_since_us: int) -> Iterator[str]:
        """What is wrong. `hub_since_us`: when the hub that runs was started."""
        names = ", ".join(CaseRow._fields)
        cases = [CaseRow(*row) for row in database.execute(f"SELECT {names} FROM case_ ORDER BY case_no").fetchall()]  # noqa: S608
        rows = list(_by_episode(database, cases))
        matched = {case.name for case in rows if case.detector in _JUDGED_ELSEWHERE}
        by_name: dict[tuple[str, str, str], list[CaseRow]] = {}
        for case in rows:
            by_name.setdefault((case.detector, case.device, case.episode), []).append(case)
        for cause in self.reference.causes(self.ledger, events.settled_us):
            found = [case for name in cause.names for case in by_name.get((cause.detector, cause.device, name), ())]
            matched.update(case.name for case in found)
            yield from self._cause(cause, found)
        silent = [case for case in rows if case.detector == "agent_silent"]
        yield from self._silence(silent, now_us, matched)
        yield from self._gaps([case for case in rows if case.detector == "sequence_gap"], events, matched)
        for case in rows:
            if case.name not in matched:
                yield f"P2: case {case.case_no} ({case.detector} of {case.device}, {case.episode[:16]}…) has no cause"
        yield from self._clocks(database, cases, now_us, hub_since_us)
        yield from self._acts(cases)

    def _cause(self, cause: Cause, found: list[CaseRow]) -> Iterator[str]:
        what = f"{cause.detector} of {cause.device}, begun by {cause.told[0].stream[:8]}:{cause.told[0].seq}"
        standing = [case for case in found if case.stands]
        if cause.loose:
            return
        if len(standing) > 1:
            yield f"P2: {what}: incidents {', '.join(str(case.case_no) for case in standing)} for one cause"
        elif cause.verdict == "must" and not standing:
            seen = f"only {found[0].state}, proven={bool(found[0].proven)}" if found else "none"
            yield f"P2: {what}: there must be an incident, and there is {seen}"
        elif cause.verdict == "must_not" and standing:
            yield f"P2: {what}: incident {standing[0].case_no} stands, and it was not so"
        elif cause.verdict == "must" and standing:
            yield from self._late(what, cause, standing[0])

    def _late(self, what: str, cause: Cause, case: CaseRow) -> Iterator[str]:
        """Late is what came in late, and was not seen to hold by anything fresh."""
        late_us = int(self.policy.numbers("CMD-1")["late_s"] * US_PER_S)
        delays = [told.hub_at_us - told.true_us for told in cause.told if told.hub_at_us is not None]
        if case.late and delays[0] < late_us - LATE_MARGIN_US:
            yield f"P2: {what}: case {case.case_no} is late, and it came in {delays[0] / US_PER_S:.0f} s"
        if not case.late and min(delays) > late_us + LATE_MARGIN_US:
            yield f"P2: {what}: case {case.case_no} is not late, and it came after {min(delays) / US_PER_S:.0f} s"

    def _silence(self, cases: list[CaseRow], now_us: int, matched: set[Name]) -> Iterator[str]:
        limit_s = self.policy.numbers("CMD-1")["agent_silent_s"]
        for gap in gaps(self.ledger, limit_s, now_us):
            found = [case for case in cases if _of_gap(case, gap)]
            matched.update(case.name for case in found)
            span = f"agent {gap.agent} was silent for {(gap.until_us - gap.since_us) / US_PER_S:.0f} s"
            if len(found) > 1:
                yield f"P2: {span}: incidents {', '.join(str(case.case_no) for case in found)} for one cause"
            elif gap.verdict == "must" and not found:
                yield f"P2: {span}: there must be an incident, and there is none"
            elif gap.verdict == "must_not" and found:
                yield f"P2: {span}: incident {found[0].case_no} stands, and it was not so long"

    def _gaps(self, cases: list[CaseRow], events: EventCheck, matched: set[Name]) -> Iterator[str]:
        for agent, ranges in sorted(events.dropped.items()):
            found = [case for case in cases if case.device == agent]
            matched.update(case.name for case in found)
            if not found:
                yield f"P2: agent {agent} dropped {ranges[0][0]} to {ranges[0][1]}, and no incident says so"

    def _clocks(self, database: sqlite3.Connection, cases: Iterable[CaseRow], now_us: int, hub_since_us: int) -> Iterator[str]:
        """A clock that ran out is told once, at its end."""
        entries: dict[int, list[tuple[str, int, dict[str, Any]]]] = {}
        query = "SELECT case_no, act, at_us, body FROM case_entry ORDER BY case_no, entry_no"
        for case_no, act, at_us, body in database.execute(query).fetchall():
            entries.setdefault(case_no, []).append((act, at_us, msgspec.json.decode(body)))
        for case in cases:
            acts = {act for act, _, _ in entries[case.case_no]}
            clause = ACKNOWLEDGE.get(case.priority)
            if clause is None or entries[case.case_no][0][2]["late"] or acts & _TAKEN:
                continue
            due_us = case.raised_us + int(self.policy.numbers(clause[0])[clause[1]] * US_PER_S)
            told = [at for act, at, body in entries[case.case_no] if act == "escalated" and body["clock"] == "acknowledge"]
            awaited = now_us > max(due_us, hub_since_us) + CLOCK_GRACE_US
            if told not in ([due_us], [] if not awaited else [due_us]):
                yield f"P2: case {case.case_no} was to escalate once at {due_us}, and did at {told}"

    def _acts(self, cases: Iterable[CaseRow]) -> Iterator[str]:
        """What a person was told is done is done."""
        versions = {case.case_no: case.version for case in cases}
        for acted in self.ledger.acted:
            if versions.get(acted.case_no, 0) < acted.version:
                yield f"P2: case {acted.case_no} was {acted.act} in version {acted.version}, and that is gone"


def undelivered(database: sqlite3.Connection, ledger: Ledger, *, everything: bool = False) -> Iterator[str]:
    """Each change of a case, up to where its reader says it stands or `everything`, must have reached the outside as it is, under
    its position's key."""
    reader = database.execute("SELECT pos FROM reader").fetchone()
    up_to = 1 << 62 if everything else 0 if reader is None else reader[0]
    query = "SELECT pos, act, body FROM change WHERE topic = 'case' AND pos <= ? ORDER BY pos"
    for pos, act, body in database.execute(query, (up_to,)).fetchall():
        told = ledger.delivered.get(change_key(SITE, pos))
        if told is None:
            yield f"P2: the change {pos} ({act}) was never delivered"
        elif told != body:
            yield f"P2: the change {pos} ({act}) was delivered as something else"


def _by_episode(database: sqlite3.Connection, cases: Iterable[CaseRow]) -> Iterator[CaseRow]:
    """A row for each episode: the cases, and those that a chattering case stands for besides its own, each as if it had a case.
    So one cause is counted once, in the case that it was merged into. One that was taken back there does not stand."""
    by_no = {case.case_no: case for case in cases}
    found = {(case.case_no, case.episode): case for case in by_no.values()}
    query = """SELECT case_no, entry_no, act, body FROM case_entry WHERE entry_no = 1 OR act IN ('came_back', 'merged')
               ORDER BY case_no, entry_no"""
    late: dict[int, bool] = {}
    for case_no, entry_no, act, text in database.execute(query).fetchall():
        body: dict[str, Any] = msgspec.json.decode(text)
        key, case = (case_no, body.get("episode", "")), by_no[case_no]
        if entry_no == 1:
            late[case_no] = body["late"]
        elif act == "came_back":
            found[key] = case._replace(episode=key[1], opened_us=body["began_us"], proven=True, late=body["late"])
            own = case_no, case.episode  # which another episode may have made present
            found[own] = found[own]._replace(late=late[case_no])
        elif "reason" in body:
            found[key] = found[key]._replace(state="withdrawn")
    yield from found.values()


def _of_gap(case: CaseRow, gap: Gap) -> bool:
    """A silence is named by its last sign of life; the hub counts at most one in a second."""
    return case.device == gap.agent and abs(case.opened_us - gap.since_us) <= 2 * US_PER_S
