"""The estate: its versions, and the drawings of its floors."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "estate_version",
        sa.Column("site", text, nullable=False),
        sa.Column(
            "version", sa.Integer(), autoincrement=False, nullable=False, comment="counted from 1; the highest is in force"
        ),
        sa.Column("at_us", us, nullable=False),
        sa.Column("actor", text, nullable=False, comment="who put it in force; empty: the hub, from the estate file"),
        sa.Column("reason", text, nullable=False),
        sa.Column(
            "origin",
            text,
            nullable=False,
            comment="file: imported from one; edit: edited at the hub; restore: an older version again",
        ),
        sa.Column("digest", text, nullable=False, comment="SHA-256 of body"),
        sa.Column(
            "body", text, nullable=False, comment="JSON: the estate file's values with their positions on the plan, without keys"
        ),
        sa.CheckConstraint("origin IN ('file', 'edit', 'restore')", name="estate_origin_is_known"),
        sa.PrimaryKeyConstraint("site", "version"),
    )
    op.create_table(
        "plan_drawing",
        sa.Column("site", text, nullable=False),
        sa.Column("floor", text, nullable=False, comment="an id of the estate's floors"),
        sa.Column("media_type", text, nullable=False, comment="image/svg+xml or image/png"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="rewritten from what is known to be harmless"),
        sa.Column("digest", text, nullable=False, comment="SHA-256 of body"),
        sa.Column("width", sa.Double(), nullable=False, comment="in the drawing's own units, as is height"),
        sa.Column("height", sa.Double(), nullable=False),
        sa.Column("at_us", us, nullable=False),
        sa.PrimaryKeyConstraint("site", "floor"),
    )
