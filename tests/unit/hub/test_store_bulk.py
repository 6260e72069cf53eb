"""Many rows in one statement, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.store import bulk, schema
from hub.store.engine import open_engine
from hub.store.migrate import migrate

COUNTS = [1, 31, 32, 33, 64, 65, 200]


@pytest.fixture
def engine(any_url: str) -> Iterator[Engine]:
    made = open_engine(any_url)
    migrate(made)
    yield made
    made.dispose()


def marks(count: int, up_to_us: int = 0) -> list[tuple[str, str, int]]:
    return [("garden", f"door-{number}", up_to_us + number) for number in range(count)]


def stored(engine: Engine) -> set[tuple[str, str, int]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(select(schema.watermark))}


@pytest.mark.parametrize("count", COUNTS)
def test_every_row_is_added_then_replaced_then_removed(engine: Engine, count: int):
    with engine.begin() as connection:
        bulk.insert(connection, schema.watermark, marks(count))
    assert stored(engine) == set(marks(count))
    with engine.begin() as connection:
        bulk.upsert(connection, schema.watermark, marks(count + 1, 1_000))
    assert stored(engine) == set(marks(count + 1, 1_000))
    with engine.begin() as connection:
        bulk.delete(connection, schema.watermark, [row[:2] for row in marks(count)])
    assert stored(engine) == {marks(count + 1, 1_000)[-1]}


@pytest.mark.parametrize("count", [1, 32])
def test_a_row_that_is_there_is_an_error_of_sqlalchemys_that_tells_no_values(engine: Engine, count: int):
    with engine.begin() as connection:
        bulk.insert(connection, schema.watermark, marks(count))
    with pytest.raises(IntegrityError) as raised, engine.begin() as connection:
        bulk.insert(connection, schema.watermark, marks(count, 7))
    assert "door-0" not in str(raised.value).split("DETAIL")[0]
    assert stored(engine) == set(marks(count))


def test_one_statement_says_how_many_rows_it_changed(engine: Engine):
    with engine.begin() as connection:
        bulk.insert(connection, schema.watermark, marks(3))
        sql = "UPDATE watermark SET up_to_us = ? WHERE site = ? AND up_to_us >= ?"
        assert bulk.run(connection, sql, (9, "garden", 1)) == 2
        assert bulk.run(connection, sql, (9, "nowhere", 1)) == 0


def test_a_value_is_looked_up_outside_of_any_transaction(engine: Engine):
    with engine.begin() as connection:
        bulk.insert(connection, schema.watermark, marks(2))
    sql = "SELECT up_to_us FROM watermark WHERE source = ?"
    assert bulk.first_value(engine, sql, ("door-1",)) == 1
    assert bulk.first_value(engine, sql, ("nobody",)) is None
    with engine.begin() as connection:  # it holds no lock
        bulk.delete(connection, schema.watermark, [("garden", "door-1")])
    with pytest.raises(bulk.errors(engine)):
        bulk.first_value(engine, "SELECT nothing FROM nowhere WHERE x = ?", (1,))


def test_what_the_database_raises_is_known_where_it_cannot_even_be_opened(tmp_path: Path):
    (tmp_path / "hub.db").mkdir()
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.db'}")
    assert issubclass(SQLAlchemyError, bulk.errors(engine))
    with pytest.raises(bulk.errors(engine)):
        bulk.first_value(engine, "SELECT ?", (1,))
