"""What the estate's places are called: what a form offers where somebody says where."""

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
    parent: str | None = Field(description="The place that it lies in, by id; null: none")


class PlaceNames(Strict):
    """All places, in the estate's order."""

    places: list[PlaceName] = Field(description="In the estate's order")


@router.get("/places", summary="What places are called", responses=problems())
def list_places(backend: Behind) -> PlaceNames:
    """For forms of whoever works here; the whole estate is `GET /estate`."""
    rows = backend.estate.places.values()
    return PlaceNames(places=[PlaceName(id=one.id, name_zh=one.name_zh, name_en=one.name_en, parent=one.parent) for one in rows])
