"""The rules that trucks' drivers are told: the estate's own, a version each, and the version that is in force alone is told."""

from typing import Any

import pytest

from hub.cases.types import Refusal
from hub.visits import asks
from hub.visits.rules import SHIPPED, RuleLine, faults, newest
from tests.support.outward_rig import running_site
from tests.support.site_rig import HubMaker
from tests.support.visit_rig import LEAD, Gatehouse

OWN = (RuleLine("慢行", "drive slowly"), RuleLine("不鸣喇叭"))


@pytest.fixture
def gate(any_url: str, make_hub: HubMaker) -> Gatehouse:
    return Gatehouse(make_hub, any_url)


def reason(found: Any) -> str:
    assert isinstance(found, Refusal), found
    return found.reason


def change(gate: Gatehouse, seen: str, lines: tuple[RuleLine, ...] = OWN) -> Any:
    return gate.hub.ask(asks.RulesSet(seen, lines, LEAD))


def test_an_edit_is_a_version_and_only_the_one_in_force_is_told(gate):
    truck = gate.register("truck", room="").visit
    made = change(gate, SHIPPED.version)
    assert (made.version, made.lines, made.made_by) == ("estate-rules-2", OWN, LEAD.name)
    assert reason(gate.act(truck, "tell", rules=SHIPPED.version)) == "rules_changed"
    assert gate.act(truck, "tell", rules=made.version).rules == made.version
    gate.hub.crash_and_reopen()
    assert reason(change(gate, SHIPPED.version)) == "rules_changed", "somebody was faster"
    assert change(gate, made.version) == made, "nothing was changed"
    assert gate.hub.rows("visit_rules", "no") == [1, 2], "what was told before can be read"
    assert "visit_rules.set" in gate.hub.rows("audit_entry", "act")


@pytest.mark.parametrize("lines", [(), (RuleLine(" ", "x"),), (RuleLine("慢" * 301),), (RuleLine("慢行"),) * 21])
def test_what_is_no_rules_is_refused(gate, lines):
    assert faults(lines)
    assert reason(change(gate, SHIPPED.version, lines)) == "wrong_rules"


def test_the_shipped_rules_hold_until_there_are_others():
    assert newest([]) is SHIPPED
    assert not faults(SHIPPED.lines)
    assert all(line.zh and line.en.isascii() for line in SHIPPED.lines)


def test_the_api_shows_versions_and_those_in_charge_edit_them(tmp_path):
    with running_site(tmp_path) as site:
        seen = site.http.get("/visit-rules").json()
        assert (seen["now"]["version"], seen["before"]) == ("estate-rules-1", [])
        body = {"seen": "estate-rules-1", "lines": [{"zh": "慢行", "en": "drive slowly"}]}
        for role in ("guard", "desk", "operator"):
            with site.client(role) as somebody:
                assert somebody.get("/visit-rules").status_code == 200
                assert somebody.put("/visit-rules", json=body).status_code == 403
        page = site.http.put("/visit-rules", json=body).json()
        assert page["now"]["lines"] == body["lines"]
        assert [one["version"] for one in page["before"]] == ["estate-rules-1"]
        again = site.http.put("/visit-rules", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "rules_changed")
