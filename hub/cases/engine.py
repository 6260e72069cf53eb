"""What becomes of a case: pure functions from a case and what happened to a Change.

A Change is whole: the new case, its timeline entry, the clock rows to add, and all the clocks' ends that are now awaited.
Late cases have no clocks: they are listed, and nobody is called for them. Entries carry the time at which the hub took the
thing in, except an expiry, which carries the clock's end.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from contract.clock import US_PER_S
from hub.cases import clocks
from hub.cases.alarms import FIRE, always_heard
from hub.cases.limits import Numbers, clocks_in, limit_us, names, number, running, step_of, steps_until
from hub.cases.types import Case, Change, ClockEvent, Entry, Refusal
from hub.cases.workflow import DISPATCHED, HUB, LIVE, MAX_FIELD_CHARS, SHELVE, STATE_NAMES, STEP, WORKFLOWS, Act
from hub.detectors.types import Clear, Detector, Raise, Withdraw
from hub.refusals import refusal_text

US_PER_MINUTE = 60 * US_PER_S
_FIRES = frozenset(("fire_input",))
"""Detectors with the tone of fire, whatever a policy says."""


_NO_SHELF = {"shelved_until_us": None, "shelf_owner": "", "shelf_reason": ""}


class Birth(NamedTuple):
    """In what a new case is born: `open`, or what lasted before it came. `held_by`: the maintenance window that holds it back;
    `shelf`: the case of the same source that is shelved; `comebacks`: it is a chattering case."""

    held_by: str = ""
    shelf: Case | None = None
    comebacks: int = 0


BORN_OPEN = Birth()


def opened(
    no: int,
    detector: Detector,
    finding: Raise,
    *,
    subject: str,
    device: str,
    place: str,
    now_us: int,
    policy: Numbers,
    place_class: str = "",
    birth: Birth = BORN_OPEN,
) -> Change:
    """A new incident for `finding`, with the change `raised`; `held` or `shelved` where it is born so."""
    rule = policy.alarm_of(detector.name, place_class)
    state = "held" if birth.held_by else "shelved" if birth.shelf is not None else "open"
    case = Case(
        case_no=no,
        kind="incident",
        detector=detector.name,
        clause=detector.clause,
        subject=subject,
        device=device,
        place=place,
        episode=finding.episode,
        priority=finding.priority or rule.priority or detector.priority,
        state=state,
        opened_us=finding.at_us,
        raised_us=now_us,
        facts=finding.facts,
        proven=finding.proven,
        late=finding.late,
        version=0,
        sound=FIRE if detector.name in _FIRES else rule.sound,
        held_by=birth.held_by,
        comebacks=birth.comebacks,
    )
    body: dict[str, Any] = {"facts": finding.facts, "proven": finding.proven, "late": finding.late}
    started = () if finding.late else clocks_in(case, state, policy)
    if birth.shelf is not None:
        shelf = birth.shelf
        body |= {"reason": shelf.shelf_reason, "owner": shelf.shelf_owner, "with": shelf.case_no}
        until_us = shelf.shelved_until_us
        case = msgspec.structs.replace(
            case, shelved_until_us=until_us, shelf_owner=shelf.shelf_owner, shelf_reason=shelf.shelf_reason
        )
        started = (*started, SHELVE)
    if birth.held_by:
        body["maintenance"] = birth.held_by
    return _changed(case, Entry(now_us, "raised" if state == "open" else state, HUB, body), policy, started=started)


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
    fields: dict[str, Any] = {"proven": proven, "late": late, "priority": priority, "facts": facts, "merged": case.merged + 1}
    if revives:
        fields |= {"state": state, "closed_us": None, "active": True, "returned_us": None, "dispatch": ""}
    new = msgspec.structs.replace(case, **fields)
    started = clocks_in(new, state, policy) if not late and (revives or case.late) else ()
    if not late and not started and priority != case.priority:
        started = tuple(c for c in clocks_in(new, state, policy) if c.startswith(STEP) and not clocks.runs(case.clocks, c))
    body = {"facts": finding.facts, "proven": finding.proven, "late": finding.late}
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
        fields |= {"state": "withdrawn", "closed_us": now_us, **_NO_SHELF}
    else:
        fields["facts"] = {**case.facts, "withdrawn": finding.reason}
    body = {"reason": finding.reason, "returned_us": finding.at_us}
    return _changed(case, Entry(now_us, "withdrawn", HUB, body), policy, stopped=names(case), **fields)


def came_back(case: Case, finding: Raise, comebacks: int, now_us: int, policy: Numbers) -> Change:
    """The source of a chattering case came back: it is counted there. Who has the case has this too."""
    late = case.late and finding.late
    new = msgspec.structs.replace(case, late=late)
    started = clocks_in(new, case.state, policy) if case.late and not late else ()
    body = {"facts": finding.facts, "episode": finding.episode, "began_us": finding.at_us, "comebacks": comebacks}
    body["late"] = finding.late
    fields: dict[str, Any] = {
        "active": True,
        "returned_us": None,
        "comebacks": comebacks,
        "facts": {**case.facts, **finding.facts},
    }
    return _changed(case, Entry(now_us, "came_back", HUB, body), policy, started=started, late=late, **fields)


def not_so(case: Case, finding: Withdraw, now_us: int, policy: Numbers, *, current: bool) -> Change:
    """One of the times that a chattering case counts was not so. `current`: it was the last one."""
    more: dict[str, Any] = {"active": False, "returned_us": finding.at_us} if current and case.active else {}
    body = {"reason": finding.reason, "episode": finding.episode, "returned_us": finding.at_us}
    return _changed(case, Entry(now_us, "merged", HUB, body), policy, comebacks=max(1, case.comebacks - 1), **more)


def released(case: Case, at_us: int, policy: Numbers) -> Change | None:
    """The maintenance window is over, at `at_us`: what still holds is open and calls; what is normal again ends. None for a case
    that is not held back."""
    if case.state != "held":
        return None
    if not case.active:
        body = {"cause": "maintenance", "maintenance": case.held_by}
        return _changed(case, Entry(at_us, "closed", HUB, body), policy, state="closed", closed_us=at_us)
    new = msgspec.structs.replace(case, state="open")
    started = () if case.late else clocks_in(new, "open", policy)
    return _changed(case, Entry(at_us, "released", HUB, {"maintenance": case.held_by}), policy, started=started, state="open")


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
    more = _effect(case, row, body, actor, now_us)
    if row.name == SHELVE:
        until_us = _shelf_end(body["minutes"], now_us, policy)
        if isinstance(until_us, Refusal):
            return until_us
        more["shelved_until_us"] = until_us
    started = () if case.late and row.name == "reopen" else row.starts
    if more.get("state") == "open" and not case.late:
        new = msgspec.structs.replace(case, **more)
        started += tuple(clock for clock in clocks_in(new, "open", policy) if not clocks.runs(case.clocks, clock))
    stopped = row.stops + steps_until(case, row.reaches, policy)
    return _changed(case, Entry(now_us, row.done, actor, body), policy, started=once(started), stopped=stopped, **more)


def expired(case: Case, clock: str, due_us: int, policy: Numbers) -> Change | None:
    """The clock's end was reached: the change `escalated`, once for each start of a clock. The priority stays: it says what the
    thing is, and the escalation says that nobody has done it. The end of a shelf is `unshelved`. None when the clock no longer
    awaits `due_us`."""
    awaited = {alarm.clock: alarm.due_at_us for alarm in running(case, policy)}
    if clock not in awaited or due_us < awaited[clock]:
        return None
    at_us = awaited[clock]
    expiry = ClockEvent(clock, "expire", at_us)
    if clock == SHELVE:
        return _shelf_over(case, expiry, policy)
    length_s = (limit_us(case, clock, policy) or 0) / US_PER_S
    step = step_of(clock, policy)
    if step is None:
        clause = WORKFLOWS[case.kind].clocks[clock].seconds[case.priority][0]
        body: dict[str, Any] = {"clock": clock, "clause": clause, "limit_s": length_s}
    else:
        body = {"clock": clock, "clause": step.clause, "limit_s": length_s, "level": step.level, "tell": list(step.tell)}
        body |= {"zh": step.zh, "en": step.en, "unless": step.unless}
    level = 0 if step is None else step.level
    return _changed(case, Entry(at_us, "escalated", HUB, body), policy, new_events=(expiry,), escalation=level)


def overdue(case: Case, body: dict[str, Any], level: int, at_us: int, policy: Numbers) -> Change:
    """The end of a deadline that is not the case's own, such as one of its plan's: `escalated` as with a clock's, also where the
    case is closed. It never lowers the level that the case has reached."""
    return _changed(case, Entry(at_us, "escalated", HUB, body), policy, escalation=max(case.escalation, level))


def _effect(case: Case, row: Act, body: Mapping[str, str], actor: str, now_us: int) -> dict[str, Any]:
    """The fields that an act sets."""
    to = row.to_returned if row.to_returned and not case.active else row.to
    more: dict[str, Any] = {}
    if to:
        more = {"state": to, "closed_us": None if to in LIVE else now_us}
    if to == "acknowledged" and case.acknowledged_us is None:
        more["acknowledged_us"] = now_us
    told = {name: body[name] for name in ("assignee", "guard", "finding") if name in body}
    if told:
        more["facts"] = {**case.facts, **told}
    if row.dispatch:
        more["dispatch"] = row.dispatch
    if row.name == SHELVE:
        more |= {"shelf_owner": body.get("owner", actor), "shelf_reason": body["reason"]}
    elif to:
        more |= _NO_SHELF
    if row.name == "reopen":
        more |= {"dispatch": "", "escalation": 0}
    return more


def _shelf_end(minutes: str, now_us: int, policy: Numbers) -> int | Refusal:
    most = int(number(policy, "CMD-2", "shelve_max_s") // 60)
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 6 and 1 <= int(minutes) <= most):
        return _refused("shelf_minutes", most=most)
    return now_us + int(minutes) * US_PER_MINUTE


def _shelf_over(case: Case, expiry: ClockEvent, policy: Numbers) -> Change:
    """The shelf ends by itself: what still holds calls again, what is normal again was seen by who shelved it."""
    row = WORKFLOWS[case.kind].acts["unshelve"]
    more = _effect(case, row, {}, HUB, expiry.at_us)
    new = msgspec.structs.replace(case, **more)
    started = clocks_in(new, "open", policy) if more["state"] == "open" and not case.late else ()
    started = tuple(clock for clock in started if not clocks.runs(case.clocks, clock))
    body = {"clock": SHELVE, "owner": case.shelf_owner, "reason": case.shelf_reason}
    return _changed(case, Entry(expiry.at_us, row.done, HUB, body), policy, started=started, new_events=(expiry,), **more)


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
    if row.mutes and always_heard(case):
        return _refused("always_heard")
    return _not_sent(case, row)


def _unfit(row: Act, fields: Mapping[str, Any]) -> Refusal | None:
    known = (*row.required, *row.optional)
    for field, value in fields.items():
        if field not in known:
            return _refused("field_unknown", field=field, known=", ".join(known))
        if not isinstance(value, str) or len(value) > MAX_FIELD_CHARS:
            return _refused("field_wrong", field=field, limit=MAX_FIELD_CHARS)
    missing = next((field for field in row.required if not fields.get(field, "").strip()), None)
    if missing is not None:
        return _refused("field_missing", field=missing)
    for field, choices in row.choices.items():
        value = fields.get(field, "").strip()
        if value and value not in choices:
            known_zh = "、".join(f"{name}（{zh}）" for name, (zh, _) in choices.items())
            return _refused("field_choice", field=field, known=", ".join(choices), known_zh=known_zh)
    return None


def _not_sent(case: Case, row: Act) -> Refusal | None:
    """An act that needs a guard to have got so far."""
    if not row.after or case.dispatch in row.after:
        return None
    progress = DISPATCHED.get(case.dispatch, ("未派人", "no guard was sent"))
    needs = [DISPATCHED[name] for name in DISPATCHED if name in row.after]
    return _refused(
        "not_dispatched",
        progress=progress[1],
        progress_zh=progress[0],
        zh=row.zh,
        en=row.en,
        needs=" or ".join(en for _, en in needs),
        needs_zh="、".join(zh for zh, _ in needs),
    )


def _refused(reason: str, **words: object) -> Refusal:
    return Refusal(reason, refusal_text(reason, **words))


def once(names_of: tuple[str, ...]) -> tuple[str, ...]:
    """Each name once, where it stands first."""
    return tuple(dict.fromkeys(names_of))


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
