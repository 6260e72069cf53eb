"""The sizes of packets decide what is decoded, and are held to account."""

from collections import deque

import av
import numpy as np
import pytest

from contract.readings import MotionSeen
from drivers.analysis.gate import Gate
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.taking import Taker
from drivers.rtsp_camera.viewer import Viewer, Watchers, way_of
from tests.bench.camera_clips import Mover, Scene, drawn, encode

RNG = np.random.default_rng(4)


def sizes(count: int, mean: float = 1000, spread: float = 60) -> list[int]:
    return [int(size) for size in RNG.normal(mean, spread, count)]


def opened(gate: Gate, told: list[int], start_s: float = 0.0, still: bool = True) -> list[bool]:
    return [gate.take(start_s + n / 5, size, key=False, still=still) for n, size in enumerate(told)]


def test_it_is_open_until_it_knows_a_still_scene_then_closed():
    states = opened(Gate(), sizes(200))
    assert all(states[:30])
    assert sum(states[40:]) < 40


@pytest.mark.parametrize("factor", [1.5, 0.4])
def test_larger_and_smaller_packets_open_it_for_a_while(factor):
    gate = Gate()
    opened(gate, sizes(100))
    states = opened(gate, sizes(5, 1000 * factor), 20.0)
    assert states[-1]
    assert not all(opened(gate, sizes(300), 21.0))


def test_it_never_closes_while_something_is_seen_to_move():
    assert all(opened(Gate(), sizes(300), still=False))


def test_motion_that_the_sizes_do_not_tell_time_after_time_keeps_it_open_for_longer():
    gate, held = Gate(), []
    opened(gate, [1000] * 100)
    for n in range(6):
        begin_s = 1000.0 * (n + 1)
        gate.saw_motion(begin_s)
        held.append(opened(gate, [1000] * 2000, begin_s).index(False) / 5)
    assert gate.missed == 6
    assert held == sorted(held)
    assert held[0] < 4
    assert held[5] >= 119


def look(path, options) -> tuple[list[tuple[float, float]], Taker]:
    found: list[MotionSeen] = []

    def tell(report, _body):
        if isinstance(report, MotionSeen):
            found.append(report)

    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        viewer = Viewer(tell, stream, options, deque(), Watchers(options, None, None), lambda at_s: round(at_s * 1e6))
        for packet in film.demux(stream):
            if packet.size:
                viewer.look(packet, float(packet.pts * packet.time_base))
        viewer.ends()
    return [((one.began_us or 0) / 1e6, (one.ended_us or 0) / 1e6) for one in found if not one.active], viewer.taker


MOVERS = (
    Mover(20.0, 23.0, (-0.05, 0.6, 0.5, 0.6), (0.05, 0.12)),
    Mover(41.0, 47.0, (0.3, 0.5, 0.6, 0.55), (0.025, 0.08), 30),
    Mover(61.0, 64.0, (1.05, 0.7, -0.05, 0.7), (0.14, 0.14)),
)


@pytest.fixture(scope="module")
def second_stream(tmp_path_factory):
    scene = Scene(seconds=75, noise=2.5, movers=MOVERS)
    return encode(tmp_path_factory.mktemp("films") / "sub.mp4", drawn(scene), gop=10, crf=20)


def test_a_second_stream_is_decoded_where_something_may_move_and_loses_no_mover(second_stream):
    spans, taker = look(second_stream, Options(sub_address="/sub"))
    assert len(spans) == len(MOVERS)
    for (begin, end), mover in zip(spans, MOVERS, strict=True):
        assert begin == pytest.approx(mover.start_s, abs=0.9)
        assert end == pytest.approx(mover.end_s, abs=0.9)
    assert taker.decoded < 0.75 * 375
    assert taker.let_go == 0


def test_a_mover_that_the_sizes_do_not_tell_is_found_by_a_key_picture_from_its_beginning(second_stream, monkeypatch):
    monkeypatch.setattr(Gate, "_judge", lambda self, _at_s, _size, still: setattr(self, "_learnt", self._learnt + 1))
    spans, taker = look(second_stream, Options(sub_address="/sub"))
    assert taker.gate.missed >= 1
    assert any(begin == pytest.approx(MOVERS[1].start_s, abs=0.9) for begin, _ in spans), "it lasts longer than a check"


def test_a_main_stream_alone_is_looked_at_by_its_key_pictures(tmp_path):
    scene = Scene(fps=10, seconds=30, movers=(Mover(12.0, 18.0, (-0.1, 0.6, 1.1, 0.6), (0.14, 0.14)),))
    path = encode(tmp_path / "main.mp4", drawn(scene), gop=10)
    spans, taker = look(path, Options())
    assert taker.decoded <= 40
    assert len(spans) == 1
    assert spans[0][0] <= 14.0


def test_a_stream_whose_key_pictures_are_far_apart_is_decoded_whole_where_something_moves(tmp_path):
    scene = Scene(fps=5, seconds=40, movers=(Mover(21.0, 26.0, (-0.1, 0.6, 1.1, 0.6), (0.14, 0.14)),))
    spans, _ = look(encode(tmp_path / "long.mp4", drawn(scene), gop=50), Options())
    assert len(spans) == 1
    assert spans[0] == pytest.approx((21.0, 26.0), abs=0.9)


def test_what_is_kept_for_later_has_a_limit(second_stream, monkeypatch):
    monkeypatch.setattr("drivers.rtsp_camera.taking._KEPT_PACKETS", 5)
    _, taker = look(second_stream, Options(sub_address="/sub"))
    assert taker.let_go > 0


def test_plates_need_every_picture_of_the_main_stream():
    assert way_of(Options()) == "keys"
    assert way_of(Options(sub_address="/sub")) == "gated"
