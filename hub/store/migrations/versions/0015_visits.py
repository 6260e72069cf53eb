"""Visits with their history, deliveries, links, notices, parking spaces, routes, and how often somebody has looked."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    _visit()
    _visit_entry()
    _delivery()
    _visit_link()
    _visit_notice()
    _visit_space()
    _visit_route()
    _visit_looks()


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False, comment="the household visited; empty: the estate itself"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False, comment="canonical; personal data, emptied on its day"),
        sa.Column("plate_name", sa.Text(), nullable=False, comment="its keyed hash, by which gates know it; emptied with it"),
        sa.Column("qr", sa.Text(), nullable=False, comment="the keyed hash of the pass's code"),
        sa.Column(
            "sealed", sa.Text(), nullable=False, comment="DAY:BOX with name, identity number and phone; emptied on its day"
        ),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_as", sa.Text(), nullable=False),
        sa.Column("expected_us", sa.BigInteger(), nullable=True, comment="null: now"),
        sa.Column("asked_us", sa.BigInteger(), nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column("answered_how", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False, comment="a holder of the household, or an account"),
        sa.Column("from_us", sa.BigInteger(), nullable=True, comment="of the pass; null: there is none"),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("entered_us", sa.BigInteger(), nullable=True),
        sa.Column("left_us", sa.BigInteger(), nullable=True),
        sa.Column("forced", sa.Boolean(), nullable=False, comment="let in unconfirmed"),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column(
            "rules", sa.Text(), nullable=False, comment="the version of the rules that a truck's driver was told; empty: none"
        ),
        sa.Column("rules_us", sa.BigInteger(), nullable=True),
        sa.Column("rules_by", sa.Text(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=True, comment="the end of the state's one clock; null: it has ended"),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("erase_us", sa.BigInteger(), nullable=True, comment="when what is personal goes; null: it has not ended"),
        sa.Column("erased_us", sa.BigInteger(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False, comment="the last number of its history"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('visitor', 'vehicle', 'temporary', 'truck')", name="visit_kind_is_known"),
        sa.CheckConstraint(
            "state IN ('registered', 'asked', 'expired', 'confirmed', 'inside', 'overstayed', 'refused', 'cancelled', 'left',"
            " 'closed')",
            name="visit_state_is_known",
        ),
        sa.CheckConstraint("(ended_us IS NULL) = (due_us IS NOT NULL)", name="visit_ends_or_has_a_clock"),
        sa.CheckConstraint("(ended_us IS NULL) = (erase_us IS NULL)", name="visit_that_ended_is_erased"),
        sa.CheckConstraint(
            "erased_us IS NULL OR (sealed = '' AND plate = '' AND plate_name = '' AND qr = '')",
            name="visit_that_is_erased_is_empty",
        ),
        sa.CheckConstraint("state <> 'confirmed' OR until_us IS NOT NULL", name="visit_that_is_confirmed_has_a_pass"),
        sa.PrimaryKeyConstraint("site", "visit"),
    )
    op.create_index("visit_by_time", "visit", ["site", "made_us"])
    op.create_index("visit_by_state", "visit", ["site", "state", "made_us"])
    op.create_index("visit_by_room", "visit", ["site", "room", "made_us"])
    op.create_index("visit_by_erasing", "visit", ["site", "erased_us", "erase_us"])


def _visit_entry() -> None:
    op.create_table(
        "visit_entry",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="a visit or a delivery"),
        sa.Column("entry_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="an account, a holder of the household, or hub"),
        sa.Column("note", sa.Text(), nullable=False, comment="emptied with the visit"),
        sa.PrimaryKeyConstraint("site", "about", "entry_no"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="the drop-off point"),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "consent",
            sa.Text(),
            nullable=False,
            comment="whether a guard may carry it to the door: empty, asked, yes, no or expired",
        ),
        sa.Column("consent_us", sa.BigInteger(), nullable=True),
        sa.Column("consent_how", sa.Text(), nullable=False),
        sa.Column("consent_by", sa.Text(), nullable=False, comment="a holder of the household"),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("unclaimed", sa.Boolean(), nullable=False, comment="nobody came for it in time: that was told"),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('dropped', 'carried', 'collected', 'returned')", name="delivery_state_is_known"),
        sa.CheckConstraint("consent IN ('', 'asked', 'yes', 'no', 'expired')", name="consent_is_known"),
        sa.CheckConstraint("state <> 'carried' OR consent = 'yes'", name="what_is_carried_has_consent"),
        sa.PrimaryKeyConstraint("site", "delivery"),
    )
    op.create_index("delivery_by_time", "delivery", ["site", "made_us"])
    op.create_index("delivery_by_state", "delivery", ["site", "state", "made_us"])


def _visit_link() -> None:
    op.create_table(
        "visit_link",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the token, which is nowhere kept"),
        sa.Column(
            "link", sa.Text(), nullable=False, comment="the name from which the token is made, by a key that is in no database"
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="to whom of the household it was sent"),
        sa.Column("round_no", sa.Integer(), nullable=False, comment="which asking it belongs to"),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True, comment="null: nobody has answered by it"),
        sa.CheckConstraint("purpose IN ('confirm', 'consent')", name="link_purpose_is_known"),
        sa.PrimaryKeyConstraint("site", "digest"),
    )
    op.create_index("visit_link_by_about", "visit_link", ["site", "about"])


def _visit_notice() -> None:
    op.create_table(
        "visit_notice",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="which text: confirm, dropped, consent"),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False, comment="a link's name, or empty"),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False, comment="from then on it is no use"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done_us", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="notice_state_is_known"),
        sa.PrimaryKeyConstraint("site", "notice"),
    )
    op.create_index("visit_notice_by_state", "visit_notice", ["site", "state", "made_us"])
    op.create_index("visit_notice_by_about", "visit_notice", ["site", "about"])


def _visit_space() -> None:
    op.create_table(
        "visit_space",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False, comment="how many vehicles: over 1 it is an area"),
        sa.Column("temporary", sa.Boolean(), nullable=False, comment="for vehicles with no permit"),
        sa.CheckConstraint("holds > 0", name="space_holds_some"),
        sa.PrimaryKeyConstraint("site", "space"),
    )


def _visit_route() -> None:
    op.create_table(
        "visit_route",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False, comment="JSON: the groups of permits that it opens"),
        sa.PrimaryKeyConstraint("site", "route"),
    )


def _visit_looks() -> None:
    op.create_table(
        "visit_looks",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="unmask or search"),
        sa.Column("from_us", sa.BigInteger(), nullable=False, comment="the beginning of the hour that is counted"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, comment="an incident tells that it was too often"),
        sa.PrimaryKeyConstraint("site", "account", "what"),
    )
