"""What goes in and out of the routes of the audit log."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time


class AuditEntry(Strict):
    """One act. Texts about people are `person:ID` or `person:ID/N`, and for an auditor what they stand for; 已清除 where the
    person was erased."""

    no: int = Field(description="Its number: from 1, without a hole")
    at: Time = Field(description="When: RFC 3339, UTC")
    actor: str = Field(description="Who did it; `hub` and `local` are no people", examples=["李伟"])
    role: str = Field(description="The actor's role at that time; empty for a program")
    act: str = Field(description="What was done", examples=["case.acknowledge"])
    topic: str = Field(description="The sort of thing it was done to", examples=["case"])
    subject: str = Field(description="To which of them", examples=["17"])
    reason: str = Field(description="Why, as the actor wrote it; may be empty")
    before: dict[str, Any] = Field(description="What was other before, by the name of the field")
    after: dict[str, Any] = Field(description="The same after the act, and what was said with it")
    hash: str = Field(description="SHA-256 over the entry and the hash of the one before, in hex")


class AuditList(Strict):
    """Entries, newest first."""

    entries: list[AuditEntry] = Field(description="The entries of this page")
    before: int | None = Field(description="Give it as `before` for the page with older ones; null at the end")


class AuditHead(Strict):
    """The log's end as it was signed at a time; every agent keeps it as well."""

    epoch: int = Field(description="Grows with each restore of a backup; 0 before the first")
    no: int = Field(description="The number of the last entry at that time")
    at: Time = Field(description="When it was signed: RFC 3339, UTC")
    hash: str = Field(description="That entry's hash, in hex")
    key: str = Field(description="The Ed25519 public key, in hex")
    signature: str = Field(description="The signature, in hex: see docs/design/audit.md")


class AuditHeadList(Strict):
    """Heads, newest first."""

    heads: list[AuditHead] = Field(description="The newest heads")


class EraseRequest(Strict):
    """Why a person is erased."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "left two years ago, asked for it"}]})

    reason: Annotated[str, Plain, Field(min_length=1, max_length=1_000)] = Field(description="Why; it stands in the log")


class Erased(Strict):
    """Whom the log can no longer name."""

    person: str = Field(description="The ID that stands in entries", examples=["person:0f3c9a7d21b86e54"])
