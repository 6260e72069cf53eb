"""What visits are set up with: kinds and what each needs, parking spaces, and visitors' routes."""

from typing import Annotated

from fastapi import APIRouter, Path

from hub.api import visit_models as m
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.routes import Behind, allowed, answer, problems
from hub.api.visits import who_of
from hub.visits import asks
from hub.visits.types import KINDS, Kind, Route, Space
from hub.visits.workflow import SHAPES

router = APIRouter(tags=["visits"])
_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
SpacePath = Annotated[str, Plain, Path(max_length=64, pattern=_ID, description="The space's id", examples=["P1"])]
RoutePath = Annotated[str, Plain, Path(max_length=64, pattern=_ID, description="The route's id", examples=["main"])]


@router.get("/visit-kinds", summary="The kinds of visits", responses=problems())
def list_kinds() -> m.VisitKindList:
    """What a form asks for each, and whether a resident confirms it."""
    return m.VisitKindList(kinds=[_kind(kind) for kind in KINDS])


@router.get("/visit-spaces", summary="Parking spaces for visitors", responses=problems())
def list_spaces(backend: Behind) -> m.SpaceList:
    """With how many vehicles have each now."""
    found = backend.reads.visits.spaces()
    return m.SpaceList(spaces=[_space(space, taken) for space, taken in found])


@router.put("/visit-spaces/{space}", summary="Set a parking space up", responses=problems(404, 409, 413))
def set_space(backend: Behind, who: Acting, space: SpacePath, asked: m.SpaceRequest) -> m.SpaceList:
    """It may hold no fewer vehicles than have it now. Answers with all of them."""
    row = Space(space, asked.name_zh, asked.name_en or asked.name_zh, asked.place, asked.holds, asked.temporary)
    allowed(answer(backend.worker.ask(asks.SpaceSet(space, row, who_of(who)))))
    return list_spaces(backend)


@router.delete("/visit-spaces/{space}", summary="Take a parking space away", responses=problems(404, 409))
def drop_space(backend: Behind, who: Acting, space: SpacePath) -> m.SpaceList:
    """One that no vehicle has. Answers with those that are left."""
    allowed(answer(backend.worker.ask(asks.SpaceSet(space, None, who_of(who)))))
    return list_spaces(backend)


@router.get("/visit-routes", summary="Visitors' routes", responses=problems())
def list_routes(backend: Behind) -> m.VisitRouteList:
    """What a pass on each opens, and how one gets there."""
    return m.VisitRouteList(routes=[_route(route) for route in backend.reads.visits.routes()])


@router.put("/visit-routes/{route}", summary="Set a visitors' route up", responses=problems(404, 409, 413))
def set_route(backend: Behind, who: Acting, route: RoutePath, asked: m.VisitRouteRequest) -> m.VisitRouteList:
    """Passes that were issued stay as they were. Answers with all of them."""
    row = Route(route, asked.name_zh, asked.name_en or asked.name_zh, asked.words, tuple(asked.groups))
    allowed(answer(backend.worker.ask(asks.RouteSet(route, row, who_of(who)))))
    return list_routes(backend)


@router.delete("/visit-routes/{route}", summary="Take a visitors' route away", responses=problems(404, 409))
def drop_route(backend: Behind, who: Acting, route: RoutePath) -> m.VisitRouteList:
    """One that no visit is on. Answers with those that are left."""
    allowed(answer(backend.worker.ask(asks.RouteSet(route, None, who_of(who)))))
    return list_routes(backend)


def _kind(kind: Kind) -> m.VisitKindView:
    shape = SHAPES[kind]
    return m.VisitKindView(
        kind=kind,
        zh=shape.zh,
        en=shape.en,
        clause=shape.clause,
        needs=list(shape.needs),
        resident=shape.asks,
        told_rules=shape.told_rules,
    )


def _space(space: Space, taken: int) -> m.SpaceView:
    return m.SpaceView(
        id=space.space,
        taken=taken,
        name_zh=space.name_zh,
        name_en=space.name_en,
        place=space.place,
        holds=space.holds,
        temporary=space.temporary,
    )


def _route(route: Route) -> m.VisitRouteView:
    return m.VisitRouteView(
        id=route.route, name_zh=route.name_zh, name_en=route.name_en, words=route.words, groups=list(route.groups)
    )
