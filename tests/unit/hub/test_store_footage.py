"""The index of footage as rows, on both databases: folded in, looked up, dropped."""

import random
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from contract.clock import US_PER_S
from contract.footage import NoSpan
from hub.duties.localtime import DAY, day_us
from hub.footage.coverage import Hole, Run, holes, runs_of
from hub.footage.packing import HOUR_US, Piece
from hub.store.engine import open_engine
from hub.store.footage_reads import FootageReads
from hub.store.footage_rows import Folded, Track, drop, fold, write_footage
from hub.store.migrate import migrate

S = US_PER_S
T0 = 1_790_000_000_000_000 // (24 * HOUR_US) * (24 * HOUR_US)
TRACK = Track("garden", "camera-1", "main")


@pytest.fixture
def engine(any_url):
    engine = open_engine(any_url)
    migrate(engine)
    yield engine
    engine.dispose()


def _pieces(from_s, count, length_s=10, skew_us=0):
    return [
        Piece(T0 + at * S, T0 + at * S + skew_us, T0 + (at + length_s) * S + skew_us, 1_000 + at % 97)
        for at in range(from_s, from_s + count * length_s, length_s)
    ]


def _fold(engine, *batches, track=TRACK):
    done = []
    for batch in batches:
        with engine.begin() as connection:
            done.append(fold(connection, track, batch))
    return done


def _drop(engine, *spans, reason="due"):
    with engine.begin() as connection:
        return drop(connection, TRACK, [NoSpan(*span) for span in spans], reason)


def _count(engine, table):
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()


def _all(engine):
    return FootageReads(engine, "garden").pieces("camera-1", "main", 0, T0 + 999 * HOUR_US)


def test_an_hour_is_packed_when_the_next_one_begins(engine):
    pieces = _pieces(0, 361)
    _fold(engine, *([piece] for piece in pieces[:20]), pieces[20:360])
    assert (_count(engine, "footage_tail"), _count(engine, "footage_hour")) == (360, 0)
    _fold(engine, pieces[360:])
    assert (_count(engine, "footage_tail"), _count(engine, "footage_hour")) == (1, 1)
    assert _all(engine) == pieces
    assert _count(engine, "footage_run") == 1


@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_and_however_often_they_are_told_the_same_stands(engine, seed):
    dice = random.Random(seed)
    pieces = [one for one in _pieces(0, 1_500) if dice.random() > 0.02]
    told = sorted(pieces, key=lambda one: one.no + dice.choice([0, 0, 0, 5_000, 40]) * S) + dice.sample(pieces, 200)
    while told:
        size = dice.choice([1, 30, 400])
        _fold(engine, told[:size])
        told = told[size:]
    assert _all(engine) == pieces
    reads = FootageReads(engine, "garden")
    line = reads.line("camera-1", "main", T0, T0 + 15_000 * S)
    assert list(line.runs) == runs_of(pieces)
    assert list(line.holes) == holes(runs_of(pieces), max(T0, pieces[0].start_us), T0 + 15_000 * S)
    for at_us in range(T0, T0 + 15_000 * S, 77 * S):
        shown = next((one for one in pieces if one.start_us <= at_us < one.end_us), None)
        assert reads.piece_at("camera-1", "main", at_us) == shown


def test_a_segment_that_is_told_again_is_the_same_one_also_by_a_clock_that_was_set_right_since(engine):
    pieces = _pieces(0, 400)
    skewed = _pieces(3_590, 3, skew_us=15 * S)
    assert _fold(engine, pieces, skewed, pieces[-2:]) == [Folded(400), Folded(known=3), Folded(known=2)]
    assert _all(engine) == pieces


def test_two_segments_of_one_moment_stay_two(engine):
    first, second = Piece(5, T0, T0 + 10 * S, 1), Piece(6, T0, T0 + 10 * S, 2)
    _fold(engine, [first, second], _pieces(7_200, 1))
    assert _all(engine)[:2] == [first, second]
    assert FootageReads(engine, "garden").piece_at("camera-1", "main", T0 + S) == second


def test_a_segment_over_an_hours_edge_is_found_from_both_sides(engine):
    long = Piece(1, T0 + 100 * S, T0 + 7_000 * S, 1)
    _fold(engine, [long], _pieces(7_300, 1))
    reads = FootageReads(engine, "garden")
    assert reads.piece_at("camera-1", "main", T0 + 6_999 * S) == long
    assert reads.piece_at("camera-1", "main", T0 + 7_000 * S) is None
    assert reads.pieces("camera-1", "main", T0 + 6_000 * S, T0 + 6_001 * S) == [long]
    assert reads.piece_at("camera-1", "sub", T0 + 200 * S) is None


def test_an_hour_that_is_full_takes_no_more_and_says_so(engine, monkeypatch):
    monkeypatch.setattr("hub.store.footage_rows.HOUR_PIECES_MAX", 50)
    assert _fold(engine, _pieces(0, 60)) == [Folded(50, crowded=10)]
    assert _fold(engine, _pieces(3_600, 1), _pieces(900, 5)) == [Folded(1), Folded(crowded=5)]
    line = FootageReads(engine, "garden").line("camera-1", "main", T0, T0 + 3_600 * S)
    assert line.runs[0] == Run(T0, T0 + 500 * S)


def test_what_is_dropped_on_its_day_is_no_hole_and_what_is_found_missing_is_one(engine):
    pieces = _pieces(0, 1_000)
    _fold(engine, pieces)
    reads = FootageReads(engine, "garden")
    assert _drop(engine, (pieces[0].no, pieces[719].no)) == 720
    assert _all(engine) == pieces[720:]
    assert reads.holes("camera-1", "main", T0, T0 + 10_000 * S) == []
    assert _drop(engine, (pieces[800].no, pieces[809].no), reason="missing") == 10
    assert _drop(engine, (pieces[995].no, pieces[996].no), (pieces[999].no, 2**60), reason="drop_oldest") == 3
    assert reads.holes("camera-1", "main", T0, T0 + 9_990 * S) == [
        Hole(pieces[800].start_us, pieces[809].end_us, "missing"),
        Hole(pieces[995].start_us, pieces[996].end_us, "drop_oldest"),
    ]
    assert _drop(engine, (pieces[0].no, pieces[719].no)) == 0
    assert reads.oldest() == pieces[720].start_us
    _drop(engine, (0, 2**61))
    assert (reads.oldest(), _all(engine)) == (None, [])
    assert [(one.device, one.stream, one.begins_us) for one in reads.tracks()] == [("camera-1", "main", None)]


@pytest.mark.parametrize("seed", range(4))
def test_after_any_drops_the_runs_are_those_of_what_is_left(engine, seed):
    dice = random.Random(seed)
    pieces = _pieces(0, 900)
    _fold(engine, pieces)
    left = pieces
    for _ in range(12):
        first = dice.randrange(900)
        last = min(899, first + dice.choice([0, 3, 100, 400]))
        _drop(engine, (pieces[first].no, pieces[last].no), reason="missing")
        left = [one for one in left if not pieces[first].no <= one.no <= pieces[last].no]
    assert _all(engine) == left
    line = FootageReads(engine, "garden").line("camera-1", "main", T0, T0 + 9_000 * S)
    assert [run for run in line.runs if run.what == "there"] == runs_of(left)
    assert sum(hole.until_us - hole.from_us for hole in line.holes) == (900 - len(left)) * 10 * S


def test_a_day_is_the_estates_and_ends_now_and_nothing_is_a_hole_before_there_was_any(engine):
    zone = ZoneInfo("Asia/Shanghai")
    day = date(2026, 9, 22)
    from_us, until_us = day_us(zone, day), day_us(zone, day + DAY)
    assert until_us - from_us == 24 * HOUR_US
    reads = FootageReads(engine, "garden")
    assert reads.day("camera-1", "main", day, zone, until_us).since_us is None
    begins = (from_us - T0) // S + 3_600
    _fold(engine, _pieces(begins, 60))
    line = reads.day("camera-1", "main", day, zone, from_us + 2 * HOUR_US)
    assert line.runs == (Run(from_us + HOUR_US, from_us + HOUR_US + 600 * S),)
    assert line.holes == (Hole(from_us + HOUR_US + 600 * S, from_us + 2 * HOUR_US),)


def test_ten_second_segments_take_few_bytes_each(engine):
    def taken():
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                pages, size = (connection.exec_driver_sql(f"PRAGMA {what}").scalar_one() for what in ("page_count", "page_size"))
                return pages * size
            return connection.exec_driver_sql("SELECT pg_total_relation_size('footage_hour')").scalar_one()

    dice, before = random.Random(2), taken()
    for at_s in range(0, 48 * 3_600, 3_600):
        hour = [
            one._replace(no=one.no + dice.randrange(50_000), size_bytes=dice.randrange(1 << 22)) for one in _pieces(at_s, 360)
        ]
        _fold(engine, hour)
    _fold(engine, _pieces(48 * 3_600, 1))
    assert (taken() - before) / (48 * 360) <= (30 if engine.dialect.name == "sqlite" else 40)


def test_a_hole_that_began_before_the_time_that_is_asked_for_has_its_cause_all_the_same(engine):
    _fold(engine, _pieces(0, 10), _pieces(5_000, 10))
    with engine.begin() as connection:
        write_footage(connection, "garden", (), {("garden", "camera-1", "", T0 + 101 * S): "camera_lost"})
    reads = FootageReads(engine, "garden")
    line = reads.line("camera-1", "main", T0 + 3_000 * S, T0 + 5_200 * S)
    asked = reads.explained(line, "camera-1", "main", "gatehouse", ("gate",), T0 + 5_150 * S)
    assert [(hole.from_us, hole.cause) for hole in asked.holes] == [
        (T0 + 3_000 * S, "camera_lost"), (T0 + 5_100 * S, "agent_silent"),
    ]  # fmt: skip


def test_an_agent_that_was_heard_is_not_why_a_hole_lasts(engine):
    _fold(engine, _pieces(0, 10))
    now_us = T0 + 400 * S
    with engine.begin() as connection:
        row = ("garden", "s1", "gatehouse", 1, 1, "boot", now_us - 5 * S, 0, 0)
        connection.exec_driver_sql(f"INSERT INTO stream VALUES {row!r}")
    reads = FootageReads(engine, "garden")
    line = reads.line("camera-1", "main", T0, now_us)
    (hole,) = reads.explained(line, "camera-1", "main", "gatehouse", (), now_us).holes
    assert hole.cause == "unknown"
    (hole,) = reads.explained(line, "camera-1", "main", "gatehouse", (), now_us + 300 * S).holes
    assert hole.cause == "unknown", "the hole that is asked for was over by then"
