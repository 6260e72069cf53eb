"""The register of footage: who looked, who took some out of the house, and why; see schema.py."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, Text

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

footage_view = Table(
    "footage_view",
    metadata,
    _id("site", primary_key=True),
    _id("view", primary_key=True, comment="a random name"),
    _id("kind", comment="view, export: somebody asked for one; download: somebody took one"),
    _us("at_us"),
    _id("account", comment="the key of who it was"),
    _id("actor", comment="who, as people know them"),
    _id("role"),
    _id("reason", comment="why, in the actor's words"),
    _id("devices", comment="the cameras, JSON"),
    _us("from_us"),
    _us("to_us"),
    Column("incident", BigInteger, nullable=True, comment="the case it is about; null: none is named"),
    _id("receiver", comment="of an export: who gets it"),
    _id("ticket", comment="of an export: the receiver's own number for it, or empty"),
    _id("export", comment="of an export and a download: which; else empty"),
    CheckConstraint("kind IN ('view', 'export', 'download')", name="footage_view_kind_is_known"),
    CheckConstraint("from_us < to_us", name="footage_view_has_a_span"),
    CheckConstraint("reason <> '' AND actor <> ''", name="footage_view_has_a_reason_and_a_name"),
    Index("footage_view_by_time", "site", "at_us"),
    Index("footage_view_by_account", "site", "account", "at_us"),
)

footage_export = Table(
    "footage_export",
    metadata,
    _id("site", primary_key=True),
    _id("export", primary_key=True, comment="a random name"),
    _id("view", comment="the register's row of who asked"),
    _id("stream", comment="main or sub"),
    _id("state", comment="queued, making, done, failed, cancelled, expired"),
    _id("detail", comment="of a failed one: why, a name"),
    _us("asked_us"),
    _us("ended_us", nullable=True, comment="null: it is not made yet"),
    _us("expires_us", nullable=True, comment="when the archive is deleted; null: there is none"),
    Column("size_bytes", BigInteger, nullable=False, comment="of the archive; 0: there is none"),
    _id("sha256", comment="of the archive, hex; empty: there is none"),
    Column("file", Text, nullable=False, comment="its name in the folder of exports, random; empty: there is none"),
    CheckConstraint(
        "state IN ('queued', 'making', 'done', 'failed', 'cancelled', 'expired')", name="footage_export_state_is_known"
    ),
    Index("footage_export_by_time", "site", "asked_us"),
)
