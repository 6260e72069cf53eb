"""Guards' outboxes in the worker: sent again, out of order, by two guards on one phone, and killed in between."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.clock import US_PER_S
from contract.readings import PanicPressed
from hub.duties.types import Seen
from hub.ingest.duties.acts import DutyActs
from hub.ingest.ports import CaseAct, Item, Report, StepName, TagAct
from hub.phones.asks import Entry, GuardSent, OutboxSent, StreamSet, TaskAnswer
from hub.phones.types import SILENT_MAX_US, PhoneStream, told_up_to
from tests.support.duty_rig import HOUR_S, PLACES, Rounds, estate, plan, tag_of, us
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import Hub, HubMaker, sqlite_url

PEOPLE = ("zhang", "li")


def hub_on(make_hub: HubMaker, url: str, clock: Any = None) -> Hub:
    """A hub whose rounds are walked with the phone, and whose tags hang."""
    hub = make_hub(url, clock, plan=plan(sources=("phone-1",)), book=estate())
    hub.take()
    for place in PLACES:
        hub.ask(TagAct("enrol", tag_of(place), "t", "r", "rfid", place=place))
    for person in PEOPLE:
        hub.ask(StreamSet("phone-1", person, "on"))
    return hub


def entry(hub: Hub, number: int, seq: int, person: str, kind: str = "scan", ago_s: float = 0.0) -> Entry:
    """An entry that was made so long ago."""
    key, at_us = f"{number:032x}", hub.clock.now_us() - round(ago_s * US_PER_S)
    seen = Seen("phone-1", key, at_us, "nfc", tag=tag_of("gate"), person=person, device_at_us=at_us)
    if kind == "panic":
        item = Item(key, at_us, seen._replace(tag="", medium="hand"), PanicPressed(active=True, note="", place="gate"))
    else:
        item = Item(key, at_us, seen)
    return Entry(key, seq, kind, at_us, at_us, None, "", None, item)


def sent(person: str, *entries: Entry, up_to_us: int | None = None, on_duty: bool = True) -> OutboxSent:
    return OutboxSent("phone-1", person, person, "guard", entries, up_to_us, None, on_duty)


def known(hub: Hub) -> tuple[object, ...]:
    """What is committed of phones, as far as people can tell."""
    entries = hub.rows("phone_entry", "key", "person", "seq", "kind", "outcome", "case_no")
    cases = hub.rows("case_", "case_no", "detector", "state", "dispatch")
    return entries, cases, hub.rows("scan", "key", "person", "at_us"), hub.rows("dispatch", "case_no", "person", "state")


def batch(hub: Hub) -> OutboxSent:
    """A scan, a call for help, and an answer to being sent to incident 1."""
    at_us = hub.clock.now_us()
    task = Entry("f" * 32, 3, "task", at_us, at_us, None, "", None, TaskAnswer(1, "on_way", {}))
    return sent("zhang", entry(hub, 1, 1, "zhang"), entry(hub, 2, 2, "zhang", "panic"), task, up_to_us=at_us)


def begun(make_hub: HubMaker, url: str, clock: Any = None) -> Hub:
    """A hub with incident 1, to which zhang is sent."""
    hub = hub_on(make_hub, url, clock)
    hub.ask(sent("zhang", entry(hub, 9, 1, "zhang", "panic")))
    hub.ask(GuardSent(1, "zhang", "张三", "", "wang", "operator"))
    return hub


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_batch_that_is_sent_again_counts_once(
    any_url: str, make_hub: HubMaker, tmp_path: Path, step: StepName
):
    reference = begun(make_hub, sqlite_url(tmp_path / "reference"))
    reference.ask(batch(reference))
    hub = begun(make_hub, any_url, reference.clock)
    said = batch(hub)
    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.ask(said)
    hub.crash_and_reopen()
    taken = hub.ask(said)
    assert {one.outcome for one in taken.entries} <= {"accepted", "duplicate"}
    assert [one.outcome for one in hub.ask(said).entries] == ["duplicate"] * 3
    assert known(hub) == known(reference)


class Step(NamedTuple):
    """What happens next. `make`: an entry of that guard; else a batch of it: in which order, how much of it, whether its answer
    is lost, and at which step the hub is killed."""

    person: str
    make: bool
    shuffle: int
    part: int
    lost: bool
    kill: StepName | None


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(PEOPLE),
        st.booleans(),
        st.integers(0, 5),
        st.integers(1, 4),
        st.booleans(),
        st.one_of(st.none(), st.none(), st.sampled_from(STEPS)),
    ),
    max_size=14,
)


class Outboxes:
    """Two guards on one phone, and a hub that is killed now and then."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.made: list[Entry] = []
        self.unsent: dict[str, list[Entry]] = {person: [] for person in PEOPLE}

    def do(self, step: Step) -> None:
        self.hub.clock.advance_us(7 * US_PER_S)
        if step.make:
            box = self.unsent[step.person]
            seq = sum(one.what.seen.person == step.person for one in self.made) + 1
            box.append(entry(self.hub, len(self.made) + 1, seq, step.person))
            self.made.append(box[-1])
            return
        box = self.unsent[step.person]
        turned = box[step.shuffle :] + box[: step.shuffle]
        part = turned[: step.part] + turned[: step.part // 2]
        self.send(step.person, part, lost=step.lost, kill=step.kill)

    def send(self, person: str, part: list[Entry], *, lost: bool = False, kill: StepName | None = None) -> None:
        whole = {one.key for one in part} == {one.key for one in self.unsent[person]}
        up_to_us = self.hub.clock.now_us() if whole else None
        self.hub.hook = (lambda _: None) if kill is None else kill_at(kill)
        try:
            self.hub.ask(sent(person, *part, up_to_us=up_to_us))
        except Killed:
            self.hub.crash_and_reopen()
            return
        if not lost:
            self.unsent[person] = [one for one in self.unsent[person] if one not in part]

    def check(self) -> None:
        rows = self.hub.rows("scan", "key")
        assert len(rows) == len(set(rows))
        told = dict(self.hub.rows("watermark", "source", "up_to_us")).get("phone-1", 0)
        committed = set(rows)
        still_to_come = [one.at_us for one in self.made if one.key not in committed]
        assert all(told <= at_us for at_us in still_to_come), "what is still to come was told of as told"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_sent_in_whichever_order_and_however_often_each_entry_counts_once(tmp_path_factory, make_hub, some):
    boxes = Outboxes(hub_on(make_hub, sqlite_url(tmp_path_factory.mktemp("hub"))))
    for step in some:
        boxes.do(step)
        boxes.check()
    for person in PEOPLE:
        boxes.hub.clock.advance_us(US_PER_S)
        boxes.send(person, boxes.unsent[person])
    boxes.check()
    assert sorted(boxes.hub.rows("scan", "key")) == sorted(one.key for one in boxes.made)
    kept = boxes.hub.rows("phone_entry", "key", "person", "seq")
    assert sorted(kept) == sorted((one.key, one.what.seen.person, one.seq) for one in boxes.made)


def test_it_holds_on_each_database(any_url: str, make_hub: HubMaker):
    boxes = Outboxes(hub_on(make_hub, any_url))
    plain = [Step(person, make, 1, 2, lost, None) for person in PEOPLE for make in (True, True, False) for lost in (True, False)]
    for step in [*plain, Step("li", False, 0, 4, False, "commit"), *plain]:
        boxes.do(step)
        boxes.check()
    for person in PEOPLE:
        boxes.send(person, boxes.unsent[person])
    assert len(boxes.hub.rows("scan", "key")) == len(boxes.made)


# The watermark


def rounds_by_phone(tmp_path: Path) -> Rounds:
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1",))
    rounds.hub.ask(StreamSet("phone-1", "zhang", "on"))
    return rounds


def test_a_silent_phone_leaves_windows_unproven_and_its_scans_come_home_in_time(tmp_path):
    rounds = rounds_by_phone(tmp_path)
    rounds.hub.ask(sent("zhang", up_to_us=us(3.0)))
    rounds.at(4.25)
    assert rounds.state("gate", 2) == "unproven"
    late = entry(rounds.hub, 1, 1, "zhang", ago_s=HOUR_S)
    rounds.hub.ask(sent("zhang", late, up_to_us=rounds.hub.clock.now_us()))
    assert rounds.state("gate", 2) == "withdrawn"
    assert rounds.state("pump", 2) == "missed"
    assert rounds.hub.rows("scan", "flags") == ["[]"]


def test_a_phone_that_stays_silent_is_settled_after_72_hours(tmp_path):
    rounds = rounds_by_phone(tmp_path)
    rounds.hub.ask(sent("zhang", up_to_us=us(3.0)))
    rounds.at(60)
    assert rounds.state("gate", 2) == "unproven"
    rounds.at(78)
    assert rounds.state("gate", 2) == "missed"


def test_another_guards_outbox_on_the_phone_is_waited_for_and_not_for_ever(tmp_path):
    rounds = rounds_by_phone(tmp_path)
    rounds.hub.ask(StreamSet("phone-1", "li", "on"))
    rounds.hub.ask(sent("li", up_to_us=us(3.0)))
    rounds.at(4.25)
    rounds.hub.ask(sent("zhang", up_to_us=us(4.25)))
    assert rounds.state("gate", 2) == "unproven", "li's outbox may still hold a scan"
    rounds.hub.ask(StreamSet("phone-1", "li", "ended"))
    assert rounds.state("gate", 2) == "missed"


def test_who_goes_off_duty_with_nothing_left_keeps_nothing_back_and_comes_back(tmp_path):
    rounds = rounds_by_phone(tmp_path)
    rounds.hub.ask(sent("zhang", up_to_us=rounds.hub.clock.now_us(), on_duty=False))
    rounds.at(4.25)
    assert rounds.state("gate", 2) == "missed"
    late = entry(rounds.hub, 1, 1, "zhang", ago_s=HOUR_S)
    rounds.hub.ask(sent("zhang", late, up_to_us=rounds.hub.clock.now_us()))
    assert rounds.state("gate", 2) == "withdrawn", "made offline before the sign-on: it counts all the same"
    rounds.hub.crash_and_reopen()
    rounds.at(6.25)
    assert rounds.state("gate", 4) == "unproven", "on duty again, and that outlives a restart"


def test_the_earliest_of_all_outboxes_counts_and_one_of_72_hours_ago_does_not():
    streams = [PhoneStream("p", "a", 1, 50, 100, "on"), PhoneStream("p", "b", 1, 90, 100, "on")]
    assert told_up_to(streams, 100) == 50
    assert told_up_to([*streams, PhoneStream("p", "c", 0, None, 100, "on")], 100) is None
    assert told_up_to([*streams, PhoneStream("p", "c", 0, 1, 100, "rest")], 100) == 50
    late_us = 100 + SILENT_MAX_US
    assert told_up_to(streams, late_us) == late_us


def test_what_a_guard_did_and_an_act_by_hand_agree(make_hub: HubMaker, tmp_path: Path):
    hub = begun(make_hub, sqlite_url(tmp_path))
    at_us = hub.clock.now_us()
    said = (TaskAnswer(1, "on_spot", {}), TaskAnswer(1, "on_way", {}))
    told = [Entry(f"{21 + n:032x}", 21 + n, "task", at_us, at_us, None, "", None, one) for n, one in enumerate(said)]
    taken = hub.ask(sent("zhang", *told))
    assert [one.outcome for one in taken.entries] == ["accepted", "refused"], "on the way, after being there, says nothing"
    hub.ask(CaseAct(1, "dispatch", "wang", "operator", {"guard": "李四", "by": "radio"}))
    assert [row.state for row in _live(hub)] == []


def _live(hub: Hub) -> list[Any]:
    site = hub.core._site
    assert site is not None
    return [row for name in site.phones.dispatches if (row := site.phones.dispatches.get(name)) is not None]


def test_an_entry_that_trips_over_a_bug_is_refused_alone_and_taken_when_it_is_sent_again(
    make_hub: HubMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hub = hub_on(make_hub, sqlite_url(tmp_path / "hub"))
    said = sent("zhang", *(entry(hub, number, number, "zhang") for number in (1, 2, 3)))
    report = DutyActs.report

    def trip(self: DutyActs, asked: Report) -> Any:
        if any(item.key == said.entries[1].key for item in asked.items):
            report(self, asked)  # half of it was done
            raise ZeroDivisionError
        return report(self, asked)

    monkeypatch.setattr(DutyActs, "report", trip)
    taken = hub.ask(said).entries
    assert [one.outcome for one in taken] == ["accepted", "refused", "accepted"]
    assert getattr(taken[1].refusal, "reason", "") == "hub_fault"
    assert len(hub.rows("scan", "key")) == 2
    monkeypatch.undo()
    assert [one.outcome for one in hub.ask(said).entries] == ["duplicate", "accepted", "duplicate"]
    assert len(hub.rows("scan", "key")) == 3
