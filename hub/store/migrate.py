"""A database is brought to this program's version before it is used. Alembic is imported only where there is something to do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from hub.store.engine import is_sqlite

VERSION = "0021"
"""The newest migration's id. A test holds it to the folder of migrations."""

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x57_4B_4D_49_47


class NewerDatabase(RuntimeError):
    """The database was made by a newer program. Nothing in it was touched."""


class ForeignDatabase(RuntimeError):
    """The database has tables, but not ours. Nothing in it was touched."""


def migrate(engine: Engine) -> bool:
    """Bring the database to VERSION; makes all tables in an empty one. Returns whether there was something to do.

    All in one transaction, and one hub at a time. Raises NewerDatabase or ForeignDatabase.
    """
    with engine.begin() as connection:
        if version_of(connection) == VERSION:
            return False
        if not is_sqlite(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        present = version_of(connection)
        if present != VERSION:
            _upgrade(connection, present)
    return present != VERSION


def version_of(connection: Connection) -> str | None:
    """The migration that the database stands at; None for an empty one. Raises ForeignDatabase."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            known = ", ".join(sorted(tables)[:5])
            raise ForeignDatabase(f"the database holds other tables ({known}): give the hub an empty database")
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, present: str | None) -> None:
    from alembic.runtime.environment import EnvironmentContext  # 0.3 s, and rarely needed

    config, scripts = alembic_scripts()
    known = {script.revision for script in scripts.walk_revisions()}
    if present is not None and present not in known:
        raise NewerDatabase(
            f"the database is at version {present}, this program knows up to {VERSION}: install the newer program"
        )

    def steps(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs("head", revision)

    environment: Callable[..., AbstractContextManager[Any]] = EnvironmentContext
    with environment(config, scripts, fn=steps) as context:
        context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
        context.run_migrations()


def alembic_scripts() -> tuple[Any, Any]:
    """Alembic's configuration and folder of migrations, without an ini file."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)
