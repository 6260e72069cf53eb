"""Gates: how they stand, who went through, who is in, and a day's openings with what explains each."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from contract.clock import rfc3339
from contract.plates import canonical
from hub.access.types import Holder
from hub.accounts.permissions import may
from hub.accounts.types import Identity
from hub.api import passage_models as m
from hub.api.auditing import Told, commit_audited, note_act
from hub.api.cursors import cursor_of, cursor_text, time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, allowed, answer, problems
from hub.api.standing import condition_model, conditions, signal_models
from hub.audit.types import Personal
from hub.cases.types import Refusal
from hub.duties.localtime import DAY, day_us, local_day
from hub.estate import GATES, DeviceRow
from hub.ingest.passages.rows import NEWER_COUNTS
from hub.passages.asks import SearchesOver
from hub.passages.explain import OPENINGS
from hub.passages.mask import masked
from hub.passages.searches import searches_of
from hub.passages.types import Passage, Presence
from hub.passages.words import refused
from hub.store import bulk, schema
from hub.store.passage_reads import PassageCursor, PassageFilter, presence_row
from hub.views import when
from hub.visits.personal import masked_name

router = APIRouter(tags=["gates"])
GateQuery = Annotated[str, Plain, Query(max_length=63, description="At one door or barrier, by its id")]


@router.get("/gates", summary="How the gates stand", responses=problems())
def list_gates(backend: Behind, who: Acting) -> m.GateList:
    """Doors and barriers with what each told last of itself, the last decision there, and the permits that it decides by. The
    live channel says under the topic `gate` when to look again, four times a second at most."""
    rows = [row for row in backend.estate.devices.values() if row.kind in GATES]
    standing, live = conditions(backend, rows), backend.reads.live_numbers()
    newest = [one for row in rows for one in backend.reads.passages.passages(PassageFilter(row.id), 1)]
    lasts = {one.gate: one for one in _views(backend, who, newest)}
    burning, tables = backend.reads.passages.burning(), backend.reads.passages.tables({row.agent for row in rows})
    return m.GateList(
        gates=[
            m.GateState(
                gate=row.id,
                kind=row.kind,
                place=row.place,
                name_zh=row.name_zh,
                name_en=row.name_en,
                condition=condition_model(standing[row.id]),
                signals=signal_models(standing[row.id]),
                fire=row.id in burning,
                cameras=_cameras(backend, row),
                table=None if (held := tables.get(row.agent)) is None else _table(held.no, held.at_us, held.heard_us),
                last=lasts.get(row.id),
                live_incidents=live.get(row.id, []),
            )
            for row in rows
        ]
    )


@router.get("/passages", summary="The last passages", responses=problems())
def list_passages(
    backend: Behind,
    who: Acting,
    *,
    gate: GateQuery = "",
    granted: Annotated[bool | None, Query(description="Only who was let through, or only who was refused")] = None,
    cursor: Annotated[str | None, Query(max_length=400, description="Of the page before")] = None,
    limit: Limit = 20,
) -> m.PassageList:
    """Decisions at gates, newest first, with their pictures. Plates are masked here: whoever looks for one says why, by
    `POST /passages/search`."""
    return _page(backend, who, PassageFilter(gate, granted=granted), limit, cursor, whole=False)


@router.post("/passages/search", summary="Look for a plate, a right or a person", responses=problems(413))
def search_passages(backend: Behind, who: Acting, asked: m.PassageSearch) -> m.PassageList:
    """Plates are whole here. Each search is counted and stands on the audit log with its reason; over the policy's number in an
    hour it is refused with 429 `too_many_searches`, and an incident says who wanted more."""
    plate = _plate(asked.plate)
    _admit(backend, who, "passages.search", asked.reason, _told_of(asked, plate))
    times = time_us(asked.from_), time_us(asked.to)
    wanted = PassageFilter(
        asked.gate,
        plate,
        asked.permit,
        asked.holder,
        asked.direction or "",
        granted=asked.granted,
        from_us=times[0],
        to_us=times[1],
    )
    return _page(backend, who, wanted, asked.limit, asked.cursor, whole=True)


@router.get("/presence", summary="How many are in", responses=problems())
def count_presence(backend: Behind) -> m.PresenceCounts:
    """By zone. It is known of credentials: whoever follows somebody in is not counted, and whoever follows somebody out stays."""
    counts: dict[str, dict[str, int]] = {}
    for zone, sort, count in backend.reads.passages.in_zones():
        counts.setdefault(zone, {})[sort] = count
    return m.PresenceCounts(
        zones=[m.ZoneCount(zone=zone, people=of.get("person", 0), vehicles=of.get("vehicle", 0)) for zone, of in counts.items()]
    )


@router.post("/presence/search", summary="Who is in", responses=problems(413))
def search_presence(backend: Behind, who: Acting, asked: m.PresenceSearch) -> m.PresenceList:
    """Names and whole plates: counted and put on the audit log, as `POST /passages/search`."""
    name = _plate(asked.who) if asked.sort == "vehicle" else asked.who
    _admit(backend, who, "presence.search", asked.reason, {"sort": asked.sort, "zone": asked.zone, **_personal("who", name)})
    found = backend.reads.passages.present(asked.sort or "", name, asked.zone, asked.limit, asked.after)
    return m.PresenceList(present=[_present(one) for one in found])


@router.post("/presence/correct", summary="Say where somebody really is", responses=problems(404, 413))
def correct_presence(backend: Behind, who: Acting, asked: m.PresenceCorrection) -> m.PresenceView:
    """For whoever left behind somebody, or whose passage was not seen. Gates go on deciding by what they know themselves."""
    name, now_us = _plate(asked.who) if asked.sort == "vehicle" else asked.who, backend.clock.now_us()

    def run(connection: Connection) -> tuple[Presence, Presence] | Refusal:
        was = presence_row(connection, backend.site, asked.sort, name)
        if was is None:
            return refused("unknown_presence")
        at_us = max(now_us, was.at_us)
        now = was._replace(zone=asked.zone, since_us=now_us, at_us=at_us, passage="", actor=who.name, reason=asked.reason)
        bulk.upsert_by(connection, schema.presence, [(backend.site, *now)], NEWER_COUNTS)
        return was, now

    def told(done: tuple[Presence, Presence] | Refusal) -> Told:
        assert not isinstance(done, Refusal)
        before, after = ({"zone": one.zone} for one in done)
        return Told("presence.correct", asked.sort, Personal(name, name), asked.reason, before, after)

    return _present(allowed(commit_audited(backend, who, run, told))[1])


@router.get("/reconciliation", summary="A day's openings, and what explains each", responses=problems())
def reconcile(
    backend: Behind, day: Annotated[date | None, Query(description="A local day; today, where nothing is said")] = None
) -> m.Reconciliation:
    """Every opening of a gate is explained by a plate, a card, a pass, a fire or an act in somebody's name. What is not is
    listed with its incident, and so is every opening by hand with who and why."""
    zone = backend.estate.timezone
    wanted = local_day(zone, backend.clock.now_us()) if day is None else day
    if not date(1970, 1, 31) <= wanted <= date(9990, 1, 1):
        raise ApiError("wrong_days", limit=1)
    from_us, to_us = day_us(zone, wanted), day_us(zone, wanted + DAY)
    reads = backend.reads.passages
    counts: dict[str, dict[str, int]] = {}
    for one in reads.counts(from_us, to_us):
        counts.setdefault(one.gate, {})[one.explained] = one.times
    unexplained = reads.unexplained(from_us, to_us)
    gates = {one.gate for one in unexplained}
    cases = reads.incidents([one.opening for one in unexplained], tuple(OPENINGS.values()), gates)
    return m.Reconciliation(
        day=str(wanted),
        timezone=str(zone),
        gates=[_gate_day(backend, gate, by) for gate, by in counts.items()],
        unexplained=[
            m.UnexplainedView(
                id=one.opening,
                gate=one.gate,
                at=rfc3339(one.at_us),
                closed_at=when(one.closed_us),
                incident=cases.get(one.opening),
            )
            for one in unexplained
        ],
        by_hand=[
            m.ByHandView(at=rfc3339(one.passage.at_us), gate=one.passage.gate, actor=one.passage.actor, reason=one.reason)
            for one in reads.by_hand(from_us, to_us)
        ],
    )


def _admit(backend: Backend, who: Identity, act: str, reason: str, after: dict[str, object]) -> None:
    """Count a search and put it on the log before it is answered. Raises ApiError."""
    most = searches_of(backend.policy)
    wait_s = backend.searches.wait_s(who.account, most, backend.clock.now_us())
    note_act(backend, who, Told(f"{act}_refused" if wait_s else act, "gates", "", reason, after=after))
    if wait_s:
        answer(backend.worker.ask(SearchesOver(who.name, most)))
        raise ApiError("too_many_searches", limit=most, retry_s=wait_s)


def _told_of(asked: m.PassageSearch, plate: str) -> dict[str, object]:
    plain = {name: value for name in ("gate", "permit", "direction") if (value := getattr(asked, name))}
    return {**plain, **_personal("plate", plate), **_personal("holder", asked.holder)}


def _personal(name: str, value: str) -> dict[str, object]:
    return {name: Personal(value, value)} if value else {}


def _plate(text: str) -> str:
    """The plate's one spelling; what is none is looked for as it stands, and not found."""
    return canonical(text).text or text


def _page(
    backend: Backend, who: Identity, wanted: PassageFilter, limit: int, cursor: str | None, *, whole: bool
) -> m.PassageList:
    after = None if cursor is None else cursor_of(cursor, PassageCursor)
    found = backend.reads.passages.passages(wanted, limit + 1, after)
    last = found[limit - 1] if len(found) > limit else None
    return m.PassageList(
        passages=_views(backend, who, found[:limit], whole=whole),
        cursor=None if last is None else cursor_text(PassageCursor(last.at_us, last.passage)),
    )


def _views(backend: Backend, who: Identity, found: Sequence[Passage], *, whole: bool = False) -> list[m.PassageView]:
    """With whose each right is: names are read where they are kept, and are gone from here once they are erased there."""
    holders = backend.access.holders_by_permit([one.permit for one in found if one.permit])
    named = may(who.role, "GET", "/access/holders")
    return [_view(one, holders.get(one.permit), whole=whole, named=named) for one in found]


def _view(one: Passage, holder: Holder | None, *, whole: bool, named: bool) -> m.PassageView:
    name = "" if holder is None else holder.name
    return m.PassageView(
        id=one.passage,
        at=rfc3339(one.at_us),
        gate=one.gate,
        device=one.device,
        direction=one.direction,
        medium=one.medium,
        plate=one.plate if whole else masked(one.plate),
        permit=one.permit,
        holder=one.holder or ("" if holder is None else holder.holder),
        holder_name=name if named else masked_name(name),
        granted=one.granted,
        reason=one.reason,
        picture=one.picture,
        late=one.late,
    )


def _present(one: Presence) -> m.PresenceView:
    return m.PresenceView(
        sort=one.sort,
        who=one.who,
        holder=one.holder,
        permit=one.permit,
        zone=one.zone,
        gate=one.gate,
        since=rfc3339(one.since_us),
        at=rfc3339(one.at_us),
        corrected_by=one.actor,
        reason=one.reason,
    )


def _gate_day(backend: Backend, gate: str, by: dict[str, int]) -> m.GateDay:
    name = backend.estate.device_name
    return m.GateDay(
        gate=gate,
        name_zh=name(gate, "zh"),
        name_en=name(gate, "en"),
        openings=sum(by.values()),
        unexplained=by.get("", 0),
        by=[m.OpeningCount(explained=explained, count=count) for explained, count in by.items()],
    )


def _table(number: int, at_us: int, heard_us: int) -> m.PermitTable:
    return m.PermitTable(no=number, changed_at=rfc3339(at_us), heard_at=rfc3339(heard_us))


def _cameras(backend: Backend, row: DeviceRow) -> list[str]:
    device = backend.estate.detector_device(row.id)
    return [] if device is None else list(device.cameras)
