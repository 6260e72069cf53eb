"""The tables of footage: the packed index, what is covered, and what recorders said; see schema.py."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

footage_track = Table(
    "footage_track",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True, comment="the camera"),
    _id("stream", primary_key=True, comment="main or sub"),
    _us("since_us", comment="the first footage ever began then: before it there is no hole"),
    Column("top_no", BigInteger, nullable=False, comment="the highest number taken in: a higher one is new without looking"),
    Column("open_hour", BigInteger, nullable=False, comment="whose segments stand in footage_tail; all others are packed"),
    Column("open_count", Integer, nullable=False, comment="how many of them came in"),
)

footage_hour = Table(
    "footage_hour",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True),
    _id("stream", primary_key=True),
    Column("hour", BigInteger, primary_key=True, comment="since 1970 in UTC: of segments that begin in it"),
    _us("begins_us", comment="of the first segment"),
    _us("ends_us", comment="the latest end"),
    Column("first_no", BigInteger, nullable=False, comment="the lowest number"),
    Column("last_no", BigInteger, nullable=False, comment="the highest"),
    Column("segments", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, comment="of all of them on disk"),
    Column("pieces", LargeBinary, nullable=False, comment="see hub/footage/packing.py"),
    CheckConstraint("segments > 0", name="footage_hour_is_not_empty"),
    Index("footage_hour_by_no", "site", "device", "stream", "last_no", "first_no"),
)

footage_tail = Table(
    "footage_tail",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True),
    _id("stream", primary_key=True),
    _us("start_us", key=True),
    Column("no", BigInteger, primary_key=True),
    _us("end_us"),
    Column("size_bytes", BigInteger, nullable=False),
    _id("codec"),
    Column("init_bytes", BigInteger, nullable=False, comment="how long its header is"),
    sqlite_with_rowid=False,
)

footage_run = Table(
    "footage_run",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True),
    _id("stream", primary_key=True),
    _us("from_us", key=True),
    _us("until_us"),
    _id("what", comment="there, or why it is no more: due, missing, drop_oldest"),
    CheckConstraint("until_us > from_us", name="footage_run_is_not_empty"),
    CheckConstraint("what IN ('there', 'due', 'missing', 'drop_oldest')", name="footage_run_is_known"),
    sqlite_with_rowid=False,
)

footage_word = Table(
    "footage_word",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True, comment="the camera; of what an agent said of itself, the agent"),
    _id("stream", primary_key=True, comment="empty: of all"),
    _us("at_us", key=True),
    _id("word", comment="recording, or why nothing is recorded from then on: see hub/footage/causes.py"),
    Index("footage_word_by_time", "site", "at_us"),
    sqlite_with_rowid=False,
)
