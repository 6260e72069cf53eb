"""The duty desk: 查岗 with its countdown, the two-hour record, and figures."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Annotated, Any

from fastapi import APIRouter, Query

from contract.clock import US_PER_S, rfc3339
from hub.accounts.types import Identity
from hub.api import desk_models as m
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.knowing import check
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.desk.asks import CheckInAnswer, DeskReport
from hub.desk.calls import SOURCES, Call, answer_us, judge
from hub.desk.checkin import phase
from hub.desk.entered import HANDOVER_DUTY, OWN, RECORD_DUTY
from hub.desk.handover import Party
from hub.desk.numbers import rings_us, sound_us
from hub.desk.words import refused
from hub.duties import forms
from hub.duties.explain import WORDS
from hub.duties.localtime import DAY, day_us, local_day
from hub.duties.schedule import Random
from hub.duties.types import HUB_SOURCE, Duty, Route, Scan, Window
from hub.ingest.ports import TakenItem
from hub.store.desk_reads import KPI_CALLS_MAX, TooManyCalls
from hub.store.duty_reads import WindowFilter

router = APIRouter(prefix="/duty", tags=["duty desk"])
RECORD_US = 7_200 * US_PER_S
RECORDS_MAX = 200
KPI_DAYS_MAX = 366
ROUNDS = "PAT-"
"""The clauses whose duties are rounds."""
PlaceQuery = Annotated[str, Plain, Query(max_length=63, description="The post, by the place's id")]


@router.get("/check-in", summary="查岗: the windows of the posts, with their countdown", responses=problems())
def show_check_in(backend: Behind, who: Acting) -> m.CheckInState:
    """For each post the window that is open, the one before and the next. Count `seconds_left` down from `at`; from `sounds_at`
    on an unanswered one is to sound, and at `ends_at` it is a gap, which is an incident with its escalation chain."""
    now_us = backend.clock.now_us()
    posts = [_post(duty, route, place, backend, now_us) for duty, route in _answered(backend) for place in route.places]
    return m.CheckInState(at=rfc3339(now_us), person=who.person, posts=posts)


@router.post("/check-in", summary="Answer 查岗", responses=problems(404, 409, 413))
def answer_check_in(backend: Behind, who: Acting, asked: m.CheckInRequest) -> m.Taken:
    """In the name of the person that the account stands for. 409 `window_not_open`, `window_over`, `window_kept`; 409
    `account_no_person`: the account proves nobody."""
    return _taken(allowed(answer(backend.worker.ask(CheckInAnswer(asked.window, party(who)))))[0], "")


@router.get("/records", summary="The records of a day", responses=problems(404))
def list_records(
    backend: Behind,
    day: Annotated[date | None, Query(description="A local day; today, where nothing is said")] = None,
    duty: Annotated[str, Plain, Query(max_length=63, description="The duty, by its id")] = RECORD_DUTY,
) -> m.RecordList:
    """What was written, and what the hub itself knew at that time."""
    check(backend, duty="" if duty == RECORD_DUTY else duty)
    zone, now_us = backend.estate.timezone, backend.clock.now_us()
    wanted = local_day(zone, now_us) if day is None else day
    found = backend.reads.desk.reports(duty, *_span(backend, wanted, wanted), RECORDS_MAX)
    return m.RecordList(day=str(wanted), timezone=str(zone), records=[_record(one, backend) for one in found])


@router.get("/records/draft", summary="What a record would be of now", responses=problems(404))
def show_draft(backend: Behind, place: PlaceQuery) -> m.RecordDraft:
    """The window that it would keep, the fields that it must have, and what the hub knows of the time since that opened."""
    check(backend, place=place)
    duty, now_us = backend.policy.duties.get(RECORD_DUTY), backend.clock.now_us()
    window = _open_window(RECORD_DUTY, place, backend, now_us)
    return m.RecordDraft(
        window=None if window is None else window.window_id,
        ends_at=None if window is None else rfc3339(window.ends_us),
        requires=[] if duty is None else list(duty.requires),
        facts=_facts_view(_facts(window, backend, now_us), backend),
    )


@router.post("/records", summary="Write a record", responses=problems(404, 409, 413), status_code=201)
def write_record(backend: Behind, who: Acting, asked: m.RecordRequest) -> m.Taken:
    """The two-hour record, or another report that the desk gives, such as the equipment check of a shift's start. What the hub
    knows of that time is added now and stays as it is."""
    duty = backend.policy.duties.get(asked.duty)
    routes = backend.estate.routes.values()
    here = any(one.duty == asked.duty and asked.place in one.places and HUB_SOURCE in one.sources for one in routes)
    if duty is None or duty.evidence != "report" or not here:
        wrong = refused("no_window")
        raise Refused(wrong.reason, wrong.message)
    own = next((name for name in asked.fields if name.startswith(OWN)), None)
    if own is not None:
        raise ApiError("hub_field", field=own)
    if asked.duty == HANDOVER_DUTY:
        allowed(refused("signed_by_two"))
    allowed(forms.check(duty, asked.fields) if who.person else refused("account_no_person"))
    now_us = backend.clock.now_us()
    window = _open_window(asked.duty, asked.place, backend, now_us)
    key = f"record-{now_us:x}-{who.session[:8]}"
    own_fields = _facts(window, backend, now_us) if asked.duty == RECORD_DUTY else {}
    report = DeskReport(key, asked.duty, asked.place, party(who), {**asked.fields, **own_fields})
    return _taken(allowed(answer(backend.worker.ask(report)))[0], key)


@router.get("/kpi", summary="Figures of the desk", responses=problems())
def show_desk_kpi(
    backend: Behind,
    first: Annotated[date, Query(alias="from", description="The first local day", examples=["2026-01-01"])],
    last: Annotated[date, Query(alias="to", description="The last local day, included", examples=["2026-01-31"])],
) -> m.DeskKpi:
    """Calls by source, and how check-ins, records and handovers were kept. Exact sums of what is stored."""
    in_order = date(1970, 1, 31) <= first <= last <= date(9990, 1, 1)
    if not in_order or (last - first).days >= KPI_DAYS_MAX:
        raise ApiError("wrong_days", limit=KPI_DAYS_MAX)
    try:
        calls = backend.reads.desk.calls_between(*_span(backend, first, last))
    except TooManyCalls as error:
        raise ApiError("too_many_alarms", limit=KPI_CALLS_MAX) from error
    limit_us = rings_us(backend.policy)
    return m.DeskKpi(
        first=str(first),
        last=str(last),
        timezone=str(backend.estate.timezone),
        rings_s=limit_us / US_PER_S,
        calls=[call_figures(source, calls, limit_us, backend.clock.now_us()) for source in ("declared", "exchange")],
        duties=list(_duty_figures(backend, str(first), str(last))),
    )


def call_figures(source: Any, calls: list[Call], limit_us: int, now_us: int) -> m.CallFigures:
    """The figures of one source's calls."""
    mine = [(call, judge(call, limit_us, now_us).outcome) for call in calls if call.source == source]
    counts = {name: sum(1 for _, outcome in mine if outcome == name) for name in ("answered", "answered_late", "unanswered")}
    waits = [us / US_PER_S for call, outcome in mine if outcome.startswith("answered") and (us := answer_us(call)) is not None]
    owed = sum(counts.values())
    return m.CallFigures(
        source=source,
        source_zh=SOURCES[source][0],
        source_en=SOURCES[source][1],
        calls=owed,
        within=counts["answered"],
        late=counts["answered_late"],
        unanswered=counts["unanswered"],
        given_up=sum(1 for _, outcome in mine if outcome == "given_up"),
        outgoing=sum(1 for _, outcome in mine if outcome == "out"),
        within_percent=f"{100 * counts['answered'] / owed:.1f}" if owed else None,
        median_s=round(median(waits), 1) if waits else None,
        longest_s=round(max(waits), 1) if waits else None,
    )


def party(who: Identity) -> Party:
    """Who acts, as the desk knows them."""
    return Party(who.account, who.name, who.person)


def _duty_figures(backend: Backend, first: str, last: str) -> Iterator[m.DutyFigures]:
    names = [duty.duty for duty, _ in _answered(backend)] + [RECORD_DUTY, HANDOVER_DUTY]
    found = backend.reads.desk.tallies(tuple(names), first, last)
    for name in dict.fromkeys(names):
        duty, sums = backend.policy.duties.get(name), found.get(name, Counter[str]())
        counts = {key: sums[key] for key in ("due", "kept", "missed", "unproven", "withdrawn")}
        yield m.DutyFigures(duty=name, duty_zh=duty.zh if duty else name, duty_en=duty.en if duty else name, **counts)


def _answered(backend: Backend) -> list[tuple[Duty, Route]]:
    """The duties that people answer at the hub, with their routes."""
    duties = backend.policy.duties
    return [
        (duties[route.duty], route)
        for route in backend.estate.routes.values()
        if HUB_SOURCE in route.sources and route.duty in duties and duties[route.duty].evidence == "answer"
    ]


def _post(duty: Duty, route: Route, place: str, backend: Backend, now_us: int) -> m.Post:
    reads = backend.reads.duties
    wanted = WindowFilter((), duty.duty, route.id, place, "", None, None)
    current = reads.windows(wanted._replace(from_us=now_us, to_us=now_us + 1), 1)
    last = reads.windows(wanted._replace(to_us=min([one.opens_us for one in current], default=now_us)), 1)
    secret = any(isinstance(schedule, Random) for schedule in duty.schedule)
    coming = [] if secret else reads.windows(wanted._replace(opens_after_us=now_us), 1)
    views = [_window(found[0], backend, now_us) if found else None for found in (current, coming, last)]
    return m.Post(
        duty=duty.duty,
        duty_zh=duty.zh,
        duty_en=duty.en,
        place=place,
        place_zh=backend.estate.place_name(place, "zh"),
        place_en=backend.estate.place_name(place, "en"),
        current=views[0],
        next=views[1],
        last=views[2],
    )


def _window(window: Window, backend: Backend, now_us: int) -> m.CheckInWindow:
    sounds_us = sound_us(backend.policy)
    lasts = window.state == "open" and now_us <= window.ends_us
    person = window.person if window.state in ("kept", "withdrawn") else ""
    return m.CheckInWindow(
        window=window.window_id,
        opens_at=rfc3339(window.opens_us),
        ends_at=rfc3339(window.ends_us),
        sounds_at=rfc3339(min(window.ends_us, window.opens_us + sounds_us)),
        seconds_left=round((window.ends_us - now_us) / US_PER_S, 3) if lasts else 0.0,
        phase=phase(window.opens_us, window.ends_us, now_us, sounds_us),
        state=window.state,
        person=person,
        person_zh=backend.estate.person_name(person, "zh"),
        person_en=backend.estate.person_name(person, "en"),
    )


def _open_window(duty: str, place: str, backend: Backend, now_us: int) -> Window | None:
    """The one that a report of now would keep: of those that nobody has kept, the one that ends first."""
    wanted = WindowFilter(("open",), duty, "", place, "", now_us, now_us + 1)
    return min(backend.reads.duties.windows(wanted, 20), key=lambda one: one.ends_us, default=None)


def _facts(window: Window | None, backend: Backend, now_us: int) -> dict[str, Any]:
    """What the hub knows, as the fields that stand in a record."""
    from_us = now_us - RECORD_US if window is None else window.opens_us
    to_us = now_us if window is None else max(from_us, min(now_us, window.due_us))
    rounds = [duty.duty for duty in backend.policy.duties.values() if duty.clause.startswith(ROUNDS) and duty.evidence == "scan"]
    found = backend.reads.desk.facts(from_us, to_us, rounds)
    kept = found.rounds["kept"] + found.rounds["withdrawn"]
    return {
        f"{OWN}from": rfc3339(from_us),
        f"{OWN}to": rfc3339(to_us),
        f"{OWN}incidents_raised": found.raised,
        f"{OWN}incidents_closed": found.closed,
        f"{OWN}incidents_open": found.open,
        f"{OWN}rounds_kept": kept,
        f"{OWN}rounds_missed": found.rounds["missed"] + found.rounds["unproven"],
        f"{OWN}devices_away": " ".join(found.away),
    }


def _facts_view(fields: dict[str, Any], backend: Backend) -> m.RecordFacts:
    plain = {name.removeprefix(OWN): value for name, value in fields.items()}
    away = plain["devices_away"].split()
    name_of = backend.estate.device_name
    names = {
        "devices_away_zh": [name_of(one, "zh") for one in away],
        "devices_away_en": [name_of(one, "en") for one in away],
    }
    return m.RecordFacts.model_validate(plain | {"devices_away": away} | names)


def _record(scan: Scan, backend: Backend) -> m.RecordView:
    own = {name: value for name, value in scan.fields.items() if name.startswith(OWN)}
    return m.RecordView(
        key=scan.key,
        at=rfc3339(scan.at_us),
        place=scan.place,
        person=scan.person,
        person_zh=backend.estate.person_name(scan.person, "zh"),
        person_en=backend.estate.person_name(scan.person, "en"),
        fields={name: value for name, value in scan.fields.items() if name not in own},
        facts=_facts_view(own, backend) if own else None,
    )


def _taken(taken: TakenItem, key: str) -> m.Taken:
    window, why = taken.effect
    zh, en = (None, None) if why is None else WORDS[why]
    return m.Taken(key=key, counted=window is not None, window=window, why=why, why_zh=zh, why_en=en, flags=list(taken.flags))


def _span(backend: Backend, first: date, last: date) -> tuple[int, int]:
    zone = backend.estate.timezone
    return day_us(zone, first), day_us(zone, last + DAY)
