"""`watchkeeper camera analyse` over films of all kinds: what it prints, and what a bad one costs."""

import json
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner

from drivers.rtsp_camera.messages import Analysed, Noticed
from drivers.rtsp_camera.process import Child
from drivers.rtsp_camera.twin import CameraTwin
from tests.bench.camera_clips import Mover, Scene, drawn, encode
from tests.support import camera_views as views
from watchkeeper import camera_command
from watchkeeper.cli import main

CAR = Mover(6.0, 11.0, (-0.1, 0.65, 1.1, 0.65), (0.15, 0.14))
SCENE = Scene(width=320, height=180, fps=10, seconds=16, movers=(CAR,))


def run(*arguments: str):
    return CliRunner().invoke(main, ["camera", "analyse", *arguments])


def analysed(*arguments: str):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def film(tmp_path: Path, scene: Scene = SCENE, view=None, name: str = "film.mp4", gop: int = 20) -> str:
    pictures = ((at_s, grey if view is None else view(grey, at_s)) for at_s, grey in drawn(scene))
    return str(encode(tmp_path / name, pictures, gop=gop))


def test_it_prints_the_promised_keys_with_the_car(tmp_path):
    found = analysed(film(tmp_path), "--json")
    assert list(found) == ["duration_s", "frames_decoded", "motion", "tamper"]
    assert found["frames_decoded"] == 160
    assert found["duration_s"] == pytest.approx(16.0, abs=0.05)
    assert [set(span) for span in found["motion"]] == [{"start_s", "end_s", "zone"}]
    assert found["motion"][0]["zone"] == ""
    assert found["motion"][0]["start_s"] == pytest.approx(6.0, abs=0.8)
    assert found["motion"][0]["end_s"] == pytest.approx(11.0, abs=0.8)
    assert found["tamper"] == []


def test_zones_tell_only_what_moves_in_them(tmp_path):
    path = film(tmp_path)
    zones = ("left=0,0.3;0.4,0.3;0.4,1;0,1", "right=0.6,0.3;1,0.3;1,1;0.6,1", "sky=0,0;1,0;1,0.3;0,0.3")
    motion = analysed(path, *(part for zone in zones for part in ("--zone", zone)))["motion"]
    assert [span["zone"] for span in motion] == ["left", "right"]
    assert motion[0]["end_s"] < motion[1]["start_s"] + 1.5
    assert motion[1]["start_s"] == pytest.approx(8.6, abs=0.8)


def test_a_loitering_zone_waits_for_its_seconds(tmp_path):
    stays = (Mover(5.0, 7.0, (0.9, 0.6, 0.5, 0.6), (0.05, 0.2)), Mover(7.0, 14.0, (0.5, 0.6, 0.5, 0.6), (0.05, 0.2)))
    path = film(tmp_path, SCENE._replace(movers=stays))
    whole = [[0, 0], [1, 0], [1, 1], [0, 1]]

    def spans(seconds: int):
        zone = {"name": "door", "kind": "loitering", "seconds": seconds, "area": whole}
        return analysed(path, "--options", json.dumps({"zones": [zone]}))["motion"]

    assert [span["zone"] for span in spans(5)] == ["door"]
    assert spans(5)[0]["start_s"] == pytest.approx(5.0, abs=0.8)
    assert spans(5)[0]["end_s"] == pytest.approx(14.0, abs=0.8)
    assert spans(12) == []


@pytest.mark.parametrize(
    ("view", "kind"),
    [(views.blurred(8), "defocused"), (views.shifted(0.15, 0.06), "moved"), (views.covered(1.0, 70), "occluded")],
)
def test_tampering_survives_the_encoder(tmp_path, view, kind):
    still = SCENE._replace(width=640, height=360, movers=())
    found = analysed(film(tmp_path, still, views.between(6.0, 12.0, view)))
    assert [one["kind"] for one in found["tamper"]] == [kind]
    assert found["tamper"][0]["start_s"] == pytest.approx(6.0, abs=1.2)
    assert found["tamper"][0]["end_s"] == pytest.approx(12.0, abs=1.2)


def test_a_hanging_sensor_behind_an_encoder_is_frozen_and_a_still_scene_is_not(tmp_path):
    still = SCENE._replace(width=640, height=360, movers=(), noise=1.5, seconds=28)
    last = list(drawn(still))[80][1]
    found = analysed(film(tmp_path, still, views.between(8.0, 24.0, lambda _grey, _at_s: last), gop=10))
    assert [one["kind"] for one in found["tamper"]] == ["frozen"]
    assert found["tamper"][0]["start_s"] == pytest.approx(8.0, abs=2.1)
    assert found["tamper"][0]["end_s"] == pytest.approx(24.0, abs=1.1)
    assert found["motion"] == []
    assert analysed(film(tmp_path, still))["tamper"] == []


def test_times_come_from_the_timestamps_of_a_film_whose_rate_varies(tmp_path):
    def uneven():
        for number, (at_s, grey) in enumerate(drawn(SCENE)):
            if at_s < 4 or number % 3 == 0:
                yield 100.0 + at_s * (1 if at_s < 4 else 1.5) - (0 if at_s < 4 else 2.0), grey

    found = analysed(str(encode(tmp_path / "vfr.mkv", uneven(), gop=10)))
    assert found["frames_decoded"] == 80
    assert found["duration_s"] == pytest.approx(22.0, abs=0.5)
    assert found["motion"][0]["start_s"] == pytest.approx(7.0, abs=0.9)
    assert found["motion"][0]["end_s"] == pytest.approx(14.5, abs=0.9)


def raw_avi(path: Path, frames: int, told: int) -> str:
    """A small uncompressed AVI of 24-bit pictures whose header tells of `told` frames."""
    wide = high = 48
    rng = np.random.default_rng(1)

    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def folder(name: bytes, body: bytes) -> bytes:
        return chunk(b"LIST", name + body)

    size = wide * high * 3
    avih = struct.pack("<14I", 100_000, size * 10, 0, 0x10, told, 0, 1, size, wide, high, 0, 0, 0, 0)
    strh = b"vidsDIB " + struct.pack("<I2H8I4H", 0, 0, 0, 0, 1, 10, 0, told, size, 0, 0, 0, 0, wide, high)
    strf = struct.pack("<IiiHHIIiiII", 40, wide, high, 1, 24, 0, size, 0, 0, 0, 0)
    header = folder(b"hdrl", chunk(b"avih", avih) + folder(b"strl", chunk(b"strh", strh) + chunk(b"strf", strf)))
    movie = b"".join(chunk(b"00db", rng.integers(90, 110, size, dtype=np.uint8).tobytes()) for _ in range(frames))
    path.write_bytes(chunk(b"RIFF", b"AVI " + header + folder(b"movi", movie)))
    return str(path)


def test_a_tiny_raw_avi_and_a_header_that_overstates_its_frames_are_read_as_they_are(tmp_path):
    found = analysed(raw_avi(tmp_path / "raw.avi", frames=70, told=1_000_000))
    assert found["frames_decoded"] == 70
    assert found["duration_s"] == pytest.approx(7.0, abs=0.2)
    assert found["motion"] == []


def test_a_film_that_is_cut_off_is_read_up_to_there(tmp_path):
    whole = Path(film(tmp_path, name="whole.ts"))
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 20 < analysed(str(cut))["frames_decoded"] < 150


def test_a_damaged_film_is_told_of_and_read_on(tmp_path):
    data = bytearray(Path(film(tmp_path, name="film.ts")).read_bytes())
    for at in range(30_000, len(data), 4001):
        data[at] ^= 0xFF
    path = tmp_path / "bad.ts"
    path.write_bytes(data)
    assert analysed(str(path))["frames_decoded"] > 20


@pytest.mark.parametrize(("data", "says"), [(b"junk" * 1000, "no video that can be read"), (b"", "no video that can be read")])
def test_what_is_no_film_is_one_clear_error(tmp_path, data, says):
    path = tmp_path / "junk.mp4"
    path.write_bytes(data)
    result = run(str(path))
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stdout == ""


def test_a_film_that_kills_the_decoder_costs_one_child(tmp_path, monkeypatch):
    killed: list[int] = []

    class Dying(Child):
        def receive(self, timeout_s: float):
            self._process.kill()
            killed.append(self.pid)
            return super().receive(timeout_s)

    monkeypatch.setattr(camera_command, "Child", Dying)
    result = run(film(tmp_path))
    assert result.exit_code == 1
    assert "the decoder gave up on it" in result.stderr
    assert result.stdout == ""
    assert killed


def test_a_child_that_says_nothing_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(camera_command, "_QUIET_TURNS", 3)
    monkeypatch.setattr(camera_command, "_TURN_S", 0.01)
    result = run(film(tmp_path))
    assert result.exit_code == 1
    assert "stuck" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such-file.mp4",), "there is no file"),
        (("http://host/x",), "only rtsp://"),
        ((__file__, "--zone", "lane"), "write it like lane=0.1,0.5"),
        ((__file__, "--zone", "lane=0,0;1,1;0.5,0.5"), "has no area"),
        ((__file__, "--zone", "lane=0,0;2,1;0.5,0.5"), "write it like lane=0.1,0.5"),
        ((__file__, "--options", "[1]"), "write a JSON object"),
    ],
)
def test_what_is_given_wrong_is_told_and_nothing_is_started(arguments, says):
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_camera_is_looked_at_for_the_seconds(tmp_path):
    with CameraTwin() as twin:
        found = analysed(twin.url, "--seconds", "6")
    assert found["duration_s"] == pytest.approx(6.0, abs=1.5)
    assert found["motion"]


def test_a_summary_joins_beginnings_and_ends_and_closes_what_is_open():
    noticed = [
        Noticed("dark", False, 0.4), Noticed("motion", True, 1.0, "a"), Noticed("motion", True, 2.0, "b"),
        Noticed("motion", False, 3.0, "a"), Noticed("moved", True, 4.0),
    ]  # fmt: skip
    assert camera_command.summary(noticed, Analysed(9.0, 90, whole=True)) == {
        "duration_s": 9.0,
        "frames_decoded": 90,
        "motion": [{"start_s": 1.0, "end_s": 3.0, "zone": "a"}, {"start_s": 2.0, "end_s": 9.0, "zone": "b"}],
        "tamper": [{"kind": "moved", "start_s": 4.0, "end_s": 9.0}],
    }


def test_the_real_films_frames_are_all_counted():
    path = views.VIDEOS / "car-detection.mp4"
    if not path.is_file():
        pytest.skip("the videos are not here")
    with av.open(str(path)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    found = analysed(str(path))
    assert found["frames_decoded"] == frames
    assert found["tamper"] == []
    assert [round(span["start_s"]) for span in found["motion"]] == [5, 14, 25]
