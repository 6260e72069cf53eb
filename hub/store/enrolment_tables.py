"""The tables by which agents are known: their keys, and invitations to enrol."""

from sqlalchemy import Index, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

agent_key = Table(
    "agent_key",
    metadata,
    _id("site", primary_key=True),
    _id("agent", primary_key=True),
    _id("key_id", primary_key=True, comment="a random name; file: the one of the estate file"),
    _id("sealed", comment="base64, under agents.key of the data folder; empty: in the file"),
    _us("since_us", comment="the highest of an agent's is its newest"),
    _us("used_us", nullable=True, comment="when the agent first spoke by it"),
    _us("revoked_us", nullable=True),
    _id("reason", comment="why it was revoked"),
    _id("serial", comment="of the certificate given with it, in hex; empty: none was"),
)

enrolment = Table(
    "enrolment",
    metadata,
    _id("site", primary_key=True),
    _id("digest", primary_key=True, comment="SHA-256 of the token, which is nowhere kept"),
    _id("agent"),
    _us("made_us"),
    _us("until_us", comment="the end, used or not"),
    _us("used_us", nullable=True, comment="once, and never again"),
    _id("actor", comment="who invited the agent"),
    Index("enrolment_by_agent", "site", "agent"),
)
