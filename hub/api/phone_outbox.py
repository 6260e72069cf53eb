"""What a guard's phone sends, by its own token."""

from fastapi import APIRouter

from contract.clock import US_PER_S, rfc3339
from hub.accounts.types import Identity
from hub.api import phone_models as m
from hub.api.account_models import Ended
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.phone_entries import entry_of
from hub.api.phone_items import MS_US, Around, clock_us, mono_us
from hub.api.phones import end_bindings
from hub.api.ports import Backend
from hub.api.routes import Behind, answer, problems
from hub.duties.explain import WORDS
from hub.duties.phonetime import Boot, Made, Sent, began_us, up_to_us
from hub.ingest.ports import TakenItem
from hub.phones.asks import Entry, EntryTaken, OutboxSent, OutboxTaken
from hub.phones.types import PhoneToken
from hub.store import phone_rows as rows

router = APIRouter(tags=["guards' phones"])
REFUSED_US = 3 * 86_400 * US_PER_S
REFUSED_MAX = 200


@router.post("/phone/outbox", summary="A guard's phone sends what it has", responses=problems(413))
def send_outbox(backend: Behind, who: Acting, asked: m.OutboxRequest) -> m.OutboxTakenView:
    """Answered once everything is committed, entry by entry: one that is refused keeps no other out. Send again what was not
    answered: what is known is `duplicate`. Send the phone's clocks as they are, right or wrong: the hub reckons, and keeps
    both times."""
    now_us = backend.clock.now_us()
    try:
        sent = Sent(clock_us(asked.sent_at), asked.sent_mono_ms * MS_US, asked.boot)
        up_to = None if asked.up_to is None else Made(clock_us(asked.up_to), mono_us(asked.up_to_mono_ms), asked.boot)
    except (ValueError, OverflowError) as error:
        raise ApiError("bad_time") from error
    around = Around(who.phone, sent, now_us, backend.reads.duties.phone_began(who.phone), who)
    entries = tuple(entry_of(told, around, backend) for told in asked.entries)
    told_us = None if up_to is None else up_to_us(up_to, sent, now_us)
    boot = Boot(sent.boot, began_us(sent, now_us)) if sent.boot else None
    taken: OutboxTaken = answer(
        backend.worker.ask(
            OutboxSent(who.phone, who.person, who.name, who.role, entries, told_us, boot, asked.on_duty or told_us is None)
        )
    )
    outcomes = [_outcome(entry, one, taken) for entry, one in zip(entries, taken.entries, strict=True)]
    return m.OutboxTakenView(server_time=rfc3339(backend.clock.now_us()), seq=taken.seq, entries=outcomes)


@router.get("/phone/refused", summary="What of this guard's was not taken", responses=problems())
def list_refused(backend: Behind, who: Acting) -> m.RefusedList:
    """For a phone that has lost its own list."""
    since_us = backend.clock.now_us() - REFUSED_US
    found = backend.accounts.read(
        lambda connection: rows.refused_entries(connection, backend.site, who.phone, who.person, since_us, REFUSED_MAX)
    )
    return m.RefusedList(
        entries=[m.RefusedEntry(key=one.key, kind=one.kind, made_at=rfc3339(one.at_us), code=one.code) for one in found]
    )


@router.post("/phone/leave", summary="The guard gives the phone back", responses=problems())
def leave_phone(backend: Behind, who: Acting) -> Ended:
    """Ends the token that asks. Send everything first: what the phone still holds is gone with it."""
    return Ended(ended=end_bindings(backend, who, _mine(backend, who), "left", ""))


def _mine(backend: Backend, who: Identity) -> list[PhoneToken]:
    return list(backend.accounts.read(lambda connection: rows.tokens(connection, backend.site, token=who.session)))


def _outcome(entry: Entry, taken: EntryTaken, all_taken: OutboxTaken) -> m.EntryOutcome:
    found = m.EntryOutcome(key=entry.key, outcome=taken.outcome, incident=taken.case_no)
    if taken.refusal is not None:
        chinese, _, english = taken.refusal.message.partition(" / ")
        english = english.encode(errors="replace").decode()
        return found.model_copy(update={"code": taken.refusal.reason, "message_zh": chinese, "message_en": english})
    if taken.place is None:
        return found
    answers, at = all_taken.items[taken.place]
    item: TakenItem = answers[at]
    window, why = item.effect
    zh, en = (None, None) if why is None else WORDS[why]
    told = {"flags": list(item.flags), "window": window, "why": why, "why_zh": zh, "why_en": en}
    return found.model_copy(update=told)
