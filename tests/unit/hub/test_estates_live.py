"""Another estate is put in force while the hub runs: from the next turn on it counts, whole or not at all."""

from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from contract.clock import US_PER_S
from contract.readings import TamperContact
from hub.cases.types import Refusal
from hub.estate import DeviceRow, Estate, EstateFile, RouteRow
from hub.estates.document import body_of
from hub.ingest.core import Request
from hub.ingest.ports import DrawingAct, EstateAct, EstateDone, StepName
from hub.planning import plan_of
from hub.policy.load import Policy
from hub.store import estate_rows
from hub.store.estate_rows import DrawingRow
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import Hub, HubMaker, ModelAgent, estate

NAMES: Any = {"name_zh": "名", "name_en": "name"}


def with_devices(*more: DeviceRow, without: tuple[str, ...] = (), routes: list[RouteRow] | None = None) -> EstateFile:
    file = estate().file
    rows = [row for row in file.devices if row.id not in without]
    return msgspec.structs.replace(file, devices=[*rows, *more], routes=routes if routes is not None else file.routes)


NEW = DeviceRow("door-new", "door", "gate", "gatehouse", **NAMES)
ROUTE = RouteRow("all-day", "patrol-day", "路线", "route", ["gate"], ["hub"])


def act(file: EstateFile, seen: int, **more: Any) -> EstateAct:
    body = body_of(file)
    return EstateAct(seen, body.text, body.digest, more.pop("origin", "edit"), "李伟", "test", **more)


def begin(hub: Hub) -> None:
    """The first version, as of the file."""
    assert hub.ask(act(estate().file, 0, origin="file", at_start=True)) == EstateDone(1, "import")


@pytest.fixture
def site(any_url: str, make_hub: HubMaker) -> Hub:
    made: Hub = make_hub(any_url, follows=True)
    begin(made)
    return made


def test_a_device_that_is_added_raises_incidents_from_then_on(site: Hub):
    agent = ModelAgent(site.clock)
    site.take(agent.says("door-new", TamperContact(active=True)))
    assert site.rows("quarantine", "reason") == ["unknown_device"]
    assert site.ask(act(with_devices(NEW), 1)) == EstateDone(2, "changed")
    site.take(agent.says("door-new", TamperContact(active=True)))
    assert ("tamper", "open") in site.incidents()
    assert [(row.topic, row.act) for row in site.changes if row.topic == "estate"] == [("estate", "changed")] * 2


def test_a_device_that_is_removed_is_a_stranger_and_its_incident_stays(site: Hub):
    agent = ModelAgent(site.clock)
    site.take(agent.says("door-1", TamperContact(active=True)))
    site.ask(act(with_devices(without=("door-1", "reader-1")), 1))
    site.take(agent.says("door-1", TamperContact(active=False)))
    assert site.rows("quarantine", "reason")[-1] == "unknown_device"
    assert ("tamper", "open") in site.incidents()
    site.later(3_600)
    assert ("tamper", "open") in site.incidents()


def test_who_has_seen_another_version_is_told_and_nothing_is_written(site: Hub):
    site.ask(act(with_devices(NEW), 1))
    late = site.ask(act(with_devices(), 1))
    assert isinstance(late, Refusal)
    assert (late.reason, "2" in late.message) == ("changed_meanwhile", True)
    assert site.rows("estate_version", "version") == [1, 2]


def test_of_two_in_one_turn_the_second_saw_what_is_no_more(site: Hub):
    first: Future[Any] = Future()
    second: Future[Any] = Future()
    site.take(Request(act(with_devices(NEW), 1), first), Request(act(with_devices(), 1), second))
    assert first.result(0) == EstateDone(2, "changed")
    assert isinstance(second.result(0), Refusal)


def test_windows_are_planned_anew(any_url: str, make_hub: HubMaker):
    policy = Policy.load()
    duty = next(name for name, row in policy.duties.items() if row.evidence != "scan")
    with_route = with_devices(routes=[msgspec.structs.replace(ROUTE, duty=duty)])
    hub: Hub = make_hub(any_url, follows=True, plan=plan_of(Estate(with_devices(), {}), policy))
    begin(hub)
    hub.later(1)
    assert hub.rows("duty_window", "route") == []
    hub.ask(act(with_route, 1))
    hub.later(1)
    assert set(hub.rows("duty_window", "route")) == {"all-day"}
    hub.ask(act(with_devices(), 2))
    hub.later(1)
    ahead = [opens for opens, state in hub.rows("duty_window", "opens_us", "state") if opens > hub.clock.now_us()]
    assert ahead == []


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_old_or_the_new_estate_is_there_whole(any_url: str, make_hub: HubMaker, step: StepName):
    hub: Hub = make_hub(any_url, follows=True)
    begin(hub)
    drawing = DrawingRow("ground", "image/png", b"1", "d", 1.0, 1.0, 0)
    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.ask(act(with_devices(NEW), 1, drawings=(drawing,)))
    hub.crash_and_reopen()
    committed = step in {"committed", "receipts"}
    assert hub.rows("estate_version", "version") == ([1, 2] if committed else [1])
    assert hub.rows("plan_drawing", "floor") == (["ground"] if committed else [])
    assert hub.estates is not None
    assert hub.estates.current.devices.keys() == Estate(with_devices(NEW) if committed else with_devices(), {}).devices.keys()
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-new", TamperContact(active=True)))
    assert (("tamper", "open") in hub.incidents()) == committed
    if not committed:
        assert hub.ask(act(with_devices(NEW), 1)) == EstateDone(2, "changed")


def test_an_agent_that_is_added_is_awaited_and_one_that_goes_is_a_stranger(site: Hub):
    file = with_devices(without=("door-9",))
    gone = msgspec.structs.replace(file, agents=[row for row in file.agents if row.id != "cellar"])
    site.ask(act(gone, 1))
    site.take()
    site.ask(act(with_devices(), 2))
    site.take()
    assert site.estates is not None
    assert site.estates.key_of("cellar") is not None
    site.clock.advance_us(3_600 * US_PER_S)
    site.take()
    assert ("agent_silent", "open") in site.incidents()


FILE_RULE = [
    # what happened since, and what is to become of the file at the next start
    ([], "file-1", "same"),
    ([], "file-2", "import"),
    (["edit"], "file-1", "same"),
    (["edit"], "file-2", "differs"),
    (["edit"], "edited", "same"),
    (["edit", "restore"], "file-2", "differs"),
    (["edit", "file"], "file-2", "import"),
]


@pytest.mark.parametrize(("since", "file", "becomes"), FILE_RULE)
def test_the_file_of_the_settings_wins_until_somebody_edits_the_estate(site: Hub, since: list[str], file: str, becomes: str):
    files = {"file-1": with_devices(), "file-2": with_devices(NEW), "edited": with_devices(without=("door-9",))}
    for seen, origin in enumerate(since, 1):
        content = {"edit": files["edited"], "restore": files["file-1"], "file": with_devices(without=("camera-1",))}[origin]
        assert isinstance(site.ask(act(content, seen, origin=origin)), EstateDone)
    version = 1 + len(since)
    done = site.ask(act(files[file], 0, origin="file", at_start=True))
    assert done == EstateDone(version + (becomes == "import"), becomes)  # type: ignore[arg-type]


def test_a_drawing_is_put_and_taken_away(site: Hub):
    row = DrawingRow("ground", "image/png", b"1", "d", 3.0, 2.0, 5)
    assert site.ask(DrawingAct("ground", row, "李伟")) is True
    assert site.rows("plan_drawing", "floor", "body", "width") == [("ground", b"1", 3.0)]
    assert site.ask(DrawingAct("ground", None, "李伟")) is True
    assert site.rows("plan_drawing") == []
    assert [(row.key, row.act) for row in site.changes[-2:]] == [("drawing/ground", "drawn"), ("drawing/ground", "removed")]


def test_old_versions_go_and_the_newest_stay(site: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(estate_rows, "VERSIONS_KEPT", 2)
    for seen in (1, 2, 3):
        site.ask(act(with_devices(NEW) if seen % 2 else with_devices(), seen))
    assert site.rows("estate_version", "version") == [3, 4]
