"""Permits: households, holders, permits and credentials, what they give a right to, their history, and agents' tables."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    _household()
    _permit_holder()
    _permit()
    _credential()
    _access_rule()
    _access_history()
    _permit_table()


def _household() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "household",
        sa.Column("site", text, nullable=False),
        sa.Column("household", text, nullable=False, comment="an id; of an import the door's own, such as 3-2-501"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", us, nullable=False),
        sa.Column("building", text, nullable=False),
        sa.Column("unit", text, nullable=False),
        sa.Column("room", text, nullable=False),
        sa.Column("place", text, nullable=False, comment="the estate's place it lies in, or empty"),
        sa.Column("note", text, nullable=False),
        sa.Column("ended_us", us, nullable=True, comment="null: somebody lives there"),
        sa.PrimaryKeyConstraint("site", "household"),
        sa.CheckConstraint("version > 0", name="household_has_a_version"),
    )


def _permit_holder() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "permit_holder",
        sa.Column("site", text, nullable=False),
        sa.Column("holder", text, nullable=False, comment="an id that says nothing about the person"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", us, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("name", text, nullable=False, comment="personal data; empty once it is erased"),
        sa.Column("phone", text, nullable=False, comment="personal data; empty once it is erased"),
        sa.Column("household", text, nullable=False, comment="or empty"),
        sa.Column("note", text, nullable=False, comment="personal data; empty once it is erased"),
        sa.Column("ended_us", us, nullable=True, comment="since then no permit of theirs holds; null: they do"),
        sa.PrimaryKeyConstraint("site", "holder"),
        sa.CheckConstraint("kind IN ('resident', 'staff', 'contractor', 'visitor', 'vehicle')", name="holder_kind_is_known"),
        sa.CheckConstraint("version > 0", name="holder_has_a_version"),
    )
    op.create_index("holder_by_household", "permit_holder", ["site", "household"])


def _permit() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "permit",
        sa.Column("site", text, nullable=False),
        sa.Column("permit", text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", us, nullable=False),
        sa.Column("holder", text, nullable=False),
        sa.Column("group_ids", text, nullable=False, comment="JSON: the ids of its groups"),
        sa.Column("from_us", us, nullable=True, comment="null: at once"),
        sa.Column("until_us", us, nullable=True, comment="null: without end"),
        sa.Column("spaces", sa.Integer(), nullable=False, comment="so many of its vehicles may be inside at once; 0: no limit"),
        sa.Column("uses", sa.Integer(), nullable=False, comment="so often may each credential go in; 0: no limit"),
        sa.Column("exempt", sa.Boolean(), nullable=False, comment="passback does not hold it up"),
        sa.Column("origin", text, nullable=False, comment="what issued it, such as visit:ID; empty: an editor"),
        sa.Column("note", text, nullable=False),
        sa.Column("ended_us", us, nullable=True, comment="null: in force"),
        sa.PrimaryKeyConstraint("site", "permit"),
        sa.CheckConstraint("from_us IS NULL OR until_us IS NULL OR from_us < until_us", name="permit_begins_before_it_ends"),
        sa.CheckConstraint("spaces >= 0 AND uses >= 0", name="permit_numbers_are_counts"),
        sa.CheckConstraint("version > 0", name="permit_has_a_version"),
    )
    op.create_index("permit_by_holder", "permit", ["site", "holder"])


def _credential() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "credential",
        sa.Column("site", text, nullable=False),
        sa.Column("credential", text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", us, nullable=False),
        sa.Column("permit", text, nullable=False),
        sa.Column("medium", text, nullable=False),
        sa.Column(
            "name", text, nullable=False, comment="the keyed hash that gates know it by; the number itself is nowhere kept"
        ),
        sa.Column("shown", text, nullable=False, comment="a plate's text, the last two digits of a card, nothing of a code"),
        sa.Column("state", text, nullable=False),
        sa.Column("from_us", us, nullable=True),
        sa.Column("until_us", us, nullable=True),
        sa.Column("pin", text, nullable=False, comment="the name of the PIN that must follow, or empty"),
        sa.Column("instead", text, nullable=False, comment="the credential that replaced it, or empty"),
        sa.Column("ended_us", us, nullable=True, comment="since when it is lost, revoked or replaced; null: it is live"),
        sa.PrimaryKeyConstraint("site", "credential"),
        sa.CheckConstraint("medium IN ('card', 'plate', 'qr', 'pin', 'face')", name="credential_medium_is_known"),
        sa.CheckConstraint("state IN ('active', 'revoked', 'lost', 'replaced', 'suspended')", name="credential_state_is_known"),
        sa.CheckConstraint("(state IN ('active', 'suspended')) = (ended_us IS NULL)", name="credential_that_ended_has_a_time"),
        sa.CheckConstraint("from_us IS NULL OR until_us IS NULL OR from_us < until_us", name="credential_begins_before_it_ends"),
        sa.CheckConstraint("version > 0", name="credential_has_a_version"),
    )
    op.create_index("credential_by_name", "credential", ["site", "name"])
    op.create_index("credential_by_permit", "credential", ["site", "permit"])
    op.create_index("credential_by_shown", "credential", ["site", "shown"])
    op.create_index(
        "credential_is_live_once",
        "credential",
        ["site", "name"],
        unique=True,
        sqlite_where=sa.text("ended_us IS NULL"),
        postgresql_where=sa.text("ended_us IS NULL"),
    )


def _access_rule() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "access_rule",
        sa.Column("site", text, nullable=False),
        sa.Column("kind", text, nullable=False, comment="group, zone, portal or schedule"),
        sa.Column("rule", text, nullable=False, comment="its id; of a portal that of the device"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", us, nullable=False),
        sa.Column("body", text, nullable=False, comment="JSON: see hub/access/types.py"),
        sa.PrimaryKeyConstraint("site", "kind", "rule"),
        sa.CheckConstraint("kind IN ('group', 'zone', 'portal', 'schedule')", name="access_rule_kind_is_known"),
        sa.CheckConstraint("version > 0", name="access_rule_has_a_version"),
    )


def _access_history() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "access_history",
        sa.Column("site", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False, comment="that the thing had after it"),
        sa.Column(
            "at_us",
            us,
            autoincrement=False,
            nullable=False,
            comment="a rule that is taken away and made again counts its versions anew",
        ),
        sa.Column(
            "act",
            text,
            nullable=False,
            comment="added, changed, ended, removed, erased, lost, revoked, replaced, suspended or resumed",
        ),
        sa.Column("actor", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column(
            "body", text, nullable=False, comment="JSON: the thing as it was then, without names, phones and notes of people"
        ),
        sa.PrimaryKeyConstraint("site", "kind", "id", "version", "at_us"),
    )
    op.create_index("access_history_by_time", "access_history", ["site", "at_us"])


def _permit_table() -> None:
    text, us = sa.Text(), sa.BigInteger()
    op.create_table(
        "permit_table",
        sa.Column("site", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("epoch", text, nullable=False, comment="names the numbering; a restore of a backup begins another one"),
        sa.Column("no", us, nullable=False, comment="of the newest table made for the agent"),
        sa.Column("hash", text, nullable=False, comment="that it comes to"),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("at_us", us, nullable=False, comment="when it was made"),
        sa.PrimaryKeyConstraint("site", "agent"),
    )
