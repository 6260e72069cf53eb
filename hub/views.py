"""How a case and a change look from outside: one shape for the API, the live channel and every notification."""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.clock import rfc3339
from hub.cases.alarms import alarm_state, sound_of, sounds
from hub.cases.types import Case
from hub.cases.workflow import LIVE
from hub.ingest.ports import ChangeRow

Titles = Callable[[Case], tuple[str, str]]
"""A case's title in Chinese and in English."""

CASE = "case"
decode_case = msgspec.json.Decoder(Case).decode


def when(at_us: int | None) -> str | None:
    """A time for the outside, RFC 3339 in UTC, or None."""
    return None if at_us is None else rfc3339(at_us)


def incident_view(case: Case, titles: Titles) -> dict[str, Any]:
    """A case as JSON for the outside. `sounding`, `alarm`, `sound`: see hub/cases/alarms.py."""
    title_zh, title_en = titles(case)
    return {
        "no": case.case_no,
        "kind": case.kind,
        "detector": case.detector,
        "clause": case.clause,
        "priority": case.priority,
        "state": case.state,
        "live": case.state in LIVE,
        "sounding": sounds(case),
        "alarm": alarm_state(case),
        "sound": sound_of(case),
        "active": case.active,
        "proven": case.proven,
        "late": case.late,
        "title_zh": title_zh,
        "title_en": title_en,
        "subject": case.subject,
        "device": case.device,
        "place": case.place,
        "opened_at": rfc3339(case.opened_us),
        "raised_at": rfc3339(case.raised_us),
        "returned_at": when(case.returned_us),
        "closed_at": when(case.closed_us),
        "acknowledged_at": when(case.acknowledged_us),
        "shelf": _shelf(case),
        "held_by": case.held_by,
        "dispatch": case.dispatch,
        "escalation": case.escalation,
        "comebacks": case.comebacks,
        "flood": case.flood,
        "merged": case.merged,
        "facts": case.facts,
        "version": case.version,
    }


def _shelf(case: Case) -> dict[str, Any] | None:
    if case.shelved_until_us is None:
        return None
    return {"reason": case.shelf_reason, "owner": case.shelf_owner, "until": rfc3339(case.shelved_until_us)}


def change_key(site: str, pos: int) -> str:
    """The one key of a change, however often it is delivered."""
    return f"{site}:{pos}"


def change_view(site: str, row: ChangeRow, titles: Titles) -> dict[str, Any]:
    """A change for a receiver outside. `incident` is the case after it; for other topics `body` is the row's own."""
    head = {
        "key": change_key(site, row.pos),
        "site": site,
        "pos": row.pos,
        "at": rfc3339(row.at_us),
        "topic": row.topic,
        "subject": row.key,
        "act": row.act,
    }
    if row.topic == CASE:
        return head | {"incident": incident_view(decode_case(row.body), titles)}
    return head | {"body": msgspec.json.decode(row.body)}
