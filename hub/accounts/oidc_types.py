"""Where people of an organisation are known already, and what comes of asking there."""

from typing import Annotated, NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check
from hub.accounts.permissions import Role
from hub.loopback import is_loopback

PENDING_S = 600
"""How long somebody may take at the provider."""


def _issuer(text: str) -> None:
    try:
        parts = urlsplit(text)
        good = bool(parts.hostname) and not parts.query and not parts.fragment and "@" not in parts.netloc
        good = good and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")))
    except ValueError:
        good = False
    if not good or text.endswith("/.well-known/openid-configuration"):
        raise ValueError("is no issuer: write https://HOST/PATH, as the provider's own document names it")


class OidcSettings(msgspec.Struct, frozen=True):
    """Sign-in by an OpenID Connect provider. `secret_file`, `ca_file`: files' names beside the settings. `roles`: for values of
    the claim `role_claim` (a dot goes into an object) the role here; of several the first row that fits counts, and who has none
    of them may not in. `name_claim`: what a new account is called."""

    issuer: Annotated[str, Check(_issuer)]
    client_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    secret_file: str
    roles: Annotated[dict[str, Role], msgspec.Meta(min_length=1, max_length=100)]
    role_claim: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "roles"
    name_claim: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "preferred_username"
    scope: Annotated[str, msgspec.Meta(max_length=200)] = "openid profile"
    ca_file: str | None = None


class ProviderFailed(RuntimeError):
    """The provider cannot be reached, or does not answer as one does. The message is for the log."""


class NotAdmitted(ValueError):
    """No sign-in. `reason`: `oidc_strange_state` or `oidc_no_role`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Journey(NamedTuple):
    """Where the browser is to go, and what it is to keep in a cookie until it is back."""

    url: str
    keepsake: str


class Person(NamedTuple):
    """Who came back. `subject`: who it is for good, whatever it is called."""

    subject: str
    name: str
    role: Role


class ProviderPort(Protocol):
    """The provider, as the API needs it."""

    def begin(self, now_us: int) -> Journey:
        """Send somebody there. Raises ProviderFailed."""
        ...

    def finish(self, state: str, keepsake: str, code: str, now_us: int) -> Person:
        """Who came back. Raises NotAdmitted, ProviderFailed."""
        ...
