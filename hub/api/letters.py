"""Changes that a channel could not deliver."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path

from contract.clock import rfc3339
from hub.api import models
from hub.api.auditing import Told, note_act
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.routes import Behind, Limit, Offset, answer, problems

router = APIRouter(prefix="/dead-letters", tags=["dead letters"])
DELIVERY_S = 30.0


@router.get("", summary="What could not be delivered, newest first", responses=problems())
def list_dead_letters(backend: Behind, limit: Limit = 50, offset: Offset = 0) -> models.DeadLetterPage:
    """Each is a change that its receiver refused for good, or that waited too long. The channel went on without it."""
    rows = backend.reads.dead_letters(limit, offset)
    return models.DeadLetterPage(
        dead_letters=[
            models.DeadLetter(
                reader=row.reader,
                pos=row.pos,
                at=rfc3339(row.at_us),
                tries=row.tries,
                error=row.error,
                change=msgspec.json.decode(row.body),
            )
            for row in rows
        ]
    )


@router.post("/{reader}/{pos}/retry", summary="Deliver a dead letter once more", responses=problems(404, 409, 502))
def retry_dead_letter(
    backend: Behind,
    who: Acting,
    reader: Annotated[str, models.Plain, Path(max_length=100, examples=["webhook:desk"])],
    pos: Annotated[int, Path(ge=0, le=models.NUMBER_MAX)],
) -> models.Resent:
    """Waits for the delivery. Delivered: the letter is gone. It goes out under the same key as before."""
    row = backend.reads.dead_letter(reader, pos)
    if row is None:
        raise ApiError("unknown_dead_letter")
    delivery = backend.notifiers.again(reader, row.body)
    if delivery is None:
        raise ApiError("unknown_channel", reader=reader)
    failure = answer(delivery, DELIVERY_S)
    outcome = "delivered" if failure is None else failure.error
    note_act(backend, who, Told("dead_letter.retry", "dead_letter", f"{reader}/{pos}", after={"outcome": outcome}))
    if failure is not None:
        raise ApiError("not_delivered", error=failure.error)
    return models.Resent(reader=reader, pos=pos)
