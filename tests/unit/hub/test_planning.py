import re

import pytest

from contract.settings import BadSettings
from hub.config import load_config
from hub.duties.plan import plan_text, windows
from hub.estate import Estate
from hub.planning import plan_of
from hub.policy.load import RESIDENTIAL, Policy
from tests.unit.hub.test_estate import TEXT, written

HOUR = 3_600_000_000


def test_the_plan_has_the_policys_duties_and_the_estates_routes(tmp_path):
    policy = Policy.load()
    plan = plan_of(Estate.load(written(tmp_path), policy), policy, "secret")
    assert (plan.zone, plan.seed) == ("Asia/Shanghai", "secret")
    assert [duty.duty for duty in plan.duties] == sorted(policy.duties)
    assert [route.id for route in plan.routes] == ["box", "night"]
    assert plan.numbers == {"checkpoint_min_s": 3, "apart_s": 60, "scan_clock_off_s": 60, "late_scan_max_s": 259_200}
    day = list(windows(plan, 1, (), 0, 24 * HOUR))
    assert [(w.duty, w.place) for w in day] == [
        ("letters-delivered", "gate"),
        *[("patrol-night", "pump")] * 12,
        *[("patrol-night", "lane")] * 12,
    ]


def test_files_that_say_the_same_in_another_order_give_plans_with_equal_texts(tmp_path):
    first, second = written(tmp_path), tmp_path / "second.yaml"
    text = TEXT.replace("sources: [wand-1, phone-1]", "sources: [phone-1, wand-1]")
    head, routes = text.split("routes:\n")
    second.write_text(f"{head}routes:\n" + "\n".join(reversed(routes.splitlines())), encoding="utf-8")
    shuffled = tmp_path / "policy.yaml"
    policy = RESIDENTIAL.read_text(encoding="utf-8")
    calendar = "workdays: [] # such as 2027-02-20"
    one = policy.replace(calendar, "workdays: [2027-02-20, 2027-02-28]")
    other = policy.replace(calendar, "workdays: [2027-02-28, 2027-02-20]")
    # Clauses, shifts and what makes a scan void, the other way round.
    clauses = re.split(r"(?m)^(?=  [A-Z]+-\d+:)", other.split("\npriorities:")[0])
    other = clauses[0] + "\n".join(reversed(clauses[1:])) + "\npriorities:" + other.split("\npriorities:")[1]
    shifts = [line for line in other.splitlines() if line.startswith(("  day: {", "  night: {"))]
    other = other.replace("\n".join(shifts), "\n".join(reversed(shifts)))
    other = other.replace("[unknown_tag, revoked_tag,", "[revoked_tag, unknown_tag,")
    assert one != other
    texts = []
    for estate, words in ((first, one), (second, other)):
        shuffled.write_text(words, encoding="utf-8")
        rules = Policy.load(shuffled)
        texts.append(plan_text(plan_of(Estate.load(estate, rules), rules)))
    assert texts[0] == texts[1]


def test_a_hub_loads_its_plan_with_its_settings_and_refuses_an_estate_that_does_not_fit(tmp_path):
    written(tmp_path)
    settings = tmp_path / "hub.yaml"
    settings.write_text("estate: estate.yaml\n", encoding="utf-8")
    config = load_config(settings)
    assert config.plan == plan_of(config.estate, config.policy)
    assert len(config.plan.routes) == 2
    written(tmp_path, TEXT.replace("duty: patrol-night", "duty: patrol"))
    with pytest.raises(BadSettings, match="patrol is no duty of the policy residential"):
        load_config(settings)
