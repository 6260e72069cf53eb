"""The token of the hub's own machine."""

from pathlib import Path

from contract.clock import US_PER_S, ManualClock
from hub.accounts.local import LOCAL_TOKEN_FILE, write_local_token
from hub.accounts.register import people
from hub.accounts.secrets import digest_of
from hub.accounts.sessions import Sessions
from hub.accounts.settings import AccountsSettings
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.support.site_rig import SITE


def test_each_start_makes_a_fresh_token_and_ends_the_one_before(tmp_path: Path, any_url):
    engine, now_us = open_engine(any_url), ManualClock().now_us()
    migrate(engine)
    book = Sessions(engine, SITE, AccountsSettings(), lambda _: None)

    def start(folder: str, label: str) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        write_local_token(engine, SITE, tmp_path / folder, label, now_us)
        return (tmp_path / folder / LOCAL_TOKEN_FILE).read_text().strip()

    def is_good(token: str, at_us: int = now_us + 1) -> bool:
        found = book.find(str(digest_of(token)), at_us)
        assert found is None or (found.name, found.role, found.kind) == ("local", "administrator", "token")
        return found is not None

    first, standby = start("a", "one:a"), start("b", "two:b")
    assert is_good(first)
    second = start("a", "one:a")
    book.forget()
    assert first != second
    assert [is_good(token) for token in (first, second, standby)] == [False, True, True], "another hub's is its own"
    assert is_good(second, now_us + 365 * 86_400 * US_PER_S), "it lasts as long as a hub runs"
    for folder in ("a", "b"):
        assert (tmp_path / folder / LOCAL_TOKEN_FILE).stat().st_mode & 0o777 == 0o600
        assert [file.name for file in (tmp_path / folder).iterdir()] == [LOCAL_TOKEN_FILE]
    with engine.connect() as connection:
        assert people(connection, SITE) == 0, "nobody can sign in as it"
    engine.dispose()
