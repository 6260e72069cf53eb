"""Emergency plans: their versions, and the runs of those that were started."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.create_table(
        "emergency_plan",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False, comment="the kind of emergency, such as fire"),
        sa.Column("no", sa.Integer(), nullable=False, comment="the version: the highest counts; one that ships has no row"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object: the whole plan"),
        sa.CheckConstraint("no > 0", name="plan_version_is_counted"),
        sa.PrimaryKeyConstraint("site", "plan", "no"),
    )
    op.create_table(
        "emergency_run",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=False, comment="the case that it was started for: one run each"),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False, comment="the plan's version, 0: the one that ships"),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="running; review: the case is closed; over; void: the case was withdrawn"
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="compare and set: each change adds one"),
        sa.Column(
            "body",
            sa.Text(),
            nullable=False,
            comment="JSON object: the plan as it was, its steps, clocks, who was told, the review and the notice",
        ),
        sa.CheckConstraint("state IN ('running', 'review', 'over', 'void')", name="run_state_is_known"),
        sa.PrimaryKeyConstraint("site", "case_no"),
    )
    op.create_index("emergency_run_by_state", "emergency_run", ["site", "state", "case_no"], unique=False)
    op.create_index("emergency_run_by_time", "emergency_run", ["site", "started_us"], unique=False)
