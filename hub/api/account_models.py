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

    name: AccountName = Field(description="The account's name, in any case and width")
    password: Password = Field(description="The account's password")


class SignInWays(Strict):
    """How one may prove who one is. A name and a password always do."""

    oidc: bool = Field(description="The settings name a provider: a browser may begin at /oidc/begin")


class Me(Strict):
    """Who one is signed in as. `may`: each route that the role may use, as METHOD and template; `LIVE` is the live channel."""

    account: str = Field(description="The account's key: its name without case and width")
    name: str = Field(description="The name as it is written, which stands in records")
    role: Role = Field(description="What the account may do")
    role_zh: str = Field(description="The role in Chinese", examples=["监控员"])
    role_en: str = Field(description="The role in English", examples=["operator"])
    person: str = Field(description="Whom of the estate's staff the account stands for, by id; empty: nobody")
    session: str = Field(description="The id of the sign-in or token that asks")
    kind: Kind = Field(description="A person's sign-in, or a program's token")
    expires_at: Time = Field(description="When it ends in any case: RFC 3339, UTC")
    site: str = Field(description="The estate's id", examples=["garden"])
    estate_zh: str = Field(description="The estate's name in Chinese")
    estate_en: str = Field(description="The estate's name in English")
    timezone: str = Field(description="The estate's time zone, in which its days and hours are meant", examples=["Asia/Shanghai"])
    may: list[str] = Field(description="The routes that the role may use, as METHOD and template", examples=[["GET /incidents"]])


class PasswordRequest(Strict):
    """One's present password, and the new one: 10 characters or more, and none of the first that are guessed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old": "four words of my own", "new": "five other words of mine"}]}
    )

    old: Password = Field(description="The present password")
    new: Password = Field(description="The new one: 10 characters or more")


class Ended(Strict):
    """How many sessions ended."""

    ended: int = Field(description="How many sessions and tokens ended")


class SessionView(Strict):
    """A sign-in that lasts, or a program's token. `own`: the one that asks. `used_at`: to about a minute."""

    session: str = Field(description="Its id, by which it can be ended; not the secret")
    account: str = Field(description="Whose it is: the account's key")
    kind: Kind = Field(description="A person's sign-in, or a program's token")
    label: str = Field(description="What it is for, or where it was begun")
    own: bool = Field(description="It is the one that asks")
    created_at: Time = Field(description="When it began: RFC 3339, UTC")
    used_at: Time = Field(description="When it was last used, to about a minute: RFC 3339, UTC")
    expires_at: Time = Field(description="When it ends in any case: RFC 3339, UTC")


class SessionList(Strict):
    """Sessions, the newest first."""

    sessions: list[SessionView] = Field(description="The newest first")


class AccountView(Strict):
    """An account. `account`: its key. `has_password` false: only its tokens can be used. `disabled_at` null: it is in use."""

    account: str = Field(description="Its key: the name without case and width")
    name: str = Field(description="The name as it is written, which stands in records")
    role: Role = Field(description="What the account may do")
    role_zh: str = Field(description="The role in Chinese")
    role_en: str = Field(description="The role in English")
    person: str = Field(description="Whom of the estate's staff the account stands for, by id; empty: nobody")
    has_password: bool = Field(description="False: only its tokens can be used")
    created_at: Time = Field(description="When it was made: RFC 3339, UTC")
    disabled_at: Time | None = Field(description="Since when it is out of use: RFC 3339, UTC; null: it is in use")
    sign_ins: int = Field(description="How many of its sign-ins last")
    tokens: int = Field(description="How many of its tokens last")
    used_at: Time | None = Field(
        description="When one of these was last used, to about a minute: RFC 3339, UTC; null: there is none"
    )


class AccountList(Strict):
    """All accounts, by key."""

    accounts: list[AccountView] = Field(description="All of them, by key")


class NewAccount(Strict):
    """An account for a person, or without a password for a program, which gets a token."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "李伟", "role": "operator", "password": "four words for you"}]}
    )

    name: AccountName = Field(description="The name as it is to stand in records")
    role: Role = Field(description="What the account may do")
    password: Password | None = Field(default=None, description="10 characters or more; null: only tokens can be used")


class AccountChange(Strict):
    """What is to be other than it is. Sessions of the account end; with a new password alone its tokens stay."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"disabled": True}, {"role": "manager"}]})

    role: Role | None = Field(default=None, description="The new role; null: as it is")
    disabled: bool | None = Field(default=None, description="True takes it out of use, false back; null: as it is")
    password: Password | None = Field(default=None, description="The new password; null: as it is")
    person: Annotated[str, Plain, Field(max_length=63)] | None = Field(
        default=None, description="Whom of the estate's staff it stands for, by id; empty: nobody; null: as it is"
    )


class TokenRequest(Strict):
    """What the token is for, and for how many days."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"label": "wall display", "days": 90}]})

    label: Label = Field(description="What it is for, as the list of sessions shows it")
    days: int = Field(ge=1, le=3_660, description="For how many days it is good")


class NewToken(Strict):
    """A token for `Authorization: Bearer`. It is told this once: the hub keeps its hash alone."""

    token: str = Field(description="The secret; it is told this once")
    session: SessionView = Field(description="The token as the list of sessions shows it")
