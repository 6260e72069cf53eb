"""What is past its days goes; what is not, stays."""

from sqlalchemy import insert

from hub.store import schema
from hub.store.engine import open_engine
from hub.store.sweep import sweep_changes


def test_old_dead_letters_go_and_younger_ones_and_other_sites_stay(any_url: str):
    engine = open_engine(any_url)
    schema.metadata.create_all(engine)
    letters = [
        {"site": site, "reader": reader, "pos": pos, "at_us": at_us, "tries": 1, "error": "refused", "body": "{}"}
        for site, reader, pos, at_us in [
            ("garden", "mqtt", 1, 10), ("garden", "mqtt", 2, 20), ("garden", "mqtt", 3, 30),
            ("garden", "webhook:desk", 1, 10), ("garden", "webhook:desk", 2, 40), ("other", "mqtt", 1, 10),
        ]
    ]  # fmt: skip
    readers = {(row["site"], row["reader"]) for row in letters}
    with engine.begin() as connection:
        connection.execute(insert(schema.dead_letter), letters)
        connection.execute(insert(schema.reader), [{"site": site, "reader": name, "pos": 9} for site, name in readers])
        assert sweep_changes(connection, "garden", 9, 30) == 3
        kept = connection.execute(schema.dead_letter.select().order_by(*schema.dead_letter.primary_key.columns)).all()
        assert sweep_changes(connection, "garden", 9, 30) == 0
    engine.dispose()
    assert [(row.site, row.reader, row.pos) for row in kept] == [
        ("garden", "mqtt", 3), ("garden", "webhook:desk", 2), ("other", "mqtt", 1)
    ]  # fmt: skip
