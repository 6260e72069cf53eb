"""At each start the log says that the hub began, and where its policy is another one than the last time. The estate in force is a
version in the database, with an entry of its own (`estate.set`)."""

import json
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, desc, select

from hub.audit.log import append
from hub.audit.types import HUB, Act
from hub.config import HubConfig
from hub.policy.load import RESIDENTIAL
from hub.store import schema

LOADED = "policy.loaded"


def note_start(engine: Engine, config: HubConfig, version: str, now_us: int) -> None:
    """See the module. Raises SQLAlchemyError, OSError."""
    site, now = config.estate.site, _digest(config)
    with engine.begin() as connection:
        acts = [Act(HUB, "hub.started", "hub", site, after={"version": version})]
        was = _last_digest(connection, site)
        if was != now:
            acts.append(Act(HUB, LOADED, "policy", site, before={"sha256": was} if was else {}, after={"sha256": now}))
        append(connection, site, acts, now_us)


def _digest(config: HubConfig) -> str:
    """The SHA-256 of the file, which is the one that was loaded a moment ago."""
    named = config.settings.policy
    return sha256(Path(RESIDENTIAL if named is None else config.folder / named).read_bytes()).hexdigest()


def _last_digest(connection: Connection, site: str) -> str:
    entry = schema.audit_entry.c
    query = select(entry.after).where(entry.site == site, entry.act == LOADED).order_by(desc(entry.no)).limit(1)
    body = connection.execute(query).scalar()
    return "" if body is None else str(json.loads(body).get("sha256", ""))
