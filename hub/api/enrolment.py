"""Agents become known: an administrator invites, the agent enrols by a one-time token, an administrator revokes."""

import logging
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection

from contract.clock import rfc3339
from contract.enrolment import ENROL_PATH
from hub.accounts.types import Identity
from hub.api import enrolment_models as m
from hub.api.auditing import Told, commit_audited
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting, host_of
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, commit, problems
from hub.audit.log import audited
from hub.audit.types import HUB, Act
from hub.enrolment.authority import BadAuthority
from hub.enrolment.desk import Enrolled
from hub.keyfile import BadKeyFile
from hub.views import when

router = APIRouter(tags=["agents"])
AgentId = Annotated[str, Path(max_length=63, description="The id of the estate file", examples=["gate-east"])]
_log = logging.getLogger(__name__)


@router.get("/agents/keys", summary="How agents are known", responses=problems())
def list_agent_keys(backend: Behind) -> m.AgentKeyList:
    """By which key each speaks, since when, and who has to enrol."""
    states = backend.enrolment.states()
    found = []
    for agent in backend.estate.agents.values():
        state = states[agent.id]
        found.append(
            m.AgentKeyState(
                agent=agent.id,
                name_zh=agent.name_zh,
                name_en=agent.name_en,
                state=state.state,  # type: ignore[arg-type]
                since=when(state.since_us),
                used=when(state.used_us),
                revoked=when(state.revoked_us),
                reason=state.reason,
                certified=state.certified,
                invited_until=when(state.invited_until_us),
            )
        )
    return m.AgentKeyList(agents=found)


@router.post("/agents/{agent}/enrolment", summary="Invite an agent", responses=problems(404), status_code=201)
def invite_agent(backend: Behind, who: Acting, agent: AgentId) -> m.AgentInvited:
    """A token by which it may enrol once within 15 minutes. An earlier one ends. The agent's present key goes on until the new
    one is used."""
    commits = _audited(backend, who, Told("agent.invite", "agent", agent))
    made = backend.enrolment.invite(_known(backend, agent), who.name, commits)
    return m.AgentInvited(agent=agent, token=made.token, until=rfc3339(made.until_us))


@router.post("/agents/{agent}/revoke", summary="Take an agent's keys away", responses=problems(404))
def revoke_agent(backend: Behind, who: Acting, agent: AgentId, asked: m.RevokeAgentRequest) -> m.AgentRevoked:
    """Nothing that it says is taken in from now on, and the broker lets it in no more within 60 s. What it has sent stays. It may
    be invited anew."""
    commits = _audited(backend, who, Told("agent.revoke", "agent", agent, asked.reason))
    ended = _told(lambda: backend.enrolment.revoke(_known(backend, agent), asked.reason, who.name, commits))
    return m.AgentRevoked(agent=agent, ended=ended)


@router.post(ENROL_PATH, summary="An agent enrols", responses=problems(403, 409, 410), status_code=201)
def enrol_agent(backend: Behind, request: Request, asked: m.EnrolAgentRequest) -> m.AgentEnrolled:
    """For whoever brings a token that is good, once. 403 `enrolment_unknown`, 409 `enrolment_used` (people are told), 410
    `enrolment_expired`. After some wrong tries 429 with `Retry-After`."""
    host = host_of(request.scope)
    wait_s = backend.enrolment.wait_s(host)
    if wait_s:
        raise ApiError("too_many_requests", retry_s=wait_s)
    report, commits = backend.worker.ask, _commits(backend, host)
    found: Enrolled = allowed(_told(lambda: backend.enrolment.enrol(asked.token, asked.csr, host, commits, report)))
    return m.AgentEnrolled(
        site=backend.site,
        agent=found.agent,
        key=found.key.hex(),
        broker_url=found.broker_url,
        broker_user=found.broker_user,
        broker_password=found.broker_password,
        ca=found.ca,
        certificate=found.certificate,
    )


def _told(act: Callable[[], Any]) -> Any:
    """What was done. Raises ApiError where a file of the hub's is wrong."""
    try:
        return act()
    except (BadAuthority, BadKeyFile, OSError) as error:
        _log.error("enrolment_failed", extra={"error": str(error)})
        raise ApiError("enrolment_failed") from error


def _known(backend: Backend, agent: str) -> str:
    if backend.estate.agent(agent) is None:
        raise ApiError("unknown_agent", agent=agent)
    return agent


Commits = Callable[[Callable[[Connection], Any]], Any]


def _audited(backend: Backend, who: Identity, told: Told) -> Commits:
    return lambda run: commit_audited(backend, who, run, lambda _: told)


def _commits(backend: Backend, host: str) -> Commits:
    """With an entry for the agent that has become known; it has no account."""

    def acts(agent: str) -> list[Act]:
        return [Act(HUB, "agent.enrol", "agent", agent, after={"from": host})] if agent else []

    return lambda run: commit(backend, audited(run, backend.site, acts, backend.clock.now_us()))
