"""The log, one property at a time. The whole is in test_edge_spool_model.py, its files in test_edge_spool_files.py."""

import sqlite3
from threading import Thread
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.envelope import decode_record, last_seq
from contract.readings import CardRead, Dropped, ObjectSeen
from edge.spool import Entry, SpoolFailed, SpoolFull, SpoolLimits
from tests.support.spool_rig import FLOW, LOOP, OPEN, SMALL, is_contiguous, records


def test_a_reading_is_kept_as_it_is_sent(open_spool):
    spool = open_spool()
    assert spool.append("reader-1", CardRead(26, card="ab"), 5, device_at_us=4) == 1
    assert spool.append("door-1", OPEN, 6) == 2
    first, second = records(spool)
    assert (first.seq, first.device, first.at_us, first.device_at_us, first.reading) == (
        1,
        "reader-1",
        5,
        4,
        CardRead(26, card="ab"),
    )
    assert (second.seq, second.reading) == (2, OPEN)
    assert (spool.floor, spool.head, spool.rows) == (1, 2, 2)


def test_several_readings_are_written_all_or_none(open_spool):
    spool = open_spool()
    too_long = ObjectSeen("x" * 70_000, 0.5)
    with pytest.raises(ValueError, match="cut its text"):
        spool.append_many([Entry("a", OPEN, 1), Entry("a", too_long, 2)])
    assert spool.head == 0
    assert spool.append_many([Entry("a", OPEN, 1), Entry("b", FLOW, 2)]) == 2
    assert [r.device for r in records(spool)] == ["a", "b"]
    assert spool.append_many([]) == 2


def test_a_boot_is_counted_and_an_unclean_one_is_known(open_spool):
    first = open_spool()
    assert (first.epoch, first.unclean, first.boot_head) == (1, False, 0)
    first.append("a", OPEN, 1)
    first.confirm()
    first.close()
    second = open_spool()
    assert (second.epoch, second.unclean, second.boot_head, second.stream) == (2, False, 1, first.stream)
    assert second.boot != first.boot
    second.abandon()
    assert open_spool().unclean


def test_a_boot_that_the_hub_never_answered_does_not_move_the_boot_head(open_spool):
    first = open_spool()
    first.confirm()
    first.append_many([Entry("a", OPEN, n) for n in range(5)])
    first.close()
    second = open_spool()  # never answered
    assert second.boot_head == 5
    second.append("a", OPEN, 9)
    second.close()
    assert open_spool().boot_head == 5


def test_a_page_stops_at_its_limits(open_spool):
    spool = open_spool()
    spool.append_many([Entry("a", FLOW, n) for n in range(100)])
    one = len(spool.page(1, 60_000, 1).records[0])
    page = spool.page(1, one * 10, 500)
    assert sum(len(body) + 1 for body in page.records) <= one * 10
    assert len(page.records) == page.last_seq == 9
    assert spool.page(95, 60_000, 3).last_seq == 97
    assert spool.page(101, 60_000, 500) == (101, 100, [])


def test_receipted_rows_go_first_and_without_a_tomb(open_spool):
    spool = open_spool()
    for _ in range(5):
        last = spool.append_many([Entry("m", FLOW, n) for n in range(100)])
        spool.acknowledge(last)
    assert spool.floor > 1
    assert spool.size_bytes <= SMALL.bytes_max
    found = records(spool)
    assert is_contiguous(found)
    assert not any(isinstance(r.reading, Dropped) for r in found)
    assert spool.dropped == 0
    assert spool.counters.released == spool.floor - 1


def test_a_full_spool_drops_measurements_then_events_then_alarms_oldest_first(open_spool):
    spool = open_spool()
    for n in range(40):
        spool.append_many([Entry("m", FLOW, n)] * 20 + [Entry("l", LOOP, n)] * 2 + [Entry("d", OPEN, n)])
    kept = [r.reading.SORT for r in records(spool) if not isinstance(r.reading, Dropped)]
    assert spool.counters.dropped_measurements > 0
    assert spool.counters.dropped_events == spool.counters.dropped_alarms == 0
    assert kept.count("alarm") == 40
    for n in range(400):
        spool.append_many([Entry("d", OPEN, n)] * 3)
    found = records(spool)
    kept = [r.reading.SORT for r in found if not isinstance(r.reading, Dropped)]
    assert spool.counters.dropped_alarms > 0
    assert set(kept) == {"alarm"}
    assert is_contiguous(found)
    assert found[0].seq == 1
    assert last_seq(found[-1]) == spool.head
    assert spool.size_bytes <= SMALL.bytes_max
    told = sum(r.reading.measurements + r.reading.events + r.reading.alarms for r in found if isinstance(r.reading, Dropped))
    assert told == spool.dropped
    assert told + len(kept) == spool.head
    assert [r.at_us for r in found[1:]] == sorted(r.at_us for r in found[1:]), "a range has the time of its last reading"
    assert found[0].at_us > 0


def test_a_tomb_is_split_where_the_hub_already_holds_a_part(open_spool):
    spool = open_spool()
    spool.append_many([Entry("d", OPEN, 1)] * 3 + [Entry("m", FLOW, 1)] * 600)
    (tomb,) = [r for r in records(spool) if isinstance(r.reading, Dropped)]
    middle = tomb.seq + 10
    rest: Any = decode_record(spool.page(middle, 60_000, 1).records[0])
    assert rest.seq == middle
    assert rest.reading.last_seq == tomb.reading.last_seq
    assert rest.reading.measurements == tomb.reading.measurements - 10
    spool.acknowledge(middle)
    assert spool.page(spool.acked + 1, 60_000, 1).first_seq == middle + 1


def test_what_the_hub_lost_counts_as_unreceipted_again(open_spool):
    spool = open_spool()
    spool.append_many([Entry("m", FLOW, 1)] * 100)
    spool.acknowledge(100)
    spool.acknowledge(50)
    assert spool.acked == 100
    spool.acknowledge(50, lower=True)
    assert spool.acked == 50
    spool.append_many([Entry("d", OPEN, 1)] * 500)
    told: Any = decode_record(spool.page(51, 60_000, 1).records[0]).reading
    assert told.measurements == 50


def test_old_receipted_rows_go_by_age_and_unreceipted_ones_do_not(open_spool, clock):
    spool = open_spool(SpoolLimits(bytes_max=1 << 20, age_us_max=60 * US_PER_S))
    spool.append_many([Entry("m", FLOW, clock.now_us())] * 10)
    clock.advance_us(3_600 * US_PER_S)
    spool.acknowledge(4)
    assert (spool.floor, spool.rows) == (5, 6)


def test_the_last_row_stays_so_that_numbers_never_restart(open_spool, clock):
    spool = open_spool(SpoolLimits(bytes_max=1 << 20, age_us_max=1))
    spool.append_many([Entry("m", FLOW, 1)] * 10)
    spool.acknowledge(10)
    assert (spool.floor, spool.head) == (10, 10)
    spool.close()
    assert open_spool().append("m", FLOW, 2) == 11


def test_a_new_stream_keeps_what_lies_above_the_cut(open_spool):
    spool = open_spool()
    spool.append_many([Entry("m", FLOW, n) for n in range(10)])
    spool.confirm()
    old = spool.stream
    spool.begin_new_stream(4)
    assert spool.stream != old
    assert (spool.start, spool.floor, spool.head, spool.acked, spool.boot_head, spool.confirmed) == (5, 5, 10, 4, 10, False)
    assert [r.seq for r in records(spool)] == [5, 6, 7, 8, 9, 10]
    spool.begin_new_stream(10)
    assert (spool.start, spool.head, spool.rows) == (11, 10, 0)
    assert spool.append("m", FLOW, 1) == 11
    spool.close()
    again = open_spool()
    assert (again.start, again.floor, again.head) == (11, 11, 11)


def test_a_new_stream_may_begin_inside_a_dropped_range(open_spool):
    spool = open_spool()
    spool.append_many([Entry("m", FLOW, 1)] * 600)
    tomb = records(spool)[0]
    spool.begin_new_stream(10)
    found = records(spool)
    assert found[0].seq == 11
    assert found[0].reading.last_seq == tomb.reading.last_seq
    assert is_contiguous(found)


def test_threads_append_without_a_hole(open_spool):
    spool = open_spool(SpoolLimits())
    given: list[int] = []

    def work(name):
        given.extend(spool.append(name, OPEN, n) for n in range(50))

    threads = [Thread(target=work, args=(f"d{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 201))
    assert [r.seq for r in records(spool)] == list(range(1, 201))


def test_every_append_is_synced(open_spool):
    spool = open_spool()
    assert spool._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert spool._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_receipts_are_written_down_at_the_latest_at_the_end(open_spool):
    spool = open_spool()
    spool.append_many([Entry("d", OPEN, n) for n in range(10)])
    spool.acknowledge(3)
    spool.acknowledge(7)
    spool.close()
    assert open_spool().acked == 7


# Faults of the disk


class FaultyDisk(sqlite3.Connection):
    """Fails each statement that begins with `on` while `times` last."""

    on = ""
    times = 0
    error = sqlite3.SQLITE_IOERR_FSYNC
    name = "SQLITE_IOERR_FSYNC"
    seen = 0
    connect: Any = None

    def execute(self, sql, *args):
        cls = type(self)
        if cls.on and sql.startswith(cls.on):
            cls.seen += 1
            if cls.times > 0:
                cls.times -= 1
                err = sqlite3.OperationalError("planted")
                err.sqlite_errorcode = cls.error
                err.sqlite_errorname = cls.name
                raise err
        return super().execute(sql, *args)


@pytest.fixture
def disk():
    class Disk(FaultyDisk):
        pass

    def connect(*args, **more):
        return sqlite3.connect(*args, factory=Disk, **more)

    Disk.connect = connect
    return Disk


def test_a_failed_sync_is_never_tried_again(open_spool, disk):
    spool = open_spool(connect=disk.connect)
    spool.append("a", OPEN, 1)
    disk.on, disk.times = "INSERT INTO record", 1
    with pytest.raises(SpoolFailed, match="SQLITE_IOERR_FSYNC"):
        spool.append("a", OPEN, 2)
    for use in (lambda: spool.append("a", OPEN, 3), lambda: spool.page(1, 100, 1), spool.confirm, lambda: spool.acknowledge(1)):
        with pytest.raises(SpoolFailed):
            use()
    spool.close()  # touches nothing
    assert disk.seen == 1


def test_a_full_disk_drops_by_the_rule_and_takes_the_reading(open_spool, tmp_path, disk):
    spool = open_spool(connect=disk.connect)
    assert (tmp_path / "spool.db.reserve").stat().st_size == SMALL.bytes_max // 8
    spool.append_many([Entry("m", FLOW, 1)] * 300)
    disk.on, disk.times, disk.error, disk.name = "INSERT INTO record VALUES (?, 1", 1, sqlite3.SQLITE_FULL, "SQLITE_FULL"
    assert spool.append("d", OPEN, 2) == 301
    assert spool.counters.disk_full == 1
    assert spool.counters.dropped_measurements > 0
    assert not (tmp_path / "spool.db.reserve").exists()
    assert is_contiguous(records(spool))


def test_a_really_full_file_drops_too(open_spool):
    spool = open_spool(SpoolLimits(bytes_max=8 << 20))
    spool.append_many([Entry("m", FLOW, 1)] * 1_000)
    pages = spool._db.execute("PRAGMA page_count").fetchone()[0]
    spool._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    for n in range(300):
        spool.append("d", OPEN, n)
    assert spool.counters.disk_full > 0
    assert spool.dropped > 0
    found = records(spool)
    assert is_contiguous(found)
    assert last_seq(found[-1]) == spool.head == 1_300


def test_a_disk_with_nothing_left_to_drop_refuses_and_lives(open_spool, disk):
    spool = open_spool(connect=disk.connect)
    disk.on, disk.times, disk.error, disk.name = "INSERT INTO record", 10, sqlite3.SQLITE_FULL, "SQLITE_FULL"
    with pytest.raises(SpoolFull):
        spool.append("d", OPEN, 1)
    assert spool.counters.refused == 1
    disk.times = 0
    assert spool.append("d", OPEN, 1) == 1


def test_the_reserve_comes_back_when_there_is_room(open_spool, tmp_path, clock, disk):
    spool = open_spool(connect=disk.connect)
    disk.on, disk.times, disk.error, disk.name = "INSERT INTO record", 1, sqlite3.SQLITE_FULL, "SQLITE_FULL"
    spool.append("d", OPEN, 1)
    clock.advance_us(61 * US_PER_S)
    spool.append("d", OPEN, 1)
    spool.acknowledge(2)
    assert (tmp_path / "spool.db.reserve").exists()


@pytest.mark.parametrize("statement", ["INSERT OR REPLACE INTO log", "BEGIN IMMEDIATE", "PRAGMA journal_mode"])
def test_an_agent_starts_on_a_full_disk_by_letting_its_reserve_go(open_spool, tmp_path, disk, statement):
    first = open_spool()
    first.append("d", OPEN, 1)
    first.close()
    reserve = tmp_path / "spool.db.reserve"
    disk.on, disk.times, disk.error, disk.name = statement, 1, sqlite3.SQLITE_FULL, "SQLITE_FULL"
    reserve.write_bytes(b"old")
    spool = open_spool(connect=disk.connect)
    assert (spool.epoch, spool.head, spool.unclean) == (2, 1, False)
    assert not reserve.exists() or reserve.read_bytes() != b"old"
    spool.close()
    reserve.unlink(missing_ok=True)
    disk.times = 1
    with pytest.raises(SpoolFailed, match="SQLITE_FULL"):
        open_spool(connect=disk.connect)
