"""The gate's journal: what was decided is neither lost nor doubled, whenever the agent was killed."""

import os

import pytest

from contract.envelope import decode_record
from contract.readings import AccessDecided, CardRead
from edge import gate_journal
from edge.gate_journal import FILE, SIZE_BYTES, GateJournal
from edge.spool import Entry, SpoolFull
from edge.whereabouts import Went


def rows(number=1):
    return [
        Entry("reader", CardRead(bits=26, card="ab"), number),
        Entry("reader", AccessDecided(card="ab", granted=True, reason="permit"), number),
    ]


def went(number=1):
    return Went("h", "p", "c", "estate", number)


def kept(spool):
    found = [decode_record(body) for body in spool.page(1, 10**7, 10**5).records]
    return [Entry(one.device, one.reading, one.at_us, one.device_at_us) for one in found]


@pytest.fixture
def moves():
    return []


def opened(tmp_path, spool, moves):
    journal = GateJournal(tmp_path)
    journal.open(spool, moves.append)
    return journal


@pytest.mark.parametrize("killed", ["before the log", "in front of done", "after done"])
def test_a_kill_at_any_step_neither_loses_nor_doubles_a_decision(tmp_path, open_spool, moves, killed):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    for number in range(1, 4):
        row = journal.write(rows(number), went(number), spool.stream, spool.head)
        if number == 3 and killed == "before the log":
            break
        spool.append_many(rows(number))
        if number == 3 and killed == "in front of done":
            break
        journal.done(row)
    again = opened(tmp_path, spool, moves)
    assert kept(spool) == [*rows(1), *rows(2), *rows(3)]
    assert [one.at_us for one in moves] == ([] if killed == "after done" else [3])
    assert again.counters.replayed == (killed == "before the log")
    opened(tmp_path, spool, moves)
    assert len(kept(spool)) == 6


def test_rows_of_several_readers_that_end_in_another_order_are_replayed_once(tmp_path, open_spool, moves):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    first = journal.write(rows(1), None, spool.stream, spool.head)
    second = journal.write(rows(2), went(2), spool.stream, spool.head)
    assert (first, second) == (1, 2)
    spool.append_many(rows(2))
    journal.done(second)
    opened(tmp_path, spool, moves)
    assert sorted(kept(spool), key=lambda one: one.at_us) == [*rows(1), *rows(2)]


def test_half_of_a_decision_that_the_log_has_is_not_doubled(tmp_path, open_spool, moves):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    journal.write(rows(), None, spool.stream, spool.head)
    spool.append_many(rows()[:1])
    opened(tmp_path, spool, moves)
    assert kept(spool) == rows()


def test_an_earlier_lap_s_rows_are_not_taken_for_this_one_s(tmp_path, open_spool, moves):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    many = [journal.write(rows(n), None, spool.stream, spool.head) for n in range(1, 6)]
    for n, row in enumerate(many, 1):
        spool.append_many(rows(n))
        journal.done(row)
    journal.write(rows(9), None, spool.stream, spool.head)
    opened(tmp_path, spool, moves)
    assert [one.at_us for one in kept(spool)[::2]] == [1, 2, 3, 4, 5, 9]


def test_a_torn_row_ends_the_journal_and_noise_is_none(tmp_path, open_spool, moves):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    for n in (1, 2):
        journal.write(rows(n), None, spool.stream, spool.head)
    end = journal._end
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(end - 3)
        file.write(b"\0\0")
    opened(tmp_path, spool, moves)
    assert kept(spool) == rows(1)
    for noise in (b"", b"x", os.urandom(4096), b"WKGATE1\0" + b"\xff" * 300):
        (tmp_path / FILE).write_bytes(noise)
        opened(tmp_path, spool, moves)
    assert kept(spool) == rows(1)


def test_a_journal_has_its_size_at_once_and_what_finds_no_room_is_counted(tmp_path, open_spool, moves, monkeypatch):
    spool = open_spool()
    journal = opened(tmp_path, spool, moves)
    assert (tmp_path / FILE).stat().st_size == SIZE_BYTES
    monkeypatch.setattr(gate_journal, "SIZE_BYTES", 600)
    numbers = [journal.write(rows(n), None, spool.stream, spool.head) for n in range(4)]
    assert numbers[-1] == 0
    assert journal.counters.full > 0
    for number in numbers:
        journal.done(number)
    assert journal.write(rows(9), None, spool.stream, spool.head)


def test_a_folder_that_takes_no_journal_stops_no_gate(tmp_path, open_spool, moves):
    spool = open_spool()
    (tmp_path / FILE).mkdir()
    journal = opened(tmp_path, spool, moves)
    assert journal.write(rows(), None, spool.stream, spool.head) == 0
    journal.done(0)
    journal.close()


def test_what_a_full_disk_does_not_take_at_the_start_is_counted(tmp_path, open_spool, moves, monkeypatch):
    spool = open_spool()
    opened(tmp_path, spool, moves).write(rows(), went(), spool.stream, spool.head)

    def full(*_args):
        raise SpoolFull("full")

    monkeypatch.setattr(spool, "append_many", full)
    assert opened(tmp_path, spool, moves).counters.lost == 1
    assert moves == [went()]
