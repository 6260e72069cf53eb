"""The rules that a truck's driver is told: read by whoever registers, edited by those in charge, each edit a version."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from contract.clock import rfc3339
from hub.api.gatekeeper import Acting
from hub.api.models import Plain, Strict, Time
from hub.api.routes import Behind, allowed, answer, problems
from hub.api.visits import who_of
from hub.visits.asks import RulesSet
from hub.visits.rules import LINE_CHARS, LINES_MAX, RuleLine, Rules, newest

router = APIRouter(prefix="/visit-rules", tags=["visits"])
SHOWN_MAX = 50


class TruckRule(Strict):
    """One rule."""

    zh: Annotated[str, Plain, Field(min_length=1, max_length=LINE_CHARS)] = Field(description="The rule in Chinese")
    en: Annotated[str, Plain, Field(max_length=LINE_CHARS)] = Field(default="", description="The rule in English; may be empty")


class TruckRulesBody(Strict):
    """All rules, and the version that was seen while they were edited."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"seen": "estate-rules-1", "lines": [{"zh": "慢行", "en": "drive slowly"}]}]},
    )

    seen: Annotated[str, Plain, Field(max_length=64)] = Field(description="The version in force, as it was read")
    lines: list[TruckRule] = Field(min_length=1, max_length=LINES_MAX, description="In the order in which they are read out")


class TruckRulesView(Strict):
    """The rules of one version."""

    version: str = Field(description="As it stands in a visit whose driver was told them", examples=["estate-rules-1"])
    lines: list[TruckRule] = Field(description="In the order in which they are read out")
    made_at: Time = Field(description="Since when: RFC 3339, UTC")
    made_by: str = Field(description="Who wrote them; hub: they are the shipped ones")


class TruckRulesPage(Strict):
    """The rules in force, and what was told before."""

    now: TruckRulesView = Field(description="Those that are told now")
    before: list[TruckRulesView] = Field(description="Earlier versions, newest first, 50 at most")


@router.get("", summary="The rules that a truck's driver is told", responses=problems())
def show_rules(backend: Behind) -> TruckRulesPage:
    """With earlier versions, so that what a visit's `rules` names can be read. The hours are VEH-4's in the policy."""
    return _page(backend.reads.visits.rules())


@router.put("", summary="Change the rules", responses=problems(404, 409, 413))
def set_rules(backend: Behind, who: Acting, asked: TruckRulesBody) -> TruckRulesPage:
    """A new version from now on; 409 `rules_changed` where another one came to be meanwhile."""
    lines = tuple(RuleLine(one.zh.strip(), one.en.strip()) for one in asked.lines)
    allowed(answer(backend.worker.ask(RulesSet(asked.seen, lines, who_of(who)))))
    return _page(backend.reads.visits.rules())


def _page(versions: list[Rules]) -> TruckRulesPage:
    now = newest(versions)
    before = sorted((one for one in versions if one.no != now.no), key=lambda one: -one.no)
    return TruckRulesPage(now=_view(now), before=[_view(one) for one in before[:SHOWN_MAX]])


def _view(rules: Rules) -> TruckRulesView:
    lines = [TruckRule(zh=line.zh, en=line.en) for line in rules.lines]
    return TruckRulesView(version=rules.version, lines=lines, made_at=rfc3339(rules.made_us), made_by=rules.made_by)
