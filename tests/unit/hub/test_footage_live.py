"""What a real recorder writes is played while it writes: a camera's twin, the recorder's child, the agent's sender, the hub."""

import itertools
import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from contract.clock import US_PER_S, SystemClock, rfc3339
from edge.recorder.settings import Recorded as Stream
from tests.support.outward_rig import Site, until
from tests.support.playing_rig import Recorded, recorded_site, shades_of
from tests.support.recording_rig import SHAPE, recording, twin


def asked(now_us: int, before_s: int, after_s: int) -> dict[str, object]:
    span = {"from": rfc3339(now_us - before_s * US_PER_S), "to": rfc3339(now_us + after_s * US_PER_S)}
    return {"cameras": ["camera-1"], "reason": "x", **span}


class Stand(NamedTuple):
    """`tell_new`: the hub's index has what the recorder has told by now; how many segments."""

    made: Recorded
    tell_new: Callable[[], int]

    @property
    def site(self) -> Site:
        return self.made.site


@pytest.fixture
def rig(tmp_path):
    """A camera that is recorded in segments of 4 s, and a hub whose index has what the recorder has told."""
    with (
        twin() as camera,
        recording(tmp_path / "footage", Stream("camera-1", "main", camera.url), segment_us=4 * US_PER_S) as recorder,
        recorded_site(tmp_path, recorder.index) as made,
    ):
        told: set[int] = set()

        def tell() -> int:
            for one in recorder.segments:
                if one.no not in told:
                    found = recorder.index.get("camera-1", "main", one.no)
                    assert found is not None
                    made.tell(found)
                    told.add(one.no)
            return len(told)

        yield Stand(made, tell)


def test_ten_seconds_before_now_open_within_two_seconds_and_show_what_was_filmed_just_now(rig):
    until(lambda: rig.tell_new() >= 3, "segments")
    client = rig.site.client("operator")
    began = time.monotonic()
    now_us = SystemClock().now_us()
    view = client.post("/footage/views", json=asked(now_us, 10, 60)).json()
    path = view["cameras"][0]["streams"][0]["playlist"]
    text = client.get(path).text
    base = path.rpartition("/")[0]
    header = text.partition('URI="')[2].partition('"')[0]
    first = next(line for line in text.splitlines() if line.endswith(".m4s"))
    assert client.get(f"{base}/{header}").status_code == 200
    assert client.get(f"{base}/{first}").status_code == 200
    assert time.monotonic() - began < 2.0
    shown = [line for line in text.splitlines() if line.startswith("#EXT-X-PROGRAM-DATE-TIME")]
    length = sum(float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF"))
    assert shown
    assert length > 8.0  # up to less than the last two seconds
    assert "ENDLIST" not in text
    client.close()


def test_a_playlist_that_grew_with_the_recorder_plays_without_a_seam(rig, tmp_path):
    until(lambda: rig.tell_new() >= 1, "a segment")
    client = rig.site.client("operator")
    now_us = SystemClock().now_us()
    path = client.post("/footage/views", json=asked(now_us, 4, 8)).json()["cameras"][0]["streams"][0]["playlist"]
    seen = [client.get(path).text]

    def grown() -> bool:
        rig.tell_new()
        seen.append(client.get(path).text)
        return "ENDLIST" in seen[-1]

    until(grown, "the end")
    for before, after in itertools.pairwise(seen):
        assert after.startswith(before.rstrip("\n"))
    lines = seen[-1].splitlines()
    assert any("-" in line for line in lines if line.endswith(".m4s")), "it was seen while it grew"
    assert "#EXT-X-DISCONTINUITY" not in lines
    base = path.rpartition("/")[0]
    header = seen[-1].partition('URI="')[2].partition('"')[0]
    names = [header, *(line for line in lines if line.endswith(".m4s"))]
    joined = tmp_path / "joined.mp4"
    parts = [client.get(f"{base}/{name}") for name in names]
    assert [part.status_code for part in parts] == [200] * len(parts), [
        part.text[:200] for part in parts if part.status_code != 200
    ]
    joined.write_bytes(b"".join(part.content for part in parts))
    times = [at for at, _ in shades_of(joined)]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) > 8 * SHAPE.fps
    assert all(step == pytest.approx(1 / SHAPE.fps, abs=0.06) for step in steps), steps
    client.close()
