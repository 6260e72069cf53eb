"""The tables of permits; see schema.py and hub/access/types.py. `version` counts from 1 and is compared and set."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, text

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


household = Table(
    "household",
    metadata,
    _id("site", primary_key=True),
    _id("household", primary_key=True, comment="an id; of an import the door's own, such as 3-2-501"),
    _version(),
    _us("changed_us"),
    _id("building"),
    _id("unit"),
    _id("room"),
    _id("place", comment="the estate's place it lies in, or empty"),
    _id("note"),
    _us("ended_us", nullable=True, comment="null: somebody lives there"),
    CheckConstraint("version > 0", name="household_has_a_version"),
)

holder = Table(
    "permit_holder",
    metadata,
    _id("site", primary_key=True),
    _id("holder", primary_key=True, comment="an id that says nothing about the person"),
    _version(),
    _us("changed_us"),
    _id("kind"),
    _id("name", comment="personal data; empty once it is erased"),
    _id("phone", comment="personal data; empty once it is erased"),
    _id("household", comment="or empty"),
    _id("note", comment="personal data; empty once it is erased"),
    _us("ended_us", nullable=True, comment="since then no permit of theirs holds; null: they do"),
    CheckConstraint("kind IN ('resident', 'staff', 'contractor', 'visitor', 'vehicle')", name="holder_kind_is_known"),
    CheckConstraint("version > 0", name="holder_has_a_version"),
    Index("holder_by_household", "site", "household"),
)

permit = Table(
    "permit",
    metadata,
    _id("site", primary_key=True),
    _id("permit", primary_key=True),
    _version(),
    _us("changed_us"),
    _id("holder"),
    _id("group_ids", comment="JSON: the ids of its groups"),
    _us("from_us", nullable=True, comment="null: at once"),
    _us("until_us", nullable=True, comment="null: without end"),
    Column("spaces", Integer, nullable=False, comment="so many of its vehicles may be inside at once; 0: no limit"),
    Column("uses", Integer, nullable=False, comment="so often may each credential go in; 0: no limit"),
    Column("exempt", Boolean, nullable=False, comment="passback does not hold it up"),
    _id("origin", comment="what issued it, such as visit:ID; empty: an editor"),
    _id("note"),
    _us("ended_us", nullable=True, comment="null: in force"),
    CheckConstraint("from_us IS NULL OR until_us IS NULL OR from_us < until_us", name="permit_begins_before_it_ends"),
    CheckConstraint("spaces >= 0 AND uses >= 0", name="permit_numbers_are_counts"),
    CheckConstraint("version > 0", name="permit_has_a_version"),
    Index("permit_by_holder", "site", "holder"),
)

credential = Table(
    "credential",
    metadata,
    _id("site", primary_key=True),
    _id("credential", primary_key=True),
    _version(),
    _us("changed_us"),
    _id("permit"),
    _id("medium"),
    _id("name", comment="the keyed hash that gates know it by; the number itself is nowhere kept"),
    _id("shown", comment="a plate's text, the last two digits of a card, nothing of a code"),
    _id("state"),
    _us("from_us", nullable=True),
    _us("until_us", nullable=True),
    _id("pin", comment="the name of the PIN that must follow, or empty"),
    _id("instead", comment="the credential that replaced it, or empty"),
    _us("ended_us", nullable=True, comment="since when it is lost, revoked or replaced; null: it is live"),
    CheckConstraint("medium IN ('card', 'plate', 'qr', 'pin', 'face')", name="credential_medium_is_known"),
    CheckConstraint("state IN ('active', 'revoked', 'lost', 'replaced', 'suspended')", name="credential_state_is_known"),
    CheckConstraint("(state IN ('active', 'suspended')) = (ended_us IS NULL)", name="credential_that_ended_has_a_time"),
    CheckConstraint("from_us IS NULL OR until_us IS NULL OR from_us < until_us", name="credential_begins_before_it_ends"),
    CheckConstraint("version > 0", name="credential_has_a_version"),
    Index("credential_by_permit", "site", "permit"),
    Index("credential_by_name", "site", "name"),
    Index("credential_by_shown", "site", "shown"),
    Index(
        "credential_is_live_once",
        "site",
        "name",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
)

access_rule = Table(
    "access_rule",
    metadata,
    _id("site", primary_key=True),
    _id("kind", primary_key=True, comment="group, zone, portal or schedule"),
    _id("rule", primary_key=True, comment="its id; of a portal that of the device"),
    _version(),
    _us("changed_us"),
    _id("body", comment="JSON: see hub/access/types.py"),
    CheckConstraint("kind IN ('group', 'zone', 'portal', 'schedule')", name="access_rule_kind_is_known"),
    CheckConstraint("version > 0", name="access_rule_has_a_version"),
)

access_history = Table(
    "access_history",
    metadata,
    _id("site", primary_key=True),
    _id("kind", primary_key=True),
    _id("id", primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="that the thing had after it"),
    _us("at_us", key=True, comment="a rule that is taken away and made again counts its versions anew"),
    _id("act", comment="added, changed, ended, removed, erased, lost, revoked, replaced, suspended or resumed"),
    _id("actor"),
    _id("reason"),
    _id("body", comment="JSON: the thing as it was then, without names, phones and notes of people"),
    Index("access_history_by_time", "site", "at_us"),
)

permit_table = Table(
    "permit_table",
    metadata,
    _id("site", primary_key=True),
    _id("agent", primary_key=True),
    _id("epoch", comment="names the numbering; a restore of a backup begins another one"),
    Column("no", BigInteger, nullable=False, comment="of the newest table made for the agent"),
    _id("hash", comment="that it comes to"),
    Column("entries", Integer, nullable=False),
    _us("at_us", comment="when it was made"),
)
