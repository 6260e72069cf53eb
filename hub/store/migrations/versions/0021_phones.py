"""Guards' phones: tokens, streams, what they sent, who was sent where, media under way, and push addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    _make_phone_token()
    _make_phone_stream()
    _make_phone_entry()
    _make_dispatch()
    _make_phone_media()
    _make_phone_push()


def _make_phone_token() -> None:
    op.create_table(
        "phone_token",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "digest", sa.Text(), nullable=False, comment="SHA-256 of the token, which is random and kept by the phone alone"
        ),
        sa.Column("token", sa.Text(), nullable=False, comment="its public name"),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="who of the staff the account stood for when it was bound"),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "ended_us",
            sa.BigInteger(),
            nullable=True,
            comment="null: it is good until it expires. Rows stay, so that the phone is told to wipe",
        ),
        sa.Column(
            "ended_why", sa.Text(), nullable=False, comment="replaced, left, revoked, lost, account; empty: it has not ended"
        ),
        sa.PrimaryKeyConstraint("site", "digest"),
    )
    op.create_index("phone_token_by_account", "phone_token", ["site", "account"])
    op.create_index("phone_token_by_phone", "phone_token", ["site", "phone"])


def _make_phone_stream() -> None:
    op.create_table(
        "phone_stream",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="the highest number of an entry that came"),
        sa.Column(
            "up_to_us", sa.BigInteger(), nullable=True, comment="everything made up to then has come; null: it has never said so"
        ),
        sa.Column("heard_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="on: the guard carries the phone; rest: gone off duty with nothing left to send; ended: no token",
        ),
        sa.CheckConstraint("state IN ('on', 'rest', 'ended')", name="phone_stream_state_is_known"),
        sa.PrimaryKeyConstraint("site", "phone", "person"),
    )


def _make_phone_entry() -> None:
    op.create_table(
        "phone_entry",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the phone's own, 128 random bits: the dedupe"),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="counted by the phone for each guard"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it was made, on the hub's time line"),
        sa.Column("device_at_us", sa.BigInteger(), nullable=True, comment="by the phone's wall clock"),
        sa.Column("mono_ms", sa.BigInteger(), nullable=True, comment="by its monotonic clock, since `boot` began"),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column(
            "skew_ms", sa.BigInteger(), nullable=True, comment="its wall clock less the hub's, as the phone had measured it"
        ),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="accepted or refused"),
        sa.Column("code", sa.Text(), nullable=False, comment="why it was refused, or empty"),
        sa.Column("case_no", sa.BigInteger(), nullable=True, comment="the incident that it is about, or has raised"),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name="phone_entry_outcome_is_known"),
        sa.PrimaryKeyConstraint("site", "phone", "key"),
    )
    op.create_index("phone_entry_by_time", "phone_entry", ["site", "received_us"])


def _make_dispatch() -> None:
    op.create_table(
        "dispatch",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=False),
        sa.Column("dispatch_no", sa.BigInteger(), nullable=False, comment="counted for each case"),
        sa.Column("person", sa.Text(), nullable=False, comment="who of the staff was sent"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who sent them"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="sent, on_way, on_spot, found, declined, recalled"),
        sa.Column("state_us", sa.BigInteger(), nullable=False, comment="since when"),
        sa.CheckConstraint(
            "state IN ('sent', 'on_way', 'on_spot', 'found', 'declined', 'recalled')", name="dispatch_state_is_known"
        ),
        sa.PrimaryKeyConstraint("site", "case_no", "dispatch_no"),
    )
    op.create_index("dispatch_by_state", "dispatch", ["site", "state"])


def _make_phone_media() -> None:
    op.create_table(
        "phone_media",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False, comment="a random name, which the picture has when it is whole"),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False, comment="the key of the entry that it belongs to"),
        sa.Column("kind", sa.Text(), nullable=False, comment="photo or voice"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it was made, on the hub's time line"),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("stored_us", sa.BigInteger(), nullable=True, comment="null: it is not whole yet"),
        sa.CheckConstraint("kind IN ('photo', 'voice')", name="phone_media_kind_is_known"),
        sa.PrimaryKeyConstraint("site", "media"),
    )
    op.create_index("phone_media_by_phone", "phone_media", ["site", "phone", "person", "created_us"])


def _make_phone_push() -> None:
    op.create_table(
        "phone_push",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False, comment="the phone token's public name: one address each"),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False, comment="the push service's address"),
        sa.Column("p256dh", sa.Text(), nullable=False, comment="the browser's public key"),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "token"),
    )
