"""Accounts and sessions: who acts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="the name without case and width"),
        sa.Column("name", sa.Text(), nullable=False, comment="as it is written; the actor of acts"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="Argon2; empty: no password fits"),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("disabled_us", sa.BigInteger(), nullable=True, comment="null: in use"),
        sa.Column("subject", sa.Text(), nullable=False, comment="who it is at the OIDC provider; empty: known here alone"),
        sa.PrimaryKeyConstraint("site", "account"),
    )
    op.create_table(
        "session",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the token, which is nowhere kept"),
        sa.Column("session", sa.Text(), nullable=False, comment="a random public name"),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="cookie: a sign-in; token: a program's"),
        sa.Column("label", sa.Text(), nullable=False, comment="what a token is for, or which browser it is"),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=False, comment="to about a minute"),
        sa.Column("expires_us", sa.BigInteger(), nullable=False, comment="the end, used or not"),
        sa.CheckConstraint("kind IN ('cookie', 'token')", name="session_kind_is_known"),
        sa.PrimaryKeyConstraint("site", "digest"),
    )
    op.create_index("session_by_account", "session", ["site", "account"])
