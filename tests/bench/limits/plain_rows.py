"""The bare limit of the console: a page of plain DOM rows. What is published on TOPIC goes to it by a bare WebSocket; each
name is a row, newest on top, and one that is there already changes.

    plain_rows.py BROKER_PORT TOPIC PORT

Prints `ready` once it is subscribed and serves. The page begins with what came before it.
"""

import asyncio
import json
import signal
import sys
from http import HTTPStatus
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from websockets.asyncio.server import broadcast, serve
from websockets.datastructures import Headers
from websockets.http11 import Response

PAGE = b"""<!doctype html><meta charset="utf-8"><title>rows</title>
<style>div{height:44px;border-bottom:1px solid #ccc;contain:content}</style><main></main><script>
const rows = new Map(), main = document.querySelector("main"); let last = 0;
new WebSocket(`ws://${location.host}/live`).onmessage = event => {
  const {name} = JSON.parse(event.data); let row = rows.get(name);
  if (row === undefined) {
    row = document.createElement("div"); row.dataset.no = ++last; rows.set(name, row); main.prepend(row);
  }
  row.textContent = `${row.dataset.no} ${name} ${new Date().toISOString()}`;
};
</script>"""


async def main(broker_port: int, topic: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    known: dict[str, str] = {}
    sockets: set[Any] = set()

    def take(text: str) -> None:
        known[json.loads(text)["name"]] = text
        broadcast(sockets, text)

    def page(_connection: Any, request: Any) -> Response | None:
        if request.path == "/live":
            return None
        found = request.path == "/"
        headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(PAGE) if found else 0), "Connection": "close"})
        status = HTTPStatus.OK if found else HTTPStatus.NO_CONTENT
        return Response(status.value, status.phrase, headers, PAGE if found else b"")

    async def live(socket: Any) -> None:
        for text in known.values():
            await socket.send(text)
        sockets.add(socket)
        try:
            await socket.wait_closed()
        finally:
            sockets.discard(socket)

    client: Any = paho.Client(CallbackAPIVersion.VERSION2, "bare-rows")
    client.on_connect = lambda *_: client.subscribe(topic, qos=0)
    ready = asyncio.Event()
    client.on_subscribe = lambda *_: loop.call_soon_threadsafe(ready.set)
    client.on_message = lambda _client, _data, message: loop.call_soon_threadsafe(take, message.payload.decode())
    client.connect("127.0.0.1", broker_port)
    client.loop_start()
    async with serve(live, "127.0.0.1", port, process_request=page, compression=None):
        await ready.wait()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
