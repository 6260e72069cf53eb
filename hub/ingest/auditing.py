"""What people do by way of the worker, as entries of the audit log: one row of a table for each kind of Ask.

A kind that is in neither table raises at its first ask, and a test walks all of them: no act can be forgotten.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from hub.audit import log
from hub.audit.types import HUB, Act, Personal, changed
from hub.cases.types import Case, Change, Refusal
from hub.desk.asks import CallHeard
from hub.footage.views import FootageOver
from hub.ingest.access import audited as access
from hub.ingest.casebook import ClosedCases
from hub.ingest.desk import audited as desk
from hub.ingest.duties.roster import key_of as shift_key
from hub.ingest.guards import audited as guards
from hub.ingest.outcome import Outcome
from hub.ingest.ports import (
    CaseAct,
    CaseActs,
    ChangeRow,
    DrawingAct,
    EstateAct,
    EstateDone,
    MaintenanceAct,
    MaintenanceEnd,
    OccasionAct,
    PictureStored,
    Report,
    RosterAct,
    SilenceAct,
    Suspicion,
    TagAct,
    Write,
)
from hub.ingest.retention import audited as retention
from hub.ingest.site import Site
from hub.ingest.tagging import ACT_NAMES
from hub.ingest.visits import audited as visits
from hub.passages.asks import SearchesOver, WatchEnd, WatchPut
from hub.plans.asks import PlanSet, PlanStart, Reported, RunAct

NOT_AUDITED: Mapping[type, str] = {
    PictureStored: "an agent's picture has come: nobody acts",
    Suspicion: "what somebody tried who is not known: an incident tells of it",
    Report: "a person's scans and calls are evidence, and rows of their own that are only ever added",
    CallHeard: "an exchange tells: the phone log has each of its words",
    SearchesOver: "the search that was refused has an entry of its own",
    FootageOver: "the view that was refused has an entry of its own",
    Write: "whoever asks for it adds its entries in its own run: hub/audit/log.py",
    **visits.NOT_AUDITED,
    **guards.NOT_AUDITED,
}
_NOT_TOLD = frozenset(("clocks", "entries", "facts", "version"))
"""Of a case: the first two are rows of their own."""
_builtins = msgspec.to_builtins


def state_of(asked: Any, site: Site, closed: ClosedCases) -> Any:
    """What an ask may change, as it is before: for `note`. Raises DatabaseGone."""
    if isinstance(asked, CaseActs):
        return [state_of(one, site, closed) for one in asked.acts]
    if isinstance(asked, CaseAct):
        return site.cases.get(asked.case_no) or closed.by_no(asked.case_no)
    if isinstance(asked, RosterAct):
        return site.roster.get(shift_key(asked.shift))
    if isinstance(asked, OccasionAct):
        return site.occasions.get(asked.occasion.occasion)
    return retention.state_of(asked, site.keeping)


def note(outcome: Outcome, asked: Any, was: Any, answer: Any) -> None:
    """Have the entries written with the turn. What was refused has changed nothing."""
    if type(asked) not in NOT_AUDITED and not isinstance(answer, Refusal):
        for act in _ENTRIES[type(asked)](asked, was, answer):
            outcome.add(outcome.acts, act)


def write(connection: Connection, site: str, outcome: Outcome, now_us: int) -> None:
    """All entries of a turn: what was asked, and what agents say became of commands. No statement where there is nothing. With a
    holder who is erased goes the key under which entries name them."""
    acts = [*outcome.acts, *(act for row in outcome.changes if row.topic == "command" for act in _command(row))]
    log.append(connection, site, acts, now_us)
    for act in acts:
        if act.act == access.HOLDER_ERASED:
            log.erase_person(connection, site, f"holder:{act.subject}", now_us)


def _case(asked: CaseAct, was: Case | None, answer: Change) -> Iterator[Act]:
    before, after = changed(_told(was), _told(answer.case))
    fields = {name: value for name, value in asked.fields.items() if name != "reason"}
    reason = str(asked.fields.get("reason") or asked.fields.get("note") or "")
    subject = str(asked.case_no)
    yield Act(asked.actor, f"case.{asked.act}", "case", subject, reason, before, {**after, "fields": fields}, asked.role)


def _told(case: Case | None) -> dict[str, Any]:
    return {} if case is None else {name: value for name, value in _builtins(case).items() if name not in _NOT_TOLD}


def _cases(asked: CaseActs, was: Sequence[Case | None], answers: Sequence[Change | Refusal]) -> Iterator[Act]:
    for one, before, answer in zip(asked.acts, was, answers, strict=True):
        if isinstance(answer, Change):
            yield from _case(one, before, answer)


def _silence(asked: SilenceAct, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "alarm.silence", "silence", asked.post, after=_builtins(answer))


def _maintenance(asked: MaintenanceAct, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "maintenance.begin", "maintenance", answer.window_id, asked.reason, after=_builtins(answer))


def _maintenance_end(asked: MaintenanceEnd, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "maintenance.end", "maintenance", asked.window_id, after=_builtins(answer))


def _tag(asked: TagAct, _: None, answer: Any) -> Iterator[Act]:
    begun, ended = answer.begun, answer.ended
    before = {} if ended is None else {**_builtins(ended), "until_us": None}
    after = {"begun": begun, "ended_us": None if ended is None else ended.until_us}
    yield Act(asked.actor, f"tag.{ACT_NAMES[asked.act]}", "tag", asked.tag, asked.reason, before, after)


def _roster(asked: RosterAct, was: Any, answer: bool) -> Iterator[Act]:
    if answer:
        before = {} if was is None else _builtins(was)
        subject = Personal(asked.shift.person)
        name = "roster.remove" if asked.remove else "roster.set"
        yield Act(asked.actor, name, "roster", subject, before=before, after={} if asked.remove else _builtins(asked.shift))


def _occasion(asked: OccasionAct, was: Any, answer: int | None) -> Iterator[Act]:
    if answer is not None:
        one, name = asked.occasion, "occasion.remove" if asked.remove else "occasion.set"
        before, after = {} if was is None else _builtins(was), {} if asked.remove else _builtins(one)
        yield Act(asked.actor, name, "occasion", one.occasion, before=before, after={**after, "windows": answer})


def _plan_set(asked: PlanSet, _: None, answer: Any) -> Iterator[Act]:
    before = {"version": asked.version}
    yield Act(asked.actor, "plan.set", "plan", asked.plan.plan, asked.reason, before, _builtins(answer))


def _plan_start(asked: PlanStart, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "plan.start", "case", str(asked.case_no), asked.note, after={"plan": asked.plan})


def _reported(asked: Reported, _: None, answer: Case) -> Iterator[Act]:
    caller = Personal(asked.caller) if asked.caller else ""
    after = {"kind": asked.kind, "place": asked.place, "text": asked.text, "by": asked.by, "caller": caller}
    yield Act(asked.actor, "case.report", "case", str(answer.case_no), after=after)


def _run_act(asked: RunAct, _: None, _answer: Any) -> Iterator[Act]:
    deed = asked.deed
    after = {"deed": type(deed).__name__, **deed._asdict()}
    if after.get("name"):  # of somebody who was told
        after["name"] = Personal(str(after["name"]))
    yield Act(asked.actor, "plan.act", "case", str(asked.case_no), str(after.pop("note", "")), after=after)


def _command(row: ChangeRow) -> Iterator[Act]:
    """By the hub, which an agent has told so: that it names somebody makes nobody act. `command.ask` has who did."""
    body: dict[str, Any] = msgspec.json.decode(row.body)
    reading = body.get("reading", {})
    after = {"outcome": row.act, "action": reading.get("action"), "reason": reading.get("reason", ""), "nonce": row.key}
    after |= {"actor": reading["actor"]} if reading.get("actor") else {}
    yield Act(HUB, "command.ended", "device", str(body.get("device", "")), after=after)


def _estate(asked: EstateAct, _: None, answer: EstateDone) -> Iterator[Act]:
    """Which version it became and what it was made of: the versions themselves are kept, and say what is other."""
    if answer.outcome in ("changed", "import"):
        before, after = {"version": asked.seen}, {"version": answer.version, "digest": asked.digest, "origin": asked.origin}
        yield Act(asked.actor or HUB, "estate.set", "estate", str(answer.version), asked.reason, before, after)


def _drawing(asked: DrawingAct, _: None, _answer: Any) -> Iterator[Act]:
    after = {} if asked.row is None else {"digest": asked.row.digest}
    yield Act(asked.actor, "estate.draw" if asked.row else "estate.undraw", "drawing", asked.floor, after=after)


def _watch_put(asked: WatchPut, _: None, answer: Any) -> Iterator[Act]:
    after = {"plate": Personal(answer.plate, answer.plate), "until_us": answer.until_us, "priority": answer.priority}
    yield Act(asked.actor, "watch.put", "watch", answer.watch, asked.reason, after=after)


def _watch_end(asked: WatchEnd, _: None, answer: Any) -> Iterator[Act]:
    yield Act(
        asked.actor, "watch.end", "watch", asked.watch, asked.reason, before={"plate": Personal(answer.plate, answer.plate)}
    )


_ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {
    CaseAct: _case,
    CaseActs: _cases,
    SilenceAct: _silence,
    MaintenanceAct: _maintenance,
    MaintenanceEnd: _maintenance_end,
    TagAct: _tag,
    RosterAct: _roster,
    OccasionAct: _occasion,
    PlanSet: _plan_set,
    PlanStart: _plan_start,
    Reported: _reported,
    RunAct: _run_act,
    EstateAct: _estate,
    DrawingAct: _drawing,
    WatchPut: _watch_put,
    WatchEnd: _watch_end,
    **desk.ENTRIES,
    **access.ENTRIES,
    **visits.ENTRIES,
    **retention.ENTRIES,
    **guards.ENTRIES,
}
AUDITED = frozenset(_ENTRIES)
