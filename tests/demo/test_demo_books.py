"""What the demo reads from the hub's database."""

from pathlib import Path

from sqlalchemy import insert

from contract.clock import US_PER_S
from hub.store import schema
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from watchkeeper.demo.books import Books
from watchkeeper.demo.estate import SITE
from watchkeeper.demo.rounds import GAP, Night


def raise_case(url: str, no: int, raised_us: int, **changed: object) -> None:
    engine = open_engine(url)
    migrate(engine)
    row = {
        "site": SITE, "case_no": no, "kind": "incident", "detector": "agent_silent", "clause": "CMD-1", "subject": "gate",
        "device": "gate", "place": "gate", "episode": f"hub:{no}", "priority": 2, "state": "open", "active": True,
        "proven": True, "late": False, "opened_us": raised_us, "raised_us": raised_us, "merged": 0, "facts": "{}", "version": 1,
    } | changed  # fmt: skip
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


def test_a_gap_counts_by_the_end_of_its_window_unless_it_was_taken_back(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    span = Night(0).span(1, 100 * US_PER_S)
    first_us, last_us = span.ends()
    assert last_us is not None
    inside = [(first_us, "closed"), (last_us, "open"), (first_us, "withdrawn")]
    gaps = [(first_us - 1, "open"), *inside, (last_us + 1, "open")]
    for no, (ends_us, state) in enumerate(gaps, 1):
        raise_case(url, no, ends_us + US_PER_S, detector=GAP, opened_us=ends_us, state=state)
    books = Books(url)
    books.begin(first_us, span)
    assert books.found() == {GAP: 2}
    books.close()
