"""A doubt about the clock outlasts a restart: rows written meanwhile are as new as the clock says, and would clear it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    doubted = "hub time since when its clock is in doubt and nothing is swept; null: it is not"
    with op.batch_alter_table("site") as table:
        table.add_column(sa.Column("doubted_us", sa.BigInteger(), nullable=True, comment=doubted))
