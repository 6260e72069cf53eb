"""What goes in and out of the routes for accounts and sessions."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hub.accounts.permissions import Role
from hub.accounts.register import LABEL_CHARS_MAX
from hub.accounts.secrets import NAME_CHARS_MAX, PASSWORD_CHARS_MAX
from hub.accounts.types import Kind
from hub.api.models import Plain, Strict, Time

AccountName = Annotated[str, Plain, Field(min_length=1, max_length=NAME_CHARS_MAX, examples=["李伟"])]
Password = Annotated[str, Plain, Field(max_length=PASSWORD_CHARS_MAX)]
Label = Annotated[str, Plain, Field(min_length=1, max_length=LABEL_CHARS_MAX, examples=["wall display"])]


class SignInRequest(Strict):
    """Who signs in. Neither case nor width of the name matters."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "李伟", "password": "four words of my own"}]}
    )

    name: AccountName
    password: Password


class Me(Strict):
    """Who one is signed in as. `may`: each route that the role may use, as METHOD and template; `LIVE` is the live channel."""

    account: str
    name: str
    role: Role
    role_zh: str = Field(examples=["监控员"])
    role_en: str = Field(examples=["operator"])
    session: str
    kind: Kind
    expires_at: Time
    may: list[str] = Field(examples=[["GET /incidents"]])


class PasswordRequest(Strict):
    """One's present password, and the new one: 10 characters or more, and none of the first that are guessed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old": "four words of my own", "new": "five other words of mine"}]}
    )

    old: Password
    new: Password


class Ended(Strict):
    """How many sessions ended."""

    ended: int


class SessionView(Strict):
    """A sign-in that lasts, or a program's token. `own`: the one that asks. `used_at`: to about a minute."""

    session: str
    account: str
    kind: Kind
    label: str
    own: bool
    created_at: Time
    used_at: Time
    expires_at: Time


class SessionList(Strict):
    """Sessions, the newest first."""

    sessions: list[SessionView]


class AccountView(Strict):
    """An account. `account`: its key. `has_password` false: only its tokens can be used. `disabled_at` null: it is in use."""

    account: str
    name: str
    role: Role
    role_zh: str
    role_en: str
    has_password: bool
    created_at: Time
    disabled_at: Time | None


class AccountList(Strict):
    """All accounts, by key."""

    accounts: list[AccountView]


class NewAccount(Strict):
    """An account for a person, or without a password for a program, which gets a token."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "李伟", "role": "operator", "password": "four words for you"}]}
    )

    name: AccountName
    role: Role
    password: Password | None = None


class AccountChange(Strict):
    """What is to be other than it is. Sessions of the account end; with a new password alone its tokens stay."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"disabled": True}, {"role": "manager"}]})

    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class TokenRequest(Strict):
    """What the token is for, and for how many days."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"label": "wall display", "days": 90}]})

    label: Label
    days: int = Field(ge=1, le=3_660)


class NewToken(Strict):
    """A token for `Authorization: Bearer`. It is told this once: the hub keeps its hash alone."""

    token: str
    session: SessionView
