"""Settings of the ways to residents."""

from typing import Annotated, Literal

import msgspec

from contract.settings import Id

What = Literal["confirm", "consent", "dropped", "register"]
CHANNELS_MAX = 10


class ResidentSettings(msgspec.Struct, frozen=True):
    """One way. `url_file`, a file's name beside the settings, holds Apprise's URL with `{phone}` where the number goes,
    such as that of a service for short messages; it is a secret. `what`: which texts go this way; empty: all. Ways are tried in
    the order of the file, until one takes the message."""

    name: Id
    url_file: str
    what: Annotated[list[What], msgspec.Meta(max_length=4)] = []
