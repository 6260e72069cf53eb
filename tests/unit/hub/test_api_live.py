"""The live channel over a real WebSocket."""

import json
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from contract.readings import ArmState
from hub.api import live
from tests.support.outward_rig import WAIT_S, Site, running_site, until


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def open_live(site, query="", role="manager", **more) -> ClientConnection:
    url = site.outward.url.replace("http", "ws") + "/live" + query
    more = {"additional_headers": {"Authorization": f"Bearer {site.tokens[role]}"}} | more
    made: ClientConnection = connect(url, proxy=None, compression=None, open_timeout=WAIT_S, close_timeout=WAIT_S, **more)
    return made


def hear(socket: ClientConnection, *kinds: str):
    """The next message of one of these types; heartbeats are skipped where they are not wanted, and so is how gates stand."""
    while True:
        message = json.loads(socket.recv(timeout=WAIT_S))
        if message["type"] in kinds and message.get("topic") != "gate":
            return message
        assert message["type"] in ("heartbeat", "change")


def newest(site: Site) -> int:
    """The position of the last change."""
    with site.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(pos) FROM change").scalar_one())


def test_a_new_client_gets_what_is_open_and_then_what_happens(site):
    first = site.incident()
    with open_live(site) as client:
        snapshot = hear(client, "snapshot")
        assert [one["no"] for one in snapshot["incidents"]] == [first]
        assert snapshot["last"]
        second = site.incident("door-2")
        change = hear(client, "change")
        assert (change["topic"], change["key"], change["act"]) == ("case", str(second), "raised")
        assert change["body"]["title_zh"].startswith("闸杆被撞脱")
        assert change["pos"] > snapshot["pos"]


def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(site):
    number = site.incident()
    with open_live(site) as client:
        pos = hear(client, "snapshot")["pos"]
    site.act(number, "acknowledge")
    site.act(number, "comment", note="看过")
    with open_live(site, f"?from={pos}") as client:
        changes = [hear(client, "change", "snapshot") for _ in range(2)]
    assert [change["act"] for change in changes] == ["acknowledged", "commented"]
    assert [change["pos"] for change in changes] == [pos + 1, pos + 2]


def test_what_is_older_than_the_memory_comes_from_the_database(site, tmp_path):
    number = site.incident()
    site.act(number, "comment", note="x")
    site.outward.feed._tail.clear()
    with open_live(site, "?from=0") as client:
        assert [hear(client, "change", "snapshot")["act"] for _ in range(2)] == ["raised", "commented"]


def test_a_position_from_the_future_gets_a_snapshot(site):
    site.incident()
    with open_live(site, "?from=99999") as client:
        assert hear(client, "snapshot")["pos"] == newest(site)


def test_a_position_that_was_swept_gets_a_snapshot(site):
    site.incident()
    site.act(1, "comment", note="x")
    with site.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM change WHERE pos = 1")
    with open_live(site, "?from=0") as client:
        assert hear(client, "snapshot", "change")["type"] == "snapshot"


def test_a_position_that_is_too_far_behind_gets_a_snapshot(site, monkeypatch):
    monkeypatch.setattr(live, "BEHIND_MAX", 1)
    number = site.incident()
    for _ in range(2):
        site.act(number, "comment", note="x")
    with open_live(site, "?from=0") as client:
        snapshot = hear(client, "snapshot", "change")
        assert (snapshot["type"], snapshot["pos"]) == ("snapshot", newest(site))


def test_snapshots_come_in_chunks(site, monkeypatch):
    monkeypatch.setattr(live, "CHUNK_ROWS", 1)
    numbers = [site.incident(), site.incident("door-2"), site.incident()]
    with open_live(site) as client:
        chunks = [hear(client, "snapshot") for _ in numbers]
    assert [one["no"] for chunk in chunks for one in chunk["incidents"]] == sorted(numbers, reverse=True)
    assert [chunk["last"] for chunk in chunks] == [False, False, True]


def test_silence_is_filled_with_heartbeats(site, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    with open_live(site) as client:
        hear(client, "snapshot")
        beats = [hear(client, "heartbeat") for _ in range(2)]
    assert {beat["pos"] for beat in beats} == {0}
    assert beats[0]["at"].endswith("Z")


def closed_with(client: ClientConnection) -> tuple[int, str]:
    """The close code and reason that come, after whatever else was said."""
    while True:
        try:
            client.recv(timeout=WAIT_S)
        except ConnectionClosed as closed:
            close = closed.rcvd
            break
    assert close is not None
    return close.code, close.reason


def test_a_bad_position_is_told(site):
    with open_live(site, "?from=%D9%A3") as client:
        assert closed_with(client) == (live.BAD_POSITION, "bad position: from takes the pos of a message")


def test_too_many_clients_are_told_to_come_later(site, monkeypatch):
    monkeypatch.setattr(live, "CLIENTS_MAX", 1)
    with open_live(site) as first:
        hear(first, "snapshot")
        with open_live(site) as second:
            code, reason = closed_with(second)
        assert code == live.TRY_LATER
        assert "too many clients" in reason
    until(lambda: not site.outward.server._app.state.live._wakes, "the first one's leaving")
    with open_live(site) as third:
        hear(third, "snapshot")


def test_a_client_that_takes_nothing_is_let_go(site, monkeypatch):
    monkeypatch.setattr(live, "SEND_S", 0.2)
    number = site.incident()
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    raw.connect(("127.0.0.1", site.outward.server.port))
    client = open_live(site, sock=raw, max_queue=1)
    counters = site.outward.server._app.state.live.counters

    def flood():
        for _ in range(20):
            site.act(number, "comment", note="x")
        return counters["closed_too_slow"]

    filler = {"facts": "x" * 200_000}
    original = live._text
    monkeypatch.setattr(live, "_text", lambda **fields: original(**fields, filler=filler))
    site.outward.server._app.state.live._rendered.clear()
    until(flood, "being let go")
    with open_live(site) as other:
        hear(other, "snapshot")
    raw.close()
    client.close_socket()


def test_a_stopping_hub_tells_its_clients_and_stops_quickly(site):
    with open_live(site) as client:
        hear(client, "snapshot")
        site.outward.server.stop()
        assert closed_with(client)[0] == live.RESTART
    assert not site.outward.server.alive


def test_another_sites_page_cannot_listen(site):
    with pytest.raises(InvalidStatus) as caught:
        open_live(site, origin="https://evil.example")
    assert caught.value.response.status_code == 403


def test_what_a_client_says_is_let_go(site):
    with open_live(site) as client:
        hear(client, "snapshot")
        for _ in range(5):
            client.send("hello")
        site.says("door-1", ArmState(attached=True))
        site.says("door-1", ArmState(attached=False))
        assert hear(client, "change")["act"] == "raised"


def test_the_desk_hears_of_visits_and_of_no_incidents(site):
    site.incident()
    with open_live(site, role="desk") as client:
        assert hear(client, "snapshot")["incidents"] == []
        site.incident("door-2")
        visit = {"kind": "truck", "name": "王", "phone": "13900001111", "plate": "京A12345", "reason": "送货", "route": "main"}
        assert site.http.put("/visit-routes/main", json={"name_zh": "主路"}).status_code == 200
        assert site.http.post("/visits", json=visit).status_code == 201
        change = hear(client, "change")
        assert (change["topic"], change["act"]) == ("visit", "registered")
        beat = hear(client, "heartbeat")
    with open_live(site, f"?from={beat['pos']}", role="desk") as client:
        assert hear(client, "heartbeat", "change")["type"] == "heartbeat", "its position has gone on behind what it was not told"
