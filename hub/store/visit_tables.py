"""The tables of visits, deliveries, links and parking spaces; see schema.py. Fields as in hub/visits/types.py, in order."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

visit = Table(
    "visit",
    metadata,
    _id("site", primary_key=True),
    _id("visit", primary_key=True, comment="a random name"),
    _id("kind"),
    _id("state"),
    _id("room", comment="the household visited; empty: the estate itself"),
    _id("reason"),
    _id("company"),
    _id("plate", comment="canonical; personal data, emptied on its day"),
    _id("plate_name", comment="its keyed hash, by which gates know it; emptied with it"),
    _id("qr", comment="the keyed hash of the pass's code"),
    _id("sealed", comment="DAY:BOX with name, identity number and phone; emptied on its day"),
    _id("route"),
    _id("space"),
    _us("made_us"),
    _id("made_by"),
    _id("made_as"),
    _us("expected_us", nullable=True, comment="null: now"),
    _us("asked_us", nullable=True),
    Column("asks", Integer, nullable=False),
    _us("answered_us", nullable=True),
    _id("answered_how"),
    _id("answered_by", comment="a holder of the household, or an account"),
    _us("from_us", nullable=True, comment="of the pass; null: there is none"),
    _us("until_us", nullable=True),
    _us("entered_us", nullable=True),
    _us("left_us", nullable=True),
    Column("forced", Boolean, nullable=False, comment="let in unconfirmed"),
    Column("extended", Integer, nullable=False),
    _id("rules", comment="the version of the rules that a truck's driver was told; empty: none"),
    _us("rules_us", nullable=True),
    _id("rules_by"),
    _us("due_us", nullable=True, comment="the end of the state's one clock; null: it has ended"),
    _us("ended_us", nullable=True),
    _us("erase_us", nullable=True, comment="when what is personal goes; null: it has not ended"),
    _us("erased_us", nullable=True),
    Column("entries", Integer, nullable=False, comment="the last number of its history"),
    Column("version", Integer, nullable=False),
    Column("people", Integer, nullable=False, server_default="1", comment="how many come"),
    CheckConstraint("kind IN ('visitor', 'vehicle', 'temporary', 'truck')", name="visit_kind_is_known"),
    CheckConstraint(
        "state IN ('registered', 'asked', 'expired', 'confirmed', 'inside', 'overstayed', 'refused', 'cancelled', 'left',"
        " 'closed')",
        name="visit_state_is_known",
    ),
    CheckConstraint("(ended_us IS NULL) = (due_us IS NOT NULL)", name="visit_ends_or_has_a_clock"),
    CheckConstraint("(ended_us IS NULL) = (erase_us IS NULL)", name="visit_that_ended_is_erased"),
    CheckConstraint(
        "erased_us IS NULL OR (sealed = '' AND plate = '' AND plate_name = '' AND qr = '')", name="visit_that_is_erased_is_empty"
    ),
    CheckConstraint("state <> 'confirmed' OR until_us IS NOT NULL", name="visit_that_is_confirmed_has_a_pass"),
    Index("visit_by_time", "site", "made_us"),
    Index("visit_by_state", "site", "state", "made_us"),
    Index("visit_by_room", "site", "room", "made_us"),
    Index("visit_by_erasing", "site", "erased_us", "erase_us"),
)

visit_entry = Table(
    "visit_entry",
    metadata,
    _id("site", primary_key=True),
    _id("about", primary_key=True, comment="a visit or a delivery"),
    Column("entry_no", Integer, primary_key=True),
    _us("at_us"),
    _id("act"),
    _id("actor", comment="an account, a holder of the household, or hub"),
    _id("note", comment="emptied with the visit"),
)

delivery = Table(
    "delivery",
    metadata,
    _id("site", primary_key=True),
    _id("delivery", primary_key=True, comment="a random name"),
    _id("state"),
    _id("room"),
    _id("place", comment="the drop-off point"),
    _id("company"),
    Column("parcels", Integer, nullable=False),
    _us("made_us"),
    _id("made_by"),
    _us("told_us", nullable=True),
    _id("consent", comment="whether a guard may carry it to the door: empty, asked, yes, no or expired"),
    _us("consent_us", nullable=True),
    _id("consent_how"),
    _id("consent_by", comment="a holder of the household"),
    _id("carrier"),
    Column("unclaimed", Boolean, nullable=False, comment="nobody came for it in time: that was told"),
    _us("due_us", nullable=True),
    _us("ended_us", nullable=True),
    Column("entries", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("state IN ('dropped', 'carried', 'collected', 'returned')", name="delivery_state_is_known"),
    CheckConstraint("consent IN ('', 'asked', 'yes', 'no', 'expired')", name="consent_is_known"),
    CheckConstraint("state <> 'carried' OR consent = 'yes'", name="what_is_carried_has_consent"),
    Index("delivery_by_time", "site", "made_us"),
    Index("delivery_by_state", "site", "state", "made_us"),
)

visit_link = Table(
    "visit_link",
    metadata,
    _id("site", primary_key=True),
    _id("digest", primary_key=True, comment="SHA-256 of the token, which is nowhere kept"),
    _id("link", comment="the name from which the token is made, by a key that is in no database"),
    _id("purpose"),
    _id("about"),
    _id("person", comment="to whom of the household it was sent"),
    Column("round_no", Integer, nullable=False, comment="which asking it belongs to"),
    _us("made_us"),
    _us("expires_us"),
    _us("used_us", nullable=True, comment="null: nobody has answered by it"),
    CheckConstraint("purpose IN ('confirm', 'consent')", name="link_purpose_is_known"),
    Index("visit_link_by_about", "site", "about"),
)

resident_link = Table(
    "resident_link",
    metadata,
    _id("site", primary_key=True),
    _id("holder", primary_key=True, comment="the resident who registers visitors by it"),
    _id("room", comment="the household to which they come"),
    _id("link", comment="the name from which the token is made, by a key that is in no database"),
    _id("digest", comment="SHA-256 of the token, which is nowhere kept"),
    _us("made_us"),
    _id("made_by", comment="the account that had it sent, or the link behind which it was taken"),
    _us("expires_us"),
    _us("revoked_us", nullable=True, comment="null: it was not withdrawn"),
    _us("day_us", comment="the beginning of the local day that is counted"),
    Column("count", Integer, nullable=False, comment="visitors registered on that day"),
    Index("resident_link_by_digest", "site", "digest", unique=True),
)

visit_notice = Table(
    "visit_notice",
    metadata,
    _id("site", primary_key=True),
    _id("notice", primary_key=True, comment="a random name"),
    _id("about"),
    _id("what", comment="which text: confirm, dropped, consent"),
    _id("room"),
    _id("person"),
    _id("link", comment="a link's name, or empty"),
    _us("made_us"),
    _us("until_us", comment="from then on it is no use"),
    _id("state"),
    Column("tries", Integer, nullable=False),
    _id("error"),
    _us("done_us", nullable=True),
    CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="notice_state_is_known"),
    Index("visit_notice_by_state", "site", "state", "made_us"),
    Index("visit_notice_by_about", "site", "about"),
)

visit_space = Table(
    "visit_space",
    metadata,
    _id("site", primary_key=True),
    _id("space", primary_key=True),
    _id("name_zh"),
    _id("name_en"),
    _id("place"),
    Column("holds", Integer, nullable=False, comment="how many vehicles: over 1 it is an area"),
    Column("temporary", Boolean, nullable=False, comment="for vehicles with no permit"),
    CheckConstraint("holds > 0", name="space_holds_some"),
)

visit_route = Table(
    "visit_route",
    metadata,
    _id("site", primary_key=True),
    _id("route", primary_key=True),
    _id("name_zh"),
    _id("name_en"),
    _id("words"),
    _id("groups", comment="JSON: the groups of permits that it opens"),
)

visit_rules = Table(
    "visit_rules",
    metadata,
    _id("site", primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False, comment="of the version; none is ever changed"),
    _id("lines", comment="JSON: the rules that a truck's driver is told, Chinese and English"),
    _us("made_us"),
    _id("made_by"),
)

visit_looks = Table(
    "visit_looks",
    metadata,
    _id("site", primary_key=True),
    _id("account", primary_key=True),
    _id("what", primary_key=True, comment="unmask or search"),
    _us("from_us", comment="the beginning of the hour that is counted"),
    Column("count", Integer, nullable=False),
    Column("told", Boolean, nullable=False, comment="an incident tells that it was too often"),
)
