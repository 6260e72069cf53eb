"""What an entry of the audit log tells, before it is sealed and chained."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

HUB = "hub"
"""The actor of what the hub does by itself."""
LOCAL = "local"
"""The actor of commands on the hub's own machine, and of its local token: no person."""
NOBODY = frozenset(("", HUB, LOCAL))

PERSONAL_FIELDS = frozenset(("account", "actor", "assignee", "guard", "owner", "person", "shelf_owner"))
"""Fields of a before or an after whose text names a person: it is sealed under the key of whoever it names."""


class Personal(msgspec.Struct, frozen=True, tag_field="sealed", tag="personal"):
    """Text about a person, sealed under the person's key. `text` empty: the person's name itself."""

    person: str
    text: str = ""


class Act(NamedTuple):
    """What somebody did. `actor`: an account's name, or HUB or LOCAL; it is sealed where it is a person's. `role` empty: that of
    the account. `act`: a name such as `case.acknowledge`; `topic` and `subject`: to what. `before` and `after`: what is other
    than it was, JSON; texts in PERSONAL_FIELDS and Personal values are sealed."""

    actor: str
    act: str
    topic: str
    subject: str | Personal = ""
    reason: str = ""
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    role: str = ""


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is other in both: the old values and the new ones."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before[key] for key in keys if key in before}, {key: after[key] for key in keys if key in after}
