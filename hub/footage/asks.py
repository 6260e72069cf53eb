"""What people ask of footage's keeping. All of it stands on the audit log."""

from typing import NamedTuple

from hub.footage.holds import Hold


class HoldPut(NamedTuple):
    """Footage of `cameras` that shows any of `from_us` to `to_us` is to stay until `until_us`. Answered by a HoldMade, or a
    Refusal with nothing written."""

    cameras: tuple[str, ...]
    from_us: int
    to_us: int
    until_us: int
    reason: str
    actor: str


class HoldLift(NamedTuple):
    """Somebody wants the hold lifted. Answered by the Hold: released, or waiting for a second person; or a Refusal."""

    hold: str
    reason: str
    actor: str


class HoldMade(NamedTuple):
    """The hold. `rescuing`: so many orders to delete some of it were out already, and the agents have not answered."""

    hold: Hold
    rescuing: int


class SweepConfirm(NamedTuple):
    """A halted sweep may go on: the clock is right, or so much is to go. Answered True, or a Refusal."""

    reason: str
    actor: str


class DaysConfirm(NamedTuple):
    """Footage may be kept for fewer days, as the policy or the estate says now. It takes two people. Answered True once it is in
    force, False where a second person is waited for; or a Refusal."""

    reason: str
    actor: str


FootageAsk = HoldPut | HoldLift | SweepConfirm | DaysConfirm
