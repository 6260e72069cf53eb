"""Passages at gates, openings with what explains them, who is in, and the watch list of plates."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    _make_passages()
    _make_openings()
    _make_presence()
    _make_watch_list()


def _make_passages() -> None:
    op.create_table(
        "passage",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False, comment="the event's STREAM:SEQ; of a fire input with /GATE behind it"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="decision, or what had the gate opened: command, button, loop, fire"
        ),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True, comment="null: the fire lasts"),
        sa.Column("gate", sa.Text(), nullable=False, comment="the door or barrier"),
        sa.Column("device", sa.Text(), nullable=False, comment="who told: the reader, the camera, the button, the fire panel"),
        sa.Column("direction", sa.Text(), nullable=False, comment="in, out, or empty: not known"),
        sa.Column("medium", sa.Text(), nullable=False, comment="of a decision: card, plate, qr, pin, face"),
        sa.Column("card", sa.Text(), nullable=False, comment="the credential's keyed hash"),
        sa.Column("permit", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="whose it is, a number that names nobody by itself"),
        sa.Column("plate", sa.Text(), nullable=False, comment="canonical; personal data"),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=False,
            comment="of a decision: see contract.permits; of a command its action, of a fire its zone",
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="of a command: in whose name"),
        sa.Column("to_zone", sa.Text(), nullable=False, comment="where the way leads; empty: outside"),
        sa.Column("table_no", sa.BigInteger(), nullable=False, comment="the table of permits that was decided by"),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('decision', 'command', 'button', 'loop', 'fire')", name="passage_kind_is_known"),
        sa.CheckConstraint("direction IN ('', 'in', 'out')", name="passage_direction_is_known"),
        sa.PrimaryKeyConstraint("site", "passage"),
    )
    op.create_index("passage_by_gate", "passage", ["site", "gate", "at_us"])
    op.create_index("passage_by_permit", "passage", ["site", "permit", "at_us"])
    op.create_index("passage_by_plate", "passage", ["site", "plate", "at_us"])
    op.create_index("passage_by_time", "passage", ["site", "at_us"])


def _make_openings() -> None:
    op.create_table(
        "opening",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "opening", sa.Text(), nullable=False, comment="the event's STREAM:SEQ, and the episode of an incident about it"
        ),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True, comment="null: it is open, or nobody saw it close"),
        sa.Column(
            "explained",
            sa.Text(),
            nullable=False,
            comment="card, plate, qr, pin, face, command, button, loop, fire; empty: by nothing",
        ),
        sa.Column("passage", sa.Text(), nullable=False, comment="which one explains it, or empty"),
        sa.Column("who", sa.Text(), nullable=False, comment="in whose name: the actor, the holder or the permit"),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(explained = '') = (passage = '')", name="opening_is_explained_by_something"),
        sa.PrimaryKeyConstraint("site", "opening"),
    )
    op.create_index("opening_by_gate", "opening", ["site", "gate", "at_us"])
    op.create_index("opening_by_time", "opening", ["site", "at_us"])


def _make_presence() -> None:
    op.create_table(
        "presence",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False, comment="person or vehicle"),
        sa.Column(
            "who",
            sa.Text(),
            nullable=False,
            comment="of a vehicle its plate; of a person the holder, or else the permit or the card",
        ),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("permit", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False, comment="empty: outside"),
        sa.Column("gate", sa.Text(), nullable=False, comment="the last one"),
        sa.Column("since_us", sa.BigInteger(), nullable=False, comment="in that zone since"),
        sa.Column(
            "at_us", sa.BigInteger(), nullable=False, comment="of the last passage or correction: an older one changes nothing"
        ),
        sa.Column("passage", sa.Text(), nullable=False, comment="the last one; empty: corrected by hand"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who has corrected it, or empty"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("sort IN ('person', 'vehicle')", name="presence_sort_is_known"),
        sa.PrimaryKeyConstraint("site", "sort", "who"),
    )
    op.create_index("presence_by_time", "presence", ["site", "at_us"])
    op.create_index("presence_by_zone", "presence", ["site", "zone", "sort", "who"])


def _make_watch_list() -> None:
    op.create_table(
        "watched_plate",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("watch", sa.Text(), nullable=False, comment="a random name"),
        sa.Column("plate", sa.Text(), nullable=False, comment="canonical"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True, comment="null: until somebody ends it"),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: nobody has ended it"),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name="watched_priority_is_known"),
        sa.PrimaryKeyConstraint("site", "watch"),
    )
    op.create_index("watched_by_time", "watched_plate", ["site", "at_us"])
