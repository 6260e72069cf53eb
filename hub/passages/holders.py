"""Whose a credential is: the place at which whoever administers permits tells it. Names stay there and are read from there."""

from typing import Protocol


class Holders(Protocol):
    """Any thread."""

    def holder_of(self, card: str, permit: str) -> str:
        """The number of whom the credential, by its keyed hash, or the right belongs to; empty where nobody knows."""
        ...


class NoHolders:
    """Where nobody administers permits: passages name the right and the credential alone."""

    def holder_of(self, card: str, permit: str) -> str:  # noqa: ARG002 - the protocol's signature
        """See Holders."""
        return ""
