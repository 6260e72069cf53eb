"""The tables of what happens at gates; see schema.py."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, SmallInteger, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

passage = Table(
    "passage",
    metadata,
    _id("site", primary_key=True),
    _id("passage", primary_key=True, comment="the event's STREAM:SEQ; of a fire input with /GATE behind it"),
    _id("kind", comment="decision, or what had the gate opened: command, button, loop, fire"),
    _us("at_us"),
    _us("until_us", nullable=True, comment="null: the fire lasts"),
    _id("gate", comment="the door or barrier"),
    _id("device", comment="who told: the reader, the camera, the button, the fire panel"),
    _id("direction", comment="in, out, or empty: not known"),
    _id("medium", comment="of a decision: card, plate, qr, pin, face"),
    _id("card", comment="the credential's keyed hash"),
    _id("permit"),
    _id("holder", comment="whose it is, a number that names nobody by itself"),
    _id("plate", comment="canonical; personal data"),
    Column("granted", Boolean, nullable=False),
    _id("reason", comment="of a decision: see contract.permits; of a command its action, of a fire its zone"),
    _id("actor", comment="of a command: in whose name"),
    _id("to_zone", comment="where the way leads; empty: outside"),
    Column("table_no", BigInteger, nullable=False, comment="the table of permits that was decided by"),
    _id("picture"),
    Column("late", Boolean, nullable=False),
    CheckConstraint("kind IN ('decision', 'command', 'button', 'loop', 'fire')", name="passage_kind_is_known"),
    CheckConstraint("direction IN ('', 'in', 'out')", name="passage_direction_is_known"),
    Index("passage_by_time", "site", "at_us"),
    Index("passage_by_gate", "site", "gate", "at_us"),
    Index("passage_by_plate", "site", "plate", "at_us"),
    Index("passage_by_permit", "site", "permit", "at_us"),
)

opening = Table(
    "opening",
    metadata,
    _id("site", primary_key=True),
    _id("opening", primary_key=True, comment="the event's STREAM:SEQ, and the episode of an incident about it"),
    _id("gate"),
    _us("at_us"),
    _us("closed_us", nullable=True, comment="null: it is open, or nobody saw it close"),
    _id("explained", comment="card, plate, qr, pin, face, command, button, loop, fire; empty: by nothing"),
    _id("passage", comment="which one explains it, or empty"),
    _id("who", comment="in whose name: the actor, the holder or the permit"),
    Column("late", Boolean, nullable=False),
    CheckConstraint("(explained = '') = (passage = '')", name="opening_is_explained_by_something"),
    Index("opening_by_time", "site", "at_us"),
    Index("opening_by_gate", "site", "gate", "at_us"),
)

presence = Table(
    "presence",
    metadata,
    _id("site", primary_key=True),
    _id("sort", primary_key=True, comment="person or vehicle"),
    _id("who", primary_key=True, comment="of a vehicle its plate; of a person the holder, or else the permit or the card"),
    _id("holder"),
    _id("permit"),
    _id("zone", comment="empty: outside"),
    _id("gate", comment="the last one"),
    _us("since_us", comment="in that zone since"),
    _us("at_us", comment="of the last passage or correction: an older one changes nothing"),
    _id("passage", comment="the last one; empty: corrected by hand"),
    _id("actor", comment="who has corrected it, or empty"),
    _id("reason"),
    CheckConstraint("sort IN ('person', 'vehicle')", name="presence_sort_is_known"),
    Index("presence_by_zone", "site", "zone", "sort", "who"),
    Index("presence_by_time", "site", "at_us"),
)

watched = Table(
    "watched_plate",
    metadata,
    _id("site", primary_key=True),
    _id("watch", primary_key=True, comment="a random name"),
    _id("plate", comment="canonical"),
    _id("reason"),
    _id("actor"),
    _us("at_us"),
    _us("until_us", nullable=True, comment="null: until somebody ends it"),
    Column("priority", SmallInteger, nullable=False),
    _us("ended_us", nullable=True, comment="null: nobody has ended it"),
    _id("ended_by"),
    CheckConstraint("priority BETWEEN 1 AND 4", name="watched_priority_is_known"),
    Index("watched_by_time", "site", "at_us"),
)
