"""Whatever somebody does by way of the worker stands on the audit log, in the transaction that does it."""

import json
from concurrent.futures import Future
from typing import Any, get_args

import pytest

from contract.clock import US_PER_S
from contract.orders import KeepHead
from contract.readings import ArmState, AuditHeadConflict, CommandDone, DoorContact
from hub.audit import log as logs
from hub.audit.heads import ENTRIES_MAX, Heads
from hub.audit.keyfile import HeadKey
from hub.audit.log import append
from hub.audit.seal import put_back
from hub.audit.types import Act, Personal
from hub.cases.types import Refusal
from hub.cases.workflow import WORKFLOWS
from hub.desk.asks import (
    CallDeclared,
    CallNoted,
    CheckInAnswer,
    DeskReport,
    HandoverBegin,
    HandoverCancel,
    HandoverJoin,
    HandoverSign,
    ItemDecision,
    KeyAdd,
    KeyIssue,
    KeyMark,
    KeyReturn,
)
from hub.desk.calls import Call
from hub.desk.handover import Handover, Party
from hub.desk.keys import KeyItem
from hub.duties.types import Occasion, Shift
from hub.ingest import auditing
from hub.ingest.core import Request
from hub.ingest.desk import audited as desk
from hub.ingest.ports import (
    Ask,
    CaseAct,
    CaseActs,
    EstateAct,
    EstateDone,
    MaintenanceAct,
    MaintenanceEnd,
    OccasionAct,
    RosterAct,
    SilenceAct,
    TagAct,
    Write,
)
from hub.plans.asks import Reported, RunAct, SomebodyTold
from hub.store.audit_reads import AuditFilter, AuditReads
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import SITE, Hub, HubMaker, ModelAgent, sqlite_url

HOUR_US = 3_600 * US_PER_S


def told(hub: Hub) -> list[dict[str, Any]]:
    """The entries, oldest first, with what is sealed opened."""
    reads = AuditReads(hub.engine, SITE)
    found = reads.entries(AuditFilter(), 1_000)
    opened = []
    for entry, texts in zip(found, reads.opened(found), strict=True):
        bodies = {name: put_back(json.loads(getattr(entry, name)), texts) for name in ("before", "after")}
        names = {name: put_back(getattr(entry, name), texts) for name in ("actor", "subject")}
        opened.append(entry._asdict() | bodies | names)
    return opened[::-1]


def acts(hub: Hub) -> list[str]:
    return [one["act"] for one in told(hub)]


def raise_one(hub: Hub, agent: ModelAgent) -> int:
    hub.take(agent.says("door-1", ArmState(attached=True)))
    hub.take(agent.says("door-1", ArmState(attached=False)))
    return int(hub.rows("case_", "case_no")[-1])


def test_every_kind_of_ask_is_audited_or_says_why_not():
    kinds = set(get_args(Ask))
    assert kinds == auditing.AUDITED | set(auditing.NOT_AUDITED)
    assert not auditing.AUDITED & set(auditing.NOT_AUDITED)
    assert all(auditing.NOT_AUDITED.values())


def test_events_alone_make_no_entry_and_ask_nothing_of_the_log(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    agent = ModelAgent(hub.clock)
    monkeypatch.setattr(logs, "last_of", None)
    raise_one(hub, agent)
    hub.take(agent.says("door-1", DoorContact(open=True)))
    assert hub.incidents()
    assert hub.rows("audit_entry") == []


def test_an_act_on_a_case_has_actor_role_reason_time_before_and_after(hub: Hub):
    number = raise_one(hub, ModelAgent(hub.clock))
    hub.clock.advance_us(US_PER_S)
    hub.ask(CaseAct(number, "shelve", "李伟", "manager", {"reason": "nuisance", "minutes": "30"}))
    (entry,) = told(hub)
    assert (entry["actor"], entry["role"], entry["act"], entry["topic"]) == ("李伟", "manager", "case.shelve", "case")
    assert (entry["subject"], entry["reason"], entry["at_us"]) == (str(number), "nuisance", hub.clock.now_us())
    assert entry["before"]["state"] == "open"
    assert entry["after"]["state"] == "shelved"
    assert entry["after"]["shelf_owner"] == "李伟"
    assert entry["after"]["fields"] == {"minutes": "30"}


WAYS: dict[str, tuple[str, ...]] = {
    "answer": ("dispatch",), "arrive": ("dispatch",), "finding": ("dispatch",), "decline": ("dispatch",),
    "unshelve": ("shelve",), "reopen": ("close",),
}  # fmt: skip
"""What has to be done before, where an act does not fit a new case."""
FIELDS = {
    "note": "n", "reason": "nuisance", "minutes": "30", "assignee": "王芳", "guard": "张三", "finding": "genuine",
    "cause": "false_alarm",
}  # fmt: skip
WORKFLOW = WORKFLOWS["incident"].acts


@pytest.mark.parametrize("act", WORKFLOW)
def test_every_act_of_the_workflow_has_an_entry(hub: Hub, act: str):
    number = raise_one(hub, ModelAgent(hub.clock))
    for name in (*WAYS.get(act, ()), act):
        given = {field: FIELDS[field] for field in WORKFLOW[name].required}
        answer = hub.ask(CaseAct(number, name, "李伟", "manager", given))
        assert not isinstance(answer, Refusal), answer
    last = told(hub)[-1]
    assert last["act"] == f"case.{act}"
    assert last["before"] or not WORKFLOW[act].to


def test_each_other_ask_has_an_entry(hub: Hub):
    agent, now_us = ModelAgent(hub.clock), hub.clock.now_us()
    number = raise_one(hub, agent)
    assert not isinstance(hub.ask(SilenceAct("", "李伟")), Refusal)
    hub.ask(CaseActs(tuple(CaseAct(no, "acknowledge", "李伟", "manager", {}) for no in (number, 99))))
    window = hub.ask(MaintenanceAct("", "door-1", "", None, now_us + HOUR_US, "new door", "李伟"))
    hub.ask(MaintenanceEnd(window.window_id, "李伟"))
    hub.ask(TagAct("enrol", "04AABBCC", "李伟", "new", "nfc", place="gate"))
    hub.ask(TagAct("replace", "04AABBCC", "李伟", "broken", "nfc", new_tag="04AABBDD"))
    hub.ask(TagAct("revoke", "04AABBDD", "李伟", "lost"))
    shift = Shift("zhang", "", now_us, now_us + HOUR_US)
    hub.ask(RosterAct(shift, "李伟"))
    hub.ask(RosterAct(shift, "李伟", remove=True))
    assert hub.ask(RosterAct(shift, "李伟", remove=True)) is False
    assert acts(hub) == [
        "alarm.silence", "case.acknowledge", "maintenance.begin", "maintenance.end",
        "tag.enrolled", "tag.replaced", "tag.revoked", "roster.set", "roster.remove",
    ]  # fmt: skip
    assert all(one["actor"] == "李伟" for one in told(hub))
    assert told(hub)[-1]["before"]["person"] == "zhang"


def test_an_occasion_has_an_entry(hub: Hub):
    now_us = hub.clock.now_us()
    hub.ask(OccasionAct(Occasion("typhoon", "bad_weather", now_us, None, "strong"), "李伟"))
    hub.ask(OccasionAct(Occasion("typhoon", "bad_weather", now_us, None, "strong"), "李伟", remove=True))
    assert acts(hub) == ["occasion.set", "occasion.remove"]
    assert told(hub)[1]["before"]["note"] == "strong"


def test_what_is_asked_of_plans_has_an_entry(hub: Hub):
    case = hub.ask(Reported("observation", "gate", "smoke", "phone", "刘大妈", "k1", "李伟"))
    assert not isinstance(case, Refusal), case
    (entry,) = told(hub)
    assert (entry["actor"], entry["act"], entry["subject"]) == ("李伟", "case.report", str(case.case_no))
    assert entry["after"]["caller"] == "刘大妈"
    asked = RunAct(7, SomebodyTold("police", "王警官", "phone", None, "at once"), "李伟")
    (act,) = auditing._ENTRIES[RunAct](asked, None, None)
    assert (act.act, act.subject, act.reason) == ("plan.act", "7", "at once")
    assert act.after["name"] == Personal("王警官")


def test_what_is_refused_has_no_entry(hub: Hub):
    hub.ask(CaseAct(99, "acknowledge", "李伟", "manager", {}))
    hub.ask(TagAct("revoke", "04AABBCC", "李伟", "lost"))
    assert told(hub) == []


def test_what_became_of_a_command_has_an_entry_in_which_an_agent_makes_nobody_act(hub: Hub):
    done = CommandDone(nonce="n1", action="open", outcome="refused", reason="beam_blocked", actor="王芳")
    hub.take(ModelAgent(hub.clock).says("door-1", done))
    (entry,) = told(hub)
    assert (entry["actor"], entry["act"], entry["subject"]) == ("hub", "command.ended", "door-1")
    result = {"outcome": "refused", "action": "open", "reason": "beam_blocked", "nonce": "n1"}
    assert entry["after"] == {**result, "actor": "王芳"}, "whom the agent names"


def test_a_write_adds_its_entry_in_its_own_run_and_loses_it_with_itself(hub: Hub):
    def run(connection, *, fails: bool = False) -> None:
        append(connection, SITE, [Act("李伟", "account.create", "account")], 1)
        if fails:
            raise RuntimeError("no")

    hub.ask(Write(run))
    with pytest.raises(RuntimeError):
        hub.ask(Write(lambda connection: run(connection, fails=True)))
    assert acts(hub) == ["account.create"]


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_an_act_and_its_entry_are_both_there_or_both_not(any_url: str, make_hub: HubMaker, step):
    hub = make_hub(any_url)
    number = raise_one(hub, ModelAgent(hub.clock))
    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.ask(CaseAct(number, "acknowledge", "李伟", "manager", {}))
    hub.crash_and_reopen()
    done = hub.rows("case_", "state") == ["acknowledged"]
    assert acts(hub) == ["case.acknowledge"] * done
    hub.ask(CaseAct(number, "comment", "李伟", "manager", {"note": "after"}))
    assert [one["no"] for one in told(hub)] == list(range(1, len(told(hub)) + 1))


def announce(hub: Hub) -> None:
    """An act that any hub takes."""
    hub.ask(OccasionAct(Occasion("typhoon", "bad_weather", hub.clock.now_us(), None, "strong"), "李伟"))


def signing(hub: Hub, folder) -> Hub:
    """The hub with a key for heads."""
    hub.core._heads = Heads(SITE, HeadKey(folder / "audit.key"), lambda: "order")
    return hub


def heads_said(hub: Hub) -> list[tuple[str, int]]:
    return [(agent, order.no) for agent, order in hub.said.orders if isinstance(order, KeepHead)]


def test_no_entry_waits_sixty_seconds_for_its_head_and_every_agent_is_told(hub: Hub, tmp_path):
    signing(hub, tmp_path)
    number = raise_one(hub, ModelAgent(hub.clock))
    assert heads_said(hub) == []
    hub.ask(CaseAct(number, "acknowledge", "李伟", "manager", {}))
    asked_us = hub.clock.now_us()
    while not heads_said(hub):
        hub.clock.advance_us(max(0, hub.core.next_us() - hub.clock.now_us()))
        hub.take()
        assert hub.clock.now_us() - asked_us <= 60 * US_PER_S
    assert sorted(heads_said(hub)) == [("cellar", 1), ("gatehouse", 1)]


def test_an_idle_hub_tells_its_newest_head_again_and_signs_nothing_new(hub: Hub, tmp_path):
    signing(hub, tmp_path)
    announce(hub)
    for _ in range(60):
        hub.later(5)
    assert {no for _, no in heads_said(hub)} == {1}
    assert len(heads_said(hub)) >= 2 * 5
    assert len(hub.rows("audit_head")) == 1


def test_a_thousand_entries_are_signed_before_their_time(hub: Hub, tmp_path):
    signing(hub, tmp_path)
    announce(hub)
    hub.later(50)
    before = len(heads_said(hub))
    for _ in range(ENTRIES_MAX // 100):
        hub.take(*(asked(Write(lambda connection: append(connection, SITE, [Act("hub", "a", "t")], 1))) for _ in range(100)))
    assert len(heads_said(hub)) > before
    assert heads_said(hub)[-1][1] >= ENTRIES_MAX


def asked(one: Any) -> Any:
    return Request(one, Future())


def test_a_head_of_a_turn_that_was_not_committed_is_told_to_nobody(hub: Hub, tmp_path):
    signing(hub, tmp_path)
    announce(hub)
    told_before = len(heads_said(hub))
    hub.clock.advance_us(55 * US_PER_S)

    def fails(step: str) -> None:
        if step == "commit":
            raise RuntimeError("no")

    hub.hook = fails
    hub.take()
    assert len(heads_said(hub)) == told_before
    hub.hook = lambda _: None
    hub.later(1)
    assert len(heads_said(hub)) == told_before + 2


def test_a_conflict_that_an_agent_reports_is_an_incident(hub: Hub):
    hub.take(ModelAgent(hub.clock).says("gatehouse", AuditHeadConflict("older", 3, "a" * 64, 5)))
    assert hub.incidents() == [("audit_head_conflict", "open")]
    (facts,) = hub.rows("case_", "facts")
    assert {"reason": "older", "no": 3, "kept_no": 5}.items() <= json.loads(facts).items()


def test_a_hub_that_begins_tells_every_agent_its_newest_head_at_once(tmp_path, make_hub: HubMaker):
    hub = signing(make_hub(sqlite_url(tmp_path)), tmp_path)
    announce(hub)
    hub.later(55)
    hub.crash_and_reopen()
    signing(hub, tmp_path)
    before = len(heads_said(hub))
    hub.take()
    assert heads_said(hub)[before:] == [("gatehouse", 1), ("cellar", 1)]


WHO = Party("li-wei", "李伟", "li-wei")
ITEM = KeyItem("k1", "key", "总钥匙", "master key", "gate")
CALL = Call("c1", "declared", "in", "13800000000", 0, "desk", actor="李伟")
OF_THE_DESK = {
    "duty.check_in": (CheckInAnswer("w", WHO), None),
    "duty.report": (DeskReport("k", "two-hour-record", "gate", WHO, {"summary": "quiet"}), None),
    "handover.begin": (HandoverBegin("gate", WHO, "n"), Handover("h1", "gate", "draft", 0, "li-wei", "李伟", "li-wei")),
    "handover.join": (HandoverJoin("h1", WHO, "s"), None),
    "handover.accept": (ItemDecision("h1", "i1", "李伟", "s", True, ""), None),
    "handover.reject": (ItemDecision("h1", "i1", "李伟", "s", False, "not here"), None),
    "handover.sign": (HandoverSign("h1", WHO), Handover("h1", "gate", "completed", 0, "li-wei", "李伟", "li-wei")),
    "handover.cancel": (HandoverCancel("h1", WHO, False), None),
    "key.add": (KeyAdd(ITEM, "李伟"), ITEM),
    "key.issue": (KeyIssue("k1", "zhang", "rounds", None, "李伟"), ITEM),
    "key.return": (KeyReturn("k1", "in", "", "李伟"), ITEM),
    "key.mark": (KeyMark("k1", "lost", "", "李伟"), ITEM),
    "call.declare": (CallDeclared(CALL), CALL),
    "call.note": (CallNoted("c1", "zhang", "noise", None, "李伟"), CALL),
}


def test_what_is_asked_of_the_desk_has_an_entry_and_tells_no_number_of_a_caller():
    assert {type(asked) for asked, _ in OF_THE_DESK.values()} == set(desk.ENTRIES)
    for name, (asked, answer) in OF_THE_DESK.items():
        (act,) = desk.ENTRIES[type(asked)](asked, None, answer)
        assert (act.act, act.actor) == (name, "李伟")
        assert CALL.number not in str(act)


def test_another_estate_has_an_entry_and_one_that_was_not_taken_has_none(hub: Hub):
    for outcome, entries in (("changed", ["estate.set"]), ("import", ["estate.set"]), ("same", []), ("differs", [])):
        asked = EstateAct(3, "{}", "d", "edit", "李伟", "new door")
        found = auditing._ENTRIES[EstateAct](asked, None, EstateDone(4, outcome))  # type: ignore[arg-type]
        assert [act.act for act in found] == entries
