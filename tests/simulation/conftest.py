"""The command silences the product's logs for its whole process: afterwards they are as they were."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def quiet_again() -> Iterator[None]:
    """Put the logs back."""
    disabled, configured = logging.root.manager.disable, structlog.get_config()
    yield
    logging.disable(disabled)
    structlog.configure(**configured)
