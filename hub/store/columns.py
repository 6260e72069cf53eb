"""What all tables are declared with."""

from sqlalchemy import BigInteger, Column, MetaData, Text

metadata = MetaData()


def id_column(name: str, **more: object) -> Column[str]:
    """A text that is never null."""
    return Column(name, Text, nullable=False, **more)  # type: ignore[arg-type]


def us_column(name: str, *, nullable: bool = False, key: bool = False, comment: str | None = None) -> Column[int]:
    """A time in UTC microseconds."""
    return Column(name, BigInteger, nullable=nullable, primary_key=key, comment=comment)
