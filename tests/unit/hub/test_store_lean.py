"""Single statements by the driver itself, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from hub.store import bulk
from hub.store.engine import open_engine
from hub.store.lean import LeanReader
from hub.store.migrate import migrate


@pytest.fixture
def lean(any_url):
    migrate(engine := open_engine(any_url))
    engine.dispose()
    reads = open_engine(any_url, read_only=True)
    reader = LeanReader(reads)
    yield reader, reads
    reader.close()
    reads.dispose()


def _rows(cursor):
    return cursor.fetchall()


def test_each_question_sees_what_is_committed_by_then(lean, any_url):
    reader, _ = lean
    count = reader.sql("SELECT count(*) FROM watermark WHERE site = ?")
    assert reader.ask(count, ("garden",), _rows)[0][0] == 0
    writer = open_engine(any_url)
    with writer.begin() as connection:
        bulk.run(connection, "INSERT INTO watermark VALUES (?, ?, ?)", ("garden", "door-1", 5))
    writer.dispose()
    assert reader.ask(count, ("garden",), _rows)[0][0] == 1


def test_several_threads_at_once_are_all_answered(lean):
    reader, _ = lean
    both = Barrier(2)

    def ask(number):
        return reader.ask(
            reader.sql("SELECT CAST(? AS INTEGER)"), (number,), lambda cursor: (both.wait(5), cursor.fetchall()[0][0])[1]
        )

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, (1, 2))) == [1, 2]


def test_a_statement_that_fails_costs_itself_alone(lean):
    reader, engine = lean
    for _ in range(30):  # more than the pool holds
        with pytest.raises(bulk.errors(engine)):
            reader.ask("SELECT nothing FROM nowhere", (), _rows)
    assert reader.ask("SELECT 1", (), _rows)[0][0] == 1
