"""What is past its days goes; what is not, stays."""

from typing import Any

from sqlalchemy import insert

from hub.store import schema
from hub.store.engine import open_engine
from hub.store.sweep import condemn_pictures, drop_condemned, sweep_changes


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


def _picture(name: str, case_no: int | None, at_us: int, stored_us: int | None, site: str = "garden") -> dict[str, Any]:
    row = {"site": site, "picture": name, "agent": "gatehouse", "device": "camera-1", "case_no": case_no, "at_us": at_us}
    return row | {"sha256": "", "size_bytes": 9, "stored_us": stored_us}


def _case(case_no: int, closed_us: int | None, site: str = "garden") -> dict[str, Any]:
    texts = dict.fromkeys(("kind", "detector", "clause", "subject", "device", "place", "state", "facts"), "{}")
    times = {"opened_us": 1, "raised_us": 1, "closed_us": closed_us}
    flags = {"priority": 1, "active": False, "proven": True, "late": False, "merged": 0, "version": 1}
    return texts | times | flags | {"site": site, "case_no": case_no, "episode": str(case_no)}


def test_pictures_past_their_days_are_condemned_but_for_those_of_open_cases(any_url: str):
    engine = open_engine(any_url)
    schema.metadata.create_all(engine)
    pictures = [
        _picture("of-an-open-case", 1, 10, 11), _picture("of-a-closed-case", 2, 10, 11), _picture("of-no-case", None, 10, 11),
        _picture("promised-in-vain", 2, 10, None), _picture("came-late", 2, 10, 30), _picture("young", 2, 30, 31),
        _picture("promised-of-late", 2, 30, None), _picture("elsewhere", 2, 10, 11, "other"),
        _picture("of-a-case-that-is-open-elsewhere-alone", 3, 10, 11),
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(schema.picture), pictures)
        connection.execute(insert(schema.case), [_case(1, None), _case(2, 20), _case(3, 20), _case(3, None, "other")])
        assert condemn_pictures(connection, "garden", 30, 99) == 4
        assert condemn_pictures(connection, "garden", 30, 100) == 0
        rows = connection.execute(schema.picture.select()).all()
        assert drop_condemned(connection, "garden", [row.picture for row in rows]) == 4
        kept = {row.picture for row in connection.execute(schema.picture.select())}
    engine.dispose()
    assert {(row.picture, row.condemned_us) for row in rows if row.condemned_us is not None} == {
        ("of-a-closed-case", 99), ("of-no-case", 99), ("promised-in-vain", 99), ("of-a-case-that-is-open-elsewhere-alone", 99)
    }  # fmt: skip
    assert kept == {"of-an-open-case", "came-late", "young", "promised-of-late", "elsewhere"}
