"""At each start the log says that the hub began, and where its policy or its estate is another one than the last time."""

import json
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, desc, select

from hub.audit.log import append
from hub.audit.types import HUB, Act
from hub.config import HubConfig
from hub.policy.load import RESIDENTIAL
from hub.store import schema

LOADED = ("policy.loaded", "estate.loaded")


def note_start(engine: Engine, config: HubConfig, version: str, now_us: int) -> None:
    """See the module. Raises SQLAlchemyError, OSError."""
    site, digests = config.estate.site, _digests(config)
    with engine.begin() as connection:
        acts = [Act(HUB, "hub.started", "hub", site, after={"version": version})]
        for act in LOADED:
            topic = act.partition(".")[0]
            was, now = _last_digest(connection, site, act), digests[topic]
            if was != now:
                acts.append(Act(HUB, act, topic, site, before={"sha256": was} if was else {}, after={"sha256": now}))
        append(connection, site, acts, now_us)


def _digests(config: HubConfig) -> dict[str, str]:
    """The SHA-256 of both files, which are the ones that were loaded a moment ago."""
    named, folder = config.settings, config.folder
    files = {"policy": RESIDENTIAL if named.policy is None else folder / named.policy, "estate": folder / named.estate}
    return {name: sha256(Path(path).read_bytes()).hexdigest() for name, path in files.items()}


def _last_digest(connection: Connection, site: str, act: str) -> str:
    entry = schema.audit_entry.c
    query = select(entry.after).where(entry.site == site, entry.act == act).order_by(desc(entry.no)).limit(1)
    body = connection.execute(query).scalar()
    return "" if body is None else str(json.loads(body).get("sha256", ""))
