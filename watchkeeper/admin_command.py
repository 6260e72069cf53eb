"""`watchkeeper admin`: accounts of a hub, made and changed in its database; the hub may run or not."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import SystemClock, rfc3339
from contract.settings import BadSettings, nearest
from hub.accounts import acts, register
from hub.accounts.permissions import Role
from hub.accounts.secrets import Passwords, account_key, wrong_with_name, wrong_with_password
from hub.accounts.types import LOCAL
from hub.audit.log import wait_for_turn
from hub.cases.types import Refusal
from hub.config import HubConfig, load_config
from hub.store import accounts as rows
from hub.store.engine import open_engine
from hub.store.migrate import ForeignDatabase, NewerDatabase, migrate
from watchkeeper.hub_client import Wrong
from watchkeeper.tables import NONE, show

T = TypeVar("T")
_SETTINGS = click.argument("settings", type=click.Path(path_type=Path))
_NAME = click.argument("name")
_ROLE = click.Choice(get_args(Role))
_BY = acts.By(LOCAL, reason="watchkeeper admin")
_SOON = "a running hub goes by it within a minute"


@click.group()
def admin() -> None:
    """Make, list and change the accounts of the hub of a SETTINGS file, directly in its database.

    A password is asked for, or read as one line from standard input. It is never an argument: others on the machine could
    see it.
    """


@admin.command()
@_SETTINGS
@_NAME
@click.option("--role", type=_ROLE, default="administrator", show_default=True, help="What the account may do.")
@click.option("--no-password", is_flag=True, help="For a program, which gets a token.")
def create(settings: Path, name: str, role: Role, no_password: bool) -> None:
    """Make the account NAME.

    \b
    Examples:
      watchkeeper admin create hub.yaml 李伟
      watchkeeper admin create hub.yaml wall-display --role auditor --no-password
    """
    refuse(wrong_with_name(name))
    password_hash = "" if no_password else _password_hash(name)
    made = _written(settings, lambda c, site, now_us: acts.create(c, site, name, role, password_hash, now_us, _BY))
    click.echo(f"made the account {made.name}: {made.role}")


@admin.command("list")
@_SETTINGS
def list_accounts(settings: Path) -> None:
    """Show all accounts."""
    found = _written(settings, lambda c, site, _: (rows.accounts(c, site), rows.sessions(c, site)))
    heads = ("account", "name", "role", "person", "password", "state", "sign-ins", "tokens")
    lines = []
    for one in found[0]:
        kinds = [session.kind for session in found[1] if session.account == one.account]
        state = "in use" if one.disabled_us is None else f"disabled {rfc3339(one.disabled_us)[:10]}"
        has = "yes" if one.password_hash else "none"
        counts = (str(kinds.count("cookie")), str(kinds.count("token")))
        lines.append((one.account, one.name, one.role, one.person or NONE, has, state, *counts))
    show([heads, *lines])


@admin.command()
@_SETTINGS
@_NAME
@click.option("--undo", is_flag=True, help="Let it be used again.")
def disable(settings: Path, name: str, undo: bool) -> None:
    """Disable the account NAME: its sign-ins and tokens end. What it did stays on record."""
    changed = _changed(settings, name, register.Changes(disabled=not undo))
    click.echo(f"the account {changed.name} is {'in use again' if undo else f'disabled: {_SOON}'}")


@admin.command()
@_SETTINGS
@_NAME
@click.argument("role", type=_ROLE)
def role(settings: Path, name: str, role: Role) -> None:
    """Give the account NAME another ROLE; its sign-ins and tokens end."""
    changed = _changed(settings, name, register.Changes(role=role))
    click.echo(f"the account {changed.name} is {changed.role} now: {_SOON}")


@admin.command()
@_SETTINGS
@_NAME
@click.argument("staff", metavar="PERSON", default="")
def person(settings: Path, name: str, staff: str) -> None:
    """Say that the account NAME is PERSON of the estate's staff: what it enters at the desk counts as theirs. Without PERSON it
    stands for nobody; its sign-ins and tokens end."""
    known = _config(settings).estate.staff
    if staff and staff not in known:
        raise Wrong(f"nobody of the estate's staff is {staff}: write one of {', '.join(list(known)[:20])}{nearest(staff, known)}")
    changed = _changed(settings, name, register.Changes(person=staff))
    click.echo(f"the account {changed.name} stands for {changed.person or 'nobody'} now: {_SOON}")


@admin.command()
@_SETTINGS
@_NAME
def password(settings: Path, name: str) -> None:
    """Give the account NAME another password; its sign-ins end, its tokens stay."""
    changed = _changed(settings, name, register.Changes(password_hash=_password_hash(name)))
    click.echo(f"the account {changed.name} has another password: {_SOON}")


@admin.command()
@_SETTINGS
@_NAME
@click.option("--label", required=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="How long it lasts.")
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it here, for yourself alone."
)
def token(settings: Path, name: str, label: str, days: int, file: Path | None) -> None:
    """Make a token for a program that acts as the account NAME. It is shown this once."""
    config = _config(settings)
    life = config.settings.accounts
    begun = _written(
        settings, lambda c, site, now_us: acts.make_token(c, site, account_key(name), label, days, life, now_us, _BY)
    )
    if file is None:
        click.echo(begun.token)
        return
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w") as out:
            out.write(begun.token + "\n")
    except OSError as error:
        _written(settings, lambda c, site, now_us: acts.end_session(c, site, begun.session.session, now_us, _BY))
        raise Wrong(f"{file} cannot be written ({error.strerror or error}): no token was made") from None
    click.echo(f"wrote a token of {begun.session.account}, until {rfc3339(begun.session.expires_us)}: {file}")


def _changed(settings: Path, name: str, changes: register.Changes) -> Any:
    return _written(settings, lambda c, site, now_us: acts.change(c, site, account_key(name), changes, now_us, _BY))


def _written(settings: Path, act: Callable[[Connection, str, int], Any]) -> Any:
    """What the act answers, once it is committed. Raises click's errors."""
    config = _config(settings)
    try:
        engine: Engine = open_engine(config.database)
    except ValueError as error:
        raise Wrong(str(error)) from None
    try:
        migrate(engine)
        with engine.begin() as connection:
            wait_for_turn(connection, config.estate.site)
            return refuse(act(connection, config.estate.site, SystemClock().now_us()))
    except (NewerDatabase, ForeignDatabase) as error:
        raise click.ClickException(str(error)) from None
    except (SQLAlchemyError, OSError) as error:
        told = str(error).splitlines()[0]
        raise click.ClickException(f"the database cannot be used ({told}): run this as who runs the hub") from None
    finally:
        engine.dispose()


def refuse(found: T | Refusal) -> T:
    """What was found. Raises Wrong where it is a Refusal."""
    if isinstance(found, Refusal):
        raise Wrong(found.message)
    return found


def _password_hash(name: str) -> str:
    if sys.stdin.isatty():
        text = click.prompt("密码 password", hide_input=True, confirmation_prompt="再输一次 once more")
    else:
        text = _line_of_stdin()
    refuse(wrong_with_password(text, name))
    return Passwords().hash(text)


def _line_of_stdin() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Wrong("the password on standard input is no UTF-8") from None


def _config(settings: Path) -> HubConfig:
    try:
        return load_config(settings)
    except BadSettings as error:
        raise Wrong("\n".join(error.messages)) from None
