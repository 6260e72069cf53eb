"""An upgraded database is the same as a fresh one."""

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Engine, inspect, text

from hub.store.engine import open_engine
from hub.store.migrate import VERSION, ForeignDatabase, NewerDatabase, alembic_scripts, migrate
from hub.store.schema import metadata


def shape(engine: Engine) -> object:
    """Everything that the database knows of its tables."""
    found = inspect(engine)
    tables = sorted(name for name in found.get_table_names() if name != "alembic_version")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' ORDER BY name")
            # a table that was renamed stands there in quotes, and lines break elsewhere
            return tables, [(name, re.sub(r"\s+", " ", sql or "").replace('"', "").replace(" ,", ",")) for name, sql in rows]
    details = []
    for name in tables:
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)]
        checks = sorted((str(c["name"]), c["sqltext"]) for c in found.get_check_constraints(name))
        uniques = sorted((str(c["name"]), tuple(c["column_names"])) for c in found.get_unique_constraints(name))
        indexes = sorted((str(i["name"]), tuple(str(n) for n in i["column_names"])) for i in found.get_indexes(name))
        details.append((columns, found.get_pk_constraint(name)["constrained_columns"], checks, uniques, indexes))
    return tables, details


def test_an_upgraded_database_is_the_same_as_a_fresh_one(any_url: str):
    engine = open_engine(any_url)
    assert migrate(engine) is True
    upgraded = shape(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    with engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert shape(engine) == upgraded
    engine.dispose()


def _at_first(engine: Engine) -> None:
    """The database as the first program made it."""
    config, scripts = alembic_scripts()
    with engine.begin() as connection:
        environment: Any = EnvironmentContext

        def steps(revision: Any, _context: Any) -> Any:
            return scripts._upgrade_revs("0001", revision)

        with environment(config, scripts, fn=steps) as context:
            context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
            context.run_migrations()


def test_what_an_old_database_holds_is_there_after_the_upgrade(any_url: str):
    engine = open_engine(any_url)
    _at_first(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO stream VALUES ('garden', 's1', 'gatehouse', 7, 2, 'boot-2', 5, 1)"))
        case = "'tamper', 'GATE-7', 'd', 'd', 'gate', 's:1', 2, 'open', true, true, false, 1, 1, null, null, 0, '{}', 1"
        connection.execute(text(f"INSERT INTO case_ VALUES ('garden', 1, 'incident', {case})"))
        connection.execute(text("INSERT INTO picture VALUES ('garden', 'p1', 'gatehouse', 'camera-1', 7, 5, 'x', 9, 6)"))
        connection.execute(text("INSERT INTO site VALUES ('garden', 3, 'hub', 9, 12, 2)"))
    assert migrate(engine) is True
    with engine.connect() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {name}")).one() for name in ("stream", "picture", "site")]
        columns = "version, sound, shelved_until_us, dispatch, escalation, comebacks, flood"
        upgraded = connection.execute(text(f"SELECT {columns} FROM case_")).one()
    engine.dispose()
    assert tuple(upgraded) == (1, "", None, "", 0, 0, False)
    assert tuple(rows[0]) == ("garden", "s1", "gatehouse", 7, 2, "boot-2", 5, 1, 0)
    assert [tuple(row) for row in rows[1:]] == [
        ("garden", "p1", "gatehouse", "camera-1", 7, 5, "x", 9, 6, None),
        ("garden", 3, "hub", 9, 12, 2, None),
    ]


def test_a_database_that_is_up_to_date_is_left_alone(any_url: str):
    engine = open_engine(any_url)
    migrate(engine)
    before = shape(engine)
    assert migrate(engine) is False
    assert shape(engine) == before
    engine.dispose()


def test_the_version_is_the_newest_migration():
    _, scripts = alembic_scripts()
    assert scripts.get_heads() == [VERSION]


def test_a_newer_database_is_not_touched(any_url: str):
    engine = open_engine(any_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="install the newer program"):
        migrate(engine)
    engine.dispose()


def test_somebody_elses_database_is_not_touched(any_url: str):
    engine = open_engine(any_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wordpress (n INTEGER)"))
    with pytest.raises(ForeignDatabase, match="wordpress"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["wordpress"]
    engine.dispose()
