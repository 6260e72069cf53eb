"""Settings of the webhook channel."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check, Id
from hub.notify.delivery import Filter
from hub.notify.secrets import one_of


def check_url(url: str) -> None:
    """Raises ValueError unless `url` is an HTTP address without a password in it."""
    instead = "write https://host/path"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"is no web address ({error}): {instead}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError(f"is no web address: {instead}")
    if parts.username or parts.password:
        raise ValueError(f"has a password in it: {instead}, and check the signature at the receiver")


class WebhookSettings(msgspec.Struct, frozen=True, tag_field="type", tag="webhook", forbid_unknown_fields=True):
    """One webhook. `secret` signs each request; it or `secret_file` is required. Private addresses need the policy's leave."""

    name: Id
    url: Annotated[str, Check(check_url)]
    filter: Filter = Filter()
    secret: str = ""
    secret_file: str = ""

    def __post_init__(self) -> None:
        one_of(self.secret, self.secret_file, "secret")
