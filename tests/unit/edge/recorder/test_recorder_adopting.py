"""What another recorder keeps is listed and told, and never touched."""

import os
import shutil
from pathlib import Path

import pytest

from contract.clock import parse_rfc3339
from contract.footage import FootageDeleted, SegmentRecorded
from edge.footage.index import FootageIndex
from edge.recorder.adopting import Adopter
from edge.recorder.settings import AdoptPart
from tests.support.recording_rig import CLOCK
from tests.support.recording_stage import Stage

S = 1_000_000
OLD = 1_600_000_000


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten seconds of film, whole."""
    stage = Stage(tmp_path_factory.mktemp("film"))
    stage.play(11)
    return stage.hand.paths[0]


class Nvr:
    """Another recorder's folder, and an adopter on it."""

    def __init__(self, folder: Path, film: Path) -> None:
        self.root, self.film = folder / "nvr", film
        self.root.mkdir()
        self.index = FootageIndex.open(folder / "footage")
        self.told: list[tuple[str, FootageDeleted]] = []
        part = AdoptPart(str(self.root), {"yard": "camera-1", "": "camera-2"})
        self.adopter = Adopter(part, self.root, self.index, self._tell, CLOCK)

    def _tell(self, device, readings):
        self.told += [(device, one) for one in readings]

    def put(self, path: str, content: bytes | None = None) -> Path:
        found = self.root / path
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_bytes(self.film.read_bytes() if content is None else content)
        os.utime(found, (OLD, OLD))
        return found


@pytest.fixture
def nvr(tmp_path, film):
    made = Nvr(tmp_path, film)
    yield made
    made.adopter._prober.stop()
    made.index.close()


def test_files_become_segments_by_their_names_and_their_lengths(nvr):
    nvr.put("yard/2026-01-31_08-00-00.mp4")
    nvr.put("2026-01-31/08/yard/05.30.mp4")
    nvr.put("2026-01-31/09.00.00-09.10.00[M].dav", b"DHAV" + b"\0" * 100)
    before = {path: path.stat().st_mtime_ns for path in nvr.root.rglob("*") if path.is_file()}
    nvr.adopter.look()
    first, second = nvr.index.between("camera-1", "main", 1, 1 << 61)
    assert (first.start_us, first.end_us) == (parse_rfc3339("2026-01-31T08:00:00+08:00"), first.start_us + 10 * S)
    assert (first.codec, first.adopted, first.path) == ("h264", str(nvr.root), "yard/2026-01-31_08-00-00.mp4")
    assert second.start_us == parse_rfc3339("2026-01-31T08:05:30Z")
    (dav,) = nvr.index.between("camera-2", "main", 1, 1 << 61)
    assert dav.end_us - dav.start_us == 600 * S
    assert nvr.index.totals().size_bytes == 0
    assert len(nvr.index.untold()) == 3
    assert {path: path.stat().st_mtime_ns for path in nvr.root.rglob("*") if path.is_file()} == before
    handle = nvr.index.open_file(first)
    assert os.fstat(handle).st_size == first.size_bytes
    os.close(handle)


def test_a_second_look_adopts_nothing_twice_and_finds_what_is_new(nvr):
    nvr.put("yard/2026-01-31_08-00-00.mp4")
    nvr.adopter.look()
    nvr.put("yard/2026-01-31_08-10-00.mp4")
    nvr.adopter.look()
    assert nvr.adopter.counters.adopted == 2
    assert len(nvr.index.adopted(str(nvr.root))) == 2


def test_what_the_other_recorder_deletes_is_missing(nvr):
    gone = nvr.put("yard/2026-01-31_08-00-00.mp4")
    nvr.put("yard/2026-01-31_08-10-00.mp4")
    nvr.adopter.look()
    gone.unlink()
    nvr.adopter.look()
    ((device, told),) = nvr.told
    assert device == "camera-1"
    assert (told.reason, told.order, told.spans[0].first) == ("missing", "", parse_rfc3339("2026-01-31T08:00:00+08:00"))
    assert len(nvr.index.adopted(str(nvr.root))) == 1


def test_a_share_that_is_not_mounted_is_not_a_thousand_missing_files(nvr):
    nvr.put("yard/2026-01-31_08-00-00.mp4")
    nvr.adopter.look()
    shutil.rmtree(nvr.root)
    nvr.root.mkdir()
    nvr.adopter.look()
    assert nvr.told == []
    assert (nvr.adopter.counters.away, len(nvr.index.adopted(str(nvr.root)))) == (1, 1)


def test_what_is_no_film_of_ours_is_counted_and_left_alone(nvr, tmp_path):
    nvr.put("yard/2026-01-31_08-00-00.mp4", b"\0" * 4096)
    nvr.put("cellar/2026-01-31_08-00-00.mp4")
    nvr.put("yard/holiday.mp4")
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (nvr.root / "yard" / "2026-01-31_09-00-00.mp4").symlink_to(tmp_path / "secret.mp4")
    nvr.adopter.look()
    nvr.adopter.look()
    assert (nvr.adopter.counters.unread, nvr.adopter.counters.odd) == (1, 2)
    assert nvr.index.adopted(str(nvr.root)) == []


def test_a_name_that_is_no_text_is_left_alone_and_the_others_are_adopted(nvr):
    odd = os.fsdecode(b"yard/2026-01-31/\xff/08.00.00-08.10.00.mp4")
    nvr.put(odd)
    nvr.put("yard/2026-01-31/a\nb/08.20.00-08.30.00.mp4")
    nvr.put("yard/2026-01-31/001/09.00.00-09.10.00.mp4")
    nvr.adopter.look()
    assert [one.path for one in nvr.index.between("camera-1", "main", 1, 1 << 61)] == [
        "yard/2026-01-31/001/09.00.00-09.10.00.mp4"
    ]
    assert nvr.adopter.counters.odd == 2


def test_a_file_that_grows_is_adopted_when_it_is_done(nvr):
    path = nvr.put("yard/2026-01-31_08-00-00.mp4")
    os.utime(path)
    nvr.put("yard/2026-01-31_07-00-00.mp4")
    nvr.adopter.look()
    assert len(nvr.index.adopted(str(nvr.root))) == 1
    os.utime(path, (OLD, OLD))
    nvr.adopter.look()
    assert len(nvr.index.adopted(str(nvr.root))) == 2


def test_two_files_of_one_second_have_two_numbers(nvr):
    nvr.put("a/yard/2026-01-31_08-00-00.mp4")
    nvr.put("b/yard/2026-01-31_08-00-00.mp4")
    nvr.adopter.look()
    numbers = [one.no for one in nvr.index.adopted(str(nvr.root))]
    assert len(set(numbers)) == 2


def test_a_look_tells_nothing_but_what_is_gone(nvr):
    nvr.put("yard/2026-01-31_08-00-00.mp4")
    nvr.adopter.look()
    assert not [one for _, one in nvr.told if isinstance(one, SegmentRecorded)]  # the recorder tells it from the index
