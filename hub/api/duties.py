"""Duties: what is to be done, its windows with the reason of each, and the evidence."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Path, Query

from contract.clock import rfc3339
from hub.accounts.permissions import WATCH, Role
from hub.api import duty_models as m
from hub.api.cursors import cursor_of, cursor_text, time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.knowing import check
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, problems
from hub.duties.explain import WORDS, Known, Weighed, explain, near_us
from hub.duties.schedule import Random
from hub.duties.types import HUB_SOURCE, Duty, Route, Scan, Window
from hub.estate import Estate
from hub.ingest.duties.planning import view_of
from hub.phones.types import reported_us
from hub.store import phone_rows
from hub.store.duty_reads import Hidden, ScanCursor, ScanFilter, WindowCursor, WindowFilter, WindowPage
from hub.views import when

router = APIRouter(prefix="/duties", tags=["duties"])
NEAR_SCANS_MAX = 200
"""Shown with one window."""
SITS = frozenset(("operator", "shift_leader"))
"""Who sits in the monitoring room, and answers what is asked there."""
IdQuery = Annotated[str, Plain, Query(max_length=63)]
FromQuery = Annotated[str | None, Query(alias="from", description="RFC 3339 with an offset")]
ToQuery = Annotated[str | None, Query(alias="to", description="RFC 3339 with an offset; not included")]
CursorQuery = Annotated[str | None, Query(max_length=600, description="`next` of the page before")]


def unforeseen(duties: Iterable[Duty], role: Role) -> tuple[str, ...]:
    """The duties at random whose windows somebody in the role is not told of before they open: of what the room answers, who
    sits there; of all of them, who walks."""
    random = [one for one in duties if any(isinstance(schedule, Random) for schedule in one.schedule)]
    return tuple(one.duty for one in random if role not in WATCH or (one.evidence == "answer" and role in SITS))


@router.get("", summary="The duties of the policy and their routes", responses=problems())
def list_duties(backend: Behind) -> m.DutyList:
    """What the policy asks for, with the schedules, and where the estate has it done."""
    policy, routes = backend.policy, backend.estate.routes.values()
    return m.DutyList(duties=[_duty(policy.duties[name], [r for r in routes if r.duty == name]) for name in policy.duties])


@router.get("/windows", summary="Windows, newest first", responses=problems(404))
def list_windows(
    backend: Behind,
    who: Acting,
    *,
    state: Annotated[list[m.State] | None, Query(description="Several may be given")] = None,
    duty: IdQuery = "",
    route: IdQuery = "",
    place: IdQuery = "",
    person: IdQuery = "",
    from_: FromQuery = None,
    to: ToQuery = None,
    only: Annotated[Literal["now", "next"] | None, Query(description="now: open and begun; next: soonest first")] = None,
    cursor: CursorQuery = None,
    limit: Limit = 50,
) -> m.WindowPage:
    """All windows that fit every filter. `from`, `to`: those that overlap this time. Windows are made 36 hours ahead: without
    `to` the list begins with what is still to come, but for windows at random: who may have to keep them is not told of them."""
    check(backend, duty=duty, route=route, place=place, person=person)
    now_us = backend.clock.now_us()
    wanted = WindowFilter(tuple(state or ()), duty, route, place, person, time_us(from_), time_us(to))
    wanted = wanted._replace(hidden=Hidden(unforeseen(backend.policy.duties.values(), who.role), now_us))
    if only == "now":
        wanted = wanted._replace(states=("open",), from_us=now_us, to_us=now_us + 1)
    elif only == "next":
        wanted = wanted._replace(opens_after_us=now_us)
    found = backend.reads.duties.windows(wanted, limit + 1, None if cursor is None else cursor_of(cursor, WindowCursor))
    page = found[:limit]
    last = WindowCursor(page[-1].ends_us, page[-1].window_id) if len(found) > limit else None
    evidence = backend.reads.duties.evidence(page)
    rows = [_window(one, backend, evidence.get(one.evidence or "")) for one in page]
    return m.WindowPage(timezone=str(backend.estate.timezone), windows=rows, next=cursor_text(last))


@router.get("/windows/{window:path}", summary="One window, and why it is what it is", responses=problems(404))
def show_window(
    backend: Behind,
    who: Acting,
    window: Annotated[str, Plain, Path(max_length=400, examples=["patrol/north/pump/20260101T060000Z/0"])],
) -> m.WindowDetail:
    """The reason in words, the scans at its place in it and near it with what became of each, its gap's incident, and how far its
    sources have reported."""
    page = backend.reads.duties.window(window, near_us, NEAR_SCANS_MAX)
    hidden = unforeseen(backend.policy.duties.values(), who.role)
    if page is None or (page.window.duty in hidden and page.window.opens_us > backend.clock.now_us()):
        raise ApiError("unknown_window")
    known = _known(page, backend)
    told = explain(known, backend.estate)
    its_own = next((one for one in page.scans if f"{one.source}|{one.key}" == page.window.evidence), None)
    return m.WindowDetail(
        timezone=str(backend.estate.timezone),
        window=_window(page.window, backend, its_own),
        clause=known.rules[0].clause if known.rules else "",
        explanation_zh=told.zh,
        explanation_en=told.en,
        incident=page.case_no,
        scans=[_weighed(one, backend.estate) for one in told.scans],
        sources=[
            m.SourceView(
                id=source,
                name_zh=backend.estate.device_name(source, "zh"),
                name_en=backend.estate.device_name(source, "en"),
                reported_up_to=when(up_to_us),
            )
            for source, up_to_us in known.reported.items()
        ],
    )


@router.get("/scans", summary="Evidence, newest first", responses=problems(404))
def list_scans(
    backend: Behind,
    *,
    place: IdQuery = "",
    person: IdQuery = "",
    source: IdQuery = "",
    flag: Annotated[m.FlagName | None, Query(description="Only what is odd in this way")] = None,
    from_: FromQuery = None,
    to: ToQuery = None,
    cursor: CursorQuery = None,
    limit: Limit = 50,
) -> m.ScanPage:
    """All scans, answers and reports that fit every filter, by when they were made. Odd ones are flagged, none is left out."""
    check(backend, place=place, person=person, source=source)
    wanted = ScanFilter(place, person, source, flag or "", time_us(from_), time_us(to))
    found = backend.reads.duties.scans(wanted, limit + 1, None if cursor is None else cursor_of(cursor, ScanCursor))
    page = found[:limit]
    last = ScanCursor(page[-1].at_us, page[-1].source, page[-1].key) if len(found) > limit else None
    return m.ScanPage(scans=[_scan(one, backend.estate) for one in page], next=cursor_text(last))


def _known(page: WindowPage, backend: Backend) -> Known:
    """What an explanation goes by: the plan that the window was made from, not today's."""
    window, now_us = page.window, backend.clock.now_us()
    view = None if page.plan is None else view_of(page.plan)
    rules = None if view is None else view.rules_of(window)
    sources = () if rules is None else rules[1].sources
    reported = {one: now_us if one == HUB_SOURCE else page.watermarks.get(one) for one in sources}
    carried = [] if not sources else backend.accounts.read(lambda connection: phone_rows.streams(connection, backend.site))
    for source in sources:
        told_us = reported_us([one for one in carried if one.phone == source], now_us, now_us)
        reported |= {} if told_us is None else {source: None if told_us < 0 else told_us}
    late_max_us = 0 if view is None else view.limits.late_max_us
    staff = backend.estate.staff if view is None else view.staff
    return Known(window, rules, staff, page.scans, reported, now_us, backend.estate.timezone, late_max_us)


def _duty(duty: Duty, routes: Sequence[Route]) -> m.DutyView:
    plain = msgspec.to_builtins(duty)
    schedules = plain.pop("schedule")
    return m.DutyView(
        **plain,
        schedules=list(schedules),
        routes=[m.RouteView(**{name: msgspec.to_builtins(getattr(route, name)) for name in m.RouteView.model_fields})
                for route in routes],
    )  # fmt: skip


def _window(window: Window, backend: Backend, evidence: Scan | None) -> m.WindowView:
    duty, route = backend.policy.duties.get(window.duty), backend.estate.routes.get(window.route)
    return m.WindowView(
        id=window.window_id,
        duty=window.duty,
        duty_zh=window.duty if duty is None else duty.zh,
        duty_en=window.duty if duty is None else duty.en,
        route=window.route,
        route_zh=window.route if route is None else route.name_zh,
        route_en=window.route if route is None else route.name_en,
        place=window.place,
        place_zh=backend.estate.place_name(window.place, "zh"),
        place_en=backend.estate.place_name(window.place, "en"),
        opens_at=rfc3339(window.opens_us),
        due_at=rfc3339(window.due_us),
        ends_at=rfc3339(window.ends_us),
        state=window.state,
        settled_at=when(window.settled_us),
        gap_at=when(window.gap_us),
        people=window.person.split(),
        note=window.note,
        evidence=None if evidence is None else _evidence(evidence),
    )


def _evidence(scan: Scan) -> m.EvidenceView:
    return m.EvidenceView(source=scan.source, key=scan.key, at=rfc3339(scan.at_us), medium=scan.medium, flags=list(scan.flags))


def _weighed(one: Weighed, estate: Estate) -> m.WeighedScan:
    zh, en = WORDS[one.why]
    return m.WeighedScan(scan=_scan(one.scan, estate), keeps=one.keeps, why=one.why, why_zh=zh, why_en=en)


def _scan(scan: Scan, estate: Estate) -> m.ScanView:
    return m.ScanView(
        source=scan.source,
        key=scan.key,
        place=scan.place,
        place_zh=estate.place_name(scan.place, "zh") if scan.place else "",
        place_en=estate.place_name(scan.place, "en") if scan.place else "",
        at=rfc3339(scan.at_us),
        received_at=rfc3339(scan.received_us),
        device_at=when(scan.device_at_us),
        person=scan.person,
        person_told=scan.person_told,
        medium=scan.medium,
        tag=scan.tag,
        duty=scan.duty,
        flags=list(scan.flags),
        fields=scan.fields,
    )
