"""The tables of the audit log: entries, their signed heads, and the keys of people."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, text

from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us

audit_entry = Table(
    "audit_entry",
    metadata,
    _id("site", primary_key=True),
    Column("no", BigInteger, primary_key=True, autoincrement=False, comment="from 1, without a hole"),
    _us("at_us"),
    _id("actor", comment="person:ID, or a program's plain name"),
    _id("role"),
    _id("act"),
    _id("topic"),
    _id("subject"),
    _id("reason"),
    _id("before", comment="JSON object: what was other before; personal texts are tokens person:ID or person:ID/N"),
    _id("after", comment="JSON object"),
    _id("sealed", comment="JSON object: for each person's ID a box, base64 of nonce and AES-256-GCM"),
    _id("prev", comment="the hash of the entry before; zeros for the first"),
    _id("hash", comment="SHA-256 of all columns before, in hex: see docs/design/audit.md"),
    Index("audit_entry_by_actor", "site", "actor", "no"),
    Index("audit_entry_by_subject", "site", "subject", "no"),
    Index("audit_entry_by_act", "site", "act", "no"),
    Index("audit_entry_by_time", "site", "at_us"),
)

audit_head = Table(
    "audit_head",
    metadata,
    _id("site", primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False, comment="grows with each restore of a backup"),
    Column("no", BigInteger, primary_key=True, autoincrement=False, comment="the entry that the log ended with"),
    _us("at_us"),
    _id("hash", comment="that entry's"),
    _id("key", comment="Ed25519 public key, in hex"),
    _id("signature", comment="in hex"),
)

person_key = Table(
    "person_key",
    metadata,
    _id("site", primary_key=True),
    _id("person", primary_key=True, comment="the random ID that stands in entries"),
    _id("subject", comment="the name without case and width that is known by it; empty: erased"),
    Column("key", LargeBinary, nullable=False, comment="AES-256; empty: erased, and nobody opens the boxes any more"),
    _us("made_us"),
    _us("erased_us", nullable=True),
    Index(
        "person_key_by_subject",
        "site",
        "subject",
        unique=True,
        sqlite_where=text("subject <> ''"),
        postgresql_where=text("subject <> ''"),
    ),
)
