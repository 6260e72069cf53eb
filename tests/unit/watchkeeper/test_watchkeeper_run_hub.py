"""When `watchkeeper hub` ends by itself."""

from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from hub.ingest.ports import State
from watchkeeper import run_hub
from watchkeeper.run_hub import FAILED, STOPPED


@pytest.mark.parametrize(
    ("state", "died"),
    [(State(True, ""), True), (State(False, "lease_lost", ""), False), (State(False, "stopped", ""), False)],
    ids=["broker_client_died", "lease_lost", "worker_stopped"],
)
def test_a_hub_that_cannot_go_on_ends_so_that_it_is_started_again(monkeypatch: pytest.MonkeyPatch, state: State, died: bool):
    monkeypatch.setattr(run_hub, "_LOOK_S", 0.01)
    running: Any = SimpleNamespace(worker=SimpleNamespace(state=state), broker=SimpleNamespace(died=died))
    assert run_hub._wait(running, Event()) == FAILED


def test_a_hub_that_is_asked_to_stop_has_not_failed():
    stop = Event()
    stop.set()
    running: Any = SimpleNamespace(worker=SimpleNamespace(state=State(True, "")), broker=SimpleNamespace(died=False))
    assert run_hub._wait(running, stop) == STOPPED
