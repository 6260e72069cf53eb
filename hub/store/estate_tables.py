"""The tables of the estate: its versions, and the drawings of its floors."""

from sqlalchemy import CheckConstraint, Column, Double, Integer, LargeBinary, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

estate_version = Table(
    "estate_version",
    metadata,
    _id("site", primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="counted from 1; the highest is in force"),
    _us("at_us"),
    _id("actor", comment="who put it in force; empty: the hub, from the estate file"),
    _id("reason"),
    _id("origin", comment="file: imported from one; edit: edited at the hub; restore: an older version again"),
    _id("digest", comment="SHA-256 of body"),
    _id("body", comment="JSON: the estate file's values with their positions on the plan, without keys"),
    CheckConstraint("origin IN ('file', 'edit', 'restore')", name="estate_origin_is_known"),
)

plan_drawing = Table(
    "plan_drawing",
    metadata,
    _id("site", primary_key=True),
    _id("floor", primary_key=True, comment="an id of the estate's floors"),
    _id("media_type", comment="image/svg+xml or image/png"),
    Column("body", LargeBinary, nullable=False, comment="rewritten from what is known to be harmless"),
    _id("digest", comment="SHA-256 of body"),
    Column("width", Double, nullable=False, comment="in the drawing's own units, as is height"),
    Column("height", Double, nullable=False),
    _us("at_us"),
)
