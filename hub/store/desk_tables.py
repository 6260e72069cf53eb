"""The tables of the duty desk; see schema.py."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

key_item = Table(
    "key_item",
    metadata,
    _id("site", primary_key=True),
    _id("item", primary_key=True, comment="the number that stands on it"),
    _id("kind", comment="key, radio, torch, baton, recorder or other"),
    _id("name_zh"),
    _id("name_en"),
    _id("place", comment="where it belongs"),
    _id("state"),
    _id("holder", comment="who of the staff has it, or empty"),
    _id("purpose"),
    _us("out_us", nullable=True, comment="since when it is out; null: it is not"),
    _us("due_us", nullable=True, comment="by when it is to be back; null: it is not out"),
    Column("moves", Integer, nullable=False, comment="the last number of its history"),
    CheckConstraint("state IN ('in', 'out', 'broken', 'lost')", name="key_state_is_known"),
    CheckConstraint("(state = 'out') = (holder <> '')", name="key_that_is_out_has_a_holder"),
)

key_move = Table(
    "key_move",
    metadata,
    _id("site", primary_key=True),
    _id("item", primary_key=True),
    Column("move_no", Integer, primary_key=True),
    _us("at_us"),
    _id("act", comment="added, issued, returned or marked"),
    _id("actor", comment="who entered it"),
    _id("person", comment="who took it, or brought it back; an id of the staff, or empty"),
    _id("state", comment="the item's, after this"),
    _us("due_us", nullable=True),
    _id("note", comment="what it was for, or how it came back"),
)

phone_call = Table(
    "phone_call",
    metadata,
    _id("site", primary_key=True),
    _id("call", primary_key=True, comment="SOURCE:ID; of the exchange its own id"),
    _id("source", comment="declared by a person, or told by the exchange: two kinds of knowledge"),
    _id("direction"),
    _id("number", comment="of the other end: personal data"),
    _us("at_us", comment="the first that was told of it"),
    _id("place", comment="the post at which it rang"),
    _us("rang_us", nullable=True, comment="null: nobody has told"),
    _us("answered_us", nullable=True),
    _us("ended_us", nullable=True),
    _id("actor", comment="who entered it; empty: the exchange"),
    _id("person", comment="who took it, an id of the staff, or empty"),
    _id("about"),
    Column("case_no", BigInteger, nullable=True, comment="the incident that it belongs to"),
    Column("raised", Boolean, nullable=False, comment="a case was raised of its answer's time"),
    CheckConstraint("source IN ('declared', 'exchange')", name="call_source_is_known"),
    CheckConstraint("direction IN ('in', 'out')", name="call_direction_is_known"),
    Index("phone_call_by_time", "site", "at_us"),
)

handover = Table(
    "handover",
    metadata,
    _id("site", primary_key=True),
    _id("handover", primary_key=True, comment="a random name"),
    _id("place", comment="the post"),
    _id("state"),
    _us("begun_us"),
    _id("leaving_account"),
    _id("leaving_name", comment="as it was written when it was signed"),
    _id("leaving_person", comment="who of the staff, or empty"),
    _id("note", comment="of who leaves"),
    _us("leaving_signed_us", nullable=True),
    _id("coming_account", comment="empty: nobody has joined"),
    _id("coming_name"),
    _id("coming_person"),
    _id("coming_session", comment="the sign-in in which they joined: items are accepted there in their name"),
    _us("coming_signed_us", nullable=True),
    _us("ended_us", nullable=True, comment="null: under way"),
    _id("ended_by"),
    CheckConstraint("state IN ('draft', 'completed', 'cancelled')", name="handover_state_is_known"),
    CheckConstraint(
        "state <> 'completed' OR (leaving_signed_us IS NOT NULL AND coming_signed_us IS NOT NULL)",
        name="handover_is_signed_by_both",
    ),
    CheckConstraint("leaving_account <> coming_account", name="handover_is_between_two"),
    Index("handover_by_time", "site", "begun_us"),
)

handover_item = Table(
    "handover_item",
    metadata,
    _id("site", primary_key=True),
    _id("handover", primary_key=True),
    _id("item", primary_key=True, comment="KIND:NAME, such as incident:17"),
    _id("kind"),
    _id("about", comment="the case's number, the device, the key, the maintenance window"),
    _id("zh", comment="what it is, in Chinese, as it was read"),
    _id("en"),
    _id("stamp", comment="what it was when it was decided about: another one asks for another decision"),
    _us("added_us"),
    _id("decision", comment="empty, accepted, rejected, or gone: over before anybody decided"),
    _us("decided_us", nullable=True),
    _id("decided_by"),
    _id("reason"),
    CheckConstraint("decision IN ('', 'accepted', 'rejected', 'gone')", name="decision_is_known"),
)
