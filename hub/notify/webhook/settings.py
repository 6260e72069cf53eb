"""Settings of the webhook channel."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check, Id
from hub.notify.delivery import Filter


def check_url(url: str) -> None:
    """Raises ValueError unless `url` is an HTTP address without a password in it."""
    instead = "write https://HOST/PATH"
    try:
        parts = urlsplit(url)
        _ = parts.port
        plain = url.isascii() and url.isprintable() and " " not in url
    except ValueError as error:
        raise ValueError(f"is no web address ({error}): {instead}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment or not plain:
        raise ValueError(f"is no web address: {instead}")
    if parts.username or parts.password:
        raise ValueError(f"has a password in it: {instead}, and check the signature at the receiver")


class WebhookSettings(msgspec.Struct, frozen=True, tag_field="type", tag="webhook"):
    """One address that each change is POSTed to. `secret_file`, a file's name beside the settings: what signs each request.
    Private addresses need the policy's leave (`webhook.allow_private`)."""

    name: Id
    url: Annotated[str, msgspec.Meta(max_length=2_000), Check(check_url)]
    secret_file: str
    only: Filter = Filter()
