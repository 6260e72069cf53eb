"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    _make_site()
    _make_stream()
    _make_event()
    _make_quarantine()
    _make_watermark()
    _make_detector_state()
    _make_deadline()
    _make_case()
    _make_case_entry()
    _make_case_clock()
    _make_change()
    _make_reader()
    _make_dead_letter()
    _make_picture()


def _make_site() -> None:
    op.create_table(
        "site",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "lease_epoch", sa.BigInteger(), nullable=False, comment="fences: a worker that took the lease later has a higher one"
        ),
        sa.Column("lease_owner", sa.Text(), nullable=False),
        sa.Column("lease_until_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "change_pos", sa.BigInteger(), nullable=False, comment="the change log's last position, counted in the transaction"
        ),
        sa.Column("case_no", sa.BigInteger(), nullable=False, comment="the last case number given"),
        sa.PrimaryKeyConstraint("site"),
    )


def _make_stream() -> None:
    op.create_table(
        "stream",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False, comment="everything up to this number is committed: the dedupe"),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="the highest boot epoch seen"),
        sa.Column("boot", sa.Text(), nullable=False, comment="the random name of that boot"),
        sa.Column("heard_us", sa.BigInteger(), nullable=False, comment="hub time of the last valid batch"),
        sa.Column(
            "offset_us", sa.BigInteger(), nullable=False, comment="agent's clock less the hub's, as the agent last measured it"
        ),
        sa.PrimaryKeyConstraint("site", "stream"),
    )


def _make_event() -> None:
    op.create_table(
        "event",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it happened, on the hub's time line"),
        sa.Column("agent_at_us", sa.BigInteger(), nullable=False, comment="by the agent's clock"),
        sa.Column("device_at_us", sa.BigInteger(), nullable=True, comment="by the device's own clock, where it tells"),
        sa.Column("hub_at_us", sa.BigInteger(), nullable=False, comment="when the hub took it in"),
        sa.Column("body", sa.Text(), nullable=False, comment="the reading"),
        sa.PrimaryKeyConstraint("site", "stream", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("event_by_device", "event", ["site", "device", "at_us"], unique=False)


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("hub_at_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the record as it came, cut to 64 KiB"),
        sa.PrimaryKeyConstraint("site", "stream", "seq"),
    )


def _make_watermark() -> None:
    op.create_table(
        "watermark",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="a device's or an agent's id"),
        sa.Column(
            "up_to_us", sa.BigInteger(), nullable=False, comment="everything the source had to say up to then is committed"
        ),
        sa.PrimaryKeyConstraint("site", "source"),
    )


def _make_detector_state() -> None:
    op.create_table(
        "detector_state",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="whose row of the estate the detector is given when it is woken"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "detector", "subject"),
    )


def _make_deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="detector:NAME, or case for a case's clock"),
        sa.Column("subject", sa.Text(), nullable=False, comment="the detector's subject, or CASE/CLOCK"),
        sa.Column("due_at_us", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True, comment="whose watermark proves it; null: the wall clock alone"),
        sa.Column("stalled", sa.Boolean(), nullable=False, comment="it has fired unproven and waits for the source's proof"),
        sa.PrimaryKeyConstraint("site", "owner", "subject"),
    )
    op.create_index("deadline_by_due", "deadline", ["site", "due_at_us"], unique=False)


def _make_case() -> None:
    op.create_table(
        "case_",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="incident; later repair, complaint, visit, finding"),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("episode", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="a state of the kind's workflow table"),
        sa.Column("active", sa.Boolean(), nullable=False, comment="the condition lasts"),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False, comment="came as a backlog: listed, never sounding"),
        sa.Column("opened_us", sa.BigInteger(), nullable=False, comment="when the cause began"),
        sa.Column("raised_us", sa.BigInteger(), nullable=False, comment="hub time when it was raised"),
        sa.Column("returned_us", sa.BigInteger(), nullable=True, comment="when the condition returned to normal"),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("merged", sa.Integer(), nullable=False, comment="how often the same episode was raised again"),
        sa.Column("facts", sa.Text(), nullable=False, comment="JSON object, shown to people"),
        sa.Column("version", sa.Integer(), nullable=False, comment="compare and set: each change adds one"),
        sa.PrimaryKeyConstraint("site", "case_no"),
        sa.UniqueConstraint("site", "kind", "detector", "subject", "episode", name="one_case_for_one_cause"),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name="priority_is_known"),
    )
    op.create_index("case_by_state", "case_", ["site", "kind", "state", "case_no"], unique=False)


def _make_case_entry() -> None:
    op.create_table(
        "case_entry",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "act",
            sa.Text(),
            nullable=False,
            comment="a row of the workflow's acts, or raised, merged, returned, withdrawn, proven, escalated",
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="a person's or the hub's name"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object: the fields the act requires"),
        sa.PrimaryKeyConstraint("site", "case_no", "entry_no"),
    )


def _make_case_clock() -> None:
    op.create_table(
        "case_clock",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False, comment="a clock of the workflow table, such as acknowledge"),
        sa.Column("event_no", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "event", sa.Text(), nullable=False, comment="start, pause, resume, stop, expire: elapsed time is a function of these"
        ),
        sa.CheckConstraint("event IN ('start', 'pause', 'resume', 'stop', 'expire')", name="clock_event_is_known"),
        sa.PrimaryKeyConstraint("site", "case_no", "clock", "event_no"),
    )


def _make_change() -> None:
    op.create_table(
        "change",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False, comment="contiguous in a site"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False, comment="case, agent, device, picture"),
        sa.Column("key", sa.Text(), nullable=False, comment="the case's number, the agent's id…; one key, one thing"),
        sa.Column("act", sa.Text(), nullable=False, comment="what happened to it: raised, acknowledged, escalated…"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object: the thing as it is after the change"),
        sa.PrimaryKeyConstraint("site", "pos"),
    )


def _make_reader() -> None:
    op.create_table(
        "reader",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False, comment="mqtt, webhook:NAME, apprise:NAME"),
        sa.Column(
            "pos", sa.BigInteger(), nullable=False, comment="everything up to this position of the change log is delivered"
        ),
        sa.PrimaryKeyConstraint("site", "reader"),
    )


def _make_dead_letter() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "reader", "pos"),
    )


def _make_picture() -> None:
    op.create_table(
        "picture",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "picture",
            sa.Text(),
            nullable=False,
            comment="the agent's random name, also the file's name beneath the pictures' folder",
        ),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("case_no", sa.BigInteger(), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "stored_us",
            sa.BigInteger(),
            nullable=True,
            comment="when the file was synced at the hub; null: promised, not yet here",
        ),
        sa.PrimaryKeyConstraint("site", "picture"),
    )
