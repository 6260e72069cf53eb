"""What of the footage stays and what goes: holds, condemned segments, what is gone, how the sweep is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"


def upgrade() -> None:
    _make_holds()
    _make_condemned()
    _make_gone()
    op.create_table(
        "footage_sweep",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON: hub.ingest.retention.rows.SweepState"),
        sa.PrimaryKeyConstraint("site"),
    )


def _make_holds() -> None:
    op.create_table(
        "footage_hold",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("sort", sa.Text(), nullable=False, comment="incident: the hub made it; person"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False, comment="footage that shows any of from_us to to_us stays"),
        sa.Column("to_us", sa.BigInteger(), nullable=True, comment="null: it goes on, with its incident"),
        sa.Column("cameras", sa.Text(), nullable=False, comment="JSON list of cameras' ids"),
        sa.Column("until_us", sa.BigInteger(), nullable=True, comment="when it ends by itself; null: not before it is released"),
        sa.Column("case_no", sa.BigInteger(), nullable=True, comment="the incident whose hold it is"),
        sa.Column("closed_us", sa.BigInteger(), nullable=True, comment="since when that incident is closed"),
        sa.Column("released_us", sa.BigInteger(), nullable=True, comment="null: nobody has released it"),
        sa.Column("released_by", sa.Text(), nullable=False, comment="one name, or two with a comma between"),
        sa.Column("release_reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="who wants it lifted and waits for a second person, or empty"),
        sa.Column("asked_us", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sort IN ('incident', 'person')", name="hold_sort_is_known"),
        sa.CheckConstraint("(sort = 'incident') = (case_no IS NOT NULL)", name="hold_of_an_incident_names_it"),
        sa.CheckConstraint("sort = 'incident' OR (until_us IS NOT NULL AND to_us IS NOT NULL)", name="hold_of_a_person_ends"),
        sa.PrimaryKeyConstraint("site", "hold"),
    )
    op.create_index("footage_hold_by_case", "footage_hold", ["site", "case_no"])
    op.create_index("footage_hold_by_time", "footage_hold", ["site", "made_us"])


def _make_condemned() -> None:
    op.create_table(
        "footage_condemned",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "condemned",
            sa.Text(),
            nullable=False,
            comment="the order's id; told again until the agent has answered for all spans",
        ),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False, comment="JSON list of [first, last]: what has not been answered yet"),
        sa.Column("from_us", sa.BigInteger(), nullable=False, comment="what the footage shows"),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("floor_us", sa.BigInteger(), nullable=False, comment="nothing whose end is later goes"),
        sa.Column("days", sa.Integer(), nullable=False, comment="how long the camera's footage is owed"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="condemned; rescuing: held since, the agent has not answered; kept: it stays until due_us, then anew",
        ),
        sa.Column("why", sa.Text(), nullable=False, comment="of kept: the agent's reason"),
        sa.Column("rescue", sa.Text(), nullable=False, comment="of rescuing: the second order's id"),
        sa.Column("condemned_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False, comment="when it is told again; of kept: when it is looked at anew"),
        sa.Column("times", sa.Integer(), nullable=False, comment="how often it was told"),
        sa.Column("shows_us", sa.BigInteger(), nullable=False, comment="how long what goes lasts, in microseconds"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('condemned', 'rescuing', 'kept')", name="condemned_state_is_known"),
        sa.PrimaryKeyConstraint("site", "condemned"),
    )


def _make_gone() -> None:
    op.create_table(
        "footage_gone",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False, comment="the day that it showed, YYYY-MM-DD in the estate's zone"),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="order: on its day; early, missing, drop_oldest: an incident tells of it"
        ),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("shows_us", sa.BigInteger(), nullable=False, comment="how long it was, in microseconds"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False, comment="when the first of it was told to be gone"),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "device", "stream", "day", "reason"),
    )
