"""A hub that residents hear of visits from: over real HTTP, by a real Apprise, to a server on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.access.asks import AccessPut, By
from hub.notify.residents.settings import ResidentSettings
from tests.support.outward_rig import Receiver, Site, running_site
from tests.support.visit_rig import CARD_KEY, THINGS, estate


@contextmanager
def visited_site(folder: Path, receiver: Receiver) -> Iterator[Site]:
    """The houses of the visits' rig, with a route; messages go to `receiver`. Clients are closed with the site."""
    (folder / "sms.url").write_text(f"json://127.0.0.1:{receiver.port}/{{phone}}")
    (folder / "sms.url").chmod(0o600)
    ways = [ResidentSettings("sms", "sms.url")]
    with running_site(folder, book=estate(), card_key=CARD_KEY, residents=ways) as made, ExitStack() as clients:
        make = made.client
        made.client = lambda role, of=make: clients.enter_context(of(role))  # type: ignore[method-assign]
        for thing in THINGS:
            made.worker.ask(AccessPut(thing, 0, By("root"))).result(10)
        route = {"name_zh": "主路", "words": "直行", "groups": ["visitors"]}
        assert made.client("shift_leader").put("/visit-routes/main", json=route).status_code == 200
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where messages to residents come."""
    with Receiver() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, receiver: Receiver) -> Iterator[Site]:
    """One for each test."""
    with visited_site(tmp_path, receiver) as made:
        yield made
