"""Footage is played by who says why: over real HTTP, from a real agent's files, as a player sees it."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urljoin

import pytest

from contract.clock import US_PER_S, SystemClock, parse_rfc3339, rfc3339
from contract.envelope import bulk_mac, encode, footage_path
from contract.footage import FootageNow, SegmentRecorded
from edge.footage.segments import Growing, own_path
from hub.footage.playback.player import NEWEST_BYTES_MAX
from hub.footage.views import CAMERAS_MAX, VIEW_US_MAX
from tests.support.outward_rig import NAMES, until
from tests.support.playing_rig import CAMERAS, FPS, SEGMENT_S, Recorded, film, recorded_site, shades_of
from tests.support.site_rig import KEY

SEGMENT_US = SEGMENT_S * US_PER_S
WHY = "业主报失窃 a theft"


@pytest.fixture
def rig(tmp_path) -> Iterator[Recorded]:
    with recorded_site(tmp_path) as made, ExitStack() as clients:
        site = made.site
        site.client = lambda role, of=site.client: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        yield made


@pytest.fixture
def at_us() -> int:
    """An hour ago, on a whole second."""
    return (SystemClock().now_us() // US_PER_S - 3_600) * US_PER_S


def asked(from_us: int, to_us: int, *cameras: str, **more):
    return {"cameras": list(cameras or CAMERAS[:1]), "from": rfc3339(from_us), "to": rfc3339(to_us), "reason": WHY, **more}


def opened(rig, from_us: int, to_us: int, *cameras: str, role="operator", **more):
    reply = rig.site.client(role).post("/footage/views", json=asked(from_us, to_us, *cameras, **more))
    assert reply.status_code == 201, reply.text
    return reply.json()


def code(reply, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def playlist_of(view, camera: int = 0, stream: int = 0) -> str:
    return str(view["cameras"][camera]["streams"][stream]["playlist"])


def watched(rig, path: str, role="operator"):
    return shades_of(rig.site.outward.url + path, f"Authorization: Bearer {rig.site.tokens[role]}\r\n")


def test_a_player_sees_the_pictures_of_each_segment_at_their_times_without_a_seam(rig, at_us):
    for number in range(3):
        rig.record("camera-1", at_us + number * SEGMENT_US, 10 + number * SEGMENT_S * FPS)
    view = opened(rig, at_us, at_us + 3 * SEGMENT_US)
    text = rig.site.client("operator").get(playlist_of(view)).text
    assert text.count("#EXT-X-MAP") == 1
    assert "#EXT-X-DISCONTINUITY" not in text
    assert text.endswith("#EXT-X-ENDLIST\n")
    seen = watched(rig, playlist_of(view))
    assert len(seen) == 3 * SEGMENT_S * FPS
    first = seen[0][0]
    for number, (time, shade) in enumerate(seen):
        assert time - first == pytest.approx(number / FPS, abs=0.002)
        assert shade == pytest.approx(10 + number, abs=2)


def test_four_cameras_have_one_time_line_each_entry_says_when_it_was_filmed(rig, at_us):
    for offset, camera in enumerate(CAMERAS):
        rig.record(camera, at_us + offset * 300_000, 40 * offset)
    view = opened(rig, at_us, at_us + SEGMENT_US, *CAMERAS)
    client = rig.site.client("operator")
    for number in range(CAMERAS_MAX):
        text = client.get(playlist_of(view, number)).text
        assert f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(at_us + number * 300_000)}" in text
        seen = watched(rig, playlist_of(view, number))
        assert seen[0][1] == pytest.approx(40 * number, abs=2)


def test_a_hole_is_a_discontinuity_with_a_header_of_its_own(rig, at_us):
    rig.record("camera-1", at_us, 10)
    rig.record("camera-1", at_us + 60 * US_PER_S, 100, size=(128, 96))
    text = rig.site.client("operator").get(playlist_of(opened(rig, at_us, at_us + 120 * US_PER_S))).text
    assert text.count("#EXT-X-DISCONTINUITY") == 1
    assert text.count("#EXT-X-MAP") == 2
    assert f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(at_us + 60 * US_PER_S)}" in text


def test_a_view_begins_where_it_was_asked_to(rig, at_us):
    rig.record("camera-1", at_us, 10)
    text = rig.site.client("operator").get(playlist_of(opened(rig, at_us + 2_500_000, at_us + SEGMENT_US))).text
    assert "#EXT-X-START:TIME-OFFSET=2.500,PRECISE=YES" in text


def test_an_incident_gives_its_cameras_and_from_two_minutes_before_to_five_after(rig):
    number = rig.site.incident()
    reply = rig.site.client("operator").post("/footage/views", json={"incident": number, "reason": WHY})
    assert reply.status_code == 201, reply.text
    view = reply.json()
    opened_us = parse_rfc3339(rig.site.http.get(f"/incidents/{number}").json()["incident"]["opened_at"])
    assert parse_rfc3339(view["from"]) == opened_us - 120 * US_PER_S
    assert parse_rfc3339(view["to"]) == opened_us + 300 * US_PER_S
    assert [one["camera"] for one in view["cameras"]] == list(CAMERAS)
    assert (
        code(rig.site.client("operator").post("/footage/views", json={"incident": 9_999, "reason": WHY}), 404) == "unknown_case"
    )


def test_no_view_without_a_reason_and_each_stands_in_the_register_before_it_is_shown(rig, at_us):
    client = rig.site.client("operator")
    for reason in ("", "   ", None):
        body = {**asked(at_us, at_us + SEGMENT_US), "reason": reason}
        assert code(client.post("/footage/views", json=body), 422) == "wrong_request"
    assert rig.site.client("auditor").get("/footage/register").json()["rows"] == []
    view = opened(rig, at_us, at_us + SEGMENT_US, "camera-1", "camera-2")
    (row,) = rig.site.client("auditor").get("/footage/register").json()["rows"]
    assert (row["id"], row["kind"], row["actor"], row["role"]) == (view["view"], "view", NAMES["operator"], "operator")
    assert (row["reason"], row["cameras"], row["from"]) == (WHY, ["camera-1", "camera-2"], rfc3339(at_us))
    entries = rig.site.client("auditor").get("/audit", params={"act": "footage.view"}).json()["entries"]
    assert [(one["subject"], one["reason"]) for one in entries] == [(view["view"], WHY)]


def test_the_register_is_filtered_paged_and_told_as_csv(rig, at_us):
    for number in range(3):
        opened(rig, at_us + number, at_us + SEGMENT_US, CAMERAS[number])
    opened(rig, at_us, at_us + SEGMENT_US, "camera-1", role="manager")
    auditor = rig.site.client("auditor")
    rows = auditor.get("/footage/register", params={"actor": NAMES["operator"], "limit": 2}).json()
    assert [row["cameras"] for row in rows["rows"]] == [["camera-3"], ["camera-2"]]
    more = auditor.get("/footage/register", params={"actor": NAMES["operator"], "limit": 2, "cursor": rows["cursor"]}).json()
    assert ([row["cameras"] for row in more["rows"]], more["cursor"]) == ([["camera-1"]], None)
    assert len(auditor.get("/footage/register", params={"camera": "camera-1"}).json()["rows"]) == 2
    assert len(auditor.get("/footage/register", params={"kind": "export"}).json()["rows"]) == 0
    text = auditor.get("/footage/register.csv", params={"camera": "camera-1"}).text
    assert text.count("\r\n") == 3
    assert WHY in text


def test_a_link_is_of_one_sign_in_and_ends_with_it(rig, at_us):
    rig.record("camera-1", at_us, 10)
    path = playlist_of(opened(rig, at_us, at_us + SEGMENT_US))
    assert code(rig.site.client("manager").get(path), 404) == "unknown_footage_link"
    assert code(rig.site.client(None).get(path), 401) == "not_signed_in"
    client = rig.site.client("operator")
    assert client.get(path).status_code == 200
    sessions = client.get("/sessions").json()["sessions"]
    rig.site.client("administrator").delete(f"/sessions/{sessions[0]['session']}")
    assert code(client.get(path), 401) == "not_signed_in"


def test_a_link_ends_when_it_is_closed(rig, at_us):
    rig.record("camera-1", at_us, 10)
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    assert rig.site.client("manager").delete(f"/footage/play/{view['token']}").status_code == 404
    assert client.delete(f"/footage/play/{view['token']}").status_code == 204
    assert code(client.get(playlist_of(view)), 404) == "unknown_footage_link"


def test_only_what_a_playlist_of_the_link_has_named_is_given(rig, at_us):
    inside = rig.record("camera-1", at_us, 10)
    outside = rig.record("camera-1", at_us + 10 * SEGMENT_US, 10)
    other = rig.record("camera-2", at_us, 10)
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    base = playlist_of(view).removesuffix(".m3u8")
    assert code(client.get(f"{base}/main/{inside.no}.m4s"), 404) == "unknown_footage"  # not before it is listed
    assert code(client.get(f"{base}/other/1.mp4"), 404) == "unknown_footage"
    assert rig.site.outward.footage.links._links[view["token"]][0].listings == {}, "what is asked for in vain is not kept"
    assert client.get(playlist_of(view)).status_code == 200
    assert client.get(f"{base}/main/{inside.no}.m4s").status_code == 200
    for name in (
        f"main/{outside.no}.m4s", f"main/{outside.no}.mp4", f"sub/{inside.no}.m4s", f"main/{inside.no}-1.m4s",
        f"main/{inside.no}.ts", "main/..%2f..%2fhub.db", "main/%00.m4s",
        "..%2f..%2f/main.m4s", "main/9999999999999999999999.mp4", "main/-1.m4s",
    ):  # fmt: skip
        assert client.get(f"{base}/{name}").status_code in (404, 422), name
    stranger = base.replace("camera-1", "camera-2")
    assert code(client.get(f"{stranger}/main/{other.no}.m4s"), 404) == "unknown_footage"
    assert code(client.get(f"{stranger}.m3u8"), 404) == "unknown_footage"
    assert {order.no for order in rig.orders} == {inside.no}


def test_what_is_no_camera_of_the_estate_is_not_found_and_is_on_the_audit_log(rig, at_us):
    for camera in ("camera-of-another-estate", "door-1", "../../etc/passwd"):
        reply = rig.site.client("operator").post("/footage/views", json=asked(at_us, at_us + SEGMENT_US, camera))
        assert code(reply, 404) == "unknown_device"
    entries = rig.site.client("auditor").get("/audit", params={"act": "footage.view_refused"}).json()["entries"]
    assert [one["subject"] for one in entries] == ["../../etc/passwd", "door-1", "camera-of-another-estate"]
    assert rig.site.client("auditor").get("/footage/register").json()["rows"] == []


@pytest.mark.parametrize(("from_s", "to_s"), [(0, 0), (10, 0), (7_200, 7_300), (0, VIEW_US_MAX // US_PER_S + 1)])
def test_a_time_that_cannot_be_looked_at_is_refused(rig, at_us, from_s, to_s):
    body = asked(at_us + from_s * US_PER_S, at_us + to_s * US_PER_S)
    assert code(rig.site.client("operator").post("/footage/views", json=body), 422) == "wrong_footage_span"


def test_ranges_are_given_as_asked(rig, at_us):
    segment = rig.record("camera-1", at_us, 10)
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    client.get(playlist_of(view))
    path = playlist_of(view).removesuffix(".m3u8") + f"/main/{segment.no}.m4s"
    whole = client.get(path)
    assert (whole.status_code, whole.headers["cache-control"]) == (200, "private, no-store")
    size = len(whole.content)
    for header, first, last in (
        (f"bytes=0-{size}", 0, size),
        ("bytes=5-9", 5, 10),
        ("bytes=-7", size - 7, size),
        ("bytes=8-", 8, size),
    ):
        part = client.get(path, headers={"Range": header})
        assert (part.status_code, part.content) == (206, whole.content[first:last]), header
        assert part.headers["content-range"] == f"bytes {first}-{last - 1}/{size}"
    behind = client.get(path, headers={"Range": f"bytes={size}-"})
    assert (code(behind, 416), behind.headers["content-range"]) == ("range_not_satisfiable", f"bytes */{size}")
    for header in ("bytes=1-2,4-5", "lines=1-2", "bytes=9-5", "bytes=x"):
        assert client.get(path, headers={"Range": header}).status_code == 200, header


def test_what_is_on_the_way_to_those_who_look_has_a_limit(rig, at_us, monkeypatch):
    segment = rig.record("camera-1", at_us, 10)
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    client.get(playlist_of(view))
    path = playlist_of(view).removesuffix(".m3u8") + f"/main/{segment.no}.m4s"
    size = len(client.get(path).content)
    monkeypatch.setattr("hub.footage.playback.player.ON_THE_WAY_MAX", size)
    for _ in range(3):
        assert client.get(path).status_code == 200  # what was sent is not on the way any more
    monkeypatch.setattr("hub.footage.playback.player.ON_THE_WAY_MAX", size - 1)
    assert code(client.get(path), 503) == "footage_busy"


def test_a_segment_is_asked_for_once_for_all_who_look(rig, at_us):
    segment = rig.record("camera-1", at_us, 10)
    for role in ("operator", "manager", "shift_leader"):
        view = opened(rig, at_us, at_us + SEGMENT_US, role=role)
        assert len(watched(rig, playlist_of(view), role)) == SEGMENT_S * FPS
    assert [order.no for order in rig.orders] == [segment.no]


def test_what_is_gone_at_the_agent_is_told_at_once(rig, at_us):
    segment = rig.record("camera-1", at_us, 10)
    rig.index.path_of(segment).unlink()
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    client.get(playlist_of(view))
    reply = client.get(playlist_of(view).removesuffix(".m3u8") + f"/main/{segment.no}.m4s")
    assert code(reply, 410) == "footage_gone"


def test_an_agent_that_is_away_is_named_after_some_seconds(rig, at_us):
    segment = rig.record("camera-1", at_us, 10)
    rig.away = True
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    client.get(playlist_of(view))
    path = playlist_of(view).removesuffix(".m3u8") + f"/main/{segment.no}.m4s"
    reply = client.get(path)
    assert code(reply, 504) == "footage_unavailable"
    assert "gatehouse" in reply.json()["message_en"]
    rig.away = False
    assert client.get(path).status_code == 200


def test_what_cannot_be_played_is_told(rig, at_us):
    segment = rig.record("camera-1", at_us, 10, data=b"this is no film" * 100)
    view = opened(rig, at_us, at_us + SEGMENT_US)
    client = rig.site.client("operator")
    client.get(playlist_of(view))
    reply = client.get(playlist_of(view).removesuffix(".m3u8") + f"/main/{segment.no}.m4s")
    assert code(reply, 409) == "footage_unplayable"


def test_the_small_stream_has_a_playlist_of_its_own(rig, at_us):
    rig.record("camera-1", at_us, 10)
    rig.record("camera-1", at_us, 200, stream="sub")
    view = opened(rig, at_us, at_us + SEGMENT_US)
    assert [one["codec"] for one in view["cameras"][0]["streams"]] == ["h264", "h264"]
    assert watched(rig, playlist_of(view, stream=1))[0][1] == pytest.approx(200, abs=2)


def test_what_is_being_written_can_be_seen_and_the_playlist_only_grows(rig, tmp_path):
    now_us = SystemClock().now_us() // US_PER_S * US_PER_S
    start_us = now_us - 4 * US_PER_S
    rig.record("camera-1", start_us - SEGMENT_US, 10)
    film(tmp_path / "growing.mp4", [50 + number for number in range(SEGMENT_S * FPS)])
    data = (tmp_path / "growing.mp4").read_bytes()
    path = rig.index.folder / own_path("camera-1", "main", start_us)
    path.parent.mkdir(parents=True, exist_ok=True)
    cuts = [at - 4 for at in range(len(data)) if data[at : at + 4] == b"moof"]  # where each fragment begins

    def grown(size: int) -> None:
        path.write_bytes(data[: size + 11])
        rig.index.grows("camera-1", "main", lambda: Growing(start_us, start_us, start_us + US_PER_S, size, "h264", 700))

    grown(cuts[2])
    view = opened(rig, start_us - SEGMENT_US, now_us + 60 * US_PER_S)
    client = rig.site.client("operator")
    first = client.get(playlist_of(view)).text
    assert f"{start_us}-0-2.m4s" in first
    assert "ENDLIST" not in first
    grown(cuts[3])
    until(lambda: f"{start_us}-2-3.m4s" in client.get(playlist_of(view)).text, "the next part")
    rig.index.grows("camera-1", "main", None)
    rig.record("camera-1", start_us, 50)
    text = until(lambda: found if f"{start_us}-3.m4s" in (found := client.get(playlist_of(view)).text) else None, "the rest")
    assert text.startswith(first.rstrip("\n"))
    names = [line for line in text.splitlines() if line.endswith((".m4s", ".mp4"))]
    header = text.partition('#EXT-X-MAP:URI="')[2].partition('"')[0]
    body = b"".join(client.get(urljoin(playlist_of(view), name)).content for name in (header, *names))
    (tmp_path / "joined.mp4").write_bytes(body)
    seen = shades_of(tmp_path / "joined.mp4")
    assert len(seen) == 2 * SEGMENT_S * FPS
    for number, (time, shade) in enumerate(seen):
        assert time - seen[0][0] == pytest.approx(number / FPS, abs=0.06)
        assert shade == pytest.approx(10 + number, abs=2)


def test_an_agent_brings_only_what_is_waited_for_under_its_own_seal(rig, at_us):
    segment = rig.record("camera-1", at_us, 10)
    rig.away = True
    opened(rig, at_us, at_us + SEGMENT_US)  # the first segment is asked for at once
    order = until(lambda: rig.orders, "the order")[0]
    assert order.no == segment.no
    client = rig.site.client(None)
    body = rig.index.path_of(segment).read_bytes()

    def bring(agent: str, name: str, data: bytes, mac: str) -> int:
        return int(client.post(footage_path(agent, name), content=data, headers={"X-Watchkeeper-Mac": mac}).status_code)

    good = bulk_mac(KEY, footage_path("gatehouse", order.id), body)
    assert bring("stranger", order.id, body, good) == 404
    assert bring("gatehouse", "another", body, good) == 409
    assert bring("cellar", order.id, body, good) == 409
    assert bring("gatehouse", order.id, body + b"x", good) == 403
    assert bring("gatehouse", order.id, body, good) == 204
    assert bring("gatehouse", order.id, body, good) == 409
    assert [path.suffix for path in (rig.site.folder / "footage-cache").iterdir()] == [".segment"]


def test_over_the_days_number_a_view_is_refused_and_an_incident_says_so(rig, at_us):
    rig.site.outward.footage.limits = rig.site.outward.footage.limits._replace(views=2)
    for _ in range(2):
        opened(rig, at_us, at_us + SEGMENT_US)
    reply = rig.site.client("operator").post("/footage/views", json=asked(at_us, at_us + SEGMENT_US))
    assert code(reply, 429) == "too_many_views"
    opened(rig, at_us, at_us + SEGMENT_US, role="manager")
    found = until(lambda: rig.site.http.get("/incidents", params={"detector": "footage_views_over"}).json()["incidents"], "it")
    assert len(found) == 1
    assert len(rig.site.client("auditor").get("/footage/register").json()["rows"]) == 3


def test_a_segment_of_which_nothing_can_be_played_yet_is_not_taken_for_a_whole_one(rig, monkeypatch):
    now_us = SystemClock().now_us() // US_PER_S * US_PER_S
    start_us = now_us - SEGMENT_US
    rig.record("camera-1", start_us - SEGMENT_US, 10)
    # an agent from before it left such a one out
    begun = FootageNow(now_us, [SegmentRecorded(no=start_us, start_us=start_us, end_us=start_us + 1, size_bytes=0)], growing=True)
    monkeypatch.setattr(rig.sender, "_tell_newest", lambda order: rig.sender._deliver(order, encode(begun)))
    view = opened(rig, start_us - SEGMENT_US, now_us + 60 * US_PER_S)
    client = rig.site.client("operator")
    assert str(start_us) not in client.get(playlist_of(view)).text
    assert {order.no for order in rig.orders} == {0, start_us - SEGMENT_US}


@pytest.mark.parametrize(("lasts_us", "count"), [(1 << 60, 1), (SEGMENT_US, NEWEST_BYTES_MAX // 50)])
def test_what_an_agent_tells_of_its_newest_segments_is_not_believed_where_it_cannot_be(rig, monkeypatch, lasts_us, count):
    """A segment of centuries has no time that could be written; a list without an end would take all the memory."""
    now_us = SystemClock().now_us() // US_PER_S * US_PER_S
    start_us = now_us - 2 * SEGMENT_US
    rig.record("camera-1", start_us, 10)
    odd = [SegmentRecorded(no=now_us + n, start_us=now_us - lasts_us, end_us=now_us, size_bytes=1) for n in range(count)]
    monkeypatch.setattr(rig.sender, "_tell_newest", lambda order: rig.sender._deliver(order, encode(FootageNow(now_us, odd))))
    view = opened(rig, start_us, now_us + 60 * US_PER_S)
    reply = rig.site.client("operator").get(playlist_of(view))
    assert reply.status_code == 200, reply.text
    assert reply.text.count("#EXTINF") == 1
