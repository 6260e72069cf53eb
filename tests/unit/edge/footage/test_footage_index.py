"""The agent's index: numbers, times, totals, and files that lie beneath its folder."""

import os
import sqlite3

import pytest

from edge.footage.beneath import NotBeneath, open_beneath, unlink_beneath
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.segments import Growing, Segment, number_of, own_path

NOON = 1_780_000_000_000_000
S = 1_000_000


def piece(n, device="lobby", stream="main", start=None, length=10 * S, size=1000):
    start = NOON + n * 10 * S if start is None else start
    no = NOON + n * 10 * S
    return Segment(device, stream, no, start, start + length, size, "h264", 700, own_path(device, stream, no))


@pytest.fixture
def index(tmp_path):
    found = FootageIndex.open(tmp_path / "footage")
    yield found
    found.close()


def test_what_was_added_is_found_by_number_and_by_time_after_a_restart(index):
    index.add_many([piece(n) for n in range(5)])
    index.close()
    again = FootageIndex.open(index.folder)
    assert again.get("lobby", "main", piece(2).no) == piece(2)
    assert again.between("lobby", "main", piece(1).no, piece(3).no) == [piece(1), piece(2), piece(3)]
    assert again.overlapping("lobby", "main", NOON + 15 * S, NOON + 20 * S) == [piece(1)]
    assert again.overlapping("lobby", "main", NOON + 15 * S, NOON + 20 * S + 1) == [piece(1), piece(2)]
    assert again.overlapping("lobby", "sub", NOON, NOON + 100 * S) == []
    again.close()


def test_a_long_segment_is_found_from_its_end(index):
    index.add_many([piece(0, length=59 * S), piece(7)])
    assert index.overlapping("lobby", "main", NOON + 58 * S, NOON + 60 * S) == [piece(0, length=59 * S)]


def test_a_segment_told_twice_counts_once_and_totals_follow_what_goes(index):
    index.add_many([piece(0), piece(0), piece(1)])
    assert index.totals() == (2, 2000)
    assert index.drop("lobby", "main", [piece(0).no, piece(9).no]) == 1
    assert index.totals() == (1, 1000)
    assert index.get("lobby", "main", piece(0).no) is None


def test_the_highest_number_outlives_its_row(index):
    index.add(piece(3))
    index.drop("lobby", "main", [piece(3).no])
    assert index.last_no("lobby", "main") == piece(3).no
    assert index.last_no("lobby", "sub") == 0


def test_adopted_files_are_no_part_of_our_bytes_and_never_the_oldest(index):
    adopted = Segment("lobby", "main", 5, 5, 3600 * S, 10**9, "hevc", 0, "2026-01-31/a.mp4", "/mnt/nvr")
    index.add_many([adopted, piece(1), piece(0, stream="sub")])
    assert index.totals() == (2, 2000)
    assert index.oldest() == piece(0, stream="sub")
    assert index.get("lobby", "main", 5) == adopted


def test_what_is_not_told_is_known(index):
    index.add_many([piece(n) for n in range(4)])
    index.told([piece(0), piece(1)])
    assert index.untold() == [piece(2), piece(3)]


def test_a_path_that_is_not_the_numbers_own_is_refused_and_nothing_is_entered(index):
    wrong = piece(1)._replace(path="../../etc/passwd")
    with pytest.raises(ValueError, match="belongs"):
        index.add_many([piece(0), wrong])
    assert index.totals() == (0, 0)


def test_a_file_is_opened_beneath_the_folder_only(index, tmp_path):
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    path = index.folder / piece(0).path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"footage")
    handle = index.open_file(piece(0))
    assert os.read(handle, 100) == b"footage"
    os.close(handle)
    path.unlink()
    path.symlink_to(secret)
    for look in (index.open_file, index.path_of):
        with pytest.raises(NotBeneath):
            look(piece(0))
    (index.folder / "elsewhere").symlink_to(tmp_path)
    for name in ("elsewhere/secret.mp4", "../secret.mp4", "/etc/passwd", "a\0b", "", "lobby/../../secret.mp4"):
        with pytest.raises(NotBeneath):
            open_beneath(index.folder, name)
        with pytest.raises(NotBeneath):
            unlink_beneath(index.folder, name)
    assert secret.exists()


def test_what_grows_is_what_the_recorder_says(index):
    assert index.growing("lobby", "main") is None
    now = Growing(NOON, NOON, NOON + S, 5000, "h264", 700)
    index.grows("lobby", "main", lambda: now)
    assert index.growing("lobby", "main") == now
    index.grows("lobby", "main", None)
    assert index.growing("lobby", "main") is None


def test_a_second_agent_on_the_same_folder_is_refused(index):
    with pytest.raises(FootageFailed, match="its own footage folder"):
        FootageIndex.open(index.folder)


def test_a_damaged_index_is_set_aside(tmp_path):
    (tmp_path / "footage.db").write_bytes(b"no database at all" * 1000)
    index = FootageIndex.open(tmp_path)
    assert index.totals() == (0, 0)
    assert (tmp_path / "footage.db.damaged").exists()
    index.close()


def test_an_index_of_a_newer_version_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "footage.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(FootageFailed, match="newer version"):
        FootageIndex.open(tmp_path)


def test_only_the_recorders_own_names_are_numbers():
    assert number_of("1780000000000000.mp4") == 1_780_000_000_000_000
    assert [number_of(name) for name in ("a.mp4", "1.mp4.part", "01.mp4", "-1.mp4", ".mp4", "1.mkv", "１.mp4")] == [None] * 7
