"""The index of footage: packed hours, the hour under way, what is covered, and what recorders said."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    _make_tracks()
    _make_hours()
    _make_tail()
    _make_runs()
    _make_words()


def _names() -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in ("site", "device", "stream"))


def _make_tracks() -> None:
    op.create_table(
        "footage_track",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="the camera"),
        sa.Column("stream", sa.Text(), nullable=False, comment="main or sub"),
        sa.Column(
            "since_us", sa.BigInteger(), nullable=False, comment="the first footage ever began then: before it there is no hole"
        ),
        sa.Column(
            "top_no", sa.BigInteger(), nullable=False, comment="the highest number taken in: a higher one is new without looking"
        ),
        sa.Column(
            "open_hour", sa.BigInteger(), nullable=False, comment="whose segments stand in footage_tail; all others are packed"
        ),
        sa.Column("open_count", sa.Integer(), nullable=False, comment="how many of them came in"),
        sa.PrimaryKeyConstraint("site", "device", "stream"),
    )


def _make_hours() -> None:
    op.create_table(
        "footage_hour",
        *_names(),
        sa.Column("hour", sa.BigInteger(), nullable=False, comment="since 1970 in UTC: of segments that begin in it"),
        sa.Column("begins_us", sa.BigInteger(), nullable=False, comment="of the first segment"),
        sa.Column("ends_us", sa.BigInteger(), nullable=False, comment="the latest end"),
        sa.Column("first_no", sa.BigInteger(), nullable=False, comment="the lowest number"),
        sa.Column("last_no", sa.BigInteger(), nullable=False, comment="the highest"),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of all of them on disk"),
        sa.Column("pieces", sa.LargeBinary(), nullable=False, comment="see hub/footage/packing.py"),
        sa.CheckConstraint("segments > 0", name="footage_hour_is_not_empty"),
        sa.PrimaryKeyConstraint("site", "device", "stream", "hour"),
    )
    op.create_index("footage_hour_by_no", "footage_hour", ["site", "device", "stream", "last_no", "first_no"])


def _make_tail() -> None:
    op.create_table(
        "footage_tail",
        *_names(),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("init_bytes", sa.BigInteger(), nullable=False, comment="how long its header is"),
        sa.PrimaryKeyConstraint("site", "device", "stream", "start_us", "no"),
        sqlite_with_rowid=False,
    )


def _make_runs() -> None:
    op.create_table(
        "footage_run",
        *_names(),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="there, or why it is no more: due, missing, drop_oldest"),
        sa.CheckConstraint("until_us > from_us", name="footage_run_is_not_empty"),
        sa.CheckConstraint("what IN ('there', 'due', 'missing', 'drop_oldest')", name="footage_run_is_known"),
        sa.PrimaryKeyConstraint("site", "device", "stream", "from_us"),
        sqlite_with_rowid=False,
    )


def _make_words() -> None:
    op.create_table(
        "footage_word",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="the camera; of what an agent said of itself, the agent"),
        sa.Column("stream", sa.Text(), nullable=False, comment="empty: of all"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "word",
            sa.Text(),
            nullable=False,
            comment="recording, or why nothing is recorded from then on: see hub/footage/causes.py",
        ),
        sa.PrimaryKeyConstraint("site", "device", "stream", "at_us"),
        sqlite_with_rowid=False,
    )
    op.create_index("footage_word_by_time", "footage_word", ["site", "at_us"])
