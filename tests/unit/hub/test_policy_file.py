import re
from itertools import pairwise
from pathlib import Path

import pytest

from contract.clock import US_PER_S
from contract.settings import BadSettings
from edge.agent import HEARTBEAT_US
from hub.cases import limits
from hub.cases.alarms import DEFAULTS
from hub.cases.workflow import SHELVE, WORKFLOWS
from hub.detectors.table import BY_NAME
from hub.detectors.types import Device
from hub.policy.check import check_file
from hub.policy.load import RESIDENTIAL, Policy
from hub.policy.numbers import AGENT_BEAT_S, AGENT_SILENT_LEAST_S, CLAUSES

TEXT = RESIDENTIAL.read_text(encoding="utf-8")


def bent(tmp_path, old, new):
    """The shipped policy with one change; the text changed must be there."""
    assert old in TEXT
    file = tmp_path / "policy.yaml"
    file.write_text(TEXT.replace(old, new), encoding="utf-8")
    return file


def test_the_shipped_policy_is_right():
    assert check_file(RESIDENTIAL) == []


def test_numbers_are_read_under_their_clause():
    policy = Policy.load(RESIDENTIAL)
    assert policy.numbers("GATE-7")["held_s"] == 30
    assert policy.numbers("EMG-2") == {"acknowledge_s": 30, "arrive_s": 180}
    assert {"agent_silent_s": 85, "late_s": 300, "source_stall_s": 15}.items() <= policy.numbers("CMD-1").items()
    assert policy.priorities[1].zh == "特急"
    assert policy.webhook_allow_private == ()
    with pytest.raises(KeyError):
        policy.numbers("GATE-8")


def test_a_devices_own_number_stands_before_the_policys():
    policy = Policy.load()
    door = Device("door-1", "door", "gate", "agent-1", "door-1", {"held_s": 120.0})
    numbers = policy.for_device(BY_NAME["door_held"], door)
    assert (numbers["held_s"], numbers["grant_s"]) == (120, 10)
    assert policy.numbers("GATE-7")["held_s"] == 30


@pytest.mark.parametrize(
    ("old", "new", "line_of", "message"),
    [
        ("held_s: 30", "hold_on_s: 30", "hold_on_s", "GATE-7: hold_on_s is no number of this clause: write one of held_s"),
        ("held_s: 30", "held_ms: 30", "held_ms", "GATE-7: held_ms has another unit than this number is told in: write held_s"),
        (
            "      held_s: 30",
            "      # none",
            "GATE-7:",
            "GATE-7: held_s is missing: write held_s: how long a door may stand open",
        ),
        ("held_s: 30", "held_s: 30 s", "held_s", "GATE-7: held_s is text: write a number"),
        ("held_s: 30", "held_s: true", "held_s", "GATE-7: held_s is true: write a number"),
        ("held_s: 30", "held_s: -1", "held_s", "GATE-7: held_s -1 is out of range: write how long a door may stand open"),
        ("refusals: 3", "refusals: 2.5", "refusals:", "GATE-7: refusals 2.5 is not a whole number"),
        ("VEH-6:", "VEH-66:", "VEH-66:", "VEH-66: is no clause that is in use: write one of GATE-3"),
        (
            "event_days: 190",
            "event_days: 30",
            "event_days",
            "CMD-1: event_days 30 is out of range: write how long",
        ),
        (
            "agent_silent_s: 85",
            "agent_silent_s: 24",
            "agent_silent_s",
            "CMD-1: agent_silent_s 24 is too short: write 25 at least, since an agent that is well says so every 10 s",
        ),
        ("    legal_basis: 《中", "    legal_base: 《中", "legal_base:", "CMD-1: legal_base is an unknown key"),
        ("    legal_basis: 《中", "    # legal_basis: 《中", "CMD-1:", "CMD-1: names no legal basis: write legal_basis"),
        ("  4: {", "  5: {", "5: {", "priorities.5: is no priority: write 1, 2, 3 and 4"),
        ("[] #", "[tower] #", "allow_private", "webhook.allow_private[0]: 'tower' is no network: write an address"),
        ("left_open_s: 60", "left_open_s: 60\n      left_open_s: 90", "left_open_s: 90", "left_open_s stands twice in one place"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_clause_and_what_to_write(tmp_path, old, new, line_of, message):
    file = bent(tmp_path, old, new)
    lines = file.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if line_of in text)
    told = check_file(file)
    assert any(text.startswith(f"{file}:{line}: {message}") for text in told), told
    with pytest.raises(BadSettings):
        Policy.load(file)


def test_a_near_name_is_suggested(tmp_path):
    (told,) = [line for line in check_file(bent(tmp_path, "VEH-6:", "VEH-8:")) if "is no clause" in line]
    assert told.endswith("perhaps VEH-6")


def test_a_clause_that_is_missing_is_told(tmp_path):
    file = bent(tmp_path, "VEH-6:", "VEH-66:")
    assert any(": VEH-6: is missing: write it with left_open_s" in line for line in check_file(file))


def test_footage_is_never_kept_shorter_than_the_law_asks(tmp_path):
    for name in ("footage", "picture", "key_footage"):
        old, new = f" {name}_days: {30 if name == 'footage' else 90}", f" {name}_days: 29"
        told = check_file(bent(tmp_path, old, new))[0]
        assert f"MON-4: {name}_days 29 is out of range" in told
        assert "public-security video" in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" footage_days: 30", " footage_days: 91", "key_footage_days is shorter than footage_days: write 91 at least"),
        ("footage_days_max: 92", "footage_days_max: 60", "footage_days_max is shorter than what is owed: write 90 at least"),
        ("when_full: refuse_new", "when_full: never", "when_full"),
        ("hold_after_s: 900", "hold_after_s: 900\n    when_full: refuse_new", "when_full does not belong here"),
    ],
)
def test_how_long_footage_is_kept_fits_together(tmp_path, old, new, said):
    assert any(said in line for line in check_file(bent(tmp_path, old, new))), check_file(bent(tmp_path, old, new))


def test_every_mistake_is_told_in_one_go(tmp_path):
    file = bent(tmp_path, "_s: 30\n", "_s: -30\n")
    assert len(check_file(file)) == 6


@pytest.mark.parametrize("text", ["", "[]", "policy: a", "clauses: 5\npriorities: {}", "clauses: {GATE-7: 3}", "\t", "a: [", "x"])
def test_what_is_no_policy_at_all_is_told_and_never_raises(tmp_path, text):
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    told = check_file(file)
    assert told
    assert all(line.startswith(f"{file}:") for line in told)


def test_a_file_that_is_not_there_is_told(tmp_path):
    (told,) = check_file(tmp_path / "none.yaml")
    assert "cannot be read" in told


def test_every_number_is_used_and_every_number_used_is_there():
    policy = Policy.load()
    code = "".join(path.read_text(encoding="utf-8") for path in Path("hub").rglob("*.py") if path.name != "numbers.py")
    for clause, table in CLAUSES.items():
        for name, number in table.items():
            if number.required:
                assert name in policy.numbers(clause)
                assert re.search(rf'"{name}"', code), f"nothing reads {clause} {name}"
    for workflow in WORKFLOWS.values():
        for clock in workflow.clocks.values():
            for priority, (clause, name) in clock.seconds.items():
                assert policy.numbers(clause)[name] > 0, (clock.name, priority)
            assert set(clock.seconds) == (set() if clock.name == SHELVE else {1, 2, 3, 4})
    for (clause, name), value in DEFAULTS.items():
        assert policy.numbers(clause)[name] == value, "an older policy is read as the shipped one"
        assert not CLAUSES[clause][name].required
        assert re.search(rf'"{name}"', code), f"nothing reads {clause} {name}"


def test_the_shortest_silence_leaves_an_agent_room_for_a_word_that_is_lost(tmp_path):
    assert AGENT_BEAT_S * US_PER_S == HEARTBEAT_US
    assert AGENT_SILENT_LEAST_S > 2 * AGENT_BEAT_S
    assert check_file(bent(tmp_path, "agent_silent_s: 85", f"agent_silent_s: {AGENT_SILENT_LEAST_S}")) == []
    played = bent(tmp_path, "agent_silent_s: 85", "agent_silent_s: 7")
    played.write_text(played.read_text(encoding="utf-8") + "demonstration: true\n", encoding="utf-8")
    assert check_file(played) == []


ALARMS = """    alarms:
      - { detector: door_held, places: [perimeter], priority: 2 }
      - { detector: door_held, priority: 4 }
      - { detector: alarm_input, sound: fire }
"""
AT = "      left_open_s: 60\n"


def test_a_detectors_priority_goes_by_the_class_of_the_place(tmp_path):
    policy = Policy.load(bent(tmp_path, AT, AT + ALARMS))
    assert policy.alarm_of("door_held", "perimeter").priority == 2
    assert policy.alarm_of("door_held", "plant").priority == policy.alarm_of("door_held", "").priority == 4
    assert policy.alarm_of("alarm_input", "plant") == (None, "fire")
    assert policy.alarm_of("tamper", "") == (None, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("door_held, priority: 4", "door_hold, priority: 4", "door_hold is no detector: write one of"),
        ("[perimeter]", "[parameter]", "parameter is no class of places: write one of perimeter, plant, public"),
        ("door_held, priority: 4", "door_held, places: [perimeter], priority: 4", "door_held has another row for perimeter"),
        ("door_held, priority: 4", "panic, priority: 2", "panic may be somebody's life: write 1, or leave it out"),
        ("alarm_input, sound: fire", "alarm_input, sound: fire, priority: 3", "alarm_input may be somebody's life"),
        ("door_held, priority: 4", "door_held", "says nothing of door_held: write priority: 1 to 4, or sound: fire"),
    ],
)
def test_a_wrong_row_of_alarms_says_what_to_write_instead(tmp_path, old, new, message):
    assert old in ALARMS
    found = check_file(bent(tmp_path, AT, AT + ALARMS.replace(old, new)))
    assert any(message in line and "VEH-6" in line for line in found), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("step: p1-leader", "step: p2-leader", "p2-leader"),
        ("unless: dispatched", "unless: arrived", "write one of acknowledged, dispatched, closed"),
        ("level: 2", "level: 12", "9"),
        ("        tell: [manager]\n", "        tell: []\n", "tell"),
        ("after_s: 240", "after_s: 0", "after_s"),
        ("after_s: 240", "after_s: 240\n        detectors: [tampered]", "tampered is no detector"),
        ("shelve_max_s: 28800", "shelve_max_s: 28801", "28800"),
        ("silence_s: 60", "silence_s: 61", "silence_s"),
    ],
)
def test_a_wrong_step_or_number_of_alarms_is_found(tmp_path, old, new, message):
    found = check_file(bent(tmp_path, old, new))
    assert any(message in line for line in found), found


def test_a_policy_that_is_older_than_the_alarms_holds_the_shipped_numbers(tmp_path):
    clause, kept = "", []
    for line in TEXT.splitlines():
        named = re.match(r"  ([A-Z]+-\d+):", line)
        clause = named[1] if named else clause
        if not any(of == clause and f" {name}:" in line for of, name in DEFAULTS):
            kept.append(line)
    lines = [line for line, after in pairwise([*kept, ""]) if line != "    numbers:" or after.startswith("      ")]
    file = tmp_path / "old.yaml"
    text = re.sub(r"\n    numbers:(?=\n(?:\n| {2,4}\S))", "", "\n".join(lines))  # a clause all of whose numbers are newer
    file.write_text(text, encoding="utf-8")
    assert check_file(file) == []
    old = Policy.load(file)
    assert "silence_s" not in old.numbers("CMD-2")
    assert {key: limits.number(old, *key) for key in DEFAULTS} == DEFAULTS
