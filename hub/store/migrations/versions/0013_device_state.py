"""What each device told last, kind by kind. What was told before is in the events, and is told again as devices are heard."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0007"


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
