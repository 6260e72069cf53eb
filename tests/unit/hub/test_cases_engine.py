import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from hub.cases import clocks, engine
from hub.cases.titles import title
from hub.cases.types import Change, ClockEvent, Refusal
from hub.cases.workflow import DISPATCHED, STATE_NAMES, WORKFLOWS
from hub.detectors.table import BY_NAME, DETECTORS
from hub.detectors.types import Clear, Raise, Withdraw
from hub.policy.load import Policy

POLICY = Policy.load()
T0 = ManualClock().now_us()
EPISODE = "s:1"


def us(s):
    return T0 + int(s * US_PER_S)


def raised(detector="door_held", *, proven=True, late=False, priority=None, facts=None, now=30):
    finding = Raise(EPISODE, us(0), facts or {"limit_s": 30}, proven, late, priority)
    return engine.opened(
        7, BY_NAME[detector], finding, subject="door-1", device="door-1", place="gate", now_us=us(now), policy=POLICY
    )


def some(change: Change | None) -> Change:
    assert change is not None
    return change


def again(case, *, proven=True, late=False, priority=None, facts=None, now=60):
    return engine.raised_again(case, Raise(EPISODE, us(0), facts or {"limit_s": 30}, proven, late, priority), us(now), POLICY)


def act(case, name, *, role="operator", version=None, now=40, **fields):
    return engine.act(case, name, actor="li", role=role, fields=fields, expected_version=version, now_us=us(now), policy=POLICY)


def done(case, name, **more):
    change = act(case, name, **more)
    assert isinstance(change, Change), change
    return change


def alarms(change):
    return {alarm.clock: (alarm.due_at_us - T0) / US_PER_S for alarm in change.alarms}


def test_a_case_opens_with_its_clause_its_place_and_its_clocks():
    change = raised()
    case = change.case
    assert (case.case_no, case.kind, case.detector, case.clause, case.priority) == (7, "incident", "door_held", "GATE-7", 3)
    assert (case.subject, case.device, case.place, case.episode) == ("door-1", "door-1", "gate", EPISODE)
    assert (case.state, case.active, case.proven, case.late, case.version, case.entries) == ("open", True, True, False, 1, 1)
    assert (case.opened_us, case.raised_us) == (us(0), us(30))
    assert (change.act, change.entry.act, change.entry.actor, change.entry.at_us) == ("raised", "raised", "hub", us(30))
    assert change.new_clock_events == case.clocks
    assert alarms(change) == {"acknowledge": 30 + 600, "resolve": 30 + 86400}


@pytest.mark.parametrize(
    ("detector", "seconds"), [("fire_input", 30), ("tamper", 120), ("door_held", 600), ("device_clock_off", 14400)]
)
def test_the_time_to_acknowledge_is_the_policys_for_the_priority(detector, seconds):
    assert alarms(raised(detector, now=0))["acknowledge"] == seconds


def test_a_finding_may_be_of_less_weight_than_its_detector():
    assert raised("sequence_gap", priority=4).case.priority == 4


def test_a_late_case_has_no_clocks():
    change = raised(late=True)
    assert change.case.late
    assert not change.alarms
    assert not change.new_clock_events
    closed = done(done(change.case, "acknowledge").case, "close", cause="weather", note="seen").case
    assert not done(closed, "reopen", reason="again").alarms


def test_the_same_finding_again_says_nothing_new():
    assert again(raised().case) is None


def test_new_facts_merge():
    change = some(again(raised().case, facts={"count": 4}))
    assert (change.act, change.case.merged, change.case.version, change.case.entries) == ("merged", 1, 2, 2)
    assert change.case.facts == {"limit_s": 30, "count": 4}


def test_proof_strengthens_and_nothing_weakens():
    change = some(again(raised(proven=False).case))
    assert (change.act, change.case.proven) == ("proven", True)
    assert again(change.case, proven=False, late=True, priority=4) is None
    assert some(again(change.case, priority=1)).case.priority == 1


def test_a_late_case_that_becomes_present_starts_its_clocks_then():
    case = raised(late=True).case
    assert alarms(some(again(case, now=100))) == {"acknowledge": 700, "resolve": 100 + 86400}
    acknowledged = done(case, "acknowledge").case
    assert alarms(some(again(acknowledged, now=100))) == {"resolve": 100 + 86400}
    closed = done(acknowledged, "close", cause="weather", note="seen").case
    assert some(again(closed, now=100)).case.state == "closed"
    assert not some(again(closed, now=100)).alarms


def test_a_case_closed_on_a_guess_is_open_again_when_it_is_proven():
    closed = done(raised(proven=False).case, "close", cause="network", note="cable").case
    change = some(again(closed, now=100))
    assert (change.act, change.case.state, change.case.closed_us, change.case.active) == ("reopened", "open", None, True)
    assert alarms(change) == {"acknowledge": 700, "resolve": 100 + 86400}


def test_a_case_closed_on_a_guess_stays_closed_when_the_condition_has_returned():
    case = some(engine.cleared(raised(proven=False).case, Clear(EPISODE, us(35)), us(35), POLICY)).case
    closed = done(case, "close", cause="network", note="cable").case
    assert (some(again(closed)).act, some(again(closed)).case.state) == ("proven", "closed")


def test_a_case_closed_with_proof_stays_closed():
    closed = done(raised().case, "close", cause="people", note="shut").case
    change = some(again(closed, facts={"count": 2}))
    assert (change.act, change.case.state, change.alarms) == ("merged", "closed", ())


def test_a_condition_that_returns_leaves_the_case_to_people():
    case = raised().case
    change = some(engine.cleared(case, Clear(EPISODE, us(45)), us(50), POLICY))
    assert (change.act, change.case.state, change.case.active, change.case.returned_us) == ("returned", "open", False, us(45))
    assert len(change.alarms) == 2
    assert engine.cleared(change.case, Clear(EPISODE, us(46)), us(50), POLICY) is None


def test_what_was_not_so_is_withdrawn_with_its_reason_and_its_clocks_stop():
    case = raised(proven=False).case
    change = some(engine.withdrawn(case, Withdraw(EPISODE, us(20), "ended_in_time"), us(90), POLICY))
    assert (change.act, change.case.state, change.case.active, change.case.closed_us) == ("withdrawn", "withdrawn", False, us(90))
    assert change.entry.body == {"reason": "ended_in_time", "returned_us": us(20)}
    assert not change.alarms
    assert engine.withdrawn(change.case, Withdraw(EPISODE, us(20), "ended_in_time"), us(95), POLICY) is None
    assert some(again(change.case, now=100)).act == "reopened"


def test_a_case_that_a_person_has_closed_is_not_withdrawn_but_told():
    closed = done(raised(proven=False).case, "close", cause="network", note="cable").case
    change = some(engine.withdrawn(closed, Withdraw(EPISODE, us(20), "ended_in_time"), us(90), POLICY))
    assert (change.act, change.case.state, change.case.closed_us) == ("withdrawn", "closed", us(40))
    assert change.case.facts == closed.facts | {"withdrawn": "ended_in_time"}


def test_nor_is_one_whose_condition_had_returned_before_and_it_is_told_once():
    returned = some(engine.cleared(raised().case, Clear(EPISODE, us(35)), us(36), POLICY)).case
    closed = done(returned, "close", cause="nothing_found", note="nobody there").case
    change = some(engine.withdrawn(closed, Withdraw(EPISODE, us(20), "let_through"), us(90), POLICY))
    assert (change.act, change.case.state, change.case.returned_us) == ("withdrawn", "closed", us(35))
    assert change.entry.body["reason"] == change.case.facts["withdrawn"] == "let_through"
    assert not change.alarms
    assert engine.withdrawn(change.case, Withdraw(EPISODE, us(20), "let_through"), us(95), POLICY) is None
    again_open = done(change.case, "reopen", reason="look again").case
    assert some(engine.withdrawn(again_open, Withdraw(EPISODE, us(20), "let_through"), us(99), POLICY)).case.state == "withdrawn"


def test_the_whole_life_of_a_case():
    first = raised()
    acknowledged = done(first.case, "acknowledge", now=40, version=1)
    assert (acknowledged.act, acknowledged.case.state, alarms(acknowledged)) == (
        "acknowledged",
        "acknowledged",
        {"resolve": 30 + 86400},
    )
    assert acknowledged.new_clock_events == (ClockEvent("acknowledge", "stop", us(40)),)
    assigned = done(acknowledged.case, "assign", assignee=" wang ", now=41)
    assert assigned.case.facts["assignee"] == "wang"
    commented = done(assigned.case, "comment", note="on the way", role="guard", now=42)
    assert (commented.act, commented.case.state) == ("commented", "acknowledged")
    closed = done(commented.case, "close", cause="people", note="shut it", now=43)
    assert (closed.case.state, closed.case.closed_us, closed.alarms) == ("closed", us(43), ())
    assert (closed.entry.actor, closed.entry.body) == ("li", {"cause": "people", "note": "shut it"})
    reopened = done(closed.case, "reopen", reason="open again", now=100)
    assert (reopened.case.state, reopened.case.closed_us) == ("open", None)
    assert alarms(reopened) == {"acknowledge": 700, "resolve": 100 + 86400}
    assert reopened.case.version == reopened.case.entries == 6
    assert clocks.elapsed_us(reopened.case.clocks, "acknowledge", us(110)) == 10 * US_PER_S


REFUSED = [
    ("unknown_act", {"name": "forget"}),
    ("not_allowed", {"name": "close", "role": "guard", "cause": "other", "note": "y"}),
    ("not_allowed", {"name": "acknowledge", "role": "resident"}),
    ("changed_meanwhile", {"name": "acknowledge", "version": 2}),
    ("wrong_state", {"name": "reopen", "reason": "x"}),
    ("field_missing", {"name": "close", "cause": "weather"}),
    ("field_missing", {"name": "close", "cause": "  ", "note": "x"}),
    ("field_missing", {"name": "assign"}),
    ("field_unknown", {"name": "acknowledge", "cause": "weather"}),
    ("field_wrong", {"name": "acknowledge", "note": "x" * 1001}),
    ("field_wrong", {"name": "acknowledge", "note": 5}),
    ("field_choice", {"name": "close", "cause": "wind", "note": "y"}),
    ("field_choice", {"name": "dispatch", "guard": "wang", "by": "pigeon"}),
    ("wrong_state", {"name": "unshelve"}),
    ("not_dispatched", {"name": "answer"}),
    ("not_dispatched", {"name": "finding", "finding": "a cat"}),
    ("not_allowed", {"name": "shelve", "role": "guard", "reason": "x", "minutes": "5"}),
    ("field_missing", {"name": "shelve", "minutes": "5"}),
    *(("shelf_minutes", {"name": "shelve", "reason": "x", "minutes": bad}) for bad in ("0", "481", "-1", "1.5", "soon", "٣")),
]


@pytest.mark.parametrize(("reason", "asked"), REFUSED)
def test_what_may_not_be_is_refused_by_name_and_says_what_to_do_in_both_languages(reason, asked):
    answer = act(raised().case, **asked)
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    chinese, _, english = answer.message.partition(" / ")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert english.isascii()
    assert "{" not in answer.message


STATES = sorted(STATE_NAMES)
FIELDS = {"cause": "other", "minutes": "30"}


def in_state(state):
    if state == "held":
        birth = engine.Birth(held_by="m1")
        finding = Raise(EPISODE, us(0), {"limit_s": 30}, False)
        more = {"subject": "door-1", "device": "door-1", "place": "gate", "now_us": us(30), "policy": POLICY, "birth": birth}
        return engine.opened(7, BY_NAME["door_held"], finding, **more).case
    case = raised(proven=False).case
    how = {
        "acknowledged": lambda: done(case, "acknowledge"),
        "shelved": lambda: done(case, "shelve", reason="x", minutes="30"),
        "closed": lambda: done(case, "close", cause="other", note="y"),
        "withdrawn": lambda: some(engine.withdrawn(case, Withdraw(EPISODE, us(1), "ended_in_time"), us(35), POLICY)),
    }
    return how[state]().case if state in how else case


@pytest.mark.parametrize("name", sorted(WORKFLOWS["incident"].acts))
@pytest.mark.parametrize("state", STATES)
def test_each_act_is_possible_exactly_from_the_states_of_its_row(name, state):
    row = WORKFLOWS["incident"].acts[name]
    case = in_state(state)
    assert case.state == state
    if row.after:
        case = msgspec.structs.replace(case, dispatch=min(row.after))
    answer = act(case, name, **{field: FIELDS.get(field, "words") for field in row.required})
    assert isinstance(answer, Change) == (state in row.since)
    if isinstance(answer, Change):
        assert answer.case.state == (row.to or state)
        assert answer.act == row.done


@pytest.mark.parametrize("row", WORKFLOWS["incident"].acts.values(), ids=lambda row: row.name)
def test_each_act_names_what_there_is(row):
    assert {row.to, row.to_returned} - {""} <= STATE_NAMES.keys()
    assert {*row.starts, *row.stops} <= WORKFLOWS["incident"].clocks.keys()
    assert row.choices.keys() <= {*row.required, *row.optional}
    assert row.after | ({row.dispatch} - {""}) <= DISPATCHED.keys()


def test_a_clock_that_runs_out_escalates_once_at_its_own_time():
    case = raised(now=0).case
    assert engine.expired(case, "acknowledge", us(599), POLICY) is None
    change = some(engine.expired(case, "acknowledge", us(600), POLICY))
    assert (change.act, change.entry.at_us, change.case.priority) == ("escalated", us(600), 3)
    assert change.entry.body == {"clock": "acknowledge", "clause": "CMD-2", "limit_s": 600.0}
    assert alarms(change) == {"resolve": 86400}
    assert engine.expired(change.case, "acknowledge", us(600), POLICY) is None
    acknowledged = done(change.case, "acknowledge", now=700).case
    assert clocks.elapsed_us(acknowledged.clocks, "acknowledge", us(9999)) == 700 * US_PER_S
    resolved = some(engine.expired(acknowledged, "resolve", us(86400), POLICY))
    assert resolved.act == "escalated"
    assert not resolved.alarms


def test_a_clock_that_was_stopped_does_not_run_out():
    case = done(raised(now=0).case, "acknowledge").case
    assert engine.expired(case, "acknowledge", us(600), POLICY) is None
    assert engine.expired(case, "no such clock", us(600), POLICY) is None


def rows(*items):
    return tuple(ClockEvent("resolve", event, us(at)) for at, event in items)


@pytest.mark.parametrize(
    ("events", "elapsed", "due"),
    [
        ((), 0, None),
        (((0, "start"),), 100, 60),
        (((0, "start"), (10, "pause")), 10, None),
        (((0, "start"), (10, "pause"), (50, "resume")), 60, 100),
        (((0, "start"), (10, "pause"), (50, "resume"), (70, "stop")), 30, None),
        (((0, "start"), (20, "stop"), (90, "start")), 10, 150),
        (((0, "start"), (60, "expire")), 100, None),
        (((0, "start"), (60, "expire"), (80, "stop")), 80, None),
        (((50, "start"), (20, "pause"), (90, "resume")), 10, 150),
        (((200, "start"),), 0, 260),
    ],
)
def test_elapsed_time_and_due_time_follow_from_the_rows_alone(events, elapsed, due):
    assert clocks.elapsed_us(rows(*events), "resolve", us(100)) == elapsed * US_PER_S
    assert clocks.due_us(rows(*events), "resolve", 60 * US_PER_S) == (None if due is None else us(due))
    assert clocks.elapsed_us(rows(*events), "acknowledge", us(100)) == 0


class Named:
    def place_name(self, place, lang):
        return {"zh": "东门", "en": "East gate"}[lang]

    def device_name(self, device, lang):
        return {"zh": "人行门", "en": "pedestrian door"}[lang]


def test_titles_in_both_languages():
    case = raised().case
    assert title(case, Named(), "zh") == "门未关：东门，人行门"
    assert title(case, Named(), "en") == "Door held open: East gate, pedestrian door"
    gap = msgspec.structs.replace(case, detector="duty_gap", device="gate", facts={"duty_zh": "巡逻", "duty_en": "patrol"})
    facts = {"missing_cameras": ["door-1/sub", "x", "y"], "missing_count": 3}
    hole = msgspec.structs.replace(case, detector="footage_hole", facts=facts)
    assert title(hole, Named(), "zh") == "录像缺失：东门，人行门等 3 路"
    assert title(hole, Named(), "en") == "Footage missing: East gate, pedestrian door and 2 more"
    assert title(gap, Named(), "zh") == "应做未做：巡逻，东门"
    assert title(gap, Named(), "en") == "Duty not done: patrol, East gate"
    unproven = raised("alarm_input", proven=False, facts={"name": "zone 3"}).case
    assert title(unproven, Named(), "zh") == "报警：东门，人行门，zone 3（未证实）"
    assert title(unproven, Named(), "en") == "Alarm: East gate, pedestrian door, zone 3 (unproven)"
    hot = raised("measurement_over_threshold", facts={"quantity": "temperature"}).case
    assert title(hot, Named(), "zh") == "读数越限：东门，人行门，温度"
    mains = raised("panel_fault", facts={"name": "主电 mains"}).case
    assert title(mains, Named(), "en") == "Panel fault: East gate, pedestrian door, mains"


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda row: row.name)
def test_every_detectors_case_has_a_title_in_each_language_and_clocks(detector):
    change = raised(detector.name)
    assert detector.name not in title(change.case, Named(), "zh")
    assert title(change.case, Named(), "en").isascii()
    assert {"acknowledge", "resolve"} <= alarms(change).keys()
