"""How databases are opened."""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.store.engine import BadDatabaseUrl, open_engine, parse_url
from tests.support.site_rig import sqlite_url


@pytest.mark.parametrize("url", ["", "hub.db", "mysql://a/b", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_used_is_refused_with_an_example(url: str):
    with pytest.raises(BadDatabaseUrl, match="sqlite:///data/hub"):
        parse_url(url)


def test_any_postgresql_url_gets_the_driver_that_is_used():
    assert parse_url("postgres://u@h/d".replace("postgres:", "postgresql:")).drivername == "postgresql+psycopg"


def test_every_sqlite_commit_is_synced(tmp_path: Path):
    engine = open_engine(sqlite_url(tmp_path))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_no_update_is_lost_between_threads(any_url: str):
    engine = open_engine(any_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count() -> None:
        for _ in range(20):
            with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text("LOCK TABLE counter"))
                known = connection.execute(text("SELECT n FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": known + 1})

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar() == 40
    engine.dispose()


def test_a_reading_engine_sees_what_is_committed_and_cannot_write(any_url: str):
    engine = open_engine(any_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (1)"))
    reading = open_engine(any_url, read_only=True)
    with reading.connect() as connection:
        assert connection.execute(text("SELECT n FROM t")).scalar() == 1
        with engine.begin() as writing:
            writing.execute(text("UPDATE t SET n = 2"))
        assert connection.execute(text("SELECT n FROM t")).scalar() == 1, "one transaction is one snapshot"
    with reading.connect() as connection:
        assert connection.execute(text("SELECT n FROM t")).scalar() == 2
        with pytest.raises(DBAPIError):
            connection.execute(text("UPDATE t SET n = 3"))
    reading.dispose()
    engine.dispose()


def test_only_its_owner_may_read_a_new_database(tmp_path: Path):
    before = os.umask(0o022)
    try:
        engine = open_engine(sqlite_url(tmp_path))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (n INTEGER)"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3, "the file, its log and their index"


@pytest.mark.parametrize("read_only", [False, True])
def test_an_error_does_not_tell_what_was_to_be_written(any_url: str, read_only: bool):
    engine = open_engine(any_url, read_only=read_only)
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("INSERT INTO no_such_table VALUES (:note)"), {"note": "secret-note"})
    engine.dispose()
    assert "no_such_table" in str(failed.value)
    assert "secret-note" not in str(failed.value)
