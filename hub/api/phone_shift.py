"""Everything that a guard's shift needs on the phone, in one answer that can be kept there."""

import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response

from contract.clock import US_PER_S, rfc3339
from hub.accounts.types import Identity
from hub.api import phone_shift_models as m
from hub.api.body import BODY_BYTES_MAX
from hub.api.duties import unforeseen
from hub.api.gatekeeper import Acting
from hub.api.phone_models import ENTRIES_MAX
from hub.api.ports import Backend
from hub.api.routes import Behind, problems
from hub.duties.flags import on_duty
from hub.duties.types import Window
from hub.phones import media
from hub.phones.types import UNDER_WAY, Dispatch
from hub.store import phone_rows as rows
from hub.store.duty_reads import Hidden, WindowFilter
from hub.store.read import TagFilter
from hub.views import when

router = APIRouter(tags=["guards' phones"])
BACK_US, AHEAD_US = 3_600 * US_PER_S, 12 * 3_600 * US_PER_S
WINDOWS_MAX, TASKS_MAX, SHIFTS_MAX = 500, 20, 500
PANIC_HOLD_S = 2.0


@router.get(
    "/phone/shift",
    summary="What this guard's shift needs",
    response_model=m.PhoneShift,
    responses={**problems(), 304: {"description": "it is still the one of If-None-Match"}},
)
def show_shift(backend: Behind, who: Acting, request: Request) -> Any:
    """Whoever the token speaks for: own windows with their points, tasks, drawings by their addresses, and the numbers that the
    app goes by. `X-Watchkeeper-Time` is the hub's clock, also of an answer 304."""
    now_us = backend.clock.now_us()
    shift = _shift(backend, who, now_us)
    lasting = shift.model_dump_json(exclude={"server_time"}).encode()
    etag = f'"{hashlib.sha256(lasting).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Watchkeeper-Time": shift.server_time}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(shift.model_dump_json(), media_type="application/json", headers=headers)


def salt_of(who: Identity) -> str:
    """What the hashes of tags are salted with for this token."""
    return who.session


def tag_hash(salt: str, tag: str) -> str:
    """How a tag is known to the phone. It keeps the list from being read off; a tag's few digits can still be tried out, and what
    counts is decided at the hub."""
    return hashlib.sha256(f"{salt}:{tag}".encode()).hexdigest()


def _shift(backend: Backend, who: Identity, now_us: int) -> m.PhoneShift:
    estate, policy = backend.estate, backend.policy
    windows, more = _windows(backend, who, now_us)
    sent = backend.accounts.read(lambda c: rows.dispatches(c, backend.site, states=sorted(UNDER_WAY), person=who.person))[
        :TASKS_MAX
    ]
    tasks = [task for one in sent if (task := _task(backend, one)) is not None]
    places = {one.place for one in windows} | {one.place for one in tasks}
    points = _points(backend, sorted(places & estate.places.keys()), salt_of(who))
    duties = [policy.duties[name] for name in sorted({one.duty for one in windows}) if name in policy.duties]
    routes = [estate.routes[name] for name in sorted({one.route for one in windows}) if name in estate.routes]
    person = estate.staff[who.person]
    return m.PhoneShift(
        server_time=rfc3339(now_us),
        site_zh=estate.name_zh,
        site_en=estate.name_en,
        timezone=str(estate.timezone),
        leader_phone=estate.leader_phone,
        me=m.ShiftPerson(
            person=person.id,
            name_zh=person.name_zh,
            name_en=person.name_en,
            post=person.post,
            phone=who.phone,
            expires_at=rfc3339(who.expires_us),
        ),
        salt=salt_of(who),
        windows=[_window(one) for one in windows],
        more=more,
        duties=[
            m.ShiftDuty(
                id=one.duty,
                name_zh=one.zh,
                name_en=one.en,
                evidence=one.evidence,
                requires=list(one.requires),
                equal=list(one.equal),
                void=list(one.void),
            )
            for one in duties
        ],
        routes=[
            m.ShiftRoute(id=one.id, name_zh=one.name_zh, name_en=one.name_en, order=one.order, places=list(one.places))
            for one in routes
        ],
        points=points,
        floors=_floors(backend, {one.floor for one in points if one.floor}),
        tasks=tasks,
        numbers=_numbers(backend),
    )


def _windows(backend: Backend, who: Identity, now_us: int) -> tuple[list[Window], bool]:
    """Those of the routes that this phone brings evidence of, that the guard's post may keep, and that the roster gives to nobody
    else."""
    estate, duties = backend.estate, backend.policy.duties
    post = estate.staff[who.person].post
    mine = [one for one in estate.routes.values() if who.phone in one.sources and one.duty in duties]
    mine = [one for one in mine if not duties[one.duty].by or post in duties[one.duty].by]
    hidden = Hidden(unforeseen(duties.values(), who.role), now_us)
    from_us, to_us = now_us - BACK_US, now_us + AHEAD_US
    roster = backend.reads.duties.roster("", "", from_us, to_us, SHIFTS_MAX)
    found: list[Window] = []
    more = False
    for route in mine:
        wanted = WindowFilter(duty=route.duty, route=route.id, from_us=from_us, to_us=to_us, hidden=hidden)
        rows_ = backend.reads.duties.windows(wanted, WINDOWS_MAX + 1)
        more = more or len(rows_) > WINDOWS_MAX
        for window in rows_:
            asked = on_duty(roster, route.id, window.due_us)
            if not asked or who.person in asked:
                found.append(window)
    found.sort(key=lambda one: (one.due_us, one.window_id))
    return found[:WINDOWS_MAX], more or len(found) > WINDOWS_MAX


def _window(one: Window) -> m.ShiftWindow:
    return m.ShiftWindow(
        id=one.window_id,
        duty=one.duty,
        route=one.route,
        place=one.place,
        opens_at=rfc3339(one.opens_us),
        due_at=rfc3339(one.due_us),
        ends_at=rfc3339(one.ends_us),
        state=one.state,
    )


def _points(backend: Backend, places: Collection[str], salt: str) -> list[m.ShiftPoint]:
    hung: dict[str, list[m.PointTag]] = {}
    if places:
        for row in backend.reads.tags(TagFilter(places=tuple(places), current=True), WINDOWS_MAX * 4):
            hung.setdefault(row.place, []).append(m.PointTag(medium=row.medium, hash=tag_hash(salt, row.tag)))
    found = []
    for name in places:
        place = backend.estate.places[name]
        spot = backend.estate.spot_of(name)
        found.append(
            m.ShiftPoint(
                id=name,
                name_zh=place.name_zh,
                name_en=place.name_en,
                floor=None if spot is None else spot[0],
                at=None if spot is None else [spot[1], spot[2]],
                tags=sorted(hung.get(name, []), key=lambda tag: (tag.medium, tag.hash)),
            )
        )
    return found


def _floors(backend: Backend, floors: Iterable[str]) -> list[m.ShiftFloor]:
    digests = {one.floor: one.digest for one in backend.estates.drawings()}
    known = [backend.estate.floors[name] for name in sorted(floors) if name in backend.estate.floors]
    return [
        m.ShiftFloor(
            id=one.id,
            name_zh=one.name_zh,
            name_en=one.name_en,
            drawing=f"/estate/drawings/{one.id}" if one.id in digests else None,
            digest=digests.get(one.id),
        )
        for one in known
    ]


def _task(backend: Backend, sent: Dispatch) -> m.ShiftTask | None:
    page = backend.reads.case_page(sent.case_no)
    if page is None:
        return None
    case = page.case
    title_zh, title_en = backend.titles(case)
    return m.ShiftTask(
        no=case.case_no,
        title_zh=title_zh,
        title_en=title_en,
        priority=case.priority,
        place=case.place,
        note=sent.note,
        state=sent.state,  # type: ignore[arg-type]
        sent_at=rfc3339(sent.sent_us),
        answer_by=when(page.due_us.get("answer")),
        arrive_by=when(page.due_us.get("arrive")),
    )


def _numbers(backend: Backend) -> m.ShiftNumbers:
    numbers = backend.policy.numbers
    return m.ShiftNumbers(
        lone_silent_s=numbers("PAT-6")["lone_silent_s"],
        late_max_s=numbers("PAT-7")["late_scan_max_s"],
        panic_hold_s=PANIC_HOLD_S,
        entries_max=ENTRIES_MAX,
        batch_bytes_max=BODY_BYTES_MAX,
        photo_bytes_max=media.BYTES_MAX["photo"],
        voice_bytes_max=media.BYTES_MAX["voice"],
        voice_s_max=media.VOICE_S_MAX,
        piece_bytes_max=media.PIECE_BYTES_MAX,
    )
