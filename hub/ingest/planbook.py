"""Emergency plans as one turn sees them: what starts one, what people do in it, and which of its deadlines are awaited."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from hub.cases import engine
from hub.cases.alarms import calls
from hub.cases.limits import Numbers
from hub.cases.types import Case, Change, Entry, Refusal
from hub.cases.workflow import HUB, LIVE
from hub.desk.calls import masked_in
from hub.detectors.types import Detector, Device, Raise
from hub.ingest.site import PLAN_OWNER, CaseKey, Deadline, DeadlineKey, Site
from hub.plans import clocks
from hub.plans import run as runs
from hub.plans.asks import PlanAsk, PlanSet, PlanStart, Reported, RunAct
from hub.plans.choosing import EMERGENCY, KIND, REPORTED, plan_for
from hub.plans.load import faults
from hub.plans.run import Done
from hub.plans.types import PLANS_MAX, VERSIONS_MAX, Plan, PlanVersion, Run
from hub.plans.words import refused
from hub.refusals import refusal_text

TOPIC = "plan"
"""Of the change log; the key is the case's number, or `plan:ID` where the plan itself was edited."""
OBSERVATION = "observation"
"""What people report that is no emergency."""
ABOUT_CHARS = 40
"""So much of what was told stands in the title."""
CLAUSE = "CMD-1"
_encode = msgspec.json.Encoder().encode


class Changes(Protocol):
    """Appends to the change log."""

    def __call__(self, at_us: int, topic: str, key: str, act: str, body: bytes) -> None:
        """See Casebook.change."""
        ...


class Apply(Protocol):
    """Opens a case for a finding."""

    def __call__(self, detector: Detector, subject: str, device: Device, finding: Raise, now_us: int) -> None:
        """See Casebook.apply."""
        ...


class Hands(NamedTuple):
    """What the book of cases does for this one. `note` takes a change of a case in, `remark` a line of its timeline, `run_of`
    looks a run up that is over."""

    case_of: Callable[[int], Case | None]
    apply: Apply
    note: Callable[[Case, Change], Change]
    remark: Callable[[Case, Entry], None]
    change: Changes
    run_of: Callable[[int], Run | None]
    new_id: Callable[[], str]


class Planbook:
    """`shipped`: the plans that hold where nobody has made others."""

    def __init__(self, site: Site, hands: Hands, *, policy: Numbers, shipped: tuple[Plan, ...]) -> None:
        self._site, self._hands, self._policy, self._shipped = site, hands, policy, shipped

    # What cases do

    def follow(self, was: Case | None, change: Change) -> None:
        """A case has changed: a plan starts with it, ends with it, or has a step ticked."""
        case, entry = change.case, change.entry
        run = self._site.runs.get(case.case_no)
        began = calls(case) and not (was is not None and calls(was))
        revived = was is not None and was.state not in LIVE and case.state in LIVE
        if run is None and revived:
            run = self._run(case.case_no)
        if run is None:
            version = plan_for(case, self._versions()) if began else None
            if version is not None:
                self._take(case, runs.begin(case.case_no, version, HUB, entry.at_us, self._policy))
            return
        done = self._follows(run, was, change)
        if done is not None:
            self._take(case, done)

    def _follows(self, run: Run, was: Case | None, change: Change) -> Done | None:
        entry, lives, lived = change.entry, change.case.state in LIVE, was is not None and was.state in LIVE
        if lived and not lives:
            return runs.case_ended(run, change.case.state, entry.body, entry.actor, entry.at_us, self._policy)
        if lives and not lived:
            return runs.case_reopened(run, entry.actor, entry.at_us)
        return runs.follow(run, entry.act, entry.actor, entry.at_us)

    def may_close(self, case: Case, fields: Mapping[str, Any]) -> Refusal | None:
        """Why the case may not be closed, for its plan."""
        run, reason = self._site.runs.get(case.case_no), fields.get("reason", "")
        return None if run is None else runs.may_close(run, reason.strip() if isinstance(reason, str) else "")

    def expire(self, subject: str, due_us: int) -> None:
        """A deadline was reached. The run says so, and the case escalates, whether it is open or closed."""
        number, _, name = subject.partition("/")
        case, run = self._hands.case_of(int(number)), self._run(int(number))
        done = None if run is None else runs.missed(run, name, due_us)
        if case is None or done is None:
            return
        self._put(done)
        level = clocks.kind_of(name).level
        self._hands.note(case, engine.overdue(case, done.body, level, done.at_us, self._policy))

    # What people ask

    def ask(self, asked: PlanAsk, now_us: int) -> PlanVersion | Run | Case | Refusal:
        """See each kind of PlanAsk."""
        if isinstance(asked, PlanSet):
            return self._set(asked, now_us)
        if isinstance(asked, PlanStart):
            return self._start(asked, now_us)
        return self._report(asked, now_us) if isinstance(asked, Reported) else self._act(asked, now_us)

    def _set(self, asked: PlanSet, now_us: int) -> PlanVersion | Refusal:
        plan = asked.plan
        newest = {version.plan.plan: version for version in self._versions()}
        was = newest.get(plan.plan)
        if asked.version != (0 if was is None else was.no):
            return refused("plan_changed", version=0 if was is None else was.no)
        if (was is None and len(newest) >= PLANS_MAX) or asked.version >= VERSIONS_MAX:
            return refused("too_many_plans", limit=PLANS_MAX if was is None else VERSIONS_MAX)
        wrong = list(faults(plan, [version.plan for version in newest.values()], asked.posts))
        if wrong:
            told = "; ".join(f"{one.en}: {one.instead}" for one in wrong[:5])
            return refused("plan_wrong", faults=told, faults_zh="；".join(one.zh for one in wrong[:5]))
        made = PlanVersion(plan, asked.version + 1, now_us, asked.actor, asked.reason)
        self._site.plan_versions.put((plan.plan, made.no), made)
        body = {"plan": plan.plan, "version": made.no, "actor": asked.actor, "reason": asked.reason}
        self._hands.change(now_us, TOPIC, f"plan:{plan.plan}", "set", _encode(body))
        return made

    def _start(self, asked: PlanStart, now_us: int) -> Run | Refusal:
        case = self._hands.case_of(asked.case_no)
        if case is None:
            return _unknown_case(asked.case_no)
        newest = {version.plan.plan: version for version in self._versions()}
        version, run = newest.get(asked.plan), self._run(asked.case_no)
        if version is None:
            return refused("unknown_plan", plan=asked.plan, known=", ".join(sorted(newest)))
        if not version.plan.by_hand:
            return refused("plan_not_by_hand", plan=asked.plan)
        if case.state not in LIVE:
            return refused("case_over")
        if run is not None:
            return refused("plan_runs", no=asked.case_no, plan=run.plan.plan)
        return self._take(case, runs.begin(asked.case_no, version, asked.actor, now_us, self._policy, asked.note))

    def _act(self, asked: RunAct, now_us: int) -> Run | Refusal:
        case, run = self._hands.case_of(asked.case_no), self._run(asked.case_no)
        if case is None:
            return _unknown_case(asked.case_no)
        if run is None:
            return refused("no_plan", no=asked.case_no)
        done = runs.act(run, asked, now_us)
        return self._take(case, done) if isinstance(done, Done) else done

    def _report(self, asked: Reported, now_us: int) -> Case | Refusal:
        """An incident that people tell of. An emergency starts its plan with it. The caller's number stands whole in the timeline
        alone, which is shown by role; facts go to everybody."""
        newest = {version.plan.plan: version.plan for version in self._versions()}
        plan = newest.get(asked.kind)
        if plan is None and asked.kind != OBSERVATION:
            return refused("unknown_plan", plan=asked.kind, known=", ".join((OBSERVATION, *sorted(newest))))
        if plan is not None and not plan.by_hand:
            return refused("plan_not_by_hand", plan=asked.kind)
        about = asked.text if len(asked.text) <= ABOUT_CHARS else f"{asked.text[:ABOUT_CHARS]}…"
        facts = {"text": asked.text, "by": asked.by, "caller": masked_in(asked.caller), "reporter": asked.actor}
        facts |= {"about_zh": about if plan is None else plan.zh, "about_en": about if plan is None else plan.en}
        if plan is not None:
            facts[KIND] = plan.plan
        detector = Detector(EMERGENCY if plan is not None else REPORTED, CLAUSE, 3, (), None, _never)
        episode = f"{asked.actor}/{asked.key}" if asked.key else self._hands.new_id()
        told = {name: value for name, value in facts.items() if value}
        finding = Raise(episode, now_us, told, priority=None if plan is None else plan.priority, place=asked.place)
        device = Device(asked.place, "other", asked.place, "", asked.place, {})
        key = CaseKey("incident", detector.name, episode, episode)
        last_no = self._site.counters.case_no
        self._hands.apply(detector, episode, device, finding, now_us)
        case = self._hands.case_of(self._site.case_numbers.get(key) or 0)
        assert case is not None
        if case.case_no > last_no:
            body = {"kind": asked.kind, "by": asked.by, "caller": asked.caller, "note": asked.text}
            self._hands.remark(case, Entry(now_us, "reported", asked.actor, body))
            told = {**body, "caller": masked_in(asked.caller), "actor": asked.actor}
            self._hands.change(now_us, "report", str(case.case_no), "reported", _encode(told))
        return case

    # Rows

    def _take(self, case: Case, done: Done) -> Run:
        """Put the run, and say so in the timeline and in the change log."""
        self._put(done)
        current = self._hands.case_of(case.case_no) or case
        self._hands.remark(current, Entry(done.at_us, done.act, done.actor, done.body))
        return done.run

    def _put(self, done: Done) -> None:
        run, was = done.run, self._site.runs.get(done.run.case_no)
        self._site.runs.put(run.case_no, run)
        due = clocks.due(run)
        for name in {clock.clock for clock in (*run.clocks, *(() if was is None else was.clocks))}:
            key = DeadlineKey(PLAN_OWNER, f"{run.case_no}/{name}")
            row = Deadline(due[name], None) if name in due else None
            if row != self._site.deadlines.get(key):
                self._site.deadlines.put(key, row)
        body = {"no": run.case_no, "plan": run.plan.plan, "state": run.state, "version": run.version, "actor": done.actor}
        self._hands.change(done.at_us, TOPIC, str(run.case_no), done.act, _encode(body | {"done": done.body}))

    def _run(self, case_no: int) -> Run | None:
        run = self._site.runs.get(case_no)
        if run is None:
            run = self._hands.run_of(case_no)
            if run is not None:
                self._site.runs.load(case_no, run)
        return run

    def _versions(self) -> list[PlanVersion]:
        """What counts of each plan."""
        found = {plan.plan: PlanVersion(plan) for plan in self._shipped}
        for key in sorted(self._site.plan_versions):
            version = self._site.plan_versions.get(key)
            if version is not None:
                found[key[0]] = version
        return list(found.values())


def _unknown_case(case_no: int) -> Refusal:
    return Refusal("unknown_case", refusal_text("unknown_case", no=case_no))


def _never(*_: object) -> None:
    """People report these; nothing that a device says does."""
