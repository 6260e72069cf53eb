"""Duties: windows, scans, tags, the roster, occasions and tallies."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    _make_duty_plan()
    _make_duty_window()
    _make_occasion()
    _make_roster()
    _make_scan()
    _make_tag()
    _make_tally()


def _make_duty_plan() -> None:
    op.create_table(
        "duty_plan",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False, comment="in force from then on, until the next plan"),
        sa.Column("planned_until_us", sa.BigInteger(), nullable=False, comment="windows that open before this are made"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON: the duties of the policy and the routes of the estate"),
        sa.PrimaryKeyConstraint("site", "plan_no"),
    )


def _make_duty_window() -> None:
    op.create_table(
        "duty_window",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "window_id",
            sa.Text(),
            nullable=False,
            comment="DUTY/ROUTE/PLACE/OPENS/N, the same each time it is planned; the episode of its gap",
        ),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("opens_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "ends_us", sa.BigInteger(), nullable=False, comment="due and the tolerance: without evidence made by then it is a gap"
        ),
        sa.Column("plan_no", sa.Integer(), nullable=False, comment="the plan that judges it"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_us", sa.BigInteger(), nullable=True, comment="hub time of the last change of state"),
        sa.Column("gap_us", sa.BigInteger(), nullable=True, comment="hub time when the gap was raised"),
        sa.Column("evidence", sa.Text(), nullable=True, comment="SOURCE|KEY of the scan that filled it"),
        sa.Column("person", sa.Text(), nullable=False, comment="who kept it, or who was on duty when it ended"),
        sa.Column("note", sa.Text(), nullable=False, comment="what else is known, by name"),
        sa.CheckConstraint("state IN ('open', 'kept', 'unproven', 'missed', 'withdrawn')", name="window_state_is_known"),
        sa.CheckConstraint("opens_us <= due_us AND due_us <= ends_us", name="window_is_in_order"),
        sa.PrimaryKeyConstraint("site", "window_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("window_by_end", "duty_window", ["site", "ends_us"], unique=False)


def _make_occasion() -> None:
    op.create_table(
        "occasion",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("kind", sa.Text(), nullable=False, comment="bad_weather, event…: what schedules of the type occasion name"),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True, comment="null: it goes on, or nobody has said"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "occasion"),
    )


def _make_roster() -> None:
    op.create_table(
        "roster",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False, comment="empty: everywhere"),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_us < until_us", name="shift_is_in_order"),
        sa.PrimaryKeyConstraint("site", "person", "route", "from_us"),
    )


def _make_scan() -> None:
    op.create_table(
        "scan",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the source's own name for it: what is reported twice counts once"),
        sa.Column("place", sa.Text(), nullable=False, comment="empty: the tag is not known"),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it was made, on the hub's time line"),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="an id of the estate's staff, or empty"),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("person_tag", sa.Text(), nullable=False, comment="the tag of whoever made it, by its keyed hash"),
        sa.Column("duty", sa.Text(), nullable=False, comment="only for answers and reports"),
        sa.Column("device_at_us", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False, comment="JSON list of names"),
        sa.Column("fields", sa.Text(), nullable=False, comment="JSON object: what a report holds"),
        sa.PrimaryKeyConstraint("site", "source", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("scan_by_place", "scan", ["site", "place", "at_us"], unique=False)
    op.create_index("scan_by_time", "scan", ["site", "at_us"], unique=False)


def _make_tag() -> None:
    op.create_table(
        "tag",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="the checkpoint it stands at, or empty"),
        sa.Column("person", sa.Text(), nullable=False, comment="whose it is, or empty"),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it ended"),
        sa.CheckConstraint("(place = '') <> (person = '')", name="tag_is_of_a_place_or_of_a_person"),
        sa.PrimaryKeyConstraint("site", "tag", "from_us"),
    )


def _make_tally() -> None:
    op.create_table(
        "tally",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False, comment="the estate's local date, YYYY-MM-DD"),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="place, route, hour or person: what `key` is"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False, comment="windows that ended on that day"),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("unproven", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column(
            "longest_s", sa.Integer(), nullable=False, comment="for places: the longest time unvisited that ended on that day"
        ),
        sa.CheckConstraint("due = kept + missed + unproven + withdrawn", name="tally_adds_up"),
        sa.PrimaryKeyConstraint("site", "day", "duty", "kind", "key"),
        sqlite_with_rowid=False,
    )
