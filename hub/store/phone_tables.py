"""The tables of guards' phones: tokens, streams, what they sent, who was sent where, media under way, and push addresses."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

phone_token = Table(
    "phone_token",
    metadata,
    _id("site", primary_key=True),
    _id("digest", primary_key=True, comment="SHA-256 of the token, which is random and kept by the phone alone"),
    _id("token", comment="its public name"),
    _id("phone"),
    _id("account"),
    _id("person", comment="who of the staff the account stood for when it was bound"),
    _us("created_us"),
    _us("used_us"),
    _us("expires_us"),
    _us("ended_us", nullable=True, comment="null: it is good until it expires. Rows stay, so that the phone is told to wipe"),
    _id("ended_why", comment="replaced, left, revoked, lost, account; empty: it has not ended"),
    Index("phone_token_by_account", "site", "account"),
    Index("phone_token_by_phone", "site", "phone"),
)

phone_stream = Table(
    "phone_stream",
    metadata,
    _id("site", primary_key=True),
    _id("phone", primary_key=True),
    _id("person", primary_key=True),
    Column("seq", BigInteger, nullable=False, comment="the highest number of an entry that came"),
    _us("up_to_us", nullable=True, comment="everything made up to then has come; null: it has never said so"),
    _us("heard_us"),
    _id("state", comment="on: the guard carries the phone; rest: gone off duty with nothing left to send; ended: no token"),
    CheckConstraint("state IN ('on', 'rest', 'ended')", name="phone_stream_state_is_known"),
)

phone_entry = Table(
    "phone_entry",
    metadata,
    _id("site", primary_key=True),
    _id("phone", primary_key=True),
    _id("key", primary_key=True, comment="the phone's own, 128 random bits: the dedupe"),
    _id("person"),
    Column("seq", BigInteger, nullable=False, comment="counted by the phone for each guard"),
    _id("kind"),
    _us("at_us", comment="when it was made, on the hub's time line"),
    _us("device_at_us", nullable=True, comment="by the phone's wall clock"),
    Column("mono_ms", BigInteger, nullable=True, comment="by its monotonic clock, since `boot` began"),
    _id("boot"),
    Column("skew_ms", BigInteger, nullable=True, comment="its wall clock less the hub's, as the phone had measured it"),
    _us("received_us"),
    _id("outcome", comment="accepted or refused"),
    _id("code", comment="why it was refused, or empty"),
    Column("case_no", BigInteger, nullable=True, comment="the incident that it is about, or has raised"),
    CheckConstraint("outcome IN ('accepted', 'refused')", name="phone_entry_outcome_is_known"),
    Index("phone_entry_by_time", "site", "received_us"),
)

dispatch = Table(
    "dispatch",
    metadata,
    _id("site", primary_key=True),
    Column("case_no", BigInteger, primary_key=True),
    Column("dispatch_no", BigInteger, primary_key=True, comment="counted for each case"),
    _id("person", comment="who of the staff was sent"),
    _id("actor", comment="who sent them"),
    _id("note"),
    _us("sent_us"),
    _id("state", comment="sent, on_way, on_spot, found, declined, recalled"),
    _us("state_us", comment="since when"),
    CheckConstraint("state IN ('sent', 'on_way', 'on_spot', 'found', 'declined', 'recalled')", name="dispatch_state_is_known"),
    Index("dispatch_by_state", "site", "state"),
)

phone_media = Table(
    "phone_media",
    metadata,
    _id("site", primary_key=True),
    _id("media", primary_key=True, comment="a random name, which the picture has when it is whole"),
    _id("phone"),
    _id("person"),
    _id("entry", comment="the key of the entry that it belongs to"),
    _id("kind", comment="photo or voice"),
    _id("sha256"),
    Column("size_bytes", BigInteger, nullable=False),
    _us("at_us", comment="when it was made, on the hub's time line"),
    _us("created_us"),
    _us("stored_us", nullable=True, comment="null: it is not whole yet"),
    CheckConstraint("kind IN ('photo', 'voice')", name="phone_media_kind_is_known"),
    Index("phone_media_by_phone", "site", "phone", "person", "created_us"),
)

phone_push = Table(
    "phone_push",
    metadata,
    _id("site", primary_key=True),
    _id("token", primary_key=True, comment="the phone token's public name: one address each"),
    _id("person"),
    _id("endpoint", comment="the push service's address"),
    _id("p256dh", comment="the browser's public key"),
    _id("auth"),
    _us("created_us"),
)
