"""Settings of web push."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check


def _contact(text: str) -> None:
    parts = urlsplit(text)
    if not (parts.scheme == "mailto" and "@" in parts.path) and not (parts.scheme == "https" and parts.hostname):
        raise ValueError("is nobody to write to: write mailto:NAME@HOST, whom the push service can reach when something is wrong")


class PushSettings(msgspec.Struct, frozen=True):
    """`key_file`: a file's name beside the settings, made by `watchkeeper push init`; `contact`: whom a push service may write
    to."""

    key_file: str
    contact: Annotated[str, Check(_contact)]
