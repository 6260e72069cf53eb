"""The duty desk: keys and equipment, the phone log, handovers; and whom of the staff an account stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    _widen_accounts()
    _make_keys()
    _make_calls()
    _make_handovers()


def _widen_accounts() -> None:
    column = sa.Column(
        "person", sa.Text(), nullable=False, server_default="", comment="who of the estate's staff it stands for, or empty"
    )
    with op.batch_alter_table("account") as table:
        table.add_column(column)
    with op.batch_alter_table("account") as table:  # as a fresh table has it
        table.alter_column("person", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def _make_keys() -> None:
    op.create_table(
        "key_item",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False, comment="the number that stands on it"),
        sa.Column("kind", sa.Text(), nullable=False, comment="key, radio, torch, baton, recorder or other"),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="where it belongs"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="who of the staff has it, or empty"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("out_us", sa.BigInteger(), nullable=True, comment="since when it is out; null: it is not"),
        sa.Column("due_us", sa.BigInteger(), nullable=True, comment="by when it is to be back; null: it is not out"),
        sa.Column("moves", sa.Integer(), nullable=False, comment="the last number of its history"),
        sa.CheckConstraint("state IN ('in', 'out', 'broken', 'lost')", name="key_state_is_known"),
        sa.CheckConstraint("(state = 'out') = (holder <> '')", name="key_that_is_out_has_a_holder"),
        sa.PrimaryKeyConstraint("site", "item"),
    )
    op.create_table(
        "key_move",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("move_no", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False, comment="added, issued, returned or marked"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who entered it"),
        sa.Column("person", sa.Text(), nullable=False, comment="who took it, or brought it back; an id of the staff, or empty"),
        sa.Column("state", sa.Text(), nullable=False, comment="the item's, after this"),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, comment="what it was for, or how it came back"),
        sa.PrimaryKeyConstraint("site", "item", "move_no"),
    )


def _make_calls() -> None:
    op.create_table(
        "phone_call",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False, comment="SOURCE:ID; of the exchange its own id"),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="declared by a person, or told by the exchange: two kinds of knowledge"
        ),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="of the other end: personal data"),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="the first that was told of it"),
        sa.Column("place", sa.Text(), nullable=False, comment="the post at which it rang"),
        sa.Column("rang_us", sa.BigInteger(), nullable=True, comment="null: nobody has told"),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False, comment="who entered it; empty: the exchange"),
        sa.Column("person", sa.Text(), nullable=False, comment="who took it, an id of the staff, or empty"),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=True, comment="the incident that it belongs to"),
        sa.Column("raised", sa.Boolean(), nullable=False, comment="a case was raised of its answer's time"),
        sa.CheckConstraint("source IN ('declared', 'exchange')", name="call_source_is_known"),
        sa.CheckConstraint("direction IN ('in', 'out')", name="call_direction_is_known"),
        sa.PrimaryKeyConstraint("site", "call"),
    )
    op.create_index("phone_call_by_time", "phone_call", ["site", "at_us"])


def _make_handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("handover", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("place", sa.Text(), nullable=False, comment="the post"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("leaving_account", sa.Text(), nullable=False),
        sa.Column("leaving_name", sa.Text(), nullable=False, comment="as it was written when it was signed"),
        sa.Column("leaving_person", sa.Text(), nullable=False, comment="who of the staff, or empty"),
        sa.Column("note", sa.Text(), nullable=False, comment="of who leaves"),
        sa.Column("leaving_signed_us", sa.BigInteger(), nullable=True),
        sa.Column("coming_account", sa.Text(), nullable=False, comment="empty: nobody has joined"),
        sa.Column("coming_name", sa.Text(), nullable=False),
        sa.Column("coming_person", sa.Text(), nullable=False),
        sa.Column(
            "coming_session",
            sa.Text(),
            nullable=False,
            comment="the sign-in in which they joined: items are accepted there in their name",
        ),
        sa.Column("coming_signed_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: under way"),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'completed', 'cancelled')", name="handover_state_is_known"),
        sa.CheckConstraint(
            "state <> 'completed' OR (leaving_signed_us IS NOT NULL AND coming_signed_us IS NOT NULL)",
            name="handover_is_signed_by_both",
        ),
        sa.CheckConstraint("leaving_account <> coming_account", name="handover_is_between_two"),
        sa.PrimaryKeyConstraint("site", "handover"),
    )
    op.create_index("handover_by_time", "handover", ["site", "begun_us"])
    op.create_table(
        "handover_item",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("handover", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False, comment="KIND:NAME, such as incident:17"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="the case's number, the device, the key, the maintenance window"),
        sa.Column("zh", sa.Text(), nullable=False, comment="what it is, in Chinese, as it was read"),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column(
            "stamp",
            sa.Text(),
            nullable=False,
            comment="what it was when it was decided about: another one asks for another decision",
        ),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "decision", sa.Text(), nullable=False, comment="empty, accepted, rejected, or gone: over before anybody decided"
        ),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("decision IN ('', 'accepted', 'rejected', 'gone')", name="decision_is_known"),
        sa.PrimaryKeyConstraint("site", "handover", "item"),
    )
