"""Residents' own links, by which they register visitors; how many people a visit is of; the rules for trucks."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    op.add_column("visit", sa.Column("people", sa.Integer(), nullable=False, server_default="1", comment="how many come"))
    op.create_table(
        "resident_link",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="the resident who registers visitors by it"),
        sa.Column("room", sa.Text(), nullable=False, comment="the household to which they come"),
        sa.Column(
            "link", sa.Text(), nullable=False, comment="the name from which the token is made, by a key that is in no database"
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the token, which is nowhere kept"),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "made_by", sa.Text(), nullable=False, comment="the account that had it sent, or the link behind which it was taken"
        ),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True, comment="null: it was not withdrawn"),
        sa.Column("day_us", sa.BigInteger(), nullable=False, comment="the beginning of the local day that is counted"),
        sa.Column("count", sa.Integer(), nullable=False, comment="visitors registered on that day"),
        sa.PrimaryKeyConstraint("site", "holder"),
    )
    op.create_index("resident_link_by_digest", "resident_link", ["site", "digest"], unique=True)
    op.create_table(
        "visit_rules",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False, comment="of the version; none is ever changed"),
        sa.Column(
            "lines", sa.Text(), nullable=False, comment="JSON: the rules that a truck's driver is told, Chinese and English"
        ),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "no"),
    )
    if op.get_bind().dialect.name != "sqlite":  # as a fresh table has it
        what = "which text: confirm, dropped, consent, register"
        op.alter_column("visit_notice", "what", existing_type=sa.Text(), existing_nullable=False, comment=what)
