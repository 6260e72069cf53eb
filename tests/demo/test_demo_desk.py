"""The demo's operator deals with what comes in as people would."""

from random import Random
from types import SimpleNamespace
from typing import Any

from contract.clock import US_PER_S
from contract.readings import FireInput
from tests.support.outward_rig import NAMES, running_site, until
from watchkeeper.demo.books import Incident
from watchkeeper.demo.desk import Operator


class OneFire:
    """The books with one incident in them, as the hub shows it."""

    def __init__(self, site: Any, no: int) -> None:
        self._site, self._no = site, no

    def incidents(self) -> list[Incident]:
        shown = self._site.http.get(f"/incidents/{self._no}").json()["incident"]
        opened_us = self._site.clock.now_us() - 60 * US_PER_S
        return [Incident(self._no, "fire_input", "door-1", "gate", 1, shown["state"], False, opened_us, True)]


def test_a_fire_is_worked_through_with_its_plan_before_it_is_closed(tmp_path):
    with running_site(tmp_path) as site:
        site.says("door-1", FireInput(active=True, name="hall"))
        no = until(lambda: next((int(row.key) for row in site.changes() if row.act == "raised"), None))
        operator = Operator(site.outward.url, site.tokens["operator"], OneFire(site, no), Random(1))  # type: ignore[arg-type]
        stage: Any = SimpleNamespace(clock=site.clock)
        operator.look(stage)
        operator.look(stage)
        assert operator.refused == 0
        assert site.http.get(f"/incidents/{no}").json()["incident"]["state"] == "closed"
        run = site.http.get(f"/incidents/{no}/plan").json()
        assert (run["run"]["state"], run["closed_reason"]) == ("review", "")
        assert {one["actor"] for one in run["told"]} == {NAMES["operator"]}
        assert all(step["state"] == "done" for step in run["steps"] if step["mandatory"])
