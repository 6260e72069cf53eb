"""What each device told last, kind by kind; and commands with who and why, kept beyond a restart.

What devices told before is in the events, and is told again as they are heard.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    op.create_table(
        "device_state",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="of the reading that tells, such as barrier_state"),
        sa.Column("word", sa.Text(), nullable=False, comment="what it tells, such as open: see hub/condition.py"),
        sa.Column("since_us", sa.BigInteger(), nullable=False, comment="told the same ever since"),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it was told last"),
        sa.PrimaryKeyConstraint("site", "device", "kind"),
    )
    op.create_table(
        "command",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who, as people know them"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, in the actor's words"),
        sa.Column("phase", sa.Text(), nullable=False, comment="asked, sent, done, refused, failed, no_answer"),
        sa.Column("detail", sa.Text(), nullable=False, comment="what refused it, or why it failed, a name"),
        sa.Column("asked_us", sa.BigInteger(), nullable=False, comment="written before anything is sent"),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="null: its end was never heard"),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_index("command_by_time", "command", ["site", "asked_us"])
