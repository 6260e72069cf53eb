"""The application: one backend in, routes out. Nothing is started here but the live channel, with the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from hub.api import (
    alarms,
    commands,
    devices,
    duties,
    errors,
    events,
    health,
    incidents,
    letters,
    live,
    pictures,
    reports,
    roster,
    scans,
    tags,
)
from hub.api.body import BodyLimit
from hub.api.guard import Guard
from hub.api.ports import Backend

ROUTERS = (
    incidents.router,
    alarms.router,
    devices.router,
    commands.router,
    events.router,
    pictures.router,
    tags.router,
    scans.router,
    duties.router,
    roster.router,
    reports.router,
    letters.router,
    health.router,
    live.router,
)
TAGS = [
    {"name": "incidents", "description": "What happened, who does what about it, until when"},
    {"name": "alarms", "description": "Floods, silence, maintenance windows, and the figures of alarms"},
    {"name": "devices", "description": "The devices of the estate file, and what was heard of them"},
    {"name": "agents", "description": "The programs at the gatehouses"},
    {"name": "commands", "description": "Have a device do something; interlocks at the agent may refuse"},
    {"name": "events", "description": "What devices said, and what could not be understood"},
    {"name": "pictures", "description": "Agents bring pictures, people look at them"},
    {"name": "tags", "description": "What stands at checkpoints and in guards' pockets, and labels to print"},
    {"name": "duties", "description": "What must happen when, whether it did and how that is known, and what phones report"},
    {"name": "roster", "description": "Who is on duty, and occasions that schedules go by"},
    {"name": "reports", "description": "How duties were kept, and the daily record of patrols"},
    {"name": "dead letters", "description": "What a notification channel could not deliver"},
    {"name": "health", "description": "Whether the hub does its work"},
    {"name": "policy", "description": "The numbers in force, by clause"},
]
DESCRIPTION = """
值守 Watchkeeper 的接口。目前没有登录，因此只在本机监听。

The hub's API. There is no sign-in yet, so it listens on this machine alone.

* Times are RFC 3339 in UTC. Requests with unknown fields are refused, and bodies over 64 KiB (`/scans`: 512 KiB, a picture: 1
  MiB).
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

    app = FastAPIOffline(
        title="Watchkeeper 值守",
        version=version("watchkeeper"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.backend = backend
    app.state.live = channel
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard)  # the last one added is asked first
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
