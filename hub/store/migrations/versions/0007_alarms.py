"""Alarms: shelving, dispatch, chattering and floods on cases, maintenance windows, and lists by state and priority."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"

_TEXTS = {
    "sound": "a tone of its own, such as fire; empty: the priority's",
    "shelf_owner": None,
    "shelf_reason": None,
    "held_by": "the maintenance window that held it back, or empty",
    "dispatch": "how far a guard who was sent has got: sent, answered, on_spot, found, or empty",
}


def upgrade() -> None:
    _widen_cases()
    _make_state()
    _make_flood()
    _make_maintenance()


def _widen_cases() -> None:
    """In the order of a fresh table. What is there has the value that stands for nothing."""
    us, text = sa.BigInteger(), sa.Text()
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("sound", text, nullable=False, server_default="", comment=_TEXTS["sound"]),
        sa.Column("acknowledged_us", us, nullable=True, comment="when somebody took it first"),
        sa.Column("shelved_until_us", us, nullable=True),
        *(
            sa.Column(name, text, nullable=False, server_default="", comment=_TEXTS[name])
            for name in ("shelf_owner", "shelf_reason", "held_by", "dispatch")
        ),
        sa.Column(
            "escalation", sa.SmallInteger(), nullable=False, server_default="0", comment="the level of the latest escalation"
        ),
        sa.Column(
            "comebacks",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="how often its source came back: over 0 is a chattering case",
        ),
        sa.Column("flood", sa.Boolean(), nullable=False, server_default=sa.false(), comment="it began to call in a flood"),
    )
    op.drop_index("case_by_state", "case_")
    with op.batch_alter_table("case_") as table:
        for column in columns:
            table.add_column(column)
    with op.batch_alter_table("case_") as table:  # as a fresh table has it
        for column in columns:
            if not column.nullable:
                table.alter_column(column.name, existing_type=column.type, existing_nullable=False, server_default=None)
        if op.get_bind().dialect.name == "sqlite":  # which is read back with its constraints in another order
            table.drop_constraint("priority_is_known", type_="check")
            table.create_check_constraint("priority_is_known", "priority BETWEEN 1 AND 4")
    op.create_index("case_by_state", "case_", ["site", "kind", "state", "priority", "case_no"], unique=False)
    op.create_index("case_by_time", "case_", ["site", "kind", "raised_us"], unique=False)
    few = sa.text("comebacks > 0")
    columns_of_few = ["site", "kind", "case_no"]
    op.create_index("case_chattering", "case_", columns_of_few, unique=False, sqlite_where=few, postgresql_where=few)
    for name in ("device", "place", "detector"):
        op.create_index(f"case_by_{name}", "case_", ["site", "kind", name, "case_no"], unique=False)


def _make_state() -> None:
    op.create_table(
        "alarm_state",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="source:DETECTOR, silence, or flood"),
        sa.Column("subject", sa.Text(), nullable=False, comment="the detector's subject, the post, or empty"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.PrimaryKeyConstraint("site", "owner", "subject"),
    )


def _make_flood() -> None:
    op.create_table(
        "alarm_flood",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("flood_no", sa.BigInteger(), nullable=False, comment="the number of the case that it began with"),
        sa.Column("began_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: it lasts"),
        sa.Column("alarms", sa.Integer(), nullable=False, comment="those that it began with included"),
        sa.Column(
            "groups", sa.Text(), nullable=False, comment="JSON list: cause, zone, the first case, how many; first-out first"
        ),
        sa.PrimaryKeyConstraint("site", "flood_no"),
    )
    op.create_index("alarm_flood_by_time", "alarm_flood", ["site", "began_us"], unique=False)


def _make_maintenance() -> None:
    op.create_table(
        "maintenance",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("place", sa.Text(), nullable=False, comment="with all that lies in it; empty: every place"),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: it is to come, or lasts"),
        sa.Column("held", sa.Integer(), nullable=False, comment="cases that it held back"),
        sa.Column("released", sa.Integer(), nullable=False, comment="of those, the ones that still held at its end"),
        sa.CheckConstraint("from_us < until_us", name="maintenance_is_in_order"),
        sa.PrimaryKeyConstraint("site", "window_id"),
    )
    op.create_index("maintenance_by_time", "maintenance", ["site", "from_us"], unique=False)
