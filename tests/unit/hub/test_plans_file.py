"""The file of plans is held to its rules whole, with the line, the clause, and what to write instead."""

import pytest

from contract.settings import BadSettings
from hub.cases.workflow import WORKFLOWS
from hub.plans.load import RESIDENTIAL, check_plans, load_plans
from hub.plans.words import MEANS, PLAN_REFUSALS, STEP_STATES, WHO, WHOM

TEXT = RESIDENTIAL.read_text(encoding="utf-8")


def bent(tmp_path, old, new):
    assert old in TEXT
    file = tmp_path / "plans.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_plans_that_ship_are_right():
    assert check_plans(RESIDENTIAL).messages == []
    acts = {act.done for act in WORKFLOWS["incident"].acts.values()}
    assert {step.done_by for plan in load_plans(RESIDENTIAL).values() for step in plan.steps} - {""} <= acts


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- plan: theft", "- plan: fire", "EMG-1: plans[2].plan: fire is another plan's name: write another one"),
        ("who: monitor, deadline_s: 60", "who: monitr, deadline_s: 60", "monitr is no post"),
        ("detector: fire_input", "detector: fire_inputs", "perhaps fire_input"),
        ("tell: [superior, fire]", "tell: [superior, fire, utilities]", "no step calls utilities"),
        ("tell: [superior, fire]", "tell: [superior, firemen]", "EMG-1: plans[0].tell[1]"),
        ("deadline_s: 240", "deadline_s: 0", "EMG-1: plans[0].steps[3].deadline_s"),
        ("{ step: send,", "{ step: receive,", "receive is another step's name"),
        ("{ detector: guard_silent }", "{ detector: panic }", "robbery is started by the same panic"),
        ('phone: "119"', 'phone: "one"', "EMG-1: plans[0].steps[3].call.phone"),
        ("    zh: 火灾", "    zhh: 火灾", "unknown key"),
    ],
)
def test_a_mistake_is_told_with_line_clause_and_what_to_write(tmp_path, old, new, said):
    file = bent(tmp_path, old, new)
    found = check_plans(file).messages
    assert any(said in line for line in found), found
    assert all(line.startswith(f"{file}:") and "EMG-1" in line for line in found)
    with pytest.raises(BadSettings):
        load_plans(file)


@pytest.mark.parametrize("table", [WHOM, MEANS, STEP_STATES, WHO, PLAN_REFUSALS])
def test_every_word_is_said_in_both_languages(table):
    for chinese, english in table.values():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert english.isascii()
