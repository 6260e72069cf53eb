"""Old events go, a chunk at a time. In a stream the hub's time grows with the number, so the oldest rows are the first ones."""

from sqlalchemy import Connection, Table, delete, select

from hub.store.schema import event, quarantine

CHUNK_ROWS = 2_000


def sweep_stream(connection: Connection, site: str, stream: str, before_us: int) -> int:
    """Remove a chunk of the stream's events and quarantined records that the hub took in before `before_us`. Returns how many."""
    return sum(_sweep(connection, table, site, stream, before_us) for table in (event, quarantine))


def _sweep(connection: Connection, table: Table, site: str, stream: str, before_us: int) -> int:
    columns = table.c
    of_stream = (columns.site == site) & (columns.stream == stream)
    first = select(columns.seq, columns.hub_at_us).where(of_stream).order_by(columns.seq).limit(CHUNK_ROWS)
    last = None
    for row in connection.execute(first):
        if row.hub_at_us >= before_us:
            break
        last = row.seq
    if last is None:
        return 0
    return connection.execute(delete(table).where(of_stream, columns.seq <= last)).rowcount
