"""The demo's agents become known as those of an estate do: each is invited, and enrols by its one-time token."""

from pathlib import Path
from typing import NamedTuple

import yaml

from contract.enrolment import ENROL_PATH
from watchkeeper.demo import estate
from watchkeeper.edge_enrol import enrol
from watchkeeper.hub_client import HubClient


class TwinsKey(NamedTuple):
    """What a twin of an agent speaks by, and is let in by the broker."""

    key: bytes
    user: str
    password: str


class Enrolling:
    """`administrator`: who invites; `anybody`: how an agent speaks to the hub, which knows nothing of it yet."""

    def __init__(self, administrator: HubClient, anybody: HubClient) -> None:
        self._administrator, self._anybody = administrator, anybody

    def twin(self, agent: str) -> TwinsKey:
        """Enrol an agent that has no settings file. Raises click's errors."""
        told = self._anybody.post(ENROL_PATH, {"token": self._token(agent)})
        return TwinsKey(bytes.fromhex(told["key"]), told["broker_user"], told["broker_password"])

    def agent(self, settings: Path, agent: str) -> None:
        """Enrol the agent of the settings file, and write into it what it is to say of that. Raises click's errors."""
        done = enrol(settings, self._anybody, self._token(agent))
        content = yaml.safe_load(settings.read_text(encoding="utf-8"))
        content["broker"]["user"] = done.broker_user
        estate.dump(settings, content)

    def _token(self, agent: str) -> str:
        token: str = self._administrator.post(f"/agents/{agent}/enrolment", {})["token"]
        return token
