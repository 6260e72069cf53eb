"""What a crash leaves behind: files without rows, torn files, rows without files, and an index that is gone."""

import shutil
from threading import Event

import pytest

from contract.footage import FootageDeleted, NoSpan
from edge.footage.index import FootageIndex
from edge.footage.mending import Mender
from edge.footage.recovery import spans_of
from edge.footage.segments import own_path
from edge.spool import SpoolFull
from tests.support.recording_rig import times_of
from tests.support.recording_stage import WALL, S, Stage

DAY = 86_400 * S


class Told:
    def __init__(self):
        self.readings: list[FootageDeleted] = []
        self.full = False

    def __call__(self, device, readings):
        if self.full:
            raise SpoolFull("full")
        self.readings += readings


@pytest.fixture
def folder(tmp_path):
    """Three whole segments and the beginning of a fourth, in no index."""
    stage = Stage(tmp_path / "footage")
    stage.play(35)
    assert len(stage.hand.ended) == 3
    return tmp_path / "footage"


def mend(folder, told=None, below_no=None):
    index = FootageIndex.open(folder)
    mender = Mender(index, told or Told())
    mender.mend("lobby", "main", below_no=below_no, stop=Event())
    return index, mender.counters


def test_what_no_row_names_is_entered_with_its_own_times(folder):
    index, counters = mend(folder)
    found = index.between("lobby", "main", 1, 1 << 61)
    assert [(one.no, one.start_us, one.end_us) for one in found] == [
        (WALL + n * 10 * S, WALL + n * 10 * S, WALL + min((n + 1) * 10, 34) * S) for n in range(4)
    ]
    assert (counters.entered, counters.torn) == (4, 0)
    assert len(index.untold()) == 4
    index.close()


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_torn_file_is_cut_back_to_whole_fragments(folder, share):
    path = folder / own_path("lobby", "main", WALL + 20 * S)
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))
    index, counters = mend(folder)
    torn = index.get("lobby", "main", WALL + 20 * S)
    assert counters.torn == 1
    assert path.stat().st_size == torn.size_bytes
    assert len(times_of(path)) == (torn.end_us - torn.start_us) * 10 // S
    assert 0 < torn.end_us - torn.start_us < 10 * S
    index.close()


@pytest.mark.parametrize("content", [b"", b"\0" * 100_000, b"\0\0\0\x18ftypiso6"])
def test_a_file_with_nothing_whole_goes(folder, content):
    path = folder / own_path("lobby", "main", WALL + 40 * S)
    path.write_bytes(content)
    index, counters = mend(folder)
    assert counters.empty == 1
    assert not path.exists()
    assert index.get("lobby", "main", WALL + 40 * S) is None
    index.close()


def test_what_is_missing_is_told_before_its_row_goes(folder):
    index, _ = mend(folder)
    index.close()
    for n in (1, 2):
        (folder / own_path("lobby", "main", WALL + n * 10 * S)).unlink()
    told = Told()
    told.full = True
    index, _ = mend(folder, told)
    assert index.totals().segments == 4
    index.close()
    told.full = False
    index, counters = mend(folder, told)
    assert told.readings == [FootageDeleted("", [NoSpan(WALL + 10 * S, WALL + 20 * S)], "main", "missing")]
    assert (index.totals().segments, counters.missing) == (2, 2)
    index.close()


def test_a_whole_day_that_is_gone_is_missing(folder):
    index, _ = mend(folder)
    index.close()
    shutil.rmtree(folder / "lobby")
    told = Told()
    index, _ = mend(folder, told)
    assert told.readings[0].spans == [NoSpan(WALL, WALL + 30 * S)]
    index.close()


def test_what_lies_behind_a_link_is_not_missing(folder, tmp_path):
    """As where somebody moved a camera's folder to another disk: nothing of it is struck out and told to be lost."""
    mend(folder)[0].close()
    (folder / "lobby").rename(tmp_path / "other-disk")
    (folder / "lobby").symlink_to(tmp_path / "other-disk")
    told = Told()
    index, counters = mend(folder, told)
    assert (told.readings, counters.missing) == ([], 0)
    assert len(index.between("lobby", "main", 1, 1 << 61)) == 4
    index.close()


def test_an_index_that_is_gone_is_made_anew(folder):
    index, _ = mend(folder)
    before = index.between("lobby", "main", 1, 1 << 61)
    index.close()
    for path in folder.glob("footage.db*"):
        path.unlink()
    index, _ = mend(folder)
    assert index.between("lobby", "main", 1, 1 << 61) == before
    index.close()


def test_what_is_being_written_is_left_alone(folder):
    index, counters = mend(folder, below_no=WALL + 30 * S)
    assert index.get("lobby", "main", WALL + 30 * S) is None
    assert (counters.entered, counters.odd) == (3, 0)
    index.close()


def test_what_is_no_segment_is_counted_and_left_alone(folder, tmp_path):
    day = (folder / own_path("lobby", "main", WALL)).parent
    (tmp_path / "secret").write_bytes(b"secret")
    (day / f"{WALL + 50 * S}.mp4").symlink_to(tmp_path / "secret")
    (day / "holiday.mp4").write_bytes(b"x")
    index, counters = mend(folder)
    assert counters.odd == 1
    assert index.get("lobby", "main", WALL + 50 * S) is None
    assert (tmp_path / "secret").read_bytes() == b"secret"
    index.close()


def test_spans_hold_no_row_that_is_there():
    assert spans_of([1, 2, 5, 7, 9, 11], {5, 11}) == [NoSpan(1, 2), NoSpan(7, 9)]
    assert spans_of([1, 2], {1, 2}) == []
