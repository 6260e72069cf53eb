"""The token by which whoever may read the hub's data folder administers the hub from its own machine."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from hub.accounts import register

LOCAL_TOKEN_FILE = "local.token"  # noqa: S105 - the file's name


def write_local_token(engine: Engine, site: str, folder: Path, label: str, now_us: int) -> None:
    """A fresh token for the account `local`, in a file that its owner alone may read. The one before ends. Raises OSError,
    SQLAlchemyError."""
    with engine.begin() as connection:
        token = register.begin_local(connection, site, label, now_us)
    file = folder / LOCAL_TOKEN_FILE
    part = folder / f"{LOCAL_TOKEN_FILE}.{secrets.token_hex(4)}.part"
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(token + "\n")
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
