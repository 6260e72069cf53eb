"""What holds for every detector, whatever the events."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.readings import KINDS, AccessDecided, AlarmInput, CommandDone, DeviceLink, DoorContact, Measurement
from hub.cases.titles import TITLES
from hub.desk.numbers import DESK_DETECTORS
from hub.detectors.table import BY_KIND, BY_NAME, DETECTORS
from hub.detectors.types import (
    AgentAwaited,
    AgentHeard,
    AgentLost,
    Clear,
    Event,
    Finding,
    ForeignReport,
    PlateWatched,
    Quarantined,
    Raise,
    SequenceJumped,
    Wake,
    Withdraw,
    subjects,
)
from hub.footage.incidents import FOOTAGE_DETECTORS
from hub.footage.views import FOOTAGE_OVER
from hub.policy.numbers import CLAUSES
from hub.visits.numbers import VISIT_DETECTORS
from tests.scenario.language import DEVICES, POLICY, us

NAMES = {
    "door_forced", "door_held", "repeated_refusals", "barrier_left_open", "arm_knocked_off", "tamper", "agent_silent",
    "device_silent", "device_clock_off", "sequence_gap", "camera_lost", "camera_dark", "camera_frozen",
    "camera_blinded", "camera_defocused", "camera_moved", "camera_occluded", "zone_after_hours", "zone_intrusion",
    "zone_loitering",
    "measurement_over_threshold", "alarm_input", "fire_input", "foreign_report", "quarantined", "audit_head_conflict",
    "agent_takeover",
    "panic", "guard_silent", "observation", "panel_fault", "reader_refused",
    "passback", "stopped_credential", "impossible_travel", "barrier_unexplained", "tailgating", "loop_plate_disagree",
    "plate_without_vehicle", "plate_unreadable", "plate_watched", "footage_hole",
}  # fmt: skip


def _readings():
    """Any reading a detector looks at, with few values, so that what is said is often said again."""
    own = (AgentAwaited, AgentHeard, AgentLost, SequenceJumped, ForeignReport, PlateWatched, Quarantined)
    kinds = sorted({kind for kind in BY_KIND if kind in KINDS.values() or kind in own}, key=lambda kind: kind.__name__)
    narrow = {
        str: st.sampled_from(["", "a", "open", "power", "water_pressure"]),
        float: st.floats(0, 2000),
        int: st.integers(0, 9),
    }
    made = []
    for kind in kinds:
        fields = {}
        for field in msgspec.structs.fields(kind):
            plain = [arm for arm in get_args(field.type) if isinstance(arm, type)] or [field.type]
            literal = [arm for arm in get_args(field.type) if isinstance(arm, str)]
            fields[field.name] = st.sampled_from(literal) if literal else narrow.get(plain[0], st.booleans())
        made.append(st.builds(kind, **fields))
    busy = st.one_of(
        st.builds(DoorContact, open=st.booleans()),
        st.builds(DeviceLink, up=st.booleans()),
        st.builds(AccessDecided, card=st.just("a"), granted=st.booleans(), reason=st.just("permit")),
        st.builds(CommandDone, nonce=st.just("n"), action=st.just("open"), outcome=st.sampled_from(["done", "failed"])),
        st.builds(Measurement, quantity=st.just("power"), value=st.sampled_from([10.0, 960.0, 1200.0])),
        st.builds(AlarmInput, active=st.booleans()),
    )
    return st.one_of(busy, *made)


EVENTS = st.tuples(
    st.sampled_from(sorted(DEVICES)), _readings(), st.integers(-40, 90), st.booleans(), st.none() | st.integers(-300, 300)
)
WAKES = st.tuples(st.integers(-10, 200), st.booleans())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(EVENTS, EVENTS, WAKES), max_size=60))
def test_whatever_happens_no_detector_raises_and_every_finding_is_about_an_episode_of_its_own(story):  # noqa: C901 - one story
    states: dict[tuple[str, str], Any] = {}
    wakes: dict[tuple[str, str], Wake | None] = {}
    owners: dict[tuple[str, str], str] = {}
    lives: dict[tuple[str, str], dict[str, Finding]] = {}
    now = 0.0

    def take(key, step):
        for finding in step.findings:
            check(lives.setdefault(key, {}), finding)
        if step.state is None:
            assert step.wake is None
        body = msgspec.json.encode(step.state)
        assert msgspec.json.decode(body, type=BY_NAME[key[0]].state_type) == step.state
        states[key], wakes[key] = step.state, step.wake

    for seq, item in enumerate(story, 1):
        if len(item) == 2:
            past_due, proven = item
            for key, wake in list(wakes.items()):
                if wake is not None:
                    detector, device = BY_NAME[key[0]], DEVICES[owners[key]]
                    assert detector.wake is not None
                    due = wake.due_us + past_due
                    take(key, detector.wake(states[key], due, proven, device, POLICY.for_device(detector, device)))
            continue
        name, reading, step_s, late, device_off = item
        now += step_s
        device_at = None if device_off is None else us(now + device_off)
        event = Event(name, us(now), us(now), reading, "f" * 32, seq, late, device_at)
        for detector in BY_KIND[type(reading)]:
            for subject, about in subjects(detector, event, DEVICES[name], DEVICES.get):
                key = (detector.name, subject)
                owners.setdefault(key, about.id)
                step = detector.step(states.get(key), event, about, POLICY.for_device(detector, about))
                if step is not None:
                    take(key, step)


def check(live, finding):
    """Raise, perhaps again and stronger, then one end at most; and what has ended may be taken back, and be so after all."""
    past = live.get(finding.episode)
    if isinstance(finding, Raise):
        grown = isinstance(past, Raise) and past.proven <= finding.proven and past.late >= finding.late
        assert past is None or grown or (isinstance(past, Withdraw) and finding.again)
        others = [name for name, last in live.items() if name != finding.episode and isinstance(last, Raise)]
        assert finding.again or not others
        msgspec.json.encode(finding.facts)
    else:
        ended = isinstance(finding, Withdraw) and isinstance(past, Clear)
        assert isinstance(past, Raise) or ended, f"{finding} ends what was never raised, or has ended"
    if isinstance(finding, Clear):
        assert past.proven
        assert finding.at_us >= past.at_us
    if isinstance(finding, Withdraw):
        assert finding.reason
    live[finding.episode] = finding


def test_the_table_has_every_detector_once_with_its_clause_and_its_titles():
    assert {detector.name for detector in DETECTORS} == NAMES
    assert len(DETECTORS) == len(NAMES)
    others = {"duty_gap", "emergency", "reported", *DESK_DETECTORS, *VISIT_DETECTORS, *FOOTAGE_DETECTORS, FOOTAGE_OVER.name}
    assert set(TITLES) == {*NAMES, *others}, "what is no detector's has a title as well"
    assert {detector.clause for detector in DETECTORS} <= CLAUSES.keys()


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_a_detector_is_found_by_each_of_its_kinds(detector):
    assert detector.kinds
    assert all(detector in BY_KIND[kind] for kind in detector.kinds)


def test_what_changes_nothing_costs_no_step():
    quiet = [
        ("door-1", DoorContact(open=False), "door_held"),
        ("meter-1", Measurement("power", 20.0), "measurement_over_threshold"),
        ("meter-1", Measurement("power", 20.0), "device_clock_off"),
        ("reader-1", AccessDecided("a", True, "permit"), "repeated_refusals"),
    ]
    for name, reading, detector in quiet:
        row, device = BY_NAME[detector], DEVICES[name]
        event = Event(name, us(0), us(0), reading, "f" * 32, 1)
        assert row.step(None, event, device, POLICY.for_device(row, device)) is None


def test_a_scan_that_was_stored_for_hours_says_nothing_of_its_devices_clock():
    stored = [kind for kind in KINDS.values() if kind.STORED]
    assert stored
    assert not set(stored) & set(BY_NAME["device_clock_off"].kinds)
