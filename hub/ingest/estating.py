"""Another estate takes the present one's place: a row of its own in a turn's transaction, in force from the next turn on."""

from collections.abc import Callable

import msgspec

from hub.cases.types import Refusal
from hub.ingest.outcome import Outcome
from hub.ingest.ports import DrawingAct, EstateAct, EstateDone, EstateNow
from hub.store.estate_rows import VersionRow

TOPIC = "estate"
Change = Callable[[int, str, str, str, bytes], None]
_encode = msgspec.json.Encoder().encode


def act_on_estate(
    asked: EstateAct | DrawingAct, outcome: Outcome, now: EstateNow | None, change: Change, now_us: int
) -> EstateDone | bool | Refusal:
    """See EstateAct and DrawingAct. One estate a turn: a second one saw what is no more."""
    if isinstance(asked, DrawingAct):
        outcome.put(outcome.drawings, asked.floor, asked.row)
        digest = "" if asked.row is None else asked.row.digest
        body = _encode({"floor": asked.floor, "digest": digest, "actor": asked.actor})
        change(now_us, TOPIC, f"drawing/{asked.floor}", "removed" if asked.row is None else "drawn", body)
        return True
    version = 0 if now is None else now.version
    if asked.at_start:
        found = "differs" if now is None else now.verdict(asked.digest)
        if found != "import":
            return EstateDone(version, found)
    elif asked.seen != version or outcome.estates:
        told = f"小区资料已是第 {version} 版，请重新读取后再修改 / the estate is at version {version} now: read it again"
        return Refusal("changed_meanwhile", told)
    row = VersionRow(version + 1, now_us, asked.actor, asked.reason, asked.origin, asked.digest, asked.body)
    outcome.add(outcome.estates, row)
    for drawing in asked.drawings:
        outcome.put(outcome.drawings, drawing.floor, drawing._replace(at_us=now_us))
    body = _encode({"version": row.version, "actor": row.actor, "reason": row.reason, "origin": row.origin})
    change(now_us, TOPIC, "version", "changed", body)
    return EstateDone(row.version, "import" if asked.at_start else "changed")
