"""What becomes of a case: pure functions from a case and what happened to a Change.

A Change is whole: the new case, its timeline entry, the clock rows to add, and all the clocks' ends that are now awaited.
Late cases have no clocks: they are listed, and nobody is called for them. Entries carry the time at which the hub took the
thing in, except an expiry, which carries the clock's end.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from contract.clock import US_PER_S
from hub.cases import clocks
from hub.cases.types import Alarm, Case, Change, ClockEvent, Entry, Refusal
from hub.cases.workflow import HUB, LIVE, MAX_FIELD_CHARS, REFUSALS, STATE_NAMES, WORKFLOWS, Act
from hub.detectors.types import Clear, Detector, Raise, Withdraw


class Numbers(Protocol):
    """The policy, as far as cases need it."""

    def numbers(self, clause: str) -> dict[str, float]:
        """The numbers of one clause by name. Raises KeyError for a clause that the policy does not have."""
        ...


def opened(
    no: int, detector: Detector, finding: Raise, *, subject: str, device: str, place: str, now_us: int, policy: Numbers
) -> Change:
    """A new incident for `finding`, with the change `raised`."""
    case = Case(
        case_no=no,
        kind="incident",
        detector=detector.name,
        clause=detector.clause,
        subject=subject,
        device=device,
        place=place,
        episode=finding.episode,
        priority=finding.priority or detector.priority,
        state="open",
        opened_us=finding.at_us,
        raised_us=now_us,
        facts=finding.facts,
        proven=finding.proven,
        late=finding.late,
        version=0,
    )
    body = {"facts": finding.facts, "proven": finding.proven, "late": finding.late}
    return _changed(case, Entry(now_us, "raised", HUB, body), policy, started=() if finding.late else _clocks_in(case, "open"))


def raised_again(case: Case, finding: Raise, now_us: int, policy: Numbers) -> Change | None:
    """The same episode was raised again: it merges, and can only strengthen. None when it says nothing new.

    What was closed or withdrawn stays so, with one exception: a case that ended while it was unproven, and whose condition
    has not returned to normal, is open again when the source proves it, since it ended on a guess. So is one that was
    withdrawn and is raised `again`: what took it back counts no more.
    """
    proven, late = case.proven or finding.proven, case.late and finding.late
    priority = min(case.priority, finding.priority or case.priority)
    facts = {**case.facts, **finding.facts}
    again = finding.again and case.state == "withdrawn"
    if not again and (proven, late, priority, facts) == (case.proven, case.late, case.priority, case.facts):
        return None
    proves = proven and not case.proven and (case.active or case.state == "withdrawn")
    revives = case.state not in LIVE and (proves or again)
    name = "reopened" if revives else "proven" if proven and not case.proven else "merged"
    state = "open" if revives else case.state
    started = _clocks_in(case, state) if not late and (revives or case.late) else ()
    more: dict[str, Any] = {"state": state, "closed_us": None, "active": True, "returned_us": None} if revives else {}
    body = {"facts": finding.facts, "proven": finding.proven, "late": finding.late}
    fields = {"proven": proven, "late": late, "priority": priority, "facts": facts, "merged": case.merged + 1, **more}
    return _changed(case, Entry(now_us, name, HUB, body), policy, started=started, **fields)


def cleared(case: Case, finding: Clear, now_us: int, policy: Numbers) -> Change | None:
    """The condition returned to normal. The case stays with people until they close it. None when it had returned before."""
    if not case.active:
        return None
    body = {"returned_us": finding.at_us}
    return _changed(case, Entry(now_us, "returned", HUB, body), policy, active=False, returned_us=finding.at_us)


def withdrawn(case: Case, finding: Withdraw, now_us: int, policy: Numbers) -> Change | None:
    """What was raised was not so. A live case ends as withdrawn; one that a person has closed stays closed, with the entry added
    and the reason among its facts (`withdrawn`). None when it was withdrawn before."""
    if case.state == "withdrawn" or (case.state not in LIVE and "withdrawn" in case.facts):
        return None
    fields: dict[str, Any] = {"active": False, "returned_us": case.returned_us or finding.at_us}
    if case.state in LIVE:
        fields |= {"state": "withdrawn", "closed_us": now_us}
    else:
        fields["facts"] = {**case.facts, "withdrawn": finding.reason}
    body = {"reason": finding.reason, "returned_us": finding.at_us}
    return _changed(case, Entry(now_us, "withdrawn", HUB, body), policy, stopped=_clock_names(case), **fields)


def act(
    case: Case,
    name: str,
    *,
    actor: str,
    role: str,
    fields: Mapping[str, Any],
    expected_version: int | None,
    now_us: int,
    policy: Numbers,
) -> Change | Refusal:
    """What a person does. `expected_version`: the version the person saw, None to act on whatever there is."""
    row = WORKFLOWS[case.kind].acts.get(name)
    if row is None:
        return _refused("unknown_act", act=name, known=", ".join(WORKFLOWS[case.kind].acts))
    refusal = _may_not(case, row, role, expected_version) or _unfit(row, fields)
    if refusal is not None:
        return refusal
    body = {field: value.strip() for field, value in fields.items() if value.strip()}
    more: dict[str, Any] = {"state": row.to} if row.to else {}
    if row.to:
        more["closed_us"] = None if row.to in LIVE else now_us
    if "assignee" in body:
        more["facts"] = {**case.facts, "assignee": body["assignee"]}
    started = () if case.late else row.starts
    return _changed(case, Entry(now_us, row.done, actor, body), policy, started=started, stopped=row.stops, **more)


def expired(case: Case, clock: str, due_us: int, policy: Numbers) -> Change | None:
    """The clock's end was reached: the change `escalated`, once for each start of a clock. The priority stays: it says what the
    thing is, and the escalation says that nobody has done it. None when the clock no longer awaits `due_us`."""
    awaited = {alarm.clock: alarm.due_at_us for alarm in running(case, policy)}
    if clock not in awaited or due_us < awaited[clock]:
        return None
    row = WORKFLOWS[case.kind].clocks[clock]
    body = {"clock": clock, "clause": row.seconds[case.priority][0], "limit_s": _limit_us(case, clock, policy) / US_PER_S}
    expiry = ClockEvent(clock, "expire", awaited[clock])
    return _changed(case, Entry(awaited[clock], "escalated", HUB, body), policy, new_events=(expiry,))


def running(case: Case, policy: Numbers) -> tuple[Alarm, ...]:
    """The ends of all clocks that run and have not expired."""
    found = ((name, clocks.due_us(case.clocks, name, _limit_us(case, name, policy))) for name in _clock_names(case))
    return tuple(Alarm(name, due) for name, due in found if due is not None)


def _may_not(case: Case, row: Act, role: str, expected_version: int | None) -> Refusal | None:
    if role not in row.roles:
        return _refused("not_allowed", role=role, zh=row.zh, en=row.en, roles=", ".join(sorted(row.roles)))
    if expected_version is not None and expected_version != case.version:
        return _refused("changed_meanwhile", version=case.version)
    if case.state not in row.since:
        states = sorted(row.since, key=list(STATE_NAMES).index)
        return _refused(
            "wrong_state",
            state=case.state,
            state_zh=STATE_NAMES[case.state][0],
            zh=row.zh,
            en=row.en,
            states=", ".join(states),
            states_zh="、".join(STATE_NAMES[state][0] for state in states),
        )
    return None


def _unfit(row: Act, fields: Mapping[str, Any]) -> Refusal | None:
    known = (*row.required, *row.optional)
    for field, value in fields.items():
        if field not in known:
            return _refused("field_unknown", field=field, known=", ".join(known))
        if not isinstance(value, str) or len(value) > MAX_FIELD_CHARS:
            return _refused("field_wrong", field=field, limit=MAX_FIELD_CHARS)
    missing = next((field for field in row.required if not fields.get(field, "").strip()), None)
    return None if missing is None else _refused("field_missing", field=missing)


def _refused(reason: str, **words: object) -> Refusal:
    chinese, english = REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")


def _clock_names(case: Case) -> tuple[str, ...]:
    return tuple(WORKFLOWS[case.kind].clocks)


def _clocks_in(case: Case, state: str) -> tuple[str, ...]:
    return tuple(clock.name for clock in WORKFLOWS[case.kind].clocks.values() if state in clock.runs_in)


def _limit_us(case: Case, clock: str, policy: Numbers) -> int:
    clause, number = WORKFLOWS[case.kind].clocks[clock].seconds[case.priority]
    return int(policy.numbers(clause)[number] * US_PER_S)


def _changed(
    case: Case,
    entry: Entry,
    policy: Numbers,
    *,
    started: tuple[str, ...] = (),
    stopped: tuple[str, ...] = (),
    new_events: tuple[ClockEvent, ...] = (),
    **fields: Any,
) -> Change:
    """`case` with `fields` set and its clocks moved, as a Change called as the entry is."""
    new_events += tuple(ClockEvent(clock, "stop", entry.at_us) for clock in stopped if clocks.runs(case.clocks, clock))
    new_events += tuple(ClockEvent(clock, "start", entry.at_us) for clock in started)
    changed = msgspec.structs.replace(
        case, **fields, clocks=case.clocks + new_events, version=case.version + 1, entries=case.entries + 1
    )
    return Change(changed, entry.act, entry, new_events, running(changed, policy))
