"""The tables of what of the footage stays and what goes; see schema.py."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

footage_hold = Table(
    "footage_hold",
    metadata,
    _id("site", primary_key=True),
    _id("hold", primary_key=True, comment="a random name"),
    _id("sort", comment="incident: the hub made it; person"),
    _id("reason"),
    _id("actor"),
    _us("made_us"),
    _us("from_us", comment="footage that shows any of from_us to to_us stays"),
    _us("to_us", nullable=True, comment="null: it goes on, with its incident"),
    Column("cameras", Text, nullable=False, comment="JSON list of cameras' ids"),
    _us("until_us", nullable=True, comment="when it ends by itself; null: not before it is released"),
    Column("case_no", BigInteger, nullable=True, comment="the incident whose hold it is"),
    _us("closed_us", nullable=True, comment="since when that incident is closed"),
    _us("released_us", nullable=True, comment="null: nobody has released it"),
    _id("released_by", comment="one name, or two with a comma between"),
    _id("release_reason"),
    _id("asked_by", comment="who wants it lifted and waits for a second person, or empty"),
    _us("asked_us", nullable=True),
    CheckConstraint("sort IN ('incident', 'person')", name="hold_sort_is_known"),
    CheckConstraint("(sort = 'incident') = (case_no IS NOT NULL)", name="hold_of_an_incident_names_it"),
    CheckConstraint("sort = 'incident' OR (until_us IS NOT NULL AND to_us IS NOT NULL)", name="hold_of_a_person_ends"),
    Index("footage_hold_by_case", "site", "case_no"),
    Index("footage_hold_by_time", "site", "made_us"),
)

footage_condemned = Table(
    "footage_condemned",
    metadata,
    _id("site", primary_key=True),
    _id("condemned", primary_key=True, comment="the order's id; told again until the agent has answered for all spans"),
    _id("agent"),
    _id("device"),
    _id("stream"),
    Column("spans", Text, nullable=False, comment="JSON list of [first, last]: what has not been answered yet"),
    _us("from_us", comment="what the footage shows"),
    _us("to_us"),
    _us("floor_us", comment="nothing whose end is later goes"),
    Column("days", Integer, nullable=False, comment="how long the camera's footage is owed"),
    _id("state", comment="condemned; rescuing: held since, the agent has not answered; kept: it stays until due_us, then anew"),
    _id("why", comment="of kept: the agent's reason"),
    _id("rescue", comment="of rescuing: the second order's id"),
    _us("condemned_us"),
    _us("due_us", comment="when it is told again; of kept: when it is looked at anew"),
    Column("times", Integer, nullable=False, comment="how often it was told"),
    _us("shows_us", comment="how long what goes lasts, in microseconds"),
    _us("size_bytes"),
    Column("pieces", Integer, nullable=False),
    CheckConstraint("state IN ('condemned', 'rescuing', 'kept')", name="condemned_state_is_known"),
)

footage_gone = Table(
    "footage_gone",
    metadata,
    _id("site", primary_key=True),
    _id("device", primary_key=True),
    _id("stream", primary_key=True),
    _id("day", primary_key=True, comment="the day that it showed, YYYY-MM-DD in the estate's zone"),
    _id("reason", primary_key=True, comment="order: on its day; early, missing, drop_oldest: an incident tells of it"),
    Column("pieces", Integer, nullable=False),
    _us("shows_us", comment="how long it was, in microseconds"),
    _us("size_bytes"),
    _us("first_us", comment="when the first of it was told to be gone"),
    _us("last_us"),
)

footage_sweep = Table(
    "footage_sweep",
    metadata,
    _id("site", primary_key=True),
    Column("body", Text, nullable=False, comment="JSON: hub.ingest.retention.rows.SweepState"),
)
