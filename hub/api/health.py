"""Whether the hub does its work, in words and in numbers; and the policy in force."""

import re
from collections.abc import Iterable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub.api import models
from hub.api.ports import Backend
from hub.api.routes import Behind, problems

router = APIRouter(tags=["health"])
_LEASE_REASONS = frozenset(("waiting_for_lease", "lease_lost"))


@router.get(
    "/healthz",
    summary="Whether the hub does its work",
    responses={503: {"model": models.Health, "description": "it does not; `checks` says why"}},
)
def show_health(backend: Behind, response: Response) -> models.Health:
    """200 when database, broker and lease are well, else 503. A channel that fails or is behind is told, and is no reason."""
    found = health(backend)
    if not found.ready:
        response.status_code = 503
    return found


@router.get("/metrics", summary="Counters for Prometheus", response_class=Response, responses=problems())
def show_metrics(backend: Behind) -> Response:
    """Prometheus text."""
    registry = CollectorRegistry()
    registry.register(_Metrics(backend))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/policy", tags=["policy"], summary="The policy in force", responses=problems())
def show_policy(backend: Behind) -> models.PolicyView:
    """Every number in use, under its clause."""
    policy = backend.policy
    return models.PolicyView(
        policy=policy.name,
        clauses=[
            models.ClauseView(id=name, zh=clause.zh, en=clause.en, numbers=dict(clause.numbers), legal_basis=clause.legal_basis)
            for name, clause in policy.clauses.items()
        ],
        priorities={number: {"zh": name.zh, "en": name.en} for number, name in policy.priorities.items()},
    )


def health(backend: Backend) -> models.Health:
    """How the hub is."""
    state = backend.worker.state
    lease_wrong = not state.ready and state.reason in _LEASE_REASONS
    checks = {
        "database": _database(backend, state.reason if not state.ready and not lease_wrong else "", state.detail),
        "broker": _broker(backend),
        "lease": _check(state.reason if lease_wrong else "", state.detail),
    }
    return models.Health(
        ready=all(check.ok for check in checks.values()), site=backend.site, checks=checks, channels=_channels(backend)
    )


def _broker(backend: Backend) -> models.Check:
    if backend.connected():
        return _check("", "")
    why = backend.why_away()
    return _check("not_connected", "the MQTT broker is away; agents keep what they have" + (f". {why}" if why else ""))


def _database(backend: Backend, worker_reason: str, detail: str) -> models.Check:
    if worker_reason:
        return _check(worker_reason, detail)
    try:
        backend.reads.ping()
    except SQLAlchemyError as error:
        return _check("database_failed", str(error).splitlines()[0][:200])
    return _check("", "")


def _check(reason: str, detail: str) -> models.Check:
    return models.Check(ok=not reason, reason=reason, detail=detail if reason else "")


def _channels(backend: Backend) -> list[dict[str, object]]:
    try:
        return [state._asdict() for state in backend.notifiers.states()]
    except SQLAlchemyError:
        return []


class _Metrics(Collector):
    """Reads everything at the moment it is asked."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def collect(self) -> Iterable[Metric]:
        """Prometheus calls it for each scrape."""
        found = health(self._backend)
        ready = GaugeMetricFamily("watchkeeper_ready", "1 when the check is well", labels=["check"])
        for name, check in found.checks.items():
            ready.add_metric([name], float(check.ok))
        yield ready
        yield from self._counted()
        yield from self._readers()
        yield self._live()

    def _counted(self) -> Iterable[Metric]:
        for room, read in self._backend.counters.items():
            for name, value in sorted(read().items()):
                family = re.sub(r"[^a-zA-Z0-9_]", "_", f"watchkeeper_{room}_{name}")
                yield CounterMetricFamily(family, f"{name.replace('_', ' ')} since the hub started", value=value)

    def _readers(self) -> Iterable[Metric]:
        behind = GaugeMetricFamily("watchkeeper_channel_behind", "changes not yet delivered", labels=["channel"])
        failing = GaugeMetricFamily("watchkeeper_channel_failures", "failures in a row", labels=["channel"])
        counted = CounterMetricFamily("watchkeeper_channel_changes", "changes by what became of them", labels=["channel", "what"])
        for state in self._backend.notifiers.states():
            behind.add_metric([state.name], state.behind)
            failing.add_metric([state.name], state.failures)
            for what, count in state.counters.items():
                counted.add_metric([state.name, what], count)
        return behind, failing, counted

    def _live(self) -> Metric:
        live = GaugeMetricFamily("watchkeeper_incidents_live", "live incidents", labels=["priority", "state"])
        sums: dict[tuple[str, str], int] = {}
        for priority, state, *_, count, _ in self._backend.reads.live_counts():
            sums[str(priority), state] = sums.get((str(priority), state), 0) + count
        for labels, count in sums.items():
            live.add_metric(list(labels), count)
        return live
