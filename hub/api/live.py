"""The live channel: the change log over a WebSocket, resumed from a position.

`/live?from=POS` sends what comes after POS. Without a position, or with one that is swept, unknown or too far behind, it first
sends all live incidents in chunks, then what comes after them. Each message is one JSON object with a `type`:

    snapshot   pos, incidents: [...], last: whether it is the last chunk
    change     pos, at, topic, key, act, body: an incident, or the topic's own object
    heartbeat  pos, at: nothing has happened for 2 s

Some roles hear of some topics alone (hub/accounts/permissions.py): of others they are
sent nothing, and no incidents.

There is no queue for a client: each one reads the log at its own pace. One that takes nothing for 10 s, or is more than 5,000
changes behind, is disconnected with a reason, and comes back with its position.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import APIRouter, WebSocket
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from contract.clock import US_PER_S, rfc3339
from hub.accounts.permissions import LIVE, hears, may
from hub.accounts.types import Identity
from hub.api.gatekeeper import Acting
from hub.api.ports import Backend
from hub.feed import CHUNK_ROWS
from hub.ingest.ports import ChangeRow
from hub.views import CASE, decode_case, incident_view

router = APIRouter()
PATH = "/live"
CLIENTS_MAX = 64
BEHIND_MAX = 5_000
HEARTBEAT_S = 2.0
SEND_S = 10.0
CLOSE_S = 1.0
RENDERED_MAX = 2_000
RECHECK_S = 5.0
"""How often it is asked whether the client's session still lasts. To send may take SEND_S in between."""
NORMAL, RESTART, TRY_LATER, SIGNED_OUT, TOO_SLOW, BAD_POSITION = 1000, 1012, 1013, 4001, 4008, 4022


class Closing(Exception):
    """The connection is to end, with a close code and a reason for the client."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Live:
    """All live clients of a hub. Used on the event loop alone, but for the feed's callback."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wakes: set[asyncio.Event] = set()
        self._rendered: OrderedDict[int, str] = OrderedDict()
        self._closing = False
        self.counters: Counter[str] = Counter()

    def open(self) -> None:
        """Begin to listen to the feed, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._backend.feed.subscribe(self._on_change)

    def shut(self) -> None:
        """Have every client told that the hub stops. On the loop; clients end soon after."""
        self._closing = True
        self._backend.feed.unsubscribe(self._on_change)
        self._wake_all()

    def shut_soon(self) -> None:
        """The same from any other thread. Nothing, where the loop has ended or never began."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.shut)

    async def serve(self, socket: WebSocket, start: str | None, who: Identity) -> None:
        """Serve one client until it, its session or the hub goes."""
        await socket.accept()
        wake = asyncio.Event()
        checking = _Checking(self._backend, who)
        self.counters["clients"] += 1
        listening = asyncio.create_task(self._listen(socket, wake))
        try:
            pos = self._admit(start)
            self._wakes.add(wake)
            await self._run(socket, wake, listening, pos, checking)
        except Closing as closing:
            self.counters[f"closed_{closing.reason.split(':')[0].replace(' ', '_')}"] += 1
            await self._close(socket, closing)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it went while something was on its way
        finally:
            self._wakes.discard(wake)
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    def _admit(self, start: str | None) -> int | None:
        if self._closing:
            raise Closing(RESTART, "the hub is stopping")
        if len(self._wakes) >= CLIENTS_MAX:
            raise Closing(TRY_LATER, f"too many clients: {CLIENTS_MAX} are here")
        if start is None or start == "":
            return None
        if not (start.isascii() and start.isdigit() and len(start) < 18):
            raise Closing(BAD_POSITION, "bad position: from takes the pos of a message")
        return int(start)

    async def _run(
        self,
        socket: WebSocket,
        wake: asyncio.Event,
        listening: "asyncio.Task[None]",
        start: int | None,
        checking: "_Checking",
    ) -> None:
        try:
            pos = await self._begin(socket, start, checking.role)
            while not listening.done():
                if self._closing:
                    raise Closing(RESTART, "the hub is stopping")
                await checking.check()
                wake.clear()
                rows = self._backend.feed.tail_after(pos, CHUNK_ROWS)
                if rows is None:
                    rows = await run_in_threadpool(self._backend.feed.after, pos, CHUNK_ROWS)
                for row in rows:
                    if hears(checking.role, row.topic):
                        await self._send(socket, self._render(row))
                if rows:
                    pos = rows[-1].pos
                    self._check_pace(pos)
                else:
                    await self._idle(socket, wake, pos)
        except TimeoutError as error:
            raise Closing(TOO_SLOW, "too slow: come back with your position") from error
        except SQLAlchemyError as error:
            raise Closing(TRY_LATER, "the database cannot be read now") from error

    async def _begin(self, socket: WebSocket, start: int | None, role: str) -> int:
        oldest, newest = await run_in_threadpool(self._backend.feed.bounds)
        if start is not None and oldest <= start <= newest and newest - start <= BEHIND_MAX:
            return start
        picture = await run_in_threadpool(self._backend.reads.live_cases)
        shown = picture.cases if hears(role, CASE) else ()
        views = [incident_view(case, self._backend.titles) for case in shown]
        chunks = [views[at : at + CHUNK_ROWS] for at in range(0, len(views), CHUNK_ROWS)] or [[]]
        for number, chunk in enumerate(chunks, 1):
            last = number == len(chunks)
            await self._send(
                socket,
                _text(type="snapshot", pos=picture.pos, incidents=chunk, last=last, more=last and picture.more and bool(views)),
            )
        return picture.pos

    async def _idle(self, socket: WebSocket, wake: asyncio.Event, pos: int) -> None:
        """Wait for a change; a heartbeat when there is none for 2 s."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await wake.wait()
        except TimeoutError:
            await self._send(socket, _text(type="heartbeat", pos=pos, at=rfc3339(self._backend.clock.now_us())))

    def _check_pace(self, pos: int) -> None:
        if self._backend.feed.newest() - pos > BEHIND_MAX:
            raise Closing(TOO_SLOW, "too slow: come back with your position")

    def _render(self, row: ChangeRow) -> str:
        """The message for a change, made once for all clients."""
        text = self._rendered.get(row.pos)
        if text is None:
            body: Any = msgspec.Raw(row.body.encode())
            if row.topic == CASE:
                body = incident_view(decode_case(row.body), self._backend.titles)
            text = _text(type="change", pos=row.pos, at=rfc3339(row.at_us), topic=row.topic, key=row.key, act=row.act, body=body)
            self._rendered[row.pos] = text
            while len(self._rendered) > RENDERED_MAX:
                self._rendered.popitem(last=False)
        return text

    async def _send(self, socket: WebSocket, text: str) -> None:
        async with asyncio.timeout(SEND_S):
            await socket.send_text(text)
        self.counters["messages"] += 1

    async def _close(self, socket: WebSocket, closing: Closing) -> None:
        if socket.application_state is WebSocketState.CONNECTED and socket.client_state is WebSocketState.CONNECTED:
            with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(CLOSE_S):
                    await socket.close(closing.code, closing.reason)

    async def _listen(self, socket: WebSocket, wake: asyncio.Event) -> None:
        """Until the client goes. What it says is let go: it has nothing to say."""
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                self.counters["unwanted_messages"] += 1
        finally:
            wake.set()

    def _on_change(self, _rows: Sequence[ChangeRow]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has just closed
                self._loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake.set()


class _Checking:
    """Whether the session that opened a channel still lasts, is in the same role, and may still have it."""

    def __init__(self, backend: Backend, who: Identity) -> None:
        self._backend, self._who = backend, who
        self._checked_us = backend.clock.mono_us()
        self.role = who.role

    async def check(self) -> None:
        """Ask, where it is time to. Raises Closing."""
        if self._backend.clock.mono_us() - self._checked_us < RECHECK_S * US_PER_S:
            return
        who, sessions, now_us = self._who, self._backend.accounts.sessions, self._backend.clock.now_us()
        found = await run_in_threadpool(sessions.find, who.digest, now_us)
        if found is None or found.role != self.role or not may(found.role, LIVE, PATH):
            raise Closing(SIGNED_OUT, "signed out: sign in and come back")
        self._checked_us = self._backend.clock.mono_us()


@router.websocket(PATH)
async def live(socket: WebSocket, who: Acting) -> None:
    """See the module; the document of the API describes it in words, as OpenAPI has no WebSockets."""
    channel: Live = socket.app.state.live
    await channel.serve(socket, socket.query_params.get("from"), who)


def _text(**fields: Any) -> str:
    return msgspec.json.encode(fields).decode()
