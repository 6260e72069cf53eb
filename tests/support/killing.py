"""A hub's process that is gone at a named step of a commit."""

from typing import get_args

from hub.ingest.ports import Hook, StepName

STEPS: tuple[StepName, ...] = get_args(StepName)


class Killed(BaseException):
    """The process is gone."""


def kill_at(step: StepName) -> Hook:
    """A hook that ends the process at that step."""

    def hook(at: StepName) -> None:
        if at == step:
            raise Killed

    return hook
