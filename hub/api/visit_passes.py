"""A visit's pass as an image, for the guard who prints or shows it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from hub.api.auditing import Told, note_act
from hub.api.gatekeeper import Acting
from hub.api.routes import Behind, allowed, problems
from hub.api.visit_codes import png, svg
from hub.api.visits import VisitPath, find_visit
from hub.visits.types import Visit
from hub.visits.words import refused

router = APIRouter(prefix="/visits", tags=["visits"])
HAS_PASS = frozenset(("confirmed", "inside"))
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


@router.get("/{visit}/pass.{form}", summary="The pass as a QR code", response_class=Response, responses=problems(404, 409))
def show_pass(
    backend: Behind,
    who: Acting,
    visit: VisitPath,
    form: Annotated[Literal["svg", "png"], Path(description="svg or png", examples=["svg"])],
) -> Response:
    """Whoever has the code may go in once: that it was shown stands on the audit log before it is."""
    found = find_visit(backend, visit)
    if not has_pass(found):
        allowed(refused("no_pass"))
    note_act(backend, who, Told("visit.pass", "visit", visit))
    text = backend.visits.pass_text(visit)
    return Response(svg(text) if form == "svg" else png(text), media_type=MEDIA[form])


def has_pass(visit: Visit) -> bool:
    """Whether gates open to its code."""
    return visit.state in HAS_PASS and bool(visit.qr) and visit.from_us is not None
