"""The register of who looked at footage and who took some out of the house, and the archives that were made."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    op.create_table(
        "footage_view",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("kind", sa.Text(), nullable=False, comment="view, export: somebody asked for one; download: somebody took one"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="the key of who it was"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who, as people know them"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, in the actor's words"),
        sa.Column("devices", sa.Text(), nullable=False, comment="the cameras, JSON"),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=True, comment="the case it is about; null: none is named"),
        sa.Column("receiver", sa.Text(), nullable=False, comment="of an export: who gets it"),
        sa.Column("ticket", sa.Text(), nullable=False, comment="of an export: the receiver's own number for it, or empty"),
        sa.Column("export", sa.Text(), nullable=False, comment="of an export and a download: which; else empty"),
        sa.CheckConstraint("kind IN ('view', 'export', 'download')", name="footage_view_kind_is_known"),
        sa.CheckConstraint("from_us < to_us", name="footage_view_has_a_span"),
        sa.CheckConstraint("reason <> '' AND actor <> ''", name="footage_view_has_a_reason_and_a_name"),
        sa.PrimaryKeyConstraint("site", "view"),
    )
    op.create_index("footage_view_by_time", "footage_view", ["site", "at_us"])
    op.create_index("footage_view_by_account", "footage_view", ["site", "account", "at_us"])
    op.create_table(
        "footage_export",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("export", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("view", sa.Text(), nullable=False, comment="the register's row of who asked"),
        sa.Column("stream", sa.Text(), nullable=False, comment="main or sub"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued, making, done, failed, cancelled, expired"),
        sa.Column("detail", sa.Text(), nullable=False, comment="of a failed one: why, a name"),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: it is not made yet"),
        sa.Column("expires_us", sa.BigInteger(), nullable=True, comment="when the archive is deleted; null: there is none"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of the archive; 0: there is none"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the archive, hex; empty: there is none"),
        sa.Column("file", sa.Text(), nullable=False, comment="its name in the folder of exports, random; empty: there is none"),
        sa.CheckConstraint(
            "state IN ('queued', 'making', 'done', 'failed', 'cancelled', 'expired')", name="footage_export_state_is_known"
        ),
        sa.PrimaryKeyConstraint("site", "export"),
    )
    op.create_index("footage_export_by_time", "footage_export", ["site", "asked_us"])
