"""Pictures are deleted after their days: first marked, then the file, then the row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    # SQLite puts a column that is added behind the table's constraints: made anew, the table reads as a fresh one does.
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("picture", recreate="always" if sqlite else "never") as table:
        table.add_column(
            sa.Column(
                "condemned_us",
                sa.BigInteger(),
                nullable=True,
                comment="when its days were over: the file goes, and then this row; null: kept",
            )
        )
    op.create_index("picture_by_case", "picture", ["site", "case_no"], unique=False)
    op.create_index("picture_by_time", "picture", ["site", "at_us"], unique=False)
