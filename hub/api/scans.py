"""What phones report, and what people enter at the hub."""

from fastapi import APIRouter

from contract.clock import US_PER_S
from contract.readings import WandRead
from hub.accounts.permissions import LEAD
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.phone_items import MS_US, Around, clock_us, item_of, key_of, mono_us
from hub.api.routes import Behind, answer, problems
from hub.api.scan_models import ItemOutcome, ScansRequest, ScansTaken
from hub.cases.types import Refusal
from hub.desk.entered import ENTERED_BY
from hub.duties.explain import WORDS
from hub.duties.phonetime import Boot, Made, Sent, began_us, up_to_us
from hub.duties.types import HUB_SOURCE
from hub.ingest.ports import Item, Report, TakenItem

router = APIRouter(tags=["duties"])


@router.post("/scans", summary="A phone reports what it has", responses=problems(403, 404, 413))
def report_scans(backend: Behind, who: Acting, asked: ScansRequest) -> ScansTaken:
    """Answered once everything is committed, item by item: one that is refused keeps no other out. Send everything again that was
    not answered: what is known is `duplicate`. The phone's clock may be wrong; send it as it is, and the hub reckons. What a
    program of its maker has read out of a wand may be brought in the wand's name. A guard's phone sends by its own token, POST
    /phone/outbox: in its name only who is in charge may bring what it could not."""
    wand = backend.estate.is_wand(asked.phone)
    if asked.phone != HUB_SOURCE and asked.phone not in backend.estate.phones and not wand:
        raise ApiError("unknown_phone", phone=asked.phone)
    if asked.phone in backend.estate.phones and who.role not in LEAD:
        raise ApiError("phone_token_needed")
    now_us = backend.clock.now_us()
    try:
        sent = Sent(clock_us(asked.sent_at), asked.sent_mono_ms * MS_US, asked.boot)
        if wand:  # it is not the wand that sends, and what its clock shows now can only be told
            sent = Sent(now_us + round(asked.clock_off_s * US_PER_S), 0, "")
        up_to = None if asked.up_to is None else Made(clock_us(asked.up_to), mono_us(asked.up_to_mono_ms), asked.boot)
    except (ValueError, OverflowError) as error:
        raise ApiError("bad_time") from error
    # The hub itself has always reported up to now.
    told_us = None if up_to is None or asked.phone == HUB_SOURCE else up_to_us(up_to, sent, now_us)
    has_boots = asked.phone in backend.estate.phones
    around = Around(asked.phone, sent, now_us, backend.reads.duties.phone_began(asked.phone) if has_boots else {}, who, wand)
    boot = Boot(sent.boot, began_us(sent, now_us)) if has_boots and sent.boot else None
    found = [item_of(told, around, backend) for told in asked.items]
    if has_boots:
        found = [_brought(one, who.name) for one in found]
    items = tuple(one for one in found if isinstance(one, Item))
    read = WandRead(len(items), told_us, clock_off_s=asked.clock_off_s) if wand and told_us is not None else None
    taken: list[TakenItem] = answer(backend.worker.ask(Report(asked.phone, items, told_us, boot, read)))
    answers = iter(taken)
    outcomes = [_refused(key_of(told), one) if isinstance(one, Refusal) else _taken(one, next(answers))
                for told, one in zip(asked.items, found, strict=True)]  # fmt: skip
    return ScansTaken(items=outcomes)


def _brought(found: Item | Refusal, by: str) -> Item | Refusal:
    """In a phone's name, by somebody in charge: kept with who it was."""
    if isinstance(found, Refusal) or found.seen is None:
        return found
    return found._replace(seen=found.seen._replace(fields={**found.seen.fields, ENTERED_BY: by}))


def _taken(item: Item, taken: TakenItem) -> ItemOutcome:
    window, why = taken.effect
    zh, en = (None, None) if why is None else WORDS[why]
    return ItemOutcome(key=item.key, outcome=taken.taken, flags=list(taken.flags), window=window, why=why, why_zh=zh, why_en=en)


def _refused(key: str, refusal: Refusal) -> ItemOutcome:
    chinese, _, english = refusal.message.partition(" / ")
    return ItemOutcome(
        key=key, outcome="refused", code=refusal.reason, message_zh=chinese, message_en=english.encode(errors="replace").decode()
    )
