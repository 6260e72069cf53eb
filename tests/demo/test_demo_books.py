"""What the demo reads from the hub's database."""

from pathlib import Path

from sqlalchemy import insert

from hub.store import schema
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from watchkeeper.demo.books import Books
from watchkeeper.demo.estate import SITE


def raise_case(url: str, no: int, raised_us: int) -> None:
    engine = open_engine(url)
    migrate(engine)
    row = {
        "site": SITE, "case_no": no, "kind": "incident", "detector": "agent_silent", "clause": "CMD-1", "subject": "gate",
        "device": "gate", "place": "gate", "episode": f"hub:{no}", "priority": 2, "state": "open", "active": True,
        "proven": True, "late": False, "opened_us": raised_us, "raised_us": raised_us, "merged": 0, "facts": "{}", "version": 1,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(schema.case).values(**row))
    engine.dispose()


def test_what_was_raised_before_life_began_is_not_counted(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    for no, raised_us in enumerate((100, 200, 300), 1):
        raise_case(url, no, raised_us)
    books = Books(url)
    assert books.found() == {"agent_silent": 3}
    books.begin(200)
    assert books.found() == {"agent_silent": 2}
    assert books.found(250) == {"agent_silent": 1}
    books.close()
