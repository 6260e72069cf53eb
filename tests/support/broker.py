"""A real broker for a test: `from tests.support.broker import broker` makes the fixture known."""

from collections.abc import Iterator

import pytest

from watchkeeper.broker import EmbeddedBroker


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """Whichever broker is installed, on a free port of loopback."""
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as running:
        yield running
