"""Agents' keys and one-time tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.create_table(
        "agent_key",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False, comment="a random name; file: the one of the estate file"),
        sa.Column("sealed", sa.Text(), nullable=False, comment="base64, under agents.key of the data folder; empty: in the file"),
        sa.Column("since_us", sa.BigInteger(), nullable=False, comment="the highest of an agent's is its newest"),
        sa.Column("used_us", sa.BigInteger(), nullable=True, comment="when the agent first spoke by it"),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it was revoked"),
        sa.Column("serial", sa.Text(), nullable=False, comment="of the certificate given with it, in hex; empty: none was"),
        sa.PrimaryKeyConstraint("site", "agent", "key_id"),
    )
    op.create_table(
        "enrolment",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the token, which is nowhere kept"),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False, comment="the end, used or not"),
        sa.Column("used_us", sa.BigInteger(), nullable=True, comment="once, and never again"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who invited the agent"),
        sa.PrimaryKeyConstraint("site", "digest"),
    )
    op.create_index("enrolment_by_agent", "enrolment", ["site", "agent"])
