"""What the estate's places and people are called: what a form offers to choose from."""

from fastapi import APIRouter
from pydantic import Field

from hub.api.models import Strict
from hub.api.routes import Behind, problems

router = APIRouter(tags=["duty desk"])


class PlaceName(Strict):
    """A place of the estate."""

    id: str = Field(description="The place's id", examples=["gate-east"])
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    parent: str | None = Field(description="The place that it lies in, by id; null: it is a whole estate")


class PersonName(Strict):
    """Somebody of the staff."""

    id: str = Field(description="An id of the staff", examples=["zhang-wei"])
    name_zh: str = Field(description="The name in Chinese")
    name_en: str = Field(description="The name in English")
    post: str = Field(description="What they do: a post of the policy", examples=["guard"])


class Names(Strict):
    """Places and people, in the estate file's order."""

    places: list[PlaceName] = Field(description="All places")
    staff: list[PersonName] = Field(description="All who work here")


@router.get("/names", summary="What places and people are called", responses=problems())
def list_names(backend: Behind) -> Names:
    """For forms: who can be given a key, where something was reported. For whoever works here."""
    estate = backend.estate
    places = [PlaceName(id=one.id, name_zh=one.name_zh, name_en=one.name_en, parent=one.parent) for one in estate.places.values()]
    staff = [PersonName(id=one.id, name_zh=one.name_zh, name_en=one.name_en, post=one.post) for one in estate.staff.values()]
    return Names(places=places, staff=staff)
