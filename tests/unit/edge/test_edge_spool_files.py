"""The log's files where they are not what they should be: damaged, taken, newer, killed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from contract.envelope import last_seq
from contract.readings import Dropped
from edge import spool_file, spool_open
from edge.spool import Entry, Spool, SpoolBusy, SpoolFailed, SpoolLimits
from tests.support.spool_rig import OPEN, SMALL, is_contiguous, records


def test_a_second_user_is_refused(open_spool):
    open_spool()
    with pytest.raises(SpoolBusy, match="another agent runs"):
        open_spool()


def test_another_agents_spool_is_refused(open_spool, tmp_path, clock):
    open_spool().close()
    with pytest.raises(SpoolFailed, match="gate-1, not of gate-2"):
        Spool.open(tmp_path / "spool.db", "gate-2", SMALL, clock)


def test_a_newer_file_is_refused(open_spool, tmp_path):
    open_spool().close()
    with sqlite3.connect(tmp_path / "spool.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SpoolFailed, match="newer version"):
        open_spool()


def test_a_path_that_is_a_folder_is_told_to_the_installer(open_spool, tmp_path):
    (tmp_path / "spool.db").mkdir()
    with pytest.raises(SpoolFailed, match=r"spool\.db is a folder: give the path of a file in it"):
        open_spool()


def test_a_path_that_cannot_be_opened_is_told_to_the_installer(open_spool, tmp_path):
    (tmp_path / "spool.db").symlink_to(tmp_path / "missing" / "spool.db")
    with pytest.raises(SpoolFailed, match=r"spool\.db cannot be opened .*: check the path, its rights and the disk"):
        open_spool()


@pytest.mark.parametrize("junk", [b"not a database" * 500, b"SQLite format 3\0" + bytes(4_000)])
def test_a_file_of_junk_is_set_aside_and_a_new_log_begun(open_spool, tmp_path, junk):
    (tmp_path / "spool.db").write_bytes(junk)
    spool = open_spool()
    assert spool.damaged == tmp_path / "spool.db.damaged-1"
    assert spool.damaged.read_bytes() == junk
    assert spool.unclean
    assert spool.append("d", OPEN, 1) == 1


def test_what_can_be_read_of_a_damaged_log_is_carried_over(open_spool, tmp_path):
    first = open_spool(SpoolLimits(bytes_max=1 << 20))
    first.append_many([Entry("d", OPEN, n) for n in range(1, 2_001)])
    first.acknowledge(100)
    first.close()
    path = tmp_path / "spool.db"
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM record WHERE seq BETWEEN 500 AND 599")  # numbers are missing: not to be trusted
    db.close()
    spool = open_spool(SpoolLimits(bytes_max=1 << 20))
    assert spool.stream != first.stream
    assert spool.damaged is not None
    found = records(spool)
    assert (found[0].seq, last_seq(found[-1]), spool.start, spool.acked) == (101, 2_000, 101, 100)
    assert is_contiguous(found)
    (hole,) = [r for r in found if isinstance(r.reading, Dropped)]
    assert (hole.seq, hole.device, hole.reading) == (500, "gate-1", Dropped(599))
    assert spool.append("d", OPEN, 1) == 2_001


def test_a_torn_page_does_not_stop_the_agent(open_spool, tmp_path):
    first = open_spool(SpoolLimits(bytes_max=1 << 20))
    first.append_many([Entry("d", OPEN, n) for n in range(1, 2_001)])
    first.abandon()
    path = tmp_path / "spool.db"
    data = bytearray(path.read_bytes())
    data[4096 * 12 : 4096 * 20] = b"\xa5" * (4096 * 8)
    path.write_bytes(data)
    spool = open_spool(SpoolLimits(bytes_max=1 << 20))
    assert spool.damaged is not None
    assert 0 < spool.rows < 2_000
    assert is_contiguous(records(spool))


def damaged_log(open_spool, tmp_path, spoil):
    """A log of 2,000 readings whose receipts go up to 100, opened after `spoil` has changed its pages."""
    first = open_spool(SpoolLimits(bytes_max=1 << 20))
    first.confirm()
    first.append_many([Entry("d", OPEN, n) for n in range(1, 2_001)])
    first.acknowledge(100)
    first.close()
    open_spool(SpoolLimits(bytes_max=1 << 20)).abandon()
    path = tmp_path / "spool.db"
    data = bytearray(path.read_bytes())
    spoil(data)
    path.write_bytes(data)
    spool = open_spool(SpoolLimits(bytes_max=1 << 20))
    assert spool.damaged is not None
    found = records(spool)
    assert is_contiguous(found)
    return found


def test_what_lies_behind_a_torn_page_is_carried_over_and_the_hole_is_told(open_spool, tmp_path):
    def spoil(data):
        data[4096 * 12 : 4096 * 20] = b"\xa5" * (4096 * 8)

    found = damaged_log(open_spool, tmp_path, spoil)
    assert (found[0].seq, found[-1].seq) == (101, 2_000)
    (hole,) = [r for r in found if isinstance(r.reading, Dropped)]
    assert 1 < last_seq(hole) - hole.seq < 1_000


def test_an_end_that_cannot_be_read_is_told_as_dropped_up_to_the_last_known_number(open_spool, tmp_path):
    def spoil(data):
        data[-4096 * 3 :] = b"\xa5" * (4096 * 3)

    found = damaged_log(open_spool, tmp_path, spoil)
    assert (found[0].seq, found[-1].device, found[-1].reading) == (101, "gate-1", Dropped(2_000))
    assert 1_000 < found[-1].seq < 2_000
    assert not any(isinstance(r.reading, Dropped) for r in found[:-1])


def test_a_beginning_that_cannot_be_read_is_told_as_dropped(open_spool, tmp_path):
    def spoil(data):
        page = data.index(b'"seq":101,') // 4096
        data[4096 * page : 4096 * (page + 1)] = b"\xa5" * 4096

    found = damaged_log(open_spool, tmp_path, spoil)
    assert (found[0].seq, found[-1].seq) == (101, 2_000)
    assert isinstance(found[0].reading, Dropped)


class Killed(BaseException):
    """The process ends here."""


STEPS = ("rename spool.db-wal", "rename spool.db", "carry_over")


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_while_a_damaged_log_is_set_aside_loses_nothing(open_spool, tmp_path, monkeypatch, step):
    folder = tmp_path / "image"
    folder.mkdir()
    first = open_spool()
    first.append_many([Entry("d", OPEN, n) for n in range(1, 101)])
    first._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    first.append_many([Entry("d", OPEN, n) for n in range(101, 201)])  # in the write-ahead log alone
    subprocess.run([shutil.which("cp") or "cp", tmp_path / "spool.db", tmp_path / "spool.db-wal", folder], check=True)
    spoiled = [True]
    check = spool_file.check

    def find_damage(db):
        check(db)
        if spoiled.pop() if spoiled else False:
            raise spool_file.Damaged("planted")

    def killing(name, real):
        def call(path, *rest):
            if step in (name, f"{name} {getattr(path, 'name', '')}"):
                raise Killed
            return real(path, *rest)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(spool_file, "check", find_damage)
        patch.setattr(Path, "rename", killing("rename", Path.rename))
        patch.setattr(spool_open, "carry_over", killing("carry_over", spool_open.carry_over))
        with pytest.raises(Killed):
            open_spool(folder=folder)
    spool = open_spool(folder=folder)
    assert spool.damaged == folder / "spool.db.damaged-1"
    assert [r.seq for r in records(spool)] == list(range(1, 201))
    assert not list(folder.glob("*.unsettled"))
    spool.close()
    again = open_spool(folder=folder)
    assert (again.damaged, again.unclean, again.head) == (None, False, 200)


def test_only_a_few_damaged_files_are_kept(open_spool, tmp_path):
    for _ in range(6):
        (tmp_path / "spool.db").write_bytes(b"junk" * 2_000)
        open_spool().abandon()
    kept = sorted(path.name for path in tmp_path.glob("*.damaged-*") if path.name[-1].isdigit())
    assert kept == ["spool.db.damaged-4", "spool.db.damaged-5", "spool.db.damaged-6"]


WRITER = """
import sys
from itertools import pairwise
from pathlib import Path
from contract.clock import SystemClock
from contract.readings import DoorContact
from edge.spool import Spool, SpoolLimits
spool = Spool.open(Path(sys.argv[1]), "gate-1", SpoolLimits(), SystemClock())
while True:
    seq = spool.append("door-1", DoorContact(True), 1)
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


def test_a_kill_loses_nothing_that_was_accepted(open_spool, tmp_path):
    accepted = 0
    for stop_after in (3, 40, 150):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "spool.db")],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert child.stdout is not None
        for _ in range(stop_after):
            accepted = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().splitlines(keepends=True)
        accepted = max([accepted, *(int(line) for line in rest if line.endswith(b"\n"))])
        child.stdout.close()
        child.wait()
    spool = open_spool()
    assert spool.unclean
    assert spool.epoch == 4
    assert spool.head >= accepted
    assert [r.seq for r in records(spool)] == list(range(1, spool.head + 1))


def test_an_image_of_the_running_log_holds_everything_synced(open_spool, tmp_path):
    spool = open_spool()
    for n in range(30):
        spool.append("d", OPEN, n)
    image = tmp_path / "image"
    image.mkdir()
    # By another process: closing a second handle of the file in this one would drop SQLite's lock on it.
    subprocess.run([shutil.which("cp") or "cp", tmp_path / "spool.db", tmp_path / "spool.db-wal", image], check=True)
    assert len(records(open_spool(folder=image))) == 30
