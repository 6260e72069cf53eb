"""Guards' phones at the hub's API."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from contract.clock import SystemClock
from watchkeeper.demo import phones
from watchkeeper.demo.life import Stage
from watchkeeper.demo.phones import Phone, calls_for_help, sees_something
from watchkeeper.demo.record import Record


class Hub:
    """Takes reports. `deaf`: so many of them get no answer first."""

    def __init__(self) -> None:
        self.deaf = 0
        self.heard: list[dict[str, object]] = []
        self.outcome = "accepted"
        self.known_by: set[tuple[str, str]] = set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                binds = self.path == "/phones/phone-1/bind"
                hub.heard += body.get("entries", [])
                hub.known_by.add((self.path, self.headers["Authorization"]))
                hub.deaf -= not binds
                self.send_response(503 if hub.deaf >= 0 and not binds else 200)
                self.end_headers()
                answer = {"token": "bound"} if binds else {"entries": [{"outcome": hub.outcome}]}
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture
def hub(monkeypatch) -> Iterator[Hub]:
    monkeypatch.setattr(phones, "PAUSE_S", 0.01)
    made = Hub()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def phone_of(hub: Hub) -> tuple[Phone, Stage]:
    clock = SystemClock()
    url = f"http://127.0.0.1:{hub.server.server_port}"
    return Phone("phone-1", "zhang-wei", url, "token", clock, "b"), Stage(clock, Record(), {})


def test_what_is_not_answered_is_reported_again_under_the_same_name(hub):
    phone, stage = phone_of(hub)
    hub.deaf = 2
    phone.say(stage, "panic")
    phone.say(stage, "panic", active=False)
    assert [one["seq"] for one in hub.heard] == [1, 1, 1, 2]
    assert len({one["key"] for one in hub.heard}) == 2
    assert hub.known_by == {("/phones/phone-1/bind", "Bearer token"), ("/phone/outbox", "Bearer bound")}


def test_what_the_hub_refuses_ends_the_demo(hub):
    phone, stage = phone_of(hub)
    hub.outcome = "refused"
    with pytest.raises(RuntimeError, match="did not take"):
        phone.say(stage, "panic")


def test_what_phones_do_is_written_down_once_each(hub):
    phone, stage = phone_of(hub)
    calls_for_help(phone, stage)
    sees_something(phone, stage)
    tally = stage.record.tally()
    assert tally.episodes == tally.near_misses == {"panic": 1, "observation": 1}
    keys = [str(one["key"]) for one in hub.heard]
    assert len(keys) - len({*keys}) == 1, "the observation came twice"
