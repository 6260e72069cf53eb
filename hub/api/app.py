"""The application: one backend in, routes out. Nothing is started here but the live channel, with the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline

from hub.api import (
    access,
    access_files,
    access_tables,
    accounts,
    alarms,
    audit,
    calls,
    commands,
    deliveries,
    desk,
    devices,
    dispatching,
    duties,
    enrolment,
    errors,
    estate,
    estate_drawings,
    events,
    footage,
    footage_coverage,
    footage_exports,
    footage_keeping,
    footage_register,
    handovers,
    health,
    heatmap,
    incidents,
    keys,
    letters,
    live,
    oidc,
    pages,
    passages,
    passages_watch,
    phone_media,
    phone_outbox,
    phone_push,
    phone_shift,
    phones,
    pictures,
    places,
    plans,
    reports,
    resident_links,
    residents,
    roster,
    scans,
    tags,
    visit_links,
    visit_passes,
    visit_rules,
    visit_setting,
    visits,
    wall,
)
from hub.api.body import BodyLimit
from hub.api.docs_page import ASSETS, docs_router
from hub.api.gatekeeper import Gatekeeper, check_route, known_routes
from hub.api.guard import Guard
from hub.api.ports import Backend

ROUTERS = (
    accounts.router,
    oidc.router,
    incidents.router,
    dispatching.router,
    plans.router,
    alarms.router,
    devices.router,
    enrolment.router,
    commands.router,
    events.router,
    pictures.router,
    wall.router,
    footage.router,
    footage_exports.router,
    footage_register.router,
    tags.router,
    scans.router,
    phones.router,
    phone_outbox.router,
    phone_shift.router,
    phone_media.router,
    phone_push.router,
    duties.router,
    roster.router,
    reports.router,
    heatmap.router,
    desk.router,
    handovers.router,
    keys.router,
    calls.router,
    visit_passes.router,
    visits.router,
    visit_setting.router,
    visit_rules.router,
    deliveries.router,
    visit_links.router,
    resident_links.router,
    residents.router,
    access_files.router,
    access_tables.router,
    access.router,
    footage_keeping.router,
    footage_coverage.router,
    passages.router,
    passages_watch.router,
    estate.router,
    estate_drawings.router,
    places.router,
    letters.router,
    audit.router,
    health.router,
    live.router,
    pages.router,
)
TAGS = [
    {"name": "accounts", "description": "Who one is, and who may do what"},
    {"name": "incidents", "description": "What happened, who does what about it, until when"},
    {"name": "emergencies", "description": "Emergency plans, what is done in those that were started, and what people report"},
    {"name": "alarms", "description": "Floods, silence, maintenance windows, and the figures of alarms"},
    {"name": "devices", "description": "The devices of the estate file, and what was heard of them"},
    {"name": "agents", "description": "The programs at the gatehouses"},
    {"name": "commands", "description": "Have a device do something; interlocks at the agent may refuse"},
    {"name": "events", "description": "What devices said, and what could not be understood"},
    {"name": "pictures", "description": "Agents bring pictures, people look at them"},
    {"name": "footage", "description": "Who looks at footage says why; it is played by HLS, exported sealed, and all on record"},
    {"name": "tags", "description": "What stands at checkpoints and in guards' pockets, and labels to print"},
    {"name": "duties", "description": "What must happen when, whether it did and how that is known, and what phones report"},
    {"name": "guards' phones", "description": "A phone by its own token: its outbox, its shift, tasks, photos and voice notes"},
    {"name": "roster", "description": "Who is on duty, and occasions that schedules go by"},
    {"name": "reports", "description": "How duties were kept, and the daily record of patrols"},
    {"name": "duty desk", "description": "查岗, the two-hour record, and the desk's figures"},
    {"name": "handover", "description": "A shift is handed over: items accepted one by one, signed by both"},
    {"name": "keys", "description": "The register of keys and equipment"},
    {"name": "calls", "description": "The phone log: declared by people, or told by the exchange"},
    {"name": "gates", "description": "How gates stand, who went through, who is in, and what explains each opening"},
    {"name": "footage's keeping", "description": "Holds, the sweep and what it asks, and the calendar of owed days"},
    {"name": "footage", "description": "What is recorded, day by day, with holes and their causes"},
    {"name": "visits", "description": "Visitors, their vehicles, temporary permits, trucks, couriers' goods; names are masked"},
    {"name": "resident's links", "description": "Residents answer without an account, by a link that counts once"},
    {"name": "estate", "description": "The estate: its versions, edits and imports, and the drawings of its plan"},
    {"name": "permits", "description": "Who may go where when: people, credentials, rules, imports, and what gates decide by"},
    {"name": "dead letters", "description": "What a notification channel could not deliver"},
    {"name": "audit", "description": "Who did what, when and why, in a chain that nobody can rewrite unseen"},
    {"name": "health", "description": "Whether the hub does its work"},
    {"name": "policy", "description": "The numbers in force, by clause"},
]
DESCRIPTION = """
值守 Watchkeeper 的接口。请先登录：`POST /sign-in`，程序使用 `Authorization: Bearer`。

The hub's API. Sign in with `POST /sign-in`, which sets a cookie; a program sends a token as `Authorization: Bearer`. Acts are
done in the name of the account that asks.

* 401: nobody is signed in. 403: not for this role, or the request comes from another site's page. 404: there is no such thing.
* A cookie alone does not write: the browser has to say, by `Origin`, that one of the hub's own pages asks.
* Times are RFC 3339 in UTC. Requests with unknown fields are refused, and bodies over 64 KiB (`/scans`: 512 KiB, a picture: 1
  MiB, `/estate`, `/access/import`: 4 MiB, a drawing: 8 MiB).
* Every error is `application/problem+json` with a stable `code` and a message in Chinese and English.
* **Live**: a WebSocket at `/live?from=POS` sends JSON messages: `snapshot` (all live incidents, in chunks), `change`
  (`pos, at, topic, key, act, body`) and a `heartbeat` after 2 s without one. Keep the last `pos` and come back with it.
"""


def build_api(backend: Backend) -> FastAPI:
    """The application on a backend. It may be built before the worker is ready: `/healthz` says so."""
    channel = live.Live(backend)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        channel.open()
        yield
        channel.shut()

    title = "Watchkeeper 值守"
    app = FastAPIOffline(
        title=title,
        version=version("watchkeeper"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        static_url=ASSETS,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.backend = backend
    app.state.live = channel
    app.state.pages = pages.read_apps()
    routers = (*ROUTERS, docs_router(title, "/openapi.json"))
    routes = known_routes([*app.routes, *(route for router in routers for route in router.routes)])
    app.add_middleware(BodyLimit)
    app.add_middleware(Gatekeeper, backend=backend, routes=routes)
    app.add_middleware(Guard)  # the last one added is asked first
    errors.install(app)
    for router in routers:
        app.include_router(router, dependencies=[Depends(check_route)])
    return app
