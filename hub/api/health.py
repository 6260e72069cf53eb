"""Whether the hub does its work, in words and in numbers; and the policy in force."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import US_PER_S
from hub.accounts.permissions import may
from hub.api import models
from hub.api.gatekeeper import MaybeActing
from hub.api.ports import Backend
from hub.api.routes import Behind, problems
from hub.ingest.ports import Ailing
from hub.policy.load import Name
from hub.policy.numbers import OF_A_DEVICE

router = APIRouter(tags=["health"])
_Key = TypeVar("_Key")
TOLD_FOR_US = 3_600 * US_PER_S
STATES: Mapping[Literal["well", "degraded", "failed"], tuple[str, str]] = {
    "well": ("正常", "well"),
    "degraded": ("部分功能异常：见 checks", "part of it does not work: see checks"),
    "failed": ("不能工作：见 checks", "it does not work: see checks"),
}
DUTIES_FAIL = (
    "有任务因程序错误未能排定或判定，会自动重试：连续排定失败 {tries} 次，待重判 {waiting} 条；"
    "启动以来排定失败 {duties} 次，判定失败 {lanes} 次。请查看日志并报告 / "
    "a bug keeps duties from being planned or judged, and it is tried again: planning failed {tries} times in a row,"
    " {waiting} lanes wait; since the start planning failed {duties} times, judging {lanes} times."
    " See the log for duties_failed and lanes_failed, and report it"
)
FILE_DIFFERS = (
    "小区文件与数据库中的小区资料不同，以数据库为准。采用文件：watchkeeper estate import 文件；"
    "保留现状：watchkeeper estate export 文件 / "
    "the estate file is not the estate that was edited at the hub, which counts."
    " To take the file: watchkeeper estate import FILE; to keep what counts: watchkeeper estate export FILE"
)
_LEASE_REASONS = frozenset(("waiting_for_lease", "lease_lost"))


@router.get(
    "/healthz",
    summary="Whether the hub does its work",
    responses={503: {"model": models.Health, "description": "it does not; `checks` says why"}},
)
def show_health(backend: Behind, who: MaybeActing, response: Response) -> models.Health:
    """200 when database, broker and lease are well, else 503. Duties that a bug keeps from being judged make it `degraded`; a
    channel that fails or is behind is told, and is no reason. The details are for who may see `/metrics`; everybody else is told
    whether it is ready."""
    found = health(backend)
    if not found.ready:
        response.status_code = 503
    if who is None or not may(who.role, "GET", "/metrics"):
        state: Literal["well", "failed"] = "well" if found.ready else "failed"
        zh, en = STATES[state]
        return models.Health(ready=found.ready, state=state, zh=zh, en=en, site="", checks={}, channels=[])
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
        priorities=_names(policy.priorities),
        posts=_names(policy.posts),
        place_classes=_names(policy.place_classes),
        device_numbers=sorted(OF_A_DEVICE),
    )


def _names(names: Mapping[_Key, Name]) -> dict[_Key, dict[str, str]]:
    return {key: {"zh": name.zh, "en": name.en} for key, name in names.items()}


def health(backend: Backend) -> models.Health:
    """How the hub is."""
    state = backend.worker.state
    lease_wrong = not state.ready and state.reason in _LEASE_REASONS
    checks = {
        "database": _database(backend, state.reason if not state.ready and not lease_wrong else "", state.detail),
        "broker": _broker(backend),
        "lease": _check(state.reason if lease_wrong else "", state.detail),
    }
    ready = all(check.ok for check in checks.values())
    checks["estate"] = _estate(backend)
    checks["duties"] = duties = _duties(backend.worker.ailing, backend.worker.counters, backend.clock.now_us())
    found: Literal["well", "degraded", "failed"] = "failed" if not ready else "well" if duties.ok else "degraded"
    zh, en = STATES[found]
    return models.Health(ready=ready, state=found, zh=zh, en=en, site=backend.site, checks=checks, channels=_channels(backend))


def _duties(ailing: Ailing, counters: Mapping[str, int], now_us: int) -> models.Check:
    """What failed by a bug is tried again. It is told as long as it lasts, and for an hour after the last time."""
    lately = ailing.failed_us is not None and abs(now_us - ailing.failed_us) < TOLD_FOR_US
    reason = "duties_failed" if ailing.planning_failures else "lanes_failed" if ailing.lanes else ""
    counts = {"duties": counters.get("duties_failed", 0), "lanes": counters.get("lanes_failed", 0)}
    detail = DUTIES_FAIL.format(tries=ailing.planning_failures, waiting=ailing.lanes, **counts)
    return _check(reason or ("failed_lately" if lately else ""), detail)


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


def _estate(backend: Backend) -> models.Check:
    """A file that is not what the hub goes by is told, and is no reason: the hub does its work."""
    differs = backend.book.file_state == "differs"
    return models.Check(ok=True, reason="file_differs" if differs else "", detail=FILE_DIFFERS if differs else "")


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
