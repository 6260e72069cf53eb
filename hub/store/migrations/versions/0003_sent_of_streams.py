"""A stream remembers when its latest batch was sent, so that a hub started anew takes no recorded one for a sign of life."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    comments = op.get_bind().dialect.name != "sqlite"
    heard = "hub time of the last valid batch that was no copy"
    sent = "when that boot sent its latest batch, by the agent's clock: a recorded one was sent before"
    with op.batch_alter_table("stream") as table:
        table.add_column(sa.Column("sent_us", sa.BigInteger(), nullable=False, server_default="0", comment=sent))
    with op.batch_alter_table("stream") as table:  # as a fresh table has it
        table.alter_column("sent_us", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None)
        if comments:
            table.alter_column("heard_us", existing_type=sa.BigInteger(), existing_nullable=False, comment=heard)
