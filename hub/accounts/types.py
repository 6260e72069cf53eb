"""What is known of accounts and sessions."""

from typing import Literal, NamedTuple

from hub.accounts.permissions import Role

Kind = Literal["cookie", "token", "phone"]
"""A browser's sign-in, a program's token, a guard's phone."""
LOCAL = "local"
"""The account of who may read the hub's data folder. It has no password."""


class Account(NamedTuple):
    """A person's or a program's account. `account`: its key, see names.py; `name`: as it is written. `password_hash` empty: no
    password fits. `disabled_us` None: it is in use. `subject`: who it is at the OIDC provider; empty: it is known here alone.
    `person`: whom of the estate's staff it stands for, by id, or empty."""

    account: str
    name: str
    role: Role
    password_hash: str
    created_us: int
    disabled_us: int | None
    subject: str = ""
    person: str = ""


class Session(NamedTuple):
    """A sign-in that lasts, or a program's token. `session`: its public name; `label`: what a token is for, or which browser it
    is. `expires_us`: the end, used or not."""

    session: str
    account: str
    kind: Kind
    label: str
    created_us: int
    used_us: int
    expires_us: int


class Identity(NamedTuple):
    """Who a request comes from. `digest`: the hash of the token that says so. `person`: of the estate's staff, or empty. `phone`:
    which one asks, where the kind is `phone`; `session` is then the binding's public name."""

    account: str
    name: str
    role: Role
    session: str
    kind: Kind
    digest: str
    expires_us: int
    person: str = ""
    phone: str = ""
