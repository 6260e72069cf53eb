"""The hub on each database it speaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import postgres_server, postgres_url
from tests.support.site_rig import Hub, HubMaker, sqlite_url

__all__ = ["any_url", "hub", "make_hub", "postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def make_hub() -> Iterator[HubMaker]:
    """Makes hubs and closes them."""
    made: list[Hub] = []

    def make(*args, **kwargs) -> Hub:
        made.append(Hub(*args, **kwargs))
        return made[-1]

    yield make
    for hub in made:
        hub.close()


@pytest.fixture
def hub(tmp_path: Path, make_hub: HubMaker) -> Hub:
    """A hub on SQLite."""
    return make_hub(sqlite_url(tmp_path))
