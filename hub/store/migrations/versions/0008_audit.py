"""The audit log: its entries, their signed heads, and a key per person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"

_ENTRY_TEXTS = {
    "actor": "person:ID, or a program's plain name",
    "role": None,
    "act": None,
    "topic": None,
    "subject": None,
    "reason": None,
    "before": "JSON object: what was other before; personal texts are tokens person:ID or person:ID/N",
    "after": "JSON object",
    "sealed": "JSON object: for each person's ID a box, base64 of nonce and AES-256-GCM",
    "prev": "the hash of the entry before; zeros for the first",
    "hash": "SHA-256 of all columns before, in hex: see docs/design/audit.md",
}


def upgrade() -> None:
    number, us, text = sa.BigInteger(), sa.BigInteger(), sa.Text()
    op.create_table(
        "audit_entry",
        sa.Column("site", text, nullable=False),
        sa.Column("no", number, nullable=False, autoincrement=False, comment="from 1, without a hole"),
        sa.Column("at_us", us, nullable=False),
        *(sa.Column(name, text, nullable=False, comment=comment) for name, comment in _ENTRY_TEXTS.items()),
        sa.PrimaryKeyConstraint("site", "no"),
    )
    op.create_index("audit_entry_by_actor", "audit_entry", ["site", "actor", "no"], unique=False)
    op.create_index("audit_entry_by_subject", "audit_entry", ["site", "subject", "no"], unique=False)
    op.create_index("audit_entry_by_act", "audit_entry", ["site", "act", "no"], unique=False)
    op.create_index("audit_entry_by_time", "audit_entry", ["site", "at_us"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("site", text, nullable=False),
        sa.Column("epoch", number, nullable=False, autoincrement=False, comment="grows with each restore of a backup"),
        sa.Column("no", number, nullable=False, autoincrement=False, comment="the entry that the log ended with"),
        sa.Column("at_us", us, nullable=False),
        sa.Column("hash", text, nullable=False, comment="that entry's"),
        sa.Column("key", text, nullable=False, comment="Ed25519 public key, in hex"),
        sa.Column("signature", text, nullable=False, comment="in hex"),
        sa.PrimaryKeyConstraint("site", "epoch", "no"),
    )
    op.create_table(
        "person_key",
        sa.Column("site", text, nullable=False),
        sa.Column("person", text, nullable=False, comment="the random ID that stands in entries"),
        sa.Column("subject", text, nullable=False, comment="the name without case and width that is known by it; empty: erased"),
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="AES-256; empty: erased, and nobody opens the boxes any more"),
        sa.Column("made_us", us, nullable=False),
        sa.Column("erased_us", us, nullable=True),
        sa.PrimaryKeyConstraint("site", "person"),
    )
    known = sa.text("subject <> ''")
    columns = ["site", "subject"]
    op.create_index("person_key_by_subject", "person_key", columns, unique=True, sqlite_where=known, postgresql_where=known)
