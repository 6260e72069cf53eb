"""The tables of devices: what each last said of itself, and what it was told to do."""

from sqlalchemy import Index, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

device_state = Table(
    "device_state",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True),
    _id("kind", primary_key=True, comment="of the reading that tells, such as barrier_state"),
    _id("word", comment="what it tells, such as open: see hub/condition.py"),
    _us("since_us", comment="told the same ever since"),
    _us("at_us", comment="when it was told last"),
)

command = Table(
    "command",
    metadata,
    _id("site", primary_key=True),
    _id("id", primary_key=True),
    _id("device"),
    _id("agent"),
    _id("action"),
    _id("actor", comment="who, as people know them"),
    _id("reason", comment="why, in the actor's words"),
    _id("phase", comment="asked, sent, done, refused, failed, no_answer"),
    _id("detail", comment="what refused it, or why it failed, a name"),
    _us("asked_us", comment="written before anything is sent"),
    _us("ended_us", nullable=True, comment="null: its end was never heard"),
    Index("command_by_time", "site", "asked_us"),
)
